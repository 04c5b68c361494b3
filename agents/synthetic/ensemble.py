"""The sets of parameters that fit the published figures equally well: what a fit leaves open.

A single fit hides that twenty numbers were fitted to twelve. Playing replicate r with the r-th set
lets what the figures don't decide into every interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .faculties import Faculties
from .mind import Synthetic
from .parameters import Parameters
from .profiles import profiles

FILE = Path(__file__).with_name("ensemble.yaml")


@dataclass(frozen=True)
class ParameterSet:
    """One of the sets.

    Attributes:
        parameters: Of the world.
        faculties: Of the models that were fitted, by name.
        severity: Of judges, by name.
    """

    parameters: Parameters
    faculties: Mapping[str, Faculties]
    severity: Mapping[str, float]

    def mind(self, of: Synthetic) -> Synthetic:
        """The same mind under this set; a model that was not fitted keeps its faculties.

        Args:
            of: In the world that it stays in.
        """
        profile = of.profile
        faculties = self.faculties.get(profile.name, profile.faculties)
        return Synthetic(replace(profile, faculties=faculties), of.world, self.parameters)


def parameter_set(values: Mapping[str, float]) -> ParameterSet:
    """A set from its values: `group.parameter`, `model/faculty`, and severities by judge.

    Args:
        values: By name; what is not named stays as it ships.
    """
    world: dict[str, float] = {}
    severity: dict[str, float] = {}
    faculties: dict[str, Faculties] = {}
    known, names = profiles(), Parameters().values()
    for name, value in values.items():
        model, slash, faculty = name.partition("/")
        if slash:
            base = faculties.get(model, known[model].faculties)
            faculties[model] = replace(base, **{faculty: value})
        elif name in names:
            world[name] = value
        else:
            severity[name] = value
    return ParameterSet(Parameters().changed(world), faculties, severity)


@cache
def ensemble() -> tuple[ParameterSet, ...]:
    """The sets, in the order of the data file beside this one."""
    return tuple(parameter_set(values) for values in _held()["sets"])


@cache
def _held() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return held


def set_of(seed: int) -> ParameterSet:
    """The set that a run is played with: replicate r from seed 0 on has the r-th, and so on round.

    Args:
        seed: Of the run, 0 or more.
    """
    sets = ensemble()
    return sets[seed % len(sets)]
