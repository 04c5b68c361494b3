"""How long is waited for a provider, and how that is said."""

from __future__ import annotations

from datetime import datetime, timedelta

LEAST_PATIENCE_S = 120.0
"""However short a decision's deadline, a provider may ask to wait so long."""
HALF_A_DAY_S = 43_200.0
LONGEST_SAID_S = 3.2e7
SHORT_S, SHORT_MIN = 120, 120
"""Below these a time is said in seconds, and in minutes."""


def patience_s(deadline_s: float) -> float:
    """How long a provider may ask to wait before the run is stopped instead, in seconds.

    Args:
        deadline_s: Of one decision, above 0.
    """
    return max(deadline_s, LEAST_PATIENCE_S)


def back_at(seconds: float) -> str:
    """The time of day in so many seconds, and how long that is.

    Args:
        seconds: 0 or more.
    """
    then = datetime.now().astimezone() + timedelta(seconds=min(seconds, LONGEST_SAID_S))
    day = "%H:%M:%S" if seconds < HALF_A_DAY_S else "%H:%M on %d %B"
    return f"{then.strftime(day)} ({_duration(seconds)})"


def _duration(seconds: float) -> str:
    if seconds < SHORT_S:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < SHORT_MIN else f"{minutes // 60} h {minutes % 60} min"
