"""Scenario scripts as commands: by name, or as `python scenarios/NAME.py`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import cyclopts

from ....agents.llm.settings import Calls
from ....model.options import options_of
from ..api.entry import execution_of
from ..config.groups import Execution, Tasks, Team
from ..exits import Exit
from ..study.discovery import study_of
from ..study.study import Study
from ..terminal.console import terminal
from ..terminal.reporter import TerminalReporter
from .commands import print_json, published, show_plan
from .ending import guarded
from .parameters import CommandOptions, Panel, takes
from .show import show_study


def scenario_by_name(name: str, arguments: Sequence[str]) -> int:
    """Run a scenario with its options.

    Args:
        name: As `study_of` takes it.
        arguments: As on the command line.
    """
    return int(_app(study_of(name))(list(arguments), exit_on_error=False, print_error=False) or 0)


def main(study: Study) -> None:
    """Run a scenario script as a command whose mistakes are one line, like the others'.

    Args:
        study: The script's.
    """
    app = _app(study)
    sys.exit(guarded(lambda: app(sys.argv[1:], exit_on_error=False, print_error=False)))


def _app(study: Study) -> cyclopts.App:
    """The command of a scenario."""
    app = cyclopts.App(
        name=f"unscripted scenario {study.name}",
        help=f"{study.question}\n\n{study.expectation}",
        help_format="plaintext",
        version_flags=(),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )

    def command(**given: Any) -> int:
        return run_study(study, **given)

    app.default(takes(_options(study))(command))
    return app


def _options(study: Study) -> CommandOptions:
    """A scenario's options in panels."""
    places = {n.name: g.__name__ for g in (Team, Tasks, Calls) for n in options_of(g)}
    places["replicates"] = "Design"
    panels: dict[str, list[Any]] = {}
    for name, named in study.options.items():
        panels.setdefault(places.get(name, "Own"), []).append(named)
    panels["Execution"] = list(options_of(Execution))
    return CommandOptions([Panel(name, options) for name, options in panels.items()], study.lists)


def run_study(study: Study, **given: Any) -> Exit:
    """Play a scenario, keep it, show it.

    Args:
        study: The scenario.
        **given: Options by name, as values; lists as tuples.
    """
    execution, options = execution_of(given)
    if execution.dry_run:
        return show_plan(study.config_of(study.options_from(**options)), execution)
    reporter = TerminalReporter()
    played = study.play(study.options_from(**options), execution, reporter)
    if played.ending is Exit.INTERRUPTED:
        return played.ending
    if execution.json:
        print_json(played.body())
    if played.report is None:
        return played.ending
    console = terminal(stderr=execution.json)
    if played.folder is None:
        show_study(played, [], console)
        return played.ending
    drawn = published(played, reporter, lambda pictures: show_study(played, pictures, console))
    return played.ending if drawn is None else drawn
