"""Teams and their minds from what users type: `ID`, `ID?key=value`, or `a*6+b*2`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from ....agents.callable_mind import CallableMind
from ....agents.llm.models import parse_model, presets
from ....agents.llm.settings import Calls
from ....model.errors import UnknownNameError, UsageError
from ....model.mind import Mind
from ....model.plugins.discovery import Found, discover, instance
from ....model.plugins.grammar import read_options
from ....model.plugins.loading import ImportPath, NoSuchModuleError, import_path, load

_COUNT = re.compile(r"[0-9]{1,9}")


class Part(NamedTuple):
    """Members of a team that have the same model.

    Attributes:
        model: Its id as users type it.
        members: How many have it.
    """

    model: str
    members: int


@cache
def parse_team(model: str, n_agents: int) -> tuple[Part, ...]:
    """Models and how many members have each.

    Args:
        model: One model's id, or a mixed team `a*6+b*2`.
        n_agents: Members of the team.

    Raises:
        UsageError: A malformed part, or counts that don't add up to the team.
    """
    if "*" not in model and ("+" not in model or import_path(model) is not None):
        return (Part(model, n_agents),)
    team = []
    for part in model.split("+"):
        name, star, count = part.strip().rpartition("*")
        if not star or not _COUNT.fullmatch(count.strip()) or not name.strip():
            raise UsageError(
                f"model={model!r}: part {part!r} is not `name*count`; use a team like 'a*6+b*2'"
            )
        if int(count) < 1:
            raise UsageError(
                f"model={model!r}: part {part!r}: count 0 is below 1; leave the part out, or use 1 "
                "or more"
            )
        team.append(Part(name.strip(), int(count)))
    total = sum(part.members for part in team)
    if total != n_agents:
        raise UsageError(
            f"model={model!r} names {total} members for n_agents={n_agents}; "
            f"use --agents {total} or other counts"
        )
    return tuple(team)


def is_called(model: str) -> bool:
    """Whether a model is called over a network: of no installed family, and no class of a user's.

    Args:
        model: Its id as users type it.
    """
    family, slash, _ = model.partition("/")
    if slash and family in discover("minds"):
        return False
    return import_path(model) is None


def own_mind(model: str) -> Mind:
    """The mind of an id that is not called: `family/name`, `FILE.py:Class` or `module:Class`.

    Args:
        model: Its id as users type it.

    Raises:
        UnknownNameError: There is no such model in the family.
        UsageError: An import path that leads to no mind.
    """
    family, slash, name = model.partition("/")
    if slash and family in discover("minds"):
        made: Mind = discover("minds")[family](name)
        return made
    path = import_path(model)
    assert path is not None, "only ids that are not called have minds of their own"
    return _loaded(path)


def _loaded(path: ImportPath) -> Mind:
    try:
        plugin = load("model", path)
    except NoSuchModuleError:
        raise UnknownNameError("model", path.home, [*presets(), "provider/model"]) from None
    found = Found(plugin, f"{path.home}:{path.name}", path.options)
    if _is_function(plugin):
        read_options(f"model={found.name}", found.options, lambda: None)  # it takes none
        return CallableMind(plugin, found.name)
    if isinstance(plugin, type) and "__call__" in dir(plugin) and not _fills(plugin):
        made: Any = instance(found, "model", plugin)
        if callable(made):
            return CallableMind(made, found.name)
    return instance(found, "model", Mind)  # type: ignore[type-abstract]


def _fills(plugin: type) -> bool:
    """Whether a class is made for a seam, this one or another."""
    return issubclass(plugin, Mind) or hasattr(plugin, "plugin_kind")


def _is_function(plugin: object) -> bool:
    """Whether an object is one that gets observations: a function, or what can be called as one."""
    return callable(plugin) and not isinstance(plugin, type | Mind)


def keeps_answers(minds: Iterable[Mind]) -> bool:
    """Whether the answers of a mind are kept in the journal though no model of ours is called.

    Args:
        minds: Of a team.
    """
    return any(isinstance(mind, CallableMind) for mind in minds)


def given_minds(model: Mind | Iterable[Mind]) -> list[Mind]:
    """Minds that were given ready-made, in a list.

    Args:
        model: One, or one for each member.

    Raises:
        UsageError: It holds something else.
    """
    given = list(model) if isinstance(model, Iterable) else [model]
    for mind in given:
        if not isinstance(mind, Mind):
            raise UsageError(f"model={mind!r} is not a Mind; use a name, a Mind or a list of Minds")
    return given


def check_model(model: str, calls: Calls) -> None:
    """Refuse a model that can't be made; whether its provider exists is found out later.

    Args:
        model: Its id as users type it.
        calls: How models are called.

    Raises:
        UsageError: An unknown name or option.
    """
    if is_called(model):
        parse_model(model, calls)
    else:
        own_mind(model)


MindOf = Callable[[str], Mind]
"""Makes a mind from a model's id."""
