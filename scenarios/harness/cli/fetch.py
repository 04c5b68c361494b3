"""Brings a local model onto this machine."""

from __future__ import annotations

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ....agents.local.catalogue import FAMILY, Known, known
from ....agents.local.fetching import fetch
from ..exits import Exit
from ..terminal.console import say, terminal
from .commands import print_json


def fetch_command(name: str, *, as_json: bool = False) -> Exit:
    """Bring a model of the catalogue into the cache folder; one that is there stays.

    Args:
        name: Of the catalogue; `local/` before it is allowed.
        as_json: One object on standard output.

    Raises:
        UsageError: There is no such model, or it can't be had.
    """
    entry = known(name)
    errors = terminal(stderr=True)
    if not entry.is_here:
        say(errors, f"{entry.about}, {entry.licence}, {megabytes(entry)}, from {entry.source}")
        if not entry.tested:
            say(errors, "note: this source is untested in this release; the digest is checked")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=errors) as progress:
        task = progress.add_task(entry.name, total=None)
        path = fetch(
            entry,
            lambda here, whole: progress.update(task, completed=here, total=whole or None),
        )
        progress.update(task, visible=False)
    if as_json:
        print_json({"version": 1, "model": f"{FAMILY}/{entry.name}", **body_of(entry)})
    else:
        say(terminal(), f"{path}; use it with --model {FAMILY}/{entry.name}")
    return Exit.DONE


def megabytes(entry: Known) -> str:
    """A model's size, for people.

    Args:
        entry: Of the catalogue.
    """
    return f"{entry.bytes / 1e6:,.0f} MB"


def body_of(entry: Known) -> dict[str, str | int | bool]:
    """What `--json` says of a model.

    Args:
        entry: Of the catalogue.
    """
    return {
        "path": str(entry.path),
        "here": entry.is_here,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "source": entry.source,
        "tested": entry.tested,
    }
