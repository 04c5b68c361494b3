"""Finds plug-ins by entry point; the built-in ones come through the same door.

An entry point of a group names either one plug-in (`mypkg.mine:MyProtocol`) or a module or
package, in whose modules every plug-in is found. So a new built-in is one new file.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from ..errors import PluginError, UnknownNameError
from ..protocol import Protocol
from .tags import Mark


@cache
def discover(kind: str) -> dict[str, Any]:
    """All plug-ins of a kind, by name, sorted.

    Args:
        kind: `protocols`, `topologies`, `minds` or `judges`.

    Raises:
        PluginError: One can't be imported, or two claim one name.
    """
    found: dict[str, Any] = {}
    for point in entry_points(group=f"unscripted.{kind}"):
        for name, plugin in _plugins_of(point, kind):
            if found.get(name, plugin) is not plugin:
                raise PluginError(f"entry point {point.name}: {kind} name {name!r} is taken")
            found[name] = plugin
    return dict(sorted(found.items()))


def named(kind: str, singular: str, name: str) -> Any:
    """The plug-in of that name.

    Raises:
        UnknownNameError: There is none; lists the known ones.
    """
    known = discover(kind)
    if name not in known:
        raise UnknownNameError(singular, name, known)
    return known[name]


def _plugins_of(point: EntryPoint, kind: str) -> Iterator[tuple[str, Any]]:
    try:
        target = point.load()
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        raise PluginError(
            f"entry point {point.name}={point.value} fails to load: {cause}"
        ) from error
    if not isinstance(target, ModuleType):
        name = plugin_name(target, kind)
        if name is None:
            raise PluginError(f"entry point {point.name}={point.value} is none of the {kind}")
        yield name, target
        return
    for module in _modules_of(target):
        for value in vars(module).values():
            name = plugin_name(value, kind)
            if name is not None and getattr(value, "__module__", "") == module.__name__:
                yield name, value


def _modules_of(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not info.ispkg:
            yield import_module(f"{module.__name__}.{info.name}")


def plugin_name(value: Any, kind: str) -> str | None:
    """The name under which users ask for a plug-in of this kind; None if it is none.

    A protocol is a concrete class that sets `name` itself; the other kinds are functions that a
    decorator of this package marked.
    """
    if kind == "protocols":
        if not (inspect.isclass(value) and issubclass(value, Protocol)):
            return None
        own = vars(value).get("name")
        return own if isinstance(own, str) and not inspect.isabstract(value) else None
    mark = getattr(value, "plugin", None)
    return mark.name if isinstance(mark, Mark) and mark.kind == kind else None
