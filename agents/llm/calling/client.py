"""Calls models: paced, retried, journaled, within the budget, and stopped when it must be.

A call's way: the journal (it may have been made before) → the budget → a place in flight and the
pacer's leave → sent → the journal → its agent. Whoever waits, wherever, holds no place in flight.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

from tenacity import AsyncRetrying

from ....model.errors import Halt
from ..models import litellm_id
from ..settings import Calls
from . import adapter as door
from .budget import Budget, Price, price_of
from .call_errors import UNSENT, Fault, Kind, understood
from .concurrency import Gate
from .endpoint import Lane
from .journal import Journal
from .meter import Meter
from .redaction import known_secrets
from .request import CallFailed, Completion, Request, Site
from .response import checked
from .retry import Clock, out_of_time, told_or_jittered, transient

PROBE_ATTEMPTS = 3
LOST_IN_A_ROW = 3
"""Decisions lost to an unreachable provider, with no answer in between, that stop the run."""
SEND_HELD_S = 10.0


class Client:
    """One command's calls to models. Its coroutines run on the permanent loop.

    Args:
        calls: Settings shared by all models.
        journal: Where calls are kept; None keeps them in memory.
        concurrency: Requests in flight at once, at most.
        timeout_s: Deadline of one decision.
    """

    def __init__(
        self,
        calls: Calls | None = None,
        journal: Journal | None = None,
        *,
        concurrency: int = 64,
        timeout_s: float = 120.0,
    ) -> None:
        self.calls = calls if calls is not None else Calls()
        self.journal = journal if journal is not None else Journal()
        self.timeout_s = timeout_s
        self.meter = Meter()
        self.budget = Budget(self.calls.budget_usd, self.journal.spent_usd())
        self.prices = {litellm_id(name): price for name, price in self.calls.prices.items()}
        self.halt: Halt | None = None
        self.sticky = False  # a command that was stopped stays so
        self.concurrency = concurrency
        self._places = Gate(concurrency)
        self._lanes: dict[tuple[str, str | None], Lane] = {}
        self._listed: dict[str, Price | None] = {}
        self._waiting: set[asyncio.Task[object]] = set()
        self._sending: set[asyncio.Task[object]] = set()
        self._lost_in_a_row = 0
        self._secrets = known_secrets()

    def __deepcopy__(self, memo: dict[int, object]) -> Client:
        """Itself: copies of a team share its budget, its pace and its journal."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its settings and its journal; what holds a connection is made anew."""
        return _client, (self.calls, self.journal, self.concurrency, self.timeout_s)

    def price(self, model: str) -> Price | None:
        """A model's price; None where nobody knows it."""
        if model not in self._listed:
            self._listed[model] = price_of(model, self.prices, door.listed_price(model))
        return self._listed[model]

    @property
    def unpriced(self) -> list[str]:
        """Models met so far whose price nobody knows."""
        return [model for model, price in self._listed.items() if price is None]

    async def complete(
        self, site: Site, request: Request, api_base: str | None, clock: Clock | None = None
    ) -> Completion:
        """The answer to a request, from the journal or from the model.

        Args:
            site: Where in the run it is asked.
            request: What is asked.
            api_base: Where it is sent; None for the provider's own address.
            clock: Of the decision it is part of; None where it is all of it.

        Raises:
            CallFailed: There is none, in all the time a decision has.
            Halt: The run must stop: nothing more may be sent.
        """
        with self._written():
            found = self.journal.find(site, request.digest)
        if found is not None:
            self.meter.replayed += 1
            return found
        if self.journal.strict:
            where = f"tick {site.tick}, {site.who}"
            raise Halt("journal", f"{where}: not in the journal, and a replay sends nothing")
        clock = clock if clock is not None else Clock(self.timeout_s)
        clock.attempts, clock.began_s = 0, clock.used_s
        answered = self.meter.answered
        try:
            answer, send = await self._persist(request, api_base, clock)
        except Fault as fault:
            failure = self._given_up(fault, request, clock, self.meter.answered > answered)
            with self._written():
                self.journal.keep_failure(site, request, failure)
            raise failure from None
        with self._written():
            self.journal.keep(site, request, answer, send)
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
            timeout_s: Patience, in seconds.

        Raises:
            Fault: It doesn't, or can't be reached.
            Halt: As `complete`.
        """
        try:
            answer, send = await self._persist(request, api_base, Clock(timeout_s, PROBE_ATTEMPTS))
        except Fault as fault:
            if fault.kind not in (Kind.EMPTY, Kind.USED_UP):  # thoughts may fill a short answer
                raise
        else:
            with self._written():
                self.journal.keep(Site("", -1, who, 0), request, answer, send)

    async def _persist(
        self, request: Request, api_base: str | None, clock: Clock
    ) -> tuple[Completion, int]:
        """Try until there is an answer, a fault that won't pass, or no time left."""
        lane = self._lane(request.model, api_base)

        async def attempt() -> tuple[Completion, int]:
            clock.attempts += 1
            return await self._attempt(lane, clock, request, api_base)

        retrying = AsyncRetrying(
            retry=transient(),
            stop=out_of_time(clock),
            wait=told_or_jittered(clock),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(attempt)

    async def _attempt(
        self, lane: Lane, clock: Clock, request: Request, api_base: str | None
    ) -> tuple[Completion, int]:
        """Send once; settle what it cost whatever comes of it."""
        price = self.price(request.model)
        worst = price.worst(request) if price is not None else 0.0
        likely = lane.likely_tokens(request)
        with self._interruptible():
            await self.budget.reserve(worst)
        billed, send = 0.0, 0
        try:
            entered = await self._turn(lane, likely)
            number, sent_at = lane.sent, entered
            try:
                if self.budget.usd is not None and worst:
                    with self._written():
                        send = self.journal.about_to_send(worst)
                billed = worst  # until we know better
                lane.sent += 1
                number, sent_at = lane.sent, time.monotonic()
                raw, latency_s = await self._send(request, api_base, clock)
                answer = checked(raw, request, price, latency_s, clock.attempts, self._secrets)
                billed = answer.cost_usd or 0.0
            except Fault as fault:
                if fault.kind in UNSENT:
                    billed = 0.0
                    with self._written():
                        self.journal.not_billed(send)
                if fault.kind is Kind.RATE_LIMIT:
                    self.meter.rate_limited += 1
                    lane.refused(entered)
                lane.learn(fault.headers, number, sent_at)
                lane.pacer.correct(likely, 0)
                raise
            finally:
                self._places.leave()
                lane.gate.leave()
        finally:
            self.budget.settle(worst, billed)
        lane.learn(raw.headers, number, sent_at)
        lane.answered(likely, answer)
        return answer, send

    async def _turn(self, lane: Lane, tokens: int) -> float:
        """Wait for the model's gate, its pacer, and a place in flight; return the time."""
        with self._interruptible():
            await lane.gate.enter()
            try:
                await lane.pacer.turn(tokens)
                return await self._places.enter()
            except BaseException:
                lane.gate.leave()
                raise

    async def _send(
        self, request: Request, api_base: str | None, clock: Clock
    ) -> tuple[door.Raw, float]:
        meter = self.meter
        task = asyncio.current_task()
        assert task is not None
        limit_s = clock.attempt_s
        meter.sent += 1
        meter.retries += clock.attempts > 1
        meter.in_flight += 1
        meter.most_in_flight = max(meter.most_in_flight, meter.in_flight)
        self._sending.add(task)
        began = time.monotonic()
        try:
            async with asyncio.timeout(limit_s):
                # Its own limit comes later: ours must be the one that fires.
                raw = await door.send(request, api_base=api_base, timeout_s=limit_s + SEND_HELD_S)
            return raw, time.monotonic() - began
        except asyncio.CancelledError:
            if self.halt is not None:
                task.uncancel()
                raise self.halt from None
            raise
        except Exception as error:
            raise understood(error) from None
        finally:
            clock.used_s += time.monotonic() - began
            self._sending.discard(task)
            meter.in_flight -= 1

    async def _sleep(self, seconds: float) -> None:
        with self._interruptible():
            await asyncio.sleep(seconds)

    def _given_up(
        self, fault: Fault, request: Request, clock: Clock, answered_since: bool
    ) -> CallFailed:
        """A call's last fault as the failure of its decision.

        Raises:
            Halt: No decision could fare better.
        """
        if fault.kind is Kind.ACCOUNT:
            raise self.stop(Halt("service", str(fault)))
        self.meter.failed += 1
        if fault.kind in (Kind.SERVER, Kind.RATE_LIMIT) and not answered_since:
            self._lost_in_a_row += 1
            if self._lost_in_a_row >= LOST_IN_A_ROW:
                raise self.stop(
                    Halt(
                        "service", f"{LOST_IN_A_ROW} decisions in a row without an answer: {fault}"
                    )
                )
        cost = None if self.price(request.model) is None else 0.0
        used = round(clock.used_s - clock.began_s, 4)
        return CallFailed(fault.kind.value, str(fault), clock.attempts, cost, used)

    def stop(self, halt: Halt, *, at_once: bool = False) -> Halt:
        """Send nothing more: who waits is told so, who is in flight may finish.

        Args:
            halt: Why.
            at_once: Break off what is in flight too.
        """
        if self.halt is None:
            self.halt = halt
        for task in [*self._waiting, *(self._sending if at_once else ())]:
            if task is not asyncio.current_task():
                task.cancel()
        return self.halt

    def resume(self) -> None:
        """Send again after a `Halt`, where nothing is left of what it stopped."""
        if self.halt is not None and not (self._waiting or self._sending or self.sticky):
            self.halt = None
            self._lost_in_a_row = 0

    @contextlib.contextmanager
    def _written(self) -> Iterator[None]:
        """What can't be kept or looked up must not be paid for: nobody sends any more."""
        try:
            yield
        except Halt as halt:
            raise self.stop(halt) from None

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """A wait that `stop` ends with its `Halt`."""
        if self.halt is not None:
            raise self.halt
        task = asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        self.meter.waiting += 1
        try:
            yield
        except asyncio.CancelledError:
            if self.halt is not None:
                task.uncancel()
                raise self.halt from None
            raise
        except Halt as halt:  # the budget is used up: for everybody
            raise self.stop(halt) from None
        finally:
            self._waiting.discard(task)
            self.meter.waiting -= 1

    def _lane(self, model: str, api_base: str | None) -> Lane:
        key = (model, api_base)
        if key not in self._lanes:
            door.register(model)
            self._lanes[key] = Lane(self.calls, self.concurrency)
        return self._lanes[key]


def _client(calls: Calls, journal: Journal, concurrency: int, timeout_s: float) -> Client:
    """A client that was pickled."""
    return Client(calls, journal, concurrency=concurrency, timeout_s=timeout_s)
