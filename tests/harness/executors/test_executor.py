"""Where runs are played: what users type, equal results, who dies loses nothing but time."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from support.commands import command

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.config import checks
from unscripted.scenarios.harness.executors.executor import ExecutorSpec, parse_executor
from unscripted.scenarios.harness.executors.garbage import collecting_rarely
from unscripted.scenarios.harness.executors.processes import _without_main
from unscripted.scenarios.harness.executors.ray_cluster import read_files


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("processes", ExecutorSpec()),
        ("processes:3", ExecutorSpec(workers=3)),
        ("ray", ExecutorSpec("ray")),
        ("ray:10.0.0.1:6379", ExecutorSpec("ray", address="10.0.0.1:6379")),
    ],
)
def test_executors_are_read(text, spec):
    assert parse_executor(text) == spec


@pytest.mark.parametrize("text", ["threads", "processes:0", "processes:x", "processes:", "ray:"])
def test_other_words_are_refused(text):
    with pytest.raises(UsageError, match="executor="):
        parse_executor(text)


def test_a_mistake_is_one_line():
    said = command("compare", "--executor", "threads")
    assert said.code == 2
    assert "processes[:N]" in said.err


def test_processes_give_the_same(here):
    asked = {"protocol": ["silent", "solo"], "agents": 3, "ticks": 1, "replicates": 3}
    alone = un.compare(**asked, executor="processes:1")
    spread = un.compare(**asked, executor="processes:2")
    assert alone.body() == spread.body()


def test_collecting_is_as_before():
    before = gc.get_threshold()
    with collecting_rarely():
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before


def test_files_travel_whole(tmp_path):
    (tmp_path / "one.yaml").write_bytes(b"a")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "two.yaml").write_bytes(b"b")
    files = {"one": tmp_path / "one.yaml", "more": tmp_path / "more"}
    assert read_files(files) == {"one": {"": b"a"}, "more": {"two.yaml": b"b"}}


def test_a_script_needs_no_main_guard(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(
        "import unscripted as un\n"
        "done = un.compare(protocol=['solo', 'silent'], agents=[2], replicates=2, ticks=1,\n"
        "                  executor='processes:2')\n"
        "print('rows', len(done.runs))\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (ran.stdout, ran.stderr) == ("rows 4\n", "")


def test_missing_ray_makes_no_folder(here, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    said = command("compare", "--executor", "ray", "--ticks", 1, "--replicates", 1, "--out", "x")
    assert said.code == 2
    assert "needs Ray; use pip install 'unscripted[ray]', or --executor processes" in said.err
    assert not (here / "x").exists()


def test_scripts_are_put_back():
    main, inside = sys.modules["__main__"], threading.Barrier(2)

    def away():
        with suppress(threading.BrokenBarrierError):
            inside.wait(5)
        with _without_main():
            assert sys.modules["__main__"] is not main
            time.sleep(0.05)

    others = [threading.Thread(target=away) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert sys.modules["__main__"] is main
