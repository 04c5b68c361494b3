"""What only a process of its own shows: signals, pipes, exit codes, scripts."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pandas as pd
import pytest
from support.commands import SMALL, Said, command, free, kept, real, starting

from unscripted.model.plugins.discovery import discover
from unscripted.scenarios.harness.study.discovery import scenario_paths

UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

pytestmark = pytest.mark.usefixtures("here")


@pytest.mark.parametrize("line", ["run --level L5", "run --agents eight"])
def test_a_mistake_ends_with_2(line):
    said = real(*line.split())
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_another_process_gives_the_same():
    arguments = ("run", *SMALL, "--topology", "erdos-renyi", "--protocol", "random", "--json")
    there, here = real(*arguments), command(*arguments)
    assert there.out == here.out
    for said in (there, real("compare", *SMALL, "--protocol", "solo,silent", "--replicates", 2)):
        assert said.code == 0
        assert not UNPRINTABLE.search(said.out + said.err)


def test_processes_give_scenarios_the_same(here):
    options = ["--replicates", "2", "--ticks", "2"]
    ways = {
        "named": starting("scenario", "protocol_comparison", *options),
        "script": [sys.executable, str(scenario_paths()["protocol_comparison"]), *options],
    }
    running = {}
    for name, way in ways.items():
        (here / name).mkdir()
        running[name] = subprocess.Popen(
            way, cwd=here / name, text=True, env=free(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    said = {name: process.communicate(timeout=100) for name, process in running.items()}
    assert {name: p.returncode for name, p in running.items()} == {"named": 0, "script": 0}
    assert said["named"][0] == said["script"][0]
    assert "Means per task" in said["named"][0]
    tables = [pd.read_parquet(next((here / n).glob("runs/*/ticks.parquet"))) for n in ways]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert len(tables[0]) == len(discover("protocols")) * 2 * 2


@pytest.mark.parametrize("arguments", [("list",), ("run", *SMALL, "--json")])
def test_a_reader_may_leave_early(arguments):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            starting(*arguments), stdout=closed, stderr=subprocess.PIPE, text=True, check=False,
            env=free(),
        )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_closed_output_is_said():
    closing_it = (
        "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable] + sys.argv[1:])"
    )
    asked = [sys.executable, "-c", closing_it, *starting("list", "tasks")[1:]]
    done = subprocess.run(asked, stderr=subprocess.PIPE, text=True, check=False, env=free())
    assert done.returncode == 2
    assert done.stderr.startswith("unscripted: standard output is closed; ")


def rows_in(folder, table):
    """Rows of a journal that another process writes to; 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/journal.sqlite?mode=ro", uri=True)) as db:
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def interrupt_once(arguments, reached, patience_s=60.0):
    """Start a command and send SIGINT to it alone as soon as it got somewhere."""
    process = subprocess.Popen(
        starting(*arguments), text=True, start_new_session=True, env=free(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    until = time.monotonic() + patience_s
    try:
        while not reached():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until, "it never got there"
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=patience_s)
    finally:
        if process.poll() is None:
            process.kill()
    return Said(process.returncode, out, err)


def test_ctrl_c_ends_a_long_run():
    long = ("run", "--ticks", 4000, "--agents", 16, "--topology", "complete", "--out", "long")
    said = interrupt_once(long, lambda: rows_in("long", "ticks") >= 5)
    first = kept("long")
    assert said.code == 130
    assert "Traceback" not in said.err
    assert "interrupted after" in said.err.splitlines()[-1]
    assert [tick for tick, _ in first] == list(range(len(first)))
    assert 5 <= len(first) < 4000
    again = interrupt_once(long, lambda: rows_in("long", "ticks") >= len(first) + 2)
    assert again.code == 130
    assert kept("long")[: len(first)] == first
    assert f"tick {len(first) + 1}/4000" in again.err
    assert f"tick {len(first)}/4000" not in again.err


def test_another_checkout_is_not_needed(here):
    (here / "own.py").write_text(
        "import unscripted as un\n"
        "if __name__ == '__main__':\n"
        "    c = un.compare(protocol=['silent', 'solo'], agents=2, ticks=1, replicates=4)\n"
        "    print(c.ending, len(c.runs))\n"
    )
    done = subprocess.run(
        [sys.executable, "own.py"], capture_output=True, text=True, check=True, env=free()
    )
    assert (done.stdout, done.stderr) == ("0 8\n", "")


OBJECTS = """
import unscripted as un

class Mine(un.Protocol):
    name = "mine"
    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)

if __name__ == "__main__":
    c = un.compare(protocol=[Mine(), "silent"], agents=2, ticks=1, replicates=4)
    print(c.ending, len(c.runs), c.runs["quality"].groupby(c.runs["protocol"]).nunique().sum() > 0)
"""


def test_objects_of_a_script_play(here):
    (here / "own.py").write_text(OBJECTS)
    done = subprocess.run(
        [sys.executable, "own.py"], capture_output=True, text=True, check=True, env=free()
    )
    assert (done.stdout, done.stderr) == ("0 8 True\n", "")


def test_import_paths_reach_workers(here):
    (here / "own.py").write_text(OBJECTS)
    cells = ("--protocol", "own.py:Mine,own:Mine,silent", "--agents", 2, "--ticks", 1)
    arguments = ("compare", *cells, "--replicates", 4, "--json")
    there = real(*arguments)
    assert there.code == 0, there.err
    assert json.loads(there.out)["runs"] == command(*arguments).body["runs"]
