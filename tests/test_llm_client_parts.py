"""The parts that a call passes through, each alone: no sockets, and no clock but a made-up one."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from unittest import mock

import httpx
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tenacity import AsyncRetrying

from unscripted.agents.llm.calling import (
    adapter as door,
)
from unscripted.agents.llm.calling import (
    concurrency as gate,
)
from unscripted.agents.llm.calling import (
    rate_limit as pacing,
)
from unscripted.agents.llm.calling import (
    redaction as secrets,
)
from unscripted.agents.llm.calling.budget import Budget, Price, parse_prices, price_of
from unscripted.agents.llm.calling.call_errors import (
    LONGEST_CAUSE,
    RETRIED,
    UNSENT,
    Fault,
    Kind,
    understood,
)
from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.calling.concurrency import Gate
from unscripted.agents.llm.calling.journal import Journal
from unscripted.agents.llm.calling.rate_limit import BURST_S, MARGIN, Pacer
from unscripted.agents.llm.calling.redaction import HIDDEN, known_secrets, without_secrets
from unscripted.agents.llm.calling.request import CallFailed, Completion, Mode, Request, Site
from unscripted.agents.llm.calling.retry import (
    FIRST_S,
    LONGEST_RATE_LIMIT_S,
    LONGEST_S,
    SPREAD,
    Clock,
    out_of_time,
    told_or_jittered,
    transient,
)
from unscripted.agents.llm.models import OPTIONS, parse_model, presets
from unscripted.agents.llm.settings import Calls, check_address
from unscripted.model.errors import Halt, UnknownNameError, UsageError

CHECK = settings(max_examples=60, deadline=None)
NOW = 1_700_000_000.0


class Time:
    """A clock that moves when told to; stands in for the `time` module."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return NOW + self.now


@contextlib.contextmanager
def made_up_time(module: object) -> Iterator[Time]:
    clock = Time()
    with mock.patch.object(module, "time", clock):
        yield clock


# --- faults ---------------------------------------------------------------------------------------


def response(status: int, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request("POST", "http://x"), headers=headers)


def said_by_litellm(name: str, text: str = "no", **headers: str) -> Exception:
    """An exception of LiteLLM's, as it makes them."""
    known = door.litellm().exceptions
    kind = getattr(known, name)
    if name == "APIError":
        return kind(200, text, "openai", "m")
    if name in ("JSONSchemaValidationError",):
        return kind("m", "openai", text, "{}")
    given = {"message": text, "llm_provider": "openai", "model": "m"}
    status = {"PermissionDeniedError": 403, "UnprocessableEntityError": 422, "RateLimitError": 429}
    if name in status or headers:
        given["response"] = response(status.get(name, 503), headers)
    return kind(**given)


def refused(status: int, text: str, **headers: str) -> Exception:
    """An exception of the openai client's."""
    kinds = {
        400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError,
        403: openai.PermissionDeniedError, 409: openai.ConflictError, 429: openai.RateLimitError,
        422: openai.UnprocessableEntityError,
    }  # fmt: skip
    kind = kinds.get(status, openai.APIStatusError if status < 500 else openai.InternalServerError)
    return kind(text, response=response(status, headers), body=None)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("RateLimitError", "Rate limit reached for requests", Kind.RATE_LIMIT),
        ("RateLimitError", "insufficient_quota", Kind.ACCOUNT),
        ("RateLimitError", "You exceeded your current quota, please check…", Kind.ACCOUNT),
        ("BadRequestError", "Your credit balance is too low to access the API", Kind.ACCOUNT),
        ("PaymentRequiredError", "Insufficient Balance", Kind.ACCOUNT),
        ("AuthenticationError", "Incorrect API key provided", Kind.ACCOUNT),
        ("PermissionDeniedError", "Country not supported", Kind.ACCOUNT),
        ("NotFoundError", "The model `m` does not exist", Kind.ACCOUNT),
        ("Timeout", "Request timed out", Kind.TIMEOUT),
        ("InternalServerError", "The server had an error", Kind.SERVER),
        ("ServiceUnavailableError", "Overloaded", Kind.SERVER),
        ("BadGatewayError", "<html>502</html>", Kind.SERVER),
        ("APIConnectionError", "Connection refused", Kind.SERVER),
        ("APIError", "Expecting value: line 1 column 1", Kind.SERVER),
        ("APIResponseValidationError", "not a response", Kind.SERVER),
        ("JSONSchemaValidationError", "not JSON", Kind.SERVER),
        ("MidStreamFallbackError", "broke off", Kind.SERVER),
        ("ContextWindowExceededError", "too long", Kind.TOO_LONG),
        ("BadRequestError", "This model's maximum context length is 8192", Kind.TOO_LONG),
        ("BadRequestError", "prompt is too long: 210000 tokens > 200000", Kind.TOO_LONG),
        ("BadRequestError", "the request exceeds the available context size", Kind.TOO_LONG),
        ("ContentPolicyViolationError", "flagged", Kind.CONTENT),
        ("BadRequestError", "Azure OpenAI's content management policy", Kind.CONTENT),
        ("UnsupportedParamsError", "no seed here", Kind.PARAMETER),
        ("BadRequestError", "'temperature' does not support 0.7 with this model", Kind.PARAMETER),
        ("BadRequestError", "response_format json_schema is unavailable", Kind.PARAMETER),
        ("UnprocessableEntityError", "Extra inputs are not permitted: seed", Kind.PARAMETER),
        ("BadRequestError", "messages: at least one is required", Kind.REQUEST),
        ("UnprocessableEntityError", "messages.0.content: wrong type", Kind.REQUEST),
    ],
)
def test_what_litellm_raises_is_understood(name, text, kind):
    fault = understood(said_by_litellm(name, text))
    assert fault.kind is kind
    assert text.removesuffix("…") in str(fault)


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (refused(400, "no"), Kind.REQUEST, 400),
        (refused(401, "no"), Kind.ACCOUNT, 401),
        (refused(402, "pay"), Kind.ACCOUNT, 402),
        (refused(403, "no"), Kind.ACCOUNT, 403),
        (refused(404, "no"), Kind.ACCOUNT, 404),
        (refused(408, "slow"), Kind.TIMEOUT, 408),
        (refused(409, "no"), Kind.REQUEST, 409),
        (refused(413, "too many tokens"), Kind.TOO_LONG, 413),
        (refused(429, "slow down"), Kind.RATE_LIMIT, 429),
        (refused(429, "code: insufficient_quota"), Kind.ACCOUNT, 429),
        (refused(500, "oops"), Kind.SERVER, 500),
        (refused(503, "maximum context length"), Kind.SERVER, 503),
        (refused(529, "overloaded"), Kind.SERVER, 529),
        (openai.APITimeoutError(request=httpx.Request("POST", "http://x")), Kind.TIMEOUT, None),
        (openai.APIConnectionError(request=httpx.Request("POST", "http://x")), Kind.SERVER, None),
        (TimeoutError(), Kind.TIMEOUT, None),
        (ConnectionResetError("reset by peer"), Kind.SERVER, None),
        (ValueError("Expecting value"), Kind.SERVER, None),
        (KeyError("choices"), Kind.SERVER, None),
    ],
    ids=lambda v: f"{type(v).__name__} {v}"[:50],
)
def test_what_others_raise_is_understood(error, kind, status):
    fault = understood(error)
    assert (fault.kind, fault.status) == (kind, status)
    assert str(fault)


def test_a_fault_is_understood_as_itself():
    fault = Fault(Kind.EMPTY, "nothing in it")
    assert understood(fault) is fault


def test_faults_that_pass_are_tried_again_and_all_others_are_not():
    assert {Kind.RATE_LIMIT, Kind.SERVER, Kind.TIMEOUT, Kind.EMPTY} == RETRIED
    assert not UNSENT & {Kind.SERVER, Kind.TIMEOUT, Kind.EMPTY, Kind.CONTENT}


