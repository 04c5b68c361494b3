"""Role specialization: how a team divides itself into roles.

A role is its name with case and spacing evened out. Counts take names as they are, as
arXiv:2603.28990 does, so that a paraphrase is another role. Stability does not: whoever calls the
same subject by another title has kept its role (see `paraphrases.py`), else it would measure
wording.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from ..record import TickRecord
from .paraphrases import split_name
from .scales import Scales


def role_stability(records: Sequence[TickRecord], scales: Scales) -> float | None:
    """Role stability index (RSI): share of members that kept their role since the last task.

    Over members with a role on both tasks; 0 (all changed) to 1 (all kept), None where there is
    no such member. A role is kept where the new name has the subject of the old one. Whoever takes
    roles by lot keeps them as often as they come up: 1/k of the time where k roles are in use.
    arXiv:2603.28990 reports values near 0 for free-form teams, which count paraphrases as changes.

    Args:
        records: Of a run up to the tick.
        scales: Play no part.
    """
    if len(records) < 2:
        return None
    before = records[-2].roles
    now = records[-1].roles
    kept = [_subject(role) == _subject(before[m]) for m, role in now.items() if m in before]
    return math.fsum(kept) / len(kept) if kept else None


@lru_cache(maxsize=65_536)
def _subject(role: str) -> str:
    return split_name(role).subject


def unique_roles(record: TickRecord) -> int | None:
    """Number of distinct roles; None where nobody took one.

    Args:
        record: Of the tick.
    """
    return len(record.role_counts) or None


def roles_of_run(records: Sequence[TickRecord], scales: Scales) -> int | None:
    """Number of distinct roles over all ticks of a run; None where nobody took one.

    Args:
        records: Of a run.
        scales: Play no part.
    """
    return len({role for r in records for role in r.role_counts}) or None


def unique_role_share(record: TickRecord) -> float | None:
    """Distinct roles per member with a role: 1/n (all the same) to 1 (all different).

    Args:
        record: Of the tick.
    """
    counts = record.role_counts
    return len(counts) / counts.total() if counts else None


def role_gini(record: TickRecord) -> float | None:
    """Gini coefficient of how often each role is used: 0 (equally) up to below 1.

    G = Σᵢⱼ|cᵢ - cⱼ| / (2 k Σᵢcᵢ) over the k roles in use; None where nobody took one.

    Args:
        record: Of the tick.

    References:
        C. Gini, Variabilità e mutabilità, 1912.
    """
    counts = sorted(record.role_counts.values())
    if not counts:
        return None
    k = len(counts)
    return sum((2 * i - k + 1) * c for i, c in enumerate(counts)) / (k * sum(counts))


def role_entropy(record: TickRecord) -> float | None:
    """Normalised Shannon entropy of roles: 0 (all the same) to 1 (all different).

    H = -Σ p ln p over roles, divided by ln n for n members with a role; None for n < 2.

    Args:
        record: Of the tick.
    """
    counts = record.role_counts
    n = counts.total()
    if n < 2:
        return None
    entropy = -math.fsum(c / n * math.log(c / n) for c in counts.values()) / math.log(n)
    return min(1.0, max(0.0, entropy))  # rounding can leave the range by 1e-16
