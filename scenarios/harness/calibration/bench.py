"""Plays conditions under settings, each once, on a pool of processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import fmean

import numpy as np

from ....agents.rubric import Rubric
from ....agents.synthetic.faculties import Faculties, Profile
from ....agents.synthetic.mind import Synthetic
from ....agents.synthetic.parameters import Parameters
from ....agents.synthetic.world import SyntheticWorld
from ..build.organization import build
from .setting import Setting
from .targets import MEASURES, Condition, Means, Numbers, needed

TICKS = 10  # each task of a level once


@dataclass(frozen=True, slots=True)
class Job:
    """A condition with everything its means depend on, so that equal jobs are played once.

    Attributes:
        condition: What is played.
        parameters: Of the world.
        faculties: Of the condition's model.
        severity: Of its judge.
        repetition: What repeats cost.
        seeds: One run each.
    """

    condition: Condition
    parameters: Parameters
    faculties: Faculties
    severity: float
    repetition: float
    seeds: tuple[int, ...]


def job(setting: Setting, condition: Condition, seeds: Sequence[int]) -> Job:
    """A condition's job under a setting.

    Args:
        setting: What is tried.
        condition: What is played.
        seeds: Of which the condition takes its share, one at least.
    """
    some = tuple(seeds[: max(1, round(len(seeds) * condition.share))])
    faculties, severity = setting.faculties[condition.model], setting.severity[condition.judge]
    return Job(condition, setting.parameters, faculties, severity, setting.repetition, some)


def play(work: Job) -> Numbers:
    """Means of `MEASURES` over `TICKS` ticks: one row a seed.

    Args:
        work: What to play.
    """
    condition, world = work.condition, SyntheticWorld()
    mind = Synthetic(Profile(condition.model, work.faculties, 1.0, 1.0), world, work.parameters)
    judge = Rubric(severity=work.severity, repetition=work.repetition)
    rows = []
    for seed in work.seeds:
        org = build(
            condition.protocol, condition.n, mind, level=condition.level, judge=judge, rng=seed
        )
        org.run(TICKS)
        columns = org.datacollector.model_vars
        rows.append([fmean(columns[measure]) for measure in MEASURES])
    return np.array(rows)


def mean_play(work: Job) -> Numbers:
    """Means of a job over its seeds.

    Args:
        work: What to play.
    """
    return np.asarray(play(work).mean(axis=0))


def on_demand(setting: Setting, seeds: Sequence[int]) -> Means:
    """Means of conditions of a setting, each played when it is first asked for.

    Args:
        setting: What is tried.
        seeds: Of which each condition takes its share.
    """
    known: dict[Condition, Numbers] = {}

    def means(condition: Condition) -> Numbers:
        if condition not in known:
            known[condition] = mean_play(job(setting, condition, seeds))
        return known[condition]

    return means


class Bench:
    """Plays the conditions of settings on a pool of processes, equal jobs once.

    Args:
        processes: In the pool.
        seeds: The same for every condition, so that settings differ by what was changed.
    """

    def __init__(self, processes: int, seeds: Sequence[int]) -> None:
        # Mesa keeps every model a process ever made (`Agent._ids`), so processes are renewed.
        self.pool = get_context("spawn").Pool(processes, maxtasksperchild=200)
        self.seeds = tuple(seeds)
        self.conditions = needed()
        self.known: dict[Job, Numbers] = {}

    def means(self, settings: Sequence[Setting]) -> list[Means]:
        """For each setting, what its conditions gave.

        Args:
            settings: Played together, so that all processes are busy.
        """
        jobs = list({job(s, c, self.seeds): None for s in settings for c in self.conditions})
        todo = sorted((j for j in jobs if j not in self.known), key=_size, reverse=True)
        self.known |= zip(todo, self.pool.map(mean_play, todo, chunksize=1), strict=True)
        known = self.known
        return [lambda c, s=s: known[job(s, c, self.seeds)] for s in settings]  # type: ignore[misc]


def _size(work: Job) -> int:
    return work.condition.n * len(work.seeds)
