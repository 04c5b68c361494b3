"""What keeps runs from being whole, in one line, so that no caller takes a part for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....model.record import State, TickRecord
from ..format import counted
from .run_result import RunResult


def shortfall(results: Mapping[str, RunResult], wanted: int) -> str:
    """How many runs broke, were cut short, are missing or came to nothing; empty where none.

    Args:
        results: By run key.
        wanted: Runs in all, 1 or more.
    """
    of = f"of {counted(wanted, 'run')}"
    broken = {key: r.error for key, r in results.items() if r.error}
    over = sum(r.out_of_budget for r in results.values())
    halted = {key: r.stopped for key, r in results.items() if r.stopped and not r.out_of_budget}
    missing = wanted - len(results)
    said = [
        f"{len(broken)} {of} broke, first {_first(broken)}" if broken else "",
        f"{over} {of} stopped at the budget of each" if over else "",
        f"{len(halted)} {of} stopped, first {_first(halted)}" if halted else "",
        f"{missing} {of} are missing" if missing > 0 else "",
        barren(results),
    ]
    return "; ".join(filter(None, said))


def barren(results: Mapping[str, RunResult]) -> str:
    """In how many runs every decision failed, and which is the first; empty where in none.

    A protocol that breaks, or a mind that never gives anything usable, looks like a bad team in a
    table of means.

    Args:
        results: By run key.
    """
    keys = [key for key, r in results.items() if r.row is not None and _came_to_nothing(r)]
    if not keys:
        return ""
    return (
        f"in {len(keys)} of {counted(len(results), 'run')} nothing was delivered and decisions "
        f"failed, first in {keys[0]}"
    )


def failed_line(records: Sequence[TickRecord]) -> str:
    """Where the protocol of a run broke, or why all its decisions failed; empty where neither.

    Args:
        records: Of the run.
    """
    errors = [r.error for r in records if r.error]
    if errors:
        return f"the protocol broke in {len(errors)} of {_ticks(records)}, first {errors[0]}"
    members = [m for r in records for m in r.members]
    failed = [m for m in members if m.state is State.FAILED]
    if not failed or any(m.state is State.CONTRIBUTED for m in members):
        return ""
    return f"nothing was delivered in {_ticks(records)}, first {failed[0].note or 'unsaid'}"


def _ticks(records: Sequence[TickRecord]) -> str:
    return counted(len(records), "tick")


def _came_to_nothing(result: RunResult) -> bool:
    assert result.row is not None
    return result.row.get("delivered") == 0 and (result.row.get("failure_rate") or 0.0) > 0


def _first(causes: Mapping[str, str]) -> str:
    key, cause = next(iter(causes.items()))
    return f"{key}: {cause}"
