"""From a model's answer to an act to the decision it states."""

from __future__ import annotations

from dataclasses import replace

from ....model.decision import (
    Abstention,
    Act,
    Assignment,
    Contribution,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
)
from ....model.ruling import Amendment
from .answers import (
    AmendAnswer,
    ContributeAnswer,
    ContributeWithAnswer,
    FinalAnswerAnswer,
    IntendAnswer,
    MoveAnswer,
    PlanAnswer,
    Read,
    SayAnswer,
    parse,
)
from .json_objects import UnusableAnswer

LONGEST_ROLE = 200
"""Characters."""


def parse_reply(text: str, act: Act, *, cut: bool = False, answered: bool = False) -> Read[Reply]:
    """The decision in a model's answer to an act, and how far it had to be put right.

    Args:
        text: What the model wrote.
        act: What it was asked for.
        cut: Whether the text is as long as it may be, so that what isn't whole is not mended.
        answered: Whether a contribution may carry an answer to the task. Answers stay texts here;
            the kernel reads them by their form.

    Raises:
        UnusableAnswer: It breaks the schema, or takes part without a role or without work.
    """
    match act:
        case Act.CONTRIBUTE if answered:
            return parse(text, ContributeWithAnswer, _answered, cut=cut)
        case Act.SAY:
            return parse(text, SayAnswer, _saying, cut=cut)
        case Act.ANSWER:
            return parse(text, FinalAnswerAnswer, _final, cut=cut)
        case Act.MOVE:
            return parse(text, MoveAnswer, _move, cut=cut)
        case Act.CONTRIBUTE:
            return parse(text, ContributeAnswer, _contribution, cut=cut)
        case Act.INTEND:
            return parse(text, IntendAnswer, _intention, cut=cut)
        case Act.AMEND:
            return parse(text, AmendAnswer, _amendment, cut=cut)
        case Act.PLAN:
            return parse(text, PlanAnswer, _plan, cut=cut)


def _contribution(answer: ContributeAnswer) -> Contribution | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    _require(role=answer.role, work=answer.work)
    builds_on = tuple(dict.fromkeys(answer.builds_on))
    return Contribution(_line(answer.role), answer.work, builds_on, answer.confidence)


def _saying(answer: SayAnswer) -> Saying | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    _require(text=answer.text)
    return Saying(answer.text, tuple(dict.fromkeys(answer.to)))


def _answered(answer: ContributeWithAnswer) -> Contribution | Abstention:
    reply = _contribution(answer)
    if isinstance(reply, Contribution):
        return replace(reply, answer=answer.answer or None)
    return reply


def _final(answer: FinalAnswerAnswer) -> FinalAnswer | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    return FinalAnswer(answer.answer or None)


def _move(answer: MoveAnswer) -> Move | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    return Move(answer.action, answer.note)


def _intention(answer: IntendAnswer) -> Intention | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    _require(role=answer.role)
    return Intention(_line(answer.role), tuple(answer.focus))


def _amendment(answer: AmendAnswer) -> Amendment | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    _require(article=answer.article, text=answer.text)
    return Amendment(answer.article, answer.text, answer.reason)


def _plan(answer: PlanAnswer) -> Plan | Abstention:
    if answer.decision == "abstain":
        return Abstention(answer.reason)
    return Plan(
        tuple(
            Assignment(part.agent, _line(part.role), tuple(part.focus), part.phase)
            for part in answer.assignments
        )
    )


def _require(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise UnusableAnswer(f'{name} is empty though the decision is not "abstain"')


def _line(role: str) -> str:
    """A role on one line, and no longer than a line."""
    role = " ".join(role.split())
    return role if len(role) <= LONGEST_ROLE else role[: LONGEST_ROLE - 1] + "…"
