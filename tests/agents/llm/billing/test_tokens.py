"""What providers count, in all their names and places, as the same five numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm.billing.tokens import (
    CACHED,
    COMPLETION,
    PROMPT,
    REASONING,
    TOTAL,
    WRITTEN,
    Partial,
    Tokens,
    tokens_in,
)


def openai(prompt, completion, total=None, **more):
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return {"usage": counts if total is None else {**counts, "total_tokens": total}}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (openai(400, 100, 500), Tokens(400, 100)),
        (openai("400", 100.0), Tokens(400, 100)),
        (openai(4000, 100, prompt_tokens_details={"cached_tokens": 3500}),
         Tokens(4000, 100, 3500)),
        (openai(4000, 100, prompt_cache_hit_tokens=3000), Tokens(4000, 100, 3000)),
        (openai(900, 1500, completion_tokens_details={"reasoning_tokens": 1500}),
         Tokens(900, 1500, reasoning=1500)),
        (openai(400, 100, 2000, completion_tokens_details={"reasoning_tokens": 1500}),
         Tokens(400, 1600, reasoning=1500)),
        (openai(400, 100, 2000), Tokens(400, 1600, reasoning=1500)),
        (openai(400, 100, completion_tokens_details={"reasoning_tokens": 1500}),
         Tokens(400, 1600, reasoning=1500)),
        ({"usage": {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 100,
                    "cache_creation_input_tokens": 50}}, Tokens(160, 5, 100, 50)),
        ({"usage": {"input_tokens": 110, "output_tokens": 5,
                    "input_tokens_details": {"cached_tokens": 100},
                    "output_tokens_details": {"reasoning_tokens": 2}}},
         Tokens(110, 5, 100, reasoning=2)),
        ({"usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 25,
                    "cacheReadInputTokens": 10}}, Tokens(20, 5, 10)),
        ({"usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5,
                            "thoughtsTokenCount": 7, "totalTokenCount": 22,
                            "cachedContentTokenCount": 4}}, Tokens(10, 12, 4, reasoning=7)),
        ({"prompt_eval_count": 10, "eval_count": 5}, Tokens(10, 5)),
        ({"meta": {"billed_units": {"input_tokens": 10, "output_tokens": 5}}}, None),
        ({"usage": {"total_tokens": 15, "completion_tokens": 5}}, Tokens(10, 5)),
        ({"usage": {"prompt_tokens": 10, "total_tokens": 15}}, Tokens(10, 5)),
        (openai(987_654_321_987, -1, 0), None),
        (openai(True, None), None), (openai(0, 0, 0), None), (openai("n/a", math.nan), None),
        ({"usage": None}, None), ({}, None), ({"usage": {}}, None), ({"usage": [1, 2]}, None),
        ({"usage": [{"prompt_tokens": 400, "completion_tokens": 100}]}, Tokens(400, 100)),
        ({"choices": [{"usage": {"prompt_tokens": 400, "completion_tokens": 100}}]},
         Tokens(400, 100)),
        ({"x_groq": {"usage": {"prompt_tokens": 400, "completion_tokens": 100}}},
         Tokens(400, 100)),
        ({"usage": {"input_tokens": 0, "cache_read_input_tokens": 40000, "output_tokens": 1000}},
         Tokens(40000, 1000, 40000)),
        ({"usage": {"promptTokens": 400, "completionTokens": 100}}, Tokens(400, 100)),
        (openai(400.5, "99.5"), Tokens(401, 100)), (openai(-1, 5, 15), Tokens(10, 5)),
        (openai(4000, 100, 4100, input_tokens=4000, output_tokens=100, prompt_tokens_details=None,
                cache_read_input_tokens=3500), Tokens(4000, 100, 3500)),
        (openai(4000, 100, 4200, prompt_tokens_details={"cached_tokens": 100}),
         Tokens(4000, 200, 100, reasoning=100)),
    ],
    ids=str,
)  # fmt: skip
def test_counts_in_every_form(body, found):
    if "meta" in body:
        found = Tokens(10, 5)
    assert tokens_in(body) == found


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"total_tokens": 900_000}, Tokens(300, 899_700)),
        ({"total_tokens": 200}, Tokens(200, 0)),
        ({"total_tokens": 900, "prompt_tokens": 0, "completion_tokens": 0}, Tokens(300, 600)),
        ({"total_tokens": 900, "cache_read_input_tokens": 400}, Tokens(400, 500, 400)),
        ({"completion_tokens": 90_000}, Tokens(300, 90_000)),
        ({"completion_tokens": 5, "prompt_tokens": 0}, Tokens(300, 5)),
        ({"completion_tokens": 5, "prompt_tokens": 10**13}, Tokens(300, 5)),
        ({"completion_tokens": 5, "prompt_tokens": math.nan}, Tokens(300, 5)),
        ({"completion_tokens": 5, "prompt_tokens": "n/a"}, Tokens(300, 5)),
        ({"prompt_tokens": 400, "completion_tokens": None}, Tokens(400, 20)),
        ({"prompt_tokens": 400, "reasoning_tokens": 70}, Tokens(400, 70, reasoning=70)),
        ({"prompt_tokens": 10, "completion_tokens": -1}, Tokens(10, 20)),
        ({"prompt_tokens": 40_000, "completion_tokens": -1, "total_tokens": 40_000},
         Tokens(40_000, 20)),
    ],
    ids=str,
)  # fmt: skip
def test_missing_halves_are_filled(counts, found):
    partial = tokens_in({"usage": counts})
    assert isinstance(partial, Partial)
    assert partial.filled(300, 20) == found


def test_whole_counts_come_first():
    body = {"usage": {"total_tokens": 9}, "x_groq": openai(4, 5)}
    assert tokens_in(body) == Tokens(4, 5)


def test_sums_and_wholes():
    whole = Tokens(1, 2, 1, 0, 1) + Tokens(10, 20, 0, 5, 0)
    assert whole == Tokens(11, 22, 1, 5, 1)
    assert whole.whole == 33


COUNT = st.none() | st.integers(-5, 10**6) | st.text(max_size=4) | st.floats() | st.booleans()
NAMES = st.sampled_from([*PROMPT, *COMPLETION, *TOTAL, *CACHED, *WRITTEN, *REASONING])
COUNTS = st.dictionaries(NAMES, COUNT, max_size=8)


@settings(max_examples=200, deadline=None)
@given(COUNTS, COUNTS, st.sampled_from(["usage", "usageMetadata", "x"]))
def test_whatever_is_counted_is_possible(counts, details, name):
    body = {name: {**counts, "prompt_tokens_details": details}, **counts}
    found = tokens_in(body)
    if isinstance(found, Partial):
        assert found.lacks_prompt or found.lacks_completion
        assert found.filled(30, 20).whole >= max(found.whole, found.total) > 0
        found = found.filled(30, 20)
    if found is not None:
        assert found.prompt > 0
        assert min(found.completion, found.cached, found.written, found.reasoning) >= 0
        assert found.cached + found.written <= found.prompt
        assert found.reasoning <= found.completion
