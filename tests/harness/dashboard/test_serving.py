"""The command refuses in one line, serves this machine alone, and ends at Ctrl-C."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess

import pytest
from support.commands import command, free, starting

from unscripted.scenarios.harness.dashboard import serving


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page that is served by a process of its own."""
    home = tmp_path_factory.mktemp("home")
    process = subprocess.Popen(
        starting("dashboard", "--port", 0),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=free() | {"UNSCRIPTED_CACHE": str(home), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    line = process.stdout.readline()
    yield process, int(line.partition(":")[2].partition(":")[2].partition("/")[0])
    if process.poll() is None:
        process.kill()
        process.wait()


def answered(port, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/", headers=headers)
    return connection.getresponse().status


def test_only_this_machine_is_answered(page):
    _, port = page
    assert answered(port) == 200
    assert answered(port, Host="evil.example") == 403
    assert answered(port, Origin="http://evil.example") == 403
    assert answered(port, Origin=f"http://127.0.0.1:{port}") == 200


def test_ctrl_c_ends_it_cleanly(page):
    process, _ = page
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "unscripted: interrupted\n"
    assert "Traceback" not in out


def test_a_taken_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = command("dashboard", "--port", port)
    assert said.code == 2
    assert said.err.startswith(f"unscripted: port={port} can't be used: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_what_is_no_port_is_refused(port):
    said = command("dashboard", "--port", port)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert f"port={port} is no port" in said.err


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    said = command("dashboard")
    assert said.code == 2
    assert said.err.rstrip() == f"unscripted: {serving.EXTRA}"
