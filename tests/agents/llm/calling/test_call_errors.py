"""What errors of providers mean: a table of their words, classes and statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from unittest import mock

import httpx
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.clock import NOW, Time
from support.llm_errors import Strange, refused, said_by_litellm

from unscripted.agents.llm.calling.call_errors import (
    LONGEST_CAUSE,
    NOT_BILLED,
    RETRIED,
    CallError,
    ErrorKind,
    classify,
)

CHECK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("RateLimitError", "Rate limit reached for requests", ErrorKind.RATE_LIMIT),
        ("RateLimitError", "insufficient_quota", ErrorKind.ACCOUNT),
        ("RateLimitError", "You exceeded your current quota, please check…", ErrorKind.ACCOUNT),
        ("BadRequestError", "Your credit balance is too low to access the API", ErrorKind.ACCOUNT),
        ("PaymentRequiredError", "Insufficient Balance", ErrorKind.ACCOUNT),
        ("AuthenticationError", "Incorrect API key provided", ErrorKind.ACCOUNT),
        ("PermissionDeniedError", "Country not supported", ErrorKind.ACCOUNT),
        ("NotFoundError", "The model `m` does not exist", ErrorKind.ACCOUNT),
        ("Timeout", "Request timed out", ErrorKind.TIMEOUT),
        ("InternalServerError", "The server had an error", ErrorKind.SERVER),
        ("ServiceUnavailableError", "Overloaded", ErrorKind.SERVER),
        ("BadGatewayError", "<html>502</html>", ErrorKind.SERVER),
        ("APIConnectionError", "Connection refused", ErrorKind.SERVER),
        ("APIError", "Expecting value: line 1 column 1", ErrorKind.SERVER),
        ("APIResponseValidationError", "not a response", ErrorKind.SERVER),
        ("JSONSchemaValidationError", "not JSON", ErrorKind.SERVER),
        ("MidStreamFallbackError", "broke off", ErrorKind.SERVER),
        ("ContextWindowExceededError", "too long", ErrorKind.TOO_LONG),
        ("BadRequestError", "This model's maximum context length is 8192", ErrorKind.TOO_LONG),
        ("BadRequestError", "prompt is too long: 210000 tokens > 200000", ErrorKind.TOO_LONG),
        ("BadRequestError", "the request exceeds the available context size", ErrorKind.TOO_LONG),
        ("ContentPolicyViolationError", "flagged", ErrorKind.CONTENT),
        ("BadRequestError", "Azure OpenAI's content management policy", ErrorKind.CONTENT),
        ("UnsupportedParamsError", "no seed here", ErrorKind.PARAMETER),
        (
            "BadRequestError",
            "'temperature' does not support 0.7 with this model",
            ErrorKind.PARAMETER,
        ),
        ("BadRequestError", "response_format json_schema is unavailable", ErrorKind.PARAMETER),
        ("UnprocessableEntityError", "Extra inputs are not permitted: seed", ErrorKind.PARAMETER),
        ("BadRequestError", "messages: at least one is required", ErrorKind.REQUEST),
        ("UnprocessableEntityError", "messages.0.content: wrong type", ErrorKind.REQUEST),
    ],
)
def test_what_litellm_raises_is_understood(name, text, kind):
    fault = classify(said_by_litellm(name, text))
    assert fault.kind is kind
    assert text.removesuffix("…") in str(fault)


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (refused(400, "no"), ErrorKind.REQUEST, 400),
        (refused(401, "no"), ErrorKind.ACCOUNT, 401),
        (refused(402, "pay"), ErrorKind.ACCOUNT, 402),
        (refused(403, "no"), ErrorKind.ACCOUNT, 403),
        (refused(404, "no"), ErrorKind.ACCOUNT, 404),
        (refused(408, "slow"), ErrorKind.TIMEOUT, 408),
        (refused(409, "no"), ErrorKind.REQUEST, 409),
        (refused(413, "too many tokens"), ErrorKind.TOO_LONG, 413),
        (refused(429, "slow down"), ErrorKind.RATE_LIMIT, 429),
        (refused(429, "code: insufficient_quota"), ErrorKind.ACCOUNT, 429),
        (refused(500, "oops"), ErrorKind.SERVER, 500),
        (refused(503, "maximum context length"), ErrorKind.SERVER, 503),
        (refused(529, "overloaded"), ErrorKind.SERVER, 529),
        (
            openai.APITimeoutError(request=httpx.Request("POST", "http://x")),
            ErrorKind.TIMEOUT,
            None,
        ),
        (
            openai.APIConnectionError(request=httpx.Request("POST", "http://x")),
            ErrorKind.SERVER,
            None,
        ),
        (TimeoutError(), ErrorKind.TIMEOUT, None),
        (ConnectionResetError("reset by peer"), ErrorKind.SERVER, None),
        (ValueError("Expecting value"), ErrorKind.SERVER, None),
        (KeyError("choices"), ErrorKind.SERVER, None),
    ],
    ids=lambda v: f"{type(v).__name__} {v}"[:50],
)
def test_what_others_raise_is_understood(error, kind, status):
    fault = classify(error)
    assert (fault.kind, fault.status) == (kind, status)
    assert str(fault)


def test_a_call_error_stands_for_itself():
    fault = CallError(ErrorKind.EMPTY, "nothing in it")
    assert classify(fault) is fault


def test_which_errors_are_retried_or_billed():
    assert {ErrorKind.RATE_LIMIT, ErrorKind.SERVER, ErrorKind.TIMEOUT, ErrorKind.EMPTY} == RETRIED
    assert not NOT_BILLED & {
        ErrorKind.SERVER,
        ErrorKind.TIMEOUT,
        ErrorKind.EMPTY,
        ErrorKind.CONTENT,
    }


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
def test_retry_after_in_every_form(headers, wait, monkeypatch):
    monkeypatch.setattr("unscripted.agents.llm.calling.call_errors.time", Time())
    assert classify(refused(429, "slow down", **headers)).retry_after_s == wait
    by_litellm = classify(said_by_litellm("RateLimitError", **headers))
    assert (by_litellm.kind, by_litellm.retry_after_s) == (ErrorKind.RATE_LIMIT, wait)


def test_refusal_headers_are_lower_case():
    fault = classify(refused(429, "no", **{"X-RateLimit-Limit-Requests": "60"}))
    assert fault.headers["x-ratelimit-limit-requests"] == "60"


def test_headers_kept_apart_are_found():
    error = said_by_litellm("ServiceUnavailableError")
    error.litellm_response_headers = httpx.Headers({"Retry-After": "4"})
    assert classify(error).retry_after_s == 4.0


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
def test_any_error_has_one_clean_line(text, status, headers):
    error = Strange(text)
    error.status_code = status
    error.litellm_response_headers = headers
    fault = classify(error)
    cause = str(fault)
    assert len(cause) <= LONGEST_CAUSE
    assert len(cause.splitlines()) <= 1
    assert "\x1b" not in cause
    cause.encode("utf-8")
    assert fault.retry_after_s is None or fault.retry_after_s >= 0


def test_a_cause_loses_litellms_own_names():
    error = said_by_litellm("RateLimitError", "RateLimitError: OpenAIException - slow\n\n  down")
    assert str(classify(error)) == "slow down"
    long = classify(refused(500, "x" * 1000))
    assert len(str(long)) == LONGEST_CAUSE
    assert str(long).endswith("…")


PLANTED = "planted/secret+value=="


@CHECK
@given(st.text(), st.integers(0, 400), st.sampled_from(["", "Bearer ", "api_key="]))
def test_a_cause_holds_no_secret(text, place, before):
    with mock.patch.dict("os.environ", {"SOME_API_KEY": PLANTED}):
        said = f"{'y ' * (place // 2)}{before}{PLANTED} {text}"
        for error in (refused(401, said), said_by_litellm("AuthenticationError", said)):
            cause = str(classify(error))
            assert PLANTED not in cause
            assert PLANTED[:12] not in cause


def test_geminis_minute_quota_is_a_rate():
    text = (
        "GeminiException - You exceeded your current quota, please check your plan and billing "
        "details. * Quota exceeded for metric: generate_content_requests_per_minute, limit: 10\n"
        "Please retry in 34.07s."
    )
    assert classify(said_by_litellm("RateLimitError", text)).kind is ErrorKind.RATE_LIMIT


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (503, "upstream billing-service is unavailable"),
        (422, "messages.1.content: wrong type; input: THE CLIENT'S TASK: A billing dispute"),
    ],
)
def test_the_word_billing_alone(status, text):
    assert classify(refused(status, text)).kind is not ErrorKind.ACCOUNT


@pytest.mark.parametrize(
    ("status", "mark", "kind"),
    [
        (429, "insufficient_quota", ErrorKind.ACCOUNT),
        (400, "context_length_exceeded", ErrorKind.TOO_LONG),
        (400, "unknown field response_format", ErrorKind.PARAMETER),
    ],
)
def test_the_meaning_may_stand_last(status, mark, kind):
    assert classify(refused(status, f"{'so many words ' * 30} {mark}")).kind is kind


def test_an_error_without_words():
    assert str(classify(said_by_litellm("InternalServerError", "OpenAIException - ")))


def test_odd_digits_are_no_status():
    error = Strange("no")
    error.status_code = "¹"
    assert classify(error).status is None


def test_nonsense_in_one_header():
    headers = {"retry-after-ms": "soon", "retry-after": "5"}
    assert classify(refused(429, "no", **headers)).retry_after_s == 5.0


def test_a_secret_of_several_lines(monkeypatch):
    monkeypatch.setenv("SERVICE_KEY", "first-line-of-it\nsecond-line-of-it")
    cause = str(classify(refused(401, "refused: first-line-of-it\nsecond-line-of-it")))
    assert "line-of-it" not in cause
