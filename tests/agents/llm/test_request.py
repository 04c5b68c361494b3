"""A request's digest and the tokens it may use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes import REQUEST

from unscripted.agents.llm.billing.bill import NOTHING, Bill
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.request import CallFailed, CallKey, Completion, Mode, Request

CHECK = settings(max_examples=60, deadline=None)


def test_the_digest_is_portable():
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
        {"messages": (("user", "hi"), ("user", ""))}, {"schema": "plan"}, {"seed": 0},
        {"mode": Mode.JSON_OBJECT}, {"max_tokens": 65}, {"temperature": 0.0}, {"temperature": 1.0},
        {"options": (("top_p", 0.9),)},
    ],
    ids=str,
)  # fmt: skip
def test_every_field_changes_the_digest(change):
    assert replace(REQUEST, **change).digest != REQUEST.digest
    assert replace(REQUEST).digest == REQUEST.digest


@CHECK
@given(st.text(max_size=6000))
def test_the_digest_covers_long_texts(text):
    from hashlib import sha256

    request = replace(REQUEST, messages=(("user", text),))
    assert request.digest == sha256(request.json.encode()).hexdigest()[:32]


@CHECK
@given(st.lists(st.tuples(st.sampled_from(["system", "user"]), st.text()), max_size=5))
def test_most_and_likely_tokens(messages):
    request = replace(REQUEST, messages=tuple(messages))
    assert request.most_tokens_in >= sum(len(t.encode()) + 16 for _, t in messages)
    assert 0 < request.likely_tokens_in <= request.most_tokens_in
    worst = Price(1e-6, 2e-6).worst(request.most_tokens_in, request.max_tokens)
    assert worst == pytest.approx(1e-6 * request.most_tokens_in + 2e-6 * request.max_tokens)


def test_names_of_lengths_change_nothing():
    assert replace(REQUEST, max_field="max_completion_tokens").digest == REQUEST.digest


def test_half_a_character_has_a_digest():
    request = replace(REQUEST, messages=(("user", "half of \ud83d"),))
    assert request.digest
    assert request.most_tokens_in > 0


def test_tokens_to_the_digit():
    request = replace(REQUEST, messages=(("system", "é"), ("user", "x" * 11)))
    assert request.most_tokens_in == 2 + 16 + 11 + 16 + 512
    assert request.likely_tokens_in == 12 // 4 + 8


def test_defaults():
    answer = Completion("x", Bill(), 1.0)
    assert (answer.finish, answer.served_by, answer.attempts, answer.estimated) == (
        "stop", "", 1, False,
    )  # fmt: skip
    failed = CallFailed("server", "gone")
    assert (failed.attempts, failed.bill, failed.latency_s) == (1, NOTHING, 0.0)
    assert CallKey("", 0, "judge 0", 1).call == 0
    bare = Request("m", (), "intend", Mode.PROMPT, 1)
    assert (bare.temperature, bare.seed) == (None, None)
