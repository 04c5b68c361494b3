"""`un.run`: what the command plays, as a value, and nothing printed."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from markupsafe import escape
from matplotlib.figure import Figure
from support.commands import kept
from support.own import Constant, Lenient, Relay, bow

import unscripted as un
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.metrics.catalogue import of_ticks
from unscripted.model.tasks.files import CORPUS, corpus
from unscripted.model.tasks.stream import CycledTasks
from unscripted.scenarios.harness.exits import Exit

SMALL = {"agents": 3, "ticks": 3}
AGENTS = [
    "tick", "member", "mind", "state", "role", "builds_on", "saw", "confidence", "calls",
    "tokens_in", "tokens_out", "tokens_cached", "cost_usd", "cost_usd_uncached", "latency_s",
    "mended", "note",
]  # fmt: skip


@pytest.fixture(scope="module")
def run():
    """One run; look, don't touch."""
    return un.run(**SMALL, shock="remove@1")


def test_a_run_is_the_commands(finished):
    assert un.run(**SMALL).body() == finished[1].body


def test_nothing_is_printed_or_kept(here, capfd):
    run = un.run(**SMALL)
    assert capfd.readouterr() == ("", "")
    assert run.folder is None
    assert list(here.iterdir()) == []


def test_out_keeps_and_continues(here):
    first = un.run(**SMALL, out="mine")
    assert first.folder == Path("mine")
    assert len(kept("mine")) == 3
    assert first.played.resumed == 0
    again = un.run(**SMALL, out=Path("mine"))
    assert again.played.resumed == 3
    assert again.records == first.records
    with pytest.raises(UsageError, match="ticks=3, not 2; use another --out folder"):
        un.run(agents=3, ticks=2, out="mine")
    more = un.run(agents=3, ticks=4, out="mine")
    assert (more.played.resumed, more.records[:3]) == (3, first.records)


def test_tables_are_data_frames(run):
    assert isinstance(run.ticks, pd.DataFrame)
    own = ["tick", "task_id", "level", "protocol_played", "shocks", "rulings"]
    assert list(run.ticks.columns) == [*own, *of_ticks()]
    assert run.ticks["tick"].tolist() == [0, 1, 2]
    assert (run.ticks["shocks"] != "").tolist() == [False, True, False]
    assert list(run.agents.columns) == AGENTS
    assert len(run.agents) == 3 + 2 + 2


def test_its_parts_agree(run):
    assert run.ending is Exit.DONE
    assert len(run.records) == run.row["ticks"] == run.organization.tick == 3
    assert run.row["quality"] == pytest.approx(run.ticks["quality"].mean())
    assert run.title == "sequential · 3 × synthetic/strong · complete"
    assert run.config.options["shock"] == "remove@1"
    assert run.events()[0].startswith("before tick 1: ")
    run_on = un.run(**SMALL).organization
    run_on.step()
    assert run_on.tick == 4


def test_a_transcript_tells_ticks(run):
    one, whole = run.transcript(1), run.transcript()
    assert one in whole
    assert one.startswith(f"tick 1: {run.records[1].task_id}")
    assert re.findall(r"^tick (\d)", whole, re.MULTILINE) == ["0", "1", "2"]
    for asked in ({"tick": 7}, {"agent": 99}):
        with pytest.raises(UsageError, match="is n"):
            run.transcript(**asked)


def test_a_plot_is_a_figure(run):
    for kind in ("measures", "team", "roles"):
        assert isinstance(run.plot(kind), Figure)
    assert "tick 0 " in "".join(t.get_text() for t in run.plot("team", tick=0).texts)
    with pytest.raises(UsageError, match="kind='pie' is not known; known: measures, reach"):
        run.plot("pie")


def test_it_shows_in_notebooks(run):
    html = run._repr_html_()
    assert "<b>sequential · 3 × synthetic/strong · complete, 3 ticks</b>" in html
    assert html.count("<tr") == 1 + 3
    for line in run.headline:
        assert escape(line) in html
    assert "quality" in html


def test_it_says_itself_briefly(run):
    quality = f"{run.row['quality']:.3f}"
    title = "sequential · 3 × synthetic/strong · complete"
    assert repr(run) == f"<Run: {title}; ticks 3, quality {quality}>"


HOSTILE = "<script>alert(1)</script>&\"'"


class Hostile(un.Protocol):
    """A name that is markup."""

    name = HOSTILE

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)


def test_names_are_no_markup(here):
    network = nx.path_graph(3, create_using=None)
    network.name = "<img src=x>"
    run = un.run(**SMALL, protocol=Hostile(), model=Constant("<b>"), topology=network)
    html = run._repr_html_()
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_a_run_without_ticks_shows():
    with pytest.warns(RuntimeWarning, match="stopped at the budget after 0 of 3 tasks"):
        run = un.run(**SMALL, budget=1e-9)
    assert run.ending is Exit.BUDGET
    assert (len(run.records), len(run.ticks), len(run.agents)) == (0, 0, 0)
    assert "0 ticks" in run._repr_html_()
    assert run.transcript() == ""
    assert run.row["quality"] is None
    assert "ticks 0, quality not measured; stopped at the budget" in repr(run)


