"""The organization of a run's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ....model.judge import Judge
from ....model.mind import Mind
from ....model.organization import BaseOrganization
from ..config.run import RunConfig
from .organization import build

MOST_HELD = 16_384
"""Decisions whose records are held in memory; earlier ticks of a longer run are read back."""
FEWEST_HELD = 2
"""Ticks that are held whatever the team."""

if TYPE_CHECKING:
    from ....agents.llm.service import Service


def organization_of(
    config: RunConfig,
    service: Service | None = None,
    run: str = "",
    *,
    minds: Sequence[Mind] | None = None,
    judge: str | Judge | None = None,
) -> BaseOrganization:
    """Build it.

    Args:
        config: What is played.
        service: Calls models, where there are any; None makes one that keeps nothing.
        run: Names this run within a comparison.
        minds: In place of the configured models, one per member.
        judge: In place of the configured judge.

    Raises:
        UsageError: The network doesn't fit the team, or a file is wrong.
    """
    team, tasks = config.team, config.tasks
    return build(
        protocol=team.protocol,
        n_agents=team.agents,
        model=team.model if minds is None else minds,
        topology=team.topology,
        level=tasks.level,
        tasks=tasks.source,
        judge=tasks.judge if judge is None else judge,
        memory=team.memory,
        skills=team.skills,
        shocks=tasks.shocks,
        tune=team.tune,
        parameters=team.parameters,
        timeout_s=config.calls.timeout_s,
        concurrency=config.calls.concurrency,
        calls=service if service is not None else config.calls,
        run=run,
        keep=held_of(config),
        rng=tasks.seed,
    )


def held_of(config: RunConfig) -> int | None:
    """Ticks whose records are held in memory; None for all, where all are few.

    Args:
        config: What is played.
    """
    agents, ticks = config.team.agents, config.tasks.ticks
    return None if ticks * agents <= MOST_HELD else max(FEWEST_HELD, MOST_HELD // agents)
