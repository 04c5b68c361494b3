"""Whatever takes a path: what is missing, a folder, empty or binary is refused in one line."""

from __future__ import annotations

import re

import pytest

import unscripted as un

LONG = "x" * 300
KINDS = ("missing", "empty", "binary", "dir", "dangling", "loop", "no/such/x", "empty.yaml/x", LONG)
RUN = ("run", "--agents", 2, "--ticks", 1)
COMMANDS = {
    "config of run": (*RUN, "--config", "{}.yaml"),
    "config of compare": ("compare", "--config", "{}.yaml"),
    "config of advise": ("advise", "--config", "{}.yaml"),
    "config of scenario": ("scenario", "team_scaling", "--config", "{}.yaml"),
    "tasks": (*RUN, "--tasks", "{}.yaml"),
    "graphml": (*RUN, "--topology", "{}.graphml"),
    "edges": (*RUN, "--topology", "{}.edgelist"),
    **{o: (*RUN, f"--{o}", "{}.py:Thing") for o in ("protocol", "model", "judge", "topology")},
    "family": (*RUN, "--tasks", "{}.py:Thing"),
    "scenario": ("scenario", "{}.py"),
    "target": ("check", "{}.py:Thing"),
    **{c: (c, "{}") for c in ("show", "replay", "report", "cite")},
}


@pytest.fixture
def odd(here):
    """Files and folders that are not what a command needs."""
    for end in ("", ".yaml", ".graphml", ".edgelist", ".py"):
        (here / f"empty{end}").touch()
        (here / f"binary{end}").write_bytes(bytes(range(256)) * 4)
        (here / f"dir{end}").mkdir()
        (here / f"dangling{end}").symlink_to("nowhere")
        (here / f"loop{end}").symlink_to(f"loop{end}")
    return here


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("kind", KINDS, ids=["long" if k == LONG else k for k in KINDS])
def test_one_line_says_what_is_wrong(odd, call, command, kind):
    if kind == "empty" and "--config" in command:
        return  # an empty file changes nothing
    said = call(*(str(part).format(kind) for part in command))
    (line,) = said.err.splitlines()
    assert (said.code, said.out) == (2, "")
    assert line.startswith("unscripted: ")
    assert not re.search(r"Errno|Traceback|line None|codec can't decode.*; give", line)
    assert ";" in line or "," in line, "it says what to do"


@pytest.mark.parametrize("kind", ["empty", "binary", "dangling", "loop", "empty.yaml/x", LONG])
def test_folders_that_cannot_be_written(odd, call, kind):
    said = call(*RUN, "--out", kind)
    (line,) = [x for x in said.err.splitlines() if not x.startswith("tick")]
    assert (said.code, said.out) == (2, "")
    assert "Errno" not in line
    assert "use an" in line


def test_null_bytes_are_no_path(here):
    for value in ("a\0b", ""):
        with pytest.raises(un.UsageError, match="is no path"):
            un.run(agents=2, ticks=1, out=value)
