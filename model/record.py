"""What happened in a tick, frozen; every metric and figure is a function of these records.

Two runs are the same run if their records are equal as canonical JSON, byte for byte.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, cast, get_args

from .decision import (
    Abstention,
    Act,
    Assignment,
    Contribution,
    Failure,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
    Trace,
    Usage,
    WorkItem,
    normalised,
)
from .encoding import decode, encode
from .errors import UsageError, require
from .ground_truth.scoring import Bounds, Given, GroundTruth
from .ground_truth.values import Fact
from .judge import Verdict, Vote
from .messages import Log, Mark
from .ruling import Amendment, Ruling
from .spans import Span

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
        assignment: The role the protocol gave for this decision, if any. (A planner's is in its
            plan.)
        trace: How the reply was obtained from a model; None for minds that ask none.
        marks: What it found on a shared board.
        marks_from: Ids of the messages those marks were made of, as spans.
        skills: Topics it had practised, and its level in each.
    """

    round: int
    act: Act
    reply: Reply | Failure
    usage: Usage = FREE
    seen: tuple[Span, ...] = ()
    recalled: tuple[Span, ...] = ()
    dropped: int = 0
    assignment: Assignment | None = None
    trace: Trace | None = None
    marks: tuple[Mark, ...] = ()
    marks_from: tuple[Span, ...] = ()
    skills: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One member's tick.

    Attributes:
        member: Its id.
        mind: The name of its mind.
        state: How it ended.
        turns: Its decisions in order; empty where it was never asked.
        contributions: What it delivered, in order; derived from the turns, as the next two.
        role: The role of its last contribution; None where it delivered nothing.
        builds_on: Whose work it used, ascending.
        usage: What its decisions cost together; its `cost_usd` is None where any price is unknown.
    """

    member: int
    mind: str
    state: State
    turns: tuple[Turn, ...] = ()
    contributions: tuple[Contribution, ...] = field(init=False, compare=False, repr=False)
    role: str | None = field(init=False, compare=False, repr=False)
    builds_on: tuple[int, ...] = field(init=False, compare=False, repr=False)
    usage: Usage = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Derive what is asked for again and again."""
        work = tuple([t.reply for t in self.turns if isinstance(t.reply, Contribution)])
        used = {a for c in work for a in c.builds_on} if work else ()
        put = object.__setattr__
        put(self, "contributions", work)
        put(self, "role", work[-1].role if work else None)
        put(self, "builds_on", tuple(sorted(used)) if used else ())
        put(self, "usage", sum_usage([t.usage for t in self.turns]))

    @property
    def note(self) -> str:
        """Why it abstained or failed; empty otherwise."""
        for turn in reversed(self.turns):
            if isinstance(turn.reply, Abstention):
                return turn.reply.reason
            if isinstance(turn.reply, Failure):
                return turn.reply.cause
        return ""


def sum_usage(usages: list[Usage]) -> Usage:
    """What several decisions cost together; no price where one is unknown or nobody decided.

    Args:
        usages: Of the decisions, in order.
    """
    if len(usages) == 1:
        return usages[0]
    dear = any(u.cost_usd_uncached is not None for u in usages)
    return Usage(
        sum(u.calls for u in usages),
        sum(u.tokens_in for u in usages),
        sum(u.tokens_out for u in usages),
        _sum_known([u.cost_usd for u in usages]),
        math.fsum(u.latency_s for u in usages),
        _sum_counted([u.tokens_cached for u in usages]),
        _sum_known([u.uncached_usd for u in usages]) if dear else None,
    )


def _sum_counted(counts: list[int | None]) -> int | None:
    known = [c for c in counts if c is not None]
    return sum(known) if known or not counts else None