IN_A_MINUTE = format_datetime(datetime.fromtimestamp(NOW + 1000, UTC) + timedelta(minutes=1), True)
LONG_AGO = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "9", "retry-after-ms": "340"}, 0.34),
        ({"retry-after": IN_A_MINUTE}, 60.0),
        ({"retry-after": LONG_AGO}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"x-ratelimit-reset-requests": "5s"}, None),
    ],
    ids=str,
)
def test_how_long_a_provider_wants_us_to_wait_is_read_in_every_form(headers, wait, monkeypatch):
    monkeypatch.setattr("unscripted.agents.llm.calling.call_errors.time", Time())
    assert understood(refused(429, "slow down", **headers)).retry_after_s == wait
    by_litellm = understood(said_by_litellm("RateLimitError", **headers))
    assert (by_litellm.kind, by_litellm.retry_after_s) == (Kind.RATE_LIMIT, wait)


def test_the_headers_of_a_refusal_are_handed_on_in_lower_case():
    fault = understood(refused(429, "no", **{"X-RateLimit-Limit-Requests": "60"}))
    assert fault.headers["x-ratelimit-limit-requests"] == "60"


def test_headers_that_litellm_kept_apart_are_found():
    error = said_by_litellm("ServiceUnavailableError")
    error.litellm_response_headers = httpx.Headers({"Retry-After": "4"})
    assert understood(error).retry_after_s == 4.0


class Strange(Exception):
    """An error with anything for its attributes."""


@settings(max_examples=120, deadline=None)
@given(
    st.text(st.characters()),
    st.one_of(
        st.none(),
        st.integers(),
        st.text(st.characters(codec="ascii"), max_size=4),
        st.floats(),
        st.booleans(),
    ),
    st.one_of(
        st.none(),
        st.integers(),
        st.text(),
        st.dictionaries(
            st.sampled_from(["retry-after", "Retry-After-Ms", "x"]),
            st.one_of(
                st.text(max_size=10),
                st.floats().map(str),
                st.datetimes().map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S -0000")),
            ),
        ),
    ),
)
def test_every_error_is_understood_and_its_cause_is_one_short_clean_line(text, status, headers):
    error = Strange(text)
    error.status_code = status
    error.litellm_response_headers = headers
    fault = understood(error)
    cause = str(fault)
    assert len(cause) <= LONGEST_CAUSE
    assert len(cause.splitlines()) <= 1
    assert "\x1b" not in cause
    cause.encode("utf-8")
    assert fault.retry_after_s is None or fault.retry_after_s >= 0


def test_a_cause_loses_litellms_own_names_and_its_lines():
    error = said_by_litellm("RateLimitError", "RateLimitError: OpenAIException - slow\n\n  down")
    assert str(understood(error)) == "slow down"
    long = understood(refused(500, "x" * 1000))
    assert len(str(long)) == LONGEST_CAUSE
    assert str(long).endswith("…")


PLANTED = "planted/secret+value=="


@CHECK
@given(st.text(), st.integers(0, 400), st.sampled_from(["", "Bearer ", "api_key="]))
def test_a_cause_holds_no_secret_wherever_it_stood(text, place, before):
    with mock.patch.dict("os.environ", {"SOME_API_KEY": PLANTED}):
        said = f"{'y ' * (place // 2)}{before}{PLANTED} {text}"
        for error in (refused(401, said), said_by_litellm("AuthenticationError", said)):
            cause = str(understood(error))
            assert PLANTED not in cause
            assert PLANTED[:12] not in cause


# --- when to try again ----------------------------------------------------------------------------


def state(fault: BaseException | None, attempt: int = 1) -> SimpleNamespace:
    return SimpleNamespace(outcome=SimpleNamespace(exception=lambda: fault), attempt_number=attempt)


@pytest.mark.parametrize("kind", Kind)
def test_only_what_passes_is_tried_again(kind):
    assert transient()(state(Fault(kind, ""))) == (kind in RETRIED)


def test_neither_an_answer_nor_a_bug_nor_a_halt_is_tried_again():
    for outcome in (None, ValueError(), Halt("budget", ""), asyncio.CancelledError()):
        assert not transient()(state(outcome))


@CHECK
@given(st.floats(0, 500), st.sampled_from([Kind.RATE_LIMIT, Kind.SERVER]))
def test_we_wait_as_long_as_told_and_a_little_more(told, kind):
    clock = Clock(1e6)
    seconds = told_or_jittered(clock)(state(Fault(kind, "", retry_after_s=told)))
    assert told <= seconds <= told + SPREAD * max(told, FIRST_S)


@CHECK
@given(st.integers(1, 10**6), st.sampled_from(sorted(RETRIED)))
def test_we_wait_at_random_below_a_doubling_bound(attempt, kind):
    longest = LONGEST_RATE_LIMIT_S if kind is Kind.RATE_LIMIT else LONGEST_S
    seconds = told_or_jittered(Clock(1e6))(state(Fault(kind, ""), attempt))
    assert 0 <= seconds <= min(longest, FIRST_S * 2.0 ** min(attempt - 1, 99))


def test_waits_differ_so_that_callers_do_not_return_all_at_once():
    waits = {told_or_jittered(Clock(1e6))(state(Fault(Kind.SERVER, ""), 5)) for _ in range(20)}
    assert len(waits) == 20
    told = {told_or_jittered(Clock(1e6))(state(Fault(Kind.SERVER, "", retry_after_s=9)))
            for _ in range(20)}  # fmt: skip
    assert len(told) == 20


@CHECK
@given(st.floats(0.01, 100), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1e6)))
def test_a_wait_never_goes_beyond_the_time_of_the_decision(deadline, used, told):
    clock = Clock(deadline)
    clock.used_s = used * deadline
    seconds = told_or_jittered(clock)(state(Fault(Kind.SERVER, "", retry_after_s=told), 9))
    assert seconds <= deadline - used * deadline
    assert clock.used_s == pytest.approx(used * deadline + seconds)


def test_waits_in_a_providers_queue_have_ten_times_the_patience():
    clock = Clock(10)
    clock.wait(Fault(Kind.RATE_LIMIT, ""), 100)
    assert (clock.left_s, clock.over) == (10, False)
    clock.wait(Fault(Kind.RATE_LIMIT, ""), 0.1)
    assert clock.over
    assert out_of_time(clock)(state(None))


def test_an_attempt_that_hangs_leaves_time_for_another():
    clock = Clock(10)
    assert clock.attempt_s == 5
    clock.used_s = 7
    assert clock.attempt_s == 3
    clock.used_s = 12
    assert clock.attempt_s > 0
    assert clock.over


def story_of_retries(
    deadline: float, faults: list[Fault], each_s: float = 0.0
) -> tuple[str | Fault, int, list[float]]:
    """What comes of a call whose attempts fail so, in how many attempts and with which waits."""
    clock, waits, left = Clock(deadline), [], list(faults)

    async def attempt() -> str:
        clock.attempts += 1
        clock.used_s += each_s
        if left:
            raise left.pop(0)
        return "done"

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def play() -> str | Fault:
        retrying = AsyncRetrying(
            retry=transient(), stop=out_of_time(clock), wait=told_or_jittered(clock), sleep=sleep,
            reraise=True,
        )  # fmt: skip
        try:
            return await retrying(attempt)
        except Fault as fault:
            return fault

    return asyncio.run(play()), clock.attempts, waits


def test_a_call_is_tried_until_it_succeeds():
    faults = [Fault(Kind.SERVER, ""), Fault(Kind.RATE_LIMIT, ""), Fault(Kind.EMPTY, "")]
    outcome, attempts, waits = story_of_retries(1000, faults)
    assert (outcome, attempts, len(waits)) == ("done", 4, 3)


def test_a_fault_that_will_not_pass_ends_the_call_at_once():
    outcome, attempts, waits = story_of_retries(
        1000, [Fault(Kind.SERVER, ""), Fault(Kind.CONTENT, "no")]
    )
    assert (str(outcome), attempts, len(waits)) == ("no", 2, 1)


