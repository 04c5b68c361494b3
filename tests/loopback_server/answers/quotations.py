"""Quotations as prompts write them: lines that begin with `|`.

A line that begins so is never ours, whatever it says. All reading here rests on that.
"""

from __future__ import annotations

import re

SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])")


def unquoted(lines: list[str]) -> list[str]:
    """What the quoted ones among some lines say, without their marks."""
    return [line[1:].removeprefix(" ") for line in lines if line.startswith("|")]


def one_line(lines: list[str]) -> str:
    """Wrapped lines as one, so that a sentence is found however it was wrapped."""
    return " ".join(" ".join(lines).split())


def sentences(lines: list[str]) -> tuple[str, ...]:
    """The sentences of a text; an empty line ends one too. Each stands once."""
    paragraphs = "\n".join(lines).split("\n\n")
    found = [s for p in paragraphs for s in SENTENCE_END.split(one_line([p]))]
    return tuple(dict.fromkeys(s for s in found if len(s.split()) > 2))
