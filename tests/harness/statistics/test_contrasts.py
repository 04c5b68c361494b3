"""Paired contrasts against statsmodels: pairs, families, both sides."""

from __future__ import annotations

import math
import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW
from support.runs import BARE, QUALITY, by_pair, cell, cells, contrast_of, noisy, played, row

from unscripted.model.metrics.multiple_testing import holm
from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.contrasts import paired_difference
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.intervals import ANYWHERE
from unscripted.scenarios.harness.statistics.summary import summarize

values = st.floats(-1e4, 1e4, allow_nan=False).map(lambda x: round(x, 6))


def difference(first, second):
    return paired_difference(first, second, "quality", ANYWHERE)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(values, values), min_size=3, max_size=20), st.randoms())
def test_difference_is_the_paired_t_test(pairs, shuffler):
    left, right = zip(*pairs, strict=True)
    apart = np.subtract(left, right)
    assume(np.std(apart) > 1e-3)
    assume(np.std(left) + np.std(right) > 1e-3)
    first, second = cell("a", left), cell("b", right)
    shuffler.shuffle(second)
    found, described = difference(first, second), DescrStatsW(apart)
    assert found.difference == pytest.approx(described.mean, abs=1e-6)
    assert found.sd == pytest.approx(described.std_ddof(1), rel=1e-6)
    assert found.ci95 == pytest.approx(described.tconfint_mean(), rel=1e-6, abs=1e-5)
    assert found.p == pytest.approx(described.ttest_mean(0)[1], rel=1e-6, abs=1e-12)
    assert found.by_seed == pytest.approx(apart)
    assert found.pairs == len(pairs)


def test_pairing_finds_small_shifts():
    rng = np.random.default_rng(1)
    hard = rng.normal(0, 10, 20)  # what the tasks of a seed do to everyone
    left = (hard + 0.1 + rng.normal(0, 0.01, 20)).tolist()
    right = (hard + rng.normal(0, 0.01, 20)).tolist()
    found = difference(cell("a", left), cell("b", right))
    assert found.p < 1e-12
    assert found.ci95[0] > 0.08
    assert stats.ttest_ind(left, right).pvalue > 0.9
    assert difference(cell("a", left), cell("b", [*right[1:], right[0]])).p > 0.5


def test_pairs_are_seeds_both_measured():
    first = [row("a", s, quality=q) for s, q in [(1, 1.0), (2, 2.0), (3, None), (5, 4.5), (9, 0.0)]]
    second = [row("b", s, quality=q) for s, q in [(5, 1.0), (2, 1.0), (3, 7.0), (1, None)]]
    found = difference(first, second)
    assert (found.pairs, found.by_seed) == (2, (1.0, 3.5))
    assert difference(cell("a", [1.0, None]), cell("b", [2.0, 3.0])) is None


def test_constant_differences_have_no_p():
    same = difference(cell("a", [1.0, 2.0, 3.0]), cell("b", [1.0, 2.0, 3.0]))
    assert (same.difference, same.p, same.cohens_d) == (0.0, None, 0.0)
    flat = difference(cell("a", [1.0] * 3), cell("b", [2.0] * 3))
    assert (flat.difference, flat.p, flat.cohens_d) == (-1.0, None, None)


def test_holm_corrects_a_family_together():
    rng = random.Random(7)
    runs = [
        r
        for agents in (4, 8)
        for i, name in enumerate("abcd")
        for r in cell(name, [rng.gauss(i / 5, 1) for _ in range(6)], agents=agents)
    ]
    found = [
        c for r in summarize(runs, rule=BARE) for c in r.contrasts
        if c.factor == "protocol" and r.cell.protocol < c.against
    ]  # fmt: skip
    assert [c.family for c in found] == [2 * math.comb(4, 2)] * 12
    assert [c.p_corrected for c in found] == pytest.approx(holm(c.p for c in found))


def test_each_measure_is_its_own_family():
    rng = random.Random(3)
    runs = [
        row(name, seed, quality=rng.gauss(0, 1), tokens=rng.gauss(0, 1) if name != "c" else None)
        for name in "abc" for seed in range(6)
    ]  # fmt: skip
    summary = summarize(runs, rule=Rule(contrasted=("tokens", "quality"), margins={}))
    (tokens,) = {c.p for c in by_pair(summary, measure="tokens").values()}
    assert {c.p_corrected for c in by_pair(summary, measure="tokens").values()} == {tokens}
    assert {c.family for c in by_pair(summary).values()} == {3}


def test_each_factor_is_its_own_family():
    runs = [
        r for n in (4, 8) for i, p in enumerate("abc")
        for r in cell(p, noisy(0.5 + i / 20 + n / 800, 8, 7 * n + i), agents=n)
    ]  # fmt: skip
    for r in summarize(runs, rule=BARE):
        assert {(c.factor, c.family) for c in r.contrasts} == {("protocol", 6), ("agents", 3)}


