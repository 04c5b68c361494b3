"""How fast a server says it read and wrote."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FASTEST = 1e6
"""Tokens per second beyond which a figure says nothing."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second, above 0; None where nobody says.

    Attributes:
        reads: Of prompts.
        writes: Of completions.
    """

    reads: float | None = None
    writes: float | None = None


def speed_in(body: Mapping[str, Any]) -> Speed:
    """What a response says of its server's speed: in llama.cpp's, Ollama's or Groq's form.

    Args:
        body: Of the response.
    """
    timings, usage = body.get("timings"), body.get("usage")
    if isinstance(timings, Mapping):
        return Speed(
            _rate(timings.get("prompt_per_second")), _rate(timings.get("predicted_per_second"))
        )
    if "eval_duration" in body:
        return Speed(
            _over(body.get("prompt_eval_count"), body.get("prompt_eval_duration"), 1e-9),
            _over(body.get("eval_count"), body.get("eval_duration"), 1e-9),
        )
    if isinstance(usage, Mapping) and "completion_time" in usage:
        return Speed(
            _over(usage.get("prompt_tokens"), usage.get("prompt_time"), 1.0),
            _over(usage.get("completion_tokens"), usage.get("completion_time"), 1.0),
        )
    return Speed()


def _over(count: Any, duration: Any, unit_s: float) -> float | None:
    if not _number(count) or not _number(duration) or duration <= 0:
        return None
    return _rate(count / (duration * unit_s))


def _rate(value: Any) -> float | None:
    return float(value) if _number(value) and 0 < value < FASTEST else None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
