"""`un.compare`: names or objects, all combinations, as tables; and nothing printed."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from markupsafe import escape
from matplotlib.figure import Figure
from support.own import Constant, Relay, bow

import unscripted as un
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.metrics.catalogue import of_runs
from unscripted.scenarios.harness.exits import Exit

SMALL = {"agents": 3, "ticks": 2, "replicates": 2}
FACTORS = ["protocol", "topology", "model", "agents", "level"]
CONTRAST = [
    *FACTORS, "measure", "difference", "sd", "ci95_low", "ci95_high", "cohens_d",
    "cohens_d_ci95_low", "cohens_d_ci95_high", "p", "p_corrected", "pairs", "family",
    "ci95_bootstrap_low", "ci95_bootstrap_high", "factor", "verdict", "evidence", "decided_by",
    "against",
]  # fmt: skip


@pytest.fixture(autouse=True)
def alone(here, monkeypatch):
    """No worker processes."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@pytest.fixture(scope="module")
def comparison():
    """One comparison; look, don't touch."""
    return un.compare(protocol=["silent", "solo", "shared"], agents=3, ticks=2, replicates=3)


def test_a_comparison_is_the_commands(compared):
    found = un.compare(protocol=["silent", "solo"], agents=3, ticks=3, replicates=3)
    body = found.body()
    assert [r["quality"] for r in body["runs"]] == [
        r["quality"] for r in compared[1].body["runs"]
    ]  # fmt: skip
    assert body.keys() == compared[1].body.keys()
    assert body["conclusions"] == found.conclusions == compared[1].body["conclusions"]


def test_nothing_is_printed_or_kept(here, capfd):
    found = un.compare(protocol="solo", **SMALL)
    assert capfd.readouterr() == ("", "")
    assert (found.folder, found.ending) == (None, Exit.DONE)
    assert list(here.iterdir()) == []


def test_runs_are_rows(comparison):
    runs = comparison.runs
    own = [*FACTORS, "seed", "replicate", "ticks"]
    assert sorted(runs.columns) == sorted([*own, "tasks", "outcome", *of_runs()])
    assert runs[["protocol", "seed"]].value_counts().tolist() == [1] * 9
    assert runs["protocol"].tolist() == ["silent"] * 3 + ["solo"] * 3 + ["shared"] * 3


def test_cells_are_rows(comparison):
    summary = comparison.summary
    assert list(summary.columns[:6]) == [*FACTORS, "replicates"]
    assert summary["replicates"].tolist() == [3, 3, 3]
    for name in ("quality", "tokens", "cost_usd"):
        for cell, runs in comparison.runs.groupby("protocol"):
            (row,) = summary[summary.protocol == cell].to_dict("records")
            assert row[name] == pytest.approx(runs[name].mean())
            assert row[f"{name}_sd"] == pytest.approx(runs[name].std())
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    measured = [c for c in summary if c.endswith("_low")]
    assert {c.removesuffix("_low") for c in measured} <= set(summary)


def test_each_pair_is_one_row(comparison):
    contrasts = comparison.contrasts
    assert list(contrasts.columns) == CONTRAST
    pairs = contrasts[contrasts.measure == "quality"][["protocol", "against"]]
    assert {frozenset(p) for p in pairs.itertuples(index=False)} == {
        frozenset(p) for p in (("silent", "solo"), ("silent", "shared"), ("solo", "shared"))
    }  # fmt: skip
    assert len(pairs) == 3
    means = comparison.summary.set_index("protocol")["quality"]
    for row in contrasts[contrasts.measure == "quality"].itertuples():
        assert row.difference == pytest.approx(means[row.protocol] - means[row.against])
        assert row.ci95_low <= row.difference <= row.ci95_high


def test_a_plot_is_a_figure(comparison):
    assert isinstance(comparison.plot(), Figure)


def test_it_shows_in_notebooks(comparison):
    html = comparison._repr_html_()
    for line in (*comparison.headline, *comparison.conclusions):
        assert escape(line) in html
    assert html.count("<tr") == 1 + 3
    assert "quality [95 %]" in html


def test_it_says_itself_briefly(comparison):
    runs = len(comparison.runs)
    assert repr(comparison) == f"<Comparison: 3 cells, {runs} runs, synthetic>"
    head, *said = str(comparison).splitlines()
    assert head == repr(comparison)
    assert [line.strip() for line in said] == comparison.conclusions


class Hostile(Relay):
    """A name that is markup."""

    name = "<script>alert(1)</script>"


def test_names_are_no_markup():
    html = un.compare(protocol=[Hostile(), "silent"], **SMALL)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert any("script" in part for part in html.split("<p>")[1:])


