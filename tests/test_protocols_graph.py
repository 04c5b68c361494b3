"""What makes itself each protocol that reads the network, the past or the traces of work."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.decision import Contribution, WorkItem
from unscripted.model.errors import UsageError
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.model.mind import Mind
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State
from unscripted.protocols.batched_sequential import BatchedSequential
from unscripted.protocols.ripple import Ripple, farthest_first, waves
from unscripted.protocols.sparse_graph import SparseGraph, colour_classes
from unscripted.protocols.spectral_hierarchy import (
    TELEPORTATION,
    SpectralHierarchy,
    credit,
    ranking,
    scores,
    tiers,
)
from unscripted.protocols.stigmergic import FADED, Board, Deposit, Stigmergic, lifetime
from unscripted.testing import ArbitraryMind, Case, Scripted, Witness, networks, seeds

few = settings(max_examples=60, deadline=None)
many = settings(max_examples=150, deadline=None)
minds = st.sampled_from(
    [ArbitraryMind(), ArbitraryMind(0.3), ArbitraryMind(0.0, 0.0), ArbitraryMind(0.0, 0.9)]
)

# Each with parameters that make it as unlike its neighbours as it gets.
FIVE = [
    BatchedSequential, partial(BatchedSequential, batch=1), partial(BatchedSequential, batch=7),
    Ripple, partial(Ripple, origins=3), partial(Ripple, fanout=1),
    partial(Ripple, origins=2, fanout=2), SparseGraph,
    SpectralHierarchy, partial(SpectralHierarchy, span=1, horizon=1),
    partial(SpectralHierarchy, span=3, discount=1.0, horizon=0),
    Stigmergic, partial(Stigmergic, group=3), partial(Stigmergic, evaporation=0.0),
]  # fmt: skip


def silent():
    return discover("protocols")["silent"]()


def sequential():
    return discover("protocols")["sequential"]()


class Leaving(Mind):
    """Works on requirements or in words, more or less sure, drawn by seed."""

    name = "leaving"
    instant = True

    def decide(self, observation):
        draw = np.random.default_rng(observation.seed)
        sure = [None, 0.0, 1.0, float(draw.random())][draw.integers(4)]
        items = tuple(WorkItem(str(t), 0.5) for t in draw.integers(6, size=draw.integers(4)))
        words = f"words of {observation.member}"
        return Contribution(f"role {draw.integers(3)}", words, (0, 1, 2), sure, items)


@st.composite
def teams(draw, make, *, ticks=2, mind=minds):
    """A case on any network, some one-way, and who leaves after the first tick."""
    topology, n = draw(networks())
    one_way = draw(st.sampled_from([False, False, True]))
    case = Case(make, n, topology, draw(seeds()), ticks, draw(mind), directed=one_way)
    leaving = draw(st.sets(st.integers(0, n - 1), max_size=min(n - 1, 12)))
    return case, leaving


def play(case, leaving=()):
    """The records of a case, and the network each was played on."""
    org = case.organization()
    graphs, records = [], []
    for tick in range(case.ticks):
        if tick == 1:
            for member in sorted(leaving):
                org.remove_member(member)
        graphs.append(org.network.G.copy())
        records += org.run(1)
        assert not records[-1].error, records[-1].error
    return graphs, records


def graphs():
    """Small networks with gaps in their ids, in no order: any links, one-way or not, in pieces."""
    return st.builds(_graph, st.integers(1, 14), st.floats(0, 1), seeds(), st.booleans())


def _graph(n, p, seed, directed):
    plain = nx.gnp_random_graph(n, p * p, seed=seed, directed=directed)
    ids = np.random.default_rng(seed).choice(3 * n, n, replace=False).tolist()
    return nx.relabel_nodes(plain, dict(enumerate(ids)))


def seen_authors(record, turn):
    return sorted(record.log[i].author for a, b in turn.seen for i in range(a, b))


def into(graph, member):
    """Whose work the network carries to a member."""
    return set(graph.predecessors(member) if graph.is_directed() else graph.neighbors(member))


def assert_each_acts_once_in_view_of_earlier_rounds(graph, record):
    """All members act once, and see exactly the finished work of earlier rounds they can hear."""
    acted = [m for r in record.rounds for m in r.actors]
    assert sorted(acted) == sorted(graph)
    finished = set()
    for played in record.rounds:
        for member in played.actors:
            (turn,) = record.by_id[member].turns
            assert seen_authors(record, turn) == sorted(finished & into(graph, member))
        finished |= {m for m in played.actors if record.by_id[m].state is State.CONTRIBUTED}


def decided(records):
    """Records without protocol and rounds: what each member saw, answered and became."""
    return [
        [
            (m.member, m.state, [(t.act, t.reply, t.usage, t.seen, t.marks) for t in m.turns])
            for m in r.members
        ]
        for r in records
    ]


def unlabelled(records):
    return [replace(r, protocol="") for r in records]


# What all five have in common.


@pytest.mark.parametrize("make", FIVE, ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_member_is_asked_once_on_any_network_and_after_members_left(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        assert sorted(m for r in record.rounds for m in r.actors) == sorted(graph)
        assert sum(len(m.turns) for m in record.members) == make().max_calls(len(graph))


@pytest.mark.parametrize("make", FIVE[:11], ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_member_sees_all_that_its_neighbours_finished_in_earlier_rounds(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        assert_each_acts_once_in_view_of_earlier_rounds(graph, record)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (BatchedSequential, "batch", 0), (BatchedSequential, "batch", 2.0),
        (Ripple, "origins", 0), (Ripple, "origins", "2"), (Ripple, "fanout", -1),
        (Ripple, "fanout", 0.5),
        (SpectralHierarchy, "span", 0), (SpectralHierarchy, "span", 1.5),
        (SpectralHierarchy, "horizon", -1), (SpectralHierarchy, "discount", 0),
        (SpectralHierarchy, "discount", 1.1), (SpectralHierarchy, "discount", math.nan),
        (Stigmergic, "group", 0), (Stigmergic, "group", 1.0), (Stigmergic, "evaporation", -0.1),
        (Stigmergic, "evaporation", 1.1), (Stigmergic, "evaporation", math.nan),
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_refused_in_one_line(make, name, value):
    with pytest.raises(UsageError) as refused:
        make(**{name: value})
    text = str(refused.value)
    assert text.startswith(f"{name}={value!r} is ")
    assert "; use " in text
    assert "\n" not in text


# Batched sequential.


@few
@given(teams(sequential))
def test_groups_of_one_are_sequential(drawn):
    case, leaving = drawn
    _, one_by_one = play(replace(case, make=partial(BatchedSequential, batch=1)), leaving)
    assert unlabelled(one_by_one) == unlabelled(play(case, leaving)[1])


@few
@given(teams(silent), st.integers(0, 3))
def test_a_group_of_everybody_is_silent(drawn, more):
    case, leaving = drawn
    batch = partial(BatchedSequential, batch=case.n_agents + more)
    _, records = play(replace(case, make=batch), leaving)
    assert unlabelled(records) == unlabelled(play(case, leaving)[1])


@few
@given(teams(silent), st.integers(1, 9))
def test_groups_are_cut_in_order_of_ids(drawn, size):
    case, leaving = drawn
    make = partial(BatchedSequential, batch=size)
    for graph, record in zip(*play(replace(case, make=make), leaving), strict=True):
        groups = [r.actors for r in record.rounds]
        assert [m for group in groups for m in group] == sorted(graph)
        assert len(groups) == math.ceil(len(graph) / size)
        assert all(len(group) == size for group in groups[:-1])


# Ripple.


def distances(graph, starts):
    """From the nearest start, by networkx; infinite where there is no way."""
    far = dict.fromkeys(graph, math.inf)
    for start in starts:
        for member, d in nx.single_source_shortest_path_length(graph, start).items():
            far[member] = min(far[member], d)
    return far


def farthest_by_definition(graph, count):
    chosen = []
    while True:
        far = distances(graph, chosen)
        most = max(far.values())
        if most == 0 or (len(chosen) >= count and most < math.inf):
            return chosen
        chosen.append(min(m for m in far if far[m] == most))


@many
@given(graphs(), st.integers(1, 6))
def test_origins_are_farthest_first_and_whom_nobody_reaches_is_infinitely_far(graph, count):
    assert farthest_first(graph, count) == farthest_by_definition(graph, count)


@many
@given(graphs(), st.integers(1, 6))
def test_a_members_wave_is_its_distance_from_the_nearest_origin(graph, count):
    starts = farthest_first(graph, count)
    far = distances(graph, starts)
    found = waves(graph, starts)
    assert {m: w for w, wave in enumerate(found) for m in wave} == far
    assert len(found) == 1 + max(far.values())
    assert all(wave == sorted(wave) for wave in found)


@many
@given(graphs())
def test_each_component_has_an_origin_of_its_own(graph):
    starts = farthest_first(graph, 1)
    assert min(graph) == starts[0]
    if not graph.is_directed():
        assert sorted(starts) == sorted(min(c) for c in nx.connected_components(graph))


def waves_by_definition(graph, starts, fanout):
    """Rounds of calls: each awake member wakes its lowest sleeping neighbours."""
    found, awake = [sorted(starts)], set(starts)
    while True:
        woken = []
        for member in sorted(awake):
            asleep = sorted(set(graph.neighbors(member)) - awake - set(woken))
            woken += asleep[:fanout]
        if not woken:
            return found
        found.append(sorted(woken))
        awake |= set(woken)


@many
@given(graphs(), st.integers(1, 4), st.integers(1, 3))
def test_a_fanout_wakes_so_many_lowest_ids_first_and_the_rest_later(graph, fanout, count):
    starts = farthest_first(graph, count)
    found = waves(graph, starts, fanout)
    assert found == waves_by_definition(graph, starts, fanout)
    awake = 0
    far = distances(graph, starts)
    for w, wave in enumerate(found):
        assert w == 0 or len(wave) <= fanout * awake
        assert all(far[m] <= w for m in wave)
        awake += len(wave)
    assert awake == len(graph)


@many
@given(graphs())
def test_a_fanout_nobody_reaches_is_none(graph):
    starts = farthest_first(graph, 1)
    assert waves(graph, starts, len(graph)) == waves(graph, starts)


@few
@given(st.integers(1, 70), st.integers(1, 5))
def test_on_a_complete_network_those_awake_multiply(n, fanout):
    found = waves(nx.complete_graph(n), [0], fanout)
    awake = 1
    for wave in found[1:]:
        assert len(wave) == min(fanout * awake, n - awake)
        awake += len(wave)
    assert (fanout + 1) ** (len(found) - 2) < n <= (fanout + 1) ** (len(found) - 1)


@few
@given(st.integers(1, 40), seeds(), minds)
def test_along_a_chain_ripple_is_sequential(n, seed, mind):
    case = Case(Ripple, n, "chain", seed, 2, mind)
    _, records = case.play()
    assert unlabelled(records) == unlabelled(case.play(make=sequential)[1])


@few
@given(teams(silent), st.integers(0, 3))
def test_with_everybody_an_origin_ripple_is_silent(drawn, more):
    case, leaving = drawn
    _, records = play(replace(case, make=partial(Ripple, origins=case.n_agents + more)), leaving)
    assert unlabelled(records) == unlabelled(play(case, leaving)[1])


@few
@given(st.sampled_from(["star", "complete"]), st.integers(2, 40), seeds(), minds)
def test_a_star_and_a_complete_network_take_two_waves(topology, n, seed, mind):
    _, records = Case(Ripple, n, topology, seed, 1, mind).play()
    assert [r.actors for r in records[0].rounds] == [(0,), tuple(range(1, n))]


@few
@given(st.integers(3, 40), seeds())
def test_work_runs_with_the_direction_of_links(n, seed):
    def circle(n, seed):
        return nx.cycle_graph(n, create_using=nx.DiGraph)

    org = un.build(protocol=Ripple(), n_agents=n, topology=circle, model=ArbitraryMind(), rng=seed)
    (record,) = org.run(1)
    assert [r.actors for r in record.rounds] == [(m,) for m in range(n)]


class Counting(dict):
    """Counts how often anyone looks into it."""

    looks = 0

    def __contains__(self, key):
        Counting.looks += 1
        return super().__contains__(key)

    def __iter__(self):
        for key in super().__iter__():
            Counting.looks += 1
            yield key


class CountingGraph(nx.Graph):
    adjlist_inner_dict_factory = Counting


@pytest.mark.parametrize("make", [nx.complete_graph, partial(nx.gnp_random_graph, p=0.5, seed=1)])
def test_finding_the_waves_looks_at_few_links_of_a_dense_network(make):
    graph = CountingGraph(make(300))
    Counting.looks = 0
    waves(graph, farthest_first(graph, 1))
    assert Counting.looks < 20 * len(graph) < graph.number_of_edges()
    Counting.looks = 0
    waves(graph, [0], 2)
    assert Counting.looks < graph.number_of_edges() / 2


@many
@given(graphs())
def test_finding_the_waves_looks_at_no_link_more_than_a_few_times(graph):
    if graph.is_directed():
        return
    counted = CountingGraph(graph)
    Counting.looks = 0
    waves(counted, farthest_first(counted, 1))
    assert Counting.looks <= 2 * 2 * graph.number_of_edges()


# Sparse graph.


@many
@given(graphs())
def test_colour_classes_are_those_of_welsh_and_powell(graph):
    plain = nx.Graph(graph)  # direction plays no part
    order = sorted(plain, key=lambda m: (-plain.degree(m), m))
    expected = nx.greedy_color(plain, strategy=lambda G, colors: order)
    classes = colour_classes(graph)
    assert {m: c for c, members in enumerate(classes) for m in members} == expected
    assert all(members == sorted(members) for members in classes)


@many
@given(graphs())
def test_no_link_joins_two_members_that_act_together_and_nobody_could_act_earlier(graph):
    plain = nx.Graph(graph)
    classes = colour_classes(graph)
    assert sorted(m for members in classes for m in members) == sorted(graph)
    assert len(classes) <= 1 + max(d for _, d in plain.degree())
    for c, members in enumerate(classes):
        assert members
        for member in members:
            near = set(plain.neighbors(member))
            assert not near & set(members)
            assert all(near & set(earlier) for earlier in classes[:c])


@few
@given(teams(SparseGraph, mind=st.just(ArbitraryMind(0.0, 0.0))))
def test_every_link_carries_work_exactly_one_way(drawn):
    case, leaving = drawn
    if case.directed:
        return
    for graph, record in zip(*play(case, leaving), strict=True):
        heard = {m.member: seen_authors(record, m.turns[0]) for m in record.members}
        for a, b in graph.edges:
            assert (a in heard[b]) + (b in heard[a]) == 1


@few
@given(st.integers(1, 40), seeds(), minds)
def test_on_a_complete_network_colours_are_sequential(n, seed, mind):
    case = Case(SparseGraph, n, "complete", seed, 2, mind)
    _, records = case.play()
    assert unlabelled(records) == unlabelled(case.play(make=sequential)[1])


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        (nx.path_graph(9), 2), (nx.star_graph(8), 2), (nx.cycle_graph(8), 2),
        (nx.cycle_graph(9), 3), (nx.empty_graph(5), 1), (nx.empty_graph(1), 1),
        (nx.complete_graph(6), 6), (nx.complete_graph(6, nx.DiGraph), 6),
        (nx.path_graph(9, nx.DiGraph), 2),
    ],
)  # fmt: skip
def test_there_are_as_many_rounds_as_colours(topology, expected):
    assert len(colour_classes(topology)) == expected


def test_the_well_connected_work_first():
    assert colour_classes(nx.relabel_nodes(nx.star_graph(4), {0: 9})) == [[9], [1, 2, 3, 4]]


def test_colouring_a_complete_network_looks_at_none_of_its_links():
    graph = CountingGraph(nx.complete_graph(100))
    Counting.looks = 0
    assert len(colour_classes(graph)) == 100
    assert Counting.looks == 0


# Spectral hierarchy.


def credits(members):
    pairs = st.tuples(st.sampled_from(members), st.sampled_from(members))
    return st.dictionaries(pairs.filter(lambda p: p[0] != p[1]), st.floats(0.01, 5), max_size=30)


@st.composite
def credited(draw):
    members = tuple(sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=10))))
    return members, draw(credits(members))


def completed(members, given_):
    """The completed contribution graph as a dense matrix, column a what a passes on."""
    n = len(members)
    passed = np.zeros((n, n))
    for (a, b), w in given_.items():
        passed[members.index(b), members.index(a)] += w
    if given_:
        passed /= passed.sum(axis=0).max()
    passed += (1 - passed.sum(axis=0)) / n
    return (1 - TELEPORTATION) * passed + TELEPORTATION / n


@many
@given(credited())
def test_scores_are_the_leading_eigenvector(drawn):
    members, given_ = drawn
    values, vectors = np.linalg.eig(completed(members, given_))
    leading = int(np.argmax(values.real))
    vector = np.abs(vectors[:, leading].real)
    assert values[leading] == pytest.approx(1)
    others = np.delete(np.abs(values), leading)
    assert (others <= 1 - TELEPORTATION + 1e-6).all()
    found = scores(members, given_)
    expected = dict(zip(members, vector / vector.mean(), strict=True))
    assert found == pytest.approx(expected, abs=1e-6)
    assert min(found.values()) > 0


@many
@given(credited())
def test_scores_are_pagerank_on_the_completed_graph(drawn):
    members, given_ = drawn
    matrix = completed(members, given_)
    links = nx.from_numpy_array(matrix.T, create_using=nx.DiGraph)
    rank = nx.pagerank(links, alpha=1 - 1e-12, tol=1e-13, max_iter=500)
    expected = {m: rank[i] * len(members) for i, m in enumerate(members)}
    assert scores(members, given_) == pytest.approx(expected, abs=1e-6)


@many
@given(credited(), st.randoms(use_true_random=False))
def test_who_is_who_does_not_matter_to_the_scores(drawn, random):
    members, given_ = drawn
    names = list(range(100, 100 + len(members)))
    random.shuffle(names)
    moved = dict(zip(members, names, strict=True))
    renamed = {(moved[a], moved[b]): w for (a, b), w in reversed(given_.items())}
    found = scores(tuple(sorted(names)), renamed)
    assert {m: found[moved[m]] for m in members} == pytest.approx(scores(members, given_))


@many
@given(credited(), st.floats(0.5, 2))
def test_credit_with_those_who_left_does_not_count_and_its_unit_does_not_matter(drawn, unit):
    members, given_ = drawn
    gone = {(99, members[0]): 5.0, (members[-1], 98): 5.0}
    scaled = {pair: w * unit for pair, w in given_.items()}
    assert scores(members, {**gone, **scaled}) == pytest.approx(scores(members, given_))


@many
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True))
def test_with_no_credit_or_equal_credit_rank_is_by_id(ids):
    members = tuple(sorted(ids))
    assert ranking(members, {}) == members
    ring = {(a, b): 0.1 for a, b in zip(members, members[1:] + members[:1], strict=True) if a != b}
    assert ranking(members, ring) == members


def test_whom_others_built_on_goes_first_and_newer_credit_goes_before_older():
    assert ranking((0, 1, 2, 3), {(0, 3): 1.0}) == (3, 0, 1, 2)
    assert ranking((0, 1, 2, 3), {(0, 3): 0.8, (1, 2): 1.0}) == (2, 3, 0, 1)
    # 4 and 5 have equal credit; that of 5 is from one who has credit itself.
    assert ranking((0, 1, 2, 4, 5), {(0, 4): 1.0, (1, 5): 1.0, (2, 1): 1.0})[0] == 5


@pytest.mark.parametrize("amounts", [(0.2, 0.6, 0.3), (0.3, 0.6, 0.2)])
def test_the_order_of_summing_breaks_no_tie(amounts):
    given_ = {(giver, 7): w for giver, w in enumerate(amounts)}
    given_ |= {(giver, 8): w for giver, w in enumerate(reversed(amounts), start=3)}
    assert ranking((0, 1, 2, 3, 4, 5, 7, 8), given_)[:2] == (7, 8)


@few
@given(st.integers(0, 200), st.integers(1, 5))
def test_tiers_grow_by_the_span_of_control(n, span):
    order = tuple(reversed(range(n)))
    cut = tiers(order, span)
    assert [m for tier in cut for m in tier] == list(order)
    sizes = [len(tier) for tier in cut]
    assert sizes[:-1] == [span**k for k in range(len(cut))][:-1]
    assert not cut or 0 < sizes[-1] <= span ** (len(cut) - 1)


def ranked_by_definition(members, past, horizon, discount):
    """The order from the records, with dense linear algebra."""
    if horizon == 0 or not past:
        return list(members)
    given_ = {}
    for record in past[-horizon:]:
        for m in record.members:
            for author in m.builds_on:
                if m.member in members and author in members:
                    age = past[-1].tick - record.tick
                    pair = m.member, author
                    given_[pair] = given_.get(pair, 0) + discount**age
    values, vectors = np.linalg.eig(completed(list(members), given_))
    vector = np.abs(vectors[:, int(np.argmax(values.real))].real)
    score = dict(zip(members, np.round(vector / vector.mean(), 7), strict=True))
    return sorted(members, key=lambda m: (-score[m], m))


@few
@given(
    teams(SpectralHierarchy, ticks=4,
          mind=st.sampled_from([ArbitraryMind(), ArbitraryMind(0.2, 0.1)])),
    st.integers(1, 3), st.integers(0, 3), st.sampled_from([0.5, 0.8, 1.0]),
)  # fmt: skip
def test_the_teams_past_says_who_goes_first(drawn, span, horizon, discount):
    case, leaving = drawn
    make = partial(SpectralHierarchy, span=span, horizon=horizon, discount=discount)
    played = play(replace(case, make=make), leaving)
    for tick, (graph, record) in enumerate(zip(*played, strict=True)):
        order = ranked_by_definition(sorted(graph), played[1][:tick], horizon, discount)
        assert [r.actors for r in record.rounds] == tiers(order, span)


@few
@given(st.integers(1, 30), seeds(), minds)
def test_with_no_past_and_a_span_of_one_it_is_sequential(n, seed, mind):
    case = Case(partial(SpectralHierarchy, span=1), n, "complete", seed, 1, mind)
    assert decided(case.play()[1]) == decided(case.play(make=sequential)[1])


def test_a_member_that_all_build_on_rises_and_falls_again_when_its_credit_is_past():
    def work(seen):
        on = (3,) if seen.tick == 0 and seen.member > 3 else ()
        return Contribution("worker", "work", on)

    case = Case(partial(SpectralHierarchy, span=1, horizon=2), 6, ticks=5, mind=Scripted([work]))
    _, records = case.play()
    first = [r.rounds[0].actors for r in records]
    assert first == [(0,), (3,), (3,), (0,), (0,)]


def test_credit_of_older_ticks_is_discounted():
    def work(seen):
        return Contribution("worker", "work", (0,) if seen.member == 1 else ())

    make = partial(SpectralHierarchy, span=1)
    _, records = Case(make, 2, ticks=3, mind=Scripted([work])).play()
    assert credit(records, 0.5) == {(1, 0): 1.75}
    assert credit(records[:1], 0.5) == {(1, 0): 1.0}
    assert SpectralHierarchy.grows


# Stigmergic.

amounts = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
rates = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.05, 0.5, 0.9, 1.0]))


@many
@given(amounts, amounts)
def test_a_deposit_reinforces_what_is_there_and_saturates(s, d):
    board = Board(0.1)
    board.deposit(Deposit("t", s, 0))
    before = board.strength("t")
    board.deposit(Deposit("t", d, 1))
    assert board.strength("t") == pytest.approx(before + (1 - before) * d)
    assert max(before, d) - 1e-12 <= board.strength("t") <= 1
    assert board.strength("elsewhere") == 0


@many
@given(st.floats(FADED, 1), rates, st.integers(0, 60))
def test_evaporation_takes_the_same_share_of_what_is_there_every_round(s, rate, rounds):
    board = Board(rate)
    board.deposit(Deposit("t", s, 0))
    board.evaporate(rounds)
    left = s * (1 - rate) ** rounds
    assert board.strength("t") == (pytest.approx(left) if left >= FADED else 0)


@many
@given(st.lists(st.tuples(st.integers(0, 3), amounts), max_size=40), st.floats(1e-3, 1))
def test_a_mark_that_nobody_reinforces_goes_to_nothing_within_its_lifetime(deposits, rate):
    board = Board(rate)
    for source, (topic, amount) in enumerate(deposits):
        board.deposit(Deposit(str(topic), amount, source))
    board.evaporate(int(lifetime(rate)))
    assert board.marks() == ()
    assert board.sources() == set()
    assert board._deposits == {}


@many
@given(st.floats(1e-3, 0.5))
def test_the_lifetime_is_not_stated_too_long(rate):
    board = Board(rate)
    board.deposit(Deposit("t", 1.0, 0))
    board.evaporate(int(lifetime(rate)) - 2)
    assert board.strength("t") >= FADED
    assert lifetime(0.0) == math.inf
    assert lifetime(1.0) == 1


events = st.lists(st.one_of(st.tuples(st.integers(0, 2), amounts), st.none()), max_size=40)


def board_by_definition(events, rate):
    """What is left of each deposit when everything is brought up to date every round."""
    left = []
    for event in events:
        if event is None:
            left = [(t, s * (1 - rate), i) for t, s, i in left]
            left = [(t, s, i) for t, s, i in left if s >= FADED]
        else:
            topic, d, source = event
            left = [(t, s * (1 - d) if t == topic else s, i) for t, s, i in left]
            left.append((topic, d, source))
    marks = {}
    for topic, s, _ in left:
        marks[topic] = marks.get(topic, 0) + s
    return marks, {i for _, _, i in left}


@many
@given(events, st.sampled_from([0.0, 0.07, 0.3, 1.0]))
def test_a_board_is_what_is_left_of_its_deposits(drawn, rate):
    named = [None if e is None else (str(e[0]), e[1], i) for i, e in enumerate(drawn)] + [None]
    board = Board(rate)
    for event in named:
        if event is None:
            board.evaporate()
        else:
            board.deposit(Deposit(*event))
    strengths, sources = board_by_definition(named, rate)
    shown = board.marks()
    assert {m.topic: m.strength for m in shown} == pytest.approx(strengths)
    assert board.sources() == sources
    assert [m.strength for m in shown] == sorted((m.strength for m in shown), reverse=True)


def test_a_mark_reads_as_its_strongest_deposit_the_newest_among_equals():
    board = Board(0.1)
    board.deposit(Deposit("t", 0.9, 0, "sure"))
    board.deposit(Deposit("t", 0.3, 1, "less so"))
    assert [m.work for m in board.marks()] == ["sure"]
    board.deposit(Deposit("u", 1.0, 2, "whole"))
    board.deposit(Deposit("u", 0.5, 3, "second half"))
    assert {m.topic: m.work for m in board.marks()}["u"] == "second half"


@few
@given(
    teams(Stigmergic, mind=st.sampled_from([Leaving(), ArbitraryMind(0.2)])),
    st.integers(1, 4), st.sampled_from([0.0, 0.05, 0.4, 1.0]),
)  # fmt: skip
def test_a_member_finds_the_marks_that_its_neighbours_work_has_left(drawn, group, rate):
    case, leaving = drawn
    make = partial(Stigmergic, group=group, evaporation=rate)
    for graph, record in zip(*play(replace(case, make=make), leaving), strict=True):
        members = sorted(graph)
        groups = [tuple(members[i : i + group]) for i in range(0, len(members), group)]
        assert [r.actors for r in record.rounds] == groups
        for index, played in enumerate(groups):
            for member in played:
                (turn,) = record.by_id[member].turns
                events = left_for(member, graph, record, index)
                strengths, sources = board_by_definition(events, rate)
                assert {m.topic: m.strength for m in turn.marks} == pytest.approx(strengths)
                assert {i for a, b in turn.marks_from for i in range(a, b)} == sources


def left_for(member, graph, record, now):
    """What a member could find: its neighbours' deposits, and a None for every round."""
    events = []
    for index in range(now):
        for message in record.log:
            if message.round == index and message.author in into(graph, member):
                work = message.content
                sure = 1.0 if work.confidence is None else work.confidence
                topics = [i.requirement for i in work.items] or [work.role]
                events += [(topic, sure, message.id) for topic in topics]
        events.append(None)
    return events


