"""The prompts: our own text, in files beside this one, read once and named by their hash.

The hash goes into every record, so that a number can be traced to the words that made it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

VERSION = "1"


@cache
def template(name: str) -> Template:
    """A prompt's text with its $blanks."""
    return Template(_read(f"{name}.txt"))


@cache
def schema(shape: str) -> dict[str, Any]:
    """The JSON schema of an answer: `contribute`, `intend`, `plan` or `verdict`."""
    loaded: dict[str, Any] = json.loads(_read(f"{shape}.json"))
    return loaded


@cache
def prompts_id() -> str:
    """Version and hash of all prompts and schemas, as `1-3fa9c2d1`."""
    folder = files(__package__) / "prompts"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith((".txt", ".json")))
    whole = "".join(f"{name}\n{_read(name)}\n" for name in names)
    return f"{VERSION}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _read(name: str) -> str:
    text = (files(__package__) / "prompts" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def quoted(text: str) -> str:
    """Foreign text as a quotation: every line begins with `| `, so none can pose as ours."""
    return "\n".join(f"| {line}" for line in text.splitlines()) or "|"
