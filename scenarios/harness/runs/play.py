"""Plays a configuration tick by tick, keeping every finished tick before the next begins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ....model.errors import Halt
from ....model.organization import BaseOrganization
from ....model.record import TickRecord
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..exits import Exit, exit_of
from ..folders.folder import Folder
from .reporter import Ticked


@dataclass(frozen=True)
class PlayedRun:
    """How a run ended.

    Attributes:
        config: What was played.
        organization: As it stands after the last tick.
        ending: Why it ended.
        resumed: Ticks that were already in the folder.
        cause: What stopped it before its end, in words; empty where nothing did.
    """

    config: RunConfig
    organization: BaseOrganization
    ending: Exit
    resumed: int = 0
    cause: str = ""

    @property
    def records(self) -> Sequence[TickRecord]:
        """Every tick, those of earlier commands included."""
        return self.organization.records

    @property
    def level(self) -> str:
        """The level of the run's task source, `mixed` where it holds several."""
        return self.organization.setup.stream.level


def play(
    config: RunConfig,
    folder: Folder | None = None,
    *,
    max_failures: int | None = None,
    watch: Ticked | None = None,
    org: BaseOrganization | None = None,
) -> PlayedRun:
    """Play a configuration to its end, its budget, or Ctrl-C; continue what the folder holds.

    Args:
        config: What to play.
        folder: Where finished ticks go; None keeps nothing.
        max_failures: Failed decisions above which the ending says so; None allows any.
        watch: Called after every tick, and once before the first.
        org: The configuration's organization before its first tick; None builds it.
    """
    org = org if org is not None else organization_of(config)
    spent = Spent(config)
    for record in folder.each_record() if folder is not None else ():
        org.replay(record)
        spent.add(record)
    resumed = org.tick
    if watch is not None:
        watch(org)
    ending, cause = Exit.DONE, ""
    try:
        while org.tick < config.tasks.ticks:
            org.step()
            if spent.add(org.records[-1]):
                org = _without_last(config, org)
                ending = Exit.BUDGET
                break
            if folder is not None:
                folder.keep_record(org.records[-1])
            if watch is not None:
                watch(org)
    except KeyboardInterrupt:
        ending = Exit.INTERRUPTED
    except Halt as halt:
        ending, cause = exit_of(halt), str(halt)
    if ending is Exit.DONE and max_failures is not None and failures(org.records) > max_failures:
        ending = Exit.FAILURES
    return PlayedRun(config, org, ending, resumed, cause)


def failures(records: Iterable[TickRecord]) -> int:
    """Decisions that gave nothing usable.

    Args:
        records: Ticks of a run.
    """
    return sum(r.totals.failures for r in records)


def spent_usd(record: TickRecord) -> float:
    """What a tick cost where prices are known, in US dollars, the judge included.

    Args:
        record: The tick.
    """
    usages = [t.usage for m in record.members for t in m.turns] + [record.verdict.usage]
    return math.fsum(u.cost_usd or 0.0 for u in usages)


class Spent:
    """Modelled money, tick by tick; real money is reserved before it is spent.

    Args:
        config: What is played.
    """

    def __init__(self, config: RunConfig) -> None:
        self._budget_usd = None if config.keeps_answers else config.calls.budget_usd
        self._usd: list[float] = []

    def add(self, record: TickRecord) -> bool:
        """Add what a tick cost; whether all together is more than the budget.

        Args:
            record: Of the tick that follows.
        """
        if self._budget_usd is None:
            return False
        self._usd.append(spent_usd(record))
        return math.fsum(self._usd) > self._budget_usd


def _without_last(config: RunConfig, org: BaseOrganization) -> BaseOrganization:
    """The run before the tick that went over the budget.

    Synthetic minds spend nothing, so a tick can be taken back and the budget is never overshot.
    """
    before = organization_of(config)
    for record in org.records[:-1]:
        before.replay(record)
    return before
