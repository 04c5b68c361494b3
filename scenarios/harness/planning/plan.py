"""Plans a command: calls, tokens, dollars, hours, and what comes of them. Nothing is sent."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ....agents.llm.settings import Calls
from ..build.from_config import organization_of
from ..config.advice import AdviceConfig
from ..config.groups import Execution
from ..config.identity import Config
from ..config.run import RunConfig
from ..folders.database import JOURNAL, Database
from ..format import counted
from ..runs.forecast import Forecast, forecast
from ..runs.keys import run_key
from ..runs.session import folder_path, kinds_of
from .reach import Limit, Reach, advice_lines, comparison_lines

SAMPLE = 4
"""Tasks of a kind of run of synthetic minds that are played to learn what they take."""


@dataclass(frozen=True)
class Plan:
    """What a command would take and could show.

    Attributes:
        expected: Calls, tokens, dollars, seconds.
        runs: Still to be played; in a race, at most.
        tasks: Still to be played.
        modelled: Whether dollars are those of synthetic minds, which nobody bills.
        reach: What can be shown; None for a single run.
        sentences: What it says.
    """

    expected: Forecast
    runs: int
    tasks: int
    modelled: bool
    reach: Reach | None
    sentences: Sequence[str]

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        found, reach = self.expected, self.reach
        return {
            "version": 1,
            "dry_run": True,
            "synthetic": self.modelled,
            "runs": self.runs,
            "tasks": self.tasks,
            "calls": found.calls,
            "tokens_in": found.tokens_in,
            "tokens_out": found.tokens_out,
            "tokens_cached": found.tokens_cached,
            "cost_usd": found.cost_cached_usd,
            "cost_usd_uncached": found.cost_usd,
            "hours": found.time_s / 3600,
            "ranges": {k: v and list(v) for k, v in found.ranges.items()},
            "learned_from": dict(found.learned),
            "largest_call_usd": found.largest_usd,
            "budget_usd": found.budget_usd,
            "unpriced": list(found.unpriced),
            "replicates": None if reach is None else reach.replicates,
            "detectable": None if reach is None else reach.detectable,
            "assumed_sd": None if reach is None else reach.sd,
            "sentences": list(self.sentences),
        }


def plan_of(config: Config, execution: Execution) -> Plan:
    """Plan a command; what its folder holds already is not counted.

    Args:
        config: Of the command.
        execution: Says which folder.
    """
    todo = left_to_play(config, folder_path(config, execution))
    kinds = [(run, run.tasks.ticks) for run in kinds_of(config)]
    each, expected = _expected(config, todo, kinds, folder_path(config, execution))
    modelled = any(run.synthetic for run, _ in kinds)
    reach, said = _reach(config, each, expected)
    return Plan(
        expected,
        len(todo),
        sum(ticks for _, ticks in todo),
        modelled,
        reach,
        [*_lines(config, expected, todo), *said],
    )


def left_to_play(config: Config, path: Path | None) -> list[tuple[RunConfig, int]]:
    """The runs of a command with the ticks that its folder lacks; of a race, at most.

    Args:
        config: Of the command.
        path: Of its folder; None for none.
    """
    keys: set[str] = set()
    ticks = 0
    if path is not None and (path / JOURNAL).exists():
        found = Database(path / JOURNAL, writing=False)
        keys, ticks = found.finished(), found.played()
        found.close()
    if isinstance(config, RunConfig):
        left = config.tasks.ticks - ticks
        return [(config, left)] if left > 0 else []
    return [(run, run.tasks.ticks) for run in config.runs() if run_key(run) not in keys]


UNPRICED = "without a price nobody knows what --budget buys; give --price"
Todo = Sequence[tuple[RunConfig, int]]


def _expected(
    config: Config, todo: Todo, kinds: Todo, path: Path | None
) -> tuple[list[Forecast], Forecast]:
    """What one replicate of each kind takes, and all."""
    base = config if isinstance(config, RunConfig) else config.base
    if any(run.called for run, _ in kinds):
        from ....agents.llm.journal.answered import answers_in
        from ....agents.llm.service import Service

        service = Service(next(run for run, _ in kinds if run.called).calls)
        try:
            heard = [] if path is None else answers_in(path / JOURNAL)
            each = [forecast([kind], service, 1, heard) for kind in kinds]
            at_once = 1 if isinstance(config, RunConfig) else min(len(todo), base.calls.concurrency)
            expected = forecast(todo, service, at_once, heard)
        finally:
            service.close()
    else:
        played = {run: _sampled(run) for run, _ in kinds}
        each = [_modelled([kind], played, base.calls) for kind in kinds]
        expected = _modelled(todo, played, base.calls)
    return each, expected


class _Task(NamedTuple):
    """What a task of synthetic minds takes: calls, tokens, modelled dollars, seconds here."""

    calls: float
    tokens_in: float
    tokens_out: float
    usd: float
    seconds: float


def _sampled(run: RunConfig) -> _Task:
    """The mean over a few tasks."""
    played = min(SAMPLE, run.tasks.ticks)
    org = organization_of(run.replace(shock="", tune="", budget=None))
    began = time.perf_counter()
    records = org.run(played)
    seconds = (time.perf_counter() - began) / played
    members = [m.usage for r in records for m in r.members]
    return _Task(
        sum(u.calls for u in members) / played,
        sum(u.tokens_in for u in members) / played,
        sum(u.tokens_out for u in members) / played,
        math.fsum(u.cost_usd or 0.0 for u in members) / played,
        seconds,
    )


def _modelled(todo: Todo, played: Mapping[RunConfig, _Task], calls: Calls) -> Forecast:
    """What runs of synthetic minds take, from a task of each kind."""
    first = {run.replace(seed=0): one for run, one in played.items()}
    parts = [[ticks * value for value in first[run.replace(seed=0)]] for run, ticks in todo]
    sums = [math.fsum(column) for column in zip(*parts, strict=True)] or [0.0] * 5
    n, tokens_in, tokens_out, usd, seconds = sums
    return Forecast(
        round(n), round(tokens_in), round(tokens_out), usd, seconds,
        budget_usd=calls.budget_usd, cost_cached_usd=usd,
    )  # fmt: skip


def _lines(config: Config, expected: Forecast, todo: Todo) -> list[str]:
    race = isinstance(config, AdviceConfig)
    tasks = sum(ticks for _, ticks in todo)
    most = " at most, if no arm drops out and nothing stops it before" if race else ""
    said = [
        f"{counted(len(todo), 'run')}, {tasks:,} tasks{most}",
        expected.line(),
        *expected.rests_on,
    ]
    if any(run.synthetic for run in kinds_of(config)):
        said.append("dollars are modelled: synthetic minds are free")
    elif expected.tokens_cached and expected.cost_cached_usd is not None:
        said.append(
            f"about ${expected.cost_cached_usd:.2f} where the provider reads "
            f"{expected.tokens_cached:,} of the tokens from its cache"
        )
    return said + ([expected.buys] if expected.buys and not race else [])


def _reach(
    config: Config, each: Sequence[Forecast], expected: Forecast
) -> tuple[Reach | None, list[str]]:
    """What can be shown; without a price nobody can foretell where a budget ends."""
    if isinstance(config, RunConfig):
        return None, []
    budget = expected.budget_usd
    dollars = [one.cost_usd or 0.0 for one in each]
    unknown = budget is not None and bool(expected.unpriced)
    said = [UNPRICED] if unknown else []
    money = Limit(dollars, None if unknown else budget)
    if not isinstance(config, AdviceConfig):
        found, lines = comparison_lines(config, money.replicates(config.replicates))
        return found, said + lines
    levels = len(config.values("level"))
    calls = Limit([float(one.calls) for one in each], config.design.max_calls)
    limits = [Limit(_by_arm(limit.each, levels), limit.most) for limit in (money, calls)]
    found, lines = advice_lines(config, limits)
    return found, said + lines


def _by_arm(values: Sequence[float], levels: int) -> list[float]:
    """Sums over the levels of each arm."""
    return [math.fsum(values[k : k + levels]) for k in range(0, len(values), levels)]
