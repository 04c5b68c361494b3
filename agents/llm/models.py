"""Model ids as users write them: a LiteLLM id or a preset, with options of its own.

openai/gpt-4.1-mini
gpt-4.1-mini                              a preset
openai/gpt-4.1-mini?temperature=0.2
openai/gpt-5.4?reasoning_effort=low&top_p=0.9    any parameter of the provider's
openai/llama?api_base=http://127.0.0.1:8000/v1&max_tokens=800
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

import yaml

from ...model.errors import UnknownNameError, UsageError
from .redaction import redact
from .settings import Calls

OPTIONS: dict[str, type[float] | type[int] | type[str]] = {
    "temperature": float,
    "api_base": str,
    "max_tokens": int,
}
"""What of a command's settings a model may have of its own, and of which type it is."""
OURS = {
    "model": "it stands before the '?'",
    "messages": "the prompt is the agent's",
    "stream": "answers are taken whole",
    "n": "one answer is taken",
    "seed": "it follows from --seed",
    "response_format": "it follows from what is asked",
    "max_completion_tokens": "use max_tokens",
    "base_url": "use api_base",
    "timeout": "use --timeout",
    "api_key": "keys come from the provider's environment variable",
    "num_retries": "requests are repeated here",
    "max_retries": "requests are repeated here",
    "fallbacks": "another model would answer",
    "mock_response": "no model would answer",
    "caching": "replicates would share an answer",
    "cache": "replicates would share an answer",
}
"""What can't be an option of a model, and why."""
NEAR = 0.8
"""Likeness from which an unknown option is taken for a misspelt one of ours."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A model of the paper.

    Attributes:
        name: As users type it.
        model: LiteLLM id.
        provider: Who serves it.
        open: Whether its weights are open.
        note: What to know about it; may be empty.
    """

    name: str
    model: str
    provider: str
    open: bool
    note: str = ""


@cache
def presets() -> dict[str, Preset]:
    """The eight models of the paper, by name."""
    text = (files(__package__) / "presets.yaml").read_text(encoding="utf-8")
    return {name: Preset(name, **entry) for name, entry in yaml.safe_load(text).items()}


def litellm_id(name: str) -> str:
    """The LiteLLM id that a preset stands for; any other name as it is.

    Args:
        name: Without options.
    """
    return presets()[name].model if name in presets() else name


@dataclass(frozen=True, slots=True)
class ModelId:
    """A model and how it is called.

    Attributes:
        name: As the user wrote it.
        model: LiteLLM id.
        calls: The command's settings with the model's own options in place.
        options: The provider's own parameters, as pairs of name and JSON value, by name.
    """

    name: str
    model: str
    calls: Calls
    options: tuple[tuple[str, Any], ...] = ()


def parse_model(name: str, calls: Calls) -> ModelId:
    """A model from its id.

    Args:
        name: `provider/model` or a preset, then `?` and its own options, joined by `&`.
        calls: Hold for all models of the command.

    Raises:
        UnknownNameError: Neither a preset nor of the form `provider/model`.
        UsageError: A malformed option, or one that can't be set.
    """
    bare, _, text = name.partition("?")
    given: dict[str, float | int | str] = {}
    options: dict[str, Any] = {}
    for key, value in _pairs(bare, text):
        if key in given or key in options:
            raise UsageError(f"model={bare!r}: {key} is there twice; give it once")
        if key in OPTIONS:
            try:
                given[key] = OPTIONS[key](value)
            except ValueError:
                raise UsageError(f"model={bare!r}: {key}={value!r} is not a number") from None
        else:
            options[key] = _typed(bare, key, value)
    found = litellm_id(bare)
    provider, slash, rest = found.partition("/")
    if not (slash and provider and rest):
        known = [*presets(), "provider/model"]
        raise UnknownNameError("model", bare, known)
    own = replace(calls, **given)  # type: ignore[arg-type]
    return ModelId(name, found, own, tuple(sorted(options.items())))


def tier_of(options: tuple[tuple[str, Any], ...]) -> str:
    """The tier of service that a model's options ask for, which has prices of its own.

    Args:
        options: As in `ModelId`.
    """
    return str(dict(options).get("service_tier") or "")


def _pairs(bare: str, text: str) -> list[tuple[str, str]]:
    """Options by name, percent-encoding undone.

    Raises:
        UsageError: Not `key=value` joined by `&`.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, strict_parsing=True) if text else []
    except ValueError:
        raise UsageError(
            f"model={bare!r}: {text!r} is not key=value joined by &; "
            "use options like ?reasoning_effort=low&top_p=0.9"
        ) from None


def _typed(bare: str, key: str, value: str) -> Any:
    """The JSON value of an option of the provider's: number, true or false, object, or text.

    Raises:
        UsageError: It is none of the provider's, or holds a key.
    """
    if key in OURS:
        raise UsageError(f"model={bare!r}: {key} can't be set, as {OURS[key]}")
    if not key.isidentifier():
        raise UsageError(f"model={bare!r}: {key!r} is no name of an option; use letters and _")
    if near := get_close_matches(key, OPTIONS, n=1, cutoff=NEAR):
        raise UsageError(f"model={bare!r}: option {key!r} is not known; did you mean {near[0]}?")
    if redact(value) != value:
        raise UsageError(f"model={bare!r}: {key} holds a key; {OURS['api_key']}")
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if isinstance(found, float) and not isfinite(found):
        raise UsageError(f"model={bare!r}: {key}={value} is no finite number")
    return found
