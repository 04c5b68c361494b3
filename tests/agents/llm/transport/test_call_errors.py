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

from unscripted.agents.llm.billing.bill import End
from unscripted.agents.llm.responses.errors import ProviderError
from unscripted.agents.llm.responses.rate_limit_headers import UNNAMED
from unscripted.agents.llm.transport.call_errors import (
    RETRIED,
    CallError,
    ErrorKind,
    classify,
    classify_stated,
)
from unscripted.agents.llm.transport.evidence import LONGEST_CAUSE

CHECK = settings(max_examples=60, deadline=None)


# What raised it: a class of LiteLLM's, an HTTP status of the client below it, or - for neither.
MEANINGS = """
RateLimitError | Rate limit reached for requests | rate limit
RateLimitError | insufficient_quota | account
RateLimitError | You exceeded your current quota, please check your plan | account
RateLimitError | You exceeded your current quota: 10 per minute | rate limit
RateLimitError | You exceeded your current quota: requests_per_minute | rate limit
RateLimitError | You exceeded your current quota: RequestsPerMinutePerProject | rate limit
RateLimitError | You exceeded your current quota. Please retry in 34.07s. | rate limit
RateLimitError | You exceeded your current quota: 2 per second | rate limit
RateLimitError | You exceeded your current quota: tokens_per_second | rate limit
BadRequestError | Your credit balance is too low to access the API | account
PaymentRequiredError | Insufficient Balance | account
AuthenticationError | Incorrect API key provided | account
PermissionDeniedError | Country not supported | account
NotFoundError | The model `m` does not exist | account
Timeout | Request timed out | timeout
InternalServerError | The server had an error | server
ServiceUnavailableError | Overloaded | server
APIConnectionError | Connection refused | server
APIError | Expecting value: line 1 column 1 | server
APIResponseValidationError | not a response | server
JSONSchemaValidationError | not JSON | server
MidStreamFallbackError | broke off | server
ContextWindowExceededError | so long | length
BadRequestError | the request exceeds the available context size | length
ContentPolicyViolationError | flagged | refused
BadRequestError | Azure OpenAI's content management policy | refused
UnsupportedParamsError | no such thing here | parameter
UnprocessableEntityError | Extra inputs are not permitted: n | parameter
BadRequestError | messages: at least one is required | error
UnprocessableEntityError | messages.0.content: wrong type | error
- | insufficient_quota | account
- | billing_hard_limit_reached | account
- | credit balance is too low | account
- | Missing credentials. Please pass an api_key | account
- | The api_key client option must be set | account
- | API key is missing | account
- | Missing Anthropic API Key | account
- | missing api key | account
- | missing a key | server
- | You exceeded your current quota | account
- | redirects are refused: a sends us to b | account
- | what is this | server
400 | no | error
400 | you exceeded your current quota | account
400 | context_length_exceeded | length
400 | maximum context length is 8192 | length
400 | beyond the context window | length
400 | too many tokens | length
400 | prompt is too long: 210000 tokens > 200000 | length
400 | would exceed context | length
400 | exceeds the context | length
400 | context size | length
400 | content_policy_violation | refused
400 | content_filter | refused
400 | content management policy | refused
400 | our safety system | refused
400 | response_format | parameter
400 | json_schema | parameter
400 | temperature must be 1 | parameter
400 | seed | parameter
400 | unsupported value | parameter
400 | does not support this | parameter
400 | structured output | parameter
400 | structured_output | parameter
400 | extra inputs are not permitted | parameter
400 | error converting to valid response | server
400 | unable to parse it | server
400 | error parsing it | server
400 | expecting value: line 1 | server
400 | redirects are refused | account
401 | no | account
402 | pay | account
403 | no | account
404 | no | account
408 | slow | timeout
400 | Sequence length (3052) is larger than the model supports (1800) | length
400 | Prompt has 1004 tokens, completion 2048; model's window: 1800. | length
400 | Range of input length should be [1, 1800] | length
400 | 输入长度超过最大限制 1800 | length
400 | Conversation too long; please start a new one | length
422 | Total tokens 3052 over limit 1800 | length
400 | prompt + max output (3052) > allotted 1800 | length
500 | prompt + max output (3052) > allotted 1800 | length
500 | the request exceeds the available context size | length
400 | max_tokens: 2048 > 1024, the model's window for output | parameter
400 | Range of max_tokens should be [1, 1800] | parameter
400 | max_tokens is too large: total tokens over limit | parameter
400 | temperature: range of input length 1 should be [0, 1] | parameter
500 | max_tokens: total tokens over limit | server
400 | The request was rejected as a result of our safety guidelines | refused
400 | Output data may contain inappropriate content. | refused
400 | data_inspection_failed | refused
400 | The request was rejected because it was considered high risk | refused
400 | Content Exists Risk | refused
400 | Output tokens capped at 1,024 for your plan | error
400 | n_predict limit is 1024 | error
400 | Constrained generation is off | error
400 | Model m is currently loading, try again | server
503 | Model m is currently loading, try again | server
400 | Loading model | server
409 | no | server
409 | temperature | server
425 | too early | server
413 | too many tokens | length
413 | too large | length
413 | Request too large for model on tokens per minute (TPM): Limit 6000 | length
429 | Request too large: Limit 6000, Requested 9000 | length
422 | maximum context length | length
422 | content_filter | error
422 | temperature | parameter
422 | messages.1.content: wrong; input: THE CLIENT'S TASK: A billing dispute | error
429 | slow down | rate limit
429 | code: insufficient_quota | account
499 | no | error
500 | oops | server
500 | content_filter | server
500 | seed | server
503 | maximum context length | server
503 | upstream billing-service is unavailable | server
529 | overloaded | server
"""