def test_objects_stand_in_lists():
    net = nx.cycle_graph(3, create_using=None)
    net.name = "my ring"
    found = un.compare(
        protocol=[Relay(), Relay(most=1), "sequential"],
        topology=[net, bow, "complete"],
        model=[Constant("a"), "synthetic/weak", [Constant(r) for r in "abc"]],
        level=[None, "L1"],
        **SMALL,
    )
    assert found.ending is Exit.DONE
    assert len(found.runs) == 3 * 3 * 3 * 2 * 2
    assert set(found.summary.protocol) == {
        "relay-of-the-test:most=99", "relay-of-the-test:most=1", "sequential",
    }  # fmt: skip
    assert set(found.summary.topology) == {"my ring", "bow", "complete"}
    team = "constant/a + constant/b + constant/c"
    assert set(found.summary.model) == {"constant/a", "synthetic/weak", team}
    assert found.synthetic is True


def test_an_object_plays_as_its_name():
    from unscripted.protocols.silent import Silent

    found = un.compare(protocol=[Silent(), "sequential"], **SMALL)
    named = un.compare(protocol=["silent", "sequential"], **SMALL)
    pd.testing.assert_frame_equal(found.runs, named.runs)


def test_what_can_not_travel_plays_here(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)

    class Local(Relay):
        """Of no module, so that no other process finds it."""

    found = un.compare(
        protocol=[Local(), "silent"], topology=[lambda n, seed: nx.path_graph(n)],
        agents=3, ticks=1, replicates=4,
    )  # fmt: skip
    assert (found.ending, len(found.runs)) == (Exit.DONE, 8)


def test_one_value_is_a_list():
    ring = nx.cycle_graph(3)
    found = un.compare(protocol="silent", topology=ring, model=Constant("x"), **SMALL)
    assert len(found.summary) == 1
    assert found.summary["topology"].tolist() == ["graph of 3"]
    sizes = un.compare(protocol="silent", agents=np.array([2, 3]), ticks=1, replicates=1)
    assert sizes.runs["agents"].tolist() == [2, 3]
    assert un.compare(protocol="silent", agents=range(2, 4), ticks=1, replicates=1).body()


def test_defaults_are_the_papers():
    found = un.compare(**SMALL)
    assert found.runs["protocol"].unique().tolist() == [
        "sequential", "coordinator", "broadcast", "shared",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"protocol": []}, "protocol is empty; give at least one"),
        ({"protocol": ["silent", "silent"]}, "protocol names 'silent' twice; give each once"),
        ({"protocol": [Relay(), Relay()]}, "under a name of its own"),
        ({"topology": [nx.cycle_graph(3), nx.path_graph(3)]}, "topology names 'graph of 3' twice"),
        ({"model": [Constant("a"), Constant("a")]}, "model names 'constant/a' twice"),
        ({"agents": [3, 3.0, 4]}, "agents names '3' twice"),
        ({"agents": [3, "four"]}, "agents='four' is not a whole number"),
        ({"replicates": 2.5}, "replicates=2.5 is not a whole number"),
        ({"replicates": 0}, "replicates=0 is below 1"),
        ({"ticks": [1, 2]}, "ticks=[1, 2] is not a whole number"),
        ({"level": ["L1", "L9"]}, "level='L9' is not known"),
        ({"protocol": [Relay(), "silent"], "match": "calls"}, "needs protocols by name"),
        (
            {"protocol": ["sequential", "silent"], "match": "calls",
             "model": [[Constant("a"), Constant("b"), Constant("c")]]},
            "fixes one; use one model",
        ),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_line(here, options, said):
    with pytest.raises(UsageError) as caught:
        un.compare(**{**SMALL, **options})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(here.iterdir()) == []


def test_a_misspelt_option_is_suggested():
    with pytest.raises(UnknownNameError, match="option='replicate'"):
        un.compare(replicate=3)


def test_budgets_match_with_objects(monkeypatch):
    from unscripted.scenarios.harness.runs import matching

    monkeypatch.setattr(matching, "PILOT", 2)
    found = un.compare(
        protocol=["sequential", "broadcast"], agents=4, ticks=1, replicates=1,
        topology=bow, model=Constant("x"), match="calls",
    )  # fmt: skip
    assert found.summary[["protocol", "size"]].values.tolist() == [
        ["sequential", 4], ["broadcast", 2],
    ]  # fmt: skip
    assert {"size", "budget", "off_budget"} <= set(found.summary)


def test_what_is_missing_is_left_out():
    with pytest.warns(RuntimeWarning, match="4 of 4 runs stopped at the budget of each"):
        found = un.compare(protocol=["silent", "solo"], budget=1e-9, **SMALL)
    assert found.ending is Exit.BUDGET
    assert found._repr_html_()
    assert len(found.contrasts) == 0


def test_a_folder_goes_on():
    first = un.compare(protocol=["silent", "solo"], **SMALL, out="mine")
    assert first.folder == Path("mine")
    again = un.compare(protocol=["silent", "solo"], **SMALL, out="mine")
    pd.testing.assert_frame_equal(again.runs, first.runs)
