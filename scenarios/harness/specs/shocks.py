"""Shocks from what users type: `KIND[:options]@TICK` or `@FIRST-LAST`, several joined by `;`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ....model.decision import Reply
from ....model.errors import UnknownNameError, UsageError
from ....model.mind import Mind
from ....model.observation import Observation
from ....model.plugins.grammar import read_options, split_spec
from ....model.shocks.catalogue import SHOCKS
from ....model.shocks.mandate import NewMission
from ....model.shocks.membership import Newcomers, Substitute
from ....model.shocks.schedule import Scheduled
from ....model.shocks.shock import Shock
from .minds import MindOf

DEFAULT_SUBSTITUTE = "synthetic/weak"
_WHEN = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


class _NoMind(Mind):
    """Stands for a mind while only the schedule is read."""

    def decide(self, observation: Observation) -> Reply:
        raise AssertionError("nobody asks it")


def parse_shocks(text: str, mind_of: MindOf) -> tuple[Scheduled, ...]:
    """A schedule of shocks.

    Args:
        text: As users type it; empty for none.
        mind_of: Makes the minds of newcomers and substitutes.

    Raises:
        UsageError: An unknown kind, option or value, or no tick.
    """
    return tuple(_scheduled(part, mind_of) for part in _parts(text))


@cache
def schedule(text: str) -> tuple[Scheduled, ...]:
    """The same to look at, without minds.

    Args:
        text: As users type it; empty for none.

    Raises:
        UsageError: As for `parse_shocks`.
    """
    return parse_shocks(text, lambda model: _NoMind())


@cache
def shock_models(text: str) -> tuple[str, ...]:
    """The ids of models that a schedule of shocks brings in, each once.

    Args:
        text: As users type it; empty for none.
    """
    found: list[str] = []

    def note(model: str) -> Mind:
        found.append(model)
        return _NoMind()

    parse_shocks(text, note)
    return tuple(dict.fromkeys(found))


def needs_model(text: str) -> bool:
    """Whether a schedule substitutes minds without saying whose; the default is synthetic.

    Args:
        text: As users type it; empty for none.
    """
    parts = [p for p in _parts(text) if re.match(r"substitute\s*(:|@)", p)]
    return any("model=" not in part for part in parts)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _scheduled(part: str, mind_of: MindOf) -> Scheduled:
    spec, at, when = part.rpartition("@")
    found = _WHEN.fullmatch(when.strip())
    if not at or found is None:
        raise UsageError(f"shock={part!r} has no tick; use KIND@TICK or KIND@FIRST-LAST")
    first = int(found[1])
    last = int(found[2]) if found[2] is not None else first
    return Scheduled(_shock(spec.strip(), mind_of), first, last)


def _shock(spec: str, mind_of: MindOf) -> Shock:
    name, options = split_spec(spec)
    if name not in SHOCKS:
        raise UnknownNameError("shock", name, SHOCKS)

    if name == "mission" and options.startswith("text="):  # commas may stand in it
        return NewMission(text=options.removeprefix("text="))

    def substitute(*, model: str = DEFAULT_SUBSTITUTE, share: float = 0.25) -> Shock:
        return Substitute(mind=mind_of(model), share=share)

    def newcomers(*, k: int = 1, model: str = "", links: int = 0) -> Shock:
        return Newcomers(k=k, mind=mind_of(model) if model else None, links=links)

    kinds: dict[str, Callable[..., Shock]] = {**SHOCKS, "substitute": substitute}
    kinds["newcomers"] = newcomers
    make = kinds[name]
    return make(**read_options(f"shock={name}", options, make))
