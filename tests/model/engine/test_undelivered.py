"""A task for which nothing was delivered is graded lowest by every judge, without asking it."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.model.decision import Abstention, Contribution
from unscripted.model.judge import CRITERIA, Judge, Verdict, undelivered
from unscripted.model.metrics.catalogue import measure_run
from unscripted.model.mind import Mind


class Fickle(Mind):
    """Delivers on the first task only."""

    instant = True

    def decide(self, observation):
        return Contribution("r", "w") if observation.tick == 0 else Abstention("no")


class Counting(Judge):
    """Gives the best grades, and counts."""

    instant = True
    asked = 0

    def appraise(self, submission):
        self.asked += 1
        return Verdict(4.0, 4.0, 4.0, 4.0, 4.0, 0.0)


@pytest.mark.parametrize("judge", [Counting(), "rubric", "rubric:gpt-4o,noise=0.5"])
def test_nothing_is_graded_lowest(judge):
    org = un.build(n_agents=2, model=Fickle(), judge=judge, rng=0)
    org.run(4)
    for record in org.records[1:]:
        assert [getattr(record.verdict, c) for c in CRITERIA] == [1.0] * 5
        assert record.verdict.violations in (1.0, None)
    if isinstance(judge, Counting):
        assert judge.asked == 1
        assert measure_run(org.records)["quality"] == pytest.approx((1.0 + 3 * 0.25) / 4)


def test_the_share_delivered_is_a_row():
    org = un.build(n_agents=2, model=Fickle(), judge="none", rng=0)
    org.run(4)
    row = measure_run(org.records)
    assert (row["delivered"], row["quality"]) == (0.25, None)
    assert [m["delivered"] for m in (org.measures,)] == [0.0]


def test_violations_need_something_mandatory():
    org = un.build(n_agents=1, rng=0)
    org.step()
    assert undelivered(()).violations is None