@pytest.mark.parametrize("told", [86_400.0, math.inf])
def test_whoever_is_told_to_come_back_tomorrow_gives_up_without_waiting(told):
    fault = Fault(Kind.RATE_LIMIT, "come back tomorrow", retry_after_s=told)
    outcome, attempts, waits = story_of_retries(10, [fault] * 3)
    assert (outcome, attempts, waits) == (fault, 1, [])


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.1, 60), st.floats(0.001, 5), st.sampled_from(sorted(RETRIED - {Kind.RATE_LIMIT}))
)
def test_a_call_that_only_fails_ends_within_its_deadline_and_one_attempt(deadline, each, kind):
    outcome, attempts, waits = story_of_retries(deadline, [Fault(kind, "again")] * 10**5, each)
    assert isinstance(outcome, Fault)
    assert sum(waits) + attempts * each <= deadline + each + 1e-6


# --- how fast to send -----------------------------------------------------------------------------

Sent = list[tuple[float, float]]


@contextlib.contextmanager
def made_up_pace(meanwhile: Callable[[], None] = lambda: None) -> Iterator[Time]:
    """Time in which whoever sleeps moves the clock, after what happens meanwhile."""
    clock = Time()

    async def sleep(seconds: float) -> None:
        clock.now += max(seconds, 1e-6)
        meanwhile()

    loop = SimpleNamespace(sleep=sleep, Lock=asyncio.Lock)
    with mock.patch.object(pacing, "time", clock), mock.patch.object(pacing, "asyncio", loop):
        yield clock


def sent(pacer: Pacer, clock: Time, calls: list[tuple[float, int]]) -> Sent:
    """When calls go that come one after another: pauses and tokens, to times and tokens."""

    async def story() -> Sent:
        gone = []
        for pause, tokens in calls:
            clock.now += pause
            await pacer.turn(tokens)
            gone.append((clock.now, tokens))
        return gone

    return asyncio.run(story())


def waits(pacer: Pacer, clock: Time, n: int, tokens: int = 1) -> list[float]:
    """How long after the first moment each of so many calls goes that come at once."""
    began = clock.now
    return [then - began for then, _ in sent(pacer, clock, [(0.0, tokens)] * n)]


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
def test_in_no_window_do_more_requests_pass_than_the_given_rate_and_one_burst(rate, pauses):
    with made_up_pace() as clock:
        gone = sent(Pacer(rpm=60 * rate), clock, [(pause, 1) for pause in pauses])
    requests = [(then, 1.0) for then, _ in gone]
    assert not crowded(requests, rate * MARGIN, max(1.0, rate * MARGIN * BURST_S))


@CHECK
@given(
    st.floats(20, 5000),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 100)), min_size=1, max_size=60),
)
def test_in_no_window_do_more_tokens_pass_than_the_given_rate_and_one_burst(rate, calls):
    with made_up_pace() as clock:
        gone = sent(Pacer(tpm=60 * rate), clock, calls)
    assert not crowded(gone, rate * MARGIN, max(1.0, rate * MARGIN * BURST_S))


def test_a_minutes_worth_of_requests_takes_a_minute():
    with made_up_pace() as clock:
        found = waits(Pacer(rpm=60), clock, 61)
    assert found[0] == 0
    assert found[-1] == pytest.approx(60 / MARGIN, rel=0.001)


def test_whichever_is_scarcer_requests_or_tokens_makes_one_wait():
    for rpm, tpm in ((6000, 60), (6, 10**9)):
        with made_up_pace() as clock:
            found = waits(Pacer(rpm, tpm), clock, 2, tokens=10)
            assert found == pytest.approx([0, 10 / MARGIN], rel=0.2)


def test_a_call_of_more_tokens_than_a_bucket_holds_goes_when_it_is_full_and_is_made_good():
    with made_up_pace() as clock:
        found = sent(Pacer(tpm=600), clock, [(0.0, 500), (0.0, 1)])
    assert found[0][0] == 1000.0
    assert found[1][0] - 1000.0 == pytest.approx(500 / (10 * MARGIN), rel=0.01)


def test_without_a_rate_everything_passes():
    with made_up_pace() as clock:
        pacer = Pacer()
        assert waits(pacer, clock, 100, tokens=10**6) == [0.0] * 100
        assert not pacer.knows


@CHECK
@given(st.floats(1, 1000), st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999))))
def test_tokens_booked_and_not_used_are_given_back_and_no_more(rate, calls):
    with made_up_time(pacing):
        pacer = Pacer(tpm=rate * 60)
        level = pacer.tokens.level
        for booked, used in calls:
            pacer.tokens.take(booked)
            pacer.correct(booked, used)
            assert pacer.tokens.level <= pacer.tokens.capacity
        spent = sum(used for _, used in calls)
        assert pacer.tokens.level == pytest.approx(level - spent, rel=1e-6, abs=1e-3)


def test_calls_go_in_the_order_they_came_and_one_that_is_cancelled_books_nothing():
    async def story() -> list[int]:
        pacer, gone = Pacer(rpm=60_000), []

        async def call(number: int) -> None:
            await pacer.turn(1)
            gone.append(number)

        pacer.requests.take(pacer.requests.level + 5)  # overdrawn: the first has to wait
        calls = [asyncio.create_task(call(i)) for i in range(6)]
        await settle()
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


def learn(pacer: Pacer, headers: dict[str, str], since: int = 0) -> None:
    """Learn from an answer that came at once, and after whose request so many more were sent."""
    pacer.learn(headers, ago_s=0.0, sent_since=since, tokens_each=1000.0)


def iso(seconds: float, form: str = "Z") -> str:
    """The time so many seconds from the made-up now."""
    moment = datetime.fromtimestamp(NOW + 1000 + seconds, UTC)
    return moment.isoformat().replace("+00:00", form)


@pytest.mark.parametrize(
    ("headers", "missing", "back_in_s"),
    [
        (of_openai(500, 499, "120ms"), 1, 0.12),
        (of_openai(60, 40, "20s"), 20, 20),
        (of_openai(60, 40, "6s"), 20, 6),
        (of_openai(100, 10, "1m30.5s"), 90, 90.5),
        (of_openai(200, 100, "12h"), 100, 43_200),
        (of_openai(100, 50, "1d2h3m4s"), 50, 93_784),
        (of_openai(60, 40, "20"), 20, 20),
        (of_openai(60, 40, "20.5"), 20, 20.5),
        (of_openai(60, 40, iso(20)), 20, 20),
        (of_anthropic(50, 40, iso(5)), 10, 5),
        (of_anthropic(50, 40, iso(5, "+00:00")), 10, 5),
        ({**of_openai("?", 0, "30s"), **of_openai(60, 40, "20s")}, 20, 20),
    ],
    ids=str,
)
def test_the_rate_is_learnt_from_what_is_missing_and_when_it_will_be_back(
    headers, missing, back_in_s
):
    with made_up_time(pacing):
        pacer = Pacer()
        learn(pacer, headers)
        # what is left comes in whole numbers, so up to one of those missing may be back already
        assert 0 < pacer.requests.rate <= missing / back_in_s * (1 + 1e-6)
        assert pacer.requests.rate >= (missing - 1) / back_in_s * (1 - 1e-6)
        assert pacer.tokens.rate is None


@pytest.mark.parametrize("reset", [None, "in a while", "", "1 minute", "12:30"])
def test_where_nobody_says_when_it_will_be_back_a_minute_fills_the_bucket(reset):
    with made_up_time(pacing):
        pacer = Pacer()
        learn(pacer, of_openai(90, 40, reset))
        assert pacer.requests.rate == 1.5


@CHECK
@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.floats(0, 1), st.floats(0.001, 1e5), st.floats(0, 10)),
        min_size=1,
        max_size=20,
    )
)
def test_a_learnt_rate_is_never_above_what_the_last_reading_allows(readings):
    with made_up_time(pacing) as clock:
        pacer = Pacer()
        for limit, share, reset, pause in readings:
            clock.now += pause
            left = int(limit * share)
            learn(pacer, of_openai(limit, left, f"{reset:.3f}s"))
            if left < limit:
                assert 0 < pacer.requests.rate <= (limit - left) / float(f"{reset:.3f}") * 1.000001
                assert pacer.requests.level <= left


