"""Habits of models from their own answers: what a folder holds says more than any guess.

For every kind of question the means of the answers there are, together with the usual ones as if
those had been seen `WEIGHT` times, so that one odd answer changes little and a hundred decide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ....agents.llm.billing.estimate import likely_tokens
from ....agents.llm.journal.answered import Answered
from ....agents.llm.parsing.json_objects import objects_in
from ....agents.llm.prompting.bounds import bare_name
from .habits import PER_REQUIREMENT, TOKENS_PER_WORD, Habit, Habits, Pace

WEIGHT = 2
FEWEST = 6
"""Answers from which on counts and pace are fitted; fewer only set them in proportion."""
TEXT_OF = {"contribute": "work", "contribute_answer": "work", "say": "text"}
DECISION = frozenset({"decision"})
VERDICT = "verdict"


def habits_of(answers: Iterable[Answered]) -> dict[str, Habits]:
    """Habits by LiteLLM id, of models that have answered.

    Args:
        answers: Of any models, in any order.
    """
    by_model: dict[str, list[Answered]] = {}
    for answer in answers:
        by_model.setdefault(answer.model, []).append(answer)
    return {model: learned(own) for model, own in by_model.items()}


def learned(answers: Sequence[Answered], usual: Habits | None = None) -> Habits:
    """What answers show, of one model or of several alike.

    Args:
        answers: One at least.
        usual: What else is expected.
    """
    usual = usual if usual is not None else Habits()
    by_question = dict(usual.by_question)
    declined: list[float] = []
    per_assignment: list[float] = []
    for name in dict.fromkeys(bare_name(a.schema) for a in answers):
        if name not in by_question:
            continue
        own = [(a, _fields(a.text)) for a in answers if bare_name(a.schema) == name]
        declined += [a.tokens_out for a, said in own if not _takes_part(name, said)]
        by_question[name] = _habit(name, own, by_question[name], per_assignment)
    unseen, per_token = _counts(answers, usual)
    again = sum(a.again for a in answers)
    return replace(
        usual,
        by_question=by_question,
        declined=_mean(declined, usual.declined),
        per_assignment=_mean(per_assignment, usual.per_assignment),
        unseen=unseen,
        per_token=per_token,
        calls=len(answers) / max(1, len(answers) - again),
        pace=_pace(answers, usual.pace),
        answers=len(answers),
    )


def _takes_part(question: str, said: Mapping[str, Any]) -> bool:
    """Whether an answer does what was asked; one that can't be read gives nothing either."""
    doing = question.removesuffix("_answer")
    return question == VERDICT or said.get("decision") == doing


def _fields(text: str) -> dict[str, Any]:
    """What an answer says; empty where it can't be read."""
    try:
        value = json.loads(text)
        if isinstance(value, dict):
            return value
        return next((dict(found.body) for found in objects_in(text, DECISION)), {})
    except (ValueError, RecursionError):
        return {}


def _count(said: Mapping[str, Any], name: str) -> int:
    """Entries of a list in an answer; 0 where a model wrote something else there."""
    found = said.get(name)
    return len(found) if isinstance(found, list) else 0


def _habit(
    name: str,
    own: Sequence[tuple[Answered, dict[str, Any]]],
    usual: Habit,
    per_assignment: list[float],
) -> Habit:
    """Of one question; what its plans' assignments take is added to a list."""
    declines = [float(not _takes_part(name, said)) for _, said in own]
    share, shares = usual.share, list[float]()
    words: list[float] = []
    beside: list[float] = []
    for answer, said in own:
        if not _takes_part(name, said):
            continue
        parts = 0.0
        if name in TEXT_OF:
            written = len(str(said.get(TEXT_OF[name], "")).split())
            words.append(written)
            longest = _longest(answer.schema)
            shares.append(min(1.0, written / longest))
            share = usual.words(longest) / longest
            parts = TOKENS_PER_WORD * written
        elif name == "plan" and (given := _count(said, "assignments")):
            per_assignment.append((answer.tokens_out - usual.beside) / given)
            continue
        elif name == VERDICT:
            parts = PER_REQUIREMENT * _count(said, "checklist")
        beside.append(answer.tokens_out - parts)
    return Habit(
        _mean(declines, usual.declines),
        max(1.0, _mean(beside, usual.beside)),
        _mean(shares, share),
        max([usual.most_words, *([_mean(words, 0.0, 0)] if words else [])]),
    )


def _longest(schema: str) -> int:
    """Words of the longest text that was asked for."""
    bounds = json.loads(schema.partition("?")[2] or "{}")
    return max(1, int(bounds.get("words", 100)))


def _mean(values: Sequence[float], usual: float, weight: int = WEIGHT) -> float:
    """With the usual value as if it had been seen some times."""
    return (math.fsum(values) + weight * usual) / (len(values) + weight)


def _counts(answers: Sequence[Answered], usual: Habits) -> tuple[float, float]:
    """How the provider counts prompts: tokens that their texts don't show, and a factor."""
    ours = [float(likely_tokens(a.prompt)) for a in answers]
    if len(answers) < FEWEST:
        expected = math.fsum(map(usual.tokens_in, ours))
        factor = _mean([a.tokens_in / (expected / len(ours)) for a in answers], 1.0)
        return usual.unseen * factor, usual.per_token * factor
    unseen, per_token = _fitted([ours], [float(a.tokens_in) for a in answers])
    return unseen, per_token


def _pace(answers: Sequence[Answered], usual: Pace) -> Pace:
    new = [float(a.tokens_in - a.tokens_cached) for a in answers]
    out = [float(a.tokens_out) for a in answers]
    if len(answers) < FEWEST:
        expected = math.fsum(map(usual.seconds, new, out))
        factor = math.fsum(a.latency_s for a in answers) / expected
        return Pace(usual.first_s * factor, usual.read_s * factor, usual.write_s * factor, True)
    first_s, read_s, write_s = _fitted([new, out], [a.latency_s for a in answers])
    return Pace(first_s, read_s, write_s, known=True)


def _fitted(columns: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """Least squares with a constant, nothing below 0."""
    from scipy.optimize import nnls

    design = np.column_stack([np.ones(len(wanted)), *map(np.asarray, columns)])
    scale = np.maximum(design.max(axis=0), 1e-12)
    found, _ = nnls(design / scale, np.asarray(wanted, dtype=float))
    return [float(value) for value in found / scale]
