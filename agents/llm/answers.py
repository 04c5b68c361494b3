"""From a model's text to a decision: parsed, validated, cleaned; never guessed.

The text is JSON where the provider enforces it. Elsewhere it may be JSON with prose around it, or
broken JSON, which `json-repair` mends. Whatever it is, pydantic has the last word.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

import json_repair
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ...model.decision import Abstention, Act, Assignment, Contribution, Intention, Plan, Reply
from ...model.judge import CRITERIA
from .cleaning import clean

Text = Annotated[str, AfterValidator(clean)]
LONGEST_ROLE = 200


class Unusable(ValueError):
    """An answer that can't be used; the text says what is wrong with it."""


class _Answer(BaseModel):
    """Strict in what a field is, lenient about fields nobody asked for."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: Text = ""


class ContributeAnswer(_Answer):
    """What `contribute.json` describes."""

    decision: Literal["contribute", "abstain"]
    role: Text = ""
    work: Text = ""
    builds_on: list[int] = []
    confidence: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)


class IntendAnswer(_Answer):
    """What `intend.json` describes."""

    decision: Literal["intend", "abstain"]
    role: Text = ""
    focus: list[Text] = []


class Part(BaseModel):
    """An assignment in `plan.json`."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    agent: int
    role: Text = Field(min_length=1)
    focus: list[Text] = []
    phase: int = Field(default=1, ge=1)


class PlanAnswer(_Answer):
    """What `plan.json` describes."""

    decision: Literal["plan", "abstain"]
    assignments: list[Part] = []


class Grade(BaseModel):
    """One criterion in `verdict.json`."""

    reason: Text = ""
    grade: int = Field(ge=1, le=4)


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
        """The five grades by criterion."""
        return {c: getattr(self, c).grade for c in CRITERIA}


SHAPES: dict[Act, str] = {Act.CONTRIBUTE: "contribute", Act.INTEND: "intend", Act.PLAN: "plan"}
"""The schema of the answer to each act."""

A = TypeVar("A", bound=BaseModel)


def parse(text: str, kind: type[A]) -> A:
    """The answer in a text.

    Raises:
        Unusable: There is no JSON object in it, or it breaks the schema; says where.
    """
    try:
        return kind.model_validate(_object_in(text))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise Unusable("; ".join(faults[:3]) + more) from None


def _object_in(text: str) -> dict[str, Any]:
    """The JSON object in a text: the whole of it, or the first that opens in it."""
    try:
        found = json.loads(text)
    except ValueError:
        start = text.find("{")
        if start < 0:
            raise Unusable("it holds no JSON object") from None
        try:
            found = json_repair.loads(text[start:])
        except (ValueError, RecursionError):
            raise Unusable("its JSON is broken beyond repair") from None
        if isinstance(found, list):  # prose with braces after the object
            found = next((part for part in found if isinstance(part, dict)), None)
    except RecursionError:
        raise Unusable("its JSON is nested too deeply") from None
    if not isinstance(found, dict):
        raise Unusable("it is JSON, but no object")
    return found


def reply_in(text: str, act: Act) -> Reply:
    """The decision in a model's answer to an act.

    Raises:
        Unusable: The answer breaks the schema, or takes part without a role or without work.
    """
    if act is Act.CONTRIBUTE:
        said = parse(text, ContributeAnswer)
        if said.decision == "abstain":
            return Abstention(said.reason)
        _require(role=said.role, work=said.work)
        builds_on = tuple(dict.fromkeys(said.builds_on))
        return Contribution(_short(said.role), said.work, builds_on, said.confidence)
    if act is Act.INTEND:
        meant = parse(text, IntendAnswer)
        if meant.decision == "abstain":
            return Abstention(meant.reason)
        _require(role=meant.role)
        return Intention(_short(meant.role), tuple(meant.focus))
    plan = parse(text, PlanAnswer)
    if plan.decision == "abstain":
        return Abstention(plan.reason)
    return Plan(
        tuple(
            Assignment(p.agent, _short(p.role), tuple(p.focus), p.phase) for p in plan.assignments
        )
    )


def _require(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise Unusable(f'{name} is empty though the decision is not "abstain"')


def _short(role: str) -> str:
    """A role on one line, and no longer than a line."""
    role = " ".join(role.split())
    return role if len(role) <= LONGEST_ROLE else role[: LONGEST_ROLE - 1] + "…"
