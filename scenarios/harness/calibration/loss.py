"""Which quantities the loss reads, so that a finding's status follows from the targets.

A finding names the quantities that it rests on. Where the loss reads all of them, the synthetic
minds were fitted to it; where it doesn't, it could have come out otherwise. Nobody writes that
by hand: after a refit to other targets it would be wrong.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from ..statistics.findings import Basis, fitted, predicted
from .targets import MEASURES, PLAUSIBLE, Condition, residuals


class Quantity(NamedTuple):
    """A mean that a finding rests on.

    Attributes:
        measure: By its name in the catalogue.
        where: What is known of its team, by name: fields of `Condition`, or what the loss never
            varies, as `topology`; then it is not in the loss.
    """

    measure: str
    where: tuple[tuple[str, Any], ...]

    @property
    def is_in_loss(self) -> bool:
        """Whether a term of the loss reads it."""
        return any(
            self.measure == measure
            and all(getattr(condition, name, None) == value for name, value in self.where)
            for condition, measure in read_by_loss()
        )


def quantity(measure: str, **where: Any) -> Quantity:
    """A mean that a finding rests on.

    Args:
        measure: By its name in the catalogue.
        **where: What is known of its team: `protocol`, `model`, `n`, `level`, or anything else.
    """
    return Quantity(measure, tuple(where.items()))


def by_loss(*quantities: Quantity, inside: str = "", outside: str = "") -> Basis:
    """What a claim rests on: fitted where the loss reads all its quantities, predicted elsewhere.

    Args:
        *quantities: At least one.
        inside: What to say where the loss reads all.
        outside: What to say where it doesn't.
    """
    if all_in_loss(*quantities):
        return fitted(inside or "a term of the loss")
    return predicted(outside or "not in the loss")


def all_in_loss(*quantities: Quantity) -> bool:
    """Whether the loss reads all of some quantities.

    Args:
        *quantities: At least one.
    """
    if not quantities:
        raise ValueError("quantities=() are none; name those that the finding rests on")
    return all(q.is_in_loss for q in quantities)


@cache
def read_by_loss() -> frozenset[tuple[Condition, str]]:
    """Every measure of a condition that a residual of the whole fit is made of."""
    read: set[tuple[Condition, str]] = set()

    class Means:
        def __init__(self, condition: Condition) -> None:
            self.condition = condition

        def __getitem__(self, place: int) -> float:
            read.add((self.condition, MEASURES[place]))
            return float(PLAUSIBLE[place])

    residuals(Means, hold_back=False)  # type: ignore[arg-type]
    return frozenset(read)
