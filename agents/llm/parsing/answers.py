"""From a model's text to a decision: parsed, validated, cleaned; never guessed.

The text is JSON where the provider enforces it. Elsewhere it may be JSON with prose around it, or
broken JSON, which `json-repair` mends. Whatever it is, pydantic has the last word.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Annotated, Any, Literal, TypeVar

import json_repair
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ....model.decision import Abstention, Act, Assignment, Contribution, Intention, Plan, Reply
from ....model.judge import CRITERIA
from ....model.ruling import Amendment
from ..calling.redaction import snapshot, without_secrets
from .control_characters import clean


def _cleaned(value: Any) -> Any:
    return without_secrets(clean(value), snapshot()) if isinstance(value, str) else value


def _no_truth(value: Any) -> Any:
    """Refuse true and false where a number is meant; pydantic would take them for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number is meant, not true or false")
    return value


Text = Annotated[str, BeforeValidator(_cleaned)]
Whole = Annotated[int, BeforeValidator(_no_truth)]
Share = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=1, allow_inf_nan=False)]
LONGEST_ROLE = 200
MOST_TRIES = 50
MOST_MENDED = 50_000  # characters; mending takes a millisecond for every hundred


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
    builds_on: list[Whole] = []
    confidence: Share | None = None


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
        """The five grades by criterion."""
        return {c: getattr(self, c).grade for c in CRITERIA}


SHAPES: dict[Act, str] = {
    Act.CONTRIBUTE: "contribute",
    Act.INTEND: "intend",
    Act.PLAN: "plan",
    Act.AMEND: "amend",
}
"""The schema of the answer to each act."""

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
A = TypeVar("A", bound=BaseModel)


def parse(text: str, kind: type[A]) -> A:
    """The answer in a text.

    Raises:
        Unusable: There is no JSON object in it, or it breaks the schema; says where.
    """
    try:
        needed = {name for name, field in kind.model_fields.items() if field.is_required()}
        return kind.model_validate(_object_in(text, needed))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise Unusable("; ".join(faults[:3]) + more) from None


def _object_in(text: str, needed: set[str]) -> dict[str, Any]:
    """The JSON object in a text: all of it, or the first whole one with what is needed, or mended.

    What a thinking model thinks aloud comes before it and is no answer.

    Raises:
        Unusable: There is none.
    """
    text = _THOUGHTS.sub("", text)
    try:
        found = json.loads(text)
    except RecursionError:
        raise Unusable("its JSON is nested too deeply") from None
    except ValueError:
        start = text.find("{")
        if start < 0:
            raise Unusable("it holds no JSON object") from None
        return _whole_object(text, needed) or _mended(text[start:])
    if not isinstance(found, dict):
        raise Unusable("it is JSON, but no object")
    return found


def _whole_object(text: str, needed: set[str]) -> dict[str, Any] | None:
    decoder = json.JSONDecoder()
    for opening in itertools.islice(re.finditer(r"\{", text), MOST_TRIES):
        try:
            found, _ = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and needed <= found.keys():
            return found
    return None


def _mended(text: str) -> dict[str, Any]:
    if len(text) > MOST_MENDED:
        raise Unusable("its JSON is broken, and too long to be mended")
    try:
        found = json_repair.loads(text)
    except (ValueError, RecursionError):
        raise Unusable("its JSON is broken beyond repair") from None
    if isinstance(found, list):  # prose with braces after the object
        found = next((part for part in found if isinstance(part, dict)), None)
    if not isinstance(found, dict):
        raise Unusable("it holds no JSON object")
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
    if act is Act.AMEND:
        wanted = parse(text, AmendAnswer)
        if wanted.decision == "abstain":
            return Abstention(wanted.reason)
        _require(article=wanted.article, text=wanted.text)
        return Amendment(wanted.article, wanted.text, wanted.reason)
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
