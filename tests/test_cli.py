"""The command line as its users meet it: exit codes, streams, files, and words that help."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from unscripted.model.organization import BaseOrganization
from unscripted.model.plugins.discovery import discover
from unscripted.model.tasks.files import CORPUS, corpus
from unscripted.scenarios.harness.cli import commands
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.cli.listing import scenario_paths
from unscripted.testing import PROTOCOL_CHECKS

MEANS = (
    "quality", "mission_relevance", "role_stability", "unique_role_share", "role_gini",
    "abstention_rate", "exclusion_rate", "failure_rate", "hierarchy_depth", "spectral_gap",
    "calls", "tokens", "cost_usd", "wall_s", "risk",
)  # fmt: skip
FACTORS = ("protocol", "topology", "model", "agents", "level", "seed", "replicate", "ticks")
FORCING = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "COLUMNS", "TTY_COMPATIBLE")
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SMALL = ("--agents", "3", "--ticks", "3")

TROUBLE = """
from unscripted.model.decision import Abstention, Contribution
from unscripted.model.mind import Mind, mind_family

class Broken(Mind):
    instant = True
    name = "broken"
    def decide(self, observation):
        raise RuntimeError("this mind breaks")

class Parrot(Mind):
    instant = True
    name = "parrot"
    def decide(self, observation):
        title = observation.brief.title
        if observation.member == 0:
            return Contribution(title, title)
        if observation.member == 1:
            return Abstention(title)
        raise RuntimeError(title)

@mind_family("broken")
def broken(name):
    "Always raises."
    return Broken()

@mind_family("parrot")
def parrot(name):
    "Says the title of the task in every place."
    return Parrot()
"""


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code and its two streams."""

    code: int
    out: str
    err: str

    @property
    def body(self):
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """Every test starts in an empty folder, at no terminal."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in FORCING:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch, capsys):
    """A command in this process, and in no other."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["unscripted", *map(str, arguments)])
        capsys.readouterr()
        try:
            code = run_app(app)
        except SystemExit as end:  # a scenario script ends like a script
            code = end.code
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def no_pictures(monkeypatch):
    """Tables, figures and page left out where a test is not about them."""
    monkeypatch.setattr(commands, "publish_run", lambda *_, **__: [])
    monkeypatch.setattr(commands, "publish_comparison", lambda *_, **__: [])


@pytest.fixture
def trouble(tmp_path, monkeypatch):
    """An installed plug-in with minds that misbehave."""
    home = tmp_path / "site"
    info = home / "minds_of_trouble-1.dist-info"
    info.mkdir(parents=True)
    (home / "minds_of_trouble.py").write_text(TROUBLE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: minds-of-trouble\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[unscripted.minds]\nbroken = minds_of_trouble:broken\nparrot = minds_of_trouble:parrot\n"
    )
    monkeypatch.syspath_prepend(str(home))
    discover.cache_clear()
    yield home
    discover.cache_clear()


def real(*arguments, **more):
    """The command as its users start it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "unscripted", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, **more,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def hashes(path):
    return {
        str(p.relative_to(path)): sha256(p.read_bytes()).hexdigest()
        for p in sorted(Path(path).rglob("*"))
        if p.is_file()
    }


def kept(path):
    with closing(sqlite3.connect(Path(path) / "journal.sqlite")) as db:
        return db.execute("SELECT tick, record FROM ticks ORDER BY tick").fetchall()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run with everything it leaves; look, don't touch."""
    home = tmp_path_factory.mktemp("finished")
    done = real("run", *SMALL, "--json", "--out", "mine", cwd=home)
    return home / "mine", done


# Defaults and JSON


def test_run_without_options_plays_what_the_documentation_says(call, no_pictures):
    said = call("run", "--json")
    (row,) = said.body["runs"]
    assert said.code == 0
    assert [row[f] for f in FACTORS] == [
        "sequential", "complete", "synthetic/strong", 8, "L3", 0, 0, 12,
    ]  # fmt: skip


def test_json_is_one_object_and_nothing_else_on_standard_output(finished):
    _, said = finished
    assert said.code == 0
    body, end = json.JSONDecoder().raw_decode(said.out)
    assert said.out[end:].strip() == ""
    assert body["version"] == 1
    assert body["synthetic"] is True
    assert set(body) == {"version", "synthetic", "runs", "summary", "emergence"}
    assert "quality Q" in said.err


def test_json_alone_leaves_no_files(call):
    assert call("run", *SMALL, "--json").code == 0
    assert call("compare", *SMALL, "--replicates", 2, "--protocol", "solo", "--json").code == 0
    assert list(Path.cwd().iterdir()) == []