def test_what_was_sent_since_is_taken_out_of_what_the_provider_had_left():
    with made_up_pace() as clock:
        pacer = Pacer()
        both = {**of_openai(60, 39, "20s"), **of_openai(30_000, 9_000, "42s", "tokens")}
        learn(pacer, both, since=2)
        assert (pacer.requests.level, pacer.tokens.level) == (37.0, 7_000.0)
        assert pacer.tokens.rate == pytest.approx(500, rel=0.01)
        assert waits(pacer, clock, 1, tokens=7_000) == [0.0]
        assert waits(pacer, clock, 1, tokens=1000) == pytest.approx([2 / MARGIN], rel=0.01)


def test_a_daily_bucket_lets_through_what_is_left_of_the_day_and_then_one_at_a_time():
    with made_up_pace() as clock:
        pacer = Pacer()
        learn(pacer, of_openai(200, 3, "12h"))
        found = waits(pacer, clock, 5)
        each = found[3]
        assert 43_200 / 197 <= each <= 43_200 / 196 / MARGIN * 1.001
        assert found == pytest.approx([0, 0, 0, each, 2 * each])


def test_what_is_learnt_while_a_call_waits_counts_at_once():
    with made_up_pace() as clock:
        pacer = Pacer()
        learn(pacer, of_openai(60, 0, "12h"))
    with made_up_pace(lambda: learn(pacer, of_openai(60, 30, "30s"))) as clock:
        assert waits(pacer, clock, 1)[0] < 2


def test_after_a_refusal_nothing_is_believed_to_be_left():
    with made_up_pace() as clock:
        pacer = Pacer()
        learn(pacer, of_openai(60, 40, "20s"))
        pacer.refused()
        assert waits(pacer, clock, 2) == pytest.approx([1 / MARGIN, 2 / MARGIN], rel=0.06)


def test_a_given_rate_is_not_changed_by_what_the_provider_says():
    pacer = Pacer(rpm=60, tpm=600)  # learns nothing, whatever it is told
    before = pacer.requests.rate, pacer.tokens.rate
    learn(pacer, {**of_openai(9, 1, "1s"), **of_openai(9, 1, "1s", "tokens")})
    assert (pacer.requests.rate, pacer.tokens.rate) == before
    assert pacer.knows


def test_a_full_bucket_makes_nobody_wait_and_changes_no_rate_that_is_known():
    with made_up_pace() as clock:
        pacer = Pacer()
        learn(pacer, of_openai(60, 60, "0s"))
        assert waits(pacer, clock, 60) == [0.0] * 60
        learn(pacer, of_openai(60, 30, "30s"))
        known = pacer.requests.rate
        learn(pacer, of_openai(60, 60, "0s"))
        assert pacer.requests.rate == known


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-limit-requests": "60"},
        {"x-ratelimit-remaining-requests": "60"},
        of_openai("many", 3, "1s"),
        of_openai(60, "some", "1s"),
        of_openai("", "", ""),
        of_openai(0, 0, "1s"),
        of_openai(-5, -9, "1s"),
        {"retry-after": "60"},
    ],
    ids=str,
)
def test_headers_that_say_nothing_teach_nothing(headers):
    pacer = Pacer()
    learn(pacer, headers)
    assert not pacer.knows
    assert pacer.tokens.rate is None


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
def test_learning_never_raises_and_never_stops_us_from_asking_for_a_place(said, form, flying):
    with made_up_time(pacing) as clock:
        pacer = Pacer()
        for limit, left, reset, pause in said:
            clock.now += pause
            learn(pacer, form(limit, left, reset), since=flying)
            assert pacer.requests.wait_s(1.0) >= 0.0
            assert pacer.tokens.wait_s(100.0) >= 0.0
            pacer.requests.take(1.0)


# --- how many at once -----------------------------------------------------------------------------

GATE_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["come", "come", "come", "go", "cancel", "cancel first", "rest", "ease", "squeeze"]
        ),
        st.integers(0, 9),
    ),
    min_size=8,
    max_size=60,
)


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def play_at_the_gate(most: int, steps: list[tuple[str, int]], calm: bool) -> None:
    """Calls that come, go and are cancelled at any moment; everything promised is checked.

    Where each step has time to settle, calls also run in the order in which they were let in.
    """
    with made_up_time(gate) as clock:
        entrance = Gate(most)
        order: list[int] = []
        inside: dict[int, asyncio.Event] = {}
        calls: list[asyncio.Task[None]] = []
        squeezed = False

        async def visit(number: int) -> None:
            await entrance.enter()
            order.append(number)
            inside[number] = asyncio.Event()
            try:
                await inside[number].wait()
            finally:
                del inside[number]
                entrance.leave()

        def check() -> None:
            assert len(inside) <= entrance.inside <= most
            if not squeezed:
                assert entrance.inside <= int(entrance.limit)
            assert 1 <= entrance.limit <= most

        for what, n in steps:
            clock.now += 1.0
            if what == "come":
                calls.append(asyncio.create_task(visit(len(calls))))
            elif what == "go" and inside:
                list(inside.values())[n % len(inside)].set()
            elif what == "cancel" and calls:
                calls[n % len(calls)].cancel()
            elif what == "cancel first":  # of those that wait
                for i, call in enumerate(calls):
                    if not call.done() and i not in inside:
                        call.cancel()
                        break
            elif what == "ease":
                entrance.ease()
            elif what == "squeeze":
                entrance.squeeze(clock.now)
                squeezed = True
            if what == "rest" or calm:
                await settle()
                assert entrance.inside == len(inside)
                alive = [i for i, c in enumerate(calls) if not c.done() and i not in inside]
                assert not alive or entrance.inside >= int(entrance.limit)  # nobody waits in vain
                assert entrance.waiting == len(alive)
            check()

        await settle()
        while not all(c.done() for c in calls):  # all go home, and everyone had a turn
            assert inside
            for event in list(inside.values()):
                event.set()
            await settle()
            check()
        assert (entrance.inside, entrance.waiting) == (0, 0)
        assert not calm or order == sorted(order)
        turned_away = {i for i, c in enumerate(calls) if c.cancelled()}
        assert set(order) | turned_away == set(range(len(calls)))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), GATE_STEPS, st.booleans())
def test_the_gate_keeps_its_limit_and_its_order_and_loses_no_place(most, steps, calm):
    asyncio.run(play_at_the_gate(most, steps, calm))


def test_a_place_handed_to_a_call_that_is_cancelled_goes_to_the_next():
    async def story() -> None:
        entrance = Gate(1)
        await entrance.enter()
        second, third = (asyncio.create_task(entrance.enter()) for _ in range(2))
        await settle()
        entrance.leave()  # hands the place to the second, which has not run yet
        second.cancel()
        await settle()
        assert second.cancelled()
        assert third.done()
        assert (entrance.inside, entrance.waiting) == (1, 0)

    asyncio.run(story())


def test_a_place_that_comes_free_goes_past_a_call_cancelled_in_the_same_moment():
    async def story() -> None:
        entrance = Gate(1)
        await entrance.enter()
        second, third = (asyncio.create_task(entrance.enter()) for _ in range(2))
        await settle()
        second.cancel()
        entrance.leave()  # before the second has noticed
        await settle()
        assert second.cancelled()
        assert third.done()
        assert (entrance.inside, entrance.waiting) == (1, 0)

    asyncio.run(story())


def test_whoever_gives_up_waiting_stands_in_nobodys_way():
    async def story() -> None:
        entrance = Gate(1)
        await entrance.enter()
        calls = [asyncio.create_task(entrance.enter()) for _ in range(3)]
        await settle()
        assert entrance.waiting == 3
        calls[1].cancel()
        await settle()
        assert entrance.waiting == 2
        entrance.leave()
        await settle()
        assert [c.done() for c in calls] == [True, True, False]
        calls[2].cancel()
        await settle()
        assert (entrance.inside, entrance.waiting) == (1, 0)

    asyncio.run(story())


