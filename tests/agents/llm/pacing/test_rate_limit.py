"""How fast requests go: at a rate that is given, or learnt from headers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.clock import Time, let_others_run, made_up_time

from unscripted.agents.llm.pacing import rate_limit as pacing
from unscripted.agents.llm.pacing.rate_limit import BURST_S, MARGIN, RateLimiter
from unscripted.agents.llm.responses import rate_limit_headers

CHECK = settings(max_examples=60, deadline=None)
Sent = list[tuple[float, float]]


@contextlib.contextmanager
def made_up_pace(meanwhile: Callable[[], None] = lambda: None) -> Iterator[Time]:
    """Time in which whoever sleeps moves the clock, after what happens meanwhile."""
    clock = Time()

    async def sleep(seconds: float) -> None:
        clock.pauses.append(seconds)
        clock.now += max(seconds, 1e-6)
        meanwhile()

    loop = SimpleNamespace(sleep=sleep, Lock=asyncio.Lock)
    with mock.patch.object(pacing, "time", clock), mock.patch.object(pacing, "asyncio", loop):
        yield clock


def sent(limiter: RateLimiter, clock: Time, calls: list[tuple[float, int]]) -> Sent:
    """When calls go that come one after another: pauses and tokens, to times and tokens."""

    async def story() -> Sent:
        gone = []
        for pause, tokens in calls:
            clock.now += pause
            await limiter.acquire(tokens)
            gone.append((clock.now, tokens))
        return gone

    return asyncio.run(story())


def waits(limiter: RateLimiter, clock: Time, n: int, tokens: int = 1) -> list[float]:
    """How long after the first moment each of so many calls goes that come at once."""
    began = clock.now
    return [then - began for then, _ in sent(limiter, clock, [(0.0, tokens)] * n)]


def crowded(gone: Sent, rate: float, capacity: float) -> bool:
    """Whether in any window of time more was sent than the rate and one burst allow."""
    for i, (start, first) in enumerate(gone):
        total = 0.0
        for then, amount in gone[i:]:
            total += amount
            burst = max(capacity, first, amount)
            if total > rate * (then - start) + burst + 1e-6 * total:
                return True
    return False


@CHECK
@given(st.floats(1, 500), st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_no_window_has_too_many_requests(rate, pauses):
    with made_up_pace() as clock:
        gone = sent(RateLimiter(rpm=60 * rate), clock, [(pause, 1) for pause in pauses])
    requests = [(then, 1.0) for then, _ in gone]
    assert not crowded(requests, rate * MARGIN, max(1.0, rate * MARGIN * BURST_S))


@CHECK
@given(
    st.floats(20, 5000),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 100)), min_size=1, max_size=60),
)
def test_no_window_has_too_many_tokens(rate, calls):
    with made_up_pace() as clock:
        gone = sent(RateLimiter(tpm=60 * rate), clock, calls)
    assert not crowded(gone, rate * MARGIN, max(1.0, rate * MARGIN * BURST_S))


def test_a_minutes_requests_take_a_minute():
    with made_up_pace() as clock:
        found = waits(RateLimiter(rpm=60), clock, 61)
    assert found[0] == 0
    assert found[-1] == pytest.approx(60 / MARGIN, rel=0.001)


def test_the_scarcer_limit_makes_one_wait():
    for rpm, tpm in ((6000, 60), (6, 10**9)):
        with made_up_pace() as clock:
            found = waits(RateLimiter(rpm, tpm), clock, 2, tokens=10)
            assert found == pytest.approx([0, 10 / MARGIN], rel=0.2)


def test_a_call_larger_than_its_bucket():
    with made_up_pace() as clock:
        found = sent(RateLimiter(tpm=600), clock, [(0.0, 500), (0.0, 1)])
    assert found[0][0] == 1000.0
    assert found[1][0] - 1000.0 == pytest.approx(500 / (10 * MARGIN), rel=0.01)


def test_without_a_rate_everything_passes():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        assert waits(limiter, clock, 100, tokens=10**6) == [0.0] * 100
        assert not limiter.known


@CHECK
@given(st.floats(1, 1000), st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999))))
def test_unused_tokens_are_given_back(rate, calls):
    with made_up_time(pacing, rate_limit_headers):
        limiter = RateLimiter(tpm=rate * 60)
        level = limiter.tokens.level
        for booked, used in calls:
            limiter.tokens.take(booked)
            limiter.correct(booked, used)
            assert limiter.tokens.level <= limiter.tokens.capacity
        spent = sum(used for _, used in calls)
        assert limiter.tokens.level == pytest.approx(level - spent, rel=1e-6, abs=1e-3)


def test_calls_go_in_order_of_arrival():
    async def story() -> list[int]:
        limiter, gone = RateLimiter(rpm=60_000), []

        async def call(number: int) -> None:
            await limiter.acquire(1)
            gone.append(number)

        limiter.requests.take(limiter.requests.level + 5)  # overdrawn: the first has to wait
        calls = [asyncio.create_task(call(i)) for i in range(6)]
        await let_others_run()
        calls[0].cancel()
        calls[3].cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        return gone

    assert asyncio.run(story()) == [1, 2, 4, 5]


def of_openai(limit: object, left: object, reset: object, name: str = "requests") -> dict[str, str]:
    parts = {"limit": limit, "remaining": left, "reset": reset}
    return {f"x-ratelimit-{k}-{name}": str(v) for k, v in parts.items() if v is not None}


def of_anthropic(limit: object, left: object, reset: object) -> dict[str, str]:
    parts = {"limit": limit, "remaining": left, "reset": reset}
    return {f"anthropic-ratelimit-requests-{k}": str(v) for k, v in parts.items()}


def learn(limiter: RateLimiter, headers: dict[str, str], since: int = 0) -> None:
    """Learn from an answer that came at once, and after whose request so many more were sent."""
    limiter.learn(headers, ago_s=0.0, sent_since=since, tokens_each=1000.0)


@pytest.mark.parametrize("reset", [None, "in a while", "", "1 minute", "12:30"])
def test_without_a_reset_a_minute_fills(reset):
    with made_up_time(pacing, rate_limit_headers):
        limiter = RateLimiter()
        learn(limiter, of_openai(90, 40, reset))
        assert limiter.requests.rate == 1.5


@CHECK
@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.floats(0, 1), st.floats(0.001, 1e5), st.floats(0, 10)),
        min_size=1,
        max_size=20,
    )
)
def test_no_rate_beyond_the_last_reading(readings):
    with made_up_time(pacing, rate_limit_headers) as clock:
        limiter = RateLimiter()
        for limit, share, reset, pause in readings:
            clock.now += pause
            left = int(limit * share)
            learn(limiter, of_openai(limit, left, f"{reset:.3f}s"))
            if left < limit:
                assert (
                    0 < limiter.requests.rate <= (limit - left) / float(f"{reset:.3f}") * 1.000001
                )
                assert limiter.requests.level <= left


def test_requests_sent_since_are_taken_out():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        both = {**of_openai(60, 39, "20s"), **of_openai(30_000, 9_000, "42s", "tokens")}
        learn(limiter, both, since=2)
        assert (limiter.requests.level, limiter.tokens.level) == (37.0, 7_000.0)
        assert limiter.tokens.rate == pytest.approx(500, rel=0.01)
        assert waits(limiter, clock, 1, tokens=7_000) == [0.0]
        assert waits(limiter, clock, 1, tokens=1000) == pytest.approx([2 / MARGIN], rel=0.01)


def test_a_daily_bucket():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        learn(limiter, of_openai(200, 3, "12h"))
        found = waits(limiter, clock, 5)
        each = found[3]
        assert 43_200 / 197 <= each <= 43_200 / 196 / MARGIN * 1.001
        assert found == pytest.approx([0, 0, 0, each, 2 * each])


def test_what_is_learnt_counts_at_once():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        learn(limiter, of_openai(60, 0, "12h"))
    with made_up_pace(lambda: learn(limiter, of_openai(60, 30, "30s"))) as clock:
        assert waits(limiter, clock, 1)[0] < 2


def test_after_a_refusal_nothing_is_left():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        learn(limiter, of_openai(60, 40, "20s"))
        limiter.on_refusal()
        assert waits(limiter, clock, 2) == pytest.approx([1 / MARGIN, 2 / MARGIN], rel=0.06)


def test_a_given_rate_stays():
    limiter = RateLimiter(rpm=60, tpm=600)  # learns nothing, whatever it is told
    before = limiter.requests.rate, limiter.tokens.rate
    learn(limiter, {**of_openai(9, 1, "1s"), **of_openai(9, 1, "1s", "tokens")})
    assert (limiter.requests.rate, limiter.tokens.rate) == before
    assert limiter.known


def test_a_full_bucket_changes_no_rate():
    with made_up_pace() as clock:
        limiter = RateLimiter()
        learn(limiter, of_openai(60, 60, "0s"))
        assert waits(limiter, clock, 60) == [0.0] * 60
        learn(limiter, of_openai(60, 30, "30s"))
        known = limiter.requests.rate
        learn(limiter, of_openai(60, 60, "0s"))
        assert limiter.requests.rate == known


ODD = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers().map(str),
    st.floats(allow_infinity=False).map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.just(UTC)).map(lambda d: d.isoformat().replace("+00:00", "Z")),
    st.from_regex(r"(\d{1,40}(\.\d+)?(ms|s|m|h|d)){1,3}", fullmatch=True),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(ODD, ODD, ODD, st.floats(0, 100)), min_size=1, max_size=4),
    st.sampled_from([of_openai, of_anthropic]),
    st.integers(0, 64),
)
def test_learning_never_raises(said, form, flying):
    with made_up_time(pacing, rate_limit_headers) as clock:
        limiter = RateLimiter()
        for limit, left, reset, pause in said:
            clock.now += pause
            learn(limiter, form(limit, left, reset), since=flying)
            assert limiter.requests.wait_s(1.0) >= 0.0
            assert limiter.tokens.wait_s(100.0) >= 0.0
            limiter.requests.take(1.0)


def test_a_known_rate_grows_slowly():
    with made_up_time(pacing, rate_limit_headers):
        limiter = RateLimiter()
        learn(limiter, of_openai(60, 40, "20s"))
        assert limiter.requests.rate == pytest.approx(19 / 20)
        learn(limiter, of_openai(60, 40, "2s"))
        assert limiter.requests.rate == pytest.approx(19 / 2)
        learn(limiter, of_openai(60, 40, "2s"))
        assert limiter.requests.rate == pytest.approx(19 / 2 * 1.02)
        for _ in range(9):
            learn(limiter, of_openai(60, 40, "2s"))
        assert limiter.requests.rate == pytest.approx(19.5 / 2)
        learn(limiter, of_openai(60, 60, "2s"))
        assert limiter.requests.rate == pytest.approx(19.5 / 2)


def test_a_full_bucket_fills_a_minute():
    with made_up_time(pacing, rate_limit_headers):
        limiter = RateLimiter()
        learn(limiter, of_openai(90, 90, "0s"))
        assert (limiter.requests.rate, limiter.requests.capacity) == (1.5, 90.0)
        small = RateLimiter()
        learn(small, of_openai(0.5, 0, "1s"))
        assert not small.known


def test_waits_look_again_often():
    with made_up_pace() as clock:
        assert waits(RateLimiter(rpm=60), clock, 2)[1] == pytest.approx(1 / 0.95, abs=0.001)
        assert max(clock.pauses) == 0.1
    assert RateLimiter(rpm=6000).requests.capacity == pytest.approx(100 * 0.95 * 0.1)
    assert RateLimiter(rpm=60).requests.capacity == 1.0


def test_a_reading_may_be_old():
    with made_up_time(pacing, rate_limit_headers):
        limiter = RateLimiter()
        limiter.learn(of_openai(60, 40, "20s"), ago_s=2.0, sent_since=5, tokens_each=1.0)
        assert limiter.requests.level == pytest.approx(40 + 2.0 * 0.95 - 5)
        limiter.learn(of_openai(60, 40, "20s"), ago_s=20.0, sent_since=5, tokens_each=1.0)
        assert limiter.requests.level == 40.0, "no more than it had when it looked"