def test_a_row_has_every_key_of_the_contract(call):
    rows = call("run", *SMALL, "--json").body["runs"]
    rows += call("compare", *SMALL, "--replicates", 1, "--json").body["runs"]
    assert len(rows) == 1 + 4
    for row in rows:
        assert set(FACTORS) | set(MEANS) | {"unique_roles"} <= row.keys()
        assert row["ticks"] == 3
    assert {r["protocol"] for r in rows} == {"sequential", "coordinator", "broadcast", "shared"}


def test_what_was_not_measured_is_null_and_never_0(call, trouble):
    (ungraded,) = call("run", *SMALL, "--judge", "none", "--json").body["runs"]
    assert ungraded["quality"] is None
    assert ungraded["mission_relevance"] is None
    assert all(ungraded[m] is not None for m in MEANS[2:])
    (alone,) = call("run", "--agents", 1, "--ticks", 1, "--json").body["runs"]
    assert alone["role_stability"] is None  # nothing before the first tick
    assert alone["spectral_gap"] is None  # no second contributor
    assert alone["abstention_rate"] == 0
    (free,) = call("run", *SMALL, "--model", "parrot/x", "--json").body["runs"]
    assert free["cost_usd"] is None
    said = call("run", *SMALL, "--judge", "none", "--json")
    assert said.body["summary"][0]["quality"] is None
    assert "NaN" not in said.out


def test_a_row_holds_the_means_over_the_ticks_of_the_parquet(finished):
    folder, said = finished
    (row,) = said.body["runs"]
    ticks = pd.read_parquet(folder / "ticks.parquet")
    assert len(ticks) == row["ticks"] == 3
    for name in MEANS:
        assert row[name] == pytest.approx(ticks[name].dropna().mean()), name
    agents = pd.read_parquet(folder / "agents.parquet")
    assert row["unique_roles"] == agents["role"].str.lower().nunique()
    assert row["tokens"] == pytest.approx((agents.tokens_in + agents.tokens_out).sum() / 3)
    assert row["cost_usd"] == pytest.approx(agents.cost_usd.sum() / 3)
    assert row["abstention_rate"] == pytest.approx((agents.state == "abstained").mean())


def test_a_tick_without_a_measure_is_left_out_of_its_mean(call):
    arguments = (*SMALL, "--protocol", "fixed-roles", "--out", "mine", "--json")
    (row,) = call("run", *arguments).body["runs"]
    stability = pd.read_parquet("mine/ticks.parquet")["role_stability"]
    assert stability.isna().tolist() == [True, False, False]
    assert stability.iloc[1:].max() > 0
    assert row["role_stability"] == pytest.approx(stability.iloc[1:].mean())


def test_the_summary_has_mean_deviation_and_interval_of_each_measure(call):
    arguments = ("--protocol", "silent,solo", "--replicates", 3, *SMALL, "--json")
    body = call("compare", *arguments).body
    assert [r["protocol"] for r in body["summary"]] == ["silent", "solo"]
    for cell in body["summary"]:
        values = [r["quality"] for r in body["runs"] if r["protocol"] == cell["protocol"]]
        assert len(values) == cell["quality"]["n"] == cell["replicates"] == 3
        assert cell["quality"]["mean"] == pytest.approx(sum(values) / 3)
        assert cell["quality"]["sd"] == pytest.approx(pd.Series(values).std())
        low, high = cell["quality"]["ci95"]
        assert low < cell["quality"]["mean"] < high
        contrast = next(c for c in cell["contrasts"] if c["measure"] == "quality")
        assert {"difference", "ci95", "cohens_d", "p", "p_corrected"} <= contrast.keys()
        assert contrast["pairs"] == 3


def test_the_same_command_gives_the_same_json(call):
    arguments = ("run", *SMALL, "--topology", "erdos-renyi", "--protocol", "random", "--json")
    first = call(*arguments)
    assert call(*arguments).out == first.out
    assert real(*arguments).out == first.out
    assert call(*arguments, "--seed", 1).out != first.out


# Usage errors


