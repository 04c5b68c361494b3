"""Every measure against a second definition of it, over arbitrary records."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.records import (
    CHECK,
    NEAR,
    Witness,
    all_turns,
    ending,
    measure,
    records,
    small_organization,
    successions,
    works_of,
)

import unscripted as un
from unscripted.model.judge import CRITERIA
from unscripted.model.metrics import performance as outcome
from unscripted.model.metrics.catalogue import find, of_ticks
from unscripted.model.metrics.scales import Scales
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State

MEASURES = tuple(of_ticks())


SCALES = st.builds(
    Scales,
    *[st.floats(0, 3)] * 5,
    time_ref_s=st.floats(0.5, 500),
    cost_ref_usd=st.floats(0.01, 5),
)


def final_roles(record: un.TickRecord) -> dict[int, list[str]]:
    """Each contributor's last role as its folded words."""
    found: dict[int, list[str]] = {}
    for index in range(len(record.rounds)):
        for member, turn in all_turns(record):
            if turn.round == index and isinstance(turn.reply, un.Contribution):
                found[member] = [w for w in re.split(r"\s+", turn.reply.role.casefold()) if w]
    return found


def role_classes(record: un.TickRecord) -> list[int]:
    """Sizes of the classes of members with the same role."""
    left = list(final_roles(record).values())
    sizes = []
    while left:
        same = [r for r in left if r == left[0]]
        left = [r for r in left if r != left[0]]
        sizes.append(len(same))
    return sizes


def ref_stability(record: un.TickRecord, previous: un.TickRecord | None) -> float | None:
    kept = both = 0
    if previous is not None:
        old, new = final_roles(previous), final_roles(record)
        for a in old:
            for b in new:
                if a == b:
                    both += 1
                    kept += old[a] == new[b]
    return kept / both if both else None


def ref_quality(record: un.TickRecord) -> float | None:
    total = 0.0
    for name in CRITERIA[:4]:
        grade = getattr(record.verdict, name)
        if grade is None:
            return None
        total += grade
    return total / 16


def ref_mission(record: un.TickRecord) -> float | None:
    grade = getattr(record.verdict, CRITERIA[4])
    return grade if grade is None else 0.25 * grade


def ref_unique(record: un.TickRecord) -> int | None:
    return len(role_classes(record)) if works_of(record) else None


def ref_unique_share(record: un.TickRecord) -> float | None:
    """One over the mean size of a class."""
    sizes = role_classes(record)
    return 1 / (sum(sizes) / len(sizes)) if sizes else None


def ref_gini(record: un.TickRecord) -> float | None:
    sizes = role_classes(record)
    apart = sum(abs(a - b) for a in sizes for b in sizes)
    return apart / (2 * len(sizes) * sum(sizes)) if sizes else None


def ref_entropy(record: un.TickRecord) -> float | None:
    sizes = role_classes(record)
    n = sum(sizes)
    if n < 2:
        return None
    bits = 0.0
    for size in sizes:
        for _ in range(size):  # each member is surprised by its own role
            bits += math.log2(n / size) / n
    return bits / math.log2(n)


def ref_state(state: State) -> Callable[[un.TickRecord], float]:
    """The share of a state, recounted from the turns."""

    def share(record: un.TickRecord) -> float:
        ends = [ending(list(m.turns), record.error) for m in record.members]
        return ends.count(state) / len(ends)

    return share


def ref_depth(record: un.TickRecord) -> int:
    """Longest path in the network of works: an edge from each earlier work of those named."""
    works = works_of(record)
    graph: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
    graph.add_nodes_from((member, round_) for member, round_, _ in works)
    for member, round_, reply in works:
        for other, earlier, _ in works:
            if other in reply.builds_on and earlier < round_:
                graph.add_edge((other, earlier), (member, round_))
    return len(nx.dag_longest_path(graph))


def ref_gap(record: un.TickRecord) -> float | None:
    """By singular values of the incidence matrix, whose squares are the Laplacian's eigenvalues."""
    asked = sorted({member for member, _ in all_turns(record)})
    if len(asked) < 2:
        return None
    said = [message.author for message in record.log]
    heard = {
        (m, author)
        for m, turn in all_turns(record)
        for i, author in enumerate(said)
        if author != m and any(a <= i < b for a, b in (*turn.seen, *turn.marks_from))
    }
    pairs = sorted({tuple(sorted(pair)) for pair in heard})
    incidence = np.zeros((len(asked), max(len(pairs), len(asked))))
    for column, (a, b) in enumerate(pairs):
        incidence[asked.index(a), column] = 1.0
        incidence[asked.index(b), column] = -1.0
    return float(np.sort(np.linalg.svd(incidence, compute_uv=False))[1] ** 2)


