"""What happened in a tick, frozen; every metric and figure is a function of these records.

Two runs are the same run if their records are equal as canonical JSON, byte for byte.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from .decision import (
    Abstention,
    Act,
    Assignment,
    Contribution,
    Failure,
    Intention,
    Plan,
    Reply,
    Usage,
    WorkItem,
)
from .judge import Verdict
from .messages import Log, Span

RECORD_VERSION = 1
FREE = Usage()


class State(StrEnum):
    """How a member ended a tick. It is in exactly one state."""

    CONTRIBUTED = "contributed"  # it delivered work at least once
    ABSTAINED = "abstained"  # it declined, of its own accord
    EXCLUDED = "excluded"  # it was never asked to work
    FAILED = "failed"  # it was asked and gave nothing usable


@dataclass(frozen=True, slots=True)
class Turn:
    """One decision of one member.

    Attributes:
        round: Index into the tick's rounds.
        act: What was asked.
        reply: What came back, after the kernel took out what was not allowed.
        usage: What it cost.
        seen: Ids of the messages of others it saw, as spans over this tick's messages.
        recalled: Ids it saw of organizational memory, as spans over the run's memory.
        dropped: References taken out of the reply: authors it had not seen, members it could
            not assign.
    """

    round: int
    act: Act
    reply: Reply | Failure
    usage: Usage = FREE
    seen: tuple[Span, ...] = ()
    recalled: tuple[Span, ...] = ()
    dropped: int = 0


@dataclass(frozen=True)
class MemberRecord:
    """One member's tick.

    Attributes:
        member: Its id.
        mind: The name of its mind.
        state: How it ended.
        turns: Its decisions in order; empty where it was never asked.
    """

    member: int
    mind: str
    state: State
    turns: tuple[Turn, ...] = ()

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """What it delivered, in order."""
        return tuple(t.reply for t in self.turns if isinstance(t.reply, Contribution))

    @property
    def role(self) -> str | None:
        """The role of its last contribution; None where it delivered nothing."""
        return self.contributions[-1].role if self.contributions else None

    @property
    def builds_on(self) -> tuple[int, ...]:
        """Whose work it used, ascending."""
        return tuple(sorted({a for c in self.contributions for a in c.builds_on}))

    @property
    def note(self) -> str:
        """Why it abstained or failed; empty otherwise."""
        for turn in reversed(self.turns):
            if isinstance(turn.reply, Abstention):
                return turn.reply.reason
            if isinstance(turn.reply, Failure):
                return turn.reply.cause
        return ""


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """One round as it was played: what was asked, of whom, in which order."""

    act: Act
    actors: tuple[int, ...]


@dataclass(frozen=True)
class TickRecord:
    """One tick: the whole truth about it.

    Attributes:
        tick: From 0.
        task_id: The task.
        level: Its level.
        protocol: The protocol's name.
        members: One record per member, ascending by id.
        rounds: As played.
        verdict: The judge's grades.
        error: Why the protocol broke; empty where it did not.
    """

    tick: int
    task_id: str
    level: str
    protocol: str
    members: tuple[MemberRecord, ...]
    rounds: tuple[RoundRecord, ...]
    verdict: Verdict
    error: str = ""

    @cached_property
    def log(self) -> Log:
        """Every message of the tick in order of posting, derived from the turns."""
        log = Log()
        replies = self.replies
        for index, played in enumerate(self.rounds):
            for actor in played.actors:
                post_reply(log, actor, self.tick, index, replies[actor, index])
        return log

    @cached_property
    def replies(self) -> dict[tuple[int, int], Reply | Failure]:
        """What each actor answered, by member and round."""
        return {(m.member, t.round): t.reply for m in self.members for t in m.turns}

    @cached_property
    def by_id(self) -> dict[int, MemberRecord]:
        """The member records by member id."""
        return {m.member: m for m in self.members}

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, exact floats."""
        body = {"version": RECORD_VERSION, **encode(self)}
        return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> TickRecord:
        """The record that `to_json` wrote."""
        body = json.loads(text)
        if body.pop("version") != RECORD_VERSION:
            raise ValueError(
                f"record version is not {RECORD_VERSION}; use the version that wrote it"
            )
        record = decode(body)
        assert isinstance(record, cls)
        return record


def post_reply(log: Log, author: int, tick: int, round_: int, reply: Reply | Failure) -> None:
    """Turn a reply into what others may see of it; abstentions and failures post nothing."""
    if isinstance(reply, Contribution | Intention):
        log.post(author, tick, round_, reply)
    elif isinstance(reply, Plan):
        for assignment in reply.assignments:
            log.post(author, tick, round_, assignment, to=assignment.member)


_TYPES: dict[str, type] = {
    t.__name__: t
    for t in (
        Abstention, Assignment, Contribution, Failure, Intention, Plan, Usage, WorkItem,
        Verdict, Turn, MemberRecord, RoundRecord, TickRecord,
    )
}  # fmt: skip
_ENUMS: dict[str, type[StrEnum]] = {"act": Act, "state": State}


def encode(value: Any) -> Any:
    """A frozen value as plain JSON data; fields at their default are left out."""
    if is_dataclass(value):
        body = {"_": type(value).__name__}
        for f in fields(value):
            item = getattr(value, f.name)
            if f.default is MISSING or item != f.default:
                body[f.name] = encode(item)
        return body
    if isinstance(value, tuple):
        return [encode(v) for v in value]
    return value


def decode(data: Any) -> Any:
    """The inverse of `encode`."""
    if isinstance(data, list):
        return tuple(decode(v) for v in data)
    if isinstance(data, dict):
        body = {k: decode(v) for k, v in data.items() if k != "_"}
        for name, enum in _ENUMS.items():
            if name in body:
                body[name] = enum(body[name])
        return _TYPES[data["_"]](**body)
    return data
