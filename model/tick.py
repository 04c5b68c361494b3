"""One tick as a generator: it yields what must be decided and is sent the outcomes.

No mind is called here and nothing is awaited; `driver.py` does that, at once or with hundreds
of calls in flight. Both give the same record for the same replies, because this code alone
decides who sees what and in which order replies are taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from .decision import (
    ALLOWED,
    PLAIN,
    Abstention,
    Act,
    Answer,
    Assignment,
    Contribution,
    Failure,
    Intention,
    Plan,
    Reply,
    WorkItem,
)
from .errors import ProtocolError
from .judge import Judge, Submission, Verdict, Work
from .messages import Log, View
from .mind import Mind
from .network import TeamNetwork
from .observation import Charter, Observation
from .protocol import Protocol, Round, Team
from .randomness import Purpose, Streams
from .record import MemberRecord, RoundRecord, State, TickRecord, Turn, post_reply
from .task import Task


@dataclass(frozen=True, slots=True)
class Consultation:
    """A request to the driver: let this mind decide on this observation."""

    mind: Mind
    observation: Observation


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A request to the driver: let this judge grade the work."""

    judge: Judge
    submission: Submission


Script = Generator[Sequence[Consultation] | Appraisal, Sequence[Answer] | Verdict, TickRecord]


@dataclass(frozen=True)
class Stage:
    """Everything a tick needs and may not change.

    Attributes:
        tick: Ticks played before this one.
        protocol: Who acts when and may see what.
        minds: The mind of each member, by id, ascending.
        network: Who can hear whom.
        streams: Where seeds come from.
        charter: Mission and values.
        domains: Domains of the whole task stream.
        recall: Gives organizational memory, for protocols that open it.
        judge: Grades the work; None leaves quality unmeasured.
    """

    tick: int
    protocol: Protocol
    minds: Mapping[int, Mind]
    network: TeamNetwork
    streams: Streams
    charter: Charter
    domains: tuple[str, ...]
    recall: Callable[[], View]
    judge: Judge | None


