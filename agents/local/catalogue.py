"""Which local models there are, and where on this machine they lie."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ...model.errors import UnknownNameError, UsageError

FAMILY = "local"
"""What users type before the slash."""
LITELLM_ID = f"openai/{FAMILY}/"
"""Begins the ids under which LiteLLM is asked for local models."""
FOLDER_VARIABLE = "UNSCRIPTED_CACHE"
"""The environment variable that names another cache folder."""
SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class Known:
    """A model of the catalogue.

    Attributes:
        name: As users type it after `local/`.
        about: What it is, in a line.
        licence: SPDX identifier.
        bytes: Of its file.
        sha256: Of its file, in hex.
        tested: Whether this release was played with what its source gives.
        url: Address of the file; empty where it lies in a wheel.
        package: Name of the package whose wheel holds it.
        wheel: File name of that wheel.
    """

    name: str
    about: str
    licence: str
    bytes: int
    sha256: str
    tested: bool
    url: str = ""
    package: str = ""
    wheel: str = ""

    @property
    def path(self) -> Path:
        """Where its file lies, or will."""
        return cache_folder() / f"{self.name}{SUFFIX}"

    @property
    def is_here(self) -> bool:
        """Whether its file lies there, by name and size."""
        return self.path.is_file() and self.path.stat().st_size == self.bytes

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return self.url or f"{self.wheel} on PyPI"


@cache
def catalogue() -> dict[str, Known]:
    """All models that can be fetched, by name."""
    import yaml  # help gets by without

    text = (files(__package__) / "catalogue.yaml").read_text(encoding="utf-8")
    return {name: Known(name, **entry) for name, entry in yaml.safe_load(text).items()}


def known(name: str) -> Known:
    """A model of the catalogue.

    Args:
        name: As users type it; `local/` before it is allowed.

    Raises:
        UnknownNameError: There is none of that name.
    """
    bare = name.removeprefix(f"{FAMILY}/")
    if bare not in catalogue():
        raise UnknownNameError("local model", name, catalogue())
    return catalogue()[bare]


def cache_folder() -> Path:
    """Where fetched files are kept: as the platform has it, or as `UNSCRIPTED_CACHE` says."""
    if chosen := os.environ.get(FOLDER_VARIABLE):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "unscripted"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
        return base / "unscripted" / "Cache"
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(xdg) if os.path.isabs(xdg) else Path.home() / ".cache"
    return base / "unscripted"


def check_name(name: str) -> None:
    """Refuse what names no local model; whether its file is here is found out when it is used.

    Args:
        name: What follows `local/`.

    Raises:
        UnknownNameError: Neither in the catalogue nor the path of a GGUF file.
    """
    if not name.lower().endswith(SUFFIX) and name not in catalogue():
        known = [*(f"{FAMILY}/{n}" for n in catalogue()), f"{FAMILY}/PATH{SUFFIX}"]
        raise UnknownNameError("model", f"{FAMILY}/{name}", known)


def model_file(name: str) -> Path:
    """The file of a local model, which is here.

    Args:
        name: What follows `local/`: a name of the catalogue, or the path of a GGUF file.

    Raises:
        UsageError: It is not here; says the command that brings it.
    """
    check_name(name)
    if name in catalogue():
        entry = catalogue()[name]
        if not entry.is_here:
            raise UsageError(
                f"model={FAMILY}/{name} is not on this machine ({entry.path}); "
                f"bring it with: unscripted fetch {name}"
            )
        return entry.path
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(
            f"model={FAMILY}/{name}: {path} is not a file; give the path of a GGUF file, or a "
            f"name that `unscripted fetch` knows: {', '.join(catalogue())}"
        )
    return path.resolve()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex.

    Args:
        path: Of the file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