@few
@given(teams(Stigmergic, mind=st.sampled_from([Leaving(), ArbitraryMind()])), st.integers(1, 4))
def test_nobody_reads_a_message_or_sees_an_author_and_nobody_can_be_credited(drawn, group):
    case, leaving = drawn
    witness = Witness(case.mind)
    make = partial(Stigmergic, group=group)
    _, records = play(replace(case, make=make, mind=witness), leaving)
    for observation in witness.shown:
        assert len(observation.messages) == len(observation.own) == len(observation.memory) == 0
        assert not any(hasattr(mark, "author") for mark in observation.marks)
    for record in records:
        assert all(m.builds_on == () for m in record.members)
        assert hierarchy_depth(record) <= 1


def test_work_without_items_is_marked_by_role_with_its_text_and_without_confidence_in_full():
    def work(seen):
        return Contribution("critic", f"words of {seen.member}", (), (0.5, None, 0.8)[seen.member])

    _, (record,) = Case(Stigmergic, 3, ticks=1, mind=Scripted([work])).play()
    shown = [record.by_id[m].turns[0].marks for m in range(3)]
    assert shown[0] == ()
    assert [(m.topic, m.strength, m.work) for m in shown[1]] == [("critic", 0.475, "words of 0")]
    assert [(m.topic, m.strength, m.work) for m in shown[2]] == [("critic", 0.95, "words of 1")]


