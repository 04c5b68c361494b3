"""What comes back from a mind, checked before anyone else may see it.

Nonsense becomes a `Failure`, a value like any other; references to what the mind could not know
are taken out and counted. What passes can be written to any file and read back as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..decision import (
    ALLOWED,
    PLAIN,
    Abstention,
    Assignment,
    Contribution,
    Failure,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
    WorkItem,
)
from ..ground_truth.forms import AnswerForm
from ..ground_truth.values import Value
from ..messages import View
from ..observation import Observation
from ..ruling import Amendment


def admit(reply: object, observation: Observation) -> tuple[Reply | Failure, int]:
    """Check a reply against what was asked and seen.

    Args:
        reply: What the mind gave; anything at all.
        observation: What it was asked and shown.

    Returns:
        The reply without references its author could not make, and how many those were; a
        `Failure` of kind `reply` where it is nonsense.
    """
    if type(reply) is Failure and type(reply.kind) is type(reply.cause) is str:
        return Failure(_printable(reply.kind), _printable(reply.cause)), 0
    act = observation.act
    if type(reply) not in ALLOWED[act]:  # a subclass could not be read back from a record
        allowed = " or ".join(t.__name__ for t in ALLOWED[act])
        return Failure("reply", f"answered {type(reply).__name__} to {act}; use {allowed}"), 0
    try:
        if isinstance(reply, Contribution):
            return _admit_contribution(reply, observation)
        if isinstance(reply, Plan):
            return _admit_plan(reply, observation)
        if isinstance(reply, Intention):
            _check_role(reply.role, reply.focus)
            return replace(reply, focus=tuple(reply.focus)), 0
        if isinstance(reply, Amendment):
            for name in ("article", "text", "reason"):
                if not _is_text(getattr(reply, name)):
                    raise _broken(name, getattr(reply, name), "text")
            return reply, 0
        if isinstance(reply, Saying | FinalAnswer | Move):
            return _admit_spoken(reply, observation)
        assert isinstance(reply, Abstention)
        if not _is_text(reply.reason):
            raise _broken("reason", reply.reason, "text")
    except (TypeError, ValueError, AttributeError) as error:
        return Failure("reply", str(error)), 0
    return reply, 0


def _admit_contribution(
    reply: Contribution, observation: Observation
) -> tuple[Reply | Failure, int]:
    if not _is_text(reply.role) or not reply.role.strip():
        raise _broken("role", reply.role, "text, not empty")
    if not _is_text(reply.work):
        raise _broken("work", reply.work, "text")
    c = reply.confidence
    if c is not None and (type(c) not in PLAIN or not 0 <= c <= 1):
        raise _broken("confidence", c, "a plain number, 0 to 1")
    for item in reply.items:
        if type(item) is not WorkItem or not _is_text(item.requirement):
            raise _broken("items", item, "a work item with a requirement's id")
    if reply.answer is not None:
        answer = _read(reply.answer, observation.form)
        found, dropped = _admit_named(replace(reply, answer=answer), observation)
        return found, dropped + (answer is None)
    return _admit_named(reply, observation)


def _admit_named(reply: Contribution, observation: Observation) -> tuple[Reply | Failure, int]:
    """Work without the authors it could not have seen."""
    named = reply.builds_on
    if not named and type(named) is tuple and type(reply.items) is tuple:
        return reply, 0
    if [a for a in named if type(a) is not int]:
        raise _broken("builds_on", named, "a tuple of member ids")
    messages = observation.messages
    kept = tuple([a for a in dict.fromkeys(named) if _saw_work(messages, a)])
    if kept == named and type(reply.items) is tuple:
        return reply, 0
    return replace(reply, builds_on=kept, items=tuple(reply.items)), len(named) - len(kept)


def _admit_spoken(
    reply: Saying | FinalAnswer | Move, observation: Observation
) -> tuple[Reply | Failure, int]:
    if isinstance(reply, FinalAnswer):
        value = _read(reply.value, observation.form)
        return FinalAnswer(value), int(value is None and reply.value is not None)
    if isinstance(reply, Move):
        if not _is_text(reply.note):
            raise _broken("note", reply.note, "text")
        action = _read(reply.action, observation.form)
        return Move(action if isinstance(action, str) else "", reply.note), int(action is None)
    if not _is_text(reply.text) or not reply.text.strip():
        raise _broken("text", reply.text, "text, not empty")
    if type(reply.to) is not tuple or [m for m in reply.to if type(m) is not int]:
        raise _broken("to", reply.to, "a tuple of member ids")
    to = tuple(m for m in dict.fromkeys(reply.to) if m in observation.roster)
    if reply.to and not to:
        return Abstention("what it said was for members that it can't reach"), len(reply.to)
    return replace(reply, to=to), len(reply.to) - len(to)


def _read(given: object, form: AnswerForm | None) -> Value | None:
    """The value of an answer; None where it breaks its form, or nothing was asked."""
    value = None if form is None or given is None else form.read(given)
    return None if isinstance(value, str) and not _is_text(value) else value


def _admit_plan(reply: Plan, observation: Observation) -> tuple[Reply | Failure, int]:
    kept: dict[int, Assignment] = {}
    for part in reply.assignments:
        check_assignment(part)
        if part.member in observation.roster:
            kept.setdefault(part.member, replace(part, focus=tuple(part.focus)))
    dropped = len(reply.assignments) - len(kept)
    return Plan(tuple(kept.values())), dropped


def _saw_work(messages: View, author: int) -> bool:
    log = messages._log
    for i in log.ids_by(author):
        if isinstance(log[i].content, Contribution) and messages.has(i):
            return True
    return False


def check_assignment(part: object) -> None:
    """Refuse what is no assignment.

    Args:
        part: Anything at all.

    Raises:
        ValueError: It is not one, or a field is not what it should be.
    """
    if type(part) is not Assignment or type(part.member) is not int or type(part.phase) is not int:
        raise _broken("assignments", part, "an assignment with a member id and a phase")
    _check_role(part.role, part.focus)


def _check_role(role: object, focus: tuple[object, ...]) -> None:
    if not _is_text(role) or not cast(str, role).strip():
        raise _broken("role", role, "text, not empty")
    if not all(_is_text(f) for f in focus):
        raise _broken("focus", focus, "a tuple of texts")


def _is_text(value: object) -> bool:
    """Whether a value is text that any file can hold: no lone surrogates."""
    if type(value) is not str:
        return False
    return value.isascii() or _printable(value) == value


def _printable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _broken(name: str, value: object, rule: str) -> ValueError:
    return ValueError(f"{name}={_printable(repr(value))} is not {rule}")
