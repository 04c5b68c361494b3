"""What a provider counted for one answer, wherever it says so.

Providers differ in names, in places, and in what a number holds: Anthropic's and Bedrock's prompt
tokens leave out what was cached; xAI's and Gemini's completion tokens leave out the thoughts, which
only the total shows. Here all of them become the same five numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 10**12
"""Tokens beyond which a count says nothing."""
PROMPT = (
    "prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens", "inputTokenCount",
    "prompt_eval_count", "prompt_token_count", "prompt_n",
)  # fmt: skip
COMPLETION = (
    "completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens",
    "outputTokenCount", "eval_count", "generation_token_count", "predicted_n",
)  # fmt: skip
TOTAL = ("total_tokens", "totalTokenCount", "totalTokens")
CACHED = (
    "cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens", "cache_read_tokens",
    "cachedContentTokenCount", "cacheReadInputTokens", "cacheReadInputTokenCount", "cache_read",
)  # fmt: skip
WRITTEN = (
    "cache_creation_input_tokens", "cache_write_tokens", "cache_creation_tokens",
    "cacheWriteInputTokens", "cacheWriteInputTokenCount", "cache_write_input_tokens",
)  # fmt: skip
REASONING = ("reasoning_tokens", "thoughtsTokenCount", "reasoningTokens", "thinking_tokens")
TOOLS = ("toolUsePromptTokenCount",)
"""Prompt tokens that Gemini counts apart."""
OF_PROMPT = ("prompt_tokens_details", "input_tokens_details", "input_token_details")
OF_COMPLETION = ("completion_tokens_details", "output_tokens_details", "output_token_details")
PLACES = ("usage", "usageMetadata", "usage_metadata", "billed_units", "tokens")
WITHOUT_CACHED = ("input_tokens", "inputTokens", "inputTokenCount")
"""Prompt counts that leave out what was read from or written to a cache and counted beside it."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was counted for one answer.

    Attributes:
        prompt: All of the prompt, cached or not.
        completion: All that was generated, thoughts included.
        cached: Of the prompt, what was read from a cache.
        written: Of the prompt, what was written to a cache.
        reasoning: Of the completion, what was thoughts.
    """

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0

    @property
    def whole(self) -> int:
        """Prompt and completion."""
        return self.prompt + self.completion

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.cached + other.cached,
            self.written + other.written,
            self.reasoning + other.reasoning,
        )


def tokens_in(body: Mapping[str, Any]) -> Tokens | None:
    """What a response says was counted.

    Args:
        body: Of the response, in any provider's form.

    Returns:
        None where it doesn't say, or says what can't be: one number below 0 spoils all.
    """
    for counts in _places(body):
        prompt, completion = _first(counts, PROMPT), _first(counts, COMPLETION)
        if prompt is not None or completion is not None:
            return _normalised(counts, prompt, completion)
    return None


def _places(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Where counts may stand, most telling first."""
    for where in (body, body.get("meta"), body.get("response"), body.get("result")):
        if isinstance(where, Mapping):
            for name in PLACES:
                counts = where.get(name)
                if isinstance(counts, Mapping):
                    yield from (c for n in PLACES if isinstance(c := counts.get(n), Mapping))
                    yield counts
    yield body


def _normalised(
    counts: Mapping[str, Any], prompt: int | None, completion: int | None
) -> Tokens | None:
    of_prompt, of_completion = _details(counts, OF_PROMPT), _details(counts, OF_COMPLETION)
    cached = _first(of_prompt, CACHED) or _first(counts, CACHED) or 0
    written = _first(of_prompt, WRITTEN) or _first(counts, WRITTEN) or 0
    reasoning = _first(of_completion, REASONING) or _first(counts, REASONING) or 0
    total = _first(counts, TOTAL)
    if min(x for x in (0, prompt, completion, cached, written, reasoning) if x is not None) < 0:
        return None
    if completion is not None and "candidatesTokenCount" in counts:
        completion += reasoning  # Gemini counts them apart
    if prompt is None and total is not None and completion is not None:
        prompt = total - completion
    if completion is None and prompt is not None:
        completion = max(0, (total or 0) - prompt)
    if not prompt or prompt < 0 or completion is None:
        return None
    beside = any(name in counts for name in WITHOUT_CACHED) and not of_prompt
    if beside or cached + written > prompt:
        prompt += cached + written
    prompt += _first(counts, TOOLS) or 0
    rest = (total or 0) - prompt - completion
    if rest > 0 and rest == cached + written and rest != reasoning:
        prompt += rest
    elif rest > 0:
        reasoning = reasoning or rest
        completion += rest
    elif reasoning > completion:
        completion += reasoning
    cached = min(cached, prompt)
    found = Tokens(
        prompt, completion, cached, min(written, prompt - cached), min(reasoning, completion)
    )
    return found if prompt + completion < MOST else None


def _details(counts: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    found = next((d for n in names if isinstance(d := counts.get(n), Mapping)), None)
    return found if found is not None else {}


def _first(counts: Mapping[str, Any], names: Iterable[str]) -> int | None:
    """The first of some counts that is there, as a whole number."""
    for name in names:
        value = counts.get(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < 16:
            return int(value)
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
            return int(value)
    return None
