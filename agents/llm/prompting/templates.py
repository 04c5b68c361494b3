"""The prompts: our own text, in files beside this one, read once and named by their hash.

The hash goes into every record, so that a number can be traced to the words that made it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
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
    Act.SAY: "say",
    Act.ANSWER: "answer",
    Act.MOVE: "move",
}
"""Name of the answer's schema, and of the question's template, by act."""
SCORED = ("say", "answer", "move", "contribute_answer", "private")
"""Texts for talk and for tasks that code scores, in a folder of their own with a hash of its own:
so they can change without changing what other tasks are asked."""
WITH_ANSWER = "contribute_answer"
"""What stands for `contribute` where a task has an answer."""


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
        name: `contribute`, `intend`, `plan`, `amend`, `verdict`, `say`, `answer`, `move` or
            `contribute_answer`, with or without bounds.
    """
    loaded: dict[str, Any] = json.loads(_read(f"{bare_name(name)}.json"))
    return bounded(loaded, name) if "?" in name else loaded


@cache
def prompts_id() -> str:
    """Version and hash of all prompts and schemas, as `1-3fa9c2d1`."""
    return f"{VERSION}-{_hash(files(__package__) / 'prompts')}"


def _hash(folder: Traversable) -> str:
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith((".txt", ".json")))
    whole = "".join(f"{name}\n{_read(name)}\n" for name in names)
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


@cache
def scored_prompts_id() -> str:
    """The same, with a hash of the texts for talk and code-scored tasks after it."""
    return f"{prompts_id()}-{_hash(files(__package__) / 'prompts' / 'scored')}"


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
    folder = files(__package__) / "prompts"
    if name.partition(".")[0] in SCORED:
        folder = folder / "scored"
    text = (folder / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
