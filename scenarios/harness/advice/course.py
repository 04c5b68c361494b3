"""The runs behind a race: which are due, what they gave, and what they cost.

An arm on a seed is one run for each level asked for; its outcome is the mean over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ....model.errors import UsageError
from ..config.advice import AdviceConfig, LeftOut
from ..config.run import RunConfig
from ..results.factors import FACTORS
from ..results.rows import Row, mean
from ..results.run_result import RunResult
from ..runs.keys import calls_key, run_key
from ..runs.sweep import Job
from ..specs.minds import is_called
from ..specs.protocols import make_protocol
from ..specs.tasks import is_scored
from .race import FIRST, Race, Rule

PER_TOKEN = 1e-9
"""What a token counts where dollars aren't known or none are due: enough to prefer fewer."""
TRIES = 2
"""Requests a decision may take: its own, and one that asks for a repair."""


class Course:
    """A race with its runs.

    Args:
        config: What advice is asked for; every arm of it can be built.

    Attributes:
        race: Between its arms, by their order.
        results: Runs taken in, by key.
        broken: Arms that broke while they were played, and why.
        cut: Runs that were begun, perhaps, and not played to their end, as calls name them.
        cut_calls: Calls that those made; whoever holds the journal says so.
        cut_usd: What those cost, in US dollars, as far as prices are known.
        uncounted: Keys of runs, some of whose calls no client counts as they are made.
    """

    def __init__(self, config: AdviceConfig) -> None:
        design = config.design
        self.config = config
        coarse = any(is_scored(run.tasks.source) for run in config.arms)
        rule = Rule(design.margin, design.confidence, design.replicates, coarse)
        self.race = Race(len(config.arms), rule, per_dollar=design.per_dollar)
        self.results: dict[str, RunResult] = {}
        self.broken: dict[int, str] = {}
        self.cut: set[str] = set()
        self.cut_calls, self.cut_usd = 0, 0.0
        self.uncounted: set[str] = set()

    def jobs(self, due: Iterable[int]) -> dict[str, Job]:
        """The runs of some arms on the next seed, by key.

        Args:
            due: The arms.
        """
        runs = (run for arm in due for run in self.runs(arm))
        return {run_key(run): Job(run, self.race.seeds) for run in runs}

    def runs(self, arm: int) -> list[RunConfig]:
        """An arm's runs on the next seed.

        Args:
            arm: Its index.
        """
        first = self.config.arms[arm]
        return self.config.levels_of(first.replace(seed=first.tasks.seed + self.race.seeds))

    def take(self, due: Iterable[int], results: Mapping[str, RunResult]) -> bool:
        """Take in what the arms that were due gave.

        Args:
            due: The arms.
            results: By run key; those that were stopped, or not played, count as not measured.

        Returns:
            Whether all were played to their end, or broke.
        """
        outcomes, costs, whole = {}, {}, True
        for arm in due:
            found = [results.get(run_key(run)) for run in self.runs(arm)]
            if error := next((r.error for r in found if r is not None and r.error), ""):
                self._leave_out(arm, error)
                continue
            rows = [r.row for r in found if r is not None and r.whole and r.row is not None]
            if len(rows) < len(found):
                whole = False
                continue
            worth = [row[str(row["outcome"])] for row in rows]
            if None not in worth:
                outcomes[arm] = math.fsum(worth) / len(worth)
                costs[arm] = math.fsum(map(self._cost, rows)) / len(rows)
        self.results |= {key: r for key, r in results.items() if r.whole}
        self.cut |= self._cut(due, results)
        if whole or outcomes:  # a seed of which nothing came to an end wasn't played
            self.race.take(outcomes, costs)
        if whole and self.race.seeds == FIRST:
            for arm in self.race.left:
                if not self.measured(arm):
                    self._leave_out(arm, f"nothing graded its work on {FIRST} seeds")
        return whole

    def _cut(self, due: Iterable[int], results: Mapping[str, RunResult]) -> set[str]:
        """Runs that were due and neither came to their end nor broke, as calls name them."""
        ended = {key for key, r in results.items() if r.whole or r.error}
        return {calls_key(j.config) for key, j in self.jobs(due).items() if key not in ended}

    def measured(self, arm: int) -> int:
        """Seeds on which an arm has an outcome.

        Args:
            arm: Its index.
        """
        return int((self.race.outcomes[arm] == self.race.outcomes[arm]).sum())

    def _leave_out(self, arm: int, why: str) -> None:
        self.broken[arm] = why
        self.race.leave_out(arm)

    def _cost(self, row: Row) -> float:
        """What a task cost, in US dollars; by tokens where they are free or nobody knows."""
        usd = row["cost_usd"]
        if usd or (usd is not None and self.config.design.per_dollar):
            return float(usd)
        if self.config.design.per_dollar:
            raise UsageError(
                f"per_dollar: nobody knows what {row['model']} costs; use --price IN,OUT"
            )
        return PER_TOKEN * float(row["tokens"] or 0.0)

    @property
    def left_out(self) -> list[LeftOut]:
        """Every arm that couldn't be played."""
        broke = [LeftOut(arm_of(self.config.arms[k]), why) for k, why in self.broken.items()]
        return [*self.config.left_out, *broke]

    def rows(self, arm: int | None = None) -> Iterator[Row]:
        """Rows of the runs taken in.

        Args:
            arm: Of which arm; None for all.
        """
        wanted = None if arm is None else arm_of(self.config.arms[arm])
        for result in self.results.values():
            row = result.row
            if row is not None and (wanted is None or all(row[f] == wanted[f] for f in wanted)):
                yield row

    @property
    def calls(self) -> int:
        """Calls that the teams made, those of runs that were cut short too, judges left aside."""
        return calls_of(self.rows()) + self.cut_calls

    @property
    def cost_usd(self) -> float | None:
        """US dollars of all runs, cut ones and judges included; None where nobody knows."""
        known = cost_usd(self.rows())
        return None if known is None else known + self.cut_usd

    @property
    def hopeless(self) -> bool:
        """Whether nothing came of any run but failures: no work, no answer, nobody declined."""
        rows = list(self.rows())
        gave = ("delivered", "answered", "abstention_rate")
        return bool(rows) and not any(
            not row["failure_rate"] or any(row[name] for name in gave) for row in rows
        )

    def count_cut(self, took: Callable[[str], tuple[int, float]]) -> None:
        """Count what runs took that were cut short.

        Args:
            took: Calls and US dollars of a run, as calls name it.
        """
        found = [took(run) for run in sorted(self.cut)]
        self.cut_calls = sum(calls for calls, _ in found)
        self.cut_usd = math.fsum(usd for _, usd in found)