def _sum_known(prices: list[float | None]) -> float | None:
    known = [p for p in prices if p is not None]
    return math.fsum(known) if known and len(known) == len(prices) else None


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """One round as it was played: what was asked, of whom, in which order."""

    act: Act
    actors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all decisions of a tick, the judge's not included.

    Attributes:
        calls: Model calls.
        tokens: Prompt and completion tokens.
        cost_usd: US dollars; None where any price is unknown, or nobody decided.
        critical_path_s: The slowest decision of each round in seconds, summed over rounds.
        decisions: Decisions asked for.
        failures: Those that gave nothing usable.
        tokens_cached: Of the tokens, those of prompts that were read from a cache; None where
            nobody counted.
        cost_usd_uncached: US dollars without discounts for them; None as `cost_usd`.
    """

    calls: int
    tokens: int
    cost_usd: float | None
    critical_path_s: float
    decisions: int
    failures: int
    tokens_cached: int | None
    cost_usd_uncached: float | None


@dataclass(frozen=True)
class TickRecord:
    """One tick: the whole truth about it.

    Attributes:
        tick: From 0.
        task_id: The task.
        level: Its level.
        protocol: The protocol's label: its name, and its parameters where it has any.
        members: One record per member, ascending by id.
        rounds: As played.
        verdict: The judge's grades.
        error: Why the protocol broke; empty where it did not.
        shocks: What happened to the organization just before the tick, in words.
        rulings: What became of proposals to change its rules.
        ground_truth: Answers and private parts, where code scores the task.
    """

    tick: int
    task_id: str
    level: str
    protocol: str
    members: tuple[MemberRecord, ...]
    rounds: tuple[RoundRecord, ...]
    verdict: Verdict
    error: str = ""
    shocks: tuple[str, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    ground_truth: GroundTruth | None = None

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what is derived from them is derived again."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __deepcopy__(self, memo: dict[int, Any]) -> TickRecord:
        """Itself, as nothing of it changes; so copies of long runs stay cheap."""
        return self

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
    def roles(self) -> dict[int, str]:
        """The role of each member that delivered work, case and spacing evened out."""
        return {m.member: normalised(m.role) for m in self.members if m.role is not None}

    @cached_property
    def role_counts(self) -> Counter[str]:
        """How many members took each role."""
        return Counter(self.roles.values())

    @cached_property
    def states(self) -> Counter[State]:
        """How many members ended in each state."""
        return Counter(m.state for m in self.members)

    @cached_property
    def totals(self) -> Totals:
        """What the team's decisions cost together."""
        whole = sum_usage([m.usage for m in self.members if m.turns])
        slowest = [0.0] * len(self.rounds)
        decisions = failures = 0
        for m in self.members:
            for turn in m.turns:
                decisions += 1
                failures += type(turn.reply) is Failure
                if turn.usage.latency_s > slowest[turn.round]:
                    slowest[turn.round] = turn.usage.latency_s
        tokens = whole.tokens_in + whole.tokens_out
        return Totals(
            whole.calls, tokens, whole.cost_usd, math.fsum(slowest), decisions, failures,
            whole.tokens_cached, whole.uncached_usd,
        )  # fmt: skip

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
        """The record that `to_json` wrote.

        Args:
            text: One record.

        Raises:
            UsageError: It is none, or another version's.
        """
        require("record", text, (str, bytes), "use what to_json wrote")
        try:
            body = json.loads(text)
            if body.pop("version") != RECORD_VERSION:
                raise UsageError(
                    f"record version is not {RECORD_VERSION}; use the version that wrote it"
                )
            record = decode(body, _TYPES, _ENUMS)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, UsageError):
                raise
            raise UsageError(
                f"record can't be read ({type(error).__name__}: {error}); use what to_json wrote"
            ) from error
        require("record", record, cls, "use what to_json wrote")
        return cast(TickRecord, record)


SAID_ALOUD = (Contribution, Intention)  # what everyone let through may see
SPOKEN = (Contribution, Saying, Move)  # by these a member takes part


def post_reply(log: Log, author: int, tick: int, round_: int, reply: Reply | Failure) -> None:
    """Turn a reply into what others may see of it; abstentions and failures post nothing.

    Args:
        log: Of the tick.
        author: Who replied.
        tick: When.
        round_: Of that tick, from 0.
        reply: As the kernel admitted it.
    """
    if isinstance(reply, SAID_ALOUD):
        log.post(author, tick, round_, reply)
    elif isinstance(reply, Plan):
        for assignment in reply.assignments:
            log.post(author, tick, round_, assignment, to=assignment.member)
    elif isinstance(reply, Saying):
        for to in reply.to or (None,):
            log.post(author, tick, round_, reply, to=to)
    elif isinstance(reply, Move) and reply.note:
        log.post(author, tick, round_, reply)


def reply_from_json(text: str) -> Reply:
    """A mind's reply from canonical JSON, as `encoding.encode` writes it.

    Args:
        text: A JSON object.

    Raises:
        ValueError: It is none.
    """
    try:
        reply = decode(json.loads(text), _TYPES, _ENUMS)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(reply, get_args(Reply)):
        raise ValueError(f"it is {type(reply).__name__}")
    return reply


_TYPES: dict[str, type] = {
    t.__name__: t
    for t in (
        Abstention, Assignment, Contribution, Failure, Intention, Plan, Usage, WorkItem,
        Verdict, Vote, Trace, Turn, MemberRecord, RoundRecord, TickRecord, Mark, Amendment, Ruling,
        Saying, FinalAnswer, Move, GroundTruth, Given, Bounds, Fact,
    )
}  # fmt: skip
_ENUMS: dict[str, type[StrEnum]] = {"act": Act, "state": State}
