"""Every measure against a second definition of it, over arbitrary records; and records as JSON.

The references below share no code with the package: they count, loop and enumerate where the
package is quick. A measure without a reference fails the first test.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from unscripted.agents.scripted import Scripted
from unscripted.agents.synthetic.situation import ROLE_TITLES
from unscripted.model.decision import (
    Abstention,
    Act,
    Answer,
    Assignment,
    Contribution,
    Failure,
    Intention,
    Plan,
    Reply,
    Usage,
    WorkItem,
)
from unscripted.model.errors import UsageError
from unscripted.model.judge import CRITERIA, Judge, Verdict, Work
from unscripted.model.metrics import MEASURES, OF_RECORD, Scales, measure
from unscripted.model.metrics import performance as outcome
from unscripted.model.networks.building import build_topology
from unscripted.model.organization import Organization
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn
from unscripted.model.setup import Ingredients
from unscripted.model.tasks.files import corpus
from unscripted.model.tasks.stream import CycledTasks

CHECK = settings(
    max_examples=70,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NEAR = {"rel": 1e-9, "abs": 1e-9}

# --- a strategy for every record a kernel could write ---------------------------------------

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
    Usage, st.integers(0, 3), COUNTS, COUNTS, st.floats(0, 2), st.floats(0, 90, width=32)
)
UNPRICED = st.builds(
    Usage, st.integers(0, 3), COUNTS, COUNTS, st.none(), st.floats(0, 90, width=32)
)
VERDICTS = st.one_of(
    st.just(Verdict(reason="no judge")),
    st.builds(
        Verdict,
        *[GRADES] * len(CRITERIA),
        violations=st.none() | SHARES,
        reason=st.sampled_from(TEXTS),
        usage=PRICED,
    ),
    st.builds(Verdict, *[st.none() | GRADES] * len(CRITERIA), violations=st.none() | SHARES),
)
SCALES = st.builds(
    Scales,
    *[st.floats(0, 3)] * 5,
    time_ref_s=st.floats(0.5, 500),
    cost_ref_usd=st.floats(0.01, 5),
)


@st.composite
def replies(
    draw: st.DrawFn, act: Act, authors: tuple[int, ...], team: tuple[int, ...]
) -> Reply | Failure:
    """What an actor may answer, where it can have seen the work of `authors`."""
    kind = draw(st.sampled_from(("work", "work", "work", "abstain", "fail")))
    if kind == "abstain":
        return Abstention(draw(st.sampled_from(TEXTS)))
    if kind == "fail":
        return Failure(
            draw(st.sampled_from(("error", "timeout", "reply"))), draw(st.sampled_from(TEXTS))
        )
    if act is Act.INTEND:
        return Intention(draw(ROLES), tuple(draw(st.lists(st.sampled_from(TEXTS), max_size=2))))
    if act is Act.PLAN:
        chosen = draw(st.lists(st.sampled_from(team), unique=True, max_size=3))
        return Plan(tuple(Assignment(m, draw(ROLES), (), i + 1) for i, m in enumerate(chosen)))
    used = draw(st.lists(st.sampled_from(authors), unique=True, max_size=4)) if authors else []
    return Contribution(
        draw(ROLES),
        draw(st.sampled_from(TEXTS)),
        tuple(used),
        draw(st.none() | SHARES),
        (WorkItem("part-1", draw(SHARES)),) * draw(st.integers(0, 1)),
    )


@st.composite
def records(draw: st.DrawFn, team: tuple[int, ...] | None = None, tick: int = 0) -> TickRecord:
    """Any record of 1 to 12 members and up to 6 rounds; ids have gaps, as after departures."""
    if team is None:
        team = tuple(sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=12))))
    usage = draw(st.sampled_from((PRICED, UNPRICED, st.one_of(PRICED, PRICED, UNPRICED))))
    contribute = st.sampled_from((Act.CONTRIBUTE,) * 4 + (Act.PLAN, Act.INTEND))
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
            if isinstance(reply, Contribution):
                finished.add(actor)
        worked |= finished
    error = draw(st.sampled_from(("", "", "", "protocol x: ValueError: y")))
    return record_of(turns, rounds, tick=tick, verdict=draw(VERDICTS), error=error)


def record_of(
    turns: dict[int, list[Turn]],
    rounds: list[RoundRecord],
    tick: int = 0,
    verdict: Verdict | None = None,
    error: str = "",
) -> TickRecord:
    """A record of these turns, every member in the state they put it in."""
    members = tuple(
        MemberRecord(m, "mind", ending(own, error), tuple(own)) for m, own in sorted(turns.items())
    )
    verdict = verdict if verdict is not None else Verdict()
    return TickRecord(tick, "task", "L3", "any", members, tuple(rounds), verdict, error)


def ending(turns: list[Turn], error: str) -> State:
    if any(isinstance(t.reply, Contribution) for t in turns):
        return State.CONTRIBUTED
    last = turns[-1].reply if turns else None
    if error or isinstance(last, Failure):
        return State.FAILED
    return State.ABSTAINED if isinstance(last, Abstention) else State.EXCLUDED


@st.composite
def successions(draw: st.DrawFn) -> tuple[TickRecord | None, TickRecord]:
    """A record and the one before it, of a team that some left and some joined."""
    now = draw(records(tick=1))
    if draw(st.integers(0, 4)) == 0:
        return None, now
    stayed = [m.member for m in now.members if draw(st.integers(0, 3))]
    before = tuple(sorted({*stayed, *draw(st.sets(st.integers(0, 40), min_size=1, max_size=2))}))
    return draw(records(team=before)), now


def story(*rounds: dict[int, Contribution | Abstention | Failure | Intention]) -> TickRecord:
    """A record of rounds in which members answer as said; costs nothing known."""
    turns: dict[int, list[Turn]] = {m: [] for played in rounds for m in played}
    made = []
    for index, played in enumerate(rounds):
        act = (
            Act.INTEND if any(isinstance(r, Intention) for r in played.values()) else Act.CONTRIBUTE
        )
        made.append(RoundRecord(act, tuple(played)))
        for member, reply in played.items():
            turns[member].append(Turn(index, act, reply))
    return record_of(turns, made)


def work(role: str = "role", on: tuple[int, ...] = ()) -> Contribution:
    return Contribution(role, "done", on)


def with_roles(*names: str) -> TickRecord:
    return story({member: work(name) for member, name in enumerate(names)})


# --- the references -------------------------------------------------------------------------


def all_turns(record: TickRecord) -> Iterator[tuple[int, Turn]]:
    for m in record.members:
        for turn in m.turns:
            yield m.member, turn


def final_roles(record: TickRecord) -> dict[int, list[str]]:
    """Each contributor's last role as its folded words."""
    found: dict[int, list[str]] = {}
    for index in range(len(record.rounds)):
        for member, turn in all_turns(record):
            if turn.round == index and isinstance(turn.reply, Contribution):
                found[member] = [w for w in re.split(r"\s+", turn.reply.role.casefold()) if w]
    return found