MISTAKES = [
    ("run --protocol sequentail", "protocol='sequentail'", "did you mean sequential?"),
    ("run --protocol silent:x=1", "protocol=silent", "options: none"),
    ("run --topology moebius", "topology='moebius'", "known:"),
    ("run --topology watts-strogatz:q=4", "'q=4'", "options: k=, p="),
    ("run --topology watts-strogatz:k=four", "k='four'", "not a valid int"),
    ("run --topology karate-club", "karate-club has 34 nodes for n_agents=8", "--agents 34"),
    ("run --topology nowhere.graphml", "topology=nowhere.graphml", "give a GraphML"),
    ("run --model synthetic/stronk", "model='synthetic/stronk'", "did you mean synthetic/strong?"),
    ("run --model nobody/x", "model='nobody/x'", "known:"),
    ("run --model synthetic/weak*3", "names 3 members for n_agents=8", "--agents 3"),
    ("run --model synthetic/weak*²", "model=", "use a team like"),
    ("run --level L5", "level='L5'", "known: L1, L2, L3, L4"),
    ("run --judge harsh", "judge='harsh'", "known:"),
    ("run --judge rubric:harsh", "judge=rubric", "options: gpt-4o"),
    ("run --agents 0", "agents=0", "use 1 or more"),
    ("run --agents eight", "'eight'", "--help"),
    ("run --ticks 0", "ticks=0", "use 1 or more"),
    ("run --seed -1", "seed=-1", "use 0 or more"),
    ("run --budget 0", "budget=0.0", "use more"),
    ("run --budget nan", "budget=nan", "use more"),
    ("run --temperature 3", "temperature=3.0", "0 to 2"),
    ("run --timeout 0", "timeout=0.0", "above 0"),
    ("run --concurrency 0", "concurrency=0", "at least 1"),
    ("run --tasks nowhere.yaml", "tasks=nowhere.yaml", "give a YAML task file"),
    ("run --tick 3", "--tick", "--help"),
    ("run --replicates 3", "--replicates", "run --help"),
    ("run now", "now", "--help"),
    ("rnu", "'rnu'", "--help"),
    ("compare --protocol solo,sollo", "protocol='sollo'", "did you mean solo?"),
    ("compare --protocol ,", "protocol", "at least one"),
    ("compare --agents 4,x", "agents='x'", "use a list like 8,16"),
    ("compare --agents=--5", "agents='--5'", "use a list like 8,16"),
    ("compare --topology star,karate-club", "karate-club has 34 nodes", "--agents 34"),
    ("compare --level L1,L9", "level='L9'", "known:"),
    ("compare --replicates 0", "replicates=0", "use 1 or more"),
    ("list protocol", "list='protocol'", "did you mean protocols?"),
    ("scenario protocol_comparision", "scenario='protocol_comparision'", "protocol_comparison"),
    ("replay nowhere", "dir=nowhere", "give the folder of a run"),
    ("report nowhere", "dir=nowhere", "give the folder of a run"),
    ("check relay", "target='relay'", "module:Protocol"),
    ("check nowhere.at.all:Relay", "target='nowhere.at.all:Relay'", "run from the folder"),
    ("check unscripted.protocols.silent:Sylent", "no Sylent", "use one"),
    ("check os.path:join", "target='os.path:join'", "subclass unscripted.Protocol"),
    ("check unscripted.protocols.silent:Silent --examples 0", "examples=0", "use 1 or more"),
]


