"""What a run of real models will take, before anything is paid: some of its tasks are rehearsed.

Tasks of each kind of run are played by minds with the habits of models, and for every decision the
real prompt is written and counted (`rehearsal/`). So the forecast knows tasks, protocol, network
and growth of the context, and guesses only what models do: as models usually do, within a range;
where the journal holds answers of the very model, as it did. Shocks and trials are left out: it is
the forecast of the team as it begins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from ....agents.llm.billing.price import Price
from ....agents.llm.journal.answered import Answered
from ....agents.llm.service import Service
from ....agents.local.catalogue import LITELLM_ID
from ..config.run import RunConfig
from ..format import counted
from ..rehearsal.learning import habits_of
from ..rehearsal.rehearse import Rehearsed, rehearse
from ..rehearsal.tally import Expectations

EXTREMES = ((0.0, 2.5), (0.9, 0.5))
"""Share that declines, and factor of what is written: somewhat more than recorded models differ."""
SLACK = 0.1
"""By which providers' counts, repeated questions and other tasks may differ besides."""
EXTREME_DECISIONS = 32
"""That are rehearsed of each kind of run for them, about."""
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
        ranges: Of calls, tokens and dollars, from what models do that take part always and write
            much to what those do that decline often and write little.
        learned: Answers that a model's habits were learned from, by LiteLLM id.
        paceless: Models on this machine whose pace is not known yet.
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
    ranges: Mapping[str, tuple[float, float] | None] = field(default_factory=dict)
    learned: Mapping[str, int] = field(default_factory=dict)
    paceless: tuple[str, ...] = ()

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

    @property
    def rests_on(self) -> list[str]:
        """What it rests on, and how far off it may be, in words."""
        said = [
            f"{model} is expected to go on as in its {counted(n, 'answer')} here"
            for model, n in self.learned.items()
        ]
        if self.paceless:
            said.append(
                f"how fast {', '.join(self.paceless)} is here is measured when its engine starts; "
                "until then a hosted model's pace stands for it"
            )
        usd, calls = self.ranges.get("cost_usd"), self.ranges.get("calls")
        if not calls or calls == self.ranges["tokens_out"]:
            return said
        low, high = calls
        spread = f"{low:,.0f} to {high:,.0f} calls"
        for name in ("tokens_in", "tokens_out"):
            low, high = self.ranges[name] or (0.0, 0.0)
            spread += f", {low:,.0f} to {high:,.0f} tokens {name.removeprefix('tokens_')}"
        if usd and usd[1]:
            spread += f", ${usd[0]:.2f} to ${usd[1]:.2f}"
        return [*said, f"how often models decline and how much they write may make it {spread}"]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def forecast(
    runs: Sequence[tuple[RunConfig, int]],
    service: Service,
    at_once: int = 1,
    earlier: Sequence[Answered] | None = None,
) -> Forecast:
    """What runs will take.

    Args:
        runs: Configurations and how many ticks of each are still to be played.
        service: Knows prices, speeds, and answers that its journal holds.
        at_once: Runs that are played at the same time.
        earlier: Answers of the same models to learn from; None for those of the service's journal.
    """
    heard = service.client.journal.answered() if earlier is None else earlier
    expected = Expectations(habits_of(heard), service.client.speeds)
    kinds = _kinds(runs)
    likely = _summed(kinds, expected, service)
    extremes = [likely]
    if any(m not in expected.habits for m in likely.models):
        extremes += [
            _summed(kinds, expected.bent(declines, words), service, EXTREME_DECISIONS)
            for declines, words in EXTREMES
        ]
    calls = service.client.calls
    budget = calls.budget_usd
    buys = ""
    if budget is not None and not likely.unpriced:
        buys = bought(likely.costs, budget - service.client.budget.spent_usd)
    known = likely.usd if likely.usd or not likely.unpriced else None
    return Forecast(
        round(likely.calls), round(likely.tokens_in), round(likely.tokens_out), known,
        _seconds(likely, service, at_once), likely.largest_usd, budget, tuple(likely.unpriced),
        buys, round(likely.tokens_cached), None if known is None else likely.cached_usd,
        ranges={
            "calls": _range([e.calls for e in extremes]),
            "tokens_in": _range([e.tokens_in for e in extremes]),
            "tokens_out": _range([e.tokens_out for e in extremes]),
            "cost_usd": None if known is None else _range([e.usd for e in extremes]),
        },
        learned={m: expected.habits[m].answers for m in likely.models if m in expected.habits},
        paceless=tuple(
            m.partition("/")[2] for m in likely.models
            if m.startswith(LITELLM_ID) and not expected.of(m).pace.known
        ),
    )  # fmt: skip


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(values) * (1 - SLACK), max(values) * (1 + SLACK)