def test_untested_contrasts_count_in_no_family():
    summary = summarize(cells(a=[0.1, 0.2, 0.4], b=[0.1, 0.2, 0.4], c=[0.5, 0.3, 0.9]), rule=BARE)
    assert {c.family for c in by_pair(summary).values()} == {2}
    same = by_pair(summary)["a", "b"]
    assert (same.p, same.p_corrected, same.conclusion) == (None, None, "too few")


def test_only_neighbours_are_contrasted():
    runs = []
    for level in ("L1", "L2"):
        for name in "ab":
            runs += cell(name, [0.1, 0.2, 0.4 + 0.1 * (name == "a")], level=level)
    runs += cell("a", [0.5, 0.7, 0.8], agents=99)
    found = {
        (r.cell.protocol, r.cell.agents, r.cell.level): [(c.factor, c.against) for c in r.contrasts]
        for r in summarize(runs, rule=BARE)
    }
    assert found == {
        ("a", 8, "L1"): [("protocol", "b"), ("level", "L2")],
        ("b", 8, "L1"): [("protocol", "a"), ("level", "L2")],
        ("a", 8, "L2"): [("protocol", "b"), ("level", "L1")],
        ("b", 8, "L2"): [("protocol", "a"), ("level", "L1")],
        ("a", 99, "L3"): [],  # alone: no other cell has 99 agents
    }


def test_both_sides_mirror_each_other():
    rng = random.Random(5)
    runs = [r for n in "abcd" for r in cell(n, [rng.random() for _ in range(7)])]
    found = by_pair(summarize(runs, rule=QUALITY))
    assert len(found) == 12
    for a, b in combinations("abcd", 2):
        here, there = found[a, b], found[b, a]
        assert there == here.mirrored(a)
        assert (here.difference, here.cohens_d) == (-there.difference, -there.cohens_d)
        assert here.by_seed == tuple(-d for d in there.by_seed)
        assert (here.p, here.p_corrected, here.pairs) == (there.p, there.p_corrected, there.pairs)


def test_every_part_is_mirrored():
    found = by_pair(analyse([*played("a", [0.1] * 6), *played("b", [0.0] * 6)]).summary)
    for c, sign in ((found["a", "b"], 1), (found["b", "a"], -1)):
        assert c.by_task.difference * sign > 0.05
        for value, bounds in (
            (c.difference, c.ci95),
            (c.difference, c.closer.ci95_bootstrap),
            (c.difference, c.equivalence.ci90),
            (c.cohens_d, c.cohens_d_ci95),
            (c.by_task.difference, c.by_task.ci95),
        ):
            assert bounds[0] < value < bounds[1]
    here, there = found["a", "b"], found["b", "a"]
    assert (here.conclusion, here.evidence, here.power) == (
        there.conclusion, there.evidence, there.power
    )  # fmt: skip


def test_evidence_follows_the_rule():
    clear = contrast_of(noisy(0.9, 12, 1, 0.01), noisy(0.1, 12, 2, 0.01))
    assert (clear.conclusion, clear.evidence) == ("difference", "very strong")
    shared = np.random.default_rng(1).normal(0.6, 0.05, 20)
    equal = contrast_of(shared + noisy(0, 20, 2, 0.02), shared + noisy(0, 20, 5, 0.02))
    assert (equal.conclusion, equal.evidence) == ("equivalent", "very strong")
    open_ = contrast_of(noisy(0.52, 8, 1, 0.1), noisy(0.5, 8, 2, 0.1))
    assert (open_.conclusion, open_.evidence) == ("undecided", None)
    skewed = contrast_of([0.14, 0.07, 0.12, 0.13, 0.09, -0.08, 0.09], [0.0] * 7)
    assert (skewed.conclusion, skewed.evidence) == ("difference", "weak")
    assert skewed.closer.ci95_bootstrap[0] < 0 < skewed.ci95[0]


def test_body_has_the_keys_of_json():
    plain = ["measure", "difference", "sd", "ci95", "cohens_d", "cohens_d_ci95", "p", "p_corrected",
             "pairs", "family"]  # fmt: skip
    closer = ["ci95_bootstrap", "equivalence", "power", "by_task"]
    last = ["factor", "verdict", "evidence", "decided_by", "against"]
    (a, b) = summarize(cells(a=noisy(0.9, 6, 1), b=noisy(0.5, 6, 2)), rule=QUALITY)
    assert list(a.contrasts[0].body()) == [*plain, *closer, *last]
    (a, b) = summarize(cells(a=noisy(0.9, 6, 1), b=noisy(0.5, 6, 2)), rule=BARE)
    body = b.contrasts[0].body()
    assert list(body) == [*plain, *last]
    assert (body["verdict"], body["against"], body["factor"]) == ("difference", "a", "protocol")
    assert (a.contrasts[0].equivalence, a.contrasts[0].power, a.contrasts[0].by_task) == (None,) * 3