@pytest.mark.parametrize(("line", "named", "remedy"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_one_line_that_says_what_to_do(call, line, named, remedy):
    said = call(*line.split())
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("unscripted: ")
    assert named in said.err
    assert remedy in said.err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("line", ["run --level L5", "run --agents eight", "run --tasks nowhere"])
def test_a_mistake_ends_the_process_with_2_and_no_traceback(line):
    said = real(*line.split())
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize("option", ["--tasks", "--topology", "--protocol", "--model", "--level"])
def test_a_value_with_terminal_escapes_is_quoted_without_them(call, option):
    said = call("run", option, "two\nlines \x1b[31mred\x9b2J")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert not UNPRINTABLE.search(said.err)
    assert "[31mred" in said.err


def test_an_option_without_effect_is_noted(call):
    said = call("run", *SMALL, "--json", "--temperature", "0.5", "--api-base", "http://localhost:1")
    assert said.code == 0
    assert "note: temperature=0.5 has no effect: synthetic/strong is synthetic" in said.err
    assert "note: api_base=http://localhost:1 has no effect" in said.err


# Task files


TASK = min(CORPUS.glob("l1-*.yaml")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (TASK.replace("level: L1", "level: L7"), TASK[: TASK.index("level:")].count("\n") + 1,
         "tasks[0].level"),
        (TASK.replace("difficulty: 0.25", "difficulty: hard"),
         TASK[: TASK.index("difficulty: 0.25")].count("\n") + 1, "requirements[0].difficulty"),
        ("schema: 1\ntasks: [", 2, ""),
        ("", 1, "is empty"),
    ],
)  # fmt: skip
def test_a_broken_task_file_is_named_with_line_and_field(call, text, line, words):
    Path("mine.yaml").write_text(text, encoding="utf-8")
    for command in ("run", "compare"):
        said = call(command, "--tasks", "mine.yaml")
        assert said.code == 2
        assert re.search(rf"mine\.yaml:{line}:", said.err) or line == 2, said.err
        assert words in said.err
        assert said.err.count("\n") == 1
    assert [p.name for p in Path.cwd().iterdir()] == ["mine.yaml"]


def test_a_task_file_is_played_at_its_own_levels(call):
    Path("mine.yaml").write_text(TASK, encoding="utf-8")
    (row,) = call("run", *SMALL, "--tasks", "mine.yaml", "--json").body["runs"]
    assert row["level"] == "L1"
    said = call("run", *SMALL, "--tasks", "mine.yaml", "--level", "L4")
    assert said.code == 2
    assert "levels there: L1" in said.err


def test_escapes_in_a_task_title_never_reach_any_output(trouble, call):
    title = re.search(r'title: "(.*)"', TASK)[1]
    evil = TASK.replace(title, r"\e[2J\u202e\x9b31mEVIL [/b] title\a \e]0;owned\a")
    Path("mine.yaml").write_text(evil, encoding="utf-8")
    said = call("run", *SMALL, "--model", "parrot/x", "--tasks", "mine.yaml", "--out", "mine")
    assert said.code == 0
    assert "EVIL [/b] title" in said.out
    page = Path("mine/report.html").read_text(encoding="utf-8")
    assert "EVIL [/b] title" in page
    for text in (said.out, said.err, page):
        assert not UNPRINTABLE.search(text)
    for picture in Path("mine/figures").glob("*.svg"):
        ElementTree.parse(picture)


def test_brackets_in_a_file_name_are_no_markup(call, no_pictures):
    net = Path("a[/b].edgelist")
    net.parent.mkdir()
    net.write_text("0 1\n1 2\n")
    said = call("run", *SMALL, "--topology", net, "--out", "mine")
    assert said.code == 0
    assert str(net) in said.out
    topologies = f"{net},star"
    said = call("compare", *SMALL, "--replicates", 1, "--topology", topologies, "--out", "both")
    assert said.code == 0
    assert str(net) in said.out


# Budget, failures, interrupts


def test_a_run_stops_at_its_budget_and_continues_with_a_higher_one(call, no_pictures):
    plain = ("run", "--agents", 3, "--ticks", 6, "--json", "--out")
    whole = call(*plain, "whole")
    cost = whole.body["runs"][0]["cost_usd"]
    stopped = call(*plain, "cut", "--budget", 2.5 * cost)
    assert stopped.code == 4
    ticks = stopped.body["runs"][0]["ticks"]
    assert 0 < ticks < 6
    assert stopped.body["runs"][0]["cost_usd"] * ticks <= 2.5 * cost
    assert f"stopped at the budget after {ticks} of 6" in stopped.err
    assert "--budget" in stopped.err
    assert call(*plain, "cut", "--budget", 2.5 * cost).code == 4
    assert len(kept("cut")) == ticks
    continued = call(*plain, "cut", "--budget", 100 * cost)
    assert continued.code == 0
    assert continued.body == whole.body
    assert kept("cut") == kept("whole")


def test_a_comparison_stops_at_its_budget_and_continues_with_a_higher_one(call, no_pictures):
    plain = (
        "compare", "--protocol", "silent,shared", "--replicates", 2, "--agents", 3,
        "--ticks", 5, "--json", "--out",
    )  # fmt: skip
    whole = call(*plain, "whole")
    dear = max(r["cost_usd"] for r in whole.body["runs"])
    stopped = call(*plain, "cut", "--budget", 2.5 * dear)
    assert stopped.code == 4
    assert "budget" in stopped.err
    continued = call(*plain, "cut", "--budget", 100 * dear)
    assert continued.code == 0
    assert continued.body == whole.body


def test_more_failures_than_allowed_end_with_3(call, trouble, no_pictures):
    run = ("run", "--model", "broken/x", "--agents", 4, "--ticks", 2, "--json", "--max-failures")
    said = call(*run, 7)
    assert said.code == 3
    assert said.body["runs"][0]["failure_rate"] == 1
    assert said.body["runs"][0]["ticks"] == 2
    assert "--max-failures" in said.err
    assert call(*run, 8).code == 0
    compare = (
        "compare", "--model", "broken/x,synthetic/weak", "--protocol", "silent", "--agents", 4,
        "--ticks", 2, "--replicates", 1, "--json", "--max-failures",
    )  # fmt: skip
    assert call(*compare, 7).code == 3
    assert call(*compare, 8).code == 0


def test_failures_without_a_limit_are_no_error(call, trouble):
    said = call("run", "--model", "broken/x", *SMALL, "--json")
    assert said.code == 0
    assert said.body["runs"][0]["quality"] == 0.25


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_continues(
    call, monkeypatch, no_pictures
):
    plain = ("run", "--agents", 3, "--ticks", 6, "--json", "--out")
    whole = call(*plain, "whole")
    step = BaseOrganization.step

    def interrupted(org):
        if org.tick == 4 and org._recorded is None:
            raise KeyboardInterrupt
        step(org)

    with monkeypatch.context() as patch:
        patch.setattr(BaseOrganization, "step", interrupted)
        said = call(*plain, "cut")
    assert said.code == 130
    assert said.body["runs"][0]["ticks"] == 4
    assert "interrupted after 4 of 6 tasks; the same command continues" in said.err
    assert kept("cut") == kept("whole")[:4]
    continued = call(*plain, "cut")
    assert continued.code == 0
    assert continued.body == whole.body
    assert kept("cut") == kept("whole")


def started(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "unscripted", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def rows_in(folder, table):
    """Rows of a journal that another process writes to; 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/journal.sqlite?mode=ro", uri=True)) as db:
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def interrupt_once(process, reached, patience_s=60.0):
    """Send SIGINT to that process alone as soon as it got somewhere."""
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


def test_a_real_sigint_ends_a_long_run_with_130_and_it_can_continue():
    long = ("run", "--ticks", "4000", "--agents", "16", "--topology", "complete", "--out", "long")
    said = interrupt_once(started(*long), lambda: rows_in("long", "ticks") >= 5)
    first = kept("long")
    assert said.code == 130
    assert "Traceback" not in said.err
    assert "interrupted after" in said.err.splitlines()[-1]
    assert [tick for tick, _ in first] == list(range(len(first)))
    assert 5 <= len(first) < 4000
    again = interrupt_once(started(*long), lambda: rows_in("long", "ticks") >= len(first) + 2)
    second = kept("long")
    assert again.code == 130
    assert second[: len(first)] == first
    assert len(second) > len(first)
    assert f"tick {len(first) + 1}/4000" in again.err
    assert f"tick {len(first)}/4000" not in again.err


def test_a_real_sigint_ends_a_comparison_with_130_and_keeps_its_runs():
    many = (
        "compare", "--protocol", "silent,solo", "--replicates", "400", "--ticks", "5",
        "--agents", "3", "--out", "many",
    )  # fmt: skip
    said = interrupt_once(started(*many), lambda: rows_in("many", "runs") >= 3)
    assert said.code == 130
    assert "Traceback" not in said.err
    assert "the same command continues" in said.err
    assert 3 <= rows_in("many", "runs") < 800


# Folders


def test_a_run_leaves_the_files_of_the_contract(finished):
    folder, _ = finished
    there = set(hashes(folder))
    names = ("team", "roles", "measures")
    assert there == {
        "config.json", "journal.sqlite", "report.html",
        "ticks.parquet", "ticks.csv", "agents.parquet", "agents.csv",
        *(f"figures/{n}.{kind}" for n in names for kind in ("png", "svg")),
    }  # fmt: skip
    config = json.loads((folder / "config.json").read_text())
    assert (config["protocol"], config["agents"], config["ticks"]) == ("sequential", 3, 3)
    for name in names:
        assert (folder / f"figures/{name}.png").read_bytes().startswith(b"\x89PNG")
        assert ElementTree.parse(folder / f"figures/{name}.svg").getroot().tag.endswith("svg")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Synthetic minds: these numbers illustrate a mechanism" in page
    assert page.count("data:image/png;base64,") == 3
    assert not re.search(r'(src|href)="(?!data:)', page), "the page needs other files"


def test_a_comparison_leaves_its_files_too(call):
    said = call("compare", *SMALL, "--protocol", "solo,silent", "--replicates", 2, "--out", "mine")
    assert said.code == 0
    assert set(hashes("mine")) == {
        "config.json", "journal.sqlite", "report.html", "ticks.parquet", "ticks.csv",
        "agents.parquet", "agents.csv", "figures/comparison.png", "figures/comparison.svg",
    }  # fmt: skip
    assert len(pd.read_parquet("mine/ticks.parquet")) == 2 * 2 * 3
    assert "Synthetic minds" in said.out
    assert "Synthetic minds" in Path("mine/report.html").read_text(encoding="utf-8")


def test_a_refused_command_leaves_no_folder_in_the_way_of_the_corrected_one(call, no_pictures):
    wrong = ("run", "--ticks", 1, "--topology", "karate-club", "--out", "mine")
    assert call(*wrong).code == 2
    assert not Path("mine").exists()
    assert call(*wrong, "--agents", 34).code == 0


def test_a_run_without_out_goes_to_the_same_folder_each_time(call, no_pictures):
    assert call("run", *SMALL).code == 0
    (folder,) = Path("runs").iterdir()
    assert folder.name.startswith("sequential-3-synthetic-strong-seed0-")
    said = call("run", *SMALL)
    assert "3 of these tasks were already in" in said.out
    assert call("run", *SMALL, "--seed", 1).code == 0
    assert len(list(Path("runs").iterdir())) == 2


@pytest.mark.parametrize(
    "changed",
    ["--seed 1", "--ticks 4", "--agents 4", "--protocol shared", "--topology star",
     "--level L1", "--judge none", "--model synthetic/weak", "--tasks generated"],
)  # fmt: skip
def test_another_configuration_in_the_same_folder_touches_nothing(finished, call, changed):
    folder, _ = finished
    before = hashes(folder)
    said = call("run", *SMALL, *changed.split(), "--out", folder)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert f"out={folder}" in said.err
    assert changed.split()[0].removeprefix("--") + "=" in said.err
    assert "another --out folder" in said.err
    assert hashes(folder) == before


def test_a_comparison_does_not_go_into_the_folder_of_a_run(finished, call):
    folder, _ = finished
    before = hashes(folder)
    assert call("compare", *SMALL, "--out", folder).code == 2
    assert hashes(folder) == before


def test_a_folder_with_foreign_files_is_left_alone(call):
    Path("thesis").mkdir()
    Path("thesis/chapter.tex").write_text("one")
    before = hashes("thesis")
    for command in ("run", "compare"):
        said = call(command, *SMALL, "--out", "thesis")
        assert said.code == 2
        assert "out=thesis holds other files; use an empty or new folder" in said.err
        assert hashes("thesis") == before


def test_a_run_in_an_empty_folder_is_fine(call, no_pictures):
    Path("empty").mkdir()
    assert call("run", *SMALL, "--out", "empty").code == 0


# Replay and report


def copy_of(finished):
    shutil.copytree(finished[0], "copy")
    return Path("copy")


def test_a_recorded_run_replays(finished, call):
    said = call("replay", copy_of(finished))
    assert (said.code, said.err) == (0, "")
    assert said.out == "3 ticks replayed, all equal\n"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda text: text.replace('"accuracy":', '"accuracy":1', 1),
        lambda text: text.replace('"role":"', '"role":"chief ', 1),
        lambda text: text[:-1],
        lambda text: "",
        lambda text: text + " ",
    ],
)
def test_a_record_that_was_tampered_with_does_not_replay(finished, call, tamper):
    folder = copy_of(finished)
    _, text = kept(folder)[1]
    assert tamper(text) != text
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db, db:
        db.execute("UPDATE ticks SET record = ? WHERE tick = 1", (tamper(text),))
    said = call("replay", folder)
    assert said.code == 1
    assert said.err == "tick 1 differs from the record\n"


def test_a_record_that_is_missing_does_not_replay(finished, call):
    folder = copy_of(finished)
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db, db:
        db.execute("DELETE FROM ticks WHERE tick = 0")
    assert call("replay", folder).code == 1


def test_nothing_recorded_is_nothing_to_replay(finished, call):
    folder = copy_of(finished)
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db, db:
        db.execute("DELETE FROM ticks")
    said = call("replay", folder)
    assert said.code == 2
    assert "no finished tick" in said.err


def test_a_journal_that_is_gone_is_said_and_nothing_is_played_again(finished, call):
    folder = copy_of(finished)
    (folder / "journal.sqlite").unlink()
    said = call("replay", folder)
    assert said.code == 2
    assert "journal.sqlite is gone" in said.err
    assert not (folder / "journal.sqlite").exists()


def test_a_report_of_an_unreadable_record_is_a_usage_error(finished, call):
    folder = copy_of(finished)
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db, db:
        db.execute("UPDATE ticks SET record = '{' WHERE tick = 1")
    said = call("report", folder)
    assert said.code == 2
    assert "tick 1 can't be read" in said.err
    assert said.err.count("\n") == 1


def test_report_writes_page_tables_and_figures_anew(finished, call):
    folder = copy_of(finished)
    before = hashes(folder)
    for path in ("report.html", "ticks.parquet", "agents.csv", "figures/team.png"):
        (folder / path).unlink()
    said = call("report", folder)
    assert said.code == 0
    assert said.out.strip() == str(folder / "report.html")
    after = hashes(folder)
    assert set(after) == set(before)
    for path in ("config.json", "ticks.parquet", "ticks.csv", "agents.parquet", "agents.csv"):
        assert after[path] == before[path], path


def test_the_report_of_a_comparison_keeps_the_order_of_its_runs(call):
    arguments = (*SMALL, "--protocol", "solo,silent", "--replicates", 2, "--out", "mine")
    assert call("compare", *arguments).code == 0
    before = hashes("mine")
    with closing(sqlite3.connect("mine/journal.sqlite")) as db, db:  # as if finished in turn
        rows = db.execute("SELECT run, result FROM runs ORDER BY run DESC").fetchall()
        db.execute("DELETE FROM runs")
        db.executemany("INSERT INTO runs VALUES (?, ?)", rows)
    assert call("report", "mine").code == 0
    after = hashes("mine")
    for path in ("ticks.parquet", "agents.csv"):
        assert after[path] == before[path]
    said = call("replay", "mine")
    assert said.code == 2
    assert "holds a comparison" in said.err


# Lists, scenarios, checks


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("protocols", {"sequential", "coordinator", "broadcast", "shared", "solo", "fixed-roles",
                       "silent", "random"}),
        ("topologies", {"complete", "star", "chain", "ring", "tree", "grid", "erdos-renyi",
                        "watts-strogatz", "barabasi-albert", "stochastic-block", "karate-club",
                        "florentine-families"}),
        ("models", {f"synthetic/{n}" for n in (
            "claude-sonnet-4.6", "deepseek-v3.2", "glm-5", "gpt-4.1-mini", "strong", "medium",
            "weak")}),
        ("tasks", {t.id for t in corpus()}),
        ("scenarios", {"protocol_comparison"}),
    ],
)  # fmt: skip
def test_list_says_what_there_is_in_one_line_each(call, kind, names):
    said = call("list", kind)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert names <= {line.split()[0] for line in lines}
    assert all(len(line.split()) > 1 for line in lines), "a line without a description"
    everything = call("list").out
    assert set(lines) <= set(everything.splitlines())
    assert f"\n{kind}\n" in everything


def test_list_includes_plug_ins(call, trouble):
    assert "broken/…  " in call("list", "models").out
    assert "Always raises." in call("list", "models").out


def test_a_scenario_run_by_name_equals_its_script(tmp_path):
    script = str(scenario_paths()["protocol_comparison"])
    ways = {
        "named": [sys.executable, "-m", "unscripted", "scenario", "protocol_comparison"],
        "script": [sys.executable, script],
    }
    running = {}
    for name, command in ways.items():
        (tmp_path / name).mkdir()
        running[name] = subprocess.Popen(
            [*command, "--replicates", "2"], cwd=tmp_path / name,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    said = {name: process.communicate(timeout=120) for name, process in running.items()}
    assert {name: p.returncode for name, p in running.items()} == {"named": 0, "script": 0}
    assert said["named"][0] == said["script"][0]
    assert "Means per task" in said["named"][0]
    tables = [pd.read_parquet(next((tmp_path / n).glob("runs/*/ticks.parquet"))) for n in ways]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert len(tables[0]) == len(discover("protocols")) * 2 * 12


def test_a_scenario_refuses_what_it_can_not_take(call):
    said = call("scenario", "protocol_comparison", "--replicates", "x")
    assert said.code == 2
    assert "'x'" in said.err
    said = call("scenario", "protocol_comparison", "--level", "L9")
    assert said.code == 2
    assert "level='L9'" in said.err
    assert said.err.count("\n") == 1


@pytest.fixture
def module_of(monkeypatch, request):
    """A module of the user's own in the current folder; gone when the test is over."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    name = f"mine_{abs(hash(request.node.name))}"

    def write(text):
        Path(f"{name}.py").write_text("import unscripted as un\n" + text)
        return name

    yield write
    sys.modules.pop(name, None)


def test_check_passes_for_a_built_in(call):
    said = call("check", "unscripted.protocols.broadcast:Broadcast", "--examples", 8)
    assert said.code == 0
    assert "BROKEN" not in said.out
    n = len(PROTOCOL_CHECKS)
    assert f"{n} of {n} checks passed, 8 cases each" in said.out


CHEAT = """
class Cheat(un.Protocol):
    name = "cheat"
    calls = 0
    def rounds(self, team):
        Cheat.calls += 1
        for member in team.members[Cheat.calls % 2:]:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())
    def max_calls(self, n_members):
        return 1
"""


def test_check_ends_with_1_and_names_the_rules_that_broke(call, module_of):
    said = call("check", f"{module_of(CHEAT)}:Cheat", "--examples", 8)
    assert said.code == 1
    broken = {line.split()[1] for line in said.out.splitlines() if line.startswith("BROKEN")}
    assert {"reproducibility", "calls"} <= broken
    assert "building" not in broken
    assert "max_calls(" in said.out
    assert "Case(cheat" in said.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nothing_of_the_kind", "nothing_of_the_kind"),
        ("un.nothing", "fails to import"),
        ("1 / 0", "ZeroDivisionError"),
        ("def Mine(:", "SyntaxError"),
        ("Mine = 5", "is not a Protocol"),
        ("class Mine(un.Protocol): pass", "without arguments"),
        ("class Mine(un.Protocol):\n    def rounds(self, team): yield\n"
         "    def __init__(self): raise ValueError('no\\nway')", "ValueError"),
    ],
)  # fmt: skip
def test_check_of_what_is_no_protocol_is_a_usage_error(call, module_of, text, words):
    said = call("check", f"{module_of(text)}:Mine")
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1