class Tick:
    """The state of one tick while it is played."""

    def __init__(self, stage: Stage, task: Task) -> None:
        self.stage = stage
        self.task = task
        self.log = Log()
        self.turns: dict[int, list[Turn]] = {member: [] for member in stage.minds}
        self.rounds: list[RoundRecord] = []
        self.error = ""
        self._nothing = View(self.log)
        self._posted = 0  # messages the kernel put into the log

    def play(self) -> Script:
        """Play the protocol's rounds, then have the work judged; return the record."""
        stage = self.stage
        team = Team(
            members=tuple(stage.minds),
            graph=stage.network.G.copy(as_view=True),
            tick=stage.tick,
            domains=stage.domains,
            log=self.log,
            rng=stage.streams.generator(Purpose.PROTOCOL, stage.tick),
        )
        try:
            yield from self._play_rounds(team)
        except Exception as error:  # a protocol is foreign code: its fault must not stop the run
            self.error = f"protocol {stage.protocol.name}: {type(error).__name__}: {error}"
        verdict = Verdict(reason="no judge")
        if stage.judge is not None:
            contents = [m.content for m in self.log]
            works = tuple(Work(c.work, c.items) for c in contents if isinstance(c, Contribution))
            seed = stage.streams.integer(Purpose.JUDGE, stage.tick)
            submission = Submission(self.task, works, stage.charter.mission, seed)
            reply = yield Appraisal(stage.judge, submission)
            assert isinstance(reply, Verdict)
            verdict = reply
        return self._record(verdict)

    def _play_rounds(
        self, team: Team
    ) -> Generator[Sequence[Consultation] | Appraisal, Sequence[Answer] | Verdict, None]:
        script = self.stage.protocol.rounds(team)
        limit = 16 + 8 * len(team.members)
        try:
            round_ = next(script, None)
            while round_ is not None:
                self._check(round_)
                self._require_own_log()
                if len(self.rounds) == limit:
                    raise ProtocolError(f"rounds exceed {limit} for n_agents={len(team.members)}")
                asked = [self._consultation(round_, actor) for actor in round_.actors]
                answers = yield asked
                assert not isinstance(answers, Verdict)
                self._require_own_log()
                replies = self._take_in(round_, asked, answers)
                self._posted = len(self.log)
                try:
                    round_ = script.send(replies)
                except StopIteration:
                    round_ = None
        finally:
            script.close()

    def _require_own_log(self) -> None:
        if len(self.log) != self._posted:
            raise ProtocolError("the log was written to; only the kernel posts messages")

    def _check(self, round_: Round) -> None:
        if not isinstance(round_, Round):
            raise ProtocolError(f"yielded {round_!r}; yield a Round")
        actors = round_.actors
        if not actors or (len(actors) > 1 and len(set(actors)) != len(actors)):
            raise ProtocolError(f"actors={actors} must be distinct and not empty")
        for actor in actors:
            if actor not in self.turns:
                raise ProtocolError(f"actor={actor} is not a member")
        for member, given in round_.assignments.items():
            _check_assignment(given)
            if given.member != member:
                raise ProtocolError(f"assignments[{member}] is for member {given.member}")

    def _consultation(self, round_: Round, actor: int) -> Consultation:
        stage, log = self.stage, self.log
        network = stage.network
        view = round_.view_of(actor)
        if view is None:
            view = self._nothing
        elif view._log is not log:
            raise ProtocolError(f"what member {actor} sees is not a view of this tick's log")
        messages = network.carried(view, actor)
        ids = log.ids_by(actor)
        own = log.only(ids) if ids else self._nothing
        memory = self._nothing
        if round_.remembers:
            memory = network.carried(stage.recall(), actor, own=True)
        assignment = round_.assignments.get(actor)
        if assignment is None and log.addressed:
            assignment = _assignment_for(actor, messages, own, log)
        roster: tuple[int, ...] = ()
        if round_.act is Act.PLAN:
            roster = tuple(sorted({actor, *network.audience_of(actor)}))
        seed = stage.streams.integer(Purpose.MEMBER, stage.tick, len(self.turns[actor]), actor)
        return Consultation(
            stage.minds[actor],
            Observation(
                round_.act, actor, stage.tick, seed, stage.charter, self.task.brief,
                messages, own, memory, assignment, roster,
            ),
        )  # fmt: skip

    def _take_in(
        self, round_: Round, asked: Sequence[Consultation], answers: Sequence[Answer]
    ) -> dict[int, Reply | Failure]:
        index = len(self.rounds)
        self.rounds.append(RoundRecord(round_.act, round_.actors))
        replies: dict[int, Reply | Failure] = {}
        for consultation, answer in zip(asked, answers, strict=True):
            seen = consultation.observation
            reply, dropped = admit(answer.reply, seen)
            replies[seen.member] = reply
            self.turns[seen.member].append(
                Turn(
                    index, round_.act, reply, answer.usage,
                    seen.messages.spans, seen.memory.spans, dropped,
                    round_.assignments.get(seen.member),
                )
            )  # fmt: skip
        for member, reply in replies.items():
            post_reply(self.log, member, self.stage.tick, index, reply)
        return replies

    def _record(self, verdict: Verdict) -> TickRecord:
        stage = self.stage
        members = tuple(
            MemberRecord(m, mind.name, state_of(self.turns[m], self.error), tuple(self.turns[m]))
            for m, mind in stage.minds.items()
        )
        return TickRecord(
            stage.tick, self.task.id, self.task.level, stage.protocol.label,
            members, tuple(self.rounds), verdict, self.error,
        )  # fmt: skip


def state_of(turns: Sequence[Turn], error: str) -> State:
    """The one state a member ends in: work counts most, then its last word, then who broke what."""
    for turn in turns:
        if isinstance(turn.reply, Contribution):
            return State.CONTRIBUTED
    last = turns[-1].reply if turns else None
    if isinstance(last, Failure):
        return State.FAILED
    if isinstance(last, Abstention):
        return State.ABSTAINED
    return State.FAILED if error else State.EXCLUDED


def admit(reply: object, observation: Observation) -> tuple[Reply | Failure, int]:
    """Check a reply against what was asked and seen.

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
    if reply.confidence is not None and not _is_share(reply.confidence):
        raise _broken("confidence", reply.confidence, "a plain number, 0 to 1")
    for item in reply.items:
        if type(item) is not WorkItem or not _is_share(item.quality):
            raise _broken("items", item, "a work item with a plain quality, 0 to 1")
        if not _is_text(item.requirement):
            raise _broken("items", item, "a work item with a requirement's id")
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


def _admit_plan(reply: Plan, observation: Observation) -> tuple[Reply | Failure, int]:
    kept: dict[int, Assignment] = {}
    for part in reply.assignments:
        _check_assignment(part)
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


def _check_assignment(part: object) -> None:
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


def _is_share(value: object) -> bool:
    return type(value) in PLAIN and 0 <= value <= 1  # type: ignore[operator]  # NaN fails too


def _broken(name: str, value: object, rule: str) -> ValueError:
    return ValueError(f"{name}={_printable(repr(value))} is not {rule}")


def _assignment_for(actor: int, messages: View, own: View, log: Log) -> Assignment | None:
    """The latest assignment for a member among what reached it."""
    for i in reversed(log.ids_to(actor)):
        content = log[i].content
        if isinstance(content, Assignment) and (messages.has(i) or own.has(i)):
            return content
    return None
