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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ....model.errors import UnknownNameError, UsageError
from ..config.run import RunConfig, SweepConfig
from ..results.factors import Cell
from ..results.rows import mean, measured
from ..format import UNKNOWN, number, plain
from ..terminal.screen import TIGHT, terminal
from ..statistics.analysis import Analysis, analyse
from ..statistics.summary import CellSummary, Spending
from .sweep import Result, run_key

if TYPE_CHECKING:
    from ....agents.llm.service import Service

BY = {"calls": "calls", "tokens": "tokens", "usd": "cost_usd"}
"""What budgets are matched on, and the measure that counts it."""
UNITS = {"calls": "calls", "tokens": "tokens", "usd": "USD"}
PILOT, REHEARSED = 24, 4
"""Tasks of the pilot, and of a rehearsal."""
GROWTH = 4
"""A team that spends less than its budget grows up to so many times the size asked for."""
ALONE = "solo"
CLOSE = 0.1
"""Share of the budget within which it counts as matched."""
HEAD = ["protocol", "where", "agents asked", "size played", "budget", "spent", "off by"]
TITLE = "Matched budgets, per task"


def matched(config: SweepConfig, match: str) -> SweepConfig:
    """The comparison with the size of each cell chosen so that budgets match.

    Args:
        config: As asked for.
        match: `calls`, `tokens` or `usd`; after a colon the protocol whose spending at the size
            asked for is the budget.

    Raises:
        UsageError: Unknown words, nothing to match, or sizes that can't be changed or built.
    """
    by, _, reference = match.partition(":")
    if by not in BY:
        raise UnknownNameError("match", match, BY)
    protocols = tuple(dict.fromkeys(config.protocols))
    if reference and reference not in protocols:
        raise UnknownNameError("match", match, [f"{by}:{p}" for p in protocols])
    teams = [p for p in protocols if p.partition(":")[0] != ALONE]
    if len(protocols) < 2 or not teams:
        raise UsageError(f"match={match} needs two protocols, one of them not solo; name more")
    if mixed := [m for m in config.models if "*" in m or "+" in m]:
        raise UsageError(
            f"match={match} changes team sizes, and model={mixed[0]!r} fixes one; use one model"
        )
    terminal(stderr=True).print(f"learning what {len(protocols)} protocols spend …")
    price = _prices(config) if by == "usd" else None
    sizes: dict[str, Mapping[str, float]] = {}
    for cell in config.cells():
        key = config.cell_key(cell)
        if key in sizes:
            continue
        block = [{**cell, "protocol": p} for p in protocols]
        spend = {c["protocol"]: _spending(config, c, by, price) for c in block}
        asked = int(cell["agents"])
        at_asked = {p: spend[p](asked) for p in protocols}
        budget = at_asked[reference] if reference else min(at_asked[p] for p in teams)
        for c in block:
            size = _largest(spend[c["protocol"]], asked, budget)
            sizes[config.cell_key(c)] = {
                "size": size, "pilot": spend[c["protocol"]](size), "budget": budget
            }  # fmt: skip
    return replace(config, match=match, sizes=sizes)


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
    config: SweepConfig, cell: Mapping[str, Any], by: str, price: Price | None
) -> Callable[[int], float]:
    """What a cell spends on a task, by size; each size is measured once."""

    @cache
    def spend(size: int) -> float:
        pilot = RunConfig(
            **{
                **asdict(config.base), **cell, "agents": size, "judge": "none", "shocks": "",
                "tune": "", "budget": None, "ticks": 1,
                "seed": config.base.seed + config.replicates,
            }
        )  # fmt: skip
        try:
            return _rehearsed(pilot, by, price) if pilot.called else _played(pilot, by)
        except UsageError as error:
            raise UsageError(
                f"match={by} tries {cell['protocol']} with {size} agents, which can't be played: "
                f"{error}"
            ) from None

    return spend


def _played(pilot: RunConfig, by: str) -> float:
    records = replace(pilot, ticks=PILOT).organization().run(PILOT)
    found = mean(tick[BY[by]] for tick in measured(records))
    if found is None:
        raise UsageError(f"nothing says what {by} it takes")
    return found


Price = Callable[[str, int, int], float]
"""US dollars of a model's tokens in and out."""


def _prices(config: SweepConfig) -> Price | None:
    """What models cost that are called; None where none is."""
    called = [r for r in config.runs()[:: config.replicates] if r.called]
    if not called:
        return None
    from ....agents.llm.service import Service

    service: Service = Service(called[0].calls)

    def price(model: str, tokens_in: int, tokens_out: int) -> float:
        known = service.client.price(model)
        if known is None:
            raise UsageError(f"model={model} has no known price; use --price, or --match tokens")
        return known.of(tokens_in, tokens_out)

    return price


def _rehearsed(pilot: RunConfig, by: str, price: Price | None) -> float:
    from .forecast import rehearse

    totals = []
    for k in range(REHEARSED):
        tally, _ = rehearse(replace(pilot, seed=pilot.seed + k))
        if by == "calls":
            totals.append(float(sum(tally.calls.values())))
        elif by == "tokens":
            totals.append(float(sum(a + b for a, b in tally.tokens.values())))
        else:
            assert price is not None
            totals.append(sum(price(m, a, b) for m, (a, b) in tally.tokens.items()))
    return sum(totals) / len(totals)