def role_classes(record: TickRecord) -> list[int]:
    """Sizes of the classes of members with the same role."""
    left = list(final_roles(record).values())
    sizes = []
    while left:
        same = [r for r in left if r == left[0]]
        left = [r for r in left if r != left[0]]
        sizes.append(len(same))
    return sizes


def works_of(record: TickRecord) -> list[tuple[int, int, Contribution]]:
    return [
        (member, turn.round, turn.reply)
        for member, turn in all_turns(record)
        if isinstance(turn.reply, Contribution)
    ]


def ref_stability(record: TickRecord, previous: TickRecord | None) -> float | None:
    kept = both = 0
    if previous is not None:
        old, new = final_roles(previous), final_roles(record)
        for a in old:
            for b in new:
                if a == b:
                    both += 1
                    kept += old[a] == new[b]
    return kept / both if both else None


def ref_quality(record: TickRecord) -> float | None:
    total = 0.0
    for name in CRITERIA[:4]:
        grade = getattr(record.verdict, name)
        if grade is None:
            return None
        total += grade
    return total / 16


def ref_mission(record: TickRecord) -> float | None:
    grade = getattr(record.verdict, CRITERIA[4])
    return grade if grade is None else 0.25 * grade


def ref_unique(record: TickRecord) -> int | None:
    return len(role_classes(record)) if works_of(record) else None


def ref_unique_share(record: TickRecord) -> float | None:
    """One over the mean size of a class."""
    sizes = role_classes(record)
    return 1 / (sum(sizes) / len(sizes)) if sizes else None


def ref_gini(record: TickRecord) -> float | None:
    sizes = role_classes(record)
    apart = sum(abs(a - b) for a in sizes for b in sizes)
    return apart / (2 * len(sizes) * sum(sizes)) if sizes else None


def ref_entropy(record: TickRecord) -> float | None:
    sizes = role_classes(record)
    n = sum(sizes)
    if n < 2:
        return None
    bits = 0.0
    for size in sizes:
        for _ in range(size):  # each member is surprised by its own role
            bits += math.log2(n / size) / n
    return bits / math.log2(n)


