"""The closer look: equivalence, plans, and whether a difference holds from task to task."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW
from support.runs import QUALITY, by_pair, cells, contrast_of, noisy, pairs_of, played

from unscripted.model.metrics.multiple_testing import holm
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.closer import TaskRule, by_task
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.intervals import bootstrapped
from unscripted.scenarios.harness.statistics.power import Seen, planned
from unscripted.scenarios.harness.statistics.summary import summarize


def tasks_of(results):
    return by_pair(analyse(results, QUALITY).summary)["a", "b"].by_task


def renamed(results, protocol, name):
    """The same runs with the tasks of one protocol under other names."""
    return [
        RunResult(r.row, [t | {"task_id": name(r.row, t)} for t in r.ticks])
        if r.row["protocol"] in protocol else r
        for r in results
    ]  # fmt: skip


def test_equivalence_is_two_one_sided_tests():
    left, right = pairs_of(14, 0.01, 8)
    found, apart = contrast_of(left, right).equivalence, np.subtract(left, right)
    up = stats.ttest_1samp(apart, -0.05, alternative="greater").pvalue
    down = stats.ttest_1samp(apart, 0.05, alternative="less").pvalue
    assert found.p == found.p_corrected == pytest.approx(max(up, down))
    low, high = stats.t.interval(0.9, 13, apart.mean(), stats.sem(apart))
    assert found.ci90 == pytest.approx((low, high))
    assert found.equivalent == (max(-low, high) < 0.05)


def test_equivalence_is_corrected_over_pairs():
    runs = cells(**{n: noisy(0.5, 9, 60 + i, 0.03) for i, n in enumerate("abc")})
    found = by_pair(summarize(runs, rule=QUALITY))
    one_side = [found[pair].equivalence for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    assert [e.p_corrected for e in one_side] == pytest.approx(holm(e.p for e in one_side))
    assert [e.equivalent for e in one_side] == [e.p_corrected < 0.05 for e in one_side]


def test_margin_is_the_callers():
    runs = cells(a=noisy(0.5, 9, 60, 0.03), b=noisy(0.5, 9, 61, 0.03))
    narrow = by_pair(summarize(runs, rule=QUALITY))["a", "b"]
    wide = Rule(contrasted=("quality",), margins={"quality": 0.5})
    found = by_pair(summarize(runs, rule=wide))["a", "b"]
    assert found.equivalence.bound == found.power.effect == 0.5
    assert found.equivalence.p < narrow.equivalence.p


def test_plans_are_of_their_family():
    runs = cells(**{n: noisy(0.5 + i / 9, 9, 30 + i) for i, n in enumerate("abc")})
    found = by_pair(summarize(runs, rule=QUALITY))
    one_side = [found[pair] for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    seen = [
        Seen(c.difference, c.sd, c.pairs, decided=c.conclusion != "undecided") for c in one_side
    ]
    assert [c.power for c in one_side] == planned(seen, 0.05, 0.05)


def test_undecided_takes_more_replicates():
    rng, seen = np.random.default_rng(2), 0
    for _ in range(40):
        n = int(rng.integers(5, 30))
        left, right = pairs_of(n, rng.uniform(0, 0.08), rng.integers(1 << 30), own=0.08)
        c = contrast_of(left, right)
        more = c.power.replicates_to_decide
        assert (more is None) == (c.conclusion != "undecided")
        if more is not None:
            seen += 1
            assert more > n
    assert seen > 6


def test_bootstrap_is_of_the_differences():
    found = contrast_of(*pairs_of(15, 0.03, 1))
    assert found.closer.ci95_bootstrap == bootstrapped([found.by_seed])[0]


def test_constant_difference_is_looked_at_too():
    found = contrast_of(noisy(0.75, 6, 1), noisy(0.5, 6, 1))
    assert (found.conclusion, found.evidence) == ("constant", None)
    assert (found.equivalence, found.power, found.closer.ci95_bootstrap) == (None, None, None)


def test_tasks_are_units():
    leads = [0.0, 0.1, -0.05, 0.2, 0.02, 0.04]
    results = [*played("a", leads), *played("b", [0.0] * 6)]
    found = tasks_of(results)
    table = pd.DataFrame([{"p": r.row["protocol"], **t} for r in results for t in r.ticks])
    means = table.pivot_table(index="task_id", columns="p", values="quality")
    described = DescrStatsW(means["a"] - means["b"])
    assert found.difference == pytest.approx(described.mean)
    assert found.ci95 == pytest.approx(described.tconfint_mean())
    assert found.tasks == 6


def test_tasks_played_once_are_no_units():
    results = [*played("a", [0.1] * 6), *played("b", [0.0] * 6)]
    own = renamed(results, "ab", lambda row, t: f"{row['seed']}-{t['task_id']}")
    assert tasks_of(own) is None
    assert tasks_of(renamed(results, "b", lambda row, t: f"other-{t['task_id']}")) is None


def test_levels_have_no_task_in_common():
    results = [r for x in ("L1", "L2") for r in played("a", [0.1] * 6, level=x)]
    (found,) = {c.by_task for c in by_pair(analyse(results).summary, "level").values()}
    assert found is None


def test_enough_tasks_and_seeds():
    def cell(tasks, seeds, lead=0.0):
        return {(s, t): (f"t{t}", t / 10 + lead) for s in range(seeds) for t in range(tasks)}

    rule = TaskRule(5)
    found = by_task(cell(5, 2, 0.1), cell(5, 2), rule)
    assert (found.difference, found.ci95) == (
        pytest.approx(0.1), (pytest.approx(0.1), pytest.approx(0.1)),
    )  # fmt: skip
    assert (found.tasks, found.p, found.p_equivalent) == (5, None, None)
    assert by_task(cell(4, 2), cell(4, 2), rule) is None
    assert by_task(cell(5, 1), cell(5, 1), rule) is None
    assert by_task(cell(5, 2), cell(5, 1), rule) is None
    assert by_task({}, cell(5, 2), rule) is None
