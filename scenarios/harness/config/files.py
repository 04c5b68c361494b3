"""Configuration files: any options by name, in YAML; what a folder's `study.yaml` is, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from ....model.errors import UsageError, because
from ....model.options import Named
from .reading import read_value

MOST_BYTES = 1_000_000


def read_options_file(
    path: Path, known: Mapping[str, Named], lists: Sequence[str]
) -> dict[str, Any]:
    """The options of a configuration file, as values.

    Args:
        path: A YAML file: a mapping from options to values.
        known: The options it may hold, by name; `-` and `_` are the same.
        lists: Those that may be lists.

    Raises:
        UsageError: It can't be read, or holds an unknown or repeated option, or a value of another
            type; says the line.
    """
    found: dict[str, Any] = {}
    for key, node in _entries(path):
        where = f"{path}:{node.start_mark.line + 1}"
        name = str(key.value).replace("-", "_")
        if name not in known:
            raise UsageError(f"{where}: {key.value!r} is not known; options: {', '.join(known)}")
        if name in found:
            raise UsageError(f"{where}: {key.value!r} is given twice; give it once")
        found[name] = _value(node, known[name], where, several=name in lists)
    return found


def _entries(path: Path) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                f"config={path} is larger than {MOST_BYTES:,} bytes; use a smaller one"
            )
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        said = because(error)
        raise UsageError(f"config={path} can't be read: {said}; give a YAML file") from None
    except (yaml.YAMLError, RecursionError) as error:
        said = _syntax(error, path)
        raise UsageError(f"config={path} is no YAML: {said}") from None
    if root is None or root.tag.endswith(":null"):
        return []
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"config={path} is not a mapping; write `option: value`, one per line")
    return root.value


def _syntax(error: Exception, path: Path) -> str:
    """What is wrong in which line."""
    if isinstance(error, ReaderError):
        line = path.read_text(encoding="utf-8-sig")[: error.position].count("\n") + 1
        return f"line {line}: {error.reason}; mend that line"
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return "it is nested too deeply; write `option: value`, one per line"
    words = ", ".join(filter(None, (error.context, error.problem)))
    return f"line {mark.line + 1}: {' '.join(words.split())}; mend that line"


def _value(node: yaml.Node, named: Named, where: str, *, several: bool) -> Any:
    if isinstance(node, yaml.SequenceNode) and several:
        return tuple(_scalar(item, named, where) for item in node.value)
    return _scalar(node, named, where, several=several)


def _scalar(node: yaml.Node, named: Named, where: str, *, several: bool = False) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise UsageError(f"{where}: {named.name} is no single value; write `{named.name}: VALUE`")
    if node.tag.endswith(":null"):
        if "None" not in named.type:
            raise UsageError(f"{where}: {named.name} has no value; give one, or leave it out")
        return None
    return read_value(named, str(node.value), f"{where}: ", several=several)


def options_text(options: Mapping[str, Any], command: str) -> str:
    """Options as a configuration file.

    Args:
        options: By name; values as YAML can hold them.
        command: That takes the file, for its first line.
    """
    head = f"# unscripted {command} --config FILE\n"
    return head + yaml.safe_dump(dict(options), sort_keys=False, allow_unicode=True, width=1000)
