"""Any agent framework behind a function: `Observation -> reply or text`, as a mind of a team."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ..model.decision import Answer, Failure
from ..model.errors import require
from ..model.mind import Mind
from ..model.observation import Observation

Function = Callable[[Observation], Any]
"""Gives a reply, a text, or an `Answer` that holds either with what it cost; maybe awaited."""


class CallableMind(Mind):
    """Decides by calling a function, plain or `async`, under the deadline of one decision.

    A text is read as a called model's answer is: a JSON object, whatever stands around it, with
    the fields that the act asks for. An exception, a missed deadline and an answer that can't be
    read make the member `failed`. Within a command, each answer is kept in the run's journal: a
    resumed run doesn't ask for it again, and a replay doesn't call the function at all.

    Args:
        function: Gets an `Observation`; gives a reply that fits `observation.act`, a text, or an
            `Answer` with one of these and its `Usage`.
        name: Shown in tables and records; None takes the function's.
        synthetic: Whether output is labelled as synthetic; None asks the function's attribute of
            that name, and takes it for true where there is none. False only where a real model
            answers.

    Raises:
        TypeError: `function` can't be called.
    """

    def __init__(
        self, function: Function, name: str | None = None, synthetic: bool | None = None
    ) -> None:
        if not callable(function):
            raise TypeError(f"function={function!r} can't be called; give one that takes a case")
        require("name", name, (str, type(None)), "use text, or None")
        require("synthetic", synthetic, (bool, type(None)), "use True, False or None")
        self.function = function
        self.name = name if name is not None else _name_of(function)
        said = getattr(function, "synthetic", True) if synthetic is None else synthetic
        self.synthetic = bool(said)

    def __deepcopy__(self, memo: dict[int, object]) -> CallableMind:
        """Itself: a mind holds no state, and what a function holds on to is its own."""
        return self

    def decide(self, observation: Observation) -> Any:
        """Call the function.

        Args:
            observation: What the member knows.
        """
        said = self.function(observation)
        return _later(said, observation) if inspect.isawaitable(said) else read(said, observation)


def read(said: object, observation: Observation) -> Any:
    """What a function gave, with a reply in the place of a text.

    Args:
        said: A reply, a text, or an `Answer` with either; anything else is left as it is.
        observation: What it was asked.
    """
    if isinstance(said, Answer) and isinstance(said.reply, str):
        return replace(said, reply=read(said.reply, observation))
    if not isinstance(said, str):
        return said
    from .llm.parsing.json_objects import UnusableAnswer
    from .llm.parsing.replies import parse_reply

    try:
        return parse_reply(said, observation.act).value
    except UnusableAnswer as fault:
        return Failure("reply", f"the answer could not be used: {fault}")


async def _later(said: Awaitable[Any], observation: Observation) -> Any:
    return read(await said, observation)


def _name_of(function: Function) -> str:
    return str(getattr(function, "__name__", type(function).__name__))
