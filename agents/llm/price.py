"""What tokens cost: prices as users give them, and which of several holds for a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ...model.errors import UsageError
from ..local.catalogue import LITELLM_ID
from .request import Request

EVERY_MODEL = "*"
"""Key of a price that holds for every model without one of its own."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per token, each 0 or more."""

    usd_in: float
    usd_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What tokens cost.

        Args:
            tokens_in: Of prompts, 0 or more.
            tokens_out: Of completions, 0 or more.

        Returns:
            US dollars.
        """
        return self.usd_in * tokens_in + self.usd_out * tokens_out

    def worst(self, request: Request) -> float:
        """The most a request can cost: a token per byte of the prompt, the longest completion.

        Args:
            request: Before it is sent.

        Returns:
            US dollars.
        """
        return self.of(request.most_tokens_in, request.max_tokens)


def parse_prices(text: str | None) -> dict[str, Price]:
    """Prices as users give them: `IN,OUT` for every model or `ID=IN,OUT;ID=IN,OUT`.

    Args:
        text: US dollars per million tokens, each 0 or more; None or empty for no prices.

    Returns:
        Prices by model id; the key `*` is for every model not named.

    Raises:
        UsageError: Malformed.
    """
    if text is not None and not isinstance(text, str):
        raise UsageError(f"price={text!r} is no text; use '0.4,1.6' or 'ID=0.4,1.6;ID=0,0'")
    prices: dict[str, Price] = {}
    for part in filter(None, (text or "").split(";")):
        model, equals, numbers = part.rpartition("=")
        try:
            usd_in, usd_out = (float(n) / 1e6 for n in numbers.split(","))
        except ValueError:
            usd_in = usd_out = math.nan
        nameless = bool(equals) and not model.strip()
        if nameless or not (0 <= usd_in < math.inf and 0 <= usd_out < math.inf):
            raise UsageError(
                f"price={text!r}: part {part!r} is not USD per million tokens in and out; "
                "use '0.4,1.6' or 'ID=0.4,1.6;ID=0,0'"
            )
        prices[model.strip() if equals else EVERY_MODEL] = Price(usd_in, usd_out)
    return prices


def price_of(
    model: str, given: Mapping[str, Price], listed: tuple[float, float] | None
) -> Price | None:
    """A model's price: the one given for it or for all, or LiteLLM's; local ones are free.

    Args:
        model: LiteLLM id.
        given: By the user, by LiteLLM id or `*`.
        listed: LiteLLM's own, in US dollars per token in and out; None where it has none.

    Returns:
        None where nobody knows it.
    """
    if model.startswith(LITELLM_ID):
        return given.get(model, Price(0.0, 0.0))
    known = given.get(model) or given.get(EVERY_MODEL)
    return known if known is not None or listed is None else Price(*listed)
