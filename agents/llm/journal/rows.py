"""What the journal speaks in: keys and bills as columns hold them, and what a request came to."""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

from ..billing.bill import NOTHING, Bill
from ..billing.tokens import Tokens
from ..request import CallKey, Completion, Request


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


def values_of(key: CallKey, further: int = 0) -> tuple[str, int, str, str, int]:
    """A key as its columns hold it; SQLite's integers are too short for a decision's seed.

    Args:
        key: Of a call.
        further: How many calls of the decision later, 0 or more.
    """
    return key.run, key.tick, key.who, str(key.decision), key.call + further


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


def columns_of(request: Request, answer: Completion, failed: str | None) -> tuple[Any, ...]:
    """A call as its columns hold it, behind its key.

    Args:
        request: What was asked.
        answer: What came back, or what stands for it.
        failed: Why there is no answer; None where there is one.
    """
    packed = zlib.compress(request.json.encode("utf-8", "replace"), 1)
    bill, tokens = answer.bill, answer.bill.tokens
    return (
        request.digest, packed, answer.text, tokens.prompt, tokens.completion, bill.cost_usd,
        answer.latency_s, answer.finish, answer.served_by, answer.attempts, int(answer.estimated),
        failed, tokens.cached, tokens.written, tokens.reasoning, bill.uncached_usd,
        answer.completion_tokens,
    )  # fmt: skip