@pytest.mark.parametrize("line", MEANINGS.strip().splitlines())
def test_what_an_error_means(line):
    source, text, kind = line.split(" | ")
    if source.isdigit():
        error = refused(int(source), text)
    else:
        error = Strange(text) if source == "-" else said_by_litellm(source, text)
    found = classify(error)
    assert found.kind is ErrorKind(kind)
    assert text in str(found)
    assert not source.isdigit() or found.status == int(source)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (openai.APITimeoutError(request=httpx.Request("POST", "http://x")), ErrorKind.TIMEOUT),
        (openai.APIConnectionError(request=httpx.Request("POST", "http://x")), ErrorKind.SERVER),
        (TimeoutError(), ErrorKind.TIMEOUT),
        (ConnectionResetError("reset by peer"), ErrorKind.SERVER),
        (KeyError("choices"), ErrorKind.SERVER),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_others_raise(error, kind):
    found = classify(error)
    assert (found.kind, found.status) == (kind, None)
    assert str(found)


def test_a_call_error_stands_for_itself():
    fault = CallError(ErrorKind.EMPTY, "nothing in it")
    assert classify(fault) is fault


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (refused(502, "<html><h1>502</h1></html>"), "a web page instead of JSON (status 502)"),
        (refused(404, "<!DOCTYPE html>\n<p>"), "a web page instead of JSON (status 404): is it the "
         "address of an OpenAI-compatible server?"),
        (said_by_litellm("BadGatewayError", "OpenAIException - <HTML lang=en>x"),
         "a web page instead of JSON (status 502)"),
        (Strange("Unable to read: <head>x"), "Unable to read: a web page instead of JSON: is it "
         "the address of an OpenAI-compatible server?"),
    ],
    ids=str,
)  # fmt: skip
def test_no_cause_holds_a_page(error, cause):
    assert str(classify(error)) == cause


@pytest.mark.parametrize("spare", ["", " and so on" * 40])
def test_a_remedy_for_short_answers(spare):
    words = f"max_tokens must be at least 4096 when thinking is on{spare}"
    found = classify(refused(400, words))
    assert found.kind is ErrorKind.PARAMETER
    assert str(found).startswith("max_tokens must be at least 4096 when thinking is on")
    assert str(found).endswith("; --max-tokens 4096 may help")
    assert len(str(found)) <= LONGEST_CAUSE


def test_no_remedy_for_smaller_lengths():
    assert "--max-tokens" not in str(classify(refused(400, "max_tokens must be at least 1")))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Output data may contain inappropriate content", "refused"),
        ("Output tokens capped at 1,024 for your plan", "error"),
        ("Model m is currently loading", "server"),
        ("Total tokens 3052 over limit 1800", "length"),
    ],
)
def test_errors_that_came_as_answers(sentence, kind):
    error = ProviderError(sentence, None, sentence.lower())
    assert classify_stated(error, End.REFUSED, None).kind is ErrorKind(kind)


