"""One request: its money set aside, its turn awaited, sent, and settled whatever comes of it.

A request ends in one of four ways, and journal and budget say which: refused, so that nothing is
owed; answered, and owed, whether the answer can be used or not; or unknown, and the most it may
cost is held.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ....model.engine.driver import Limits
from ....model.errors import Halt
from ..billing.bill import NOTHING, Bill, End
from ..billing.budget import Budget
from ..billing.price import Price, price_of
from ..journal.journal import Journal
from ..journal.rows import Sent
from ..models import ModelId, litellm_id, tier_of
from ..pacing.concurrency import ConcurrencyLimit
from ..pacing.endpoint import Endpoint
from ..pacing.rate_limit import LongWaitError
from ..pacing.waiting import patience_s
from ..redaction import read_secrets
from ..request import Completion, Request
from ..settings import Calls
from ..transport.adapter import Adapter, Received
from ..transport.call_errors import CallError, ErrorKind, classify
from .call import Call
from .completions import Posed, completion_of
from .meter import Meter
from .retry import Deadline
from .stopping import StopSwitch

LATER_S = 10.0
"""How much later than our own deadline of an attempt LiteLLM's fires: ours must be the one."""


class Answered(NamedTuple):
    """A request that brought a usable answer.

    Attributes:
        completion: The answer, with the bill of all requests of its call.
        sent: The request, with its own.
    """

    completion: Completion
    sent: Sent