# Streams and help


def test_nothing_but_text_reaches_a_pipe(finished):
    commands_ = [
        real("compare", *SMALL, "--protocol", "solo,silent", "--replicates", 2),
        real("list"),
        real("compare", "--help"),
        finished[1],
    ]
    for said in commands_:
        assert said.code == 0
        assert not UNPRINTABLE.search(said.out)
        assert not UNPRINTABLE.search(said.err)


def test_progress_is_a_plain_line_per_tick_where_there_is_no_terminal(finished):
    _, said = finished
    lines = said.err.splitlines()
    assert lines[0] == "sequential · 3 × synthetic/strong · complete"
    for k in (1, 2, 3):
        pattern = rf"tick {k}/3  contributed \d  abstained \d  excluded \d  failed \d  quality.*"
        assert re.fullmatch(pattern, lines[k])


def test_a_comparison_shows_progress_on_standard_error(call):
    said = call("compare", *SMALL, "--protocol", "solo,silent", "--replicates", 1, "--json")
    assert said.err.splitlines() == ["runs 0/2", "runs 1/2", "runs 2/2"]


HELP = """
import contextlib, io, json, sys
from unscripted.scenarios.harness.cli.app import app, run_app
said = {}
for name in json.loads(sys.argv[1]):
    sys.argv = ["unscripted", *name, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        said[" ".join(name)] = (run_app(app), out.getvalue())
heavy = ("mesa", "matplotlib", "numpy", "networkx", "litellm", "pandas", "scipy", "hypothesis")
print(json.dumps({"said": said, "heavy": [m for m in heavy if m in sys.modules]}))
"""