def test_which_errors_are_retried():
    assert {ErrorKind.RATE_LIMIT, ErrorKind.SERVER, ErrorKind.TIMEOUT} == RETRIED


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
        ({"retry-after": "2s"}, 2.0),
        ({"retry-after": "500ms"}, 0.5),
        ({"retry-after": "0s"}, 0.0),
        ({"retry-after": "1m 30s"}, 90.0),
        ({"retry-after-ms": "500ms"}, 0.5),
        ({"retry-after": "soon"}, None),
        (dict(zip(UNNAMED, ("50", "0", "7200"), strict=True)), 7200.0),
        (dict(zip(UNNAMED, ("50", "0", "1h2m"), strict=True)), 3720.0),
        (dict(zip(UNNAMED, ("50", "1", "7200"), strict=True)), None),
        ({**dict(zip(UNNAMED, ("50", "0", "7200"), strict=True)), "retry-after": "3"}, 3.0),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"x-ratelimit-reset-requests": "5s"}, None),
    ],
    ids=str,
)
def test_retry_after_in_every_form(headers, wait, monkeypatch):
    monkeypatch.setattr("unscripted.agents.llm.transport.evidence.time", Time())
    assert classify(refused(429, "slow down", **headers)).retry_after_s == wait
    by_litellm = classify(said_by_litellm("RateLimitError", **headers))
    assert (by_litellm.kind, by_litellm.retry_after_s) == (ErrorKind.RATE_LIMIT, wait)


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("Please try again in 3.2s. Visit our page", 3.2),
        ("Please try again in 340ms", 0.34),
        ("Please try again in 6m0.5s.", 360.5),
        ("Please try again in 1h2m", 3720.0),
        ("Please retry in 20 seconds", 20.0),
        ("Please wait 2 minutes", 120.0),
        ('{"@type": "RetryInfo", "retryDelay": "4s"}', 4.0),
        ("try again in 3 ways", None),
        ("try again in 3 more", None),
        ("try again later", None),
    ],
)
def test_waits_in_words(words, wait):
    assert classify(refused(429, words)).retry_after_s == wait
    assert classify(refused(429, words, **{"retry-after": "9"})).retry_after_s == 9.0


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


@pytest.mark.parametrize(
    ("status", "kind", "read"),
    [
        ("¹", "server", None),
        ("429", "rate limit", 429),
        (4.29, "server", None),
        (None, "server", None),
    ],
)
def test_odd_statuses(status, kind, read):
    error = Strange("no")
    error.status_code = status
    assert (classify(error).kind, classify(error).status) == (kind, read)


def test_only_clients_connections_are_servers():
    error = type("APIConnectionError", (Strange,), {})("no")
    error.status_code = 404
    assert classify(error).kind is ErrorKind.ACCOUNT
    error.status_code = 418
    assert classify(error).kind is ErrorKind.SERVER


def test_a_connection_error_names_its_root():
    def chained(depth, words="Connection error."):
        error = OSError("no route to sk-abc1234567890123 at <ssl object at 0x7f>")
        for _ in range(depth):
            outer = RuntimeError(words)
            outer.__cause__ = error
            error = outer
        return str(classify(error))

    assert chained(1) == chained(10) == "Connection error: no route to [secret] at"
    assert chained(11) == "Connection error: Connection error."
    assert chained(1, "other error") == "other error"


def test_a_message_precedes_the_text():
    error = Strange("the whole text")
    error.message = "litellm.BadRequestError: XException - the message"
    assert str(classify(error)) == "the message"


@pytest.mark.parametrize(("length", "cut"), [(300, False), (301, True)])
def test_causes_are_cut(length, cut):
    assert str(classify(Strange("x" * length))) == ("x" * 299 + "…" if cut else "x" * length)


def test_nonsense_in_one_header():
    headers = {"retry-after-ms": "soon", "retry-after": "5"}
    assert classify(refused(429, "no", **headers)).retry_after_s == 5.0


def test_a_secret_of_several_lines(monkeypatch):
    monkeypatch.setenv("SERVICE_KEY", "first-line-of-it\nsecond-line-of-it")
    cause = str(classify(refused(401, "refused: first-line-of-it\nsecond-line-of-it")))
    assert "line-of-it" not in cause
