"""Advice as a value: what to use, how sure that is, and what every arm came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....model.metrics.scored import QUALITY
from ..config.advice import AdviceConfig, is_alone
from ..exits import Exit
from ..format import SYNTHETIC, counted, number
from ..results.labels import range_of
from ..results.rows import mean
from ..runs.judged import judging_in
from .choice import Choice, Verdict, choose
from .course import Course, arm_of
from .gains import Gain, gains
from .race import FEWEST, Standing
from .remarks import failing_lines, left_out_lines, tasks_lines, telling_nothing
from .words import Voice, arms_table, chance, dollars, outcome, several

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


TAKEN = ("calls", "tokens", "cost_usd", "failure_rate", "delivered")
"""What is said of an arm's tasks beside their outcome: means."""


@dataclass(frozen=True, repr=False)
class Advice:
    """Advice as far as it came.

    Attributes:
        course: The race with its runs.
        ending: How it ended, as the command's exit code.
        cause: Why it is over, in words.
        folder: Where it is kept; None for nowhere.
        spending: US dollars that calls cost, unfinished runs included; None where none were made.
        synthetic: Whether synthetic minds took part in any run.
    """

    course: Course = field(repr=False)
    ending: Exit = Exit.DONE
    cause: str = ""
    folder: Path | None = None
    spending: Mapping[str, float] | None = None
    synthetic: bool = field(init=False)

    def __post_init__(self) -> None:
        """Ask files of minds while a folder's copies of them can be found."""
        object.__setattr__(self, "synthetic", any(run.synthetic for run in self.config.arms))

    @property
    def config(self) -> AdviceConfig:
        """What was asked for."""
        return self.course.config

    @cached_property
    def choice(self) -> Choice:
        """What the race comes to."""
        if self.course.hopeless or self.course.race.unmeasured:
            return Choice(Verdict.UNDECIDED, None)
        sizes = [1 if is_alone(r.team.protocol) else r.team.agents for r in self.config.arms]
        return choose(self.course.race, sizes)

    @property
    def answer(self) -> str:
        """`use`, `tie` or `undecided`."""
        return str(self.choice.verdict)

    @cached_property
    def outcome(self) -> str:
        """What is compared: `quality` or `score`."""
        return next((str(row["outcome"]) for row in self.course.rows()), "quality")

    @cached_property
    def voice(self) -> Voice:
        """How the race is spoken of."""
        design = self.config.design
        models = len({arm_of(run)["model"] for run in self.config.arms}) > 1
        return Voice(models, design.per_dollar, design.margin, design.confidence)

    @cached_property
    def arms(self) -> list[dict[str, Any]]:
        """Every arm that was measured, the best first: its factors, `mean low high`, `tasks`,
        `p_best`, `p_close` (None where not every arm was), and per task `calls tokens cost_usd
        failure_rate delivered`."""
        found = self.course.race.standing()
        if found is None:
            return []
        order = np.argsort(-found.worth.mean, kind="stable")
        return [self._arm_row(found, int(place)) for place in order]

    def _arm_row(self, found: Standing, place: int) -> dict[str, Any]:
        arm, compared = found.arms[place], self.choice.arm is not None
        least, most = (0.0, 1.0) if self.outcome != QUALITY else range_of(QUALITY)
        low, high = found.beliefs.interval[place]
        ends = {"mean": found.beliefs.mean[place], "low": low, "high": high}
        within = {name: min(max(float(end), least), most) for name, end in ends.items()}
        runs = list(self.course.rows(arm))
        taken = {name: mean(row[name] for row in runs) for name in TAKEN}
        usd = taken["cost_usd"]
        return {
            **arm_of(self.config.arms[arm]),
            **within,
            "tasks": sum(row["ticks"] for row in runs),
            "p_best": float(found.p_best[place]) if compared else None,
            "p_close": float(found.p_close[place]) if compared else None,
            **taken,
            "outcome_per_usd": within["mean"] / usd if usd else None,
        }

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per arm, as `arms`."""
        import pandas as pd

        return pd.DataFrame(self.arms)

    @cached_property
    def gains(self) -> list[Gain]:
        """What freedom and a team are worth."""
        return [] if self.choice.arm is None else gains(self.course, self.choice.arm, self.voice)

    @cached_property
    def telling_nothing(self) -> dict[str, str]:
        """`floor` or `ceiling` of the tasks on which solo is there, by id."""
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
        return [
            self._answer(),
            *(gain.line() for gain in self.gains),
            *tasks_lines(self.course, self.telling_nothing),
            *self.judging,
            *failing_lines(self.arms, self.voice),
            *left_out_lines(self.course.left_out, self.voice),
        ]

    @cached_property
    def why(self) -> str:
        """Why it is undecided, in words; empty where it isn't."""
        race = self.course.race
        if self.course.hopeless:
            return "every decision failed"
        if self.cause or self.choice.verdict is not Verdict.UNDECIDED:
            return self.cause
        if self.ending is Exit.INTERRUPTED:
            return "it was stopped before its end; the same command continues"
        if not race.left:
            return "no arm could be played and graded"
        if race.seeds < FEWEST:
            return f"it takes {FEWEST} seeds at least; use more --replicates"
        return f"all {counted(race.seeds, 'seed')} are played; use more --replicates"

    def _answer(self) -> str:
        choice = self.choice
        if choice.arm is None:
            left, unmeasured = self.course.race.left, self.course.race.unmeasured
            there = f"{len(left) - len(unmeasured)} of {counted(len(left), 'arm')}"
            measured = f"{there} measured" if self.arms and unmeasured else "nothing was measured"
            return f"undecided: {'' if self.course.hopeless else measured + '; '}{self.why}"
        chosen = self.arm(choice.arm)
        assert chosen is not None
        row = next(r for r in self.arms if {f: r[f] for f in chosen} == chosen)
        named = f"{self.voice.arm(chosen)}: {self._worth(row)}"
        if len(self.course.race.left) == 1:
            return f"use {named}; no other arm could be played to compare it with"
        sure = (
            f"within {self.voice.close} of the best with a chance of {chance(row['p_close'])}, "
            f"the best with {chance(row['p_best'])}"
        )
        if choice.verdict is Verdict.USE:
            return f"use {named}; {sure}"
        others = several(
            [self.voice.arm(a) for k in choice.tied if k != choice.arm and (a := self.arm(k))]
        )
        if choice.verdict is Verdict.TIE:
            return f"a tie; use {named}; {sure}; perhaps as good: {others}"
        rivals = f"; it may as well be: {others}" if others else ""
        return f"undecided ({self.why}); the likeliest is {named}; {sure}{rivals}"

    def _worth(self, row: Mapping[str, Any]) -> str:
        said = f"{self.outcome} {outcome(row['mean'], (row['low'], row['high']))}"
        if not self.config.design.per_dollar:
            return said
        return f"{said}, {number(row['outcome_per_usd'])} per dollar"

    @property
    def heading(self) -> str:
        """What stands over a table of its arms."""
        by = " per dollar" if self.config.design.per_dollar else ""
        close = f"close is within {self.voice.close} of the best"
        return f"Arms by {self.outcome}{by}, the best first; {close}"

    @property
    def trouble(self) -> str:
        """How many arms broke while they were played, and why it ended early, in one line."""
        broken = self.course.broken
        said = [self.cause if self.ending is not Exit.DONE else ""]
        for arm, why in list(broken.items())[:1]:
            of = f"{len(broken)} of {counted(len(self.config.arms), 'arm')} broke"
            said.append(f"{of}, first {Voice().arm(arm_of(self.config.arms[arm]))}: {why}")
        return "; ".join(filter(None, [*said, *self.judging]))

    @cached_property
    def judging(self) -> list[str]:
        """Where judges failed; none where they did not."""
        return judging_in(self.config.runs(), self.course.results)

    @property
    def effort(self) -> str:
        """What it took, in a line."""
        race = self.course.race
        tasks = math.fsum(row["ticks"] for row in self.course.rows())
        usd = self.course.cost_usd
        cost = "" if usd is None else f", {dollars(usd)} US dollars"
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
        named = "nothing measured" if chosen is None else Voice().arm(chosen)
        trouble = f"; {self.trouble}" if self.trouble else ""
        return f"<Advice: {self.answer}, {named}{trouble}>"

    def __str__(self) -> str:
        return "\n".join((repr(self), *(f"  {line}" for line in self._said())))

    def _repr_html_(self) -> str:
        from ..transcripts.html import fragment

        head, rows = arms_table(self.arms, self.outcome, self.voice)
        return fragment(self._said(), rows, head)

    def _said(self) -> list[str]:
        return [*self.sentences, *([SYNTHETIC] if self.synthetic else [])]
