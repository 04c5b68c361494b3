"""What a run of real models will take, before anything is paid: a rehearsal with synthetic minds.

One task of each kind of run is played by synthetic minds whose contributions have the length that
real ones are asked for; for every decision the real prompt is written and measured. So the forecast
knows the protocol, the network and the growth of the context, and guesses only what models do.
Shocks and trials are left out: it is the forecast of the team as it begins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ....agents.llm.billing.price import Price
from ....agents.llm.billing.tokens import Tokens
from ....agents.llm.service import Service
from ..config.run import RunConfig
from ..format import counted
from .rehearsal import Tally, rehearse

EPSILON = 1e-9
"""Rounding."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected, judges included.

    Attributes:
        calls: To models.
        tokens_in: Prompt tokens.
        tokens_out: Completion tokens.
        cost_usd: US dollars, where nothing is read from a cache; None where a price is unknown.
        time_s: Seconds, at the speed that the probe showed, else a guessed one, and within the rate
            given.
        largest_usd: The most that one call may cost; a budget must cover it.
        budget_usd: What may be spent; None for any.
        unpriced: Models without a known price.
        buys: What the rest of the budget buys, in words, where it doesn't buy all; else empty.
        tokens_cached: Prompt tokens that a provider may read from a cache.
        cost_cached_usd: US dollars where it does; None as `cost_usd`.
    """

    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    time_s: float
    largest_usd: float = 0.0
    budget_usd: float | None = None
    unpriced: tuple[str, ...] = ()
    buys: str = ""
    tokens_cached: int = 0
    cost_cached_usd: float | None = None

    def line(self) -> str:
        """One line for people."""
        cost = "price unknown" if self.cost_usd is None else f"about ${self.cost_usd:.2f}"
        if self.unpriced:
            cost += f" (no price for {', '.join(self.unpriced)})"
        budget = "" if self.budget_usd is None else f", budget ${self.budget_usd:g}"
        return (
            f"forecast: {self.calls:,} calls, {self.tokens_in:,} tokens in, "
            f"{self.tokens_out:,} out, {cost}{budget}, {_duration(self.time_s)} or so"
        )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def forecast(runs: Sequence[tuple[RunConfig, int]], service: Service, at_once: int = 1) -> Forecast:
    """What runs will take.

    Args:
        runs: Configurations and how many ticks of each are still to be played.
        service: Knows prices.
        at_once: Runs that are played at the same time.
    """
    client = service.client
    rehearsed: dict[RunConfig, tuple[Tally, float]] = {}
    tokens = Tokens()
    calls, cost, cached_usd, seconds, here_s = 0, 0.0, 0.0, 0.0, 0.0
    slots = max(client.sender.most_at.values(), default=1)
    largest = 0.0
    unpriced: dict[str, None] = {}
    costs: list[tuple[int, int, float]] = []
    for config, ticks in runs:
        before = cost
        kind = config.replace(seed=0, ticks=1, shock="", tune="")
        if kind not in rehearsed:
            rehearsed[kind] = rehearse(kind, client.speeds)
        tally, slowest_s = rehearsed[kind]
        seconds += slowest_s * ticks
        here_s += tally.here_s * ticks / slots
        for model, used in tally.tokens.items():
            price: Price | None = client.price(model)
            calls += ticks * tally.calls[model]
            tokens += Tokens(ticks * used.prompt, ticks * used.completion, ticks * used.cached)
            if price is None:
                unpriced[model] = None
            else:
                cost += ticks * price.uncached(used)
                cached_usd += ticks * price.of(used)
                largest = max(largest, price.worst(*tally.largest[model]))
        costs.append((config.tasks.seed, ticks, cost - before))
    seconds = max(seconds / max(1, at_once), here_s)  # all runs share the cores
    if client.calls.rpm is not None:
        seconds = max(seconds, 60.0 * calls / client.calls.rpm)
    if client.calls.tpm is not None:
        seconds = max(seconds, 60.0 * tokens.whole / client.calls.tpm)
    known, known_cached = (cost, cached_usd) if cost or not unpriced else (None, None)
    budget = client.calls.budget_usd
    buys = ""
    if budget is not None and not unpriced:
        buys = bought(costs, budget - client.budget.spent_usd)
    return Forecast(
        calls, tokens.prompt, tokens.completion, known, seconds, largest, budget, tuple(unpriced),
        buys, tokens.cached, known_cached,
    )  # fmt: skip


def bought(costs: Sequence[tuple[int, int, float]], left_usd: float) -> str:
    """What a budget buys of runs that are played replicate by replicate.

    Args:
        costs: Of each run its seed, its ticks and its cost in US dollars.
        left_usd: What may still be spent.

    Returns:
        A sentence; empty where it buys all.
    """
    if math.fsum(usd for _, _, usd in costs) <= left_usd:
        return ""
    left_usd = max(0.0, left_usd)
    if len(costs) == 1:
        _, ticks, usd = costs[0]
        enough = int(ticks * left_usd / usd + EPSILON)
        return f"the budget buys about {enough} of {counted(ticks, 'tick')}"
    by_seed: dict[int, list[float]] = {}
    for seed, _, usd in costs:
        by_seed.setdefault(seed, []).append(usd)
    spent = list(accumulate(usd for replicate in by_seed.values() for usd in replicate))
    ends = accumulate(map(len, by_seed.values()))
    whole = sum(spent[end - 1] <= left_usd * (1 + EPSILON) for end in ends)
    runs = sum(usd <= left_usd * (1 + EPSILON) for usd in spent)
    return (
        f"the budget buys about {whole} of {counted(len(by_seed), 'replicate')} of every cell, "
        f"{runs} of {len(costs)} runs; they are played replicate by replicate until it is spent"
    )
