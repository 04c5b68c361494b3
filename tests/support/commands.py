"""Commands as their users meet them, in this process or one of their own, and what they leave."""

from __future__ import annotations

import io
import json
import os
import runpy
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

FORCING = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "COLUMNS", "LINES", "TTY_COMPATIBLE")
SMALL = ("--agents", 3, "--ticks", 3)


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code and its two streams."""

    code: int
    out: str
    err: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)


def free() -> dict[str, str]:
    """The environment without what pretends a terminal.

    It must be handed to children: `readline` tells them of COLUMNS behind Python's back.
    """
    return {k: v for k, v in os.environ.items() if k not in FORCING}


def command(*arguments: Any, columns: int | None = None) -> Said:
    """The command in this process, without worker processes; `columns` is the screen's width."""
    from unscripted.scenarios.harness.cli.app import app
    from unscripted.scenarios.harness.cli.ending import guarded

    texts = [str(a) for a in arguments]
    width = {} if columns is None else {"COLUMNS": str(columns)}
    return _captured(
        lambda: guarded(lambda: app(texts, exit_on_error=False, print_error=False)), width
    )


def script(path: Path | str, *arguments: Any) -> Said:
    """`python PATH …` in this process, without worker processes."""

    def run() -> int:
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    with patch.object(sys, "argv", [str(path), *map(str, arguments)]):
        return _captured(run, {})


def _captured(run: Callable[[], int], environment: dict[str, str]) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, free() | environment, clear=True),
        patch.object(os, "cpu_count", lambda: 1),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run()
    return Said(code, out.getvalue(), err.getvalue())


def starting(*arguments: Any) -> list[str]:
    """How a process of its own is started."""
    return [sys.executable, "-m", "unscripted", *map(str, arguments)]


def real(*arguments: Any, **more: Any) -> Said:
    """The command in a process of its own."""
    done = subprocess.run(
        starting(*arguments), capture_output=True, text=True, check=False, env=free(), **more
    )
    return Said(done.returncode, done.stdout, done.stderr)


def hashes(path: Path | str) -> dict[str, str]:
    """The content of every file below a folder."""
    return {
        str(p.relative_to(path)): sha256(p.read_bytes()).hexdigest()
        for p in sorted(Path(path).rglob("*"))
        if p.is_file()
    }


def kept(path: Path | str) -> list[tuple[int, str]]:
    """The ticks of a journal, read without the package."""
    with closing(sqlite3.connect(Path(path) / "journal.sqlite")) as db:
        return db.execute("SELECT tick, record FROM ticks ORDER BY tick").fetchall()


def edit(path: Path | str, statement: str, *values: Any) -> None:
    """Change a journal behind the package's back."""
    with closing(sqlite3.connect(Path(path) / "journal.sqlite")) as db, db:
        db.execute(statement, values)


def installed(home: Path, text: str, points: str) -> None:
    """A distribution with one module and its entry points, to be found on the import path."""
    info = home / "of_a_test-1.dist-info"
    info.mkdir(parents=True)
    (home / "of_a_test.py").write_text(text)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: of-a-test\nVersion: 1\n")
    (info / "entry_points.txt").write_text(points)
