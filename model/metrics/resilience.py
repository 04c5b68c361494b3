"""What a shock costs a team, and how it comes back.

*Resilience* is what a team delivers from the shock on, as a share of a target that is the same for
all that are compared: the area under the curve of performance over that under the target's (Bruneau
et al., Ouyang et al.). *Retention* is the same over the team's own performance without the shock;
it rewards having little to lose: who delivers half of what could be delivered, shock or no shock,
retains everything. So the two may rank teams the other way round, and both are shown.

Retention, recovery and adaptation compare two series, tick by tick, both beginning with the tick of
the shock: quality as it was, and a reference. The best reference is the twin, the same seed without
the shock, which has the same tasks and is the same run until then; without a twin it is the level
before, see `level_before`. A tick where either is missing counts for neither.

arXiv:2603.28990 prints a resilience of 0.829 for Sequential, 0.774 for Coordinator, 0.589 for
Shared and 0.580 for Broadcast, says that quality recovers within one task, and defines neither.
Its order is that of performance against a common target; its level can't be compared.

References:
    M. Bruneau et al., "A framework to quantitatively assess and enhance the seismic resilience of
    communities", Earthquake Spectra 19, 2003: the loss is the area between quality as it was and
    as it would have been, the resilience triangle.
    M. Ouyang, L. Dueñas-Osorio & X. Min, "A three-stage resilience analysis framework for urban
    infrastructure systems", Structural Safety 36-37, 2012: the area under actual performance over
    that under target performance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..errors import UsageError

FULL = 1.0
"""All four criteria of quality at their best grade."""

Series = Sequence[float | None]
"""A measure by tick; None where it was not measured."""


def resilience(quality: Series, target: float = FULL) -> float | None:
    """Resilience index: the area under quality over the area under the target.

    R = mean of Q(t) / target over the ticks measured. No unit; 0 up to 1 where the target is the
    most there is. None where nothing was measured.

    Args:
        quality: From the tick of the shock on.
        target: The same for all that are compared, above 0; the best grade there is by default.

    Raises:
        UsageError: The target is not above 0.
    """
    if not target > 0:
        raise UsageError(f"target={target} is not above 0; use e.g. target=1")
    known = [q for q in quality if q is not None]
    return math.fsum(known) / (len(known) * target) if known else None


def retention(quality: Series, reference: Series) -> float | None:
    """Retained share: the area under quality over the area under its own reference.

    R = Σ Q(t) / Σ Q₀(t) = 1 - loss / Σ Q₀(t), with the loss Σ (Q₀(t) - Q(t)) of Bruneau et al.
    No unit; 0 (all is lost), 1 (nothing is), above 1 where the shock did good. None where nothing
    was measured, or the reference is 0 throughout.

    Args:
        quality: From the tick of the shock on.
        reference: At the same ticks.

    Raises:
        UsageError: The series differ in length.
    """
    pairs = _pairs(quality, reference)
    known = [pair for pair in pairs if pair is not None]
    whole = math.fsum(r for _, r in known)
    return math.fsum(q for q, _ in known) / whole if whole else None


def recovery_time(
    quality: Series, reference: Series, *, tolerance: float = 0.05, hold: int = 2
) -> int | None:
    """Ticks until quality is back, and stays.

    The smallest k such that Q(t) >= (1 - tolerance) · Q₀(t) at each of the `hold` ticks t = k,
    k + 1, …, counted from the shock: 0 where the very task that the shock struck is no worse, 1
    where the task after it is the first that isn't ("recovers within one task"). None where it
    never is, as far as the series go. A tick that was not measured is not back.

    Args:
        quality: From the tick of the shock on.
        reference: At the same ticks.
        tolerance: Share of the reference that may be missing, 0 to below 1.
        hold: Ticks in a row, 1 or more.

    Raises:
        UsageError: The series differ in length, or an option is out of its range.
    """
    if not 0 <= tolerance < 1:
        raise UsageError(f"tolerance={tolerance} is outside 0 to 1; use e.g. tolerance=0.05")
    if hold < 1:
        raise UsageError(f"hold={hold} is below 1; use 1 or more ticks")
    back = [
        pair is not None and pair[0] >= (1.0 - tolerance) * pair[1]
        for pair in _pairs(quality, reference)
    ]
    return next((k for k in range(len(back) - hold + 1) if all(back[k : k + hold])), None)


def adaptation(quality: Series, reference: Series) -> float | None:
    """How much of its reference a team regained while it went on.

    A = R(last third) - R(first third), the retained shares of the first and the last
    floor(n / 3) of n ticks; so a lasting loss, and no loss at all, are both 0. Shares of the
    reference; above 0 where quality came back, below 0 where it wore away. None with fewer than
    three ticks, or where either index is undefined.

    Args:
        quality: From the tick of the shock on.
        reference: At the same ticks.

    Raises:
        UsageError: The series differ in length.
    """
    third = len(_pairs(quality, reference)) // 3
    if not third:
        return None
    first = retention(quality[:third], reference[:third])
    last = retention(quality[-third:], reference[-third:])
    return None if first is None or last is None else last - first


def level_before(quality: Series, shock: int) -> list[float | None]:
    """The reference of a run without a twin: its own mean before the shock, at every later tick.

    Tasks differ in difficulty, so this needs more ticks than a twin to say the same.

    Args:
        quality: Of the whole run.
        shock: Index of the first tick after the shock.
    """
    known = [q for q in quality[:shock] if q is not None]
    level = math.fsum(known) / len(known) if known else None
    return [level] * len(quality[shock:])


def _pairs(quality: Series, reference: Series) -> list[tuple[float, float] | None]:
    """Both values at each tick; None where either is missing."""
    if len(quality) != len(reference):
        raise UsageError(
            f"quality has {len(quality)} ticks and reference {len(reference)}; give the same ticks"
        )
    return [
        None if q is None or r is None else (q, r) for q, r in zip(quality, reference, strict=True)
    ]