def test_an_item_that_names_no_requirement_leaves_its_role():
    mind = Scripted([Contribution("critic", "words", (), 1.0, (WorkItem("", 0.5),))])
    _, (record,) = Case(Stigmergic, 2, ticks=1, mind=mind).play()
    assert not record.error
    assert [m.topic for m in record.by_id[1].turns[0].marks] == ["critic"]


@few
@given(teams(silent, mind=st.sampled_from([Leaving(), ArbitraryMind(0.2)])), st.integers(1, 4))
def test_when_nothing_lasts_stigmergic_decides_as_silent(drawn, group):
    case, leaving = drawn
    make = partial(Stigmergic, group=group, evaporation=1.0)
    _, records = play(replace(case, make=make), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


@few
@given(st.integers(2, 20), seeds())
def test_traces_change_what_synthetic_minds_do(n, seed):
    case = Case(Stigmergic, n, "complete", seed, 1, level="L3")
    case = replace(case, mind=un.build(n_agents=1, rng=0).members[0].mind)
    _, (record,) = case.play()
    assert any(m.turns[0].marks for m in record.members[1:])
    requirements = {i.requirement for m in record.members for c in m.contributions for i in c.items}
    assert {mark.topic for m in record.members for mark in m.turns[0].marks} <= requirements
