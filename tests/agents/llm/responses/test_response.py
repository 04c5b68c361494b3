"""What responses of all providers' forms say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.responses.errors import error_in
from unscripted.agents.llm.responses.response import read

USAGE = {"prompt_tokens": 10, "completion_tokens": 5}


def chat(message, finish="stop", **more):
    choice = {"index": 0, "message": message, "finish_reason": finish, **more}
    return {"choices": [choice], "usage": USAGE, "model": "m"}


@pytest.mark.parametrize(
    "message",
    [
        {"content": "yes"},
        {"content": [{"type": "text", "text": "yes"}]},
        {"content": [{"type": "text", "text": "y"}, {"type": "text", "text": "es"}]},
        {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "yes"}]},
        {"content": [{"type": "reasoning", "summary": [{"text": "hm"}]}, "yes"]},
        {"content": {"type": "text", "text": "yes"}},
        {"content": [{"type": "output_text", "text": {"value": "yes"}}]},
        {"content": None, "tool_calls": [{"function": {"name": "f", "arguments": "yes"}}]},
        {"content": "", "function_call": {"name": "f", "arguments": "yes"}},
        {"content": None, "reasoning_content": "yes"},
        {"content": None, "reasoning": "yes"},
        {"content": "yes", "reasoning_content": "no", "refusal": None},
        {"content": "yes", "tool_calls": None},
    ],
    ids=str,
)
def test_the_text_of_a_message(message):
    found = read(chat(message))
    assert (found.text, found.finish, found.tokens) == ("yes", "stop", Tokens(10, 5))
    assert (found.recognised, found.error, found.served_by) == (True, None, "m")


def test_arguments_may_be_an_object():
    called = {"tool_calls": [{"function": {"arguments": {"decision": "abstain"}}}]}
    assert json.loads(read(chat({"content": None, **called})).text) == {"decision": "abstain"}


@pytest.mark.parametrize(
    "message",
    [
        {"content": "Let me call it.", "tool_calls": [{"function": {"arguments": '{"a": 1}'}}]},
        {"content": {"a": 1}},
        {"content": None, "parsed": {"a": 1}},
        {"content": '{"a": 1}', "parsed": {"a": 2}},
        {"content": '{"a": 1}', "tool_calls": [{"function": {"arguments": '{"b": 1}'}}]},
    ],
    ids=str,
)
def test_an_object_wherever_it_stands(message):
    assert json.loads(read(chat(message)).text) == {"a": 1}


def test_thoughts_that_were_cut_are_none():
    found = read(chat({"content": None, "reasoning_content": "hm"}, "length"))
    assert (found.text, found.parts.thoughts, found.cut) == ("", "hm", True)


def test_a_refusal_is_no_text():
    found = read(chat({"content": None, "refusal": "I can't help with that."}))
    assert (found.text, found.parts.refusal, found.error) == ("", "I can't help with that.", None)


OTHERS = [
    {"content": [{"type": "text", "text": "yes"}], "stop_reason": "end_turn"},
    {"content": [{"type": "tool_use", "input": "yes"}], "stop_reason": "tool_use"},
    {"output": [{"type": "reasoning", "summary": []},
                {"type": "message", "content": [{"type": "output_text", "text": "yes"}]}]},
    {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}, {"text": "yes"}]},
                     "finishReason": "STOP"}]},
    {"message": {"role": "assistant", "content": "yes"}, "done_reason": "stop"},
    {"output": {"message": {"content": [{"text": "yes"}]}}, "stopReason": "end_turn"},
    {"response": "yes", "done_reason": "stop"}, {"result": {"response": "yes"}},
    {"choices": [{"text": "yes", "finish_reason": "stop"}]}, {"content": "yes", "stop": True},
]  # fmt: skip


@pytest.mark.parametrize("body", OTHERS, ids=str)
def test_other_providers_forms(body):
    found = read(body)
    assert (found.text, found.recognised) == ("yes", True)


@pytest.mark.parametrize(
    "body", [None, [], "yes", 7, {}, {"choices": None}, {"choices": []}, {"choices": "yes"},
             {"choices": [None]}, {"status": "ok"}],
    ids=str,
)  # fmt: skip
def test_no_form_at_all(body):
    found = read(body)
    assert (found.text, found.recognised) == ("", False)


@pytest.mark.parametrize(
    ("body", "sentence", "status"),
    [
        ({"error": "model requires more system memory"}, "model requires more system memory", None),
        ({"error": {"message": "Overloaded", "type": "overloaded_error"}}, "Overloaded", None),
        ({"error": {"message": "No", "code": 502}}, "No", 502),
        ({"error": {"message": "No", "status": "503"}}, "No", 503),
        ({"type": "error", "error": {"type": "x", "message": "No"}}, "No", None),
        ({"detail": [{"msg": "field required", "loc": ["body"]}]}, "field required", None),
        ({"message": "no Route matched"}, "no Route matched", None),
        ({"errors": [{"message": "a"}, {"message": "b"}]}, "a; b", None),
        ({"error": {"message": '{"error": {"message": "deep"}}'}}, "deep", None),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "no room"}}},
         "Provider returned error: no room", None),
        ({"error": {}}, None, None), ({"error": None}, None, None), ({"x": 1}, None, None),
    ],
    ids=str,
)  # fmt: skip
def test_errors_in_their_own_words(body, sentence, status):
    found = error_in(body, answered=False)
    assert (found and found.sentence, found and found.status) == (sentence, status)


def test_an_error_in_a_choice():
    failed = {"code": 502, "message": "Upstream failed"}
    found = read(chat({"content": ""}, "error", error=failed))
    assert (found.error.sentence, found.error.status) == ("Upstream failed", 502)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "choices", "message", "content", "text", "usage", "error", "output", "type", "parts",
            "candidates", "refusal", "tool_calls", "function", "arguments", "prompt_tokens",
        ]),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_reading_never_raises(body):
    found = read(body)
    assert isinstance(found.text, str)