@dataclass
class _Sums:
    """What all runs take together, by one expectation of their models."""

    calls: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    tokens_cached: float = 0.0
    usd: float = 0.0
    cached_usd: float = 0.0
    path_s: float = 0.0
    busy_s: float = 0.0
    here_s: float = 0.0
    largest_usd: float = 0.0
    unpriced: dict[str, None] = field(default_factory=dict)
    models: dict[str, None] = field(default_factory=dict)
    costs: list[tuple[int, int, float]] = field(default_factory=list)

    def take(self, run: Rehearsed, share: float, service: Service) -> float:
        """Add a run, or a part of one; what it costs in US dollars without any cache."""
        cost = 0.0
        for model, used in run.used.items():
            self.models[model] = None
            self.calls += share * used.calls
            self.tokens_in += share * used.tokens_in
            self.tokens_out += share * used.tokens_out
            self.tokens_cached += share * used.tokens_cached
            price: Price | None = service.client.price(model)
            if price is None:
                self.unpriced[model] = None
                continue
            cost += share * used.calls * price.uncached(used.of_a_call)
            self.cached_usd += share * used.calls * price.of(used.of_a_call)
            self.largest_usd = max(self.largest_usd, price.worst(*used.largest))
        self.usd += cost
        self.path_s += share * run.path_s
        self.busy_s += share * run.busy_s
        self.here_s += share * run.here_s
        return cost


def _kinds(runs: Sequence[tuple[RunConfig, int]]) -> dict[RunConfig, list[tuple[RunConfig, int]]]:
    """Runs and their ticks, by what they are but for seed and length."""
    kinds: dict[RunConfig, list[tuple[RunConfig, int]]] = {}
    for run, ticks in runs:
        kind = run.replace(seed=0, ticks=1, shock="", tune="")
        kinds.setdefault(kind, []).append((run, ticks))
    return kinds


def _summed(
    kinds: Mapping[RunConfig, Sequence[tuple[RunConfig, int]]],
    expected: Expectations,
    service: Service,
    most: int = 0,
) -> _Sums:
    sums = _Sums()
    for alike in kinds.values():
        ticks = max(ticks for _, ticks in alike)
        one = rehearse([run for run, _ in alike], ticks, expected, most)
        for run, left in alike:
            cost = sums.take(one, left / ticks, service)
            sums.costs.append((run.tasks.seed, left, cost))
    return sums


def _seconds(sums: _Sums, service: Service, at_once: int) -> float:
    """Wall time: as long as calls wait for each other, and no shorter than any limit allows."""
    client = service.client
    slots = max(client.sender.most_at.values(), default=1)
    bounds = [
        sums.path_s / max(1, at_once),
        sums.busy_s / client.calls.concurrency,
        sums.here_s / slots,  # all runs share the cores
    ]
    if client.calls.rpm is not None:
        bounds.append(60.0 * sums.calls / client.calls.rpm)
    if client.calls.tpm is not None:
        bounds.append(60.0 * (sums.tokens_in + sums.tokens_out) / client.calls.tpm)
    return max(bounds)


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
