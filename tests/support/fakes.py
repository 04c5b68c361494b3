"""Stand-ins for LiteLLM and for a client: they answer from a list and remember what was asked."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallFailed, CallKey, Completion, Mode, Request
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.adapter import RawResponse
from unscripted.model.engine.driver import Limits

REQUEST = Request("openai/m", (("user", "hi"),), "intend", Mode.PROMPT, 64)
CALL = CallKey("run", 3, "member 1", 2**64 - 1, 1)


def raw(text: str = "yes", **fields: Any) -> RawResponse:
    """A response of a provider in good health."""
    known = {"finish": "stop", "tokens_in": 10, "tokens_out": 5, "served_by": "m", "headers": {}}
    return RawResponse(**{"text": text, **known, **fields})


class FakeAdapter:
    """Sends nothing. The last answer is given again and again; an exception is raised."""

    def __init__(self, *answers: Any, price: tuple[float, float] | None = None) -> None:
        self.answers = list(answers)
        self.price = price
        self.sent: list[SimpleNamespace] = []
        self.closed = 0

    def listed_price(self, model: str) -> tuple[float, float] | None:
        return self.price

    def provider_of(self, model: str) -> str:
        return model.partition("/")[0]

    def close(self) -> None:
        self.closed += 1

    async def send(self, request: Request, *, api_base: str | None, timeout_s: float) -> Any:
        sent = SimpleNamespace(request=request, api_base=api_base, timeout_s=timeout_s)
        self.sent.append(sent)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0)
        if isinstance(answer, BaseException):
            raise answer
        return await answer() if callable(answer) else answer


def client_of(
    *answers: Any,
    journal: Journal | None = None,
    price: Any = None,
    limits: Any = None,
    **calls: Any,
) -> Client:
    """A client whose provider answers so."""
    adapter: Any = FakeAdapter(*answers, price=price)
    return Client(Calls(**calls), journal or Journal(), limits or Limits(20.0, 4), adapter)


class FakeClient:
    """Answers calls from a list and remembers them."""

    limits = Limits(60.0, 1)

    def __init__(self, *answers: str | Completion | CallFailed) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.keys: list[CallKey] = []
        self.bases: list[str | None] = []
        self.resumed = 0

    async def complete(self, key, request, api_base, deadline):
        self.requests.append(request)
        self.keys.append(key)
        self.bases.append(api_base)
        answer = self.answers.pop(0)
        if isinstance(answer, CallFailed):
            raise answer
        return Completion(answer, 10, 20, 0.25, 1.0) if isinstance(answer, str) else answer

    def resume(self) -> None:
        self.resumed += 1


def capable_of(capabilities: Capabilities | None = None) -> Any:
    """A prober that found this of every model."""

    async def of(model):
        return capabilities or Capabilities()

    return SimpleNamespace(capabilities=of)
