"""Calls models: paced, retried, journaled, within the budget, and stopped when it must be.

A call's way: the journal (it may have been made before) → the budget → a slot and the rate's leave
→ sent → the journal → its agent. Whoever waits, wherever, holds no slot.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

from ....model.engine.driver import Limits
from ....model.errors import Halt
from ..models import litellm_id
from ..price import Price, price_of
from ..redaction import read_secrets
from ..request import CallFailed, CallKey, Completion, Request
from ..settings import Calls
from .adapter import Adapter, RawResponse
from .budget import Budget
from .call_errors import NOT_BILLED, CallError, ErrorKind, classify
from .concurrency import ConcurrencyLimit
from .endpoint import Endpoint
from .journal import Journal
from .meter import Meter
from .response import Sent, completion_of
from .retry import Deadline, retrying
from .stopping import StopSwitch

PROBE_ATTEMPTS = 3
LOST_IN_A_ROW = 3
"""Decisions lost to an unreachable provider, with no answer in between, that stop the run."""
LATER_S = 10.0
"""How much later than our own deadline of an attempt LiteLLM's fires: ours must be the one."""
PROBE_TICK = -1


class Client:
    """One command's calls to models. Its coroutines run on the permanent loop.

    Args:
        calls: Settings shared by all models.
        journal: Where calls are kept.
        limits: Deadline of one decision, and requests in flight at once.
        adapter: Sends requests.

    Attributes:
        most_at: Requests in flight at once at addresses that take fewer than `limits` allow.
    """

    def __init__(self, calls: Calls, journal: Journal, limits: Limits, adapter: Adapter) -> None:
        self.calls = calls
        self.journal = journal
        self.limits = limits
        self.adapter = adapter
        self.meter = Meter()
        self.budget = Budget(calls.budget_usd, journal.spent_usd())
        self.prices = {litellm_id(name): price for name, price in calls.prices.items()}
        self.switch = StopSwitch()
        self.most_at: dict[str, int] = {}
        self._slots = ConcurrencyLimit(limits.concurrency)
        self._endpoints: dict[tuple[str, str | None], Endpoint] = {}
        self._listed: dict[str, Price | None] = {}
        self._lost_in_a_row = 0
        self._secrets = read_secrets()

    def __deepcopy__(self, memo: dict[int, object]) -> Client:
        """Itself: copies of a team share its budget, its pace and its journal."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its settings and its journal; what holds a connection is made anew."""
        return _client, (self.calls, self.journal, self.limits)

    @property
    def halt(self) -> Halt | None:
        """Why nothing more is sent; None while calls may be."""
        return self.switch.halt

    def stop(self, halt: Halt, *, at_once: bool = False) -> Halt:
        """Send nothing more: who waits is told so, who is in flight may finish.

        Args:
            halt: Why.
            at_once: Break off what is in flight too.

        Returns:
            The reason that counts: the first.
        """
        return self.switch.stop(halt, at_once=at_once)

    def resume(self) -> None:
        """Send again after a `Halt`, where nothing is left of what it stopped."""
        if self.switch.resume():
            self._lost_in_a_row = 0

    def close(self) -> None:
        """Close the journal, and put back what calls changed in this process."""
        self.journal.close()
        self.adapter.close()

    def price(self, model: str) -> Price | None:
        """A model's price; None where nobody knows it.

        Args:
            model: LiteLLM id.
        """
        if model not in self._listed:
            listed = self.adapter.listed_price(model)
            self._listed[model] = price_of(model, self.prices, listed)
        return self._listed[model]

    @property
    def unpriced(self) -> list[str]:
        """Models met so far whose price nobody knows."""
        return [model for model, price in self._listed.items() if price is None]

    async def complete(
        self, key: CallKey, request: Request, api_base: str | None, deadline: Deadline | None = None
    ) -> Completion:
        """The answer to a request, from the journal or from the model.

        Args:
            key: Where in the run it is asked.
            request: What is asked.
            api_base: Where it is sent; None for the provider's own address.
            deadline: Of the decision it is part of; None where it is all of it.

        Raises:
            CallFailed: There is none, in all the time a decision has.
            Halt: The run must stop: nothing more may be sent.
        """
        with self.switch.halting():
            found = self.journal.find(key, request.digest)
        if found is not None:
            self.meter.replayed += 1
            return found
        if self.journal.strict:
            where = f"tick {key.tick}, {key.who}"
            raise Halt("journal", f"{where}: not in the journal, and a replay sends nothing")
        deadline = deadline if deadline is not None else Deadline(self.limits.deadline_s)
        deadline.begin_call()
        answered = self.meter.answered
        try:
            answer, send = await self._persist(request, api_base, deadline)
        except CallError as error:
            failure = self._given_up(error, request, deadline, self.meter.answered > answered)
            with self.switch.halting():
                self.journal.keep_failure(key, request, failure)
            raise failure from None
        with self.switch.halting():
            self.journal.keep(key, request, answer, send)
        self._lost_in_a_row = 0
        self.meter.count(answer)
        return answer

    async def probe(
        self, who: str, request: Request, api_base: str | None, timeout_s: float
    ) -> None:
        """Send a request that only asks whether the model takes it, and pay for it.

        Args:
            who: Names the probe in the journal.
            request: Asked with everything.
            api_base: As in `complete`.
            timeout_s: Patience in seconds, above 0.

        Raises:
            CallError: It doesn't, or can't be reached.
            Halt: As `complete`.
        """
        deadline = Deadline(timeout_s, PROBE_ATTEMPTS)
        try:
            answer, send = await self._persist(request, api_base, deadline)
        except CallError as error:  # thoughts may fill a short answer
            if error.kind not in (ErrorKind.EMPTY, ErrorKind.USED_UP):
                raise
        else:
            with self.switch.halting():
                self.journal.keep(CallKey("", PROBE_TICK, who, 0), request, answer, send)

    async def _persist(
        self, request: Request, api_base: str | None, deadline: Deadline
    ) -> tuple[Completion, int]:
        """Try until there is an answer, an error that won't pass, or no time left."""
        where = (request.model, api_base)
        if where not in self._endpoints:
            most = self.most_at.get(api_base or "", self.limits.concurrency)
            self._endpoints[where] = Endpoint(self.calls, most)
        endpoint = self._endpoints[where]

        async def attempt() -> tuple[Completion, int]:
            deadline.attempts += 1
            return await self._attempt(endpoint, deadline, request, api_base)

        return await retrying(deadline, self._sleep)(attempt)

    async def _attempt(
        self, endpoint: Endpoint, deadline: Deadline, request: Request, api_base: str | None
    ) -> tuple[Completion, int]:
        """Send once; settle what it cost whatever comes of it."""
        price = self.price(request.model)
        worst_usd = price.worst(request) if price is not None else 0.0
        likely = endpoint.likely_tokens(request)
        with self._waits():
            await self.budget.reserve(worst_usd)
        billed_usd, send = 0.0, 0
        try:
            acquired_at = await self._admission(endpoint, likely)
            number, sent_at = endpoint.sent, acquired_at
            try:
                if self.budget.usd is not None and worst_usd:
                    with self.switch.halting():
                        send = self.journal.set_aside(worst_usd)
                billed_usd = worst_usd  # until we know better
                endpoint.sent += 1
                number, sent_at = endpoint.sent, time.monotonic()
                raw, latency_s = await self._send(request, api_base, deadline)
                sent = Sent(request, price, deadline.attempts, latency_s)
                answer = completion_of(raw, sent, self._secrets)
                billed_usd = answer.cost_usd or 0.0
            except CallError as error:
                if error.kind in NOT_BILLED:
                    billed_usd = 0.0
                    with self.switch.halting():
                        self.journal.take_back(send)
                if error.kind is ErrorKind.RATE_LIMIT:
                    self.meter.rate_limited += 1
                    endpoint.on_refusal(acquired_at)
                endpoint.learn(error.headers, number, sent_at)
                endpoint.rate.correct(likely, 0)
                raise
            finally:
                self._slots.release()
                endpoint.concurrency.release()
        finally:
            self.budget.settle(worst_usd, billed_usd)
        endpoint.learn(raw.headers, number, sent_at)
        endpoint.on_answer(likely, answer)
        return answer, send

    async def _admission(self, endpoint: Endpoint, tokens: int) -> float:
        """Wait for the endpoint's slot, its rate, and a slot of the command; return the time."""
        with self._waits():
            await endpoint.concurrency.acquire()
            try:
                await endpoint.rate.acquire(tokens)
                return await self._slots.acquire()
            except BaseException:
                endpoint.concurrency.release()
                raise

    async def _send(
        self, request: Request, api_base: str | None, deadline: Deadline
    ) -> tuple[RawResponse, float]:
        meter, limit_s = self.meter, deadline.attempt_s
        meter.sent += 1
        meter.retries += deadline.attempts > 1
        meter.in_flight += 1
        meter.most_in_flight = max(meter.most_in_flight, meter.in_flight)
        began = time.monotonic()
        try:
            with self.switch.sends():
                async with asyncio.timeout(limit_s):
                    raw = await self.adapter.send(
                        request, api_base=api_base, timeout_s=limit_s + LATER_S
                    )
            return raw, time.monotonic() - began
        except Halt:
            raise
        except Exception as error:
            raise classify(error) from None
        finally:
            deadline.used_s += time.monotonic() - began
            meter.in_flight -= 1

    async def _sleep(self, seconds: float) -> None:
        with self._waits():
            await asyncio.sleep(seconds)

    @contextlib.contextmanager
    def _waits(self) -> Iterator[None]:
        """A counted wait that `stop` ends with its `Halt`."""
        with self.switch.waits():
            self.meter.waiting += 1
            try:
                yield
            finally:
                self.meter.waiting -= 1

    def _given_up(
        self, error: CallError, request: Request, deadline: Deadline, answered_since: bool
    ) -> CallFailed:
        """A call's last error as the failure of its decision.

        Raises:
            Halt: No decision could fare better.
        """
        if error.kind is ErrorKind.ACCOUNT:
            raise self.stop(Halt("service", str(error)))
        self.meter.failed += 1
        if error.kind in (ErrorKind.SERVER, ErrorKind.RATE_LIMIT) and not answered_since:
            self._lost_in_a_row += 1
            if self._lost_in_a_row >= LOST_IN_A_ROW:
                cause = f"{LOST_IN_A_ROW} decisions in a row without an answer: {error}"
                raise self.stop(Halt("service", cause))
        cost_usd = None if self.price(request.model) is None else 0.0
        used_s = round(deadline.call_s, 4)
        return CallFailed(error.kind.value, str(error), deadline.attempts, cost_usd, used_s)


def _client(calls: Calls, journal: Journal, limits: Limits) -> Client:
    """A client that was pickled."""
    return Client(calls, journal, limits, Adapter())
