"""The mixed model of single tasks: what was put in comes out, and what can't be fitted says why."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from support.runs import played

from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.mixed_model import Unfitted, mixed_model


@pytest.fixture(scope="module")
def results():
    return [*played("a", [0.1] * 6), *played("b", [0.0] * 6)]


@pytest.fixture(scope="module")
def ticks(results):
    return [
        t | {"protocol": r.row["protocol"], "seed": r.row["seed"]} for r in results for t in r.ticks
    ]


def test_it_finds_what_was_put_in():
    rng = np.random.default_rng(5)
    tasks, seeds = rng.normal(0, 0.08, 10), rng.normal(0, 0.04, 12)
    ticks = [
        {"protocol": p, "task_id": f"t{k}", "seed": s,
         "quality": 0.5 + lead + tasks[k] + seeds[s] + rng.normal(0, 0.05)}
        for p, lead in (("a", 0.06), ("b", 0.0), ("c", -0.1))
        for s in range(12)
        for k in range(10)
    ]  # fmt: skip
    found = mixed_model([*ticks, ticks[0] | {"quality": None}], "protocol", ["a", "b", "c"])
    assert (found.reference, found.rows) == ("a", 360)
    table = pd.DataFrame(ticks)
    means = table.groupby("protocol")["quality"].mean()
    fixed = ols("quality ~ C(protocol) + C(task_id) + C(seed)", table).fit()
    assert [e.value for e in found.effects] == ["b", "c"]
    for e in found.effects:  # in a balanced table the two models differ in nothing but noise
        assert e.difference == pytest.approx(means[e.value] - means["a"], abs=1e-6)
        half = 1.96 * fixed.bse[f"C(protocol)[T.{e.value}]"]
        assert e.ci95 == pytest.approx((e.difference - half, e.difference + half), abs=half / 50)
        assert e.p < 0.001
    assert found.sd["residual"] == pytest.approx(math.sqrt(fixed.mse_resid), rel=0.02)
    assert found.sd["task"] == pytest.approx(np.std(tasks, ddof=1), rel=0.25)
    assert found.sd["seed"] == pytest.approx(np.std(seeds, ddof=1), rel=0.35)
    assert found.effect("c") is found.effects[1]
    assert found.effect("a") is None
    assert list(found.body()) == ["reference", "effects", "sd", "rows", "reason"]
    assert found.body()["reason"] is None


def test_what_cannot_be_fitted_says_why(ticks, results, monkeypatch):
    values = ["a", "b"]
    assert not isinstance(mixed_model(ticks, "protocol", values), Unfitted)
    one = [t for t in ticks if t["seed"] == 0]
    assert mixed_model(one, "protocol", values).reason == "needs two tasks and two seeds or more"
    many = [t | {"task_id": f"{t['seed']}{t['task_id']}{i}"} for t in ticks for i in range(4)]
    assert "144 tasks and 6 seeds are too many" in mixed_model(many, "protocol", values).reason

    def breaks(*_, **__):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr("statsmodels.regression.mixed_linear_model.MixedLM.fit", breaks)
    found = mixed_model(ticks, "protocol", values)
    assert found == Unfitted("LinAlgError: Singular matrix")
    assert found.body() == {"effects": None, "reason": "LinAlgError: Singular matrix"}
    assert "a beats b" in analyse(results).conclusions[0]


def crowd(names, seeds, tasks):
    return [
        {"protocol": p, "task_id": f"t{k}", "seed": s, "quality": (7 * k + s + 3 * i) % 11 / 11}
        for i, p in enumerate(names) for s in range(seeds) for k in range(tasks)
    ]  # fmt: skip


def test_leading_protocols_come_first():
    names = [f"p{i}" for i in range(6)]
    found = mixed_model(crowd(names, 40, 10), "protocol", names)
    assert [e.value for e in found.effects] == ["p1", "p2"]
    assert found.rows == 1200
    large = mixed_model(crowd("ab", 60, 30), "protocol", ["a", "b"])
    assert large.reason == "3600 tasks played are too many for it"


def test_no_convergence_is_said(ticks, monkeypatch):
    from statsmodels.regression.mixed_linear_model import MixedLM

    honest = MixedLM.fit

    def unsure(self, **options):
        found = honest(self, **options)
        found._results.converged = False
        return found

    monkeypatch.setattr(MixedLM, "fit", unsure)
    assert mixed_model(ticks, "protocol", ["a", "b"]) == Unfitted("did not converge")
