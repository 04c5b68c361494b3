"""Protocols after nature: what each of its laws promises, as functions and as played."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import ceil, exp, inf, log, sqrt

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.decision import Act, Contribution, Intention
from unscripted.model.errors import UsageError
from unscripted.model.networks.building import build_topology
from unscripted.protocols import clonal, morphogenetic
from unscripted.protocols.clonal import Antibody, Clonal
from unscripted.protocols.mean_field import MeanField, equilibrium
from unscripted.protocols.morphogenetic import Morphogenetic
from unscripted.testing import ArbitraryMind, Case, Scripted, networks, seeds

few = settings(max_examples=60, deadline=None)
minds = st.sampled_from(
    [ArbitraryMind(), ArbitraryMind(0.3), ArbitraryMind(0.0, 0.0), ArbitraryMind(0.0, 0.9)]
)
shares = st.floats(0.0, 1.0)


def seen_messages(record, member, round_):
    turn = next(t for t in record.by_id[member].turns if t.round == round_)
    return [record.log[i] for a, b in turn.seen for i in range(a, b)]


def heard_by(graph, member):
    return set(graph.pred[member] if graph.is_directed() else graph.adj[member])


def touching(graph, member):
    both_ways = graph.to_undirected(as_view=True) if graph.is_directed() else graph
    return set(both_ways.adj[member])


@st.composite
def graphs(draw, max_agents=24):
    """Networks of all kinds, some directed, some in pieces, ids with gaps."""
    name, n = draw(networks(max_agents))
    graph = nx.Graph(build_topology(name, n, draw(seeds())).edges)
    graph.add_nodes_from(range(n))
    if draw(st.booleans()):
        gone = draw(st.sets(st.integers(0, n - 1), max_size=n - 1))
        graph.remove_nodes_from(gone)
    if draw(st.booleans()):
        one_way = nx.DiGraph()
        one_way.add_nodes_from(graph)
        for a, b in graph.edges:
            way = draw(st.integers(0, 2))
            one_way.add_edges_from([[(a, b)], [(b, a)], [(a, b), (b, a)]][way])
        graph = one_way
    return nx.relabel_nodes(graph, {m: 3 * m + 1 for m in graph})


# --- clonal -----------------------------------------------------------------------------------

antibodies = st.lists(st.floats(0, 1), max_size=12).map(
    lambda values: [Antibody(i, i, a) for i, a in enumerate(values)]
)


def apart(works, start):
    return [w._replace(message=w.message + start, author=w.author + start) for w in works]


@given(antibodies, antibodies, antibodies, st.integers(1, 12))
def test_survivors_keep_the_best_and_newcomers_replace_the_worst(pool, clones, fresh, size):
    clones, fresh = apart(clones, 100), apart(fresh, 200)
    kept = clonal.survivors(pool, clones, fresh, size)
    assert len(kept) == min(size, len(kept)) == len(set(kept))
    assert kept == clonal.ranked(kept)
    competing = clonal.ranked([*pool, *clones])
    if competing or fresh:
        assert kept[0].affinity == max(w.affinity for w in [*competing, *fresh])
    stayed = [w for w in kept if w in competing]
    assert stayed == competing[: len(stayed)], "a worse one outlived a better"
    if len(fresh) < size:
        assert set(fresh) <= set(kept), "newcomers need not compete"
        assert len(kept) == min(size, len(competing) + len(fresh)), "a place was left empty"


@given(st.integers(1, 8), st.integers(0, 60))
def test_clones_are_dealt_in_proportion_to_rank_and_more_to_the_better(k, n):
    works = [Antibody(i, 50 + i, 1 - i / 10) for i in range(k)]
    dealt = clonal.deal(dict.fromkeys(range(n), works))
    counts = Counter(parent.author for parent in dealt.values())
    by_rank = [counts[w.author] for w in works]
    assert sum(by_rank) == n
    assert by_rank == sorted(by_rank, reverse=True)
    total = k * (k + 1) / 2
    for r, count in enumerate(by_rank):
        assert count >= int(n * (k - r) / total), "d'Hondt never gives less than the whole share"
    if n % int(total) == 0:
        assert by_rank == [n * (k - r) // int(total) for r in range(k)]


def test_of_equal_affinity_the_older_is_better_and_silence_counts_a_half():
    assert [w.message for w in clonal.ranked([Antibody(7, 0, 0.5), Antibody(3, 1, 0.5)])] == [3, 7]
    said = [clonal.affinity(Contribution("r", "w", (), c)) for c in (None, 0.0, 1)]
    assert said == [0.5, 0.0, 1.0]


def pools(record, protocol, members):
    """The pool before each generation, and its members that see nothing, retraced."""
    n = len(members)
    size = max(1, int(protocol.naive * n + 0.5))

    def born(index):
        return [
            (-clonal.affinity(m.content), m.id, m.author) for m in record.log if m.round == index
        ]

    pool = sorted(born(0))
    assert len(record.rounds[0].actors) == size
    for index, played in enumerate(record.rounds[1:], start=1):
        yield index, played.actors, pool
        count = int(protocol.newcomers * len(played.actors) + 0.5)
        blind = [a for a in played.actors if not seen_messages(record, a, index)]
        if count == 0:
            pool = sorted([*pool, *born(index)])[:size]
        else:  # which of the blind were newcomers does not show; follow the log no further
            assert len(blind) >= count
            return


@few
@given(networks(), st.booleans(), seeds(), minds, st.floats(0.05, 1), st.integers(1, 4),
       st.integers(1, 5), st.sampled_from([0.0, 0.0, 0.2, 1.0]))  # fmt: skip
def test_a_clone_sees_its_parent_or_all_its_parents_among_the_best_it_hears(
    network, directed, seed, mind, naive, generations, select, newcomers
):
    protocol = Clonal(
        naive=naive, generations=generations, select=select, newcomers=newcomers, memory=0
    )
    case = Case(lambda: protocol, network[1], network[0], seed, 1, mind, directed=directed)
    org, (record,) = case.play()
    assert not record.error
    acted = [a for played in record.rounds for a in played.actors]
    assert sorted(acted) == list(org.network.G), "each member works once"
    assert all(not seen_messages(record, a, 0) for a in record.rounds[0].actors)
    best = 0.0
    for index, actors, pool in pools(record, protocol, acted):
        best, before = max((-a for a, _, _ in pool), default=0.0), best
        assert best >= before, "the best affinity fell"
        blind = 0
        for actor in actors:
            hears = heard_by(org.network.G, actor)
            near = [w for w in pool if w[2] in hears][:select]
            seen = {m.id for m in seen_messages(record, actor, index)}
            assert seen <= {i for _, i, _ in near}
            assert len(seen) in {0, 1, len(near)}
            blind += bool(near) and not seen
        most = int(newcomers * len(actors) + 0.5)
        assert blind <= most
        if newcomers == 0.0:
            assert blind == 0, "a clone was shown nothing of what it could hear"


@pytest.mark.parametrize(
    ("rho", "sure", "expected"),
    [(2.5, 1.0, exp(-2.5)), (2.5, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.5, exp(-0.5))],
)
def test_clones_of_poor_works_depart_from_them_more_often(rho, sure, expected):
    mind = Scripted([Contribution("r", "w", (), sure)])
    protocol = Clonal(rho=rho, newcomers=0.0, generations=1)
    org = un.build(protocol=protocol, n_agents=2000, model=mind, judge="none", rng=1)
    (record,) = org.run(1)
    read = [len(seen_messages(record, a, 1)) for a in record.rounds[1].actors]
    assert set(read) <= {1, 3}
    assert read.count(3) / len(read) == pytest.approx(expected, abs=0.04)


@few
@given(st.integers(2, 30), seeds(), st.integers(0, 5), minds)
def test_those_who_trusted_their_work_most_open_the_next_task(n, seed, memory, mind):
    case = Case(lambda: Clonal(memory=memory), n, "complete", seed, 4, mind)
    _, records = case.play()
    for before, record in pairwise(records):
        trust = sorted(
            (-max(0.5 if c.confidence is None else c.confidence for c in m.contributions), m.member)
            for m in before.members
            if m.contributions
        )
        opening = record.rounds[0].actors
        cells = [m for _, m in trust][:memory]
        assert set(cells[: len(opening)]) <= set(opening)


def test_memory_cells_that_left_are_passed_over():
    _, (record,) = Case(Clonal, 6, "complete", 3, 1, ArbitraryMind(0.0, 0.0)).play()
    best = clonal.memory_cells(record, range(6), 6)
    assert clonal.memory_cells(record, set(range(6)) - {best[0]}, 2) == best[1:3]


def test_without_memory_cells_chance_opens_every_task():
    _, records = Case(
        lambda: Clonal(memory=0), 12, "complete", 3, 4, ArbitraryMind(0.0, 0.0)
    ).play()
    assert len({r.rounds[0].actors for r in records}) > 1


# --- mean field -------------------------------------------------------------------------------

wishes = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30)
congestions = st.floats(0.0, 1000.0)
temperatures = st.floats(0.001, 1000.0)


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def response(m, wanted, congestion, temperature):
    p = np.array(wanted) / np.sum(wanted)
    return softmax((np.log(p) - congestion * len(p) * m) / temperature)


@given(wishes, congestions, temperatures)
def test_the_population_settles_where_it_responds_to_itself(wanted, congestion, temperature):
    m = equilibrium(wanted, congestion=congestion, temperature=temperature)
    assert m.shape == (len(wanted),)
    assert m.sum() == pytest.approx(1.0, abs=1e-12)
    steep = 1 + congestion * len(wanted) / temperature  # what an error of m grows to
    again = response(m, wanted, congestion, temperature)
    assert np.abs(again - m).max() < 1e-10 * steep


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.01, 100), min_size=2, max_size=8),
    st.floats(0.0, 4.0),
    st.floats(0.5, 4.0),
    seeds(),
)
def test_from_wherever_it_starts_it_settles_in_the_same_place(
    wanted, congestion, temperature, seed
):
    settled = equilibrium(wanted, congestion=congestion, temperature=temperature)
    draw = np.random.default_rng(seed)
    step = 1 / (1 + congestion * len(wanted) / temperature)
    for start in (draw.dirichlet(np.ones(len(wanted))), np.eye(len(wanted))[0]):
        m = start
        for _ in range(int(25 / step)):
            m = (1 - step) * m + step * response(m, wanted, congestion, temperature)
        assert np.abs(m - settled).max() < 1e-8


@given(wishes, congestions, st.floats(1.0, 1000.0))
def test_what_the_population_does_is_more_even_than_what_it_wants(wanted, congestion, temperature):
    p = np.array(wanted) / np.sum(wanted)
    m = equilibrium(wanted, congestion=congestion, temperature=temperature)
    by_wish = np.argsort(p, kind="stable")
    assert (np.diff(m[by_wish]) >= -1e-12).all(), "a topic less wanted is more frequent"
    ratio_p, ratio_m = p[by_wish][1:] / p[by_wish][:-1], m[by_wish][1:] / m[by_wish][:-1]
    assert (ratio_m <= ratio_p * (1 + 1e-9)).all()
    assert (np.cumsum(np.sort(m)) >= np.cumsum(np.sort(p)) - 1e-12).all(), "Lorenz"
    if congestion > 0.01 and p.max() > 1.01 * p.min():
        assert m.max() < p.max()


def test_without_congestion_everyone_does_as_it_said_and_with_much_they_spread_evenly():
    wanted = [6.0, 3.0, 1.0]
    assert equilibrium(wanted, congestion=0, temperature=1) == pytest.approx([0.6, 0.3, 0.1])
    crowded = equilibrium(wanted, congestion=1000, temperature=1)
    assert crowded == pytest.approx([1 / 3] * 3, abs=1e-3)
    # two topics: log 4 - 2c(2m - 1) = log(m / (1 - m)), solved for c at m = 2/3
    c = (log(4) - log(2)) / (2 / 3)
    assert equilibrium([4, 1], congestion=c, temperature=1)[0] == pytest.approx(2 / 3)


class Wanting(ArbitraryMind):
    """States topics drawn by seed, then does anything."""

    def __init__(self, topics, abstaining=0.0, most=3):
        super().__init__(0.0, abstaining)
        self.topics = topics
        self.most = most

    def decide(self, observation):
        if observation.act is not Act.INTEND:
            return super().decide(observation)
        draw = np.random.default_rng(observation.seed)
        if draw.random() < self.abstaining:
            return un.Abstention("no view")
        focus = draw.choice(self.topics, size=draw.integers(0, self.most + 1)).tolist()
        return Intention(f"{draw.choice(self.topics)} hand", tuple(focus))


TOPICS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
wanting = st.builds(
    Wanting,
    st.lists(st.sampled_from(TOPICS), min_size=1, max_size=8, unique=True),
    st.sampled_from([0.0, 0.3, 0.9]),
)


def intentions(record):
    return {m.author: m.content for m in record.log if isinstance(m.content, Intention)}


def tally(stated):
    """How much of each topic these intentions want, and with which roles."""
    wanted, roles = Counter(), {}
    for intention in stated:
        topics = {t.strip() for t in intention.focus} or {intention.role}
        for topic in topics:
            wanted[topic] += 1 / len(topics)
            roles.setdefault(topic, Counter())[intention.role] += 1
    return wanted, roles


def given_in(record, round_=1):
    return {m.member: t.assignment for m in record.members for t in m.turns if t.round == round_}


@few
@given(st.integers(1, 40), seeds(), wanting, st.floats(0.0, 5.0), st.floats(0.2, 5.0))
def test_on_a_complete_network_the_numbers_on_topics_are_those_of_the_equilibrium(
    n, seed, mind, congestion, temperature
):
    protocol = MeanField(congestion=congestion, temperature=temperature)
    _, (record,) = Case(lambda: protocol, n, "complete", seed, 1, mind).play()
    wanted, roles = tally(intentions(record).values())
    responses = given_in(record)
    if not wanted:
        assert set(responses.values()) == {None}
        return
    names = sorted(wanted)
    m = equilibrium([wanted[t] for t in names], congestion=congestion, temperature=temperature)
    counts = Counter(a.focus[0] for a in responses.values())
    assert sum(counts.values()) == n
    assert set(counts) <= set(names)
    for topic, share in zip(names, m, strict=True):
        assert abs(counts[topic] - n * share) < 1 + 1e-6
    for assignment in responses.values():
        stated = roles[assignment.focus[0]]
        assert stated[assignment.role] == max(stated.values())


@few
@given(networks(), st.booleans(), seeds(), st.one_of(minds, wanting))
def test_a_member_responds_to_those_it_hears_and_sees_nobody(network, directed, seed, mind):
    case = Case(MeanField, network[1], network[0], seed, 2, mind, directed=directed)
    org, records = case.play()
    for record in records:
        assert not record.error
        assert [r.act for r in record.rounds] == [Act.INTEND, Act.CONTRIBUTE]
        assert all(r.actors == tuple(org.network.G) for r in record.rounds)
        assert all(t.seen == () for m in record.members for t in m.turns)
        stated = intentions(record)
        for member, assignment in given_in(record).items():
            hears = heard_by(org.network.G, member) | {member}
            near = [stated[m] for m in sorted(hears) if m in stated]
            assert (assignment is None) == (not near)
            if assignment is not None:
                worded = {(t, i.role) for i in near for t in (i.focus or (i.role,))}
                assert " ".join(assignment.focus[0].casefold().split()) in {
                    " ".join(t.casefold().split()) for t, _ in worded
                }
                assert assignment.role in {role for _, role in worded}


def test_on_a_ring_every_quantile_is_played():
    topics = [f"t{i}" for i in range(3)]
    mind = Wanting(topics, most=1)
    _, (record,) = Case(MeanField, 40, "ring", 5, 1, mind).play()
    counts = Counter(a.focus[0] for a in given_in(record).values())
    assert {"t0", "t1", "t2"} <= set(counts)


def test_wordings_that_differ_in_case_or_spacing_are_one_topic():
    mind = [
        Scripted([Contribution("r", "w")], intentions=[Intention("Lawyer", (topic,))])
        for topic in ("Data  Law", "data law", "DATA LAW ")
    ]
    org = un.build(protocol="mean-field", n_agents=3, model=mind, judge="none", rng=0)
    (record,) = org.run(1)
    assert {a.focus for a in given_in(record).values()} == {("Data  Law",)}


# --- morphogenetic ----------------------------------------------------------------------------

diffusions = st.floats(0.01, 0.99)


def amounts_on(graph, n_morphogens, seed):
    draw = np.random.default_rng(seed)
    return draw.random((len(graph), n_morphogens)) * (draw.random((len(graph), 1)) < 0.5)


@few
@given(graphs(), st.integers(1, 4), seeds(), diffusions, st.floats(0, 0.99), st.integers(0, 30))
def test_nothing_is_lost_but_by_decay_and_nothing_falls_below_zero(
    graph, k, seed, diffusion, decay, steps
):
    start = amounts_on(graph, k, seed)
    gain = morphogenetic.exchange(graph, sorted(graph))
    now = start
    for step in range(1, steps + 1):
        now = morphogenetic.diffuse(now, gain, diffusion=diffusion, decay=decay, steps=1)
        assert (now >= 0).all()
        expected = start.sum(axis=0) * (1 - decay) ** step
        assert now.sum(axis=0) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    at_once = morphogenetic.diffuse(start, gain, diffusion=diffusion, decay=decay, steps=steps)
    assert np.array_equal(at_once, now)


@given(st.integers(1, 20), st.integers(1, 4), seeds(), diffusions)
def test_the_closed_form_on_a_complete_network_is_what_the_links_say(n, k, seed, diffusion):
    amounts = amounts_on(range(n), k, seed)
    inflow = diffusion / max(1, n - 1) * (1 - np.eye(n))
    expected = amounts + inflow @ amounts - inflow.sum(axis=0)[:, None] * amounts
    for graph in (nx.complete_graph(n), nx.complete_graph(n).to_directed()):
        gain = morphogenetic.exchange(graph, range(n))
        now = morphogenetic.diffuse(amounts, gain, diffusion=diffusion, decay=0, steps=1)
        assert now == pytest.approx(expected, abs=1e-12)


@few
@given(graphs(), seeds())
def test_a_link_carries_the_same_either_way_and_goes_only_its_way(graph, seed):
    members = sorted(graph)
    gain = morphogenetic.exchange(graph, members)
    flow = gain(np.eye(len(members)))
    for i, a in enumerate(members):
        for j, b in enumerate(members):
            if a != b:
                assert (flow[j, i] > 0) == graph.has_edge(a, b)
    if not graph.is_directed():
        assert flow == pytest.approx(flow.T)


def emitted_from(graph, source, diffusion, decay, steps):
    members = sorted(graph)
    start = np.zeros((len(members), 1))
    start[members.index(source)] = 1.0
    return morphogenetic.diffuse(
        start, morphogenetic.exchange(graph, members), diffusion=diffusion, decay=decay,
        steps=steps, emitted=start,
    )[:, 0]  # fmt: skip


@few
@given(st.sampled_from(["chain", "tree", "star"]), st.integers(2, 30), st.data(), diffusions,
       st.floats(0, 0.9), st.integers(0, 60))  # fmt: skip
def test_on_a_tree_a_morphogen_falls_with_every_link_from_its_source(
    name, n, data, diffusion, decay, steps
):
    graph = build_topology(name, n, 0)
    source = data.draw(st.integers(0, n - 1))
    concentration = emitted_from(graph, source, diffusion, decay, steps)
    far = nx.single_source_shortest_path_length(graph, source)
    for a, b in graph.edges:
        near, further = (a, b) if far[a] < far[b] else (b, a)
        assert concentration[near] >= concentration[further] - 1e-12
        if far[further] <= steps:
            assert concentration[near] > 0
    assert concentration[source] == concentration.max()


def test_on_a_chain_the_gradient_is_strict_and_decay_makes_it_steeper():
    slow = emitted_from(nx.path_graph(9), 0, 0.5, 0.05, 40)
    fast = emitted_from(nx.path_graph(9), 0, 0.5, 0.5, 40)
    assert (np.diff([slow, fast]) < 0).all()
    assert (fast[1:] / fast[:-1] < slow[1:] / slow[:-1]).all()


@few
@given(graphs(), st.data())
def test_each_organizer_is_the_farthest_from_those_before_it(graph, data):
    n = data.draw(st.integers(1, len(graph)))
    chosen = morphogenetic.spread(graph, n)
    assert len(chosen) == len(set(chosen)) == n
    members = sorted(graph)
    degrees = dict(graph.out_degree if graph.is_directed() else graph.degree)
    most = max(degrees.values())
    assert chosen[0] == next(m for m in members if degrees[m] == most)
    paths = dict(nx.all_pairs_shortest_path_length(graph))
    for i in range(1, n):
        far = {m: min(paths[c].get(m, inf) for c in chosen[:i]) for m in members}
        farthest = max(far.values())
        assert chosen[i] == next(m for m in members if far[m] == farthest)
    expected = {m: min(paths[c].get(m, inf) for c in chosen) for m in members}
    assert morphogenetic.distances(graph, chosen) == expected


def random_blends(n, k, seed, spread_=1.0):
    draw = np.random.default_rng(seed)
    raw = (draw.random((n, k)) * spread_ + 1 - spread_) * (draw.random((n, 1)) < 0.9)
    if spread_ == 1.0:
        raw *= draw.random((n, k)) < 0.7  # some morphogens don't reach some cells
    return morphogenetic.blend(raw)


def fates_of(graph, blends, inhibition, order=None):
    members = sorted(graph)
    crowd = morphogenetic.contacts(graph, members, blends.shape[1])
    order = range(len(members)) if order is None else order
    return morphogenetic.differentiate(blends, crowd, inhibition=inhibition, order=order)


@few
@given(graphs(), st.integers(1, 6), seeds(), st.floats(0, 5))
def test_no_cell_is_better_off_with_another_fate(graph, k, seed, inhibition):
    members = sorted(graph)
    blends = random_blends(len(members), k, seed)
    fates = dict(zip(members, fates_of(graph, blends, inhibition), strict=True))
    for member, own in zip(members, blends, strict=True):
        fate, near = fates[member], touching(graph, member)
        if not own.any():
            assert fate is None
            continue
        crowd = Counter(fates[other] for other in near)
        worth = [own[f] - inhibition * crowd[f] / max(1, len(near)) for f in range(k)]
        reached = [f for f in range(k) if own[f] > 0]
        assert fate in reached
        assert worth[fate] >= max(worth[f] for f in reached) - 1e-8


@few
@given(graphs(), st.integers(2, 6), seeds(), st.floats(0.2, 5), st.floats(0, 1))
def test_neighbours_differ_where_fates_are_plenty_and_inhibition_strong(
    graph, k, seed, inhibition, spread_
):
    blends = random_blends(len(graph), k, seed, spread_ * 0.9)
    members = sorted(graph)
    fates = dict(zip(members, fates_of(graph, blends, inhibition), strict=True))
    for member, own in zip(members, blends, strict=True):
        near, reached = touching(graph, member), own[own > 0]
        if near and len(near) < len(reached) and np.ptp(reached) < inhibition / len(near) - 1e-8:
            assert fates[member] not in {fates[other] for other in near}


@few
@given(st.sampled_from(["chain", "ring", "tree", "grid", "star"]), st.integers(2, 40),
       st.integers(2, 5), st.floats(0.1, 5), st.data())  # fmt: skip
def test_equal_morphogens_on_a_bipartite_network_give_alternating_fates(
    name, n, k, inhibition, data
):
    assume(name != "ring" or n % 2 == 0)
    graph = build_topology(name, n, 0)
    start = data.draw(st.integers(0, n - 1))
    far = nx.single_source_shortest_path_length(graph, start)
    order = sorted(range(n), key=far.__getitem__)
    fates = fates_of(graph, np.full((n, k), 1 / k), inhibition, order)
    assert all(fates[a] != fates[b] for a, b in graph.edges)


@given(st.integers(2, 60), st.lists(st.floats(0.05, 1), min_size=1, max_size=8))
def test_on_a_complete_network_fates_are_as_frequent_as_morphogens(n, raw):
    share = np.array(raw) / np.sum(raw)
    fates = fates_of(nx.complete_graph(n), np.tile(share, (n, 1)), 1.0)
    counts = Counter(fates)
    for fate, b in enumerate(share):
        # no cell gains by a change, so counts less (n - 1) b differ by 1 at most and sum to 1
        assert abs(counts[fate] - (n - 1) * b) <= 1 + 1 / len(share) + 1e-6


@few
@given(st.integers(1, 20), st.integers(1, 5), seeds(), st.floats(0, 5))
def test_contacts_of_all_with_all_count_like_links(n, k, seed, inhibition):
    blends = random_blends(n, k, seed)
    graph = nx.complete_graph(n)
    by_links = morphogenetic.Touching(graph, range(n), k)
    expected = morphogenetic.differentiate(blends, by_links, inhibition=inhibition, order=range(n))
    assert fates_of(graph, blends, inhibition) == expected


@few
@given(networks(), st.booleans(), seeds(), st.one_of(minds, wanting), st.integers(0, 6))
def test_cells_take_topics_of_organizers_that_reach_them_and_the_rest_are_free(
    network, directed, seed, mind, organizers
):
    protocol = Morphogenetic(organizers=organizers)
    case = Case(lambda: protocol, network[1], network[0], seed, 2, mind, directed=directed)
    org, records = case.play()
    graph, n = org.network.G, case.n_agents
    for record in records:
        assert not record.error
        opening, work = record.rounds
        assert (opening.act, work.act) == (Act.INTEND, Act.CONTRIBUTE)
        assert len(opening.actors) == min(n, organizers or ceil(sqrt(n)))
        assert set(opening.actors) == set(morphogenetic.spread(graph, len(opening.actors)))
        assert work.actors == tuple(graph)
        stated = intentions(record)
        assert set(stated) <= set(opening.actors)
        _, roles = tally(stated.values())
        far = morphogenetic.distances(graph, stated) if stated else dict.fromkeys(graph, inf)
        for member, assignment in given_in(record).items():
            seen = seen_messages(record, member, 1)
            assert {m.author for m in seen} == set(stated) & heard_by(graph, member)
            assert all(isinstance(m.content, Intention) for m in seen)
            assert (assignment is None) == (far[member] == inf)
            if assignment is not None and isinstance(mind, Wanting):
                (topic,) = assignment.focus
                assert roles[topic][assignment.role] == max(roles[topic].values())


def test_a_component_whose_organizer_is_silent_stays_undifferentiated():
    pieces = nx.disjoint_union(nx.path_graph(4), nx.path_graph(3))
    speaks = Scripted([Contribution("r", "w")], intentions=[Intention("lead", ("a", "b"))])
    silent = Scripted([Contribution("r", "w")], intentions=[un.Abstention("no view")])
    org = un.build(
        protocol=Morphogenetic(organizers=2), n_agents=7, topology=lambda n, seed: pieces,
        model=[speaks] * 4 + [silent] * 3, judge="none", rng=0,
    )  # fmt: skip
    (record,) = org.run(1)
    assert record.rounds[0].actors == (1, 4)
    fates = {m: a and a.focus[0] for m, a in given_in(record).items()}
    assert fates == {0: "b", 1: "a", 2: "b", 3: "a", 4: None, 5: None, 6: None}


def test_fates_spread_outwards_so_that_the_legs_of_a_spider_agree():
    spider = nx.Graph([(0, 1), (1, 2), (0, 3), (3, 4), (0, 5), (5, 6), (6, 7)])
    mind = Scripted([Contribution("r", "w")], intentions=[Intention("lead", ("a", "b"))])
    org = un.build(
        protocol=Morphogenetic(organizers=1), n_agents=8, topology=lambda n, seed: spider,
        model=mind, judge="none", rng=0,
    )  # fmt: skip
    (record,) = org.run(1)
    fates = {m: a.focus[0] for m, a in given_in(record).items()}
    assert all(fates[a] != fates[b] for a, b in spider.edges)


@pytest.mark.parametrize("kind", [MeanField, Morphogenetic])
def test_where_no_topic_is_named_the_role_is_the_topic(kind):
    for focus in ((), ("  ",)):
        mind = Scripted([Contribution("r", "w")], intentions=[Intention("lead", focus)])
        org = un.build(protocol=kind(), n_agents=4, model=mind, judge="none", rng=0)
        (record,) = org.run(1)
        assert {(a.role, a.focus) for a in given_in(record).values()} == {("lead", ("lead",))}


def test_synthetic_cells_do_not_all_do_the_same():
    org = un.build(protocol="morphogenetic", n_agents=16, tasks="generated", level="L3", rng=0)
    for record in org.run(4):
        assert len({a.focus for a in given_in(record).values()}) >= 2


# --- all three --------------------------------------------------------------------------------

KINDS = [Clonal, MeanField, Morphogenetic]


@pytest.mark.parametrize("kind", KINDS)
@few
@given(st.data())
def test_members_that_left_leave_no_hole(kind, data):
    """Ids with gaps, joined or directed at will, minds that fail: driven through the kernel."""
    graph = data.draw(graphs())
    members = sorted(graph)
    mind = data.draw(minds)
    org = un.build(
        protocol=kind(), n_agents=max(members) + 1, model=mind, judge="none",
        tasks="generated", rng=data.draw(seeds()),
        topology=lambda n, seed: nx.compose(_isolated(graph, n), graph),
    )  # fmt: skip
    for stranger in set(range(max(members) + 1)) - set(members):
        org.remove_member(stranger)
    for record in org.run(2):
        assert not record.error, record.error
        assert [m.member for m in record.members] == members
        last = {m.member for m in record.members if m.turns and m.turns[-1].act is Act.CONTRIBUTE}
        assert last == set(members), "somebody was never asked to work"
        made = sum(len(m.turns) for m in record.members)
        assert made <= kind().max_calls(len(members))


def _isolated(graph, n):
    empty = type(graph)()
    empty.add_nodes_from(range(n))
    return empty


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_come_back_as_typed(kind):
    assert kind(**kind().parameters).parameters == kind().parameters
    for key, value in kind().parameters.items():
        assert f"{key}={value}" in kind().label


@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        (Clonal, "naive", 0.0), (Clonal, "naive", 1.5), (Clonal, "naive", float("nan")),
        (Clonal, "generations", 0), (Clonal, "generations", 1.5), (Clonal, "select", 0),
        (Clonal, "memory", -1), (Clonal, "rho", -1.0), (Clonal, "rho", inf),
        (Clonal, "newcomers", 1.1), (Clonal, "newcomers", float("nan")),
        (MeanField, "congestion", -0.1), (MeanField, "congestion", 1001.0),
        (MeanField, "temperature", 0.0), (MeanField, "temperature", float("nan")),
        (Morphogenetic, "organizers", -1), (Morphogenetic, "organizers", 2.0),
        (Morphogenetic, "diffusion", 0.0), (Morphogenetic, "diffusion", 1.0),
        (Morphogenetic, "decay", 1.0), (Morphogenetic, "decay", -0.1),
        (Morphogenetic, "inhibition", -1.0), (Morphogenetic, "inhibition", inf),
    ],
)  # fmt: skip
def test_an_argument_out_of_bounds_is_refused_in_one_line(kind, argument, value):
    with pytest.raises(UsageError) as refused:
        kind(**{argument: value})
    text = str(refused.value)
    assert text.startswith(f"{argument}={value} ")
    assert "; use " in text
    assert "\n" not in text