def as_asked(config: SweepConfig, results: Mapping[str, Result]) -> dict[str, Result]:
    """Results of matched runs under the size that was asked for, with the size that was played.

    So cells that share a budget are one block and are compared. A run that stands in two cells
    (solo at two sizes) is found in both. Without matching, the results as they are.
    """
    if not config.match:
        return dict(results)
    found: dict[str, Result] = {}
    runs = iter(config.runs())
    for cell in config.cells():
        chosen = config.sizes[config.cell_key(cell)]
        for _, run in zip(range(config.replicates), runs, strict=False):
            result = results.get(run_key(run))
            if result is None:
                continue
            key = f"{run_key(run)}|asked={cell['agents']}"
            found[key] = result
            if "row" in result:
                size = {"size": int(chosen["size"])}
                shown = {"agents": cell["agents"], **size, "budget": chosen["budget"]}
                row = {**result["row"], **shown}
                parts = {p: [{**size, **r} for r in result[p]] for p in ("ticks", "agents")}
                found[key] = {**result, "row": row, **parts}
    return found


def analysed(
    config: SweepConfig, results: Mapping[str, Result]
) -> tuple[dict[str, Result], Analysis]:
    """Results as they are compared, and what they say; first how well budgets were matched."""
    compared = as_asked(config, results)
    found = analyse(compared.values())
    summary = with_spending(config, found.summary)
    lines = match_lines(config, summary)
    return compared, replace(found, summary=summary, conclusions=[*lines, *found.conclusions])


def with_spending(config: SweepConfig, summary: Sequence[CellSummary]) -> list[CellSummary]:
    """Each cell with its size, budget and how far it is off; as it is without matching.

    Args:
        config: Of the comparison.
        summary: Of its runs, under the sizes that were asked for.
    """
    if not config.match:
        return list(summary)
    measure = BY[config.match.partition(":")[0]]
    sizes: dict[tuple[Any, ...], Mapping[str, float]] = {
        Cell.of(cell): config.sizes[config.cell_key(cell)] for cell in config.cells()
    }
    found = []
    for row in summary:
        known = None not in config.levels  # else the tasks' own level, which no one asked for
        chosen = sizes[row.cell if known else (*row.cell[:-1], None)]
        spent, budget = row.mean(measure), chosen["budget"]
        off = None if spent is None else spent / budget - 1.0
        found.append(replace(row, spending=Spending(int(chosen["size"]), budget, off)))
    return found


def match_rows(config: SweepConfig, summary: Sequence[CellSummary]) -> list[list[str]]:
    """One line per cell, as texts under `HEAD`."""
    measure = BY[config.match.partition(":")[0]] if config.match else ""
    lines = []
    for row in summary:
        if row.spending is not None:
            cell, off = row.cell, row.spending.off_budget
            lines.append([
                cell.protocol, f"{cell.level}, {cell.topology}, {cell.model}", str(cell.agents),
                str(row.spending.size), number(row.spending.budget), number(row.mean(measure)),
                UNKNOWN if off is None else f"{100 * off:+.0f} %",
            ])  # fmt: skip
    return lines


def match_table(config: SweepConfig, summary: Sequence[CellSummary]) -> Table | None:
    """The same for the screen; None without matching."""
    if not config.match:
        return None
    by = UNITS[config.match.partition(":")[0]]
    title = Text(f"{TITLE} ({by})")
    table = Table(title=title, title_justify="left", title_style="bold", **TIGHT)
    for name in HEAD:
        numeric = name not in ("protocol", "where")
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for line in match_rows(config, summary):
        table.add_row(*(Text(plain(cell)) for cell in line))
    return table


def match_lines(config: SweepConfig, summary: Sequence[CellSummary]) -> list[str]:
    """How well budgets were matched, in sentences; none without matching."""
    if not config.match:
        return []
    by, _, reference = config.match.partition(":")
    of = f"of {reference}" if reference else "of the cheapest protocol"
    spent = [
        (r.cell, r.spending, r.spending.off_budget)
        for r in summary
        if r.spending is not None and r.spending.off_budget is not None
    ]
    teams = [s for s in spent if s[0].protocol.partition(":")[0] != ALONE]
    if not teams:
        return []
    worst, spending, off = max(teams, key=lambda s: abs(s[2]))
    said = [
        f"budgets were matched on {UNITS[by]} per task ({of} at the size asked for) by team size; "
        f"the spending reached is off by {100 * abs(off):.0f} % at most "
        f"({worst.protocol}, {100 * off:+.0f} %, {spending.size} for {worst.agents} agents)"
    ]
    if abs(off) > CLOSE:
        said.append(
            f"beyond {100 * CLOSE:.0f} % a difference in quality may still be one of spending: "
            + ", ".join(
                f"{cell.protocol} {100 * off:+.0f} %" for cell, _, off in teams if abs(off) > CLOSE
            )
        )
    for cell, _, off in spent:
        if cell.protocol.partition(":")[0] == ALONE and off < -CLOSE:
            said.append(
                f"{cell.protocol} may spend as much and stops of its own accord at "
                f"{100 * (1 + off):.0f} % of the budget ({cell.agents} agents asked)"
            )
    said.append("matched teams differ in size; `size` is what was played, `agents` what was asked")
    return said
