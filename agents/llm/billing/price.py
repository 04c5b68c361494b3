"""What tokens cost: prices as users give them, and which of several holds for a model."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....model.errors import UsageError
from .tokens import Tokens

EVERY_MODEL = "*"
"""Key of a price that holds for every model without one of its own."""
_RATES = {
    "usd_in": ("input_cost_per_token",),
    "usd_out": ("output_cost_per_token",),
    "usd_cached": ("cache_read_input_token_cost", "input_cost_per_token_cache_hit"),
    "usd_written": ("cache_creation_input_token_cost",),
    "usd_reasoning": ("output_cost_per_reasoning_token",),
}
"""Names of LiteLLM's rates, by ours."""
_STEP = re.compile(r"input_cost_per_token_above_(\d{1,6})k_tokens")
_HOW = "use '0.4,1.6', '0.4,1.6,0.1' or 'ID=0.4,1.6;ID=0,0'"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per token, each 0 or more.

    Attributes:
        usd_in: Of prompts.
        usd_out: Of completions.
        usd_cached: Of what a prompt read from a cache; None where it costs as the rest.
        usd_written: Of what a prompt wrote to a cache; None where it costs as the rest.
        usd_reasoning: Of thoughts; None where they cost as the rest of the completion.
        steps: Dearer prices, each with the prompt tokens above which it holds; ascending.
    """

    usd_in: float
    usd_out: float
    usd_cached: float | None = None
    usd_written: float | None = None
    usd_reasoning: float | None = None
    steps: tuple[tuple[int, Price], ...] = ()

    def of(self, tokens: Tokens) -> float:
        """What tokens cost, as billed.

        Args:
            tokens: As counted by the provider, or as expected.

        Returns:
            US dollars.
        """
        for above, price in reversed(self.steps):
            if tokens.prompt > above:
                return price.of(tokens)
        cached = self.usd_in if self.usd_cached is None else self.usd_cached
        written = self.usd_in if self.usd_written is None else self.usd_written
        thought = self.usd_out if self.usd_reasoning is None else self.usd_reasoning
        return math.fsum(
            (
                self.usd_in * (tokens.prompt - tokens.cached - tokens.written),
                cached * tokens.cached,
                written * tokens.written,
                self.usd_out * (tokens.completion - tokens.reasoning),
                thought * tokens.reasoning,
            )
        )

    def uncached(self, tokens: Tokens) -> float:
        """What the same tokens would cost without any cache.

        Args:
            tokens: As for `of`.

        Returns:
            US dollars.
        """
        return self.of(Tokens(tokens.prompt, tokens.completion, reasoning=tokens.reasoning))

    def worst(self, tokens_in: int, tokens_out: int) -> float:
        """The most that so many tokens can cost: every one at the dearest rate.

        Args:
            tokens_in: Of the prompt, 0 or more.
            tokens_out: Of the completion, 0 or more.

        Returns:
            US dollars.
        """
        dearest_in = max(self.usd_in, self.usd_cached or 0.0, self.usd_written or 0.0)
        dearest_out = max(self.usd_out, self.usd_reasoning or 0.0)
        whole = dearest_in * tokens_in + dearest_out * tokens_out
        steps = [price.worst(tokens_in, tokens_out) for above, price in self.steps]
        return max([whole, *(s for s, (above, _) in zip(steps, self.steps, strict=True)
                             if tokens_in > above)])  # fmt: skip


def listed_price(entry: Mapping[str, Any], tier: str = "") -> Price | None:
    """A price as LiteLLM lists it.

    Args:
        entry: Of a model in its list.
        tier: The provider's tier of service that is asked for; empty for the usual one.

    Returns:
        None where there is none, or only zeros.
    """
    base = _rates(entry, "", tier)
    steps = [
        (1000 * int(found[1]), _rates(entry, f"_above_{found[1]}k_tokens", tier, base))
        for name in entry
        if (found := _STEP.fullmatch(name))
    ]
    ranges = entry.get("tiered_pricing")
    for part in ranges if isinstance(ranges, list) else ():
        span = part.get("range") if isinstance(part, Mapping) else None
        if span and float(span[0]) > 0:
            steps.append((int(span[0]), _rates(part, "", tier, base)))
        elif span:
            base = _rates(part, "", tier)
    price = Price(*base, steps=tuple((n, Price(*r)) for n, r in sorted(steps)))
    return price if price.usd_in or price.usd_out else None


Rates = tuple[float, float, float | None, float | None, float | None]


def _rates(
    entry: Mapping[str, Any], suffix: str, tier: str, otherwise: Rates | None = None
) -> Rates:
    """The five rates of an entry, where need be those of the usual tier or of a smaller prompt."""
    found: list[float | None] = []
    for place, names in enumerate(_RATES.values()):
        keys = [f"{name}{suffix}_{tier}" for name in names if tier]
        keys += [f"{name}{suffix}" for name in names]
        values = (entry.get(key) for key in keys)
        value = next((float(v) for v in values if v is not None and _is_rate(v)), None)
        if value is None and otherwise is not None:
            value = otherwise[place]
        found.append(value)
    usd_in, usd_out, *rest = found
    return (usd_in or 0.0, usd_out or 0.0, *rest)  # type: ignore[return-value]


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def parse_prices(text: str | None) -> dict[str, Price]:
    """Prices as users give them: `IN,OUT[,CACHED]` for every model, or `ID=…;ID=…`.

    Args:
        text: US dollars per million tokens, each 0 or more; None or empty for no prices.

    Returns:
        Prices by model id; the key `*` is for every model not named.

    Raises:
        UsageError: Malformed.
    """
    if text is not None and not isinstance(text, str):
        raise UsageError(f"price={text!r} is no text; {_HOW}")
    prices: dict[str, Price] = {}
    for part in filter(None, (text or "").split(";")):
        model, equals, numbers = part.rpartition("=")
        try:
            rates = [float(n) / 1e6 for n in numbers.split(",")]
        except ValueError:
            rates = []
        nameless = bool(equals) and not model.strip()
        if nameless or len(rates) not in (2, 3) or not all(0 <= r < math.inf for r in rates):
            raise UsageError(
                f"price={text!r}: part {part!r} is not USD per million tokens in, out and, if they "
                f"cost less, read from a cache; {_HOW}"
            )
        cached = rates[2] if len(rates) > 2 else None
        prices[model.strip() if equals else EVERY_MODEL] = Price(rates[0], rates[1], cached)
    return prices


def price_of(model: str, given: Mapping[str, Price], listed: Price | None) -> Price | None:
    """A model's price: the one given for it, the one given for all, or LiteLLM's.

    Args:
        model: LiteLLM id.
        given: By the user, by LiteLLM id or `*`.
        listed: LiteLLM's own; None where it has none.

    Returns:
        None where nobody knows it.
    """
    return given.get(model) or given.get(EVERY_MODEL) or listed
