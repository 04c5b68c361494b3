"""What a model takes, in requests, in words and in the journal."""

from __future__ import annotations

import json

import pytest

from unscripted.agents.llm.capabilities.capabilities import FEWEST_TOKENS, Capabilities, in_form
from unscripted.agents.llm.request import Mode

MESSAGES = (("system", "rules"), ("user", "question"))


@pytest.mark.parametrize("mode", Mode)
def test_what_is_missing_is_said(mode):
    assert Capabilities(mode=mode).missing() == (
        []
        if mode is Mode.JSON_SCHEMA
        else [f"no JSON schema (answers are held to form by {mode.value})"]
    )
    bare = Capabilities(mode=mode, temperature=False, seed=False)
    assert bare.missing()[-2:] == ["no temperature (it runs at its own)", "no seed"]


def test_reasons_stand_with_what_they_explain():
    found = Capabilities().lowered("Seeds? Never.", seed=False).lowered("at most 9", most_tokens=9)
    assert found.missing() == [
        "no seed: 'Seeds? Never.'", "no more than 9 tokens in an answer: 'at most 9'",
    ]  # fmt: skip


def test_json_and_back():
    bare = Capabilities(mode=Mode.PROMPT, context=2048, most_temperature=1.0, system=False)
    found = bare.lowered("no", seed=False)
    assert Capabilities.from_json(found.to_json()) == found
    earlier = json.dumps({"mode": "json_object", "seed": False, "temperature": True})
    assert Capabilities.from_json(earlier) == Capabilities(mode=Mode.JSON_OBJECT, seed=False)


@pytest.mark.parametrize(
    ("takes", "prompt", "tokens"),
    [
        (Capabilities(), 10**6, 2048),
        (Capabilities(most_tokens=1024), 0, 1024),
        (Capabilities(context=4096), 800, 2048),
        (Capabilities(context=2048), 800, 2048 - 900 - 64),
        (Capabilities(context=2048), 4000, FEWEST_TOKENS),
    ],
)
def test_the_longest_completion(takes, prompt, tokens):
    assert takes.tokens_of(2048, prompt) == tokens


@pytest.mark.parametrize(
    ("takes", "sent"),
    [
        (Capabilities(), 1.5), (Capabilities(temperature=False), None),
        (Capabilities(most_temperature=1.0), 1.0), (Capabilities(most_temperature=1.9), 1.5),
    ],
)  # fmt: skip
def test_the_temperature_sent(takes, sent):
    assert takes.temperature_of(1.5) == sent


@pytest.mark.parametrize(
    ("takes", "messages"),
    [
        (Capabilities(), MESSAGES),
        (Capabilities(mode=Mode.JSON_OBJECT), (MESSAGES[0], ("user", "question S"))),
        (Capabilities(system=False), (("user", "rules\nquestion"),)),
        (Capabilities(mode=Mode.PROMPT, system=False), (("user", "rules\nquestion S"),)),
    ],
)
def test_messages_in_the_form_taken(takes, messages):
    assert in_form(MESSAGES, takes, " S") == messages
