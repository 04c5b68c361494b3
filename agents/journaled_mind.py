"""A function's answers, kept as a called model's are: nothing is asked twice, all can be replayed.

The journal holds what the function was shown, in full, and what it answered, as it answered it.
Whatever a decision becomes is made from what is kept, so a replay makes the same of it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any
from weakref import WeakKeyDictionary

from ..model.decision import Answer, Failure, Trace, Usage
from ..model.encoding import encode
from ..model.engine.driver import call_within
from ..model.errors import Halt
from ..model.messages import View
from ..model.mind import Mind
from ..model.observation import Observation
from ..model.record import reply_from_json
from .callable_mind import CallableMind, read
from .llm.billing.bill import Bill, End
from .llm.billing.tokens import Tokens
from .llm.calling.client import Client
from .llm.control_characters import clean
from .llm.journal.rows import Sent
from .llm.redaction import known_secrets, redact_known
from .llm.request import CallFailed, CallKey, Completion, Mode, Request
from .llm.usage import UsageTotal

TEXT, REPLY = "text", "reply"
"""What was answered, as the journal says of it in the place of a reason to stop."""
PROMPTS = "own"
"""In the place of the version of our prompts."""
_SLOTS: WeakKeyDictionary[Client, asyncio.Semaphore] = WeakKeyDictionary()


class JournaledMind(Mind):
    """A `CallableMind` of a run whose calls are kept; keeps its own deadline.

    Args:
        mind: Whose function is called.
        client: Has the journal, the budget, the limits, and hears when all must stop.
        run: Which run of a comparison this is.
    """

    paced = True

    def __init__(self, mind: CallableMind, client: Client, run: str) -> None:
        self.name = mind.name
        self.synthetic = mind.synthetic
        self._mind = mind
        self._client = client
        self._run = run

    def __deepcopy__(self, memo: dict[int, object]) -> JournaledMind:
        """Itself: copies of a team share its journal, as those of called models do."""
        return self

    def rejoin(self) -> None:
        """Call again, if a `Halt` ended the last tick."""
        self._client.resume()

    async def decide(self, observation: Observation) -> Answer:
        """The function's answer, from the journal where it was asked before.

        Args:
            observation: What the member knows.

        Raises:
            Halt: The run must stop, or this is a replay and the journal lacks the answer.
        """
        key = CallKey(self._run, observation.tick, f"member {observation.member}", observation.seed)
        shown = (("user", observation_json(observation)),)
        request = Request(self.name, shown, str(observation.act), Mode.PROMPT, 1)
        trace = Trace(PROMPTS, request.digest)
        spent = UsageTotal()
        try:
            completion = await self._completion(key, request, observation)
        except CallFailed as failed:
            spent.add(failed)
            return Answer(Failure(failed.kind, str(failed)), spent.usage, trace)
        spent.add(completion)
        usage = spent.usage
        if completion.finish == REPLY:
            return Answer(reply_from_json(completion.text), usage, trace)
        return Answer(read(completion.text, observation), usage, trace)

    async def _completion(
        self, key: CallKey, request: Request, observation: Observation
    ) -> Completion:
        client = self._client
        with client.switch.halting():
            found = client.journal.find(key, request.digest)
        if found is not None:
            client.meter.replayed += 1
            return found
        if client.journal.strict:
            where = f"tick {key.tick}, {key.who}"
            raise Halt("journal", f"{where}: not in the journal, and a replay calls nothing")
        async with self._slot():
            with client.switch.halting():
                sent = client.journal.send(key, None)
            try:
                completion = await self._called(observation)
            except CallFailed as failed:
                client.meter.failed += 1
                with client.switch.halting():
                    client.journal.end(sent, End.REFUSED)
                    client.journal.keep_failure(key, request, failed)
                raise
        bill = completion.bill
        with client.switch.halting():
            client.journal.keep(key, request, completion, Sent(sent, bill))
        client.meter.count(bill.tokens)
        client.meter.answered += 1
        client.budget.spent_usd += bill.cost_usd or 0.0
        return completion

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """A place among the calls in flight, while there is money.

        Raises:
            Halt: Stopped, or the budget is spent.
        """
        client = self._client
        slots = _SLOTS.get(client)
        if slots is None:
            slots = _SLOTS[client] = asyncio.Semaphore(client.limits.concurrency)
        with client.switch.waits():
            await slots.acquire()
        try:
            budget = client.budget
            if budget.usd is not None and budget.spent_usd >= budget.usd:
                cause = f"budget={budget.usd:g}: {budget.spent_usd:.4f} US dollars are spent"
                raise client.stop(Halt("budget", cause))
            client.meter.sent += 1
            client.meter.in_flight += 1
            try:
                with client.switch.sends():
                    yield
            finally:
                client.meter.in_flight -= 1
        finally:
            slots.release()

    async def _called(self, observation: Observation) -> Completion:
        """What the function answers in its time.

        Raises:
            CallFailed: Nothing that can be kept.
        """
        deadline_s = self._client.limits.deadline_s
        began = time.monotonic()
        try:
            said = await call_within(self._mind.function, observation, deadline_s)
        except TimeoutError:
            cause = f"no answer within {deadline_s:g} s"
            raise CallFailed("timeout", cause, latency_s=deadline_s) from None
        except Halt:
            raise
        except Exception as error:
            cause = _safe(f"{type(error).__name__}: {error}")
            raise CallFailed("error", cause, latency_s=_since(began)) from None
        return _kept(said, _since(began))


def _kept(said: object, took_s: float) -> Completion:
    """A function's answer as the journal keeps it.

    Raises:
        CallFailed: It is no answer.
    """
    reply: object = said
    usage = Usage(latency_s=took_s)
    if isinstance(said, Answer):
        reply = said.reply
        if type(said.usage) is not Usage:
            raise CallFailed("reply", f"usage={said.usage!r} is not a Usage", latency_s=took_s)
        usage = said.usage
    if isinstance(reply, Failure):
        raise CallFailed(reply.kind, _safe(reply.cause), latency_s=took_s)
    form = TEXT if isinstance(reply, str) else REPLY
    try:
        text = _safe(reply) if isinstance(reply, str) else json.dumps(encode(reply))
        if form == REPLY:
            reply_from_json(text)
    except (TypeError, ValueError, KeyError) as error:
        cause = f"answered {type(reply).__name__}, which is no reply: {error}"
        raise CallFailed("reply", cause, latency_s=took_s) from None
    uncached_usd = usage.cost_usd if usage.cost_usd_uncached is None else usage.cost_usd_uncached
    tokens = Tokens(usage.tokens_in, usage.tokens_out, usage.tokens_cached or 0)
    bill = Bill(tokens, usage.cost_usd, uncached_usd)
    return Completion(text, bill, usage.latency_s or took_s, form, attempts=usage.calls)


def observation_json(observation: Observation) -> str:
    """Everything a member knows, as canonical JSON.

    Args:
        observation: What it knows.
    """
    body = {}
    for field in fields(observation):
        value: Any = getattr(observation, field.name)
        body[field.name] = encode(tuple(value) if isinstance(value, View) else value)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _safe(text: str) -> str:
    """Without known secrets, and without what could drive a terminal."""
    return redact_known(clean(text), known_secrets())


def _since(began: float) -> float:
    return round(time.monotonic() - began, 4)
