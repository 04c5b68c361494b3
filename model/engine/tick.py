"""One tick as a generator: it yields what must be decided and is sent the outcomes.

No mind is called here and nothing is awaited; `driver.py` does that, at once or with hundreds
of calls in flight. Both give the same record for the same replies, because this code alone
decides who sees what and in which order replies are taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..decision import Abstention, Act, Answer, Assignment, Contribution, Failure, Reply
from ..errors import ProtocolError
from ..ground_truth.family import ScoredTask
from ..ground_truth.scoring import GroundTruth
from ..judge import Judge, Submission, Verdict, Work, undelivered
from ..messages import Log, Mark, View
from ..mind import Mind
from ..networks.team_network import TeamNetwork
from ..observation import Charter, Observation
from ..protocol import Marks, Protocol, Round, Team
from ..randomness import Purpose, Streams
from ..record import SPOKEN, MemberRecord, RoundRecord, State, TickRecord, Turn, post_reply
from ..ruling import Amendment, Ruling
from ..spans import cut_out, ids_in
from ..tasks.task import Task
from .admission import admit, check_assignment
from .finishing import actions_of, answers_of, scored, seen_so_far


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


Request = Sequence[Consultation] | Appraisal
Sent = Sequence[Answer] | Verdict
Script = Generator[Request, Sent, TickRecord]
Asked = Generator[Request, Sent, dict[int, Reply | Failure]]


def _refuse(amendment: Amendment, by: int | None) -> Ruling:
    return Ruling(amendment, False, "this organization has no constitution", 0, by)


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
        recall: Gives a member's organizational memory, where it is open to it.
        judge: Grades the work; None leaves quality unmeasured.
        remembers: Whether memory is open in every round, whatever the protocol says.
        past: The records of all earlier ticks.
        skills: What each member has practised; empty where skills don't grow.
        rule: Rules on proposals to change the organization's rules.
        shocks: What happened just before the tick, in words.
    """

    tick: int
    protocol: Protocol
    minds: Mapping[int, Mind]
    network: TeamNetwork
    streams: Streams
    charter: Charter
    domains: tuple[str, ...]
    recall: Callable[[int], View]
    judge: Judge | None
    remembers: bool = False
    past: Sequence[TickRecord] = ()
    skills: Mapping[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    rule: Callable[[Amendment, int | None], Ruling] = _refuse
    shocks: tuple[str, ...] = ()


class Tick:
    """The state of one tick while it is played.

    Args:
        stage: What it is played on.
        task: What is worked on.
    """

    def __init__(self, stage: Stage, task: Task) -> None:
        self.stage = stage
        self.task = task
        self.log = Log()
        self.turns: dict[int, list[Turn]] = {member: [] for member in stage.minds}
        self.rounds: list[RoundRecord] = []
        self.rulings: list[Ruling] = []
        self.error = ""
        self.scored = task if isinstance(task, ScoredTask) else None
        self.environment = task.family.environment(task) if isinstance(task, ScoredTask) else None
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
            past=stage.past,
            propose=self._propose,
            task_domains=self.task.domains or stage.domains,
        )
        try:
            yield from self._play_rounds(team)
        except Exception as error:  # a protocol is foreign code: its fault must not stop the run
            self.error = f"protocol {stage.protocol.name}: {type(error).__name__}: {error}"
        try:
            yield from self._finish(team)
        except Exception as error:  # so is an environment
            self.error = self.error or f"task {self.task.id}: {type(error).__name__}: {error}"
        verdict = Verdict(reason="no judge")
        if stage.judge is not None:
            contents = [m.content for m in self.log]
            works = tuple(Work(c.work, c.items) for c in contents if isinstance(c, Contribution))
            verdict = undelivered(self.task.rubric)
            if works:
                seed = stage.streams.integer(Purpose.JUDGE, stage.tick)
                submission = Submission(self.task, works, stage.charter.mission, seed, stage.tick)
                reply = yield Appraisal(stage.judge, submission)
                assert isinstance(reply, Verdict)
                verdict = reply
        return self._record(verdict)

    def _play_rounds(self, team: Team) -> Generator[Request, Sent, None]:
        script = self.stage.protocol.rounds(team)
        limit = 16 + 8 * len(team.members)
        try:
            round_ = next(script, None)
            while round_ is not None:
                self._check(round_)
                if round_.marks:
                    self._check_marks(round_)
                if len(self.rounds) == limit:
                    raise ProtocolError(f"rounds exceed {limit} for n_agents={len(team.members)}")
                replies = yield from self._ask(round_)
                try:
                    round_ = script.send(replies)
                except StopIteration:
                    round_ = None
        finally:
            script.close()

    def _ask(self, round_: Round) -> Asked:
        consultations = [self._consultation(round_, actor) for actor in round_.actors]
        answers = yield consultations
        assert not isinstance(answers, Verdict)
        if len(self.log) != self._posted:
            raise ProtocolError("the log was written to; only the kernel posts messages")
        return self._take_in(round_, consultations, answers)

    def _finish(self, team: Team) -> Generator[Request, Sent, None]:
        """Moves through the task's environment, or a last call for answers; costs count."""
        environment = self.environment
        if environment is not None:
            while actors := environment.actors:
                replies = yield from self._ask(Round(Act.MOVE, actors, self._views(team, actors)))
                environment.step(actions_of(replies))
        elif self.scored is not None:
            given = answers_of(self.turns, self.rounds)
            silent = tuple(m for m in self.turns if m not in given)
            if silent:
                yield from self._ask(Round(Act.ANSWER, silent, self._views(team, silent)))

    def _views(self, team: Team, actors: tuple[int, ...]) -> View | dict[int, View]:
        """What is seen after the protocol's rounds: what it says, or what was seen until then."""
        try:
            closing = self.stage.protocol.sees_at_close(team)
        except Exception as error:
            self.error = self.error or f"protocol {self.stage.protocol.name}: {error}"
            closing = None
        if isinstance(closing, View) and closing._log is self.log:
            return closing
        return {m: seen_so_far(self.log, self.turns[m]) for m in actors}

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
            check_assignment(given)
            if given.member != member:
                raise ProtocolError(f"assignments[{member}] is for member {given.member}")

    def _check_marks(self, round_: Round) -> None:
        actors = set(round_.actors)
        for member, board in round_.marks.items():
            if type(board) is not Marks or board.sources._log is not self.log:
                raise ProtocolError(f"marks[{member}] are not Marks made of this tick's messages")
            if member not in actors:
                raise ProtocolError(f"marks[{member}] are for a member that does not act")
            for mark in board.shown:
                if type(mark) is not Mark or not 0 <= mark.strength <= 1 or not mark.topic:
                    raise ProtocolError(f"mark={mark!r} needs a topic and a strength of 0 to 1")
            carried = self.stage.network.carried(board.sources, member, own=True)
            if len(carried) != len(board.sources):
                raise ProtocolError(
                    f"marks[{member}] are made of messages that the network does not carry to it"
                )

    def _propose(self, amendment: Amendment, by: int | None = None) -> Ruling:
        ruling = self.stage.rule(amendment, by)
        self.rulings.append(ruling)
        return ruling

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
        if round_.remembers or stage.remembers:
            memory = stage.recall(actor)
        assignment = round_.assignments.get(actor)
        if assignment is None and log.addressed and round_.binding:
            assignment = _assignment_for(actor, messages, own, log)
        roster: tuple[int, ...] = ()
        if round_.act is Act.PLAN:
            roster = tuple(sorted({actor, *network.audience_of(actor)}))
        elif round_.act is Act.SAY or round_.act is Act.MOVE:
            roster = network.audience_of(actor)
        private = form = None
        if self.scored is not None:
            layout = self.scored.layout
            private, form = layout.parts.get(actor), layout.forms.get(actor)
            if round_.act is Act.MOVE and self.environment is not None:
                private, form = self.environment.observe(actor), self.environment.form(actor)
        seed = stage.streams.integer(Purpose.MEMBER, stage.tick, len(self.turns[actor]), actor)
        return Consultation(
            stage.minds[actor],
            Observation(
                round_.act, actor, stage.tick, seed, stage.charter, self.task.brief,
                messages, own, memory, assignment, roster,
                round_.marks[actor].shown if actor in round_.marks else (),
                stage.skills.get(actor, ()), private, form,
            ),
        )  # fmt: skip

    def _take_in(
        self, round_: Round, consultations: Sequence[Consultation], answers: Sequence[Answer]
    ) -> dict[int, Reply | Failure]:
        index = len(self.rounds)
        self.rounds.append(RoundRecord(round_.act, round_.actors))
        replies: dict[int, Reply | Failure] = {}
        for consultation, answer in zip(consultations, answers, strict=True):
            shown = seen = consultation.observation
            member = seen.member
            trace = answer.trace
            if trace is not None and trace.unread:  # what it did not read it can't build on
                read = cut_out(seen.messages.spans, ids_in(trace.unread))
                seen = replace(seen, messages=View(self.log, read))
            reply, dropped = admit(answer.reply, seen)
            replies[member] = reply
            if type(reply) is Amendment:
                self._propose(reply, member)
            board = round_.marks.get(member)
            self.turns[member].append(
                Turn(
                    index, round_.act, reply, answer.usage,
                    shown.messages.spans, shown.memory.spans, dropped,
                    round_.assignments.get(member), trace,
                    shown.marks, board.sources.spans if board is not None else (), shown.skills,
                )
            )  # fmt: skip
            # No view of this round reaches so far, so nobody in it can name what is posted here.
            post_reply(self.log, member, self.stage.tick, index, reply)
        self._posted = len(self.log)
        return replies

    def _scored(self, verdict: Verdict) -> tuple[Verdict, GroundTruth | None]:
        """The verdict with what code makes of the answers, and what is known of the task."""
        if self.scored is None:
            return verdict, None
        answers = answers_of(self.turns, self.rounds)
        try:
            score, truth = scored(self.scored, answers, self.environment)
        except Exception as error:  # a scorer is foreign code, too
            self.error = self.error or f"task {self.task.id}: {type(error).__name__}: {error}"
            return verdict, None
        reason = score.reason if self.stage.judge is None else verdict.reason
        return replace(verdict, score=float(score.score), reason=reason), truth

    def _record(self, verdict: Verdict) -> TickRecord:
        stage = self.stage
        verdict, truth = self._scored(verdict)
        members = tuple(
            MemberRecord(m, mind.name, state_of(self.turns[m], self.error), tuple(self.turns[m]))
            for m, mind in stage.minds.items()
        )
        return TickRecord(
            stage.tick, self.task.id, self.task.level, stage.protocol.label,
            members, tuple(self.rounds), verdict, self.error, stage.shocks, tuple(self.rulings),
            truth,
        )  # fmt: skip


def state_of(turns: Sequence[Turn], error: str) -> State:
    """The one state a member ends in: work counts most, then its last word, then who broke what.

    What it says about the rules is no word on the task, and an answer that everybody is asked for
    is none on whether it took part.

    Args:
        turns: Its decisions in the tick, in order.
        error: Why the protocol broke; empty where it did not.
    """
    last = None
    for turn in turns:
        if isinstance(turn.reply, SPOKEN):
            return State.CONTRIBUTED
        if turn.act not in (Act.AMEND, Act.ANSWER):
            last = turn.reply
    if isinstance(last, Failure):
        return State.FAILED
    if isinstance(last, Abstention):
        return State.ABSTAINED
    return State.FAILED if error else State.EXCLUDED


def _assignment_for(actor: int, messages: View, own: View, log: Log) -> Assignment | None:
    """The latest assignment for a member among what reached it."""
    for i in reversed(log.ids_to(actor)):
        content = log[i].content
        if isinstance(content, Assignment) and (messages.has(i) or own.has(i)):
            return content
    return None
