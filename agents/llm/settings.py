"""What a user may set about calls to models, validated in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from urllib.parse import urlsplit

from ...model.errors import UsageError
from .price import Price, parse_prices
from .redaction import redact

TEMPERATURE = 0.7
"""Of agents where nothing is said, as in the paper; judges have 0."""
FEWEST_TOKENS = 64
FEWEST_WORDS = 30
TOKENS_PER_WORD = 4


@dataclass(frozen=True)
class Calls:
    """How models are called.

    Attributes:
        api_base: Address of an OpenAI-compatible server; None for the provider's own.
        temperature: Of agents, 0 to 2; None means 0.7.
        max_tokens: Longest answer in tokens, 64 or more.
        context_tokens: Most that an agent reads of others' messages, own work and memory, at four
            characters to a token; 0 or more.
        rpm: Requests a minute to any one model, above 0; None learns it from the provider.
        tpm: Tokens a minute to any one model, above 0; None learns it.
        budget_usd: Never exceeded, above 0; None for no limit.
        price: US dollars per million tokens, `IN,OUT` or `ID=IN,OUT;…`; in place of LiteLLM's
            list.

    Raises:
        UsageError: A value breaks its rule; the first one is named.
    """

    api_base: str | None = None
    temperature: float | None = None
    max_tokens: int = 2048
    context_tokens: int = 16_000
    rpm: float | None = None
    tpm: float | None = None
    budget_usd: float | None = None
    price: str | None = None

    def __post_init__(self) -> None:
        check_address("api_base", self.api_base)
        check_temperature(self.temperature)
        if self.max_tokens < FEWEST_TOKENS:
            raise UsageError(
                f"max_tokens={self.max_tokens} is too few for an answer; "
                f"use {FEWEST_TOKENS} or more"
            )
        if self.context_tokens < 0:
            raise UsageError(f"context_tokens={self.context_tokens} is below 0; use 0 or more")
        for name, rate in (("rpm", self.rpm), ("tpm", self.tpm)):
            if rate is not None and not 0 < rate < inf:
                raise UsageError(f"{name}={rate} must be above 0 a minute; use more, or leave it")
        if self.budget_usd is not None and not self.budget_usd > 0:
            raise UsageError(
                f"budget={self.budget_usd} must be above 0 US dollars; use more, or none"
            )
        parse_prices(self.price)

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
    if temperature is not None and not 0 <= temperature <= 2:
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
