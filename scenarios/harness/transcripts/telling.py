"""What a tick was, told turn by turn: what each saw, did, said and cost, and what it was worth.

Everything is read off the record; of the task only the brief, which records name and don't hold.
Texts are those of minds, files and judges as they were: whoever prints them makes them harmless.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ....model.decision import (
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
)
from ....model.ground_truth.family import ScoredTask
from ....model.judge import CRITERIA
from ....model.messages import Content, Message, text_of
from ....model.metrics.performance import quality
from ....model.record import MemberRecord, State, TickRecord, Turn
from ....model.ruling import Amendment
from ....model.tasks.task import Task

KINDS: dict[type, str] = {
    Contribution: "work", Saying: "words", Intention: "intention", Assignment: "assignment",
    Move: "note",
}  # fmt: skip
"""What a message is, in a word."""


@dataclass(frozen=True)
class Heard:
    """A message that a member saw when it decided.

    Attributes:
        author: Whose.
        round: In which it was said.
        kind: One of `KINDS`.
        text: All that it says.
        read: Whether it was in the prompt; False where it was left out for length.
    """

    author: int
    round: int
    kind: str
    text: str
    read: bool = True


@dataclass(frozen=True)
class Said:
    """What a turn came to.

    Attributes:
        did: What the member did, as `contributed` or `declined`.
        role: Under which name; empty where none was taken.
        words: Its work, message, plan or answer.
        reason: Why it declined or failed; why an amendment.
    """

    did: str
    role: str = ""
    words: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TurnTold:
    """One decision of one member.

    Attributes:
        member: Whose.
        turn: As recorded.
        heard: What of others it saw, in the order it was said.
        said: What it answered.
    """

    member: MemberRecord
    turn: Turn
    heard: tuple[Heard, ...]
    said: Said

    @property
    def reply(self) -> Reply | Failure:
        """As recorded."""
        return self.turn.reply

    @property
    def built_on(self) -> tuple[int, ...]:
        """Whose work it says it used."""
        return self.reply.builds_on if isinstance(self.reply, Contribution) else ()

    @property
    def recalled(self) -> int:
        """Entries of organizational memory that it saw."""
        return sum(stop - start for start, stop in self.turn.recalled)

    def asides(self) -> list[str]:
        """What else is to be known of how it came about."""
        turn, trace = self.turn, self.turn.trace
        said = [] if turn.assignment is None else [f"was given: {assigned(turn.assignment)}"]
        if turn.dropped:
            said.append(f"references taken out, as it had not seen them: {turn.dropped}")
        if trace is not None and trace.repairs:
            said.append(f"asked again, as an answer could not be used: {trace.repairs}")
        if trace is not None and trace.mended:
            said.append(f"places of its answer put right: {trace.mended}")
        if trace is not None and trace.shortened:
            said.append(f"messages of which it was shown the beginning only: {trace.shortened}")
        return said

    def body(self) -> dict[str, Any]:
        """For JSON."""
        usage, reply = self.turn.usage, self.reply
        return {
            "round": self.turn.round,
            "act": str(self.turn.act),
            "member": self.member.member,
            "mind": self.member.mind,
            "saw": [
                {"member": h.author, "round": h.round, "kind": h.kind, "read": h.read}
                for h in self.heard
            ],
            "recalled": self.recalled,
            "marks": [{"topic": m.topic, "strength": m.strength} for m in self.turn.marks],
            "did": self.said.did,
            "role": self.said.role or None,
            "words": self.said.words,
            "reason": self.said.reason,
            "built_on": list(self.built_on),
            "confidence": reply.confidence if isinstance(reply, Contribution) else None,
            "asides": self.asides(),
            "calls": usage.calls,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cost_usd": usage.cost_usd,
            "latency_s": usage.latency_s,
        }


@dataclass(frozen=True)
class TickTold:
    """A tick in order.

    Attributes:
        record: What happened.
        task: What was worked on; None where the record's task can't be made again.
    """

    record: TickRecord
    task: Task | None = None

    @classmethod
    def of(cls, record: TickRecord, task: Task | None) -> TickTold:
        """A tick with its task, if it is the one that was recorded.

        Args:
            record: The tick.
            task: What the run's stream gives for it now.
        """
        return cls(record, task if task is not None and task.id == record.task_id else None)

    @property
    def title(self) -> str:
        """The task's, or its id where it isn't known."""
        return self.record.task_id if self.task is None else self.task.brief.title

    @property
    def brief(self) -> str:
        """What every member was told; empty where it isn't known."""
        return "" if self.task is None else self.task.brief.text

    def private(self, member: int) -> str:
        """What one member alone was told; empty where nothing was, or where it isn't known.

        Args:
            member: Its id.
        """
        part = self.task.layout.parts.get(member) if isinstance(self.task, ScoredTask) else None
        return "" if part is None else part.text

    def rounds(self, member: int | None = None) -> Iterator[tuple[int, str, list[TurnTold]]]:
        """Index, act and turns of each round, in the order they were asked.

        Args:
            member: Rounds and turns of this one alone; None for all.
        """
        turns = {(m.member, t.round): (m, t) for m in self.record.members for t in m.turns}
        for index, played in enumerate(self.record.rounds):
            asked = [a for a in played.actors if member in (None, a)]
            if asked:
                told = [_turn(self.record, *turns[actor, index]) for actor in asked]
                yield index, str(played.act), told

    def idle(self) -> list[MemberRecord]:
        """Members that nobody asked."""
        return [m for m in self.record.members if not m.turns]

    def body(self, member: int | None = None) -> dict[str, Any]:
        """For JSON.

        Args:
            member: With the turns of this one alone; None for all.
        """
        record, totals = self.record, self.record.totals
        return {
            "tick": record.tick,
            "task_id": record.task_id,
            "title": self.title,
            "level": record.level,
            "protocol": record.protocol,
            "brief": self.brief,
            "before": list(record.shocks),
            "error": record.error,
            "turns": [t.body() for _, _, turns in self.rounds(member) for t in turns],
            "members": [
                {
                    "member": m.member,
                    "state": str(m.state),
                    "role": m.role,
                    "private": self.private(m.member),
                    **self._answer(m.member),
                }
                for m in record.members
                if member in (None, m.member)
            ],
            "verdict": self._verdict(),
            "calls": totals.calls,
            "tokens": totals.tokens,
            "cost_usd": totals.cost_usd,
        }

    def _answer(self, member: int) -> dict[str, Any]:
        truth = self.record.ground_truth
        given = next((g for g in truth.answers if g.member == member), None) if truth else None
        return {} if given is None else {"answer": given.value, "score": given.score}

    def _verdict(self) -> dict[str, Any]:
        verdict = self.record.verdict
        return {
            "quality": quality(self.record),
            "score": verdict.score,
            **{name: getattr(verdict, name) for name in CRITERIA},
            "violations": verdict.violations,
            "reason": verdict.reason,
            "votes": [
                {"judge": v.judge, **dict(zip(CRITERIA, v.grades, strict=False)),
                 "reason": v.reason}
                for v in verdict.votes
            ],
        }  # fmt: skip