class Sender:
    """Sends the requests of one command. Lives on one event loop.

    Args:
        calls: Settings shared by all models.
        journal: Where requests are kept.
        limits: Deadline of one decision, and requests in flight at once.
        adapter: The way to LiteLLM.

    Attributes:
        most_at: Requests in flight at once at addresses that take fewer than `limits` allow.
    """

    def __init__(self, calls: Calls, journal: Journal, limits: Limits, adapter: Adapter) -> None:
        self.calls = calls
        self.limits = limits
        self.adapter = adapter
        self.meter = Meter()
        self.budget = Budget(calls.budget_usd, journal.spent_usd(), journal.held_usd())
        self.prices = {litellm_id(name): price for name, price in calls.prices.items()}
        self.switch = StopSwitch()
        self._secrets = read_secrets()
        self.most_at: dict[str, int] = {}
        self._slots = ConcurrencyLimit(limits.concurrency)
        self._endpoints: dict[tuple[str, str | None], Endpoint] = {}
        self._listed: dict[tuple[str, str], Price | None] = {}
        self.keep_in(journal)

    def keep_in(self, journal: Journal) -> None:
        """Keep requests in a journal, and expect bills as high as those it knows.

        Args:
            journal: From now on.
        """
        self.journal = journal
        self._excess = journal.excess()

    def price(self, model: str, tier: str = "") -> Price | None:
        """A model's price; None where nobody knows it.

        Args:
            model: LiteLLM id.
            tier: The provider's tier of service that is asked for; empty for the usual one.
        """
        if (model, tier) not in self._listed:
            listed = self.adapter.listed_price(model, tier)
            self._listed[model, tier] = price_of(model, self.prices, listed)
        return self._listed[model, tier]

    def price_of(self, request: Request) -> Price | None:
        """The price of a request; None where nobody knows it.

        Args:
            request: Before it is sent.
        """
        return self.price(request.model, tier_of(request.options))

    @property
    def unpriced(self) -> list[str]:
        """Models met so far whose price nobody knows."""
        return list(dict.fromkeys(m for (m, _), price in self._listed.items() if price is None))

    @property
    def waits(self) -> list[str]:
        """What calls wait for at providers, and until when, in words; empty while for nothing."""
        return [
            f"{model}: {endpoint.rate.wait}"
            for (model, _), endpoint in self._endpoints.items()
            if endpoint.rate.wait
        ]

    async def attempt(self, call: Call, deadline: Deadline) -> Answered:
        """Send a call's request once; settle what it cost whatever comes of it.

        Args:
            call: As it is put now; what is owed is added to its bills.
            deadline: Of its decision.

        Raises:
            CallError: There is no usable answer.
            Halt: The run must stop.
        """
        posed = Posed(call.request, self.price_of(call.request))
        endpoint = self._endpoint(call.model)
        likely = endpoint.likely_tokens(call.request)
        worst_usd = (posed.worst_usd or 0.0) * max(endpoint.excess, self._excess)
        with self._waits():
            await self.budget.reserve(worst_usd)
        bill, held_usd = NOTHING, 0.0
        try:
            acquired_at = await self._admission(call.model, endpoint, likely)
            try:
                with self.switch.halting():
                    sent = self.journal.send(call.key, posed.worst_usd and worst_usd)
                held_usd = worst_usd  # until we know better
                endpoint.sent += 1
                number, sent_at = endpoint.sent, time.monotonic()
                answer, headers = await self._answer(posed, call, deadline)
                bill, held_usd = answer.bill, 0.0
                call.attempts += 1
            except CallError as error:
                call.attempts += 1
                bill = error.owed
                held_usd = worst_usd if error.end is End.UNKNOWN else 0.0
                with self.switch.halting():
                    self.journal.end(sent, error.end, bill)
                self._refused(error, endpoint, acquired_at)
                endpoint.learn(error.headers, number, sent_at)
                endpoint.rate.correct(likely, bill.tokens.whole)
                raise
            finally:
                self._slots.release()
                endpoint.concurrency.release()
        finally:
            endpoint.on_bill(bill.cost_usd, posed.worst_usd)
            self._settle(call, bill, worst_usd, held_usd)
        endpoint.learn(headers, number, sent_at)
        endpoint.on_answer(likely, bill.tokens)
        return Answered(call.whole(answer), Sent(sent, bill))

    async def _answer(
        self, posed: Posed, call: Call, deadline: Deadline
    ) -> tuple[Completion, dict[str, str]]:
        """The answer to a request, and what its headers say of rate limits.

        Raises:
            CallError: There is none that could be used; it says what is owed for it.
        """
        try:
            received, latency_s = await self._send(call, deadline)
        except CallError as error:
            error.owed = posed.owed(error)
            raise
        try:
            answer = completion_of(received.response, posed, self._secrets)
        except CallError as error:
            error.owed, error.headers = posed.owed(error), received.headers
            raise
        self.meter.estimated += answer.estimated
        return replace(answer, latency_s=round(latency_s, 4)), received.headers

    def _settle(self, call: Call, bill: Bill, worst_usd: float, held_usd: float) -> None:
        """Count what a request came to."""
        if bill is not NOTHING:
            call.bills.append(bill)
        self.meter.count(bill.tokens)
        self.budget.settle(worst_usd, bill.cost_usd or 0.0, held_usd)

    def _refused(self, error: CallError, endpoint: Endpoint, acquired_at: float) -> None:
        if error.kind is ErrorKind.RATE_LIMIT:
            self.meter.rate_limited += 1
            endpoint.on_refusal(acquired_at)

    def _endpoint(self, model: ModelId) -> Endpoint:
        where = (model.model, model.calls.api_base)
        if where not in self._endpoints:
            most = self.most_at.get(model.calls.api_base or "", self.limits.concurrency)
            self._endpoints[where] = Endpoint(self.calls, most)
        return self._endpoints[where]

    async def _admission(self, model: ModelId, endpoint: Endpoint, tokens: int) -> float:
        """Wait for the endpoint's slot, its rate, and a slot of the command; return the time."""
        with self._waits():
            await endpoint.concurrency.acquire()
            try:
                await endpoint.rate.acquire(tokens, patience_s(self.limits.deadline_s))
                return await self._slots.acquire()
            except LongWaitError as wait:
                endpoint.concurrency.release()
                raise Halt("limit", f"{model.model}: {wait}; the same command continues") from None
            except BaseException:
                endpoint.concurrency.release()
                raise

    async def _send(self, call: Call, deadline: Deadline) -> tuple[Received, float]:
        meter, limit_s = self.meter, deadline.attempt_s
        meter.sent += 1
        meter.retries += deadline.attempts > 1
        meter.in_flight += 1
        meter.most_in_flight = max(meter.most_in_flight, meter.in_flight)
        began = time.monotonic()
        try:
            with self.switch.sends():
                async with asyncio.timeout(limit_s):
                    received = await self.adapter.send(
                        call.request,
                        api_base=call.model.calls.api_base,
                        timeout_s=limit_s + LATER_S,
                    )
            return received, time.monotonic() - began
        except Halt:
            raise
        except Exception as error:
            raise classify(error) from None
        finally:
            # No longer than it was given: a process that was stopped meanwhile may ask again.
            deadline.used_s += min(time.monotonic() - began, limit_s)
            meter.in_flight -= 1

    @contextlib.contextmanager
    def _waits(self) -> Iterator[None]:
        """A counted wait that `stop` ends with its `Halt`."""
        with self.switch.waits():
            self.meter.waiting += 1
            try:
                yield
            finally:
                self.meter.waiting -= 1

    async def sleep(self, seconds: float) -> None:
        """Wait, as long as calls may be made.

        Args:
            seconds: 0 or more.

        Raises:
            Halt: They may no longer.
        """
        with self._waits():
            await asyncio.sleep(seconds)