def ref_state(state: State) -> Callable[[TickRecord], float]:
    """The share of a state, recounted from the turns."""

    def share(record: TickRecord) -> float:
        ends = [ending(list(m.turns), record.error) for m in record.members]
        return ends.count(state) / len(ends)

    return share


def ref_depth(record: TickRecord) -> int:
    """Longest path in the network of works: an edge from each earlier work of those named."""
    works = works_of(record)
    graph: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
    graph.add_nodes_from((member, round_) for member, round_, _ in works)
    for member, round_, reply in works:
        for other, earlier, _ in works:
            if other in reply.builds_on and earlier < round_:
                graph.add_edge((other, earlier), (member, round_))
    return len(nx.dag_longest_path(graph))


def ref_gap(record: TickRecord) -> float | None:
    """By singular values of the incidence matrix, whose squares are the Laplacian's eigenvalues."""
    works = works_of(record)
    nodes = sorted({member for member, _, _ in works})
    if len(nodes) < 2:
        return None
    pairs = sorted({tuple(sorted((m, a))) for m, _, reply in works for a in reply.builds_on})
    incidence = np.zeros((len(nodes), max(len(pairs), len(nodes))))
    for column, (a, b) in enumerate(pairs):
        incidence[nodes.index(a), column] = 1.0
        incidence[nodes.index(b), column] = -1.0
    return float(np.sort(np.linalg.svd(incidence, compute_uv=False))[1] ** 2)


def ref_calls(record: TickRecord) -> int:
    return sum(turn.usage.calls for _, turn in all_turns(record))


def ref_tokens(record: TickRecord) -> int:
    total = 0
    for _, turn in all_turns(record):
        total += turn.usage.tokens_in
        total += turn.usage.tokens_out
    return total


def ref_cost(record: TickRecord) -> float | None:
    prices = [turn.usage.cost_usd for _, turn in all_turns(record)]
    return None if None in prices or not prices else math.fsum(prices)


def ref_wall(record: TickRecord) -> float:
    """Round by round: the round lasts as long as its slowest actor."""
    total = 0.0
    for index in range(len(record.rounds)):
        total += max(
            (turn.usage.latency_s for _, turn in all_turns(record) if turn.round == index),
            default=0,
        )
    return total


def ref_risk(record: TickRecord) -> float | None:
    """e + v - ev: the chance of either of two independent faults."""
    turns = [turn for _, turn in all_turns(record)]
    v = record.verdict.violations
    if not turns:
        return v
    e = len([t for t in turns if isinstance(t.reply, Failure)]) / len(turns)
    return e if v is None else e + v - e * v


def ref_objective(record: TickRecord, scales: Scales) -> float | None:
    terms = (
        (scales.quality, ref_quality(record)),
        (scales.mission, ref_mission(record)),
        (-scales.time_per_s, ref_wall(record)),
        (-scales.cost_per_usd, ref_cost(record)),
        (-scales.risk, ref_risk(record)),
    )
    if any(value is None for _, value in terms):
        return None
    return math.fsum(weight * value for weight, value in terms)


def ref_balance(record: TickRecord, scales: Scales) -> float | None:
    q, m, c, r = (f(record) for f in (ref_quality, ref_mission, ref_cost, ref_risk))
    if None in (q, m, c, r):
        return None
    hats = (
        (4 * q - 1) / 3,
        (4 * m - 1) / 3,
        1 / (1 + ref_wall(record) / scales.time_ref_s),
        1 / (1 + c / scales.cost_ref_usd),
        1 - r,
    )
    return math.fsum(w * hat for w, hat in zip((0.25, 0.2, 0.2, 0.2, 0.15), hats, strict=True))