def roles(run):
    return [m.role for m in run.records[0].members]


def test_objects_stand_for_names():
    assert roles(un.run(**SMALL, model=Constant("critic"))) == ["critic"] * 3
    three = [Constant(r) for r in ("critic", "writer", "editor")]
    assert roles(un.run(**SMALL, model=three)) == ["critic", "writer", "editor"]
    run = un.run(**SMALL, protocol=Relay(most=1))
    assert [r.actors for r in run.records[0].rounds] == [(2,)]
    assert run.row["protocol"] == "relay-of-the-test:most=1"
    judged = un.run(**SMALL, judge=Lenient())
    assert {r.verdict.accuracy for r in judged.records} == {4.0}
    ring = nx.cycle_graph(3)
    assert un.run(**SMALL, topology=ring).row["topology"] == "graph of 3"
    assert un.run(**SMALL, topology=bow).row["topology"] == "bow"
    assert un.run(**SMALL, topology=lambda n, seed: ring).records
    tasks = un.run(**SMALL, tasks=CycledTasks([corpus()[0]], 0))
    assert {r.task_id for r in tasks.records} == {corpus()[0].id}
    files = un.run(**SMALL, tasks=min(CORPUS.glob("l2-*.yaml")))
    assert {r.level for r in files.records} == {"L2"}


def test_a_graph_stays_the_callers():
    ring = nx.cycle_graph(3)
    un.run(**SMALL, topology=ring, shock="cut:share=0.5@0")
    assert ring.number_of_edges() == 3


def test_synthetic_is_asked_of_minds():
    assert un.run(**SMALL).body()["synthetic"] is True
    assert un.run(**SMALL, model=Constant("x")).body()["synthetic"] is False
    mixed = [Constant("x"), Constant("y"), un.testing.Scripted()]
    assert un.run(**SMALL, model=mixed).body()["synthetic"] is un.testing.Scripted.synthetic


def test_numbers_of_numpy_are_numbers(here):
    plain = un.run(**SMALL, seed=7, budget=5, out="a")
    run = un.run(
        agents=np.int64(3), ticks=np.uint8(3), seed=np.int32(7), budget=np.float32(5), out="b"
    )
    assert run.body() == plain.body()
    assert Path("a/config.json").read_text() == Path("b/config.json").read_text()
    assert un.run(agents=3.0, ticks=1).row["agents"] == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"agents": "eight"}, "agents='eight' is not a whole number"),
        ({"agents": 2.5}, "agents=2.5 is not a whole number"),
        ({"agents": True}, "agents=True is not a whole number"),
        ({"agents": None}, "agents=None is not a whole number"),
        ({"agents": float("nan")}, "agents=nan is not a whole number"),
        ({"agents": float("inf")}, "agents=inf is not a whole number"),
        ({"ticks": [3]}, "ticks=[3] is not a whole number"),
        ({"seed": None}, "seed=None is not a whole number"),
        ({"budget": "much"}, "budget='much' is not a number"),
        ({"budget": 10**400}, "is not a number"),
        ({"budget": True}, "budget=True is not a number"),
        ({"json": "yes"}, "json='yes' is not true or false"),
        ({"level": 3}, "level=3 is not text"),
        ({"shock": None}, "shock=None is not text"),
        ({"price": 5}, "price=5 is not text"),
        ({"out": 5}, "out=5 is not text"),
        ({"max_failures": -1}, "max_failures=-1 is below 0"),
        ({"protocol": 5}, "protocol=5 is neither; use a name or a Protocol instance"),
        ({"protocol": Relay}, "call it: a class is no Protocol instance"),
        ({"model": 5}, "model=5 is not a Mind"),
        ({"model": Constant}, "is not a Mind"),
        ({"model": [Constant("a"), "synthetic/weak"]}, "model='synthetic/weak' is not a Mind"),
        ({"model": [Constant("a")]}, "model has 1 minds for n_agents=3"),
        ({"topology": 5}, "topology=5 is none; use a name, file, function or graph"),
        ({"topology": nx.path_graph(4)}, "4 nodes for n_agents=3"),
        ({"judge": Lenient}, "is neither; use a name or a Judge instance"),
        ({"tasks": 5}, "tasks=5 is none"),
        ({"level": "L9"}, "known: L1, L2, L3, L4"),
    ],
)
def test_a_wrong_value_is_one_line(here, options, said):
    with pytest.raises(UsageError) as caught:
        un.run(**{**SMALL, **options})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(here.iterdir()) == []


def test_a_misspelt_option_is_suggested():
    with pytest.raises(UnknownNameError, match=r"option='protocl' is not known; did you mean prot"):
        un.run(protocl="silent")
    with pytest.raises(TypeError):
        un.run("silent")
