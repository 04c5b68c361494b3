"""What rate-limit headers say, form by form, and what they can't mean."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from support.clock import NOW, made_up_time

from unscripted.agents.llm.pacing.rate_limit import LongWaitError, RateLimiter
from unscripted.agents.llm.responses import rate_limit_headers
from unscripted.agents.llm.responses.rate_limit_headers import WINDOW, reading_in, seconds_in

THEN = datetime.fromtimestamp(NOW + 1000 + 90, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("5x", None), ("1m 3s", None), ("12:30", None),
        ("340ms", 0.34), ("1.5s", 1.5), ("2m", 120.0), ("3h", 10_800.0), ("1d", 86_400.0),
        ("1d2h3m4s5ms", 93_784.005), (" 6m0s ", 360.0), ("20", 20.0), ("20.5", 20.5), ("-3", 0.0),
        (THEN, 90.0), (THEN.replace("+00:00", "Z"), 90.0), ("2001-01-01T00:00:00Z", 0.0),
    ],
)  # fmt: skip
def test_seconds_in_every_form(text, seconds):
    with made_up_time(rate_limit_headers):
        assert seconds_in(text) == (None if seconds is None else pytest.approx(seconds))


def openai(limit, left, reset, name="requests"):
    parts = {"limit": limit, "remaining": left, "reset": reset}
    return {f"x-ratelimit-{k}-{name}": v for k, v in parts.items() if v is not None}


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("90", 90.0), ("1h2m", 3720.0), (f"{NOW + 1090:.0f}", 90.0),
        (f"{1000 * (NOW + 1090):.0f}", 90.0), (None, None),
    ],
)  # fmt: skip
def test_names_without_a_suffix(reset, seconds):
    parts = {"limit": "50", "remaining": "0", "reset": reset}
    headers = {f"x-ratelimit-{k}": v for k, v in parts.items() if v is not None}
    with made_up_time(rate_limit_headers):
        assert reading_in(headers, "requests") == reading_in(headers, WINDOW) == (50, 0, seconds)
        assert reading_in(headers, "tokens") is None
        assert reading_in({**headers, **openai("7", "6", "1s")}, "requests") == (7.0, 6.0, 1.0)


@pytest.mark.parametrize(
    ("headers", "reading"),
    [
        (openai("60", "40", "2s"), (60.0, 40.0, 2.0)),
        (openai("60", "0", None), (60.0, 0.0, None)),
        (openai("60", "61", "soon"), (60.0, 61.0, None)),
        ({f"anthropic-ratelimit-requests-{k}": "5" for k in ("limit", "remaining", "reset")},
         (5.0, 5.0, 5.0)),
        (openai("60", None, "2s"), None),
        (openai(None, "40", "2s"), None),
        (openai("60", "40", "2s", "tokens"), None),
        (openai("many", "40", "2s"), None),
        (openai("60", "some", "2s"), None),
        (openai("0", "0", "2s"), None),
        (openai("0.5", "0", "2s"), (0.5, 0.0, 2.0)),
        (openai("60", "-1", "2s"), None),
        (openai("999999999999", "1", "2s"), (999_999_999_999.0, 1.0, 2.0)),
        (openai("1000000000000", "1", "2s"), None),
        (openai("nan", "1", "2s"), None),
        (openai("60", "1", "2764799s"), (60.0, 1.0, 2_764_799.0)),
        (openai("60", "1", "2764800s"), None),
        ({}, None),
    ],
    ids=str,
)  # fmt: skip
def test_possible_readings(headers, reading):
    assert reading_in(headers, "requests") == reading


def test_a_window_that_is_used_up():
    headers = {f"x-ratelimit-{k}": v for k, v in
               (("limit", "50"), ("remaining", "0"), ("reset", "6h"))}  # fmt: skip
    limiter = RateLimiter()
    limiter.learn(headers, 0.0, 0, 1.0)
    with pytest.raises(LongWaitError, match="of 50 requests none is left until"):
        asyncio.run(limiter.acquire(1, 120.0))


def test_either_limit_is_read():
    both = {**openai("9", "8", "1s", "tokens"), **openai("7", "6", "1s")}
    assert reading_in(both, "tokens") == (9.0, 8.0, 1.0)
    assert reading_in(both, "requests") == (7.0, 6.0, 1.0)
