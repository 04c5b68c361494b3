"""What a provider counted for one answer, wherever it says so.

Providers differ in names, in places, and in what a number holds: Anthropic's and Bedrock's prompt
tokens leave out what was cached; xAI's and Gemini's completion tokens leave out the thoughts, which
only the total shows. Here all of them become the same five numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 10**9
"""Tokens beyond which a count says nothing."""
PROMPT = (
    "prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens", "inputTokenCount",
    "prompt_eval_count", "prompt_token_count", "prompt_n", "promptTokens",
)  # fmt: skip
COMPLETION = (
    "completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens",
    "outputTokenCount", "eval_count", "generation_token_count", "predicted_n",
    "completionTokens",
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
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,15})?")


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

    def __sub__(self, other: Tokens) -> Tokens:
        return Tokens(
            max(0, self.prompt - other.prompt),
            max(0, self.completion - other.completion),
            max(0, self.cached - other.cached),
            max(0, self.written - other.written),
            max(0, self.reasoning - other.reasoning),
        )


@dataclass(frozen=True, slots=True)
class Partial(Tokens):
    """What was counted where a half of it is missing; prompt and completion are no less.

    Attributes:
        lacks_prompt: Whether nobody said how long the prompt was.
        lacks_completion: Whether nobody said how much was generated.
        total: Prompt and completion together, where both lack; 0 where nobody said.
    """

    lacks_prompt: bool = False
    lacks_completion: bool = False
    total: int = 0

    def filled(self, prompt: int, completion: int) -> Tokens:
        """With what is missing estimated; what was counted is never less than that.

        Args:
            prompt: About how many tokens it had.
            completion: About how many were generated.
        """
        if self.total:
            prompt = max(self.prompt, min(prompt, self.total))
            completion = max(self.completion, self.total - prompt)
        else:
            prompt = max(self.prompt, prompt) if self.lacks_prompt else self.prompt
            known = self.completion
            completion = max(known, completion) if self.lacks_completion else known
        return Tokens(prompt, completion, self.cached, self.written, self.reasoning)


def tokens_in(body: Mapping[str, Any]) -> Tokens | None:
    """What a response says was counted.

    Args:
        body: Of the response, in any provider's form.

    Returns:
        A `Partial` where it says less than all; None where it says nothing, or what can't be.
    """
    found = [f for counts in _places(body) if (f := _normalised(counts)) is not None]
    whole = (f for f in found if not isinstance(f, Partial))
    return next(whole, found[0] if found else None)


def _places(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Where counts may stand, most telling first."""
    below = [body.get(name) for name in ("meta", "response", "result", "x_groq", "choices")]
    for where in map(_only, (body, *below)):
        for name in PLACES:
            counts = _only(where.get(name))
            yield from (c for n in PLACES if (c := _only(counts.get(n))))
            yield counts
    yield body


def _only(value: Any) -> Mapping[str, Any]:
    """A mapping, or the one that a list holds; an empty one for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, Mapping) else {}


def _normalised(counts: Mapping[str, Any]) -> Tokens | None:
    of_prompt, of_completion = _details(counts, OF_PROMPT), _details(counts, OF_COMPLETION)
    cached = _first(of_prompt, CACHED) or _first(counts, CACHED) or 0
    written = _first(of_prompt, WRITTEN) or _first(counts, WRITTEN) or 0
    reasoning = _first(of_completion, REASONING) or _first(counts, REASONING) or 0
    total = _first(counts, TOTAL) or 0
    prompt = _prompt(counts, cached + written, bool(of_prompt))
    completion = _first(counts, COMPLETION)
    if completion is not None and "candidatesTokenCount" in counts:
        completion += reasoning  # Gemini counts them apart
    if not prompt and completion and total > completion:
        prompt = max(total - completion, cached + written)
    if completion is None and prompt and total > prompt:
        completion = total - prompt
    if not prompt or completion is None:
        return _partial(Tokens(prompt, completion or 0, cached, written, reasoning), counts, total)
    rest = total - prompt - completion
    if rest > 0 and rest == cached + written and rest != reasoning and not of_prompt:
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
    return found if found.whole < MOST else None


def _prompt(counts: Mapping[str, Any], cached: int, detailed: bool) -> int:
    """All of a prompt; 0 where nobody says.

    Args:
        counts: As they stand.
        cached: Read from a cache or written to it.
        detailed: Whether that is said to be part of the prompt.
    """
    of_all = [name for name in PROMPT if name not in WITHOUT_CACHED]
    prompt = _first(counts, of_all)
    beside = prompt is None and not detailed
    if prompt is None:
        prompt = _first(counts, WITHOUT_CACHED)
    if prompt is None:
        return 0
    if beside or cached > prompt:
        prompt += cached
    return prompt + (_first(counts, TOOLS) or 0)


def _partial(known: Tokens, counts: Mapping[str, Any], total: int) -> Tokens | None:
    """What is counted of one half alone, or of both without telling them apart."""
    lacks_completion = not _first(counts, COMPLETION)
    prompt = max(known.prompt, known.cached + known.written)
    completion = max(known.completion, known.reasoning)
    both = not known.prompt and lacks_completion
    if not prompt and not completion and not (both and total):
        return None
    found = Partial(
        prompt, completion, known.cached, known.written, known.reasoning,
        not known.prompt, lacks_completion, total if both else 0,
    )  # fmt: skip
    return found if found.whole < MOST else None


def _details(counts: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    found = next((d for n in names if isinstance(d := counts.get(n), Mapping)), None)
    return found if found is not None else {}


def _first(counts: Mapping[str, Any], names: Iterable[str]) -> int | None:
    """The first of some counts that is there and possible, as a whole number, rounded up."""
    for name in names:
        value = counts.get(name)
        if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if 0 <= value < MOST:  # false of NaN
            return math.ceil(value)
    return None