def ref_calls(record: un.TickRecord) -> int:
    return sum(turn.usage.calls for _, turn in all_turns(record))


def ref_tokens(record: un.TickRecord) -> int:
    total = 0
    for _, turn in all_turns(record):
        total += turn.usage.tokens_in
        total += turn.usage.tokens_out
    return total


def ref_cost(record: un.TickRecord) -> float | None:
    prices = [turn.usage.cost_usd for _, turn in all_turns(record)]
    return None if None in prices or not prices else math.fsum(prices)


def ref_cached(record: un.TickRecord) -> int:
    counted = [turn.usage.tokens_cached for _, turn in all_turns(record)]
    known = [tokens for tokens in counted if tokens is not None]
    return sum(known) if known or not counted else None


def ref_uncached(record: un.TickRecord) -> float | None:
    usages = [turn.usage for _, turn in all_turns(record)]
    if not usages or any(u.cost_usd is None for u in usages):
        return None
    full = [u.cost_usd if u.cost_usd_uncached is None else u.cost_usd_uncached for u in usages]
    return math.fsum(price for price in full if price is not None)


def ref_delivered(record: un.TickRecord) -> float:
    return 1.0 if any(type(t.reply) is un.Contribution for _, t in all_turns(record)) else 0.0


def ref_wall(record: un.TickRecord) -> float:
    """Round by round: the round lasts as long as its slowest actor."""
    total = 0.0
    for index in range(len(record.rounds)):
        total += max(
            (turn.usage.latency_s for _, turn in all_turns(record) if turn.round == index),
            default=0,
        )
    return total


def ref_risk(record: un.TickRecord) -> float | None:
    """e + v - ev: the chance of either of two independent faults."""
    turns = [turn for _, turn in all_turns(record)]
    v = record.verdict.violations
    if not turns:
        return v
    e = len([t for t in turns if isinstance(t.reply, un.Failure)]) / len(turns)
    return e if v is None else e + v - e * v


def ref_objective(record: un.TickRecord, scales: Scales) -> float | None:
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


def ref_balance(record: un.TickRecord, scales: Scales) -> float | None:
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
    "tokens_cached": ref_cached,
    "cost_usd": ref_cost,
    "cost_usd_uncached": ref_uncached,
    "delivered": ref_delivered,
    "wall_s": ref_wall,
    "risk": ref_risk,
    "score": lambda record: record.verdict.score,
    **dict.fromkeys(
        ("score_floor", "score_own", "score_ceiling", "answered", "parts_reached"),
        lambda record: None,  # of tasks that no code scores; of others in test_scored.py
    ),
}


Reference = Callable[[un.TickRecord, un.TickRecord | None, Scales], float | None]


REFERENCES: dict[str, Reference] = {
    **{name: (lambda r, p, s, f=f: f(r)) for name, f in OF_ONE.items()},
    "role_stability": lambda r, p, s: ref_stability(r, p),
    "objective": lambda r, p, s: ref_objective(r, s),
    "balance": lambda r, p, s: ref_balance(r, s),
}


MOST = {"unique_roles": 12, "hierarchy_depth": 6, "spectral_gap": 12, "objective": 1.5}
"""Of records with at most 12 members and 6 rounds; others are bounded by the catalogue."""


def test_every_measure_has_a_reference():
    assert set(REFERENCES) == set(MEASURES)


def test_documentation_lists_every_measure():
    text = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)[: len(MEASURES)] == list(MEASURES)
    for f in fields(Scales):
        assert re.search(rf"^\| `{f.name}` \| {f.default:g}(\.0)? \|", text, re.MULTILINE), f.name


@settings(CHECK, max_examples=200)
@given(pair=successions(), scales=SCALES)
def test_measures_agree_with_references(pair, scales):
    previous, record = pair
    values = measure(record, previous, scales)
    assert list(values) == list(MEASURES)
    for name, value in values.items():
        expected = REFERENCES[name](record, previous, scales)
        assert value == (None if expected is None else pytest.approx(expected, **NEAR)), name


@CHECK
@given(successions())
def test_measures_stay_in_range(pair):
    for name, value in measure(pair[1], pair[0]).items():
        if value is not None:
            assert find(name).holds(value), name
            assert value <= MOST.get(name, math.inf), name


@CHECK
@given(records())
def test_participation_shares_sum_to_one(record):
    values = measure(record)
    names = ("participation", "abstention_rate", "exclusion_rate", "failure_rate")
    shares = [values[name] for name in names]
    assert sum(shares) == pytest.approx(1.0)
    assert all(
        (s * len(record.members)) == pytest.approx(round(s * len(record.members))) for s in shares
    )


@CHECK
@given(records())
def test_totals_sum_over_members(record):
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


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_measures_of_runs_agree(protocol):
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
