"""Tests over a whole block: scipy's, and Dunn's against scikit-posthocs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from support.runs import cells, noisy, played, row

from unscripted.model.metrics.multiple_testing import holm
from unscripted.scenarios.harness.results.factors import FACTORS
from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.mixed_model import Unfitted
from unscripted.scenarios.harness.statistics.omnibus import block_tests, dunn, friedman, kruskal

GROUPS = {n: noisy(0.5 + i / 50, 6, i) for i, n in enumerate("abc")}


def test_kruskal_is_scipys():
    found, (h, p) = kruskal(GROUPS), stats.kruskal(*GROUPS.values())
    assert (found.h, found.p, found.df) == pytest.approx((h, p, 2))
    assert found.epsilon_squared == pytest.approx(h / 17)
    assert kruskal({"a": [1, 2, 3], "b": [7, 8, 9]}).epsilon_squared == pytest.approx(0.7714286)


def test_equal_values_have_no_ranks():
    assert kruskal({"a": [0.5, 0.5], "b": [0.5, 0.5]}) is None
    assert dunn({"a": [0.5, 0.5], "b": [0.5, 0.5]}) == []
    assert friedman([dict.fromkeys(range(5), 0.5)] * 3, 5) is None


def test_friedman_is_scipys():
    columns = [dict(enumerate(g)) for g in GROUPS.values()]
    found, (chi2, p) = friedman(columns, 5), stats.friedmanchisquare(*GROUPS.values())
    assert (found.chi2, found.p) == pytest.approx((chi2, p))
    assert (found.df, found.seeds, found.w) == (2, 6, pytest.approx(chi2 / (6 * 2)))


def test_friedman_takes_common_seeds():
    columns = [dict(enumerate(g)) for g in GROUPS.values()]
    fewer = [{s: c[s] for s in range(k, 6)} for k, c in zip((0, 1, 0), columns, strict=True)]
    assert friedman(fewer, 5).seeds == 5
    assert friedman(fewer, 6) is None
    assert friedman(columns[:2], 5) is None


def test_dunn_is_that_of_scikit_posthocs():
    # posthoc_dunn of scikit-posthocs 0.17.1 on these groups, which have ties; raw and with Holm
    found = dunn({"a": [1, 2, 3, 5, 1], "b": [12, 31, 54, 50], "c": [10, 12, 6, 74, 11]})
    assert [(r.first, r.second) for r in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    raw = [0.0027806725699015718, 0.02542340991058619, 0.37674647738901257]
    assert [r.p for r in found] == pytest.approx(raw)
    assert [r.p_corrected for r in found] == pytest.approx(holm(raw))
    assert [r.z < 0 for r in found] == [True, True, False]


def test_dunn_of_two_is_kruskal():
    a, b = noisy(0.5, 9, 1), noisy(0.53, 11, 2)
    (found,) = dunn({"a": a, "b": b})
    assert found.z**2 == pytest.approx(stats.kruskal(a, b).statistic)
    assert found.p == found.p_corrected == pytest.approx(stats.kruskal(a, b).pvalue)


def test_a_test_per_block():
    runs = [r for n in (4, 8) for r in cells(**GROUPS) for r in [r | {"agents": n}]]
    found = block_tests(runs)
    assert [(t.factor, len(t.values)) for t in found] == [("protocol", 3)] * 2 + [("agents", 2)] * 3
    first = found[0]
    assert first.block == {"topology": "complete", "model": "m", "agents": 4, "level": "L3"}
    assert first.values == sorted("abc", key=lambda n: -np.mean(GROUPS[n]))
    assert (first.measure, first.kruskal) == ("quality", kruskal(GROUPS))
    assert first.friedman == friedman([dict(enumerate(GROUPS[n])) for n in first.values], 5)
    assert found[2].friedman is None, "two cells"
    assert first.dunn == dunn({n: GROUPS[n] for n in first.values})


def test_levels_are_no_blocks_of_tasks():
    runs = [r | {"level": x} for x in ("L1", "L2", "L3") for r in cells(a=noisy(0.5, 6, len(x)))]
    assert [(t.factor, t.friedman) for t in block_tests(runs)] == [("level", None)]


def test_few_replicates_are_not_tested():
    four = cells(a=noisy(0.5, 4, 1), b=noisy(0.6, 4, 2))
    assert block_tests(four) == []
    assert len(block_tests(four, rule=Rule(fewest_pairs=4))) == 1
    assert block_tests([*cells(a=noisy(0.5, 5, 1)), *four[4:]]) == []
    assert len(block_tests([*cells(a=noisy(0.5, 5, 1), b=noisy(0.6, 5, 2)), row("c")])) == 0 + 1


def test_only_leading_blocks_are_modelled():
    runs = [r for n in range(6) for p in "ab" for r in played(p, [0.1 * n] * 2, agents=n)]
    tests = [t for t in analyse(runs).tests if t.factor == "protocol"]
    fitted = [not isinstance(t.mixed_model, Unfitted) for t in tests]
    assert fitted == [True] * 4 + [False] * 2
    assert tests[4].mixed_model.reason == "only for the first 4 blocks"
    others = [t.mixed_model for t in analyse(runs).tests if t.factor == "agents"]
    assert others == [Unfitted("only for protocols")] * 2


def test_body_has_the_keys_of_json():
    (found,) = block_tests(cells(**GROUPS))
    body = found.body()
    others = [f for f in FACTORS if f != "protocol"]
    assert list(body) == [
        "measure", "factor", "values", *others, "kruskal", "dunn", "friedman", "mixed_model"
    ]  # fmt: skip
    assert list(body["kruskal"]) == ["h", "df", "p", "epsilon_squared"]
    assert list(body["friedman"]) == ["chi2", "df", "p", "seeds", "w"]
    assert list(body["dunn"][0]) == ["first", "second", "z", "p", "p_corrected"]
    assert body["mixed_model"] == {
        "effects": None, "reason": "needs two tasks and two seeds or more"
    }  # fmt: skip
    (same,) = block_tests(cells(a=[0.5] * 5, b=[0.5] * 5))
    assert [same.body()[k] for k in ("kruskal", "friedman", "dunn")] == [None, None, []]
    assert math.isfinite(body["dunn"][0]["z"])
