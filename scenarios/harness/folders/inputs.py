"""Copies of every file that a configuration reads, kept in its folder under the names as typed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....model.errors import UsageError
from ..config.identity import digest


def keep(folder: Path, inputs: Mapping[str, Mapping[str, str]]) -> None:
    """Copy inputs into a folder; what is there already stays.

    Args:
        folder: Of the run.
        inputs: As `identity.inputs_of` gives them.
    """
    for name, entry in inputs.items():
        source, copy = Path(name), folder / entry["copy"]
        if copy.exists():
            continue
        copy.parent.mkdir(exist_ok=True)
        if source.is_dir():
            copy.mkdir()
            for file in sorted(p for p in source.iterdir() if p.is_file()):
                shutil.copyfile(file, copy / file.name)
        else:
            shutil.copyfile(source, copy)


def copies(folder: Path, body: Mapping[str, Any]) -> dict[str, Path]:
    """Where the copies of a folder's inputs are, by name as typed.

    Args:
        folder: Of the run.
        body: Its `config.json`.

    Raises:
        UsageError: A copy lies outside the folder, is gone, or is not what it was.
    """
    inputs = body.get("inputs") or {}
    if not isinstance(inputs, Mapping):
        raise UsageError(f"{folder}/config.json: inputs are no mapping; use another folder")
    found = {}
    for name, entry in inputs.items():
        if not isinstance(entry, Mapping):  # a folder of before copies were kept
            continue
        path = folder / str(entry.get("copy", ""))
        if not path.resolve().is_relative_to(folder.resolve()) or not path.exists():
            raise UsageError(f"{folder}: the copy of {name} is not in the folder")
        if digest(path) != entry.get("sha256"):
            raise UsageError(f"{folder}: the copy of {name} has been changed since it was read")
        found[str(name)] = path
    return found
