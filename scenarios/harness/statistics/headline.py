"""A comparison in three sentences: which cell, how sure that is, and what it costs and calls for.

They are for who reads nothing else; `conclusions` has a sentence for every block and factor. Both
follow one rule, that of docs/statistics.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..format import counted, number
from ..results.factors import FACTORS, where
from .contrasts import Contrast
from .evidence import RULE, Conclusion, Rule
from .summary import CellSummary, outcome_of

FREE_USD = 1e-9
"""Prices below it are none."""


@dataclass(frozen=True)
class Plays:
    """What sentences need to know beside the cells.

    Attributes:
        ticks: Tasks per run.
        synthetic: Whether synthetic minds made the runs.
    """

    ticks: int
    synthetic: bool


def headline(summary: Sequence[CellSummary], plays: Plays, rule: Rule = RULE) -> list[str]:
    """Which, by how much; how sure; what it costs and what to do next.

    Args:
        summary: As `summarize` makes it.
        plays: What was played.
        rule: By which the contrasts were judged.
    """
    measure = outcome_of(summary)
    levels = list(dict.fromkeys(row.cell.level for row in summary))
    if len(levels) > 1:  # tasks of one level are easier than another's, which is no merit
        hardest = max(levels)
        own = [row for row in summary if row.cell.level == hardest]
        first, *rest = headline(own, plays, rule)
        others = "".join(_of_level(level, summary, measure) for level in levels if level != hardest)
        return [f"On {hardest}: {first}{others}", *rest]
    graded = [(mean, r) for r in summary if (mean := r.mean(measure)) is not None]
    if not graded:
        return [
            "Nothing was graded, so no cell can be called best.",
            _extremes(summary),
            "Next: the same command with a judge (--judge), or with tasks that code scores "
            "(--tasks hidden-profile).",
        ]
    ranked = [r for _, r in sorted(graded, key=lambda pair: -pair[0])]
    if len(ranked) == 1:
        return _alone(ranked[0], measure)
    return _Headline(summary, ranked, plays, rule, measure).sentences()


def _extremes(summary: Sequence[CellSummary]) -> str:
    """What tells cells apart without grades: who declined most, and which was fastest."""
    varying = [f for f in FACTORS if len({r.cell.value(f) for r in summary}) > 1]

    def name(row: CellSummary) -> str:
        return where({f: row.cell.value(f) for f in varying})

    parts = []
    declining = [(m, r) for r in summary if (m := r.mean("abstention_rate")) is not None]
    if varying and len({m for m, _ in declining}) > 1:
        most, least = (f(declining, key=lambda pair: pair[0]) for f in (max, min))
        parts.append(
            f"members declined most under {name(most[1])} ({100 * most[0]:.0f} %) and least under "
            f"{name(least[1])} ({100 * least[0]:.0f} %)"
        )
    waiting = [(m, r) for r in summary if (m := r.mean("wall_s")) is not None]
    if varying and waiting:
        fastest = min(waiting, key=lambda pair: pair[0])
        parts.append(f"{name(fastest[1])} was fastest ({number(fastest[0], 1)} s a task)")
    if not parts:
        return "What can be told is who took part, what it cost and how long it took."
    said = ", and ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _of_level(level: str, summary: Sequence[CellSummary], measure: str) -> str:
    """Which cell leads on tasks of another level; nothing where none is graded."""
    own = [row for row in summary if row.cell.level == level]
    graded = [(mean, r) for r in own if (mean := r.mean(measure)) is not None]
    if len(graded) < 2:
        return ""
    mean, best = max(graded, key=lambda pair: pair[0])
    varying = [f for f in FACTORS if len({r.cell.value(f) for r in own}) > 1]
    return f" On {level} {where({f: best.cell.value(f) for f in varying})} leads ({number(mean)})."


def _alone(row: CellSummary, measure: str) -> list[str]:
    found = row.measure(measure)
    assert found is not None
    return [
        f"The mean {measure} is {number(found.mean)} over {counted(found.n, 'seed')}.",
        "There is nothing to compare it with.",
        "Next: give a list, as --protocol sequential,solo.",
    ]


@dataclass(frozen=True)
class _Headline:
    """The best cell, the one it is told from, and their words."""

    summary: Sequence[CellSummary]
    ranked: Sequence[CellSummary]
    plays: Plays
    rule: Rule
    measure: str

    @property
    def best(self) -> CellSummary:
        return self.ranked[0]

    @property
    def rival(self) -> tuple[CellSummary, Contrast | None]:
        """The next best cell that differs in one factor alone, for only such are paired."""
        for row in self.ranked[1:]:
            for factor in FACTORS:
                if row.cell.block(factor) == self.best.cell.block(factor):
                    return row, self.best.contrast(factor, row.cell.value(factor), self.measure)
        return self.ranked[1], None

    def sentences(self) -> list[str]:
        rival, found = self.rival
        return [self._which(rival, found), self._sure(found), self._next(rival, found)]

    def _name(self, row: CellSummary) -> str:
        """A cell by what varies."""
        varying = [f for f in FACTORS if len({r.cell.value(f) for r in self.summary}) > 1]
        return where({f: row.cell.value(f) for f in varying})

    def _which(self, rival: CellSummary, found: Contrast | None) -> str:
        measured = self.best.measure(self.measure)
        assert measured is not None
        gap = measured.mean - (rival.mean(self.measure) or 0.0)
        ahead = found.difference if found is not None else gap
        if abs(ahead) < 5e-4:
            return (
                f"{self._name(self.best)} and {self._name(rival)} lead with the same "
                f"{self.measure}, {number(measured.mean)}."
            )
        return (
            f"{self._name(self.best)} did best: {self.measure} {number(measured.mean)}, "
            f"{number(abs(ahead))} {'above' if ahead > 0 else 'below, over the seeds of both,'} "
            f"{self._name(rival)}, which comes next."
        )

    def _sure(self, found: Contrast | None) -> str:
        if found is None:
            return "How sure that is can't be said: no two seeds of both were graded."
        seeds = counted(found.pairs, "seed")
        low, high = found.widest
        of = seeds if found.by_task is None else f"{seeds}, {counted(found.by_task.tasks, 'task')}"
        between = f"the difference lies between {number(low)} and {number(high)} (95 %, {of})"
        match found.conclusion:
            case Conclusion.TOO_FEW:
                return f"That is not sure at all: {seeds} are too few to conclude anything."
            case Conclusion.CONSTANT:
                return f"The difference is the same in each of {seeds}, so there is no test of it."
            case Conclusion.DIFFERENCE:
                return f"The evidence that it is better is {found.evidence}: {between}."
            case Conclusion.EQUIVALENT:
                assert found.equivalence is not None
                return (
                    f"The two do equally well in practice: {between}, and less than "
                    f"{found.equivalence.bound:g} counts as none."
                )
            case Conclusion.UNDECIDED:
                return f"It is undecided whether it is better: {between}."

    def _next(self, rival: CellSummary, found: Contrast | None) -> str:
        return f"{self._cost(rival)} Next: {self._step(rival, found)}."

    def _cost(self, rival: CellSummary) -> str:
        mine, other = self.best.mean("cost_usd"), rival.mean("cost_usd")
        seconds = self.best.mean("wall_s")
        took = "" if seconds is None else f" and {number(seconds, 1)} s"
        if mine is None:
            return f"What it costs is not known{f'; it takes{took[4:]} a task' if took else ''}."
        compared = "" if other is None else f" (${other:.4f} for {self._name(rival)})"
        modelled = ", as modelled" if self.plays.synthetic else ""
        return f"It costs ${mine:.4f}{compared}{took} a task{modelled}."

    def _step(self, rival: CellSummary, found: Contrast | None) -> str:
        if found is None or found.conclusion is Conclusion.TOO_FEW:
            return self._more(self.rule.fewest_pairs)
        power = found.power
        wanted = None if power is None else power.replicates_to_decide
        if found.conclusion is Conclusion.UNDECIDED and wanted:
            return f"{self._more(wanted)}, if the difference stays as it is"
        if found.conclusion is Conclusion.EQUIVALENT:
            cheap = min(
                (self.best, rival), key=lambda r: float("inf") if (c := r.mean("cost_usd")) is None
                else c,
            )  # fmt: skip
            return f"use the cheaper, {self._name(cheap)}"
        if self.plays.synthetic:
            return "ask a real model, as synthetic minds show a mechanism and no more"
        return f"use {self._name(self.best)}, and try it on tasks of your own (--tasks FILE.yaml)"

    def _more(self, wanted: int) -> str:
        """How many replicates are needed, and what those that lack come to."""
        there = min(r.replicates for r in self.summary)
        more = max(0, wanted - there)
        costs = [r.mean("cost_usd") for r in self.summary]
        known = [c for c in costs if c is not None]
        priced = ""
        if self.plays.synthetic:
            priced = ", which costs nothing"
        elif len(known) == len(costs) and sum(c > FREE_USD for c in known):
            usd = math.fsum(known) * self.plays.ticks * more
            priced = f", about ${usd:.2f}" if usd >= 0.01 else f", about ${usd:.4f}"
        return f"--replicates {wanted} ({more} more per cell{priced})"