def test_refusals_of_one_wave_halve_the_limit_once():
    async def story() -> None:
        with made_up_time(gate) as clock:
            entrance = Gate(8)
            wave = [await entrance.enter() for _ in range(8)]
            clock.now += 1
            for entered in wave:
                entrance.squeeze(entered)
            assert entrance.limit == 4
            for _ in wave:
                entrance.leave()
            clock.now += 1
            later = [await entrance.enter() for _ in range(4)]
            clock.now += 1
            for entered in [*wave, *later]:
                entrance.squeeze(entered)
            assert entrance.limit == 2

    asyncio.run(story())


def test_the_limit_never_falls_below_one_and_grows_back_to_the_most():
    with made_up_time(gate) as clock:
        entrance = Gate(6)
        for _ in range(20):
            clock.now += 1
            entrance.squeeze(clock.now)
            clock.now += 1
        assert entrance.limit == 1
        grown = []
        for _ in range(40):
            entrance.ease()
            grown.append(entrance.limit)
        assert grown == sorted(grown)
        assert grown[0] == 2  # one more for each full limit of successes
        assert grown[-1] == 6


def test_whoever_waits_is_let_in_when_the_limit_grows():
    async def story() -> None:
        with made_up_time(gate) as clock:
            entrance = Gate(4)
            entered = await entrance.enter()
            clock.now += 1
            entrance.squeeze(entered)
            entrance.squeeze(entered)
            assert entrance.limit == 2
            calls = [asyncio.create_task(entrance.enter()) for _ in range(3)]
            await settle()
            assert [c.done() for c in calls] == [True, False, False]
            for _ in range(3):
                entrance.ease()
            await settle()
            assert [c.done() for c in calls] == [True, True, False]
            entrance.leave()
            await settle()
            assert all(c.done() for c in calls)

    asyncio.run(story())


# --- money ----------------------------------------------------------------------------------------


async def play_with_money(usd: float | None, steps: list[tuple[str, int]], unit: float) -> Budget:
    """Calls that reserve, are settled for no more, and are cancelled while they wait."""
    budget = Budget(usd)
    flying: dict[int, float] = {}
    calls: list[asyncio.Task[None]] = []
    halts: list[tuple[str, int]] = []

    async def call(number: int, worst: float) -> None:
        try:
            await budget.reserve(worst)
        except Halt as halt:
            halts.append((halt.reason, len(flying)))
        else:
            flying[number] = worst

    def finish(n: int) -> None:
        number = list(flying)[n % len(flying)]
        worst = flying.pop(number)
        budget.settle(worst, worst * (n % 5) / 4)

    def check() -> None:
        assert budget.usd is None or budget.spent_usd + budget.aside_usd <= budget.usd * (1 + 1e-9)
        assert budget.aside_usd == pytest.approx(sum(flying.values()), abs=1e-9)

    for what, n in steps:
        if what == "ask":
            calls.append(asyncio.create_task(call(len(calls), n * unit)))
        elif what == "settle" and flying:
            finish(n)
        elif what == "cancel" and calls and not calls[n % len(calls)].done():
            calls[n % len(calls)].cancel()
        await settle()
        check()
    while not all(c.done() for c in calls):  # nobody waits for ever
        assert flying
        finish(3)
        await settle()
        check()
    while flying:
        finish(2)
        check()
    assert all(c.cancelled() or c.exception() is None for c in calls)
    assert set(halts) <= {("budget", 0)}  # only where nothing in flight could leave enough
    return budget


MONEY_STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "ask", "settle", "cancel"]), st.integers(0, 40)), max_size=50
)


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 100), MONEY_STEPS)
def test_what_is_spent_never_exceeds_the_budget(limit, steps):
    budget = asyncio.run(play_with_money(limit / 4, steps, 0.25))  # fractions that floats hold
    assert budget.spent_usd <= limit / 4
    assert budget.aside_usd == 0.0


@CHECK
@given(st.floats(1e-4, 10), st.floats(1e-6, 0.1), MONEY_STEPS)
def test_what_is_spent_never_exceeds_the_budget_but_for_rounding(limit, unit, steps):
    budget = asyncio.run(play_with_money(limit, steps, unit))
    assert budget.spent_usd <= limit * (1 + 1e-9)


@CHECK
@given(MONEY_STEPS)
def test_without_a_budget_nobody_waits_and_all_is_counted(steps):
    budget = asyncio.run(play_with_money(None, steps, 1e6))
    assert budget.spent_usd >= 0


def test_a_call_waits_while_others_in_flight_may_leave_enough():
    async def story() -> None:
        budget = Budget(1.0)
        await budget.reserve(0.75)
        waiting = asyncio.create_task(budget.reserve(0.5))
        await settle()
        assert not waiting.done()
        budget.settle(0.75, 0.25)
        await settle()
        assert waiting.done()
        assert (budget.spent_usd, budget.aside_usd) == (0.25, 0.5)

    asyncio.run(story())


def test_a_call_that_never_fits_ends_the_run_once_nothing_is_in_flight():
    async def story() -> None:
        budget = Budget(1.0, spent_usd=0.25)
        await budget.reserve(0.5)
        waiting = asyncio.create_task(budget.reserve(2.0))
        await settle()
        budget.settle(0.5, 0.5)
        with pytest.raises(Halt, match=r"budget=1: 0\.7500 .* may cost 2\.0000") as caught:
            await waiting
        assert caught.value.reason == "budget"
        await budget.reserve(0.25)  # what fits to the cent still passes

    asyncio.run(story())


def test_money_of_earlier_commands_is_spent():
    with pytest.raises(Halt):
        asyncio.run(Budget(1.0, spent_usd=1.0).reserve(0.01))
    asyncio.run(Budget(1.0, spent_usd=1.0).reserve(0.0))


def test_prices_are_in_dollars_per_million_tokens():
    assert parse_prices(None) == parse_prices("") == {}
    assert parse_prices("0.5,1.5") == {"*": Price(0.5 / 1e6, 1.5 / 1e6)}
    assert parse_prices(" openai/a = 1, 2 ;b:free=0,0;3,4") == {
        "openai/a": Price(1e-6, 2e-6),
        "b:free": Price(0, 0),
        "*": Price(3e-6, 4e-6),
    }
    assert Price(1e-6, 2e-6).of(1_000_000, 500_000) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "text",
    ["1", "1,2,3", "a,b", "1;2", "x=", "x=1", "-1,2", "1,-2", "nan,1", "inf,1", ",", "=", " ",
     "1,2; ", "x=y=z", "1,2 3,4", "$1,$2"],
)  # fmt: skip
def test_a_malformed_price_names_itself_and_the_remedy(text):
    with pytest.raises(UsageError, match=r"use '0\.4,1\.6' or 'ID=0\.4,1\.6") as caught:
        parse_prices(text)
    assert repr(text) in str(caught.value)


@CHECK
@given(st.text())
def test_a_price_is_read_or_refused_and_nothing_else(text):
    with contextlib.suppress(UsageError):
        for price in parse_prices(text).values():
            assert 0 <= price.usd_in < math.inf
            assert 0 <= price.usd_out < math.inf


def test_a_price_given_for_a_model_precedes_one_for_all_and_that_the_listed():
    given_prices = {"m": Price(1, 1), "*": Price(2, 2)}
    assert price_of("m", given_prices, (3, 3)) == Price(1, 1)
    assert price_of("n", given_prices, (3, 3)) == Price(2, 2)
    assert price_of("n", given_prices, None) == Price(2, 2)
    assert price_of("n", {"m": Price(1, 1)}, (3, 3)) == Price(3, 3)
    assert price_of("m", {"m": Price(0, 0)}, (3, 3)) == Price(0, 0)
    assert price_of("n", {}, None) is None


# --- the journal ----------------------------------------------------------------------------------

