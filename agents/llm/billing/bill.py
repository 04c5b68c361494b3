"""What is owed: for one request, one call, one decision, and all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .price import Price
from .tokens import Tokens


class End(StrEnum):
    """What a request came to."""

    REFUSED = "refused"  # answered, by a refusal: nothing is owed
    USABLE = "usable"  # answered, with text
    UNUSABLE = "unusable"  # answered, with nothing one can use: owed all the same
    UNKNOWN = "unknown"  # no answer, or half of one: it may have been worked on


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens of answered requests and what they cost.

    Attributes:
        tokens: Of all of them.
        cost_usd: As billed; None where the price of one is not known.
        uncached_usd: Without any cache; None likewise.
    """

    tokens: Tokens = Tokens()
    cost_usd: float | None = 0.0
    uncached_usd: float | None = 0.0

    @classmethod
    def of(cls, tokens: Tokens, price: Price | None) -> Bill:
        """The bill of one answer.

        Args:
            tokens: As its provider counted them.
            price: Of the model; None where nobody knows it.
        """
        if price is None:
            return cls(tokens, None, None)
        return cls(tokens, price.of(tokens), price.uncached(tokens))

    @classmethod
    def together(cls, bills: Iterable[Bill]) -> Bill:
        """Several bills as one.

        Args:
            bills: Any number; none is a bill of nothing.
        """
        listed = list(bills)
        return cls(
            sum((b.tokens for b in listed), Tokens()),
            _sum([b.cost_usd for b in listed]),
            _sum([b.uncached_usd for b in listed]),
        )


NOTHING = Bill()


def _sum(amounts: list[float | None]) -> float | None:
    known = [a for a in amounts if a is not None]
    return math.fsum(known) if len(known) == len(amounts) else None