OF_ONE = {
    "quality": ref_quality,
    "mission_relevance": ref_mission,
    "unique_roles": ref_unique,
    "unique_role_share": ref_unique_share,
    "role_gini": ref_gini,
    "role_entropy": ref_entropy,
    "participation": ref_state(State.CONTRIBUTED),
    "abstention_rate": ref_state(State.ABSTAINED),
    "exclusion_rate": ref_state(State.EXCLUDED),
    "failure_rate": ref_state(State.FAILED),
    "hierarchy_depth": ref_depth,
    "spectral_gap": ref_gap,
    "rounds": lambda record: 1 + max((t.round for _, t in all_turns(record)), default=-1),
    "calls": ref_calls,
    "tokens": ref_tokens,
    "cost_usd": ref_cost,
    "wall_s": ref_wall,
    "risk": ref_risk,
}
Reference = Callable[[TickRecord, TickRecord | None, Scales], float | None]
REFERENCES: dict[str, Reference] = {
    **{name: (lambda r, p, s, f=f: f(r)) for name, f in OF_ONE.items()},
    "role_stability": lambda r, p, s: ref_stability(r, p),
    "objective": lambda r, p, s: ref_objective(r, s),
    "balance": lambda r, p, s: ref_balance(r, s),
}
BOUNDS = {
    "role_stability": (0, 1),
    "quality": (0.25, 1),
    "mission_relevance": (0.25, 1),
    "unique_roles": (1, 12),
    "unique_role_share": (1 / 12, 1),
    "role_gini": (0, 1),
    "role_entropy": (0, 1),
    "participation": (0, 1),
    "abstention_rate": (0, 1),
    "exclusion_rate": (0, 1),
    "failure_rate": (0, 1),
    "hierarchy_depth": (0, 6),
    "spectral_gap": (0, 12),
    "rounds": (0, math.inf),
    "calls": (0, math.inf),
    "tokens": (0, math.inf),
    "cost_usd": (0, math.inf),
    "wall_s": (0, math.inf),
    "risk": (0, 1),
    "objective": (-math.inf, 1.5),
    "balance": (0, 1),
}


def test_every_measure_has_a_reference_and_a_range():
    assert set(REFERENCES) == set(MEASURES) == set(BOUNDS)
    assert len(MEASURES) == len(set(MEASURES)) == len(OF_RECORD) + 3
    assert sorted(name for names in FAMILIES.values() for name in names) == sorted(MEASURES)


def test_every_measure_has_its_line_in_the_documentation_in_the_order_reported():
    text = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)[: len(MEASURES)] == list(MEASURES)
    for f in fields(Scales):
        assert re.search(rf"^\| `{f.name}` \| {f.default:g}(\.0)? \|", text, re.MULTILINE), f.name


FAMILIES: dict[str, list[str]] = {"roles": ["role_stability"], "outcome": ["objective", "balance"]}
for _name, _function in OF_RECORD.items():
    FAMILIES.setdefault(_function.__module__.rpartition(".")[2], []).append(_name)


@pytest.mark.parametrize("family", sorted(FAMILIES))
@settings(CHECK, max_examples=120)
@given(pair=successions(), scales=SCALES)
def test_every_measure_of_a_family_agrees_with_its_reference(family, pair, scales):
    previous, record = pair
    values = measure(record, previous, scales)
    for name in FAMILIES[family]:
        expected = REFERENCES[name](record, previous, scales)
        wanted = None if expected is None else pytest.approx(expected, **NEAR)
        assert values[name] == wanted, name


@CHECK
@given(successions())
def test_all_measures_are_reported_in_order_and_within_their_ranges(pair):
    previous, record = pair
    values = measure(record, previous)
    assert list(values) == ["role_stability", *OF_RECORD, "objective", "balance"]
    for name, value in values.items():
        low, high = BOUNDS[name]
        if value is not None:
            assert math.isfinite(value), name
            assert low - 1e-12 <= value <= high + 1e-12, name


@CHECK
@given(records())
def test_the_four_shares_of_participation_sum_to_one(record):
    values = measure(record)
    names = ("participation", "abstention_rate", "exclusion_rate", "failure_rate")
    shares = [values[name] for name in names]
    assert sum(shares) == pytest.approx(1.0)
    assert all(
        (s * len(record.members)) == pytest.approx(round(s * len(record.members))) for s in shares
    )


@CHECK
@given(records())
def test_totals_are_the_sums_over_members(record):
    alone = [replace(record, members=(m,)) for m in record.members]
    assert outcome.calls(record) == sum(outcome.calls(r) for r in alone)
    assert outcome.tokens(record) == sum(outcome.tokens(r) for r in alone)
    costs = [outcome.cost_usd(r) for r, m in zip(alone, record.members, strict=True) if m.turns]
    if costs and None not in costs:
        assert outcome.cost_usd(record) == pytest.approx(sum(costs))
    else:
        assert outcome.cost_usd(record) is None
    # Time is no total: members of a round work side by side.
    times = [outcome.wall_s(r) for r in alone]
    assert max(times) - 1e-9 <= outcome.wall_s(record) <= sum(times) + 1e-9