REQUEST = Request("openai/m", (("user", "hi"),), "intend", Mode.PROMPT, 64)
SITE = Site("run", 3, "member 1", 2**64 - 1, 1)
ANSWER = Completion("yes", 10, 5, 0.25, 1.5, "stop", "m-2025", 2, True)
OTHER = replace(REQUEST, messages=(("user", "ho"),))
COUNT = st.integers(0, 2**53)
MONEY = st.none() | st.floats(0, 1e6)
COMPLETIONS = st.builds(
    Completion, st.text(min_size=1), COUNT, COUNT, MONEY, st.floats(0, 1e6), st.text(), st.text(),
    st.integers(1, 99), st.booleans(),
)  # fmt: skip
SITES = st.builds(
    Site, st.text(), st.integers(-1, 10**6), st.text(), st.integers(0, 2**64 - 1), st.integers(0, 9)
)


@CHECK
@given(SITES, COMPLETIONS)
def test_what_was_kept_is_found_as_it_was(site, answer):
    journal = Journal()
    assert journal.find(site, REQUEST.digest) is None
    journal.keep(site, REQUEST, answer, 0)
    assert journal.find(site, REQUEST.digest) == answer
    assert journal.count() == 1
    journal.close()


@pytest.mark.parametrize(
    ("site", "request_"),
    [
        (replace(SITE, run="other"), REQUEST),
        (replace(SITE, tick=4), REQUEST),
        (replace(SITE, who="member 11"), REQUEST),
        (replace(SITE, decision=2**64 - 2), REQUEST),
        (replace(SITE, call=0), REQUEST),
        (replace(SITE, call=2), REQUEST),
        (SITE, OTHER),
    ],
    ids=["run", "tick", "who", "decision", "call before", "call after", "request"],
)
def test_another_call_is_never_taken_for_it(site, request_):
    journal = Journal()
    journal.keep(SITE, REQUEST, ANSWER, 0)
    assert journal.find(site, request_.digest) is None
    journal.keep(site, request_, replace(ANSWER, text="no"), 0)
    assert journal.find(SITE, REQUEST.digest) == ANSWER


def test_a_failure_is_asked_again_unless_this_is_a_replay(tmp_path):
    journal = Journal(tmp_path / "j.db")
    failure = CallFailed("rate limit", "slow down", 7, 0.0, 12.5)
    journal.keep_failure(SITE, REQUEST, failure)
    assert journal.find(SITE, REQUEST.digest) is None
    replay = Journal(tmp_path / "j.db", strict=True)
    with pytest.raises(CallFailed, match="slow down") as caught:
        replay.find(SITE, REQUEST.digest)
    again = caught.value
    assert (again.kind, again.attempts, again.cost_usd, again.latency_s) == (
        "rate limit", 7, 0.0, 12.5,
    )  # fmt: skip
    journal.keep(SITE, REQUEST, ANSWER, 0)
    assert journal.find(SITE, REQUEST.digest) == replay.find(SITE, REQUEST.digest) == ANSWER


def test_what_may_have_been_paid_counts_until_it_is_known(tmp_path):
    journal = Journal(tmp_path / "j.db")
    assert journal.spent_usd() == 0.0
    first, second, third = (journal.about_to_send(usd) for usd in (1.0, 2.0, 4.0))
    assert len({first, second, third, 0}) == 4
    assert journal.spent_usd() == 7.0
    journal.keep(SITE, REQUEST, ANSWER, first)
    assert journal.spent_usd() == 6.25
    journal.not_billed(second)
    journal.not_billed(0)
    assert journal.spent_usd() == 4.25
    journal.keep(replace(SITE, call=2), REQUEST, replace(ANSWER, cost_usd=None), 0)
    journal.keep_failure(replace(SITE, call=3), REQUEST, CallFailed("server", "x"))
    assert journal.spent_usd() == Journal(tmp_path / "j.db").spent_usd() == 4.25


