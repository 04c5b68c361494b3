"""What a user may set about calls to models, validated in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...model.errors import UsageError, number, require, whole
from ...model.options import option
from .billing.price import Price, parse_prices
from .redaction import redact

if TYPE_CHECKING:
    from ...model.engine.driver import Limits

TEMPERATURE = 0.7
"""Of agents where nothing is said, as in the paper; judges have 0."""
FEWEST_TOKENS = 64
FEWEST_WORDS = 30
TOKENS_PER_WORD = 4


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How models are called.

    Raises:
        UsageError: A value breaks its rule; the first one is named.
    """

    api_base: str | None = option(None, "Address of an OpenAI-compatible server.", "URL", free=True)
    temperature: float | None = option(
        None, "Sampling temperature of the agents, 0 to 2; 0.7 if left out.", "T"
    )
    max_tokens: int = option(2048, "Longest answer of a model, in tokens.", "N")
    context_tokens: int = option(
        16_000, "Most an agent reads of others' messages, newest first; 4 characters each.", "N"
    )
    timeout_s: float = option(
        120.0, "Deadline of one decision; one attempt gets half of it.", "S", name="timeout"
    )
    concurrency: int = option(64, "Calls in flight at once, at most.", "N", free=True)
    rpm: float | None = option(None, "Requests a minute to a model; else learnt.", "N", free=True)
    tpm: float | None = option(None, "Tokens a minute to a model; else learnt.", "N", free=True)
    budget_usd: float | None = option(
        None, "Stop before it costs more than this.", "USD", name="budget", free=True
    )
    price: str | None = option(
        None,
        "US dollars per million tokens, for all or ID=IN,OUT;…, in place of LiteLLM's list.",
        "IN,OUT[,CACHED]",
    )

    def __post_init__(self) -> None:
        check_address("api_base", self.api_base)
        check_temperature(self.temperature)
        for name in ("max_tokens", "context_tokens"):
            object.__setattr__(self, name, whole(name, getattr(self, name), None))
        if self.max_tokens < FEWEST_TOKENS:
            raise UsageError(
                f"max_tokens={self.max_tokens} is too few for an answer; "
                f"use {FEWEST_TOKENS} or more"
            )
        if self.context_tokens < 0:
            raise UsageError(f"context_tokens={self.context_tokens} is below 0; use 0 or more")
        for name, rate in (("rpm", self.rpm), ("tpm", self.tpm)):
            if rate is not None and not 0 < number(name, rate) < inf:
                raise UsageError(f"{name}={rate} must be above 0 a minute; use more, or leave it")
        if self.budget_usd is not None and not number("budget", self.budget_usd) > 0:
            raise UsageError(
                f"budget={self.budget_usd} must be above 0 US dollars; use more, or none"
            )
        parse_prices(self.price)
        _ = self.limits  # checks both

    @property
    def limits(self) -> Limits:
        """Deadline and concurrency, for minds that are not called and not instant."""
        from ...model.engine.driver import Limits

        return Limits(self.timeout_s, self.concurrency)

    @property
    def prices(self) -> dict[str, Price]:
        """The prices given, by model id; `*` for every other."""
        return parse_prices(self.price)

    @property
    def max_words(self) -> int:
        """Longest work asked for, in words: what surely fits the longest answer."""
        return max(FEWEST_WORDS, self.max_tokens // TOKENS_PER_WORD)


def check_temperature(temperature: float | None) -> None:
    """Refuse what no provider takes.

    Args:
        temperature: 0 to 2, or None.

    Raises:
        UsageError: Outside 0 to 2.
    """
    if temperature is not None and not 0 <= number("temperature", temperature) <= 2:
        raise UsageError(f"temperature={temperature} is outside 0 to 2; use a value within")


def check_address(name: str, address: str | None) -> None:
    """Refuse what is no address, or holds a key.

    Args:
        name: Of the option, for the error.
        address: `http(s)://HOST[:PORT][/PATH]`, or None.

    Raises:
        UsageError: Not http(s) with a host, or with a user name, password, query or key.
    """
    if address is None:
        return
    require(name, address, str, "use text, as http://127.0.0.1:8000/v1")
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        shown = re.sub(r"[^/@]*@", "…@", address)  # what stands before an @ may be a password
        raise UsageError(f"{name}={shown!r} is no address; use one like http://127.0.0.1:8000/v1")
    private = (parts.username, parts.password, parts.query, parts.fragment)
    if any(private) or redact(address) != address:
        raise UsageError(
            f"{name} holds a user name, a query or a key; keep keys in the provider's "
            "environment variable"
        )
