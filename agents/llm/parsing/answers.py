"""What models answer, field by field: validated and cleaned, never guessed.

Each class here and the JSON schema of the same name in `prompting/prompts` describe one form.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ....model.judge import CRITERIA
from ..control_characters import clean
from ..redaction import known_secrets, redact
from .json_objects import UnusableAnswer, object_in

MOST_FAULTS = 3
"""Broken rules that are named; the rest are counted."""


def _cleaned(value: Any) -> Any:
    return redact(clean(value), known_secrets()) if isinstance(value, str) else value


def _no_boolean(value: Any) -> Any:
    """Refuse true and false where a number is meant; pydantic would take them for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number is meant, not true or false")
    return value


Text = Annotated[str, BeforeValidator(_cleaned)]
Whole = Annotated[int, BeforeValidator(_no_boolean)]
Share = Annotated[float, BeforeValidator(_no_boolean), Field(ge=0, le=1, allow_inf_nan=False)]


class _Answer(BaseModel):
    """Strict in what a field is, lenient about fields nobody asked for."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: Text = ""


class ContributeAnswer(_Answer):
    """What `contribute.json` describes."""

    decision: Literal["contribute", "abstain"]
    role: Text = ""
    work: Text = ""
    builds_on: list[Whole] = []
    confidence: Share | None = None


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

    decision: Literal["intend", "abstain"]
    role: Text = ""
    focus: list[Text] = []


class Part(BaseModel):
    """An assignment in `plan.json`."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    agent: Whole
    role: Text = Field(min_length=1)
    focus: list[Text] = []
    phase: Whole = Field(default=1, ge=1)


class PlanAnswer(_Answer):
    """What `plan.json` describes."""

    decision: Literal["plan", "abstain"]
    assignments: list[Part] = []


class AmendAnswer(_Answer):
    """What `amend.json` describes."""

    decision: Literal["amend", "abstain"]
    article: Text = ""
    text: Text = ""


class Grade(BaseModel):
    """One criterion in `verdict.json`."""

    reason: Text = ""
    grade: Whole = Field(ge=1, le=4)


class Check(BaseModel):
    """One requirement in `verdict.json`."""

    id: Text
    met: Literal["yes", "partly", "no"]


class VerdictAnswer(BaseModel):
    """What `verdict.json` describes."""

    checklist: list[Check]
    accuracy: Grade
    completeness: Grade
    coherence: Grade
    actionability: Grade
    mission_relevance: Grade

    def grades(self) -> dict[str, int]:
        """The five grades by criterion, each 1 to 4."""
        return {c: getattr(self, c).grade for c in CRITERIA}


A = TypeVar("A", bound=BaseModel)


def parse(text: str, form: type[A]) -> A:
    """The answer in a text.

    Args:
        text: What a model wrote.
        form: What was asked for.

    Raises:
        UnusableAnswer: There is no JSON object in it, or it breaks the schema; says where.
    """
    needed = {name for name, field in form.model_fields.items() if field.is_required()}
    try:
        return form.model_validate(object_in(text, needed))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        rest = len(faults) - MOST_FAULTS
        more = f" (and {rest} more)" if rest > 0 else ""
        raise UnusableAnswer("; ".join(faults[:MOST_FAULTS]) + more) from None
