"""A call: one question to a model, asked in the form that the model is known to take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..billing.bill import Bill
from ..capabilities.capabilities import Capabilities
from ..models import ModelId
from ..prompting.composition import Prompt
from ..request import CallKey, Completion, Request
from ..responses.response import CUT


class Asked(NamedTuple):
    """A question in the form that a model takes.

    Attributes:
        prompt: As it was made for it.
        request: As it is sent.
    """

    prompt: Prompt
    request: Request


@dataclass
class Call:
    """A question to a model, until it is answered or given up.

    Attributes:
        key: Where in the run it is asked.
        model: Who is asked, and how.
        put: Puts the question for what a model is known to take.
        trial: Whether it is asked to find that out.
        capabilities: What it is put for.
        bills: What is owed for its requests so far.
        attempts: Its requests that came to an end, those of an earlier process included.
    """

    key: CallKey
    model: ModelId
    put: Callable[[Capabilities], Asked]
    trial: bool = False
    capabilities: Capabilities = field(default_factory=Capabilities)
    bills: list[Bill] = field(default_factory=list)
    attempts: int = 0
    _asked: Asked | None = None

    def take(self, capabilities: Capabilities) -> Asked:
        """Put the question for what the model takes.

        Args:
            capabilities: Of the model.
        """
        if self._asked is None or capabilities is not self.capabilities:
            self.capabilities = capabilities
            self._asked = self.put(capabilities)
        return self._asked

    @property
    def asked(self) -> Asked:
        """As it was last put."""
        return self.take(self.capabilities)

    @property
    def request(self) -> Request:
        """As it is sent."""
        return self.asked.request

    def whole(self, answer: Completion) -> Completion:
        """An answer with what all requests of the call came to.

        Args:
            answer: As it came, with its own bill, which is among the call's already.
        """
        return replace(answer, bill=Bill.together(self.bills), attempts=self.attempts)


def is_cut_off(answer: Completion, request: Request) -> bool:
    """Whether an answer says that it was cut off, or is as long as it may be.

    Args:
        answer: As it came.
        request: That it answers.
    """
    return answer.finish.lower() in CUT or answer.completion_tokens >= request.max_tokens
