"""From a submission to the messages that ask a judge for a verdict.

Blind: a judge gets finished texts without author, role or order; their order is drawn by seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from ....model.judge import Submission
from .composition import Prompt
from .templates import quoted, quoted_title, template

CONTEXT_TOKENS = 48_000
CHARACTERS_PER_TOKEN = 4
SHORTENED = "\n[… shortened for length]"


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """What one judge of a panel is asked.

    Attributes:
        submission: What is judged; one work at least.
        index: The judge's place on the panel, from 0; each gets an order of its own.
        tokens: For all works together; each gets an equal part.
    """

    submission: Submission
    index: int
    tokens: int = CONTEXT_TOKENS


def compose_verdict(wanted: VerdictRequest) -> Prompt:
    """The prompt for a verdict.

    Args:
        wanted: What is judged, and by whom.
    """
    submission, task = wanted.submission, wanted.submission.task
    n = len(submission.works)
    order = np.random.default_rng([submission.seed, wanted.index]).permutation(n)
    most = CHARACTERS_PER_TOKEN * wanted.tokens // n
    works = [
        f"Work {_letters(place)}:\n{quoted(_cut(submission.works[int(i)].text, most))}"
        for place, i in enumerate(order)
    ]
    checklist = "\n".join(f"- [{r.id}] {' '.join(r.text.split())}" for r in task.rubric)
    text = template("judge").substitute(
        mission=submission.mission,
        title=quoted_title(task.brief.title),
        task=quoted(task.brief.text),
        works="\n\n".join(works),
        checklist=checklist,
    )
    read = sum(min(most, len(work.text)) for work in submission.works) // CHARACTERS_PER_TOKEN
    return Prompt((("system", template("judge_system").substitute()), ("user", text)), read)


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[:characters] + SHORTENED


def _letters(place: int) -> str:
    """A, B, …, Z, AA, AB, … for 0, 1, …"""
    label, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, len(ascii_uppercase))
        label = ascii_uppercase[letter] + label
    return label
