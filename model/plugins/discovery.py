"""Finds plug-ins by entry point or import path; the built-in ones come through the same door.

An entry point of a group names either one plug-in (`mypkg.mine:MyProtocol`) or a module or
package, in whose modules every plug-in is found. So a new built-in is one new file.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from ..errors import PluginError, UnknownNameError, UsageError
from .grammar import read_options, refuse_bare_colon, split_spec
from .loading import NoSuchModuleError, import_path, load
from .tags import PluginTag

Seam = TypeVar("Seam")

IN_CLASS = "mend it, or set what it needs, as FILE.py:Class:option=value"
"""What to do about a class that can't be made."""


class Found(NamedTuple):
    """What a user's text names.

    Attributes:
        plugin: A class, function or object.
        name: Under which it was asked for.
        options: As typed after it; empty for none.
    """

    plugin: Any
    name: str
    options: str


def find(kind: str, noun: str, text: str) -> Found:
    """The plug-in that `NAME[:options]`, `FILE.py:Class` or `module:Class` names.

    Args:
        kind: `protocols`, `topologies`, `minds`, `judges` or `measures`.
        noun: The same in the singular, for errors.
        text: As users type it.

    Raises:
        UnknownNameError: There is none of that name; lists the known ones.
        UsageError: An import path that leads nowhere.
    """
    known = discover(kind)
    name, options = split_spec(text)
    if name in known:
        refuse_bare_colon(noun, text)
        return Found(known[name], name, options)
    path = import_path(text)
    if path is None:
        raise UnknownNameError(noun, name, known)
    try:
        return Found(load(noun, path), f"{path.home}:{path.name}", path.options)
    except NoSuchModuleError:
        if "." in path.home:
            raise
        raise UnknownNameError(noun, name, known) from None  # a misspelt name with odd options


@cache
def discover(kind: str) -> dict[str, Any]:
    """All installed plug-ins of a kind, by name, sorted.

    Args:
        kind: As for `find`.

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

    Args:
        value: Any value of a module. A class is a plug-in where its base says of which
            `plugin_kind` it is and it sets `name` itself; a function where it is tagged.
        kind: As for `find`.
    """
    if inspect.isclass(value):
        if getattr(value, "plugin_kind", None) != kind or inspect.isabstract(value):
            return None
        own = vars(value).get("name")
        return own if isinstance(own, str) else None
    tag = getattr(value, "plugin", None)
    return tag.name if isinstance(tag, PluginTag) and tag.kind == kind else None


def instance(found: Found, noun: str, base: type[Seam]) -> Seam:
    """What a user's text names as an object: made of a class with its options, or as it is.

    Args:
        found: What the text names.
        noun: What it is, in the singular.
        base: The seam it fills.

    Raises:
        UsageError: It fills another seam, takes other options, or can't be made.
    """
    plugin = found.plugin
    if isinstance(plugin, base):
        read_options(f"{noun}={found.name}", found.options, lambda: None)  # it is made already
        return plugin
    if not (isinstance(plugin, type) and issubclass(plugin, base)):
        raise UsageError(
            f"{noun}={found.name} is not a {base.__name__}; subclass unscripted.{base.__name__}"
        )
    kind: type[Seam] = plugin
    refuse_unfinished(f"{noun}={found.name}", kind, base)
    options = read_options(f"{noun}={found.name}", found.options, kind.__init__)
    made: Seam = make(found, noun, lambda: kind(**options), IN_CLASS)
    return made


def refuse_unfinished(where: str, kind: type, seam: type) -> None:
    """Refuse a class that lacks what its seam asks for, abstract ones and those of typing.

    Args:
        where: What is being set to what, in front of the error.
        kind: The class.
        seam: What it fills.

    Raises:
        UsageError: It can't be made by anybody.
    """
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        raise UsageError(
            f"{where} is abstract: it lacks {', '.join(missing)}, which a {seam.__name__} has; "
            f"define {'it' if len(missing) == 1 else 'them'}"
        )
    if getattr(kind, "_is_protocol", False):
        raise UsageError(
            f"{where} is a typing.Protocol, of which nothing can be made; "
            f"subclass unscripted.{seam.__name__}"
        )


def make(found: Found, noun: str, build: Callable[[], Any], remedy: str = "mend it") -> Any:
    """Call what a user's class does when it is made; its errors become the user's one line.

    Args:
        found: What is being made.
        noun: What it is, in the singular.
        build: Makes it.
        remedy: What to do where it can't be called like that.

    Raises:
        UsageError: It can't be made.
    """
    try:
        return build()
    except UsageError:
        raise
    except Exception as error:
        kind = "" if isinstance(error, TypeError | ValueError) else f"{type(error).__name__}: "
        said = " ".join(str(error).split())
        raise UsageError(f"{noun}={found.name}: {kind}{said}; {remedy}") from None
