"""The scales of the two sums over measures, which a user may change."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from ..errors import UsageError


@dataclass(frozen=True, slots=True)
class Scales:
    """Weights of the objective and references of the balance index.

    The paper names the weights aQ, aM, aT, aC, aR and does not print them; these are ours.

    Attributes:
        quality: aQ, per unit of Q.
        mission: aM, per unit of M.
        time_per_s: aT, per second.
        cost_per_usd: aC, per US dollar.
        risk: aR, per unit of R.
        time_ref_s: Execution time at which its term of the balance index is one half.
        cost_ref_usd: Cost at which its term of the balance index is one half.
    """

    quality: float = 1.0
    mission: float = 0.5
    time_per_s: float = 0.001
    cost_per_usd: float = 0.5
    risk: float = 0.5
    time_ref_s: float = 120.0
    cost_ref_usd: float = 0.25

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0 <= getattr(self, f.name) < math.inf:
                raise UsageError(f"{f.name}={getattr(self, f.name)} is not a number of 0 or more")
        for name in ("time_ref_s", "cost_ref_usd"):
            if getattr(self, name) == 0:
                raise UsageError(f"{name}=0 divides by zero; use a value above 0")
