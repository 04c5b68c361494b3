"""What the journal speaks in: keys and bills as columns hold them, and what a request came to."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..billing.bill import NOTHING, Bill
from ..billing.tokens import Tokens
from ..request import CallKey


class Earlier(NamedTuple):
    """Requests of a call that an earlier process sent, before it was stopped.

    Attributes:
        attempts: Those whose end is known.
        bill: Of those that were answered.
    """

    attempts: int = 0
    bill: Bill = NOTHING


class Sent(NamedTuple):
    """A request that was sent and answered.

    Attributes:
        id: As given by `Journal.send`.
        bill: What is owed for it.
    """

    id: int
    bill: Bill


def values_of(key: CallKey) -> tuple[str, int, str, str, int]:
    """A key as its columns hold it; SQLite's integers are too short for a decision's seed.

    Args:
        key: Of a call.
    """
    return key.run, key.tick, key.who, str(key.decision), key.call


def billed(bill: Bill) -> tuple[Any, ...]:
    """A bill as its columns hold it.

    Args:
        bill: Of a request.
    """
    t = bill.tokens
    return (
        t.prompt, t.completion, t.cached, t.written, t.reasoning, bill.cost_usd, bill.uncached_usd
    )  # fmt: skip


def bill_of(row: list[Any]) -> Bill:
    """The inverse of `billed`.

    Args:
        row: Five counts and two costs.
    """
    *counts, cost_usd, uncached_usd = row
    return Bill(Tokens(*counts), cost_usd, uncached_usd)