def test_help_of_every_command_is_there_and_quick():
    names = [[c.name or c.callback.__name__.strip("_")] for c in app.registered_commands]
    assert {n for (n,) in names} >= {
        "run", "compare", "list", "scenario", "replay", "report", "check",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", HELP, json.dumps([[], *names])],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    body = json.loads(done.stdout)
    assert body["heavy"] == []
    assert all(code == 0 for code, _ in body["said"].values())
    for (name,) in names:
        assert name in body["said"][""][1]
        assert "unscripted " + name in body["said"][name][1], "no example"
    shared = (
        "protocol", "agents", "model", "topology", "level", "ticks", "seed", "tasks", "judge",
        "api-base", "budget", "concurrency", "temperature", "timeout", "out", "json",
    )  # fmt: skip
    for name in ("run", "compare"):
        for option in shared:
            assert f"--{option}" in body["said"][name][1]
    assert "--replicates" in body["said"]["compare"][1]


def test_no_command_at_all_is_answered_with_help(call):
    said = call()
    assert said.code == 0
    assert "compare" in said.out


def test_the_version_is_that_of_the_package(call):
    import unscripted

    assert call("--version").out == f"unscripted {unscripted.__version__}\n"


@pytest.mark.parametrize("arguments", [("list",), ("run", *SMALL, "--json")])
def test_a_reader_that_leaves_early_is_no_error(arguments):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "unscripted", *arguments],
            stdout=closed, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_budget_is_never_overshot_not_even_by_the_first_tick(call, no_pictures, tmp_path):
    plain = ("run", "--agents", 3, "--ticks", 4, "--json")
    dear = json.loads(call(*plain).out)["runs"][0]["cost_usd"]
    none = call(*plain, "--budget", dear / 10)
    assert none.code == 4
    assert json.loads(none.out)["runs"][0]["ticks"] == 0
    assert json.loads(none.out)["runs"][0]["cost_usd"] is None
    for share in (1.2, 2.7, 3.9):
        some = json.loads(call(*plain, "--budget", share * dear).out)["runs"][0]
        assert some["ticks"] * some["cost_usd"] <= share * dear
