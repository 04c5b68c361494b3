"""Says where a judge failed: its grades are missing, so that means rest on what it did grade.

One sentence, made here alone, for every page and every text: of a run, a comparison, a scenario,
advice and a replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....model.record import TickRecord
from ..config.checks import label_of
from ..config.run import RunConfig
from ..format import counted
from ..specs.tasks import is_scored
from .rows import Row

MOST_MISSING = 0.1
"""Share of grades that may be missing before it is said."""


def judging_lines(runs: Iterable[tuple[RunConfig, Sequence[Row]]]) -> list[str]:
    """That judges failed on too many tasks of some runs; none where they did not.

    Args:
        runs: Each with its rows of ticks.
    """
    missing = tasks = 0
    for config, ticks in runs:
        gone = sum(tick.get("quality") is None for tick in ticks)
        if _is_judged(config, some=gone < len(ticks)):
            missing, tasks = missing + gone, tasks + len(ticks)
    return _lines("the judge", missing, tasks)


def judges_lines(runs: Iterable[RunConfig]) -> list[str]:
    """That models are graded by different judges because none was named; nothing where not.

    Args:
        runs: That are compared.
    """
    judges = {
        label_of(run.team.model): " and ".join(run.judges) or "a rubric or none"
        for run in runs
        if run.tasks.judge is None and not is_scored(run.tasks.source)
    }
    if len(set(judges.values())) < 2:
        return []
    pairs = "; ".join(f"{model} by {judge}" for model, judge in judges.items())
    return [
        f"no judge was named, so models are graded by different ones ({pairs}), and quality can't "
        "be compared between them; use --judge MODEL"
    ]


def judging_of(config: RunConfig, records: Sequence[TickRecord]) -> list[str]:
    """The same of one run, with the judge's own words and each judge of a panel.

    Args:
        config: Of the run.
        records: Its ticks.
    """
    verdicts = [r.verdict for r in records]
    without = [v for v in verdicts if v.accuracy is None]
    if not _is_judged(config, some=len(without) < len(verdicts)):
        return []
    why = next((" ".join(v.reason.split()) for v in without if v.reason), "")
    said = _lines("the judge", len(without), len(verdicts), why)
    votes = [vote for v in verdicts for vote in v.votes]
    for name in dict.fromkeys(vote.judge for vote in votes):
        own = [vote for vote in votes if vote.judge == name]
        lost = [vote for vote in own if None in vote.grades]
        why = next((" ".join(vote.reason.split()) for vote in lost if vote.reason), "")
        rest = "quality rests on the other judges"
        said += [
            f"{x}; {rest}{_because(why)}" for x in _failed(f"judge {name}", len(lost), len(own))
        ]
    return said


def _is_judged(config: RunConfig, *, some: bool) -> bool:
    """Whether a judge was to grade it: one that was named or is called, or that graded some."""
    judge = config.tasks.judge
    return judge != "none" and (some or judge is not None or bool(config.judges))


def _lines(who: str, missing: int, tasks: int, why: str = "") -> list[str]:
    left = tasks - missing
    rest = f"quality rests on the other {left}" if left else "quality is not measured"
    return [f"{said}; {rest}{_because(why)}" for said in _failed(who, missing, tasks)]


def _failed(who: str, missing: int, tasks: int) -> list[str]:
    if missing <= MOST_MISSING * tasks:
        return []
    share = f"{100 * missing / tasks:.0f} %"
    return [f"{who} failed on {missing} of {counted(tasks, 'task')} ({share})"]


def _because(why: str) -> str:
    return f" (first: {why})" if why else ""
