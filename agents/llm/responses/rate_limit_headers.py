"""What a provider's headers say of its rate limits: how many are left, and when all are back."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

MOST, LONGEST_S = 1e12, 32 * 86400.0
"""Beyond this a header says nothing sensible."""
EPOCH_S, EPOCH_MS = 1e9, 1e12
"""Numbers beyond these are times of day, in seconds or milliseconds since 1970."""
FORMS = (("x-ratelimit-", "{part}-{name}"), ("anthropic-ratelimit-", "{name}-{part}"))
WINDOW, UNNAMED = "window", ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
"""Headers that don't say of what; mostly they count requests of a fixed time."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Reading(NamedTuple):
    """A provider's token bucket as it described it.

    Attributes:
        limit: What it holds when full, above 0.
        left: What it holds, 0 or more.
        full_in_s: Seconds until it is full, 0 or more; None where it doesn't say.
    """

    limit: float
    left: float
    full_in_s: float | None


def reading_in(headers: Mapping[str, str], name: str) -> Reading | None:
    """What headers of OpenAI's or Anthropic's form say of one limit.

    Args:
        headers: Lower-case names.
        name: `requests` or `tokens`; requests are also those of `WINDOW`, which has no name.

    Returns:
        None where they don't say, or nothing possible.
    """
    named = () if name == WINDOW else FORMS
    forms = [
        tuple(
            prefix + order.format(part=part, name=name) for part in ("limit", "remaining", "reset")
        )
        for prefix, order in named
    ]
    if name != "tokens":
        forms.append(UNNAMED)
    for form in forms:
        limit, left, reset = map(headers.get, form)
        if limit is not None and left is not None:
            try:
                reading = Reading(float(limit), float(left), seconds_in(reset))
            except ValueError:
                return None
            return reading if _possible(reading) else None
    return None


def _possible(reading: Reading) -> bool:
    limit, left, full_in_s = reading
    return 0 < limit < MOST and left >= 0 and (full_in_s or 0.0) < LONGEST_S


def seconds_in(text: str | None) -> float | None:
    """The seconds that a header names.

    Args:
        text: `1m30.5s`, `340ms`, plain seconds, or the time of day it will be.

    Returns:
        0 or more; None for anything else.
    """
    if text is None:
        return None
    parts = _SPAN.findall(text)
    if parts and "".join(n + u for n, u in parts) == text.strip():
        return math.fsum(float(n) * UNIT_S[u] for n, u in parts)
    with suppress(ValueError):
        return _left(float(text))
    with suppress(ValueError):
        then = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return max(0.0, then.timestamp() - time.time())
    return None


def _left(number: float) -> float:
    """Seconds, or until a time since 1970 in seconds or milliseconds."""
    if number > EPOCH_MS:
        number /= 1000.0
    return max(0.0, number - time.time() if number > EPOCH_S else number)