@CHECK
@given(records())
def test_depth_never_exceeds_the_rounds_with_work_and_is_zero_only_without_any(record):
    rounds_with_work = {round_ for _, round_, _ in works_of(record)}
    depth = measure(record)["hierarchy_depth"]
    assert min(1, len(rounds_with_work)) <= depth <= len(rounds_with_work)


@CHECK
@given(records(), st.randoms(use_true_random=False))
def test_measures_of_roles_and_structure_do_not_depend_on_who_is_who(record, random):
    ids = [m.member for m in record.members]
    fresh = random.sample(range(100), len(ids))
    to = dict(zip(ids, fresh, strict=True))

    def renamed(turn: Turn) -> Turn:
        if isinstance(turn.reply, Contribution):
            used = tuple(to[a] for a in turn.reply.builds_on)
            return replace(turn, reply=replace(turn.reply, builds_on=used))
        return turn

    other = record_of(
        {to[m.member]: [renamed(t) for t in m.turns] for m in record.members},
        [RoundRecord(r.act, tuple(to[a] for a in r.actors)) for r in record.rounds],
        verdict=record.verdict,
        error=record.error,
    )
    for name, value in measure(record).items():
        expected = None if value is None else pytest.approx(value, **NEAR)
        assert measure(other)[name] == expected, name


# --- values known in closed form ------------------------------------------------------------


def test_role_measures_have_the_values_worked_out_by_hand():
    values = measure(with_roles("a", "b", "b", "c", "c", "c"))
    assert values["unique_roles"] == 3
    assert values["unique_role_share"] == 0.5
    assert values["role_gini"] == pytest.approx(8 / 36)  # pairs differ by 1, 1, 2, counted twice
    entropy = -(1 / 6 * math.log(1 / 6) + 1 / 3 * math.log(1 / 3) + 1 / 2 * math.log(1 / 2))
    assert values["role_entropy"] == pytest.approx(entropy / math.log(6))


@pytest.mark.parametrize(
    ("names", "share", "gini", "entropy"),
    [
        (("lead",) * 5, 1 / 5, 0.0, 0.0),
        (("a", "b", "c", "d", "e"), 1.0, 0.0, 1.0),
        (("a", "a", "b", "b"), 0.5, 0.0, 0.5),
    ],
)
def test_role_measures_reach_their_extremes(names, share, gini, entropy):
    values = measure(with_roles(*names))
    assert values["unique_role_share"] == pytest.approx(share)
    assert values["role_gini"] == pytest.approx(gini, abs=1e-12)
    assert values["role_entropy"] == pytest.approx(entropy, abs=1e-12)
    assert math.copysign(1, values["role_entropy"]) == 1  # not a negative zero


def test_roles_that_differ_in_case_and_spacing_alone_are_one_role():
    record = with_roles("Data  Analyst", "data analyst", " DATA\tANALYST ", "dataanalyst")
    assert measure(record)["unique_roles"] == 2
    assert measure(with_roles("straßenplaner", "STRASSENPLANER"))["unique_roles"] == 1
    before = with_roles("data ANALYST", "someone else", "data\nanalyst", "dataanalyst")
    assert measure(record, before)["role_stability"] == 0.75


def test_a_members_role_is_that_of_its_last_contribution():
    record = story({0: work("first")}, {0: work("second"), 1: work("second")})
    assert measure(record)["unique_roles"] == 1


def test_stability_counts_only_members_with_a_role_on_both_tasks():
    before = story({0: work("a"), 1: work("b"), 2: work("c"), 3: Abstention("")})
    now = story({0: work("a"), 1: work("x"), 2: Failure("error", ""), 3: work("d"), 4: work("e")})
    assert measure(now, before)["role_stability"] == 0.5


def test_an_intention_alone_is_neither_a_role_nor_work():
    record = story({0: Intention("a"), 1: Intention("b")}, {1: work("c")})
    values = measure(record)
    assert (values["unique_roles"], values["hierarchy_depth"]) == (1, 1)


def test_a_chain_of_works_is_as_deep_as_it_is_long_and_parallel_work_is_flat():
    chain = story(*({i: work(on=(i - 1,) if i else ())} for i in range(7)))
    assert measure(chain)["hierarchy_depth"] == 7
    flat = story(*({i: work()} for i in range(7)))
    assert measure(flat)["hierarchy_depth"] == 1
    assert measure(story({0: Abstention("")}))["hierarchy_depth"] == 0


def test_work_of_the_same_round_does_not_deepen_the_hierarchy():
    record = story({0: work()}, {1: work(on=(0,)), 2: work(on=(1,)), 0: work(on=(1,))})
    assert measure(record)["hierarchy_depth"] == 2