def test_a_journal_that_was_never_closed_loses_nothing(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(folder / "j.db")
    for tick in range(50):
        journal.keep(replace(SITE, tick=tick), REQUEST, ANSWER, 0)
    journal.keep_takes("m", "{}")
    journal.about_to_send(1.0)
    shutil.copytree(folder, tmp_path / "copy")  # as the death of the process leaves it
    for path in (folder, tmp_path / "copy"):
        found = Journal(path / "j.db")
        assert found.count() == 50
        assert found.find(replace(SITE, tick=49), REQUEST.digest) == ANSWER
        assert found.takes("m") == "{}"
        assert found.spent_usd() == 50 * 0.25 + 1.0


def test_a_journal_handed_over_holds_all_of_both_and_what_both_may_have_spent(tmp_path):
    first, second = Journal(), Journal(tmp_path / "j.db")
    first.keep(SITE, REQUEST, ANSWER, 0)
    first.keep_failure(replace(SITE, call=2), REQUEST, CallFailed("server", "x"))
    second.keep(SITE, OTHER, replace(ANSWER, text="no"), 0)
    for journal in (first, second):
        journal.about_to_send(1.0)
    first.hand_over(second)
    assert second.count() == 3
    assert second.find(SITE, REQUEST.digest) == ANSWER
    assert second.find(SITE, OTHER.digest) == replace(ANSWER, text="no")
    assert second.spent_usd() == 2 * 0.25 + 2 * 1.0


def test_a_closed_journal_is_one_file_that_can_be_copied(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal.keep(SITE, REQUEST, ANSWER, 0)
    journal.close()
    assert [p.name for p in tmp_path.iterdir()] == ["j.db"]
    shutil.copy(tmp_path / "j.db", tmp_path / "copy.db")
    assert Journal(tmp_path / "copy.db", strict=True).find(SITE, REQUEST.digest) == ANSWER


def test_two_connections_write_side_by_side(tmp_path):
    journals = [Journal(tmp_path / "j.db") for _ in range(2)]

    def write(who: int) -> None:
        for tick in range(60):
            send = journals[who].about_to_send(1.0)
            site = Site("", tick, f"member {who}", tick)
            journals[who].keep(site, REQUEST, ANSWER, send)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for journal in journals:
        assert journal.count() == 120
        assert journal.spent_usd() == 120 * 0.25


def test_the_whole_request_can_be_read_from_the_journal(tmp_path):
    import zlib

    journal = Journal(tmp_path / "j.db")
    journal.keep(SITE, REQUEST, ANSWER, 0)
    row = sqlite3.connect(tmp_path / "j.db").execute("SELECT request, digest FROM calls").fetchone()
    assert zlib.decompress(row[0]).decode() == REQUEST.json
    assert row[1] == REQUEST.digest


def test_a_full_disk_halts_and_leaves_what_was_kept(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal.keep(SITE, REQUEST, ANSWER, 0)
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count={pages}")
    noise = random.Random(0).randbytes(50_000).hex()
    with pytest.raises(Halt) as caught:
        journal.keep(replace(SITE, tick=4), REQUEST, replace(ANSWER, text=noise), 0)
    assert caught.value.reason == "disk"
    assert str(tmp_path / "j.db") in str(caught.value)
    assert journal.find(replace(SITE, tick=4), REQUEST.digest) is None
    assert journal.find(SITE, REQUEST.digest) == ANSWER
    journal._db.execute("PRAGMA max_page_count=100000")  # somebody made room
    journal.keep(replace(SITE, tick=4), REQUEST, ANSWER, 0)
    assert Journal(tmp_path / "j.db").count() == 2


def test_a_disk_that_cannot_be_written_halts_whatever_is_written(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal._db.execute("PRAGMA query_only=1")
    for write in (
        lambda: journal.keep(SITE, REQUEST, ANSWER, 0),
        lambda: journal.keep_failure(SITE, REQUEST, CallFailed("server", "x")),
        lambda: journal.about_to_send(1.0),
        lambda: journal.not_billed(1),
        lambda: journal.keep_takes("m", "{}"),
    ):
        with pytest.raises(Halt, match="readonly") as caught:
            write()
        assert caught.value.reason == "disk"


def test_what_is_no_journal_is_refused_by_name(tmp_path):
    (tmp_path / "j.db").write_bytes(b"This is no database. " * 100)
    with pytest.raises(UsageError, match=r"j\.db can't be opened.*use another folder"):
        Journal(tmp_path / "j.db")
    with pytest.raises(UsageError, match="can't be opened"):
        Journal(tmp_path / "nowhere" / "j.db")


# --- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("OPENAI_API_KEY", True), ("openai_api_key", True), ("HF_TOKEN", True), ("MY_KEYS", True),
        ("GIGACHAT_CREDENTIALS", True), ("DB_PASSWORD", True), ("AWS_SECRET_ACCESS_KEY", True),
        ("KEY_FILE", True), ("KEYBOARD", False), ("TOKENIZER", False), ("HOME_DIR", False),
    ],
)  # fmt: skip
def test_variables_whose_names_say_so_are_secrets(name, secret, monkeypatch):
    monkeypatch.setenv(name, "planted-value-1")
    assert ("planted-value-1" in known_secrets()) == secret


def test_what_is_too_short_to_be_a_secret_is_none(monkeypatch):
    monkeypatch.setenv("SHORT_KEY", "1234567")
    monkeypatch.setenv("LONG_KEY", "12345678")
    assert "1234567" not in known_secrets()
    assert "12345678" in known_secrets()


def test_of_secrets_inside_each_other_nothing_is_left():
    whole, part = "abcdefghijklmnop", "abcdefgh"
    for environment in ({"A_KEY": whole, "B_KEY": part}, {"A_KEY": part, "B_KEY": whole}):
        with mock.patch.object(secrets.os, "environ", environment):
            assert without_secrets(f"<{whole}> <{part}>") == f"<{HIDDEN}> <{HIDDEN}>"


@CHECK
@given(st.text(), st.text(st.characters(categories=["L", "N", "P"]), min_size=8), st.text())
def test_no_known_secret_is_left_in_any_text(before, secret, after):
    hidden = without_secrets(before + secret + after, (secret,))
    assert secret not in hidden or secret in HIDDEN


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("key sk-proj-Abc123_def456-ghi789 refused", f"key {HIDDEN} refused"),
        ("sk-ant-api03-abcdefghijklmnop", HIDDEN),
        ("gsk_abcdefghijklmnop1234", HIDDEN),
        ("hf_abcdefghijklmnopqrst", HIDDEN),
        ("xai-abcdefghijklmnop", HIDDEN),
        ("Authorization: Bearer abc.def-ghi_123", f"Authorization: Bearer {HIDDEN}"),
        ("http://user:pass@host/v1", f"http://{HIDDEN}@host/v1"),
        ("http://host:8000/v1", "http://host:8000/v1"),
        ("a risk-assessment-framework", "a risk-assessment-framework"),
        ("at 10:30 a user@host wrote", "at 10:30 a user@host wrote"),
        ("nothing", "nothing"),
    ],
)
def test_what_looks_like_a_key_is_hidden_too(text, hidden):
    assert without_secrets(text, ()) == hidden


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temperature": -0.1}, "temperature=-0.1 is outside 0 to 2"),
        ({"temperature": 2.1}, "temperature=2.1 is outside 0 to 2"),
        ({"temperature": math.nan}, "temperature=nan is outside 0 to 2"),
        ({"max_tokens": 63}, "max_tokens=63 is too few"),
        ({"max_tokens": -1}, "max_tokens=-1 is too few"),
        ({"context_tokens": -1}, "context_tokens=-1 is below 0"),
        ({"rpm": 0}, "rpm=0 must be above 0"),
        ({"rpm": -5}, "rpm=-5 must be above 0"),
        ({"rpm": math.inf}, "rpm=inf must be"),
        ({"tpm": 0}, "tpm=0 must be above 0"),
        ({"tpm": math.nan}, "tpm=nan must be"),
        ({"budget_usd": 0}, "budget=0 must be above 0"),
        ({"budget_usd": -1}, "budget=-1 must be above 0"),
        ({"budget_usd": math.nan}, "budget=nan must be"),
        ({"price": "free"}, "price='free'"),
        ({"api_base": ""}, "api_base='' is no address"),
        ({"api_base": "localhost:8000"}, "is no address"),
        ({"api_base": "127.0.0.1"}, "is no address"),
        ({"api_base": "file:///etc/passwd"}, "is no address"),
        ({"api_base": "ftp://host/v1"}, "is no address"),
        ({"api_base": "http://"}, "is no address"),
        ({"api_base": "http://:8000"}, "is no address"),
        ({"api_base": "http://host:0/v1"}, "is no address"),
        ({"api_base": "http://host:99999/v1"}, "is no address"),
        ({"api_base": "http://host:port/v1"}, "is no address"),
        ({"api_base": "http://[::1/v1"}, "is no address"),
        ({"api_base": "http://host/v1?key=abc"}, "keep keys in"),
    ],
    ids=str,
)
def test_every_setting_that_breaks_a_rule_is_named_with_a_remedy(options, said):
    with pytest.raises(UsageError) as caught:
        Calls(**options)
    assert said in str(caught.value)
    assert "use" in str(caught.value) or "keep" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {}, {"temperature": 0}, {"temperature": 2}, {"max_tokens": 64}, {"context_tokens": 0},
        {"rpm": 0.5, "tpm": 1e9}, {"budget_usd": 0.001}, {"price": "1,2"},
        {"api_base": "http://127.0.0.1:8000/v1"}, {"api_base": "https://api.example.com"},
        {"api_base": "http://[::1]:8000/v1"},
    ],
    ids=str,
)  # fmt: skip
def test_settings_within_the_rules_are_taken(options):
    assert Calls(**options) == Calls(**options)


@pytest.mark.parametrize(
    "address",
    ["http://user:hunter2@host/v1", "https://:hunter2@host", "http://hunter2@host",
     "http://host/v1?api_key=hunter2"],
)  # fmt: skip
def test_an_address_with_a_key_is_refused_without_repeating_the_key(address):
    for make in (
        lambda: Calls(api_base=address),
        lambda: check_address("api_base", address),
        lambda: parse_model(f"openai/m?api_base={address}", Calls()),
    ):
        with pytest.raises(UsageError, match="environment variable") as caught:
            make()
        assert "hunter2" not in str(caught.value)


def test_the_longest_work_asked_for_surely_fits_the_longest_answer():
    assert Calls(max_tokens=64).words == 30
    assert Calls(max_tokens=2048).words == 512
    assert Calls(price="m=1,2").prices == {"m": Price(1e-6, 2e-6)}


# --- models ---------------------------------------------------------------------------------------


def test_there_are_eight_presets_and_litellm_knows_the_provider_of_each():
    assert len(presets()) == 8
    assert sum(p.open for p in presets().values()) == 2
    for name, preset in presets().items():
        assert preset.name == name
        assert door.provider_of(preset.model) == preset.model.partition("/")[0]
        assert parse_model(name, Calls()).model == preset.model


def test_only_presets_without_a_listed_price_say_so():
    for preset in presets().values():
        assert (door.listed_price(preset.model) is None) == ("price" in preset.note)


def test_an_unknown_provider_is_refused_with_what_to_write_instead():
    with pytest.raises(UsageError, match=r"model='nobody/m' .* openai/NAME"):
        door.provider_of("nobody/m")
    with pytest.raises(UsageError, match=r"did you mean anthropic/"):
        door.provider_of("antropic/m")


def test_a_models_own_options_precede_the_commands_settings():
    calls = Calls(temperature=1.0, max_tokens=500, rpm=7)
    assert parse_model("openai/m", calls).calls == calls
    found = parse_model(
        "openai/m?temperature=0.2&max_tokens=800&api_base=http://127.0.0.1:8000/v1", calls
    )
    assert found.model == "openai/m"
    assert found.calls == Calls("http://127.0.0.1:8000/v1", 0.2, 800, rpm=7)
    assert found.name.startswith("openai/m?temperature")
    assert parse_model("gpt-4o?temperature=0", calls).calls.temperature == 0.0
    assert (
        parse_model("openrouter/meta/llama-3:free", calls).model == "openrouter/meta/llama-3:free"
    )