def _turn(record: TickRecord, member: MemberRecord, turn: Turn) -> TurnTold:
    """A turn with what its member saw, in the order of saying; ids of none are passed over."""
    log = record.log
    left_out = turn.trace.unread if turn.trace is not None else ()
    heard = tuple(
        _heard(log[i], not any(a <= i < b for a, b in left_out))
        for start, stop in turn.seen
        for i in range(max(0, start), min(stop, len(log)))
    )
    return TurnTold(member, turn, heard, said_of(turn.reply))


def _heard(message: Message, read: bool) -> Heard:
    content: Content = message.content
    kind = KINDS.get(type(content), "note")
    return Heard(message.author, message.round, kind, text_of(content), read)


def said_of(reply: Reply | Failure) -> Said:
    """A reply in words.

    Args:
        reply: As recorded.
    """
    match reply:
        case Contribution():
            answer = "" if reply.answer is None else f"answer: {written(reply.answer)}"
            words = "\n".join(filter(None, (reply.work.strip("\n"), answer)))
            return Said("contributed", reply.role, words)
        case Abstention():
            return Said("declined", reason=reply.reason)
        case Failure():
            return Said(f"failed ({reply.kind})", reason=reply.cause)
        case Intention():
            return Said("means to be", reply.role, ", ".join(reply.focus))
        case Plan():
            lines = [f"member {a.member}: {assigned(a)}" for a in reply.assignments]
            return Said("planned", words="\n".join(lines) or "nobody is to work")
        case Saying():
            to = f" to {listed(reply.to)}" if reply.to else ""
            return Said(f"said{to}", words=reply.text.strip("\n"))
        case FinalAnswer():
            given = "none of the form asked for" if reply.value is None else written(reply.value)
            return Said("answered", words=given)
        case Move():
            return Said("moved", words="\n".join(filter(None, (reply.action, reply.note))))
        case Amendment():
            change = f"{reply.article} = {reply.text}"
            return Said("proposed", words=change, reason=reply.reason)


def assigned(assignment: Assignment) -> str:
    """A given role in words.

    Args:
        assignment: As planned.
    """
    focus = f", on {', '.join(assignment.focus)}" if assignment.focus else ""
    phase = f", phase {assignment.phase}" if assignment.phase != 1 else ""
    return f"{assignment.role}{focus}{phase}"


def written(value: object) -> str:
    """An answer as it is written: texts as they are, anything else as JSON.

    Args:
        value: A plain value.
    """
    return value if isinstance(value, str) else json.dumps(value)


def listed(members: Sequence[int]) -> str:
    """Ids of members in a sentence, runs of three and more as ranges: `0 to 3, 5`.

    Args:
        members: Ascending, each once.
    """
    parts: list[str] = []
    runs: list[list[int]] = []
    for member in members:
        if runs and member == runs[-1][-1] + 1:
            runs[-1].append(member)
        else:
            runs.append([member])
    for run in runs:
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(m) for m in run]
    return ", ".join(parts)


def answers_of(record: TickRecord) -> list[tuple[int, str, float]]:
    """Final answers of a code-scored task: member, answer in words, what it is worth (0 to 1).

    Args:
        record: The tick; empty where judges grade it, or where it is moved through.
    """
    truth = record.ground_truth
    if truth is None or all(g.value is None for g in truth.answers):
        return []
    return [
        (g.member, "no answer" if g.value is None else written(g.value), g.score)
        for g in truth.answers
    ]


def declined(record: TickRecord) -> list[MemberRecord]:
    """Members that declined or failed, ascending.

    Args:
        record: The tick.
    """
    return [m for m in record.members if m.state in (State.ABSTAINED, State.FAILED)]
