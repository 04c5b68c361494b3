"""Matched budgets: every protocol gets the same to spend on a task, so that more isn't just more.

Protocols differ in what a team of N costs: broadcast asks everyone twice, a coordinator leaves
members out. A team that scores higher may only have spent more. `compare --match` gives each
protocol the size at which it spends what the budget allows.

**Decision.** Spending is matched by team size, learnt from a pilot, and not by a purse that stops a
tick when it is empty. A purse would have to live in the kernel, would cut protocols off in the
middle of what they do (a coordinator whose plan nobody carries out), and would make a run depend on
prices. With sizes every protocol is played as written and whole. The price: matched teams differ in
size, and whole members make steps, so budgets are met from below and not exactly. Both are shown:
the size, what was reached, and how far that is from the budget.

**Budget.** The spending of the cheapest protocol at the size asked for, `solo` left aside; or that
of a protocol named after a colon, as `calls:sequential`. Solo has one member; its size is how many
turns it may take. It stops when it has nothing to add, so it may leave budget unspent, which is
said.

**Pilot.** 24 tasks of a seed that the comparison doesn't use, the same for every protocol and size.
A protocol gets the largest size whose mean spending on them is within the budget. Where models are
called, the pilot is the forecast's rehearsal: synthetic minds decide and the real prompts are
measured, so nothing is paid; models may then spend otherwise, and the deviation says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ....agents.llm.billing.tokens import Tokens
from ....model.errors import UnknownNameError, UsageError
from ....model.mind import Mind
from ..build.from_config import organization_of
from ..config.checks import label_of
from ..config.comparison import ComparisonConfig, Size
from ..config.run import RunConfig
from ..results.rows import mean, measured
from .reporter import Reporter

if TYPE_CHECKING:
    from ....agents.llm.service import Service

BY = {"calls": "calls", "tokens": "tokens", "usd": "cost_usd_uncached"}
"""What budgets are matched on, and the measure that counts it."""
UNITS = {"calls": "calls", "tokens": "tokens", "usd": "USD uncached"}
PILOT, REHEARSED = 24, 4
"""Tasks of the pilot, and of a rehearsal."""
GROWTH = 4
"""A team that spends less than its budget grows up to so many times the size asked for."""
ALONE = "solo"


def matched(config: ComparisonConfig, reporter: Reporter) -> ComparisonConfig:
    """The comparison with the size of each cell chosen so that budgets match.

    Args:
        config: As asked for; as it is where nothing is to be matched.
        reporter: Hears that a pilot is played.

    Raises:
        UsageError: Unknown words, nothing to match, or sizes that can't be changed or built.
    """
    match = config.design.match
    if match is None:
        return config
    by, _, reference = match.partition(":")
    protocols = _protocols(config, match)
    which = " in US dollars, without discounts for what is cached" if by == "usd" else ""
    reporter.note(f"learning what {len(protocols)} protocols spend{which} …")
    price = _prices(config) if by == "usd" else None
    teams = [p for p in protocols if not is_alone(p)]
    spending = cache(lambda where, p: _spending(config, {**dict(where), "protocol": p}, by, price))
    sizes = []
    for cell in config.cells:
        where = tuple((k, v) for k, v in cell.items() if k != "protocol")
        asked = int(cell["agents"])
        budget = min(spending(where, p)(asked) for p in ([reference] if reference else teams))
        spend = spending(where, cell["protocol"])
        size = _largest(spend, asked, budget)
        sizes.append(Size(size, spend(size), budget))
    return replace(config, sizes=tuple(sizes))


def is_alone(protocol: str) -> bool:
    """Whether a protocol plays one member for the team, whose size is then its turns.

    Args:
        protocol: As users type it.
    """
    return protocol.partition(":")[0] == ALONE


def _protocols(config: ComparisonConfig, match: str) -> tuple[str, ...]:
    """The protocols whose budgets are matched, checked."""
    by, _, reference = match.partition(":")
    if by not in BY:
        raise UnknownNameError("match", match, BY)
    protocols = config.values("protocol")
    if reference and reference not in protocols:
        raise UnknownNameError("match", match, [f"{by}:{p}" for p in protocols])
    if not all(isinstance(p, str) for p in protocols):
        raise UsageError(f"match={match} needs protocols by name; give names or FILE.py:Class")
    if len(protocols) < 2 or all(map(is_alone, protocols)):
        raise UsageError(f"match={match} needs two protocols, one of them not solo; name more")
    for model in config.values("model"):
        if "*" in model if isinstance(model, str) else not isinstance(model, Mind):
            raise UsageError(
                f"match={match} changes team sizes, and model={label_of(model)!r} fixes one; "
                "use one model"
            )
    return protocols


def _largest(spend: Callable[[int], float], asked: int, budget: float) -> int:
    """The largest size that spends no more than the budget, 1 where none does.

    Spending grows with size, so it is found by halving; where it stops growing (a member alone that
    has nothing to add), the size stays.
    """
    within = budget * (1 + 1e-9)
    low, high = asked, asked
    if abs(spend(asked) - budget) <= budget * 1e-9:
        return asked
    if spend(asked) <= within:
        while high < GROWTH * asked:
            higher = min(2 * high, GROWTH * asked)
            if spend(higher) <= spend(high) * 1.001:
                return high
            high = higher
            if spend(high) > within:
                break
            low = high
        else:
            return high
    else:
        low = 1
        if spend(low) > within:
            return low
    while high - low > 1:  # spend(low) is within the budget, spend(high) is not
        middle = (low + high) // 2
        if spend(middle) <= within:
            low = middle
        else:
            high = middle
    return low


def _spending(
    config: ComparisonConfig, cell: Mapping[str, Any], by: str, price: Price | None
) -> Callable[[int], float]:
    """What a cell spends on a task, by size; each size is measured once."""
    base = config.base
    pilot = base.replace(
        judge="none", shock="", tune="", budget=None, ticks=1,
        seed=base.tasks.seed + config.replicates,
    )  # fmt: skip

    @cache
    def spend(size: int) -> float:
        try:
            sized = pilot.replace(**{**cell, "agents": size})
            if sized.keeps_answers and not sized.called:
                raise UsageError("what a function of your own takes is not known beforehand")
            return _rehearsed(sized, by, price) if sized.called else _played(sized, by)
        except UsageError as error:
            raise UsageError(
                f"match={by} tries {cell['protocol']} with {size} agents, which can't be played: "
                f"{error}"
            ) from None

    return spend


def _played(pilot: RunConfig, by: str) -> float:
    records = organization_of(pilot.replace(ticks=PILOT)).run(PILOT)
    found = mean(tick[BY[by]] for tick in measured(records))
    if found is None:
        raise UsageError(f"nothing says what {by} it takes")
    return found


Price = Callable[[str, int, int], float]
"""US dollars of a model's tokens in and out."""


def _prices(config: ComparisonConfig) -> Price | None:
    """What models cost that are called; None where none is."""
    called = [run for run in config.conditions if run.called]
    if not called:
        return None
    from ....agents.llm.service import Service

    service: Service = Service(called[0].calls)

    def price(model: str, tokens_in: int, tokens_out: int) -> float:
        known = service.client.price(model)
        if known is None:
            raise UsageError(f"model={model} has no known price; use --price, or --match tokens")
        return known.uncached(Tokens(tokens_in, tokens_out))

    return price


def _rehearsed(pilot: RunConfig, by: str, price: Price | None) -> float:
    from ..rehearsal.rehearse import rehearse

    most = REHEARSED * pilot.team.agents
    found = rehearse(list(pilot.seeds(REHEARSED)), 1, most=most).used
    if by == "calls":
        return math.fsum(used.calls for used in found.values())
    if by == "tokens":
        return math.fsum(used.tokens_in + used.tokens_out for used in found.values())
    assert price is not None
    return math.fsum(
        used.calls * price(model, used.of_a_call.prompt, used.of_a_call.completion)
        for model, used in found.items()
    )
