"""Which engines one service has started, and where its local models are called."""

from __future__ import annotations

from dataclasses import replace

from ..local.catalogue import FAMILY, LITELLM_ID
from ..local.engine import Engine, engine_of, release
from .models import ModelId


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
