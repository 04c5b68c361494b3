"""Stand-ins for LiteLLM and for a client: they answer from a list and remember what was asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from unscripted.agents.llm.billing.bill import NOTHING, Bill, End
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.calling.call import Asked, Call
from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.journal.rows import Sent
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.prompting.composition import Prompt
from unscripted.agents.llm.request import CallFailed, CallKey, Completion, Mode, Request
from unscripted.agents.llm.responses.parts import Parts
from unscripted.agents.llm.responses.response import Response
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.adapter import Received
from unscripted.agents.llm.transport.call_errors import CallError, ErrorKind
from unscripted.agents.llm.transport.evidence import Evidence
from unscripted.model.engine.driver import Limits

REQUEST = Request("openai/m", (("user", "hi"),), "intend", Mode.PROMPT, 64)
CALL = CallKey("run", 3, "member 1", 2**64 - 1, 1)
PRICE = Price(1e-6, 2e-6)
WORST_USD = PRICE.worst(REQUEST.most_tokens_in, REQUEST.max_tokens)


def raw(
    text: str = "yes",
    *,
    finish: str = "stop",
    tokens_in: int | None = 10,
    tokens_out: int | None = 5,
    served_by: str = "m",
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> Received:
    """A response of a provider in good health."""
    counted = tokens_in is not None and tokens_out is not None
    tokens = Tokens(tokens_in or 0, tokens_out or 0) if counted else None
    known = {"parts": Parts(text), "finish": finish, "tokens": tokens, "served_by": served_by}
    return Received(Response(**{**known, **fields}), headers or {})


def error(
    kind: ErrorKind, cause: str = "no", *, end: End = End.REFUSED, bill: Bill | None = None,
    retry_after_s: float | None = 0.0, headers: dict[str, str] | None = None,
    status: int | None = None,
) -> CallError:  # fmt: skip
    """What a provider in bad health leads to; nobody waits."""
    told = {} if retry_after_s is None else {"retry-after": str(retry_after_s)}
    evidence = Evidence(
        cause, cause.lower(), status=status, came_back=status, headers={**told, **(headers or {})}
    )
    return CallError(kind, cause, end=end, bill=bill, evidence=evidence)


def answer(
    text: str = "x", tokens_in: int = 10, tokens_out: int = 20, cost_usd: float | None = 0.25,
    latency_s: float = 1.0, finish: str = "stop", **fields: Any,
) -> Completion:  # fmt: skip
    """An answer and its bill."""
    bill = Bill(Tokens(tokens_in, tokens_out), cost_usd, cost_usd)
    given = {"completion_tokens": tokens_out, **fields}
    return Completion(text, bill, latency_s, finish, **given)


def failure(
    kind: str, cause: str = "no", attempts: int = 1, bill: Bill = NOTHING, latency_s: float = 0.0
) -> CallFailed:
    """A call that was given up."""
    return CallFailed(kind, cause, attempts=attempts, bill=bill, latency_s=latency_s)


def call_of(
    key: CallKey = CALL, request: Request = REQUEST, api_base: str | None = "http://x"
) -> Call:
    """A call that is put the same way whatever the model takes."""
    asked = Asked(Prompt(request.messages), request)
    return Call(key, parse_model(request.model, Calls(api_base=api_base)), lambda takes: asked)


def kept(journal: Journal, key: CallKey, request: Request, given: Completion) -> None:
    """Keep an answer as if it had just come."""
    sent = journal.send(key, given.bill.cost_usd)
    journal.keep(key, request, given, Sent(sent, given.bill))


class FakeAdapter:
    """Sends nothing. The last answer is given again and again; an exception is raised."""

    def __init__(self, *answers: Any, price: Price | None = None) -> None:
        self.answers = list(answers)
        self.price = price
        self.sent: list[SimpleNamespace] = []
        self.closed = 0

    def listed_price(self, model: str, tier: str = "") -> Price | None:
        return self.price

    def provider_of(self, model: str) -> str:
        return model.partition("/")[0]

    def close(self) -> None:
        self.closed += 1

    async def send(self, request: Request, *, api_base: str | None, timeout_s: float) -> Any:
        sent = SimpleNamespace(request=request, api_base=api_base, timeout_s=timeout_s)
        self.sent.append(sent)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0)
        if isinstance(given, BaseException):
            raise given
        return await given() if callable(given) else given


def client_of(
    *answers: Any,
    journal: Journal | None = None,
    price: Price | None = None,
    limits: Any = None,
    **calls: Any,
) -> Client:
    """A client whose provider answers so."""
    adapter: Any = FakeAdapter(*answers, price=price)
    return Client(Calls(**calls), journal or Journal(), limits or Limits(20.0, 4), adapter)


class FakeClient:
    """Answers calls from a list and remembers them."""

    limits = Limits(60.0, 1)

    def __init__(
        self, *answers: str | Completion | CallFailed, takes: Capabilities | None = None
    ) -> None:
        self.answers = list(answers)
        self.takes = takes or Capabilities()
        self.requests: list[Request] = []
        self.keys: list[CallKey] = []
        self.resumed = 0
        self.given_up: list[CallFailed] = []

    def deadline_of(self, model: Any) -> None:
        """None is kept."""

    async def complete(self, call: Call, deadline: Any = None) -> Completion:
        self.requests.append(call.take(self.takes).request)
        self.keys.append(call.key)
        given = self.answers.pop(0)
        if isinstance(given, CallFailed):
            raise given
        return answer(given) if isinstance(given, str) else given

    def lost(self, call: Call, failed: CallFailed) -> None:
        self.given_up.append(failed)

    def resume(self) -> None:
        self.resumed += 1


def capable_of(capabilities: Capabilities | None = None) -> Any:
    """A prober that found this of every model."""

    async def of(model: Any, temperature: float = 0.7) -> Capabilities:
        return capabilities or Capabilities()

    return SimpleNamespace(capabilities=of)


def other_call(**changed: Any) -> CallKey:
    """Another place in the run."""
    return replace(CALL, **changed)
