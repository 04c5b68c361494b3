"""The command line of a set of options: each field of a group is a parameter of its command.

Values are read as those of configuration files are, so both complain in the same words. Only what
was given reaches the command; defaults are the groups' own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import cyclopts

from ....model.options import Named
from ..config.reading import read_value

PANELS = {"Team": 1, "Tasks": 2, "Calls": 3, "Design": 4, "Advising": 4, "Own": 5, "Execution": 6}
TITLES = {
    "Team": "Team", "Tasks": "Tasks", "Calls": "Model calls", "Design": "Replication",
    "Advising": "Advice",
    "Own": "This scenario", "Execution": "Output",
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """Options that stand together in help.

    Attributes:
        name: One of `PANELS`.
        options: In their order.
    """

    name: str
    options: Sequence[Named]


@dataclass(frozen=True)
class CommandOptions:
    """The options of a command.

    Attributes:
        panels: As help shows them.
        lists: Names of options that take comma-separated lists.
        defaults: Where they are not those of the options, as users type them.
    """

    panels: Sequence[Panel]
    lists: Sequence[str] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, Named] = field(init=False)

    def __post_init__(self) -> None:
        found = {named.name: named for panel in self.panels for named in panel.options}
        object.__setattr__(self, "known", found)

    def parameters(self) -> list[inspect.Parameter]:
        """As the parameters of a function that cyclopts reads."""
        made = [
            inspect.Parameter(
                named.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[
                    bool | None if named.type == "bool" else str | None,
                    self._documented(named, panel.name),
                ],
            )
            for panel in self.panels
            for named in panel.options
        ]
        text = "Options by name in a YAML file; what stands on the command line wins."
        config = cyclopts.Parameter(help=text, metavar="FILE", group=_group("Execution"))
        annotation = Annotated[str | None, config]
        return [
            *made,
            inspect.Parameter(
                "config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
            ),
        ]

    def _documented(self, named: Named, panel: str) -> cyclopts.Parameter:
        several = named.name in self.lists
        shown = self.defaults.get(named.name, named.default)
        metavar = named.option.metavar
        return cyclopts.Parameter(
            name=f"--{named.name.replace('_', '-')}",
            help=named.option.help + (" Several, comma-separated." if several else ""),
            metavar=f"{metavar},…" if several else metavar or None,
            group=_group(panel),
            negative=(),
            allow_leading_hyphen=named.type != "bool",
            show_default=_written(shown),
        )

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of what was given, on the command line and in a file it names.

        Args:
            given: Texts by option; None where nothing was said.

        Raises:
            UsageError: A value is of another type, or the file can't be read.
        """
        said = {name: value for name, value in given.items() if value is not None}
        path = said.pop("config", None)
        values = {} if path is None else self._of_file(Path(path))
        for name, value in said.items():
            named, several = self.known[name], name in self.lists
            values[name] = (
                value if isinstance(value, bool) else read_value(named, value, several=several)
            )
        return values

    def _of_file(self, path: Path) -> dict[str, Any]:
        from ..config.files import read_options_file
        from ..folders.placing import placed

        return placed(read_options_file(path, self.known, self.lists), path)


def _written(default: Any) -> str | bool:
    """A default as users type it; False where there is none to show."""
    if default is None or default is False or default == "":
        return False
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _group(panel: str) -> cyclopts.Group:
    return cyclopts.Group(TITLES[panel], sort_key=PANELS[panel])


def takes(
    options: CommandOptions, first: Iterable[inspect.Parameter] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command its options; it is called with the values that were given.

    Args:
        options: Of the command.
        first: Parameters before them.
    """
    leading = list(first)
    names = [p.name for p in leading]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **given: Any) -> Any:
            own = {name: given.pop(name) for name in names if name in given}
            return command(*arguments, **own, **options.read(given))

        called.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [*leading, *options.parameters()]
        )
        called.__doc__ = command.__doc__
        called.__name__ = command.__name__
        return called

    return decorate