def test_a_member_builds_on_itself_only_through_others():
    back = story({0: work()}, {1: work(on=(0,))}, {0: work(on=(1,))}, {1: work(on=(0,))})
    assert measure(back)["hierarchy_depth"] == 4
    alone = story({0: work()}, {0: work()}, {0: work()})
    assert measure(alone)["hierarchy_depth"] == 1


def test_a_chain_runs_through_any_earlier_work_of_a_member_not_just_its_latest():
    record = story({0: work()}, {1: work(on=(0,))}, {1: work()}, {2: work(on=(1,))})
    assert measure(record)["hierarchy_depth"] == 3


def star_record(n: int) -> TickRecord:
    return story({0: work()}, {i: work(on=(0,)) for i in range(1, n)})


def chain_record(n: int) -> TickRecord:
    return story(*({i: work(on=(i - 1,) if i else ())} for i in range(n)))


def complete_record(n: int) -> TickRecord:
    return story(*({i: work(on=tuple(range(i)))} for i in range(n)))


@pytest.mark.parametrize("n", [2, 3, 12, 255, 256, 257, 300])
@pytest.mark.parametrize(
    ("shape", "gap"),
    [
        (star_record, lambda n: 2 if n == 2 else 1),
        (chain_record, lambda n: 2 - 2 * math.cos(math.pi / n)),
        (complete_record, lambda n: n),
    ],
    ids=["star", "chain", "complete"],
)
def test_the_spectral_gap_is_known_for_regular_shapes_of_any_size(n, shape, gap):
    assert measure(shape(n))["spectral_gap"] == pytest.approx(gap(n), rel=1e-6)


def test_the_spectral_gap_is_zero_where_contributors_fall_apart():
    apart = story({0: work(), 2: work()}, {1: work(on=(0,)), 3: work(on=(2,))})
    assert measure(apart)["spectral_gap"] == 0.0
    enough_links = story(
        {0: work()}, {1: work(on=(0,))}, {2: work(on=(0, 1))}, {3: work(on=(0, 1, 2))}, {4: work()}
    )
    assert measure(enough_links)["spectral_gap"] == 0.0


def test_time_is_the_slowest_of_each_round_summed():
    def turn(round_: int, latency_s: float) -> Turn:
        return Turn(round_, Act.CONTRIBUTE, work(), Usage(latency_s=latency_s))

    record = record_of(
        {0: [turn(0, 1.0), turn(1, 5.0)], 1: [turn(0, 3.0), turn(1, 0.5)]},
        [RoundRecord(Act.CONTRIBUTE, (0, 1))] * 2,
    )
    assert outcome.wall_s(record) == 8.0


def graded(grade: float, usage: Usage, violations: float = 0.0) -> TickRecord:
    return record_of(
        {0: [Turn(0, Act.CONTRIBUTE, work(), usage)]},
        [RoundRecord(Act.CONTRIBUTE, (0,))],
        verdict=Verdict(*[grade] * 5, violations=violations),
    )


def test_the_default_scales_give_the_sums_worked_out_by_hand():
    record = graded(4.0, Usage(cost_usd=0.25, latency_s=120.0), violations=0.5)
    values = measure(record)
    assert values["objective"] == pytest.approx(1.0 + 0.5 - 0.12 - 0.125 - 0.25)
    assert values["balance"] == pytest.approx(0.25 + 0.20 + 0.10 + 0.10 + 0.075)


def test_the_balance_index_runs_from_zero_to_one():
    best = graded(4.0, Usage(cost_usd=0.0))
    worst = graded(1.0, Usage(cost_usd=1e12, latency_s=1e12), violations=1.0)
    assert measure(best)["balance"] == pytest.approx(1.0)
    assert measure(worst)["balance"] == pytest.approx(0.0, abs=1e-9)


def test_what_the_judge_cost_is_not_the_teams_cost():
    judge = Usage(5, 1000, 1000, 9.0, 60.0)
    record = graded(4.0, Usage(1, 10, 5, 0.5, 2.0))
    record = replace(record, verdict=replace(record.verdict, usage=judge))
    values = measure(record)
    assert [values[k] for k in ("calls", "tokens", "cost_usd", "wall_s")] == [1, 15, 0.5, 2.0]


@pytest.mark.parametrize("name", [f.name for f in fields(Scales)])
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_a_scale_below_zero_is_refused_by_name(name, value):
    with pytest.raises(UsageError, match=f"{name}={value}"):
        Scales(**{name: value})


