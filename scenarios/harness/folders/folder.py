"""A run's folder: what it holds survives any crash, and never mixes two configurations.

config.json       the resolved configuration
study.yaml        the same as a file for --config
inputs/           copies of every file it read
journal.sqlite    every finished tick (run) or run (compare), written as it finishes; every call
ticks, agents     the same as .parquet and .csv, for analysis
figures/          PNG, SVG and PDF
report.html       one page
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ....model.errors import UsageError, because
from ....model.relocation import relocated
from ..config.files import options_text
from ..config.growth import grown
from ..config.identity import (
    Config,
    as_options,
    from_json,
    inputs_of,
    objects_in,
    refuse_unknown,
    to_json,
)
from ..results.run_result import RunResult
from .database import JOURNAL, Database
from .inputs import copies, keep
from .safe_files import refuse_link, refuse_links, write_text

CONFIG, STUDY, LOCK = "config.json", "study.yaml", ".lock"
MOST_CONFIG_BYTES = 64_000_000
BEFORE_A_START = {LOCK, STUDY, "inputs", JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm"}
"""What a command that died before it wrote its configuration may leave behind."""


class Folder(Database):
    """A run folder, open for playing; nobody else plays into it meanwhile.

    Args:
        folder: Made if it isn't there.
        config: The one that the folder holds, or one that it can grow to: with more ticks,
            replicates or cells.

    Raises:
        UsageError: It holds another configuration, something else, links, is in use, or can't be
            written; nothing was touched.
    """

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder = folder
        self.config = config
        self._known: dict[str, RunResult] = {}
        refuse_links(folder)
        there = read_config(folder) if (folder / CONFIG).exists() else None
        if there is not None:
            changed = _grown(folder, there, config)
        else:
            _refuse_strangers(folder)
            changed = True
        self._lock = FileLock(folder / LOCK, timeout=0)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            if there is not None and not (folder / JOURNAL).exists():
                raise UsageError(f"{folder / JOURNAL} is gone; use another folder")
            super().__init__(folder / JOURNAL, writing=True)
            if there is not None:
                for _ in self.each_record():  # damage is said before anything is touched
                    pass
                self._known = super().results()
            if changed:
                self._begin()
        except Timeout:
            raise UsageError(
                f"out={folder} is in use by another process; wait for it, or use another folder"
            ) from None
        except OSError as error:
            self._let_go()
            raise UsageError(
                f"out={folder} can't be written: {because(error)}; use another folder"
            ) from None
        except UsageError:
            if hasattr(self, "_db"):
                self.close()
            self._let_go()
            raise

    def _begin(self) -> None:
        """Write what it will hold; the configuration last, as its presence says that all is."""
        keep(self.folder, inputs_of(self.config))
        if not objects_in(self.config):
            write_text(self.folder / STUDY, options_text(*as_options(self.config)))
        write_text(self.folder / CONFIG, json.dumps(to_json(self.config), indent=2) + "\n")

    def results(self) -> dict[str, RunResult]:
        """The finished runs of a comparison or scenario, by key."""
        found, self._known = self._known, {}  # as they were when it was opened, once
        return found or super().results()

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock.is_locked:  # unlinked while held: who opened it meanwhile sees that it's gone
            (self.folder / LOCK).unlink(missing_ok=True)
            self._lock.release()


class Archive(Database):
    """The folder of an earlier command, open for reading: nothing in it changes.

    Attributes:
        folder: Its path.
        config: What it holds.
        version: The program's version that wrote it.
        has_copies: Whether copies of its inputs stand in for files.
    """

    def __init__(self, folder: Path, config: Config, version: str, *, has_copies: bool) -> None:
        self.folder = folder
        self.config = config
        self.version = version
        self.has_copies = has_copies
        super().__init__(folder / JOURNAL, writing=False)


@contextmanager
def archive(folder: Path) -> Iterator[Archive]:
    """Open a folder for reading; names of files lead to its own copies while it is open.

    Args:
        folder: Of a run, comparison or scenario.

    Raises:
        UsageError: It is none, or can't be read.
    """
    for name in (JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm"):
        refuse_link(folder / name)
    with configuration(folder) as (config, version, has_copies):
        opened = Archive(folder, config, version, has_copies=has_copies)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def configuration(folder: Path) -> Iterator[tuple[Config, str, bool]]:
    """What a folder was to hold, the version that wrote it, and whether it has copies of inputs.

    Names of files lead to those copies meanwhile. A journal need not be there.

    Args:
        folder: Of a run, comparison or scenario.

    Raises:
        UsageError: It is none, or can't be read.
    """
    for name in (CONFIG, "inputs"):
        refuse_link(folder / name)
    if not folder.is_dir():
        raise UsageError(f"dir={folder} is no folder; give the folder of a run")
    if not (folder / CONFIG).is_file():
        raise UsageError(f"dir={folder} holds no {CONFIG}; give the folder of a run")
    body = read_config(folder)
    kept = copies(folder, body)
    with relocated(kept):
        version = str(body.get("unscripted", "?"))
        yield from_json(body, folder / CONFIG), version, bool(kept)


def is_run_folder(folder: Path) -> bool:
    """Whether a folder is one of ours, readable or not: by its journal, or its configuration.

    Args:
        folder: Any; other programs have a `config.json`, too.
    """
    if (folder / JOURNAL).exists():
        return True
    try:
        body = read_config(folder)
    except UsageError:
        return False
    return {"unscripted", "kind"} <= body.keys()


def _refuse_strangers(folder: Path) -> None:
    """Refuse a folder that holds other things, or things of a run whose configuration is gone."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"out={folder} is not a folder; use an empty or new folder")
    others = {p.name for p in folder.iterdir()} - BEFORE_A_START
    if others or ((folder / JOURNAL).exists() and _has_rows(folder / JOURNAL)):
        raise UsageError(f"out={folder} holds other files; use an empty or new folder")


def _has_rows(path: Path) -> bool:
    if path.stat().st_size == 0:
        path.unlink()
        return False
    found = Database(path, writing=False)
    try:
        return bool(found.played() or found.finished())
    finally:
        found.close()


def _grown(folder: Path, there: Mapping[str, Any], config: Config) -> bool:
    try:
        return grown(folder, there, config)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, UsageError):
            raise
        said = " ".join(str(error).split())
        raise UsageError(f"{folder / CONFIG} can't be read: {said}; use another folder") from None


def read_config(folder: Path) -> Mapping[str, Any]:
    """What the `config.json` of a folder holds.

    Args:
        folder: Of a run, comparison or scenario.

    Raises:
        UsageError: It can't be read, or is no mapping.
    """
    path = folder / CONFIG
    try:
        if path.stat().st_size > MOST_CONFIG_BYTES:
            raise ValueError("it is too large")
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} can't be read: {because(error)}; use another folder") from None
    if not isinstance(body, dict):
        raise UsageError(f"{path} is not a run's configuration; use another folder")
    refuse_unknown(body, path)
    return body
