"""What the synthetic minds say beyond the figures they were fitted to, and what of it is open.

Each prediction is played under every set that fits the figures equally well. Where its sign is the
same under all of them the figures and the mechanism decide it; where it is not, they don't, however
narrow the interval of a single fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .accuracy import rms
from .targets import (
    CLAUDE,
    DEEPSEEK,
    FEW,
    FIGURES,
    GLM,
    MINI,
    PLAUSIBLE,
    Condition,
    Means,
    Numbers,
)

NOT_IDENTIFIED = "not identified"


class Prediction(NamedTuple):
    """One number beyond the fit.

    Attributes:
        of: Gives it from the means of conditions.
        signed: Whether its sign is what is predicted.
    """

    of: Callable[[Means], float]
    signed: bool = True


def _lead(a: Condition, b: Condition, measure: int = 0) -> Prediction:
    return Prediction(lambda m: float(m(a)[measure]) - float(m(b)[measure]))


def _level(of: Condition) -> Prediction:
    return Prediction(lambda m: float(m(of)[0]), signed=False)


def _sequential(level: str, n: int = 32) -> Condition:
    return Condition("sequential", MINI, n, level, share=FEW)


PREDICTIONS: dict[str, Prediction] = {
    **{
        f"{model}: sequential less coordinator, N = 16, L3": _lead(
            Condition("sequential", model, 16), Condition("coordinator", model, 16)
        )
        for model in (CLAUDE, DEEPSEEK, GLM)
    },
    **{
        f"{model}: sequential, N = 16, L4": _level(Condition("sequential", model, 16, "L4"))
        for model in (CLAUDE, DEEPSEEK, GLM)
    },
    **{
        f"{MINI}: sequential, N = 32, {a} less {b}": _lead(_sequential(a), _sequential(b))
        for a, b in (("L1", "L2"), ("L2", "L3"), ("L3", "L4"))
    },
    f"{MINI}: sequential, L1, N = 64 less N = 256": _lead(
        _sequential("L1", 64), _sequential("L1", 256)
    ),
    f"{MINI}: idle, L1, N = 256": Prediction(
        lambda m: float(m(_sequential("L1", 256))[1]), signed=False
    ),
    **{
        f"{model}: free less fixed roles, N = 8, L3": _lead(
            Condition("sequential", model, 8), Condition("fixed-roles", model, 8)
        )
        for model in ("strong", "medium", "weak")
    },
    f"{CLAUDE}: sequential less solo, N = 16, L3": _lead(
        Condition("sequential", CLAUDE, 16), Condition("solo", CLAUDE, 16)
    ),
    f"{CLAUDE}: coordinator less solo, N = 16, L3": _lead(
        Condition("coordinator", CLAUDE, 16), Condition("solo", CLAUDE, 16)
    ),
    f"{CLAUDE}: coordinator less silent, N = 16, L3": _lead(
        Condition("coordinator", CLAUDE, 16), Condition("silent", CLAUDE, 16)
    ),
    f"{MINI}: shared less silent, N = 8, L3": _lead(
        Condition("shared", MINI, 8), Condition("silent", MINI, 8)
    ),
}
"""By what is predicted."""


def asked() -> list[Condition]:
    """Every condition that the predictions ask for."""
    found: dict[Condition, None] = {}

    def note(condition: Condition) -> Numbers:
        found[condition] = None
        return PLAUSIBLE

    for prediction in PREDICTIONS.values():
        prediction.of(note)
    return list(found)


def spread(means: Sequence[Means]) -> dict[str, dict[str, Any]]:
    """Each prediction over sets of parameters.

    Args:
        means: Of the conditions, one for each set; the first is the fit itself.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, prediction in PREDICTIONS.items():
        values = [prediction.of(m) for m in means]
        low, high = min(values), max(values)
        open_ = prediction.signed and low < 0.0 < high
        found[name] = {
            "fitted": round(values[0], 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "identified": NOT_IDENTIFIED if open_ else "yes",
        }
    return found


def skill(fitted: Mapping[str, float]) -> dict[str, float]:
    """The error of held-back figures against that of the simplest guess.

    The guess has no mechanism: a model whose Coordinator is held back gets Claude's ratio of
    Coordinator to Sequential, times its own published Sequential.

    Args:
        fitted: The figures of a fit that did not see those held back, by name.
    """
    published = {f.name: f.published for f in FIGURES}
    ratio = published[f"final {CLAUDE} coordinator"] / published[f"final {CLAUDE} sequential"]
    held = [f.name for f in FIGURES if f.held_back]
    guessed = [
        ratio * published[name.replace("coordinator", "sequential")] - published[name]
        for name in held
    ]
    ours = rms([fitted[name] - published[name] for name in held])
    simplest = rms(guessed)
    return {
        "held_back": round(ours, 4),
        "simplest_guess": round(simplest, 4),
        "skill": round(1.0 - ours / simplest, 3),
    }


def lines(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Predictions for people.

    Args:
        found: As `spread` makes them.
    """
    yield f"{'prediction':62} fitted     low    high"
    for name, row in found.items():
        mark = f"  {NOT_IDENTIFIED}" if row["identified"] == NOT_IDENTIFIED else ""
        yield f"{name:62} {row['fitted']:+6.3f} {row['low']:+7.3f} {row['high']:+7.3f}{mark}"
