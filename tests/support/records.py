"""Arbitrary records, stories told round by round, and organizations whose records are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.agents.scripted import Scripted
from unscripted.agents.synthetic.situation import ROLE_TITLES
from unscripted.model.decision import Reply
from unscripted.model.judge import CRITERIA
from unscripted.model.metrics.catalogue import measure_tick
from unscripted.model.networks.building import build_topology
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import MemberRecord, RoundRecord, State, Turn
from unscripted.model.setup import Setup
from unscripted.model.spans import spans_of
from unscripted.model.tasks.files import corpus
from unscripted.model.tasks.stream import CycledTasks


def measure(record, previous=None, scales=None):
    return measure_tick([r for r in (previous, record) if r is not None], scales)


CHECK = settings(
    max_examples=70,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


NEAR = {"rel": 1e-9, "abs": 1e-9}


NAMES = ("analyst", "data analyst", "dataanalyst", "prüfer für straßen")


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.title,
    lambda s: f"  {s}\n",
    lambda s: s.replace(" ", "\t  "),
    lambda s: s.upper().replace(" ", " \u00a0"),
)


TEXTS = ("", "a finding", 'with "quotes"\nand lines', "Ω ≠ \u2028 \U0001f600")


ROLES = st.builds(
    lambda name, spell: spell(name), st.sampled_from(NAMES), st.sampled_from(SPELLINGS)
)


SHARES = st.one_of(st.sampled_from((0.0, 0.1, 1 / 3, 0.5, 1.0)), st.floats(0, 1))


GRADES = st.one_of(st.sampled_from((1.0, 2.0, 4.0)), st.floats(1, 4))


COUNTS = st.integers(0, 5000)


PRICED = st.builds(
    un.Usage, st.integers(0, 3), COUNTS, COUNTS, st.floats(0, 2), st.floats(0, 90, width=32)
)


UNPRICED = st.builds(
    un.Usage, st.integers(0, 3), COUNTS, COUNTS, st.none(), st.floats(0, 90, width=32)
)


VERDICTS = st.one_of(
    st.just(un.Verdict(reason="no judge")),
    st.builds(
        un.Verdict,
        *[GRADES] * len(CRITERIA),
        violations=st.none() | SHARES,
        reason=st.sampled_from(TEXTS),
        usage=PRICED,
    ),
    st.builds(un.Verdict, *[st.none() | GRADES] * len(CRITERIA), violations=st.none() | SHARES),
)


@st.composite
def replies(
    draw: st.DrawFn, act: un.Act, authors: tuple[int, ...], team: tuple[int, ...]
) -> Reply | un.Failure:
    """What an actor may answer, where it can have seen the work of `authors`."""
    kind = draw(st.sampled_from(("work", "work", "work", "abstain", "fail")))
    if kind == "abstain":
        return un.Abstention(draw(st.sampled_from(TEXTS)))
    if kind == "fail":
        return un.Failure(
            draw(st.sampled_from(("error", "timeout", "reply"))), draw(st.sampled_from(TEXTS))
        )
    if act is un.Act.INTEND:
        return un.Intention(draw(ROLES), tuple(draw(st.lists(st.sampled_from(TEXTS), max_size=2))))
    if act is un.Act.PLAN:
        chosen = draw(st.lists(st.sampled_from(team), unique=True, max_size=3))
        return un.Plan(
            tuple(un.Assignment(m, draw(ROLES), (), i + 1) for i, m in enumerate(chosen))
        )
    used = draw(st.lists(st.sampled_from(authors), unique=True, max_size=4)) if authors else []
    return un.Contribution(
        draw(ROLES),
        draw(st.sampled_from(TEXTS)),
        tuple(used),
        draw(st.none() | SHARES),
        (un.WorkItem("part-1", draw(SHARES)),) * draw(st.integers(0, 1)),
    )


@st.composite
def records(draw: st.DrawFn, team: tuple[int, ...] | None = None, tick: int = 0) -> un.TickRecord:
    """Any record of 1 to 12 members and up to 6 rounds; ids have gaps, as after departures."""
    if team is None:
        team = tuple(sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=12))))
    usage = draw(st.sampled_from((PRICED, UNPRICED, st.one_of(PRICED, PRICED, UNPRICED))))
    contribute = st.sampled_from((un.Act.CONTRIBUTE,) * 4 + (un.Act.PLAN, un.Act.INTEND))
    turns: dict[int, list[Turn]] = {m: [] for m in team}
    rounds: list[RoundRecord] = []
    worked: set[int] = set()
    for index in range(draw(st.integers(0, 6))):
        act = draw(contribute)
        actors = tuple(draw(st.lists(st.sampled_from(team), unique=True, min_size=1)))
        rounds.append(RoundRecord(act, actors))
        finished = set()
        for actor in actors:
            others = tuple(sorted(worked - {actor}))
            reply = draw(replies(act, others, team))
            seen = ((0, index),) if index else ()
            turns[actor].append(
                Turn(index, act, reply, draw(usage), seen, seen, draw(st.integers(0, 2)))
            )
            if isinstance(reply, un.Contribution):
                finished.add(actor)
        worked |= finished
    error = draw(st.sampled_from(("", "", "", "protocol x: ValueError: y")))
    return record_of(turns, rounds, tick=tick, verdict=draw(VERDICTS), error=error)


def record_of(
    turns: dict[int, list[Turn]],
    rounds: list[RoundRecord],
    tick: int = 0,
    verdict: un.Verdict | None = None,
    error: str = "",
) -> un.TickRecord:
    """A record of these turns, every member in the state they put it in."""
    members = tuple(
        MemberRecord(m, "mind", ending(own, error), tuple(own)) for m, own in sorted(turns.items())
    )
    verdict = verdict if verdict is not None else un.Verdict()
    return un.TickRecord(tick, "task", "L3", "any", members, tuple(rounds), verdict, error)


def ending(turns: list[Turn], error: str) -> State:
    if any(isinstance(t.reply, un.Contribution) for t in turns):
        return State.CONTRIBUTED
    last = turns[-1].reply if turns else None
    if error or isinstance(last, un.Failure):
        return State.FAILED
    return State.ABSTAINED if isinstance(last, un.Abstention) else State.EXCLUDED


@st.composite
def successions(draw: st.DrawFn) -> tuple[un.TickRecord | None, un.TickRecord]:
    """A record and the one before it, of a team that some left and some joined."""
    now = draw(records(tick=1))
    if draw(st.integers(0, 4)) == 0:
        return None, now
    stayed = [m.member for m in now.members if draw(st.integers(0, 3))]
    before = tuple(sorted({*stayed, *draw(st.sets(st.integers(0, 40), min_size=1, max_size=2))}))
    return draw(records(team=before)), now


def story(
    *rounds: dict[int, un.Contribution | un.Abstention | un.Failure | un.Intention],
) -> un.TickRecord:
    """A record of rounds in which members answer as said, having seen all they build on."""
    turns: dict[int, list[Turn]] = {m: [] for played in rounds for m in played}
    made = []
    authors: list[int] = []  # of the messages so far
    for index, played in enumerate(rounds):
        act = (
            un.Act.INTEND
            if any(isinstance(r, un.Intention) for r in played.values())
            else un.Act.CONTRIBUTE
        )
        made.append(RoundRecord(act, tuple(played)))
        for member, reply in played.items():
            used = reply.builds_on if isinstance(reply, un.Contribution) else ()
            seen = spans_of(i for i, author in enumerate(authors) if author in used)
            turns[member].append(Turn(index, act, reply, seen=seen))
        spoke = (un.Contribution, un.Intention)
        authors += [member for member, reply in played.items() if isinstance(reply, spoke)]
    return record_of(turns, made)


def work(role: str = "role", on: tuple[int, ...] = ()) -> un.Contribution:
    return un.Contribution(role, "done", on)


def with_roles(*names: str) -> un.TickRecord:
    return story({member: work(name) for member, name in enumerate(names)})


def all_turns(record: un.TickRecord) -> Iterator[tuple[int, Turn]]:
    for m in record.members:
        for turn in m.turns:
            yield m.member, turn


def works_of(record: un.TickRecord) -> list[tuple[int, int, un.Contribution]]:
    return [
        (member, turn.round, turn.reply)
        for member, turn in all_turns(record)
        if isinstance(turn.reply, un.Contribution)
    ]


def graded(grade: float, usage: un.Usage, violations: float = 0.0) -> un.TickRecord:
    return record_of(
        {0: [Turn(0, un.Act.CONTRIBUTE, work(), usage)]},
        [RoundRecord(un.Act.CONTRIBUTE, (0,))],
        verdict=un.Verdict(*[grade] * 5, violations=violations),
    )


FULL = graded(3.0, un.Usage(cost_usd=0.1))


@dataclass
class Witness(un.Judge):
    """Keeps what it was shown; gives no grades."""

    instant = True

    def __post_init__(self) -> None:
        self.shown: list[tuple[object, ...]] = []

    def appraise(self, submission):
        self.shown.append(submission.works)
        return un.Verdict(*[2.0] * 5, violations=0.0)


def small_organization(protocol: str, judge: un.Judge) -> un.BaseOrganization:
    def build(observation):
        used = tuple(dict.fromkeys(m.author for m in observation.messages))[-2:]
        role = ROLE_TITLES[(observation.member + observation.tick) % 3]
        usage = un.Usage(1, 10, 20 + observation.member, 0.01, 1.0 + observation.member)
        return un.Answer(un.Contribution(role, f"by {observation.member}", used), usage)

    def plan(observation):
        rest = observation.roster[:3]
        return un.Plan(tuple(un.Assignment(m, f"role {m}") for m in rest))

    minds = [
        Scripted([build], intentions=[un.Intention("builder")], plans=[plan]),
        Scripted([build, un.Abstention("no")], intentions=[un.Intention("builder")]),
        Scripted([RuntimeError("lost"), build]),
        Scripted([un.Abstention("no"), build, build], intentions=[un.Intention("lead")]),
        Scripted([build]),
    ]
    graph = build_topology("complete", len(minds), 0)
    stream = CycledTasks(corpus()[:4], 0)
    return un.BaseOrganization(
        Setup(minds, graph, discover("protocols")[protocol](), stream, judge), rng=3
    )
