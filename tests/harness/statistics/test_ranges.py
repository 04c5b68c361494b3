"""No interval of any measure holds what the measure cannot be, wherever it is shown."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.runs import row, sample

from unscripted.model.metrics.catalogue import BUILT_IN, of_runs
from unscripted.model.metrics.measure import Measure, OfTick
from unscripted.scenarios.harness.results.labels import range_of
from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.intervals import (
    ANYWHERE,
    between_two,
    inside,
    interval,
)
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.statistics.summary import summarize, summarized

OWN = Measure("luck", OfTick(lambda record: None), "luck", "", 0.0, 2.0, contrasted=True,
              margin=0.5)  # fmt: skip


def test_ranges_are_the_catalogues():
    assert range_of("quality") == (0.25, 1.0)
    assert range_of("cost_usd") == (0.0, math.inf)
    assert range_of("objective") == range_of("words of one's own") == ANYWHERE
    assert range_of("luck", {"luck": OWN}) == (0.0, 2.0)


def test_what_was_seen_stays():
    assert inside((-0.3, 0.9), (0.0, 1.0), 0.3) == (0.0, 0.9)
    assert inside((-3.0, -1.0), (0.0, 1.0), -2.0) == (-2.0, -1.0)
    assert inside((0.5, 3.0), (0.0, 1.0), 2.0) == (0.5, 2.0)
    assert between_two((0.25, 1.0)) == (-0.75, 0.75)
    assert between_two((0.0, math.inf)) == between_two(ANYWHERE) == ANYWHERE


def values_of(name):
    low, high = range_of(name, {"luck": OWN})
    low = -10.0 if math.isinf(low) else low
    return st.floats(low, low + 10 if math.isinf(high) else high)


def ends(found, path=()):
    """Every interval in a value, with the way to it."""
    if is_dataclass(found):
        found = {f.name: getattr(found, f.name) for f in fields(found)}
    if isinstance(found, dict):
        for name, value in found.items():
            if str(name).startswith("ci") and value is not None:
                yield (*path, name), value
            else:
                yield from ends(value, (*path, name))
    elif isinstance(found, list | tuple):
        for k, value in enumerate(found):
            yield from ends(value, (*path, k))


@pytest.mark.parametrize("name", [*(n for n in summarized() if n != "unique_roles"), "luck"])
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_summaries_stay_in_range(name, data):
    n = data.draw(st.integers(2, 6))
    drawn = [data.draw(st.lists(values_of(name), min_size=n, max_size=n)) for _ in "ab"]
    runs = [
        row(p, s, **{"luck": None, name: v})
        for p, values in zip("ab", drawn, strict=True)
        for s, v in enumerate(values)
    ]
    own = {"luck": OWN}
    low, high = range_of(name, own)
    width = between_two((low, high))
    for cell in summarize(runs, rule=Rule.of([OWN]), own=own):
        mean = cell.mean(name)
        assert low <= cell.measure(name).ci95[0] <= mean <= cell.measure(name).ci95[1] <= high
        for contrast in cell.contrasts:
            if contrast.measure == name:
                found = [b for way, b in ends(contrast) if "d" not in way[-1]]
                assert all(width[0] <= b[0] <= b[1] <= width[1] for b in found), found
                assert len(found) >= 1


def test_nothing_of_an_analysis_leaves():
    runs = [
        row("a", s, quality=(0.26, 0.99)[s % 2], risk=float(s % 2), cost_usd=0.0001 * (s % 2) ** 9)
        for s in range(2)
    ]
    runs += [row("b", s, quality=(0.99, 0.26)[s % 2], risk=0.0, cost_usd=0.1 * s) for s in range(2)]
    for cell in summarize(runs):
        for name, found in cell.measures.items():
            if found is not None and found.ci95 is not None:
                low, high = range_of(name)
                assert low <= found.ci95[0] <= found.ci95[1] <= high, name


def test_samples_know_their_range():
    rows = [{"seed": s, "quality": q, "tokens": 10.0 * s} for s, q in enumerate((0.3, 0.98))]
    quality, tokens = Sample.of(rows, "quality"), Sample.of(rows, "tokens")
    assert quality.bounds == quality.interval.ci95 == (0.25, 1.0)
    assert tokens.bounds[0] == 0.0
    low, high = (quality - quality * -1.0).within
    assert (low, high) == (0.5, 2.0)
    assert (quality - quality).within == (-0.75, 0.75)
    assert (tokens / quality).within == (0.0, math.inf)
    assert (tokens / sample(1.0, 2.0)).within == ANYWHERE
    assert (tokens * 0.0).within == (0.0, 0.0)
    assert Sample({0: 1.0}) == Sample({0: 1.0}, (0.0, 1.0)), "what is known beside the values"


def test_every_bound_is_an_interval():
    assert interval([0.0, 1.0]).ci95[0] < 0, "unbounded where nothing is said"
    for measure in BUILT_IN:
        low, high = range_of(measure.name)
        assert low < high
    assert set(summarized()) <= set(of_runs())
    assert analyse([]).summary == []
