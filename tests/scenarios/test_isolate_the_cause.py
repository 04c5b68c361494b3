"""Parts of the lead add up to it, whatever was found, and follow what is built in."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.scenarios import isolate_the_cause as scenario
from unscripted.scenarios.harness.statistics.study_results import StudyResults

PLAYED = list(dict.fromkeys(
    (*scenario.FACTORIAL.values(), scenario.SEQUENTIAL, scenario.PHASED)
))  # fmt: skip


def results(values, seeds=6, tasks=3, noise=0.001):
    """Rows in which each protocol has this quality, but for noise."""
    rng = np.random.default_rng(0)
    rows, ticks = [], []
    for p, seed in itertools.product(PLAYED, range(seeds)):
        head = {"protocol": p, "model": "synthetic/m", "level": "L3", "agents": 8, "seed": seed}
        rows.append({**head, "quality": values[p], "score": None, "topology": "complete"})
        ticks += [
            {**head, "task_id": f"t{t}", "score": None,
             "quality": values[p] + float(rng.normal(0, noise))}
            for t in range(tasks)
        ]  # fmt: skip
    return StudyResults(rows, ticks)


def parts(values, **more):
    (group,) = scenario.groups(results(values, **more))
    return {name: group.found.interval(w)[0] for name, w in group.parts.items()}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.25, 1), min_size=len(PLAYED), max_size=len(PLAYED)))
def test_every_sum_is_the_lead(qualities):
    found = parts(dict(zip(PLAYED, qualities, strict=True)))
    turns = found["turns by id, not by plan"]
    for kind in ("Shapley: ", "path: "):
        assert sum(v for k, v in found.items() if k.startswith(kind)) + turns == pytest.approx(
            found["lead"]
        )
    effects = {k: v for k, v in found.items() if k.startswith("effect: ")}
    assert len(effects) == 7
    odd = sum(v for k, v in effects.items() if k.count(" x ") != 1)
    assert odd + turns == pytest.approx(found["lead"])


@pytest.mark.parametrize("cause", scenario.CAUSES)
def test_one_cause_gets_it_all(cause):
    """Cells that share runs are alike in what nobody sees; so order shows in view alone."""
    place = scenario.CAUSES.index(cause)
    values = dict.fromkeys(PLAYED, 0.5)
    for (sees, turns, roles), protocol in scenario.FACTORIAL.items():
        if turns != "together":
            on = (sees == "work", turns == "dependency" and sees == "work", roles == "free")
            values[protocol] = 0.5 + 0.2 * on[place]
    values[scenario.SEQUENTIAL] = values[scenario.FACTORIAL["work", "dependency", "free"]]
    found = parts(values, noise=0.0)
    shares = {c: found[f"Shapley: {c}"] for c in scenario.CAUSES}
    expected = dict.fromkeys(scenario.CAUSES, 0.0) | {cause: 0.2}
    if cause == "order":
        expected |= {"order": 0.1, "visibility": 0.1}
        assert found["path: + order"] == pytest.approx(0.2)
    assert shares == pytest.approx(expected)


def test_findings_can_come_out_anyhow():
    def supports(**changes):
        values = dict.fromkeys(PLAYED, 0.6) | changes
        found = scenario.report(results(values), scenario.STUDY.options_from())
        return [str(f.support) for f in found.findings]

    arranged = scenario.FACTORIAL["work", "dependency", "assigned"]
    assert supports(sequential=0.8, silent=0.4, **{arranged: 0.7})[:2] == ["held", "held"]
    assert supports(sequential=0.4, silent=0.8, **{arranged: 0.5}) == [
        "refuted", "refuted", "held", "refuted",
    ]  # fmt: skip


def test_missing_cells_are_no_group():
    found = results(dict.fromkeys(PLAYED, 0.5))
    fewer = StudyResults(
        [r for r in found.rows if r["protocol"] != "silent"],
        [t for t in found.tick_rows if t["protocol"] != "silent"],
    )
    said = scenario.report(fewer, scenario.STUDY.options_from())
    assert (list(said.findings), list(said.tables), list(said.numbers)) == ([], [], [])
