"""How well budgets were matched: sizes, spending and deviations, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..config.comparison import ComparisonConfig
from ..format import UNKNOWN, number
from ..results.factors import Cell
from ..results.run_result import RunResult
from ..statistics.analysis import Analysis, analyse
from ..statistics.summary import CellSummary, Spending
from .keys import cell_key, run_key
from .matching import BY, UNITS, is_alone

CLOSE = 0.1
"""Share of the budget within which it counts as matched."""
HEAD = ["protocol", "where", "agents asked", "size played", "budget", "spent", "off by"]
TITLE = "Matched budgets, per task"


def analysed(
    config: ComparisonConfig, results: Mapping[str, RunResult]
) -> tuple[dict[str, RunResult], Analysis]:
    """Results as they are compared, and what they say; first how well budgets were matched.

    Args:
        config: Of the comparison.
        results: By run key.
    """
    compared = as_asked(config, results)
    found = analyse(compared.values())
    if config.design.match is None:
        return compared, found
    summary = with_spending(config, found.summary)
    lines = match_lines(config, summary)
    return compared, replace(found, summary=summary, conclusions=[*lines, *found.conclusions])


def as_asked(config: ComparisonConfig, results: Mapping[str, RunResult]) -> dict[str, RunResult]:
    """Results of matched runs under the size that was asked for, with the size that was played.

    So cells that share a budget are one block and are compared. A run that stands in two cells
    (solo at two sizes) is found in both.

    Args:
        config: Of the comparison; without matching, the results stay as they are.
        results: By run key.
    """
    if config.design.match is None:
        return dict(results)
    found: dict[str, RunResult] = {}
    for cell, chosen, condition in zip(config.cells, config.sizes, config.conditions, strict=True):
        for run in condition.seeds(config.replicates):
            result = results.get(run_key(run))
            if result is None:
                continue
            if result.row is not None:
                size = {"size": chosen.size}
                shown = {"agents": cell["agents"], **size, "budget": chosen.budget}
                result = replace(
                    result,
                    row={**result.row, **shown},
                    ticks=[{**size, **r} for r in result.ticks],
                    agents=[{**size, **r} for r in result.agents],
                )
            found[cell_key(run, cell["agents"])] = result
    return found


def with_spending(config: ComparisonConfig, summary: Sequence[CellSummary]) -> list[CellSummary]:
    """Each cell with its size, budget and how far it is off.

    Args:
        config: Of the comparison, with matched budgets.
        summary: Of its runs, under the sizes that were asked for.
    """
    assert config.design.match is not None
    measure = BY[config.design.match.partition(":")[0]]
    sizes = {
        Cell.of({**condition.team.labels, **{k: cell[k] for k in ("agents", "level")}}): size
        for cell, condition, size in zip(config.cells, config.conditions, config.sizes, strict=True)
    }
    told = None not in config.values("level")  # else the tasks' own level, which no one asked for
    found = []
    for row in summary:
        chosen = sizes[row.cell if told else row.cell._replace(level=None)]  # type: ignore[arg-type]
        spent = row.mean(measure)
        off = None if spent is None else spent / chosen.budget - 1.0
        found.append(replace(row, spending=Spending(chosen.size, chosen.budget, off)))
    return found


def match_rows(summary: Sequence[CellSummary], match: str | None) -> list[list[str]]:
    """One line per cell with a matched budget, as texts under `HEAD`.

    Args:
        summary: Of the cells.
        match: What was matched, as users type it.
    """
    measure = BY[match.partition(":")[0]] if match is not None else ""
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


def match_lines(config: ComparisonConfig, summary: Sequence[CellSummary]) -> list[str]:
    """How well budgets were matched, in sentences.

    Args:
        config: Of the comparison, with matched budgets.
        summary: With spending.
    """
    assert config.design.match is not None
    by, _, reference = config.design.match.partition(":")
    spent = [
        (row.cell, row.spending, row.spending.off_budget)
        for row in summary
        if row.spending is not None and row.spending.off_budget is not None
    ]
    teams = [s for s in spent if not is_alone(s[0].protocol)]
    if not teams:
        return []
    of = f"of {reference}" if reference else "of the cheapest protocol"
    worst, spending, off = max(teams, key=lambda s: abs(s[2]))
    said = [
        f"budgets were matched on {UNITS[by]} per task ({of} at the size asked for) by team size; "
        f"the spending reached is off by {100 * abs(off):.0f} % at most "
        f"({worst.protocol}, {100 * off:+.0f} %, {spending.size} for {worst.agents} agents)"
    ]
    far = [f"{cell.protocol} {100 * off:+.0f} %" for cell, _, off in teams if abs(off) > CLOSE]
    if far:
        said.append(
            f"beyond {100 * CLOSE:.0f} % a difference in quality may still be one of spending: "
            + ", ".join(far)
        )
    said += [
        f"{cell.protocol} may spend as much and stops of its own accord at "
        f"{100 * (1 + off):.0f} % of the budget ({cell.agents} agents asked)"
        for cell, _, off in spent
        if is_alone(cell.protocol) and off < -CLOSE
    ]
    said.append("matched teams differ in size; `size` is what was played, `agents` what was asked")
    return said
