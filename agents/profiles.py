"""Synthetic models by name, from the data file beside this one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from ..model.errors import UnknownNameError
from ..model.mind import mind_family
from .physics import Faculties
from .synthetic import Profile, Synthetic
from .world import SyntheticWorld


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

    Raises:
        UnknownNameError: There is none of that name; lists the known ones.
    """
    known = profiles()
    if name not in known:
        raise UnknownNameError("model", f"synthetic/{name}", (f"synthetic/{n}" for n in known))
    return known[name]


@mind_family("synthetic")
def synthetic(name: str) -> Synthetic:
    """A mind of a synthetic model, in a world of its own."""
    return Synthetic(profile(name), SyntheticWorld())
