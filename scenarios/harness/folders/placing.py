"""Where the files lie that a configuration file names.

What it names is looked for beside it first, then in the current folder. The `study.yaml` of a run
folder names what the run was started with; where that has changed or is gone, the copies in
`inputs/` stand in for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....model.networks.files import is_network_file
from ....model.plugins.discovery import discover
from ..config.identity import digest
from ..specs.tasks import BUILT_IN
from .folder import CONFIG, STUDY, read_config
from .inputs import copies

NAMING = ("topology", "tasks", "protocol", "model", "judge")
"""Options that may name a file."""


def placed(options: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The options of a configuration file, with files by names that lead to them from here.

    Args:
        options: By name.
        path: Of the configuration file.

    Raises:
        UsageError: It is a run folder's, and a copy that is needed is gone or has been changed.
    """
    kept: Mapping[str, Path] = {}
    if path.name == STUDY and (path.parent / CONFIG).is_file():
        kept = _needed(path.parent)

    def one(name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(one(name, item) for item in value)
        return _value(name, value, path.parent, kept) if isinstance(value, str) else value

    return {k: one(k, v) if k in NAMING else v for k, v in options.items()}


def _needed(folder: Path) -> dict[str, Path]:
    """The copies whose originals are not there as they were read, by name as typed."""
    body = read_config(folder)
    inputs = body.get("inputs")
    if not isinstance(inputs, Mapping):
        return {}
    lost = {
        name: entry
        for name, entry in inputs.items()
        if isinstance(entry, Mapping) and not _is_as_read(Path(name), entry.get("sha256"))
    }
    return copies(folder, {"inputs": lost})


def _is_as_read(original: Path, sha256: Any) -> bool:
    try:
        return digest(original) == sha256
    except OSError:
        return False


def _value(name: str, text: str, folder: Path, kept: Mapping[str, Path]) -> str:
    if ".py:" in text:  # FILE.py:Class, perhaps several in a team
        parts = [part.partition(".py:") for part in text.split("+")]
        return "+".join(
            f"{_file(f'{home}.py', folder, kept)}:{rest}" if py else home
            for home, py, rest in parts
        )
    is_file = name == "topology" and is_network_file(text)
    is_tasks = name == "tasks" and text not in BUILT_IN and text not in discover("tasks")
    return _file(text, folder, kept) if is_file or is_tasks else text


def _file(name: str, folder: Path, kept: Mapping[str, Path]) -> str:
    if name in kept:
        return str(kept[name])
    return str(folder / name) if (folder / name).exists() else name
