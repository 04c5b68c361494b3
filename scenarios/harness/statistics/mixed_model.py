"""Quality of every single task by one factor, with task and seed as crossed random effects."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ....model.metrics.scored import outcome
from ..results.labels import range_of
from ..results.rows import Row
from .intervals import Bounds, between_two, inside

MOST_ROWS = 1500
"""Of tasks in a model; above it only the leading cells are in it, two at least."""
MOST_LEVELS = 120
"""Of tasks and seeds in a model: one with hundreds takes minutes to fit."""


@dataclass(frozen=True)
class Effect:
    """How a value of the factor differs from the reference.

    Attributes:
        value: Of the factor.
        difference: To the reference, in units of the outcome.
        ci95: Its interval.
        p: That there is none.
    """

    value: Any
    difference: float
    ci95: Bounds
    p: float


@dataclass(frozen=True)
class MixedModel:
    """A fitted model.

    Attributes:
        reference: The value of the factor that the others are held against.
        effects: One for each other value.
        sd: Standard deviation of the random effects `task` and `seed`, and of the `residual`.
        rows: How many single tasks it was fitted to.
    """

    reference: Any
    effects: tuple[Effect, ...]
    sd: Mapping[str, float]
    rows: int

    def effect(self, value: Any) -> Effect | None:
        """That of a value of the factor; None of the reference, or where it is not in the model.

        Args:
            value: Of the factor.
        """
        return next((e for e in self.effects if e.value == value), None)

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "reason": None}


@dataclass(frozen=True)
class Unfitted:
    """No model.

    Attributes:
        reason: Why.
    """

    reason: str

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {"effects": None, "reason": self.reason}


def mixed_model(ticks: Sequence[Row], factor: str, ranked: Sequence[Any]) -> MixedModel | Unfitted:
    """Fit a model of a block.

    Args:
        ticks: Rows of ticks of the block.
        factor: The fixed effect.
        ranked: Its values, the best first: the reference, and the first to be in the model where
            `MOST_ROWS` is not enough for all.

    References:
        R. H. Baayen, D. J. Davidson & D. M. Bates, "Mixed-effects modeling with crossed random
        effects for subjects and items", Journal of Memory and Language 59, 2008.
    """
    measure = outcome(t.get("score") for t in ticks)
    taken: list[Row] = []
    names: list[Any] = []
    for value in ranked:
        of_value = [t for t in ticks if t[factor] == value and t[measure] is not None]
        if len(names) >= 2 and len(taken) + len(of_value) > MOST_ROWS:
            break
        taken += of_value
        names.append(value)
    counts = {name: len({t[name] for t in taken}) for name in ("task_id", "seed")}
    if min(counts.values()) < 2:
        return Unfitted("needs two tasks and two seeds or more")
    if sum(counts.values()) > MOST_LEVELS:
        return Unfitted(f"{counts['task_id']} tasks and {counts['seed']} seeds are too many for it")
    if len(taken) > 2 * MOST_ROWS:
        return Unfitted(f"{len(taken)} tasks played are too many for it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a variance of 0 is an answer, not a fault
            return _fitted([(float(t[measure]), t) for t in taken], factor, names, measure)
    except Exception as error:  # a check that can't be made stops nobody
        return Unfitted(f"{type(error).__name__}: {error}")


def _fitted(
    taken: Sequence[tuple[float, Row]], factor: str, names: Sequence[Any], measure: str
) -> MixedModel | Unfitted:
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    table = pd.DataFrame(
        {
            "outcome": [value for value, _ in taken],
            "level": [names.index(t[factor]) for _, t in taken],
            "task": [t["task_id"] for _, t in taken],
            "seed": [t["seed"] for _, t in taken],
        }
    )
    # crossed effects: one group that holds everything, and a variance component for each
    fit = MixedLM.from_formula(
        "outcome ~ C(level)",
        table,
        groups=[0] * len(table),
        re_formula="0",
        vc_formula={"task": "0 + C(task)", "seed": "0 + C(seed)"},
    ).fit(method=["powell", "lbfgs"])
    errors = [float(e) for e in fit.bse_fe]
    if not fit.converged or not all(map(math.isfinite, errors)):
        return Unfitted("did not converge")
    bounds = [(float(low), float(high)) for low, high in fit.conf_int().to_numpy()]
    within, means = between_two(range_of(measure)), [float(mean) for mean in fit.fe_params]
    effects = [
        Effect(name, means[i], inside(bounds[i], within, means[i]), float(fit.pvalues.iloc[i]))
        for i, name in enumerate(names)
    ]
    variances = dict(zip(fit.model.exog_vc.names, fit.vcomp, strict=True))
    sd = {name: math.sqrt(max(0.0, float(v))) for name, v in variances.items()}
    sd["residual"] = math.sqrt(float(fit.scale))
    return MixedModel(names[0], tuple(effects[1:]), sd, len(taken))
