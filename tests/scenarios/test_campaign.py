"""The paper's campaign: its counts, its figures beside ours, and what is made of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from unscripted import study
from unscripted.scenarios.campaign.claims import (
    claims,
    cohens_d,
    gini,
    names_of,
    paraphrases,
    resilience_of,
)
from unscripted.scenarios.campaign.design import campaign, first_shock, laid_out, schedule, spread
from unscripted.scenarios.harness.calibration.targets import FIGURES
from unscripted.scenarios.paper_campaign import STUDY

TASTE = ("--agents", "4", "--ticks", "2", "--replicates", "2")
SERIES = {
    "pilot": 660, "main": 8_020, "foundation": 12_130, "final": 720, "shocks and rest": 3_470
}  # fmt: skip


def cells(scale=1.0, replicates=10, ticks=None, most=None, model=None):
    return laid_out(campaign(study.RunConfig(), most, model), scale, replicates, ticks)


def of_series(name):
    return [c.config for c in cells() if c.labels["series"] == name]


# The design


def test_its_counts_are_the_papers():
    runs = Counter()
    for cell in cells():
        runs[cell.labels["series"]] += 10 * cell.config.tasks.ticks
    assert runs == SERIES
    assert sum(runs.values()) == 25_000
    finals, pilots = of_series("final"), of_series("pilot")
    assert {10 * c.tasks.ticks for c in finals} == {120}
    assert {(c.team.agents, c.tasks.level, c.tasks.judge) for c in finals} == {
        (16, "L3", "rubric:gpt-5.4")
    }
    assert {(c.team.agents, c.tasks.level, c.tasks.judge) for c in pilots} == {
        (8, "L3", "rubric:gpt-4o"), (8, "L4", "rubric:gpt-4o")
    }  # fmt: skip
    assert {c.team.model for c in pilots} == {"synthetic/gpt-4.1-mini"}


def test_no_run_counts_twice():
    config = study.StudyConfig("x", tuple(cells()), 10)
    assert len(set(config.runs())) == len(config.runs())


@pytest.mark.parametrize(
    ("total", "n", "fewest"), [(66, 8, 1), (3, 8, 2), (1213, 168, 2), (0, 3, 1)]
)
def test_tasks_are_spread_evenly(total, n, fewest):
    each = spread(total, n, fewest)
    assert max(each) - min(each) <= 1
    assert each == sorted(each, reverse=True)
    assert min(each) >= fewest
    assert sum(each) == max(total, fewest * n)


@pytest.mark.parametrize(("scale", "replicates"), [(1.0, 10), (0.3, 6), (0.02, 3), (0.001, 2)])
def test_every_struck_run_has_its_twin(scale, replicates):
    made = cells(scale, replicates)
    struck = {c.config.team.protocol: c.config for c in made if c.labels["event"] != "none"}
    assert set(struck) == {"sequential", "coordinator", "broadcast", "shared"}
    twin = {"series": "shocks and rest", "event": "none", "judge_asked": "gpt-4o"}
    twins = [c.config for c in made if c.labels == twin]
    assert {t.team.protocol: t.tasks.ticks for t in twins} == {
        p: c.tasks.ticks for p, c in struck.items()
    }
    for config in struck.values():
        assert config.tasks.shocks.count("@") == 5
        assert f"remove@{first_shock(config.tasks.ticks)}" in config.tasks.shocks


@pytest.mark.parametrize("ticks", [1, 2, 3, 9, 40])
def test_shocks_come_within_the_run(ticks):
    at = [int(t) for t in re.findall(r"@(\d+)", schedule(ticks, "synthetic/weak"))]
    assert len(at) == 5
    assert at == sorted(at)
    assert max(at) < ticks
    assert "substitute" not in schedule(ticks, "openai/x")


def test_options_replace_the_papers():
    small = [c.config for c in cells(ticks=3, most=4, model="synthetic/weak", replicates=2)]
    assert {c.team.model for c in small} == {"synthetic/weak"}
    assert {c.team.agents for c in small} == {4}
    assert {c.tasks.ticks for c in small} == {3}
    called = cells(model="openai/gpt-4o", replicates=2)
    assert {c.config.tasks.judge for c in called} == {None}


@pytest.mark.parametrize(("scale", "seeds"), [(1.0, 10), (0.49, 7), (0.02, 5), (0.0001, 5)])
def test_seeds_follow_the_scale(scale, seeds):
    assert STUDY.config_of(STUDY.options_from(scale=scale)).replicates == seeds
    assert STUDY.config_of(STUDY.options_from(scale=scale, replicates=2)).replicates == 2


# Claims

PUBLISHED = (0.640, 0.724, 0.510, 0.503, 0.478, 0.510, 0.363, 0.369, 0.774, 0.829, 0.580, 0.589,
             0.875, 0.829, 0.800, 0.767, 0.738, 0.713, 0.141, 0.124, 0.122, 0.086, 0.008, 0.44,
             1.86, 5006, 0.54, 0.75, 0.055, 1272, 0.95, 24)  # fmt: skip


def test_every_published_figure_stands_once():
    made = claims(study.StudyResults([]))
    values = Counter(c.low for c in made if c.low == c.high)
    assert values == Counter(map(float, PUBLISHED))
    fitted = [c for c in made if c.origin is study.Origin.FITTED]
    used = sorted(f.published for f in FIGURES)
    assert sorted(c.low for c in fitted if c.name.endswith("Q")) == used
    assert len([c for c in fitted if "abstention" in c.name]) == len(fitted) - len(used) == 2
    assert all(c.ours is None for c in made)


def row(seed, **more):
    base = {
        "seed": seed, "series": "pilot", "event": "none", "judge_asked": "gpt-4o", "agents": 8,
        "protocol": "sequential", "model": "synthetic/gpt-4.1-mini", "quality": None,
    }  # fmt: skip
    return {**base, **more}


def test_resilience_is_what_is_left():
    ticks = [
        row(s, series="shocks and rest", event=e, quality=q, tick=t)
        for s in range(2)
        for e, qs in (("none", (0.8,) * 8), ("five shocks", (0.8, 0.8, *(0.6 + 0.1 * s,) * 6)))
        for t, q in enumerate(qs)
    ]

    def found(rows):
        return resilience_of(study.StudyResults([], rows), "sequential").values

    assert found(ticks) == {0: pytest.approx(0.6), 1: pytest.approx(0.7)}
    assert found([*ticks, *({**t, "judge_asked": "gpt-5.4"} for t in ticks)]) == found(ticks)


def test_names_are_counted_overall():
    rows = [row(0), row(1), row(0, agents=4)]
    members = [[{"role": "a x"}, {"role": None}], [{"role": "a x"}, {"role": "b"}], [{"role": "c"}]]
    found = study.StudyResults(rows, member_rows=members)
    names = Counter(names_of(found, agents=8))
    assert names == {"a x": 2, "b": 1}
    assert "2 names of roles of 8 agents are 2 roles" in paraphrases(found)[0]
    assert paraphrases(study.StudyResults([])) == []
    assert gini(names) == pytest.approx(1 / 6)
    assert gini(Counter()) is None


def test_cohens_d_is_over_tasks():
    ticks = [row(0, protocol=p, quality=q, tick=t)
             for p, qs in (("sequential", (0.7, 0.8, 0.9)), ("shared", (0.4, 0.5, 0.6)))
             for t, q in enumerate(qs)]  # fmt: skip
    found = study.StudyResults([], ticks)
    assert cohens_d(found, "sequential", "shared") == pytest.approx(3.0)
    assert cohens_d(found, "sequential", "silent") is None


# The command


def test_it_writes_one_page(call):
    first = call("scenario", "paper_campaign", *TASTE, "--out", "mine")
    assert (first.code, "broke" in first.err) == (0, False), first.err
    page = Path("mine/campaign.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www.w3.org)", page)
    for text in (
        "Pilot: 8 agents", "Final: 16 agents", "fitted", "prediction", "no evidence",
        "Hierarchy depth", "Capability threshold", "12,130", "of 0 to 1 are within 0.02",
    ):  # fmt: skip
        assert text in page, text
    assert page.count("data:image/png;base64,") == 2
    assert re.search(r"[\d,]+ runs, [\d,]+ task runs, in .* task runs per second", first.err)
    again = call("scenario", "paper_campaign", *TASTE, "--out", "mine")
    assert (again.code, again.out) == (0, first.out)
    assert "task runs per second" not in again.err
    assert Path("mine/campaign.html").read_text(encoding="utf-8") == page
