"""What is asked for after a request was too long, by providers' many wordings."""

from __future__ import annotations

import pytest

from unscripted.agents.llm.capabilities.context_length import (
    Less,
    TooLong,
    lasting,
    overshoot,
    window,
)

WORDS = [
    ("This model's maximum context length is 2048 tokens. However, you requested 2748 tokens (700 "
     "in the messages, 2048 in the completion).", 2048, 700),
    ("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 "
     "tokens.", 8192, 808),
    ("input length and `max_tokens` exceed context limit: 199000 + 2048 > 200000, decrease input "
     "length", 200000, 1048),
    ("'max_tokens' or 'max_completion_tokens' is too large: 2048. This model's maximum context "
     "length is 2048 tokens and your request has 700 input tokens (2048 > 2048 - 700).", 2048, 700),
    ("prompt is too long: 210000 tokens > 200000 maximum", None, 10000),
    ("the request exceeds the available context size (4096 tokens), try increasing it", 4096, None),
    ("Requested tokens (5000) exceed context window of 4096", 4096, 904),
    ("Input length 9,000 exceeds the limit of 8,192", 8192, 808),
    ("The input token count (9000) exceeds the maximum number of tokens allowed (8192).",
     8192, 808),
    ("Sequence length (3052) is larger than the model supports (1800)", 1800, 1252),
    ("Prompt has 1004 tokens, completion 2048; model's window: 1800.", 1800, 1252),
    ("Range of input length should be [1, 1800]", 1800, None),
    ("输入长度超过最大限制 1800", 1800, None),
    ("Total tokens 3052 over limit 1800", 1800, 1252),
    ("prompt + max output (3052) > allotted 1800", 1800, 1252),
    ("far too long", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("words", "limit", "over"), WORDS, ids=lambda v: str(v)[:30])
def test_limits_in_words(words, limit, over):
    assert overshoot(words) == over
    if limit is not None:
        assert window(words) == limit


def test_a_minutes_limit_does_not_last():
    assert lasting("maximum context length is 8192")
    assert not lasting("Request too large on tokens per minute (TPM): Limit 6000, Requested 9000")


@pytest.mark.parametrize(
    ("completion", "read", "words", "less"),
    [
        (2048, 1000, "too long", Less(1024, 1000)),
        (400, 1000, "too long", Less(400, 500)),
        (400, 80, "too long", Less(400, 0)),
        (400, 0, "too long", None),
        (2048, 1000, "maximum context length is 2048, you requested 2748", Less(1284, 1000)),
        (300, 1000, "maximum context length is 2048, you requested 2748", Less(256, 500)),
        (300, 0, "maximum context length is 2048, you requested 2748", None),
    ],
)
def test_shorter_first_then_half(completion, read, words, less):
    assert TooLong(completion, read, words).less() == less


@pytest.mark.parametrize(("words", "limit", "over"), WORDS, ids=lambda v: str(v)[:30])
def test_asking_for_less_has_an_end(words, limit, over):
    less = Less(2048, 100_000)
    for _ in range(40):
        found = TooLong(less.completion, less.reading, words).less()
        if found is None:
            break
        assert found != less
        less = found
    else:
        pytest.fail("it goes on for ever")
