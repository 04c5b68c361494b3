"""Comparisons in worker processes: interrupted, killed, orphaned; nobody stays, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MANY = ["--protocol", "sequential,coordinator", "--agents", "8", "--ticks", "30"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def started(folder, *options, replicates=30):
    """A comparison that would take a while, with its workers at work."""
    command = [sys.executable, "-m", "unscripted", "compare", *MANY, "--out", str(folder), *options]
    command += ["--replicates", str(replicates), "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    journal = folder / "journal.sqlite"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if len(children(process.pid)) >= 2 and journal.exists() and finished(journal):
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"no workers: {process.communicate()}")


def finished(journal):
    import sqlite3

    try:
        with sqlite3.connect(journal, timeout=5) as db:
            return db.execute("SELECT count(*) FROM runs").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def children(pid):
    """Spawned workers of a process; the one that tracks resources is none."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            ppid = int(stat.read_text().rpartition(")")[2].split()[1])
            command = (stat.parent / "cmdline").read_text()
        except (OSError, ValueError):
            continue
        if ppid == pid and "spawn_main" in command:
            found.append(int(stat.parent.name))
    return found


def gone(pids, within_s=20.0):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() and not zombie(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(
    "signals",
    [
        [signal.SIGINT],
        [signal.SIGINT, signal.SIGINT],
        [signal.SIGTERM],
        [signal.SIGHUP],
    ],
    ids=["once", "twice", "term", "hup"],
)
def test_an_ending_ends_workers(tmp_path, signals):
    process = started(tmp_path / "out")
    workers = children(process.pid)
    for number in signals:
        os.killpg(process.pid, number)  # as a terminal does: to the workers, too
        time.sleep(0.05)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "the same command continues" in said or "interrupted" in said
    assert gone(workers)


@pytest.mark.parametrize("after_s", [0.5, 1.0, 1.5, 2.0])
def test_early_endings_are_quiet(tmp_path, after_s):
    command = [sys.executable, "-m", "unscripted", "compare", *MANY, "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [*command, "--replicates", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(after_s)
    workers = children(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)  # while Python itself starts
    assert process.returncode != 130 or "Traceback" not in said
    assert gone(workers)


def test_orphaned_workers_end(tmp_path):
    process = started(tmp_path / "out")
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert workers
    assert gone(workers)


def test_a_dead_worker_costs_nothing(tmp_path):
    process = started(tmp_path / "out", replicates=6)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    found, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    undisturbed = subprocess.run(
        [sys.executable, "-m", "unscripted", "compare", *MANY, "--replicates", "6", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(found)["runs"] == json.loads(undisturbed.stdout)["runs"]
