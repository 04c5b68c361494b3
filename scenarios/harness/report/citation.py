"""How to cite the program, the paper it re-implements, and what a folder holds, as BibTeX."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ...._version import __version__
from ..config.advice import AdviceConfig
from ..config.comparison import ComparisonConfig
from ..config.identity import Config, to_json
from ..config.run import RunConfig
from ..folders.database import JOURNAL
from ..format import counted
from .latex import latex

RELEASED = "2026-11-22"
TITLE = "unscripted: an open laboratory for self-organizing teams of LLM agents"
AUTHORS = "{The unscripted contributors}"
PAPER = {
    "key": "dochkina2026hierarchy",
    "author": "Dochkina, V.",
    "title": "Drop the Hierarchy and Roles: How Self-Organizing LLM Agents Outperform Designed "
    "Structures",
    "year": "2026",
    "eprint": "2603.28990",
}


@dataclass(frozen=True)
class Played:
    """What a folder holds, as one cites it.

    Attributes:
        what: In words.
        models: Those that decided.
        synthetic: Whether synthetic minds took part.
        digest: Of its configuration, twelve hexadecimal digits.
        on: The day on which it was played; None where nothing is kept.
        version: The program's that played it.
    """

    what: str
    models: tuple[str, ...]
    synthetic: bool
    digest: str
    on: date | None = None
    version: str = __version__

    @property
    def day(self) -> str:
        """As `2026-11-22`; empty where it isn't known."""
        return "" if self.on is None else str(self.on)

    @property
    def note(self) -> str:
        """What it is good for."""
        if self.synthetic:
            return "Synthetic minds: illustrates a mechanism, no evidence about any real model"
        return "Recorded: replays offline"


def played_of(config: Config, folder: Path | None = None) -> Played:
    """What a configuration stands for.

    Args:
        config: Of a run, comparison or scenario.
        folder: Where it is kept; None for nowhere.
    """
    kinds = (config,) if isinstance(config, RunConfig) else config.conditions
    models = tuple(dict.fromkeys(str(run.team.labels["model"]) for run in kinds))
    synthetic = any(run.synthetic for run in kinds)
    return Played(_words(config), models, synthetic, digest_of(to_json(config)), day_of(folder))


def digest_of(body: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits of a configuration.

    Args:
        body: As `config.json` holds it.
    """
    text = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def day_of(folder: Path | None) -> date | None:
    """The day on which the last tick or run of a folder was kept, in UTC.

    Args:
        folder: Where it is kept; None for nowhere.
    """
    journal = None if folder is None else folder / JOURNAL
    if journal is None or not journal.exists():
        return None
    return datetime.fromtimestamp(journal.stat().st_mtime, UTC).date()


def bibtex(played: Played | None = None) -> str:
    """Entries for the program, the paper, and what was played.

    Args:
        played: What a folder holds; None for the first two alone.
    """
    program = _entry("software", "unscripted", {
        "author": AUTHORS, "title": f"{{{TITLE}}}", "version": __version__,
        "year": RELEASED[:4], "license": "MIT",
    })  # fmt: skip
    paper = _entry("misc", PAPER["key"], {
        "author": PAPER["author"], "title": f"{{{PAPER['title']}}}", "year": PAPER["year"],
        "eprint": PAPER["eprint"], "archivePrefix": "arXiv",
    })  # fmt: skip
    return "\n\n".join([program, paper, *([] if played is None else [_of_played(played)])])


def _of_played(played: Played) -> str:
    day = {} if played.on is None else {"year": str(played.on.year), "date": str(played.on)}
    models = ", ".join(played.models)
    return _entry("misc", f"run-{played.digest}", {
        "title": f"{{{latex(played.what)}}}",
        **day,
        "howpublished": f"unscripted {latex(played.version)}, configuration {played.digest}",
        "note": f"{latex(played.note)}. Models: {latex(models)}",
    })  # fmt: skip


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _words(config: Config) -> str:
    if isinstance(config, RunConfig):
        labels = config.team.labels
        return (
            f"{labels['protocol']}, {labels['agents']} agents, {labels['topology']} network, "
            f"{counted(config.tasks.ticks, 'tick')}, seed {config.tasks.seed}"
        )
    if isinstance(config, ComparisonConfig):
        protocols = dict.fromkeys(str(c.team.labels["protocol"]) for c in config.conditions)
        return (
            f"Comparison of {', '.join(protocols)}: {counted(len(config.conditions), 'cell')}, "
            f"{counted(config.replicates, 'seed')} each"
        )
    if isinstance(config, AdviceConfig):
        return f"Advice on {counted(len(config.arms), 'team')}"
    return (
        f"Scenario {config.name}: {counted(len(config.conditions), 'condition')}, "
        f"{counted(config.replicates, 'seed')} each"
    )