def arm_of(run: RunConfig) -> dict[str, Any]:
    """An arm's factors, as rows say them.

    Args:
        run: Of the arm.
    """
    return {f: run.team.labels[f] for f in FACTORS if f != "level"}


def calls_of(rows: Iterable[Row | None]) -> int:
    """Calls that the teams of some runs made.

    Args:
        rows: Of the runs; None for one without.
    """
    return round(math.fsum(row["calls"] * row["ticks"] for row in rows if row is not None))


def is_counted(run: RunConfig) -> bool:
    """Whether each call of a run's team goes through the client of called models.

    Args:
        run: The run.
    """
    return isinstance(run.team.model, str) and all(is_called(m) for m in run.team.models)


def cost_usd(rows: Iterable[Row]) -> float | None:
    """US dollars of runs, judges included; None where nobody knows those of one.

    Args:
        rows: Of runs.
    """
    spent = []
    for row in rows:
        if row["cost_usd"] is None:
            return None
        per_task = row["cost_usd"] + (row.get("judge_cost_usd") or 0.0)
        spent.append(per_task * row["ticks"])
    return math.fsum(spent)


def most_calls(run: RunConfig) -> int:
    """The most calls that a run's team may make.

    Args:
        run: The run.
    """
    n = run.team.agents
    asked = make_protocol(run.team.protocol).max_calls(n) + n * is_scored(run.tasks.source)
    return run.tasks.ticks * asked * (TRIES if run.keeps_answers else 1)


def mean_of(rows: Iterable[Row], measure: str) -> float | None:
    """A measure's mean over runs.

    Args:
        rows: Of the runs.
        measure: A column.
    """
    return mean(row[measure] for row in rows)
