"""The prompts: our own text, in files beside this one, read once and named by their hash.

The hash goes into every record, so that a number can be traced to the words that made it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from importlib.resources import files
from string import Template
from typing import Any

from ....model.decision import Act
from .bounds import bare_name, bounded

VERSION = "1"
SCHEMA_OF: dict[Act, str] = {
    Act.CONTRIBUTE: "contribute",
    Act.INTEND: "intend",
    Act.PLAN: "plan",
    Act.AMEND: "amend",
}
"""Name of the answer's schema, and of the question's template, by act."""


@cache
def template(name: str) -> Template:
    """A prompt's text with its $blanks.

    Args:
        name: Of a file in `prompts/`, without `.txt`.
    """
    return Template(_read(f"{name}.txt"))


@lru_cache(maxsize=4096)
def schema(name: str) -> dict[str, Any]:
    """The JSON schema of an answer.

    Args:
        name: `contribute`, `intend`, `plan`, `amend` or `verdict`, with or without bounds.
    """
    loaded: dict[str, Any] = json.loads(_read(f"{bare_name(name)}.json"))
    return bounded(loaded, name) if "?" in name else loaded


@cache
def prompts_id() -> str:
    """Version and hash of all prompts and schemas, as `1-3fa9c2d1`."""
    folder = files(__package__) / "prompts"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith((".txt", ".json")))
    whole = "".join(f"{name}\n{_read(name)}\n" for name in names)
    return f"{VERSION}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


@lru_cache(maxsize=4096)
def schema_text(name: str) -> str:
    """The part of a prompt that states a schema.

    Args:
        name: As for `schema`.
    """
    return template("schema").substitute(schema=json.dumps(schema(name), indent=1))


def quoted(text: str) -> str:
    """Foreign text as a quotation: every line begins with `| `, so none can pose as ours.

    Args:
        text: Of any number of lines, whatever ends them.
    """
    return "\n".join(f"| {line}" for line in text.splitlines()) or "|"


def quoted_title(text: str) -> str:
    """Foreign text behind words of ours: its first line as it is, any other as a quotation.

    Args:
        text: Mostly one line.
    """
    return quoted(text)[2:]


def _read(name: str) -> str:
    text = (files(__package__) / "prompts" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
