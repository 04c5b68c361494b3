"""Advice as a value: what to use, how sure that is, and what every arm came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config.advice import AdviceConfig, is_alone
from ..exits import Exit
from ..format import counted, number, with_bounds
from ..results.rows import mean
from ..runs.judged import judging_in
from .choice import Choice, Verdict, choose
from .course import Course, arm_of
from .remarks import Gain, gains, left_out_lines, tasks_line, telling_nothing, words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Advice:
    """Advice as far as it came.

    Attributes:
        course: The race with its runs.
        ending: How it ended, as the command's exit code.
        cause: Why it is over, in words.
        folder: Where it is kept; None for nowhere.
        spending: US dollars that calls cost, unfinished runs included; None where none were made.
    """

    course: Course = field(repr=False)
    ending: Exit = Exit.DONE
    cause: str = ""
    folder: Path | None = None
    spending: Mapping[str, float] | None = None

    @property
    def config(self) -> AdviceConfig:
        """What was asked for."""
        return self.course.config

    @property
    def synthetic(self) -> bool:
        """Whether synthetic minds took part in any run."""
        return any(run.synthetic for run in self.config.arms)

    @cached_property
    def choice(self) -> Choice:
        """What the race comes to."""
        return choose(self.course.race)

    @property
    def answer(self) -> str:
        """`use`, `tie` or `undecided`."""
        return str(self.choice.verdict)

    @cached_property
    def outcome(self) -> str:
        """What is compared: `quality` or `score`."""
        return next((str(row["outcome"]) for row in self.course.rows()), "quality")

    @cached_property
    def arms(self) -> list[dict[str, Any]]:
        """Every arm that was measured, the likeliest best first: its factors, `mean low high`,
        `tasks`, `p_best`, `p_close`, and per task `calls tokens cost_usd`."""
        found = self.course.race.standing()
        if found is None:
            return []
        rows = []
        for place in np.argsort(-found.beliefs.mean, kind="stable"):
            arm = found.arms[place]
            low, high = found.beliefs.interval[place]
            runs = list(self.course.rows(arm))
            rows.append(
                {
                    **arm_of(self.config.arms[arm]),
                    "mean": float(found.beliefs.mean[place]),
                    "low": float(low),
                    "high": float(high),
                    "tasks": sum(row["ticks"] for row in runs),
                    "p_best": float(found.p_best[place]),
                    "p_close": float(found.p_close[place]),
                    **{m: mean(row[m] for row in runs) for m in ("calls", "tokens", "cost_usd")},
                }
            )
        return rows

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per arm, as `arms`."""
        import pandas as pd

        return pd.DataFrame(self.arms)

    @cached_property
    def gains(self) -> list[Gain]:
        """What freedom and a team are worth."""
        return [] if self.choice.arm is None else gains(self.course, self.choice.arm)

    @cached_property
    def telling_nothing(self) -> dict[str, str]:
        """Tasks on which solo is at the floor or the ceiling, by id."""
        return telling_nothing(self.course)

    def arm(self, index: int | None) -> dict[str, Any] | None:
        """An arm's factors.

        Args:
            index: In the order of the configuration; None for none.
        """
        return None if index is None else arm_of(self.config.arms[index])

    @property
    def p_best(self) -> float | None:
        """The chance that the choice is the best; None where nothing was measured."""
        found, arm = self.course.race.standing(), self.choice.arm
        return None if found is None or arm is None else float(found.p_best[found.arms.index(arm)])

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        return {
            "version": 1,
            "synthetic": self.synthetic,
            "answer": self.answer,
            "choice": self.arm(self.choice.arm),
            "p_best": self.p_best,
            "tied": [self.arm(k) for k in self.choice.tied],
            "outcome": self.outcome,
            "margin": self.config.design.margin,
            "calls": self.course.calls,
            "cost_usd": self.course.cost_usd,
            "arms": self.arms,
            "left_out": [{**x.arm, "reason": x.reason} for x in self.course.left_out],
            "gains": [gain.body() for gain in self.gains],
            "tasks_telling_nothing": self.telling_nothing,
            "sentences": self.sentences,
            **(self.spending or {}),
        }

    @cached_property
    def sentences(self) -> list[str]:
        """What it says, the answer first."""
        said = [self._answer(), *(g.line() for g in self.gains), self._tasks()]
        said += [*self.judging, *left_out_lines(self.course.left_out)]
        return [line for line in said if line]

    def _answer(self) -> str:
        choice = self.choice
        if choice.arm is None:
            return "undecided: nothing was measured" + (f"; {self.cause}" if self.cause else "")
        chosen = self.arm(choice.arm)
        assert chosen is not None
        row = next(r for r in self.arms if {f: r[f] for f in chosen} == chosen)
        worth = f"{self.outcome} {with_bounds(row['mean'], (row['low'], row['high']))}"
        by = "per dollar, " if self.config.design.per_dollar else ""
        margin = f"{self.config.design.margin:g}"
        sure = (
            f"within {margin} of the best with {_chance(row['p_close'])}, "
            f"the best with {_chance(row['p_best'])}"
        )
        named = f"{by}{words(chosen)}: {worth}"
        if choice.verdict is Verdict.USE:
            return f"use {named}; {sure}"
        others = [words(a) for k in choice.tied if k != choice.arm and (a := self.arm(k))]
        if choice.verdict is Verdict.TIE:
            return f"use {named}; {sure}. Perhaps as good: {_list(others)}"
        why = f" ({self.cause})" if self.cause else ""
        rivals = f"; it may be {_list(others)} as well" if others else ""
        return f"undecided{why}: likeliest {named}; {sure}{rivals}"

    def _tasks(self) -> str:
        alone = [k for k, run in enumerate(self.config.arms) if is_alone(run.team.protocol)]
        keys = {str(tuple(arm_of(self.config.arms[k]).values())) for k in alone}
        played = {
            tick["task_id"]
            for result in self.course.results.values()
            if result.row is not None
            and str(tuple(result.row[f] for f in arm_of(self.config.arms[0]))) in keys
            for tick in result.ticks
        }
        return tasks_line(self.telling_nothing, len(played))

    @property
    def trouble(self) -> str:
        """How many arms broke while they were played, and why it ended early, in one line."""
        broken = self.course.broken
        said = [self.cause if self.ending is not Exit.DONE else ""]
        for arm, why in list(broken.items())[:1]:
            of = f"{len(broken)} of {counted(len(self.config.arms), 'arm')} broke"
            said.append(f"{of}, first {words(arm_of(self.config.arms[arm]))}: {why}")
        return "; ".join(filter(None, [*said, *self.judging]))

    @cached_property
    def judging(self) -> list[str]:
        """Where judges failed; none where they did not."""
        seeds = range(self.course.race.seeds)
        first = [run for arm in self.config.arms for run in self.config.levels_of(arm)]
        runs = (run.replace(seed=run.tasks.seed + k) for run in first for k in seeds)
        return judging_in(runs, self.course.results)

    @property
    def effort(self) -> str:
        """What it took, in a line."""
        race = self.course.race
        tasks = math.fsum(row["ticks"] for row in self.course.rows())
        usd = self.course.cost_usd
        cost = "" if usd is None else f", {number(usd, 2)} US dollars"
        modelled = " (modelled)" if self.synthetic and usd is not None else ""
        return (
            f"{counted(len(race.outcomes), 'arm')}, up to {counted(race.seeds, 'seed')} each, "
            f"{tasks:,.0f} tasks, {self.course.calls:,} calls{cost}{modelled}"
        )

    def plot(self) -> Figure:
        """Its arms by outcome, and the chance of each to be the best."""
        from ..figures.advice import draw_advice

        return draw_advice(self.arms, outcome=self.outcome, synthetic=self.synthetic)

    def __repr__(self) -> str:
        chosen = self.arm(self.choice.arm)
        named = "nothing measured" if chosen is None else words(chosen)
        trouble = f"; {self.trouble}" if self.trouble else ""
        return f"<Advice: {self.answer}, {named}{trouble}>"

    def __str__(self) -> str:
        return "\n".join((repr(self), *(f"  {line}" for line in self.sentences)))

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(line)}</li>" for line in self.sentences)
        table = self.table.to_html(index=False, border=0, float_format="{:.3f}".format)
        return f"<ul>{said}</ul>{table}"


def _chance(p: float) -> str:
    """A chance in per cent; never more sure than draws can be."""
    return "more than 99.9 %" if p > 0.999 else f"{100 * p:.0f} %"


def _list(items: list[str]) -> str:
    shown = items[:4]
    more = [f"{len(items) - 4} more"] if len(items) > 4 else []
    return ", ".join([*shown, *more])
