"""Runs a scenario's `main` as a command whose mistakes are one line, like the others'."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from ..cli.app import run_app


def script(main: Callable[..., Any]) -> None:
    """Run `main` with its typed parameters read from the command line; exit 2 on misuse."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    sys.exit(run_app(app))