@pytest.mark.parametrize("name", ["time_ref_s", "cost_ref_usd"])
def test_a_reference_of_zero_is_refused(name):
    with pytest.raises(UsageError, match=f"{name}=0"):
        Scales(**{name: 0})


# --- undefined is None, never 0 -------------------------------------------------------------

FULL = graded(3.0, Usage(cost_usd=0.1))
NOBODY = record_of({0: [], 1: []}, [])
UNDEFINED = [
    *((name, replace(FULL, verdict=Verdict())) for name in ("quality", "mission_relevance")),
    *(
        ("quality", replace(FULL, verdict=replace(FULL.verdict, **{criterion: None})))
        for criterion in CRITERIA[:4]
    ),
    ("mission_relevance", replace(FULL, verdict=replace(FULL.verdict, mission_relevance=None))),
    *(
        (name, story({0: Abstention("no"), 1: Failure("error", "x")}))
        for name in (
            "unique_roles",
            "unique_role_share",
            "role_gini",
            "role_entropy",
            "spectral_gap",
        )
    ),
    *((name, with_roles("alone")) for name in ("role_entropy", "spectral_gap", "role_stability")),
    ("cost_usd", graded(3.0, Usage())),
    ("cost_usd", NOBODY),
    ("risk", NOBODY),
    *(
        (total, record)
        for total in ("objective", "balance")
        for record in (
            replace(FULL, verdict=replace(FULL.verdict, accuracy=None)),
            replace(FULL, verdict=replace(FULL.verdict, mission_relevance=None)),
            graded(3.0, Usage()),
        )
    ),
]


@pytest.mark.parametrize(("name", "record"), UNDEFINED, ids=[name for name, _ in UNDEFINED])
def test_undefined_is_none_and_never_zero(name, record):
    assert measure(record)[name] is None


def test_where_the_rest_is_known_only_stability_is_undefined_at_the_first_tick():
    pair = {0: work("a"), 1: work("b")}
    usage = Usage(cost_usd=0.0)
    record = story(pair)
    priced = tuple(replace(m, turns=(replace(m.turns[0], usage=usage),)) for m in record.members)
    record = replace(record, members=priced, verdict=Verdict(*[1.0] * 5, violations=0.0))
    assert [name for name, value in measure(record).items() if value is None] == ["role_stability"]


def test_stability_is_undefined_where_no_member_has_a_role_on_both_tasks():
    assert measure(with_roles("a"), story({0: Abstention("")}))["role_stability"] is None
    assert measure(with_roles("a"), story({7: work("a")}))["role_stability"] is None


def test_one_unknown_price_makes_the_cost_unknown():
    turns = [Turn(0, Act.CONTRIBUTE, work(), Usage(cost_usd=p)) for p in (0.1, None)]
    record = record_of(dict(enumerate([[t] for t in turns])), [RoundRecord(Act.CONTRIBUTE, (0, 1))])
    assert outcome.cost_usd(record) is None


def test_risk_is_taken_from_whichever_part_is_known():
    failed = story({0: Failure("error", "x"), 1: work()})
    assert outcome.risk(failed) == 0.5
    assert outcome.risk(replace(failed, verdict=Verdict(violations=0.5))) == 0.75
    assert outcome.risk(replace(NOBODY, verdict=Verdict(violations=0.5))) == 0.5
    assert outcome.risk(story({0: work()})) == 0.0


# --- records as JSON ------------------------------------------------------------------------


def expected_log(record: TickRecord) -> list[tuple[int, int, object, int | None]]:
    """Author, round, content and addressee of what is posted, by looking up every turn."""
    posted: list[tuple[int, int, object, int | None]] = []
    for index, played in enumerate(record.rounds):
        for actor in played.actors:
            for member, turn in all_turns(record):
                if (member, turn.round) != (actor, index):
                    continue
                if isinstance(turn.reply, Plan):
                    posted += [(actor, index, a, a.member) for a in turn.reply.assignments]
                elif isinstance(turn.reply, Contribution | Intention):
                    posted.append((actor, index, turn.reply, None))
    return posted


@CHECK
@given(records())
def test_a_record_survives_json_with_its_log_and_measures(record):
    text = record.to_json()
    again = TickRecord.from_json(text)
    assert again == record
    assert again.to_json() == text
    assert list(again.log) == list(record.log)
    assert measure(again) == measure(record)
    assert [type(m.state) for m in again.members] == [State] * len(record.members)
    assert all(type(r.act) is Act for r in again.rounds)


