"""Writes into folders that others may have prepared: whole files or nothing, through no link."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ....model.errors import UsageError


def refuse_links(folder: Path) -> None:
    """Refuse a folder in which a link leads elsewhere: what is written through it is not ours.

    Args:
        folder: Of a run; may not exist yet.

    Raises:
        UsageError: It holds one, or a file with a second name elsewhere.
    """
    for path in _below(folder):
        found = path.lstat()
        refuse_link(path)
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            raise UsageError(f"{path} has another name elsewhere; copy it, or use another folder")


def refuse_link(path: Path) -> None:
    """Refuse a file that is a link to another.

    Args:
        path: Of the file; may not exist.

    Raises:
        UsageError: It is one.
    """
    if path.is_symlink():
        raise UsageError(
            f"{path} is a link to {os.readlink(path)}; remove it, or use another folder"
        )


def _below(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in sorted(folder.iterdir()):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from _below(path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside a path, which takes its place when all went well.

    Args:
        path: Of the file; what is there is replaced, never written through.
    """
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(number)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing of it.

    Args:
        path: Where to.
        text: Its content.
    """
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Let a library write a whole file or nothing of it.

    Args:
        path: Where to.
        write: Writes to the path it is given.
    """
    with replacing(path) as part:
        write(part)
