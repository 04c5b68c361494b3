"""Model ids as users write them: a LiteLLM id or a preset, with options of its own.

openai/gpt-4.1-mini
gpt-4.1-mini                              a preset
openai/gpt-4.1-mini?temperature=0.2
openai/llama?api_base=http://127.0.0.1:8000/v1&max_tokens=800
local/smollm2-135m, local/PATH.gguf       on this machine
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import yaml

from ...model.errors import UnknownNameError, UsageError
from ..local.catalogue import FAMILY
from .local_models import local_id
from .settings import Calls

OPTIONS: dict[str, type[float] | type[int] | type[str]] = {
    "temperature": float,
    "api_base": str,
    "max_tokens": int,
}
"""What may stand behind a model's own id, and of which type it is."""


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
    """

    name: str
    model: str
    calls: Calls


def parse_model(name: str, calls: Calls) -> ModelId:
    """A model from its id.

    Args:
        name: `provider/model` or a preset, then `?` and its own options, joined by `&`.
        calls: Hold for all models of the command.

    Raises:
        UnknownNameError: Neither a preset nor of the form `provider/model`.
        UsageError: An unknown or malformed option.
    """
    bare, _, options = name.partition("?")
    given: dict[str, float | int | str] = {}
    for part in filter(None, options.split("&")):
        key, equals, value = part.partition("=")
        if key not in OPTIONS or not equals:
            raise UsageError(
                f"model={bare!r}: option {key!r} is not known; options: {', '.join(OPTIONS)}"
            )
        try:
            given[key] = OPTIONS[key](value)
        except ValueError:
            raise UsageError(f"model={bare!r}: {key}={value!r} is not a number") from None
    found = litellm_id(bare)
    provider, slash, rest = found.partition("/")
    if not (slash and provider and rest):
        known = [*presets(), "provider/model"]
        raise UnknownNameError("model", bare, known)
    own = replace(calls, **given)  # type: ignore[arg-type]
    if provider == FAMILY:
        found, own = local_id(rest, own)
    return ModelId(name, found, own)
