"""What models answer, field by field: validated and cleaned, never guessed.

Each class here and the JSON schema of the same name in `prompting/prompts` describe one form.
Decisions and grades are read by the same reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ....model.judge import CRITERIA
from . import fields
from .fields import (
    Mending,
    OptionalText,
    Share,
    Text,
    Texts,
    Whole,
    Wholes,
    WorkText,
    checks,
    evened_fields,
    graded,
    mend,
    word,
)
from .json_objects import UnusableAnswer, objects_in
from .thoughts import after_thoughts

MOST_FAULTS = 3
"""Broken rules that are named; the rest are counted."""


class _Answer(BaseModel):
    """Strict in what is required, lenient about fields that are not, or that nobody asked for."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: OptionalText = ""


class ContributeAnswer(_Answer):
    """What `contribute.json` describes."""

    decision: Annotated[Literal["contribute", "abstain"], mend(word("contribute", "abstain"))]
    role: WorkText = ""
    work: WorkText = ""
    builds_on: Wholes = []
    confidence: Share = None


class ContributeWithAnswer(ContributeAnswer):
    """What `contribute_answer.json` describes."""

    answer: Text = ""


class SayAnswer(_Answer):
    """What `say.json` describes."""

    decision: Literal["say", "abstain"]
    text: Text = ""
    to: list[Whole] = []


class FinalAnswerAnswer(_Answer):
    """What `answer.json` describes."""

    decision: Literal["answer", "abstain"]
    answer: Text = ""


class MoveAnswer(_Answer):
    """What `move.json` describes."""

    decision: Literal["move", "abstain"]
    action: Text = ""
    note: Text = ""


class IntendAnswer(_Answer):
    """What `intend.json` describes."""

    decision: Annotated[Literal["intend", "abstain"], mend(word("intend", "abstain"))]
    role: WorkText = ""
    focus: Texts = []


class Part(BaseModel):
    """An assignment in `plan.json`."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    agent: Whole
    role: Text = Field(min_length=1)
    focus: Texts = []
    phase: Annotated[int, mend(fields.phase)] = 1


class PlanAnswer(_Answer):
    """What `plan.json` describes."""

    decision: Annotated[Literal["plan", "abstain"], mend(word("plan", "abstain"))]
    assignments: list[Annotated[Part, mend(evened_fields)]] = []


class AmendAnswer(_Answer):
    """What `amend.json` describes."""

    decision: Annotated[Literal["amend", "abstain"], mend(word("amend", "abstain"))]
    article: WorkText = ""
    text: WorkText = ""


class Grade(BaseModel):
    """One criterion in `verdict.json`."""

    reason: OptionalText = ""
    grade: Annotated[int, mend(fields.grade)] = Field(ge=1, le=4)


class Check(BaseModel):
    """One requirement in `verdict.json`."""

    id: Text
    met: Literal["yes", "partly", "no"]


Criterion = Annotated[Grade, mend(graded)]


class VerdictAnswer(BaseModel):
    """What `verdict.json` describes."""

    checklist: Annotated[list[Check], mend(checks)] = []
    accuracy: Criterion
    completeness: Criterion
    coherence: Criterion
    actionability: Criterion
    mission_relevance: Criterion

    def grades(self) -> dict[str, int]:
        """The five grades by criterion, each 1 to 4."""
        return {c: getattr(self, c).grade for c in CRITERIA}


A = TypeVar("A", bound=BaseModel)
R = TypeVar("R")


class Read(NamedTuple, Generic[R]):
    """What was read from an answer.

    Attributes:
        value: The decision or verdict.
        mended: Places in which the answer had to be put right.
    """

    value: R
    mended: int


def parse(text: str, form: type[A], build: Callable[[A], R], *, cut: bool = False) -> Read[R]:
    """What an answer says: of several objects in it the last that holds all that is required.

    Args:
        text: What a model wrote.
        form: What was asked for.
        build: Makes a value of a valid answer; raises `UnusableAnswer` where one isn't whole.
        cut: Whether the text is as long as it may be, so that what isn't whole is not mended.

    Raises:
        UnusableAnswer: There is no JSON object in it, or it breaks the schema; says where.
    """
    needed = frozenset(name for name, field in form.model_fields.items() if field.is_required())
    fault: UnusableAnswer | None = None
    for answer in after_thoughts(text):
        try:
            for found in objects_in(answer, needed, cut=cut):
                mending = Mending()
                try:
                    value = build(form.model_validate(found.body, context=mending))
                except ValidationError as error:
                    fault = fault or UnusableAnswer(_said(error))
                except UnusableAnswer as error:
                    fault = fault or error
                else:
                    return Read(value, found.mended + mending.count)
        except UnusableAnswer as error:
            fault = fault or error
    raise fault if fault is not None else UnusableAnswer(_nothing(text, needed))


def _nothing(text: str, needed: frozenset[str]) -> str:
    if "{" not in text:
        return "it holds no JSON object"
    return f"it holds no JSON object with {', '.join(sorted(needed))}"


def _said(error: ValidationError) -> str:
    """Which rules are broken, and where."""
    faults = [
        f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}"
        for e in error.errors(include_url=False, include_input=False)
    ]
    rest = len(faults) - MOST_FAULTS
    more = f" (and {rest} more)" if rest > 0 else ""
    return "; ".join(faults[:MOST_FAULTS]) + more
