"""Krippendorff's alpha against his own examples, and against the library where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

import unscripted as un
from unscripted.model.judge import CRITERIA, Vote
from unscripted.model.metrics.agreement import agreement, alpha, judge_alpha
from unscripted.model.metrics.scales import Scales

N = np.nan
# K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, example C: 4 observers
OF_2011 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]  # fmt: skip


@pytest.mark.parametrize(("ordinal", "published"), [(False, 0.849), (True, 0.815)])
def test_published_values_come_out(ordinal, published):
    assert alpha(np.array(OF_2011), ordinal=ordinal) == pytest.approx(published, abs=5e-4)


def test_extremes():
    assert alpha(np.array([[1.0, 2, 3], [1, 2, 3]])) == 1.0
    assert alpha(np.array([[1.0, 2], [2, 1]])) == pytest.approx(-0.5)
    assert alpha(np.array([[1.0, 1], [1, 1]])) is None
    assert alpha(np.array([[1.0, N], [N, 2]])) is None
    assert alpha(np.empty((0, 3))) is None


@pytest.mark.parametrize("level", ["interval", "ordinal"])
def test_it_equals_the_library(level):
    library = pytest.importorskip("krippendorff")
    rng = np.random.default_rng(0)
    for _ in range(200):
        values = rng.integers(1, 5, (3, 8)).astype(float)
        values[rng.random(values.shape) < 0.2] = N
        theirs = library.alpha(reliability_data=values, level_of_measurement=level)
        assert alpha(values, ordinal=level == "ordinal") == pytest.approx(theirs, abs=1e-15)


def test_units_are_ticks():
    class Panel(un.Judge):
        instant = True

        def appraise(self, submission):
            a, b = ((1, 2, 3, 4, 1), (2, 2, 3, 4, 1)) if submission.tick else ((4,) * 5, (4,) * 5)
            return un.Verdict(votes=(Vote("b", b), Vote("a", a)))

    records = un.build(protocol="solo", n_agents=1, judge=Panel(), rng=0).run(2)
    found = agreement(records)
    assert list(found) == ["quality", *CRITERIA]
    assert found["quality"] == judge_alpha(records, Scales())
    assert found["quality"] == alpha(np.array([[16.0, 10], [16, 11]]))
    assert found["completeness"] == 1.0
    assert found["actionability"] is None
