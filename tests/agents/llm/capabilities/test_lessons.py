"""What refusals teach, in the words of many providers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.fakes import REQUEST

from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.capabilities.lessons import Refused, lesson
from unscripted.agents.llm.request import Mode

ASKED = replace(
    REQUEST, mode=Mode.JSON_SCHEMA, max_tokens=2048, temperature=1.5, seed=2**31 - 1,
    messages=(("system", "s"), ("user", "u")),
)  # fmt: skip
SYSTEM, FIELD = {"system": False}, {"max_field": "max_completion_tokens"}
FORMAT = {"mode": Mode.JSON_OBJECT}

WORDS = [
    ("System role not supported", SYSTEM),
    ("Developer instruction is not enabled for models/gemma-3-27b-it", SYSTEM),
    ("Conversation roles must alternate user/assistant/user/assistant/...", SYSTEM),
    ("This model does not support system messages.", SYSTEM),
    ("max_tokens is too large; this model supports at most 1024", {"most_tokens": 1024}),
    (
        "max_tokens: 2048 > 1024, which is the maximum allowed number of output tokens",
        {"most_tokens": 1024},
    ),
    ("Invalid max_tokens value, the valid range of max_tokens is [1, 1000]", {"most_tokens": 1000}),
    (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        FIELD,
    ),
    ("temperature: range: 0..1", {"most_temperature": 1.0}),
    ("temperature must be between 0 and 1", {"most_temperature": 1.0}),
    (
        "Unsupported value: 'temperature' does not support 1.5 with this model. Only the default "
        "(1) value is supported.",
        {"temperature": False},
    ),
    ("`temperature` is not supported for this model", {"temperature": False}),
    ("Unrecognized request argument supplied: seed", {"seed": False}),
    ("response_format json_schema is not available", FORMAT),
    ("Structured Outputs are not supported by this model", FORMAT),
    ("Failed to compile grammar", FORMAT),
    ("extra_body.guided_json: Extra inputs are not permitted", FORMAT),
    ("Constrained generation is off", FORMAT),
    ("Output tokens capped at 1,024 for your plan", {"most_tokens": 1024}),
    ("n_predict limit is 1024", {"most_tokens": 1024}),
    ("No output tokens for you", None),
    ("max_tokens must be at least 64 and below 1024", {"most_tokens": 1024}),
    ("max_tokens must be at least 4096 when thinking is on", None),
    ("You are too late", None),
]


@pytest.mark.parametrize(
    ("words", "found"), WORDS, ids=lambda v: v[:30] if isinstance(v, str) else ""
)
def test_what_words_blame(words, found):
    refused = Refused(ASKED, Capabilities(), words, words.lower())
    taught = lesson(refused)
    assert taught == (None if found is None else Capabilities().lowered(words, **found))


def test_a_length_too_short_blames_nothing():
    words = "max_tokens must be at least 4,096 when thinking is on"
    refused = Refused(ASKED, Capabilities(), words, words)
    assert lesson(refused, guess=True) is None
    longer = replace(refused, request=replace(ASKED, max_tokens=4096))
    assert lesson(longer, guess=True) is not None


def test_nothing_is_blamed_twice():
    takes = Capabilities(system=False, temperature=False, seed=False, mode=Mode.PROMPT)
    bare = replace(ASKED, temperature=None, seed=None, mode=Mode.PROMPT)
    for words in ("system role", "temperature", "seed", "response_format"):
        assert lesson(Refused(bare, takes, words, words)) is None
        assert lesson(Refused(bare, takes, words, words), guess=True) is None


@pytest.mark.parametrize(
    ("sentence", "guessed"),
    [
        ("model requires more system memory (9.1 GiB) than is available (3.2 GiB)", False),
        ("Your organisation may not use this model in this region", False),
        ("This account has been disabled", False),
        ("Bad Request", True),
        ("Error in the request body", True),
        ("Input validation failed for this model", True),
        ("Unprocessable", True),
    ],
)
def test_guesses_need_a_reason(sentence, guessed):
    refused = Refused(ASKED, Capabilities(), sentence, sentence.lower())
    assert (lesson(refused, guess=True) is not None) is guessed


def test_guesses_come_one_by_one():
    takes, request = Capabilities(), ASKED
    order = []
    while (found := lesson(Refused(request, takes, "no", "no"), guess=True)) is not None:
        order += [name for name in found.why if name not in takes.why or name == "mode"]
        takes = found
        request = replace(
            request, mode=takes.mode, seed=request.seed if takes.seed else None,
            temperature=request.temperature if takes.temperature else None,
        )  # fmt: skip
    assert (takes.mode, takes.seed, takes.temperature, takes.system) == (
        Mode.PROMPT, False, False, False,
    )  # fmt: skip