@CHECK
@given(records())
def test_the_log_of_a_record_holds_what_was_posted_in_order_of_posting(record):
    log = list(record.log)
    assert [(m.author, m.round, m.content, m.to) for m in log] == expected_log(record)
    assert [m.id for m in log] == list(range(len(log)))
    assert {m.tick for m in log} <= {record.tick}


@CHECK
@given(records())
def test_the_json_is_canonical(record):
    text = record.to_json()
    body = json.loads(text)
    assert json.dumps(body, sort_keys=True, separators=(",", ":")) == text
    assert "\n" not in text
    assert body["version"] == 1


@CHECK
@given(records(), records())
def test_records_are_equal_just_where_their_json_is(one, other):
    assert (one == other) == (one.to_json() == other.to_json())


@CHECK
@given(records(), st.data())
def test_any_change_of_a_decision_shows_in_the_json(record, data):
    active = [m for m in record.members if m.turns]
    assume(active)
    m = data.draw(st.sampled_from(active))
    old = m.turns[-1]
    change = data.draw(
        st.sampled_from(
            (
                {"dropped": old.dropped + 1},
                {"seen": (*old.seen, (90, 91))},
                {"recalled": (*old.recalled, (90, 91))},
                {"usage": replace(old.usage, latency_s=old.usage.latency_s + 1)},
                {"usage": replace(old.usage, calls=old.usage.calls + 1)},
                {"reply": Abstention("something else")},
            )
        )
    )
    changed = replace(m, turns=(*m.turns[:-1], replace(old, **change)))
    members = tuple(changed if x is m else x for x in record.members)
    assert replace(record, members=members).to_json() != record.to_json()


def test_a_record_of_another_version_is_refused():
    body = json.loads(FULL.to_json()) | {"version": 2}
    with pytest.raises(ValueError, match="version"):
        TickRecord.from_json(json.dumps(body))


def test_a_record_with_a_number_that_is_not_finite_is_not_written():
    with pytest.raises(ValueError, match="JSON"):
        graded(math.nan, Usage()).to_json()


# --- records that an organization wrote -----------------------------------------------------


@dataclass
class Witness(Judge):
    """Keeps what it was shown; gives no grades."""

    instant = True

    def __post_init__(self) -> None:
        self.shown: list[tuple[object, ...]] = []

    def appraise(self, submission):
        self.shown.append(submission.works)
        return Verdict(*[2.0] * 5, violations=0.0)


def small_organization(protocol: str, judge: Judge) -> Organization:
    def build(observation):
        used = tuple(dict.fromkeys(m.author for m in observation.messages))[-2:]
        role = ROLE_TITLES[(observation.member + observation.tick) % 3]
        usage = Usage(1, 10, 20 + observation.member, 0.01, 1.0 + observation.member)
        return Answer(Contribution(role, f"by {observation.member}", used), usage)

    def plan(observation):
        rest = observation.roster[:3]
        return Plan(tuple(Assignment(m, f"role {m}") for m in rest))

    minds = [
        Scripted([build], intentions=[Intention("builder")], plans=[plan]),
        Scripted([build, Abstention("no")], intentions=[Intention("builder")]),
        Scripted([RuntimeError("lost"), build]),
        Scripted([Abstention("no"), build, build], intentions=[Intention("lead")]),
        Scripted([build]),
    ]
    graph = build_topology("complete", len(minds), 0)
    stream = CycledTasks(corpus()[:4], 0)
    return Organization(
        Ingredients(minds, graph, discover("protocols")[protocol](), stream, judge), rng=3
    )


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_records_of_a_run_survive_json_and_derive_the_log_the_judge_saw(protocol):
    judge = Witness()
    for record, shown in zip(small_organization(protocol, judge).run(4), judge.shown, strict=True):
        again = TickRecord.from_json(record.to_json())
        assert again == record
        said = [m.content for m in again.log if isinstance(m.content, Contribution)]
        assert tuple(Work(c.work, c.items) for c in said) == shown
        assert record.error == ""


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_measures_of_a_run_agree_with_the_references_and_with_the_sums_over_agents(protocol):
    organization = small_organization(protocol, Witness())
    previous = None
    for _ in range(4):
        organization.step()
        record = organization.records[-1]
        for name, value in organization.measures.items():
            expected = REFERENCES[name](record, previous, Scales())
            expected = None if expected is None else pytest.approx(expected, **NEAR)
            assert value == expected, name
        members = organization.members.values()
        assert organization.measures["calls"] == sum(m.calls for m in members)
        assert organization.measures["tokens"] == sum(m.tokens for m in members)
        previous = record
    frame = organization.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(MEASURES)
    assert len(frame) == 4
