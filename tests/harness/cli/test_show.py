"""`show`, `list runs` and `cite`: a folder in words, which folders there are, how to cite them."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest
import yaml
from support.commands import edit, hashes

import unscripted
from unscripted.scenarios.harness.report.citation import RELEASED

ROOT = Path(unscripted.__file__).parent
RECORDED = ROOT / "docs" / "recorded" / "first.tar.xz"


@pytest.fixture
def copy(finished, here):
    """A finished run that may be broken."""
    shutil.copytree(finished[0], "copy")
    return Path("copy")


def test_a_run_is_told(finished, call):
    before = hashes(finished[0])
    said = call("show", finished[0])
    assert (said.code, said.err) == (0, "")
    assert re.findall(r"^tick (\d):", said.out, re.MULTILINE) == ["0", "1", "2"]
    for member in range(3):
        assert f"member {member} contributed as " in said.out
    assert "saw nothing of others" in said.out
    assert "saw work of 0, 1" in said.out
    assert "Synthetic minds" in said.out
    assert hashes(finished[0]) == before


def test_one_tick_of_one_member(finished, call):
    said = call("show", finished[0], "--tick", 1, "--agent", 2)
    assert said.out.count("\ntick ") == 1
    assert "member 2 contributed" in said.out
    assert "member 1 contributed" not in said.out
    assert "work of 1, round 1: " in said.out


def test_every_form_of_a_run(finished, call):
    lines = call("show", finished[0], "--format", "jsonl").out.splitlines()
    bodies = [json.loads(line) for line in lines]
    assert [b["kind"] for b in bodies] == ["task", *["turn"] * 3, "end"] * 3
    body = call("show", finished[0], "--json").body
    assert (body["version"], body["synthetic"]) == (1, True)
    assert [t["tick"] for t in body["ticks"]] == [0, 1, 2]
    markdown = call("show", finished[0], "--format", "markdown").out
    assert markdown.startswith("# sequential")
    assert markdown.count("\n## Tick ") == 3


def test_a_comparison_lists_its_runs(compared, call):
    said = call("show", compared[0])
    assert (said.code, said.err) == (0, "")
    assert "6 runs, in the order of --run" in said.out
    assert f"unscripted show {compared[0]} --run 0 --tick 0" in said.out
    rows = [json.loads(x) for x in call("show", compared[0], "--format", "jsonl").out.splitlines()]
    assert [r["run"] for r in rows] == list(range(6))
    assert [r["protocol"] for r in rows] == ["silent"] * 3 + ["solo"] * 3
    assert call("show", compared[0], "--json").body["runs"] == rows
    one = call("show", compared[0], "--run", 4, "--json").body
    runs = compared[1].body["runs"]
    qualities = [t["verdict"]["quality"] for t in one["ticks"]]
    assert sum(qualities) / 3 == pytest.approx(runs[4]["quality"])
    assert call("show", compared[0], "--format", "markdown").out.count("| solo |") == 3


def test_a_scenario_lists_its_runs(here, call):
    options = ("--agents", "2,3", "--ticks", 1, "--replicates", 2, "--protocol", "silent,solo")
    call("scenario", "team_scaling", *options, "--json", "--out", "mine")
    said = call("show", "mine")
    assert (said.code, said.err) == (0, "")
    assert "8 runs, in the order of --run" in said.out
    assert call("show", "mine", "--run", 7).out.startswith("solo · 3 × synthetic/strong")


def test_the_recorded_words_are_shown(here, call, monkeypatch):
    monkeypatch.setenv("UNSCRIPTED_CACHE", str(here / "nothing"))
    with tarfile.open(RECORDED) as archive:
        archive.extractall(here, filter="data")
    before = hashes("first")
    said = call("show", "first", "--run", 1, "--tick", 0)
    assert (said.code, said.err) == (0, "")
    assert "Error budget review after three checkout incidents" in said.out
    assert "member 3 declined" in said.out
    assert "because: There is no work left that can be done well." in said.out
    assert "Synthetic" not in said.out
    assert hashes("first") == before


WRONG = [
    (("--tick", 9), "tick=9 is not played; ticks: 0 to 2"),
    (("--agent", 9), "agent=9 is no member; members: 0, 1, 2"),
    (("--run", 0), "holds one run; leave run out"),
    (("--format", "pdf"), "format='pdf' is not known; known: jsonl, markdown, text"),
]


@pytest.mark.parametrize(("options", "remedy"), WRONG)
def test_what_is_not_there_is_said(finished, call, options, remedy):
    said = call("show", finished[0], *options)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert remedy in said.err


def test_of_several_one_is_chosen(compared, call):
    for options, remedy in (
        (("--tick", 0), "use --run ROW as"),
        (("--run", 6), "run=6 is none of the 6 runs; use 0 to 5"),
        (("--run", -1), "use 0 to 5"),
    ):
        said = call("show", compared[0], *options)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert remedy in said.err


def test_damage_is_one_line(copy, call):
    edit(copy, "UPDATE ticks SET record = 'x' WHERE tick = 1")
    said = call("show", copy)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "tick 1 can't be read" in said.err
    assert "tick 0: " in said.out
    edit(copy, "DELETE FROM ticks")
    assert "holds no finished tick; play it first" in call("show", copy).err
    (copy / "journal.sqlite").write_bytes(b"no database")
    said = call("show", copy)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "is no database" in said.err


def test_a_run_in_progress_is_shown(copy, compared, call):
    edit(copy, "DELETE FROM ticks WHERE tick = 2")
    assert call("show", copy).out.count("\ntick ") == 2
    shutil.copytree(compared[0], "half")
    edit("half", "DELETE FROM runs WHERE run LIKE 'solo%'")
    assert call("show", "half").out.count("not finished") == 3
    said = call("show", "half", "--run", 3)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "run=3 has no finished tick" in said.err


def test_a_changed_record_is_said(compared, here, call):
    shutil.copytree(compared[0], "copy")
    change = "UPDATE runs SET result = replace(result, ?, ?) WHERE run LIKE 'solo%|1|%'"
    edit("copy", change, '"quality": ', '"quality": 1')
    said = call("show", "copy", "--run", 4)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "gives something else than was recorded" in said.err


def test_words_drive_no_terminal(here, call):
    evil = "\x1b[2J\u202e<b>[red]"

    class Evil(unscripted.Mind):
        instant = True
        name = "evil"

        def decide(self, observation):
            return unscripted.Contribution(f"role{evil}", f"work{evil}\n# head")

    text = unscripted.run(agents=1, ticks=1, model=Evil()).transcript()
    assert "role<b>[red]" in text
    assert not {"\x1b", "\u202e"} & set(text)


# Folders and citations


def test_run_folders_are_listed(finished, compared, here, call):
    shutil.copytree(finished[0], "runs/one")
    shutil.copytree(compared[0], "runs/deep/two")
    shutil.copytree(finished[0], "runs/broken")
    edit("runs/deep/two", "DELETE FROM runs WHERE run LIKE 'solo%'")
    (here / "runs/broken/config.json").write_text("{")
    said = call("list", "runs")
    assert (said.code, said.err) == (0, "")
    broken, two, one = said.out.splitlines()
    assert broken.startswith("runs/broken ")
    assert "can't be read" in broken
    assert re.match(r"runs/deep/two  \d{4}-\d\d-\d\d  3 of 6  synthetic  Comparison of ", two)
    assert re.match(r"runs/one       \d{4}-\d\d-\d\d  done  synthetic  sequential, 3 agents", one)
    body = call("list", "runs", "runs", "--json").body
    assert [(r["done"], r["of"]) for r in body["runs"]] == [(None, None), (3, 6), (3, 3)]
    assert call("list", "runs", "runs/one").out.startswith("runs/one ")


def test_folders_without_journal_are_listed(finished, compared, here, call):
    (here / "runs").mkdir()
    for name, made in (("bare", finished), ("many", compared), ("run", finished)):
        shutil.copytree(made[0], f"runs/{name}")
        (here / "runs" / name / "journal.sqlite").unlink()
    (here / "runs/bare/ticks.csv").unlink()
    (here / "runs/model").mkdir()
    (here / "runs/model/config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    shutil.copytree(finished[0], "runs/torn")
    (here / "runs/torn/config.json").unlink()
    bare, many, run, torn = call("list", "runs").out.splitlines()
    assert re.match(r"runs/bare  \d{4}-\d\d-\d\d  \? of 3  synthetic  sequential, 3 agents", bare)
    assert bare.endswith("no journal.sqlite, so nobody knows how far it came")
    assert re.match(r"runs/many  [-\d]+  done  synthetic  Comparison of .*in its tables$", many)
    assert re.match(r"runs/run   [-\d]+  done  synthetic  .*no journal.sqlite, as counted", run)
    assert "can't be read: dir=runs/torn holds no config.json" in torn
    body = call("list", "runs", "--json").body["runs"]
    assert [(r["done"], r["of"]) for r in body] == [(None, 3), (6, 6), (3, 3), (None, None)]


def test_no_run_folder_is_said(here, call):
    assert call("list", "runs").out == "no run folder in runs\n"
    said = call("list", "runs", "elsewhere")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "dir=elsewhere is no folder" in said.err


def test_citations_agree_with_the_file(finished, call):
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    paper = cff["references"][0]
    said = call("cite").out
    assert f"title = {{{{{cff['title']}}}}}" in said
    assert f"version = {{{unscripted.__version__}}}" in said
    assert str(cff["date-released"]) == RELEASED
    assert f"title = {{{{{paper['title']}}}}}" in said
    assert paper["identifiers"][0]["value"] == "arXiv:2603.28990"
    assert "eprint = {2603.28990}" in said
    assert said.count("@") == 2
    of_run = call("cite", finished[0])
    assert of_run.out.startswith(said.rstrip("\n"))
    assert of_run.out.count("@") == 3
    assert "sequential, 3 agents, complete network, 3 ticks, seed 0" in of_run.out
    assert "no evidence about any real model" in of_run.out
    body = call("cite", finished[0], "--json").body
    assert body["bibtex"] == of_run.out.rstrip("\n")
    assert f"run-{body['run']['digest']}" in of_run.out
    assert call("cite", "nowhere").code == 2
