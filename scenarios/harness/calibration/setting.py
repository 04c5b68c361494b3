"""All that is fitted, by name and within its plausible range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ....agents import synthetic
from ....agents.rubric import REPETITION, SEVERITY
from ....agents.synthetic.faculties import Faculties
from ....agents.synthetic.parameters import Parameters
from ....agents.synthetic.profiles import profiles
from .targets import FINAL, FITTED, PILOT, Numbers

CALIBRATED = Path(synthetic.__file__).with_name("calibrated.yaml")
"""What ships."""

PARAMETER_BOUNDS: dict[str, tuple[float, float]] = {
    "noticing.base": (0.02, 0.4),
    "skill.base": (-1.0, 4.0),
    "skill.reasoning": (0.5, 6.0),
    "estimate.overconfidence": (0.05, 0.6),
    "choice.salience": (0.1, 2.0),
    "choice.burden": (0.1, 0.9),
    "choice.threshold": (0.05, 0.4),
    "choice.plan_view": (0.6, 1.0),
    "coupling.guess": (0.05, 0.7),
    "coupling.reading": (0.1, 0.95),
}
"""Fitted parameters of the world and the range in which each is plausible."""
FACULTY_BOUNDS: dict[str, tuple[float, float]] = {
    **{f"{model}/reasoning": (0.3, 1.0) for model in FITTED},
    **{f"{model}/self_reflection": (0.1, 1.0) for model in FITTED},
}
"""Fitted faculties: two a model, for each has two figures of quality or more. Instruction following
is fixed (`fixed.py`): no figure tells it apart from the other two."""
BOUNDS: dict[str, tuple[float, float]] = {
    **PARAMETER_BOUNDS,
    **FACULTY_BOUNDS,
    PILOT: (0.6, 2.5),
    FINAL: (0.4, 2.5),
}
"""All that is fitted: 20 numbers."""


@dataclass(frozen=True)
class Setting:
    """All that is fitted.

    Attributes:
        parameters: Of the world.
        faculties: By model.
        severity: By judge.
        repetition: What repeats cost, for every judge; fixed.
    """

    parameters: Parameters
    faculties: Mapping[str, Faculties]
    severity: Mapping[str, float]
    repetition: float


def current() -> Setting:
    """The setting that ships."""
    faculties = {name: p.faculties for name, p in profiles().items()}
    return Setting(Parameters(), faculties, dict(SEVERITY), REPETITION)


def values(setting: Setting) -> dict[str, float]:
    """A setting's fitted values by name, in the order of `BOUNDS`.

    Args:
        setting: Whose.
    """
    held = setting.parameters.values()
    found = {k: float(held[k]) for k in PARAMETER_BOUNDS}
    for name in FACULTY_BOUNDS:
        model, _, faculty = name.partition("/")
        found[name] = float(getattr(setting.faculties[model], faculty))
    return found | dict(setting.severity)


def with_values(base: Setting, found: dict[str, float]) -> Setting:
    """A setting with these values, rounded so that what is written down is what was played.

    Args:
        base: Has what is not fitted.
        found: By name, all of `BOUNDS`.
    """
    v = {name: round(x, 4) for name, x in found.items()}
    faculties = dict(base.faculties)
    for name in FACULTY_BOUNDS:
        model, _, faculty = name.partition("/")
        faculties[model] = replace(faculties[model], **{faculty: v[name]})
    return Setting(
        base.parameters.changed({k: v[k] for k in PARAMETER_BOUNDS}),
        faculties,
        {PILOT: v[PILOT], FINAL: v[FINAL]},
        base.repetition,
    )


def grouped(found: Mapping[str, float]) -> dict[str, Any]:
    """Values as `calibrated.yaml` holds them: parameters of the world by group, then the rest.

    Args:
        found: By name.
    """
    body: dict[str, Any] = {}
    for name in PARAMETER_BOUNDS:
        group, _, parameter = name.partition(".")
        body.setdefault(group, {})[parameter] = found[name]
    return body | {name: x for name, x in found.items() if name not in PARAMETER_BOUNDS}


def by_name(body: Mapping[str, Any]) -> dict[str, float]:
    """The inverse of `grouped`.

    Args:
        body: As `calibrated.yaml` holds it.
    """
    found: dict[str, float] = {}
    for name, held in body.items():
        parts = held.items() if isinstance(held, dict) else ()
        found |= {f"{name}.{parameter}": float(x) for parameter, x in parts}
        if not isinstance(held, dict):
            found[name] = float(held)
    return found


def inward(setting: Setting) -> Numbers:
    """z: the logit of each value's place within its range.

    Args:
        setting: Whose values.
    """
    low, high = np.array(list(BOUNDS.values())).T
    place = np.clip((np.array(list(values(setting).values())) - low) / (high - low), 0.02, 0.98)
    return np.asarray(np.log(place / (1 - place)))


def outward(z: Numbers, base: Setting) -> Setting:
    """The setting at z.

    Args:
        z: One logit for each of `BOUNDS`.
        base: Has what is not fitted.
    """
    low, high = np.array(list(BOUNDS.values())).T
    x = low + (high - low) / (1 + np.exp(-z))
    return with_values(base, dict(zip(BOUNDS, x.tolist(), strict=True)))


def read(path: Path, base: Setting) -> Setting:
    """The setting of a data file; what it does not name stays as it is.

    Args:
        path: Of a file as the search writes it.
        base: For what it does not name.
    """
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    return with_values(base, values(base) | by_name(held["values"]))
