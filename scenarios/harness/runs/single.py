"""One run with everything around it: notes, folder, consent, progress."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ....model.networks.files import READ, is_network_file, read_network
from ....model.relocation import located
from ..build.from_config import organization_of
from ..config.groups import Execution
from ..config.run import RunConfig
from ..specs.tuning import parse_tuning
from .interrupts import graceful
from .play import PlayedRun, play
from .reporter import Reporter
from .session import Session


def title_of(config: RunConfig) -> str:
    """What is played, in one line.

    Args:
        config: The run.
    """
    labels = config.team.labels
    return f"{labels['protocol']} · {labels['agents']} × {labels['model']} · {labels['topology']}"


def tell_notes(config: RunConfig, reporter: Reporter) -> None:
    """Say what the user asked for and won't get, and by which rule a trial will stop.

    Args:
        config: The run.
        reporter: Hears it.
    """
    for note in config.notes():
        reporter.note(f"note: {note}")
    if (tuning := parse_tuning(config.team.tune)) is not None:
        reporter.note(f"trial: {tuning.rule}")


def tell_networks(runs: Iterable[RunConfig], reporter: Reporter) -> None:
    """Say how each network file was read, so that nobody plays another network than was meant.

    Args:
        runs: One of each kind.
        reporter: Hears one sentence per file.

    Raises:
        UsageError: A file can't be read.
    """
    for topology in dict.fromkeys(run.team.topology for run in runs):
        if isinstance(topology, str | Path) and is_network_file(topology):
            read = read_network(located(topology)).graph[READ]
            reporter.note(f"note: read {read}")


def play_single(session: Session, execution: Execution) -> PlayedRun:
    """Play what isn't in the folder yet.

    Args:
        session: Of the run; open.
        execution: What is asked before, and when the ending says that too much failed.
    """
    config, reporter = session.config, session.reporter
    assert isinstance(config, RunConfig)
    left = config.tasks.ticks - (session.folder.played() if session.folder is not None else 0)
    calls = session.agree([(config, left)] if left > 0 else [], yes=execution.yes)
    org = organization_of(config, session.service)
    with (
        reporter.ticks(title_of(config), config.tasks.ticks, session.service, calls) as watch,
        graceful(session.service, reporter.note),
    ):
        played = play(
            config, session.folder, max_failures=execution.max_failures, watch=watch, org=org
        )
    session.tell()
    return played
