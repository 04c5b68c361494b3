"""Models on this machine, called as any other: under an id of LiteLLM's, at an address of ours.

`local/NAME` is called as `openai/local/NAME`. Where its engine listens is found out when the first
mind is made; the rest of the client, journal and budget included, knows of no difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from ..local.catalogue import FAMILY, LITELLM_ID, SUFFIX, check_name
from ..local.engine import CONTEXT, Engine, engine_of, release
from .settings import Calls

if TYPE_CHECKING:
    from .models import ModelId

MOST_WORDS = 100
"""Of a work: it fits an answer even where each character is a token, as with digits."""
MOST_ANSWER_TOKENS = 1000
MOST_READ_TOKENS = 2000
"""Of others' messages; rules, task and question take up to `CONTEXT - MOST_ANSWER_TOKENS` less."""
assert MOST_ANSWER_TOKENS + MOST_READ_TOKENS < CONTEXT


def local_id(name: str, calls: Calls) -> tuple[str, Calls]:
    """The LiteLLM id of a local model, and its settings, so that all fits its context.

    Args:
        name: What follows `local/`.
        calls: As the user set them.

    Raises:
        UnknownNameError: It names no local model.
    """
    check_name(name)
    stem = PurePath(name).name if name.lower().endswith(SUFFIX) else name
    fitted = replace(
        calls,
        max_tokens=min(calls.max_tokens, MOST_ANSWER_TOKENS),
        context_tokens=min(calls.context_tokens, MOST_READ_TOKENS),
    )
    return f"{LITELLM_ID}{stem}", fitted


class Engines:
    """The engines that one service has started."""

    def __init__(self) -> None:
        self._held: dict[str, Engine] = {}

    def served(self, model: ModelId, at_once: int) -> tuple[ModelId, Engine]:
        """A local model with the address of its engine, which runs from now on.

        Args:
            model: Of `local/…`.
            at_once: Requests that may come at once, 1 or more.

        Raises:
            UsageError: It can't be served: the extra or the file is missing.
        """
        name = model.name.partition("?")[0].removeprefix(f"{FAMILY}/")
        if name not in self._held:
            self._held[name] = engine_of(name, at_once)
        engine = self._held[name]
        return replace(model, calls=replace(model.calls, api_base=engine.address)), engine

    def close(self) -> None:
        """Give all engines back."""
        while self._held:
            release(self._held.popitem()[1])


def is_local(model: ModelId) -> bool:
    """Whether a model runs on this machine, served by us.

    Args:
        model: As parsed.
    """
    return model.model.startswith(LITELLM_ID)
