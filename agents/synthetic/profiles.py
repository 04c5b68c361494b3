"""Synthetic models by name, from the data file beside this one."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import yaml

from ...model.errors import UnknownNameError, UsageError
from ...model.mind import mind_family
from .faculties import Faculties, Profile
from .mind import Synthetic
from .world import SyntheticWorld

CUSTOM = "custom"


@cache
def profiles() -> dict[str, Profile]:
    """Every synthetic model by name, as users type it after `synthetic/`."""
    text = Path(__file__).with_name("profiles.yaml").read_text(encoding="utf-8")
    found: dict[str, Profile] = {}
    for name, entry in yaml.safe_load(text).items():
        usd_in, usd_out = entry["usd_per_million"]
        faculties = Faculties(*entry["faculties"])
        found[name] = Profile(name, faculties, usd_in, usd_out, entry["verbosity"])
    return found


def profile(name: str) -> Profile:
    """A synthetic model.

    `custom?reasoning=0.4&self_reflection=0.7&instruction_following=0.8` has the faculties given,
    those of `medium` where one is left out, and its price.

    Args:
        name: As users type it after `synthetic/`.

    Raises:
        UnknownNameError: There is none of that name; lists the known ones.
        UsageError: A faculty that isn't one, or is no number of 0 to 1.
    """
    known = profiles()
    if name.partition("?")[0] == CUSTOM:
        return _custom(name)
    if name not in known:
        raise UnknownNameError("model", f"synthetic/{name}", (f"synthetic/{n}" for n in known))
    return known[name]


def _custom(name: str) -> Profile:
    base = profiles()["medium"]
    faculties = asdict(base.faculties)
    for part in filter(None, name.partition("?")[2].split("&")):
        faculty, _, value = part.partition("=")
        if faculty not in faculties:
            raise UnknownNameError(f"model=synthetic/{CUSTOM}: faculty", faculty, faculties)
        try:
            faculties[faculty] = float(value)
        except ValueError:
            raise UsageError(
                f"model=synthetic/{name}: {faculty}={value!r} is not a number of 0 to 1"
            ) from None
    return replace(base, name=name, faculties=Faculties(**faculties))


@mind_family("synthetic")
def synthetic(name: str) -> Synthetic:
    """A mind of a synthetic model, in a world of its own.

    Args:
        name: As for `profile`.
    """
    return Synthetic(profile(name), SyntheticWorld())
