"""Options, said once: a field of a frozen dataclass that also says how users set it.

The command line, `--config FILE.yaml`, a folder's `study.yaml`, the JSON and the signatures of
`run` and `compare` are all derived from these fields, so a new option is one new field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """How users meet a field.

    Attributes:
        help: One sentence for `--help`.
        metavar: What stands for the value in help; empty for a flag.
        name: As users type it; empty where the field's own name is meant.
        varies: Whether `compare` takes a list of them as one of its factors.
        free: Whether it can't change a result, so that a folder may go on with another value.
    """

    help: str
    metavar: str = ""
    name: str = ""
    varies: bool = False
    free: bool = False


def option(default: Any, text: str, metavar: str = "", **more: Any) -> Any:
    """A field with an option's documentation.

    Args:
        default: Its default.
        text: One sentence for `--help`.
        metavar: What stands for the value in help; empty for a flag.
        **more: Further attributes of `Option`.
    """
    return dataclasses.field(default=default, metadata={"option": Option(text, metavar, **more)})


@dataclass(frozen=True, slots=True)
class Named:
    """An option with where it stands.

    Attributes:
        name: As users type it.
        field: The field's name in its group.
        type: The field's annotation, as text.
        default: Its default.
        option: How users meet it.
    """

    name: str
    field: str
    type: str
    default: Any
    option: Option


def options_of(group: Any) -> Iterator[Named]:
    """The options of a dataclass, or of an instance of one, in their order.

    Args:
        group: The dataclass; fields without an option's documentation are passed over.
    """
    for f in dataclasses.fields(group):
        found = f.metadata.get("option")
        if found is not None:
            kind = f.type.__name__ if isinstance(f.type, type) else str(f.type)
            yield Named(found.name or f.name, f.name, kind, f.default, found)
