"""Shocks: each does what it says, strikes once and when it should, and has an exact twin."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import count

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.errors import Halt, UsageError
from unscripted.model.judge import Judge
from unscripted.model.metrics.resilience import adaptation, level_before, recovery_time, resilience
from unscripted.model.mind import Mind
from unscripted.model.networks.building import build_topology
from unscripted.model.organization import Organization
from unscripted.model.randomness import Streams
from unscripted.model.shocks import SHOCKS, RemoveMembers, Scheduled, Shock
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.folder import Folder
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.specs.circumstances import parse_shocks, shock_models
from unscripted.testing import ArbitraryJudge, ArbitraryMind, networks, seeds

few = settings(max_examples=25, deadline=None)
many = settings(max_examples=80, deadline=None)
shares = st.floats(0.01, 1.0)

EVERY_KIND = {
    "remove": "remove:k=2",
    "remove-hub": "remove-hub",
    "substitute": "substitute:model=synthetic/medium,share=0.5",
    "newcomers": "newcomers:k=2",
    "cut": "cut:share=0.5",
    "rewire": "rewire:share=0.5",
    "mission": "mission:text=Be quick above all",
    "priorities": "priorities",
    "regulation": "regulation",
}
kinds = pytest.mark.parametrize("kind", EVERY_KIND)


def test_no_kind_is_left_out_here():
    assert set(EVERY_KIND) == set(SHOCKS)


class Notebook(Judge):
    """Keeps the task and the mission of every tick; grades nothing."""

    instant = True
    name = "notebook"

    def __init__(self):
        self.tasks = {}
        self.missions = {}

    def appraise(self, submission):
        self.tasks[submission.tick] = submission.task
        self.missions[submission.tick] = submission.mission
        return un.Verdict(reason="kept")


def one_way(topology):
    """A topology with each link in one direction."""

    def directed(n, seed):
        plain = build_topology(topology, n, seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(plain)
        graph.add_edges_from(sorted(e, reverse=sum(e) % 2 > 0) for e in plain.edges)
        return graph

    return directed


def organization(n, shocks, topology="complete", *, seed=0, directed=False, **options):
    options = {"model": ArbitraryMind(), "judge": None, **options}
    if options["judge"] is None:
        options["judge"] = ArbitraryJudge()
    return un.build(
        n_agents=n,
        shocks=shocks,
        topology=one_way(topology) if directed else topology,
        tasks="generated",
        level="L2",
        rng=seed,
        **{"protocol": "silent", **options},
    )


def edges(org):
    directed = org.network.G.is_directed()
    return {e if directed else frozenset(e) for e in org.network.G.edges}


def texts(records):
    return [r.to_json() for r in records]


def struck(shocks, case, directed, seed):
    """An organization one tick before and one tick after the shock, with what held before."""
    topology, n = case
    org = organization(n, shocks, topology, seed=seed, directed=directed)
    org.step()
    before = (list(org.members), edges(org), {m: a.mind for m, a in org.members.items()})
    org.step()
    assert org.records[0].shocks == ()
    (said,) = org.records[1].shocks
    assert [m.member for m in org.records[1].members] == sorted(org.members)
    assert set(org.members) == set(org.network.G)
    return org, before, said


# Each kind


@given(networks(16), st.booleans(), seeds(), st.integers(1, 20))
@many
def test_removed_members_are_gone_with_their_links_and_one_stays(case, directed, seed, k):
    org, (members, links, minds), said = struck(f"remove:k={k}@1", case, directed, seed)
    left = set(org.members)
    assert left < set(members) or len(members) == 1
    assert len(left) == max(1, len(members) - k)
    assert edges(org) == {e for e in links if set(e) <= left}
    assert {m: a.mind for m, a in org.members.items()} == {m: minds[m] for m in left}
    gone = sorted(set(members) - left)
    assert said == (
        f"members {', '.join(map(str, gone))} left"
        if gone
        else "nobody left: a team keeps one member"
    )


def test_every_member_can_be_the_one_that_leaves():
    left = {
        tuple(set(range(6)) - set(org.members))
        for org in (organization(6, "remove@0", seed=seed) for seed in range(120))
        if org.step() is None
    }
    assert left == {(m,) for m in range(6)}


def betweenness(graph):
    """Of each node, by its definition: the share of shortest paths between others through it."""
    reach = {}
    for source in graph:
        distance, ways, level = {source: 0}, {source: 1}, [source]
        for d in count(1):
            following = []
            for a in level:
                for b in graph.adj[a]:
                    if b not in distance:
                        distance[b], ways[b] = d, 0
                        following.append(b)
                    if distance[b] == d:
                        ways[b] += ways[a]
            if not following:
                break
            level = following
        reach[source] = distance, ways
    total = dict.fromkeys(graph, Fraction(0))
    for s, (distance, ways) in reach.items():
        for t in distance:
            for v in graph:
                on_the_way = v in distance and t in reach[v][0] and v not in (s, t)
                if s != t and on_the_way and distance[v] + reach[v][0][t] == distance[t]:
                    total[v] += Fraction(ways[v] * reach[v][1][t], ways[t])
    return total


@given(networks(12), st.booleans(), seeds())
@many
def test_the_hub_is_who_most_shortest_paths_run_through(case, directed, seed):
    topology, n = case
    org = organization(n, "remove-hub@0", topology, seed=seed, directed=directed)
    through = betweenness(org.network.G)
    hub = min(through, key=lambda m: (-through[m], m))
    org.step()
    if n == 1:
        assert org.records[0].shocks == ("nobody left: a team keeps one member",)
        return
    assert set(range(n)) - set(org.members) == {hub}
    assert org.records[0].shocks[0].startswith(f"the hub left, member {hub} (")


@given(networks(16), st.booleans(), seeds(), shares)
@many
def test_substitutes_take_the_seats_of_a_share(case, directed, seed, share):
    new = ArbitraryMind(0.0, 0.5)
    new.name = "substitute"
    shock = [*parse_shocks(f"substitute:share={share}@1", lambda model: new)]
    org, (members, links, minds), said = struck(shock, case, directed, seed)
    assert list(org.members) == members
    assert edges(org) == links
    chosen = [m for m, agent in org.members.items() if agent.mind is new]
    assert all(org.members[m].mind is minds[m] for m in members if m not in chosen)
    assert abs(len(chosen) - max(1, share * len(members))) <= 0.5
    assert len(chosen) >= 1
    assert said == f"members {', '.join(map(str, chosen))} think with substitute now"
    assert [m.member for m in org.records[1].members if m.mind == "substitute"] == chosen


@given(networks(12), st.booleans(), seeds(), st.integers(1, 4), st.integers(0, 6))
@many
def test_newcomers_get_fresh_ids_and_links_with_members(case, directed, seed, k, links):
    org, (members, before, _), said = struck(
        f"newcomers:k={k},links={links}@1", case, directed, seed
    )
    n, held = len(members), len(before)
    graph = org.network.G
    assert list(org.members) == list(range(n + k))
    assert before <= edges(org)
    for new in range(n, n + k):
        older = [m for m in graph.adj[new] if m < new]
        each = held / new if directed else 2 * held / new  # links of a member, on average
        wanted = links if links else max(1, round(each))
        assert len(older) == min(wanted, new)
        if directed:
            assert all(graph.has_edge(m, new) for m in older)
        held += len(older) * (2 if directed else 1)
        assert org.members[new].mind is org.members[0].mind
    assert len(edges(org)) == held
    assert said == f"members {', '.join(map(str, range(n, n + k)))} joined with arbitrary"


def test_an_id_is_not_used_again_after_its_member_left():
    for seed in range(20):
        org = organization(4, "remove:k=3@0;newcomers:k=3@0;newcomers:k=1@1", seed=seed)
        org.run(2)
        assert set(org.members) >= {4, 5, 6, 7}
        assert len(org.members) == 5


def test_newcomers_think_as_they_are_told_to():
    config = RunConfig(agents=3, shocks="newcomers:model=synthetic/weak,k=2@1", ticks=2)
    record = play(config).records[1]
    minds = ["synthetic/strong"] * 3 + ["synthetic/weak"] * 2
    assert [m.mind for m in record.members] == minds


@given(networks(16), st.booleans(), seeds(), shares)
@many
def test_a_share_of_the_links_is_cut(case, directed, seed, share):
    org, (members, links, _), said = struck(f"cut:share={share}@1", case, directed, seed)
    assert list(org.members) == members
    if not links:
        assert said == "no link to cut"
        return
    gone = links - edges(org)
    assert edges(org) < links
    assert len(gone) >= 1
    assert abs(len(gone) - max(1, share * len(links))) <= 0.5
    assert said == f"{len(gone)} of {len(links)} links were cut"


@given(networks(16), st.booleans(), seeds(), shares)
@many
def test_rewired_links_keep_one_end_and_their_number(case, directed, seed, share):
    org, (members, links, _), said = struck(f"rewire:share={share}@1", case, directed, seed)
    assert list(org.members) == members
    if not links:
        assert said == "no link to rewire"
        return
    after = edges(org)
    assert len(after) == len(links)
    assert all(len(set(e)) == 2 for e in after)  # nobody is linked with itself
    moved = int(said.split()[0])
    assert said == f"{moved} of {len(links)} links were rewired"
    assert moved <= max(1, round(share * len(links)))
    assert len(links - after) <= moved
    full = len(links) == len(members) * (len(members) - 1) // (1 if directed else 2)
    if full:  # everybody is linked with everybody
        assert moved == 0
    part = max(1, round(share * len(links)))
    most = max(sum(m in e for e in links) for m in members)
    if most + part < len(members) - 1:  # there is room for every link
        assert moved == part
        assert after != links


def test_the_mission_changes_for_all_from_its_tick_on():
    book = Notebook()
    org = organization(3, "mission:text=Be quick above all@2", judge=book)
    old = org.charter.mission
    org.run(4)
    assert book.missions == {0: old, 1: old, 2: "Be quick above all", 3: "Be quick above all"}


@given(seeds(), st.integers(1, 4), st.integers(0, 3))
@few
def test_a_regulation_adds_one_mandatory_requirement_to_every_later_task(seed, times, at):
    book, plain = Notebook(), Notebook()
    schedule = ";".join([f"regulation:difficulty=0.7@{at}"] * times)
    organization(2, schedule, seed=seed, judge=book).run(5)
    organization(2, "", seed=seed, judge=plain).run(5)
    for tick, task in book.tasks.items():
        as_it_was = plain.tasks[tick]
        if tick < at:
            assert task == as_it_was
            continue
        assert task.rubric[: -times or None] == as_it_was.rubric
        added = task.rubric[len(as_it_was.rubric) :]
        assert len(added) == times
        assert len({r.id for r in task.rubric}) == len(task.rubric)
        assert all(r.mandatory and not r.hidden and r.domain == "audit" for r in added)
        assert {r.difficulty for r in added} == {0.7}
        assert task.brief.text.startswith(as_it_was.brief.text.rstrip())
        assert task.brief.text.count("A new regulation applies") == times
        assert task.id == as_it_was.id


@given(seeds(), st.booleans())
@few
def test_priorities_put_the_last_first_and_make_it_mandatory(seed, named):
    book, plain = Notebook(), Notebook()
    organization(2, "", seed=seed, judge=plain).run(3)
    last = plain.tasks[2].domains[-1]
    schedule = f"priorities:domain={last}@1" if named else "priorities@1"
    organization(2, schedule, seed=seed, judge=book).run(3)
    assert book.tasks[0] == plain.tasks[0]
    for tick in (1, 2):
        task, as_it_was = book.tasks[tick], plain.tasks[tick]
        first = last if named else as_it_was.domains[-1]
        if first not in as_it_was.domains:
            assert task == as_it_was
            continue
        assert task.domains == (first, *(d for d in as_it_was.domains if d != first))
        assert {r.id for r in task.rubric} == {r.id for r in as_it_was.rubric}
        by_id = {r.id: r for r in as_it_was.rubric}
        for r in task.rubric:
            assert r.mandatory == (r.domain == first or by_id[r.id].mandatory)
        for domain in task.domains:
            order = [r.id for r in as_it_was.rubric if r.domain == domain]
            assert [r.id for r in task.rubric if r.domain == domain] == order
        assert f"what concerns {first} comes first" in task.brief.text
    assert book.tasks[2].domains[0] == last


# When


@given(seeds(), st.integers(0, 30), st.integers(0, 30), st.integers(0, 3))
@many
def test_a_shock_drawn_by_seed_stays_in_its_range(seed, first, more, place):
    scheduled = Scheduled(RemoveMembers(), first, first + more)
    tick = scheduled.tick(Streams(seed), place)
    assert first <= tick <= first + more
    assert tick == scheduled.tick(Streams(seed), place)


def test_every_tick_of_the_range_is_drawn_and_two_shocks_draw_apart():
    scheduled = Scheduled(RemoveMembers(), 3, 6)
    drawn = [(scheduled.tick(Streams(s), 0), scheduled.tick(Streams(s), 1)) for s in range(200)]
    assert {a for a, _ in drawn} == {b for _, b in drawn} == {3, 4, 5, 6}
    assert {a == b for a, b in drawn} == {True, False}


@given(seeds())
@few
def test_a_shock_strikes_in_one_tick_alone(seed):
    org = organization(5, "remove@1-4", seed=seed)
    org.run(7)
    (tick,) = [r.tick for r in org.records if r.shocks]
    assert 1 <= tick <= 4
    assert [len(r.members) for r in org.records] == [5] * tick + [4] * (7 - tick)


def test_shocks_of_one_tick_strike_in_the_order_given():
    org = organization(3, "newcomers:k=2@1;remove:k=9@1;remove@1", protocol="sequential")
    org.run(2)
    joined, left, none = org.records[1].shocks
    assert joined.startswith("members 3, 4 joined")
    assert left.endswith("left")
    assert none == "nobody left: a team keeps one member"
    assert len(org.records[1].members) == 1


@given(seeds())
@few
def test_a_later_shock_changes_no_draw_of_an_earlier_one(seed):
    one = organization(8, "remove:k=3@1", seed=seed).run(4)
    two = organization(8, "remove:k=3@1;cut@3;newcomers@3", seed=seed).run(4)
    assert texts(one[:3]) == texts(two[:3])
    assert two[3].shocks


@kinds
@given(data=st.data(), seed=seeds(), at=st.integers(0, 3), n=st.integers(1, 9))
@few
def test_the_twin_is_the_same_run_until_the_shock(kind, data, seed, at, n):
    protocol = data.draw(
        st.sampled_from(["sequential", "coordinator", "broadcast", "shared", "spectral-hierarchy"])
    )
    made = {"protocol": protocol, "model": "synthetic/strong", "seed": seed, "topology": "star"}
    shaken = organization(n, f"{EVERY_KIND[kind]}@{at}", **made).run(4)
    twin = organization(n, "", **made).run(4)
    assert texts(shaken[:at]) == texts(twin[:at])
    assert [bool(r.shocks) for r in shaken] == [t == at for t in range(4)]
    assert not any(r.shocks for r in twin)
    assert [r.task_id for r in shaken] == [r.task_id for r in twin]


# Stopping and going on


@kinds
@given(seed=seeds(), stop=st.integers(0, 5), protocol=st.sampled_from(["shared", "ripple"]))
@few
def test_a_restored_run_goes_on_as_if_it_had_never_stopped(kind, seed, stop, protocol):
    def made():
        return organization(
            5, f"{EVERY_KIND[kind]}@2;regulation@1-4", "erdos-renyi", seed=seed, protocol=protocol,
            model="synthetic/strong",
        )  # fmt: skip

    whole, stopped = made(), made()
    whole.run(5)
    stopped.run(stop)
    restored = Organization.restore(pickle.loads(pickle.dumps(stopped.snapshot())))
    assert texts(restored.records) == texts(whole.records[:stop])
    restored.run(5 - stop)
    assert texts(restored.records) == texts(whole.records)
    assert restored.measures == whole.measures
    assert edges(restored) == edges(whole)
    assert restored.charter == whole.charter


@kinds
@pytest.mark.parametrize("stop", [1, 2, 3])  # before the shock, exactly before it, just after it
def test_a_run_continued_from_its_folder_equals_an_uninterrupted_one(kind, stop, tmp_path):
    config = RunConfig(
        protocol="shared", agents=5, ticks=5, seed=3, topology="barabasi-albert", level="L2",
        shocks=f"{EVERY_KIND[kind]}@2", skills="growing", memory="team:decay=0.3",
    )  # fmt: skip
    whole = texts(play(config).records)

    def interrupt(org):
        if org.tick == stop:
            raise KeyboardInterrupt

    with Folder(tmp_path / "run", config) as folder:
        assert len(play(config, folder, watch=interrupt).records) == stop
    with Folder(tmp_path / "run", config) as folder:
        outcome = play(config, folder)
        assert outcome.resumed == stop
        assert [text for _, text in folder.texts()] == texts(outcome.records) == whole


class Stops(Mind):
    """Halts the run the first time it is asked at a tick; works otherwise."""

    instant = True
    name = "stops"

    def __init__(self, at):
        self.at = at
        self.halted = False

    def decide(self, observation):
        if observation.tick == self.at and not self.halted:
            self.halted = True
            raise un.Halt("service", "a pause")
        return un.Contribution(f"worker {observation.seed % 3}", observation.charter.mission)


def halting(kind, at):
    # The stopping mind is the second of the team; who leaves or is replaced is drawn.
    shocks = f"{EVERY_KIND[kind]}@2" if kind != "substitute" else parse_shocks(
        f"{EVERY_KIND[kind]}@2", lambda model: Stops(-1)
    )  # fmt: skip
    minds = [Stops(-1), *(Stops(at) for _ in range(6))]
    return organization(7, shocks, "ring", model=minds, protocol="sequential", seed=4)


@kinds
@pytest.mark.parametrize("restored", [False, True])
def test_a_halt_in_its_tick_does_not_let_a_shock_strike_twice(kind, restored):
    whole = halting(kind, -1)
    whole.run(4)
    org = halting(kind, 2)
    org.run(2)
    halts = 0
    while org.tick < 4:
        try:
            org.step()
        except un.Halt:
            halts += 1
            if restored:
                org = Organization.restore(org.snapshot())
    assert halts >= 3
    assert texts(org.records) == texts(whole.records)
    assert edges(org) == edges(whole)
    assert [len(r.shocks) for r in org.records] == [0, 0, 1, 0]


# What can't be


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("earthquake@3", "shock='earthquake' is not known"),
        ("remove:size=2@3", "option 'size=2' is not known"),
        ("remove:k=2,k=3@3", "given twice"),
        ("remove", "has no tick"),
        ("remove@", "has no tick"),
        ("remove@x", "has no tick"),
        ("remove@-1", "has no tick"),
        ("remove@2.5", "has no tick"),
        ("@3", "shock='' is not known"),
        ("remove@5-3", "FIRST-LAST"),
        ("remove:k=0@3", "k=0 is below 1"),
        ("remove:k=x@3", "k='x' is not a valid int"),
        ("newcomers:k=0@3", "k=0 is below 1"),
        ("newcomers:links=-1@3", "links=-1 is below 0"),
        ("newcomers:model=synthetic/nobody@3", "nobody"),
        ("substitute:share=0@3", "share=0.0 is outside 0 to 1"),
        ("substitute:model=synthetic/nobody@3", "nobody"),
        ("cut:share=1.5@3", "share=1.5 is outside 0 to 1"),
        ("rewire:share=nan@3", "share=nan is outside 0 to 1"),
        ("mission@3", "text is empty"),
        ("regulation:domain= @3", "domain is empty"),
        ("regulation:difficulty=2@3", "difficulty=2.0 is outside 0 to 1"),
        ("remove@12", "never strikes in ticks=12"),
        ("remove@3-12", "never strikes in ticks=12"),
        ("remove@3;cut", "has no tick"),
    ],
)
def test_a_shock_that_can_not_be_is_refused_in_one_line(spec, says):
    with pytest.raises(UsageError) as refused:
        RunConfig(shocks=spec, ticks=12)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_schedule_may_be_empty_and_names_the_models_it_brings():
    assert parse_shocks("") == parse_shocks(" ; ") == ()
    models = "substitute:model=a/x@1;newcomers@2;newcomers:model=b/y@3;substitute@4;cut@5"
    assert shock_models(models) == ["a/x", "b/y", "synthetic/weak"]
    assert len(parse_shocks(models)) == 5


def test_a_shock_of_ones_own_strikes_like_the_others():
    class Silence(Shock):
        name = "silence"

        def strike(self, org, rng):
            links = list(org.network.G.edges)
            org.rewire(cut=links)
            return f"{len(links)} links gone"

    def made():
        return organization(4, [Scheduled(Silence(), 1, 1)])

    org = made()
    org.run(3)
    assert org.records[1].shocks == ("6 links gone",)
    assert not edges(org)
    assert texts(Organization.restore(org.snapshot()).records) == texts(org.records)


# Resilience


def test_the_index_is_the_area_that_is_left():
    assert resilience([0.4, 0.6, 0.8], [0.8, 0.8, 0.8]) == pytest.approx(1.8 / 2.4)
    assert resilience([0.5, 0.5], [0.5, 0.5]) == 1.0
    assert resilience([0.6], [0.5]) == pytest.approx(1.2)
    assert resilience([0.0, 0.0], [0.5, 0.7]) == 0.0
    # A tick where either is missing counts for neither.
    assert resilience([0.4, None, 0.9], [0.8, 0.1, None]) == 0.5


@pytest.mark.parametrize("function", [resilience, adaptation, recovery_time])
@pytest.mark.parametrize(
    "pair", [([], []), ([None], [0.5]), ([0.5], [None]), ([None] * 6, [0.5] * 6)]
)
def test_what_is_undefined_is_none(function, pair):
    assert function(*pair) is None


def test_an_index_against_nothing_is_undefined():
    assert resilience([0.5, 0.5], [0.0, 0.0]) is None
    assert adaptation([0.5] * 3, [0.0, 0.5, 0.5]) is None


def test_recovery_is_the_first_tick_from_which_quality_holds():
    level = [1.0] * 6
    assert recovery_time([0.95] * 6, level) == 0  # 5 % may be missing
    assert recovery_time([0.94] * 6, level) is None
    assert recovery_time([0.5, 1.0, 1.0, 0.5, 0.5, 0.5], level) == 1
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level) == 3
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level, hold=1) == 1
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level, hold=3) is None
    assert recovery_time([0.5, 0.5, 0.5, 0.5, 0.5, 1.0], level) is None  # no time to hold
    assert recovery_time([0.5, 0.7, 0.9, 0.9, 0.9, 0.9], level, tolerance=0.1) == 2
    assert recovery_time([1.0, None, 1.0, 1.0], [1.0] * 4) == 2
    assert recovery_time([0.5, 0.5], [0.5, 0.2]) == 0  # against what it would have been


def test_adaptation_is_what_came_back():
    level = [0.8] * 6
    assert adaptation([0.4, 0.4, 0.5, 0.6, 0.8, 0.8], level) == pytest.approx(0.5)
    assert adaptation([0.2, 0.4, 0.6], [0.4, 0.8, 0.6]) == pytest.approx(0.5)
    assert adaptation([0.4] * 6, level) == 0.0  # a lasting loss
    assert adaptation(level, level) == 0.0  # no loss
    assert adaptation([0.8, 0.6, 0.4], level[:3]) == pytest.approx(-0.5)
    assert adaptation([0.4, 0.8], level[:2]) is None


@given(st.lists(st.tuples(*[st.none() | st.floats(0.25, 1)] * 2), max_size=30), st.floats(0.1, 9))
@many
def test_measures_of_resilience_do_not_depend_on_the_scale(pairs, scale):
    quality, reference = [q for q, _ in pairs], [r for _, r in pairs]

    def scaled(series):
        return [None if v is None else v * scale for v in series]

    for function in (resilience, adaptation):
        plain, other = function(quality, reference), function(scaled(quality), scaled(reference))
        assert plain == (None if other is None else pytest.approx(other))
    if any(q is not None and r is not None for q, r in pairs):
        assert 0.25 - 1e-9 <= resilience(quality, reference) <= 4 + 1e-9


def test_the_level_before_is_a_reference_without_a_twin():
    assert level_before([0.4, None, 0.6, 0.1, 0.2], 3) == [0.5, 0.5]
    assert level_before([0.4, 0.6], 0) == [None, None]
    assert resilience([0.1, 0.2], level_before([0.4, None, 0.6, 0.1, 0.2], 3)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: resilience([1.0], [1.0, 1.0]),
        lambda: recovery_time([1.0], []),
        lambda: adaptation([1.0] * 3, [1.0] * 4),
        lambda: recovery_time([1.0], [1.0], tolerance=1.0),
        lambda: recovery_time([1.0], [1.0], tolerance=-0.1),
        lambda: recovery_time([1.0], [1.0], hold=0),
    ],
)
def test_series_of_other_ticks_and_other_options_are_refused(call):
    with pytest.raises(UsageError):
        call()


def test_a_halt_then_a_change_then_a_snapshot_restores_in_the_same_order():
    class Stops(Mind):
        instant = True
        name = "stops"

        def __init__(self):
            self.left = 1

        def decide(self, observation):
            if observation.tick == 1 and self.left:
                self.left -= 1
                raise Halt("budget", "enough for now")
            return un.Contribution("worker", "done")

    mind = Stops()
    org = un.build(
        protocol="silent", n_agents=6, model=mind, judge="none", shocks="remove:k=2@1", rng=3
    )
    org.step()
    with pytest.raises(Halt):
        org.step()
    gone = next(iter(org.members))
    org.remove_member(gone)
    org.step()
    again = Organization.restore(org.snapshot())
    assert [r.to_json() for r in again.records] == [r.to_json() for r in org.records]
    assert sorted(again.members) == sorted(org.members)
    assert len(org.members) == 3


def test_a_shock_that_breaks_is_not_passed_over():
    class Broken(Shock):
        name = "broken"

        def strike(self, org, rng):
            raise RuntimeError("this shock breaks")

    org = un.build(protocol="silent", shocks=[Scheduled(Broken(), 1, 1)], rng=0)
    org.step()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            org.step()
    assert org.tick == 1


def test_real_teams_say_which_model_comes_in_and_missions_may_hold_commas():
    with pytest.raises(UsageError, match="substitute:model="):
        RunConfig(model="openai/gpt-4.1-mini", shocks="substitute@3")
    mixed = RunConfig(model="openai/gpt-4.1-mini", shocks="substitute:model=synthetic/weak@3")
    assert mixed.synthetic
    assert any("can't make sense" in note for note in mixed.notes())
    org = un.build(protocol="silent", shocks="mission:text=Be quick, and bold@0", rng=0)
    org.step()
    assert org.charter.mission == "Be quick, and bold"