@pytest.mark.parametrize("name", ["", "m", "gpt-9", "openai/", "/m", "/", "?temperature=1"])
def test_what_is_neither_a_preset_nor_of_a_provider_is_refused_with_the_presets(name):
    with pytest.raises(UnknownNameError, match=r"gpt-4\.1-mini.*provider/model"):
        parse_model(name, Calls())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("temprature=1", f"option 'temprature' is not known; options: {', '.join(OPTIONS)}"),
        ("temperature", "option 'temperature' is not known"),
        ("seed=1", "option 'seed' is not known"),
        ("temperature=warm", "temperature='warm' is not a number"),
        ("temperature=", "temperature='' is not a number"),
        ("temperature=3", "outside 0 to 2"),
        ("temperature=nan", "outside 0 to 2"),
        ("max_tokens=1.5", "max_tokens='1.5' is not a number"),
        ("max_tokens=5", "too few"),
        ("api_base=nowhere", "is no address"),
        ("temperature=1&&x=2", "option 'x'"),
    ],
)
def test_malformed_options_are_refused(options, said):
    with pytest.raises(UsageError) as caught:
        parse_model(f"openai/m?{options}", Calls())
    assert said in str(caught.value)


@CHECK
@given(st.text() | st.text().map(lambda t: f"openai/m?{t}"))
def test_a_model_id_is_read_or_refused_and_nothing_else(name):
    with contextlib.suppress(UsageError):
        found = parse_model(name, Calls())
        assert "/" in found.model
        assert found.name == name


# --- the request ----------------------------------------------------------------------------------


def test_the_digest_of_a_request_is_the_same_on_every_machine():
    request = Request(
        "openai/m", (("system", "é"), ("user", "\u2028🙂")), "plan", Mode.JSON_SCHEMA, 99, 0.7, 3
    )
    assert request.json == (
        '["openai/m",[["system","é"],["user","\u2028🙂"]],"plan","json_schema",99,0.7,3]'
    )
    assert request.digest == "83377eab2fd10e7258de7f49a9155a20"
    assert REQUEST.json == '["openai/m",[["user","hi"]],"intend","prompt",64,null,null]'


@pytest.mark.parametrize(
    "change",
    [
        {"model": "openai/n"}, {"messages": (("user", "hi "),)}, {"messages": (("system", "hi"),)},
        {"messages": (("user", "hi"), ("user", ""))}, {"shape": "plan"}, {"seed": 0},
        {"mode": Mode.JSON_OBJECT}, {"max_tokens": 65}, {"temperature": 0.0}, {"temperature": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_may_change_an_answer_changes_the_digest(change):
    assert replace(REQUEST, **change).digest != REQUEST.digest
    assert replace(REQUEST).digest == REQUEST.digest


@CHECK
@given(st.text(max_size=6000))
def test_a_digest_is_that_of_the_whole_text_however_long(text):
    from hashlib import sha256

    request = replace(REQUEST, messages=(("user", text),))
    assert request.digest == sha256(request.json.encode()).hexdigest()[:32]


@CHECK
@given(st.lists(st.tuples(st.sampled_from(["system", "user"]), st.text()), max_size=5))
def test_a_prompt_never_has_more_tokens_than_we_set_aside_for(messages):
    request = replace(REQUEST, messages=tuple(messages))
    assert request.most_tokens_in >= sum(len(t.encode()) + 16 for _, t in messages)
    assert 0 < request.likely_tokens_in <= request.most_tokens_in
    worst = Price(1e-6, 2e-6).worst(request)
    assert worst == pytest.approx(1e-6 * request.most_tokens_in + 2e-6 * request.max_tokens)


# --- faults of ours -------------------------------------------------------------------------------


def test_geminis_limit_per_minute_is_a_rate_limit():
    text = (
        "GeminiException - You exceeded your current quota, please check your plan and billing "
        "details. * Quota exceeded for metric: generate_content_requests_per_minute, limit: 10\n"
        "Please retry in 34.07s."
    )
    assert understood(said_by_litellm("RateLimitError", text)).kind is Kind.RATE_LIMIT


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (503, "upstream billing-service is unavailable"),
        (422, "messages.1.content: wrong type; input: THE CLIENT'S TASK: A billing dispute"),
    ],
)
def test_the_word_billing_alone_does_not_end_a_run(status, text):
    assert understood(refused(status, text)).kind is not Kind.ACCOUNT


@pytest.mark.parametrize(
    ("status", "mark", "kind"),
    [
        (429, "insufficient_quota", Kind.ACCOUNT),
        (400, "context_length_exceeded", Kind.TOO_LONG),
        (400, "unknown field response_format", Kind.PARAMETER),
    ],
)
def test_what_an_error_means_may_stand_at_its_end(status, mark, kind):
    assert understood(refused(status, f"{'so many words ' * 30} {mark}")).kind is kind


def test_a_fault_without_a_text_of_its_own_still_has_a_cause():
    assert str(understood(said_by_litellm("InternalServerError", "OpenAIException - ")))


def test_a_status_in_odd_digits_is_no_status():
    error = Strange("no")
    error.status_code = "¹"
    assert understood(error).status is None


def test_nonsense_in_one_header_does_not_hide_the_other():
    headers = {"retry-after-ms": "soon", "retry-after": "5"}
    assert understood(refused(429, "no", **headers)).retry_after_s == 5.0


def test_a_secret_of_several_lines_is_taken_out_of_a_cause(monkeypatch):
    monkeypatch.setenv("SERVICE_KEY", "first-line-of-it\nsecond-line-of-it")
    cause = str(understood(refused(401, "refused: first-line-of-it\nsecond-line-of-it")))
    assert "line-of-it" not in cause


@pytest.mark.parametrize(
    "text", ["key-performance-indicators", "key_stakeholder_interviews", "pk-fk-relationships"]
)
def test_ordinary_words_are_no_keys(text):
    assert without_secrets(f"our {text} first", ()) == f"our {text} first"


def test_googles_keys_look_like_keys():
    assert without_secrets("API key AIzaSyA1234567890abcdefghijklmnopqrstuv", ()) == (
        f"API key {HIDDEN}"
    )


@pytest.mark.parametrize(
    "name",
    [
        "openai/m?api_base=ftp://user:hunter2@host/v1",
        "openai/m?api_base=http://user:hunter2@host:99999/v1",
        "openai/m?api_base=user:hunter2@host",
        "openai/m?api_base=http://user:hunter2@host&tempature=1",
        "openai/m?api_key=hunter2",
        "m?api_base=http://user:hunter2@host",
    ],
)
def test_no_refusal_repeats_a_password_or_a_key(name):
    with pytest.raises(UsageError) as caught:
        parse_model(name, Calls())
    assert "hunter2" not in str(caught.value)


def test_a_price_for_no_model_is_refused():
    with pytest.raises(UsageError):
        parse_prices("=1,2")


@pytest.mark.parametrize(
    "headers",
    [
        of_openai("nan", 5, None),
        of_openai("inf", 5, "1s"),
        of_openai(60, "-inf", "1s"),
        of_openai(60, "-inf", None),
        of_openai(60, -(10**30), None),
        of_openai(60, 30, "inf"),
        of_openai(60, 30, f"{'9' * 400}s"),
    ],
    ids=str,
)
def test_impossible_numbers_teach_nothing(headers):
    with made_up_time(pacing):
        pacer = Pacer()
        learn(pacer, headers)
        assert pacer.requests.rate is None


def test_a_prompt_with_half_a_character_has_a_worst_case_too():
    request = replace(REQUEST, messages=(("user", "half of \ud83d"),))
    assert request.digest
    assert request.most_tokens_in > 0


def test_whoever_meets_the_end_of_the_budget_is_told_so_and_not_cancelled_besides():
    async def story() -> str:
        client = Client(Calls(budget_usd=1e-9, price="1,1"))
        with pytest.raises(Halt):
            await client.complete(SITE, REQUEST, None)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return "cancelled"
        return "told"

    assert asyncio.run(story()) == "told"
