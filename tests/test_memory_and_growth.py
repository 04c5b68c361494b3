"""What members may read of the past, and how far their practice brought them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.decision import Assignment, WorkItem
from unscripted.model.errors import UsageError
from unscripted.model.experience.memory import Memory
from unscripted.model.experience.skills import FORGOTTEN, Growth, topics_of
from unscripted.model.messages import ids_in
from unscripted.model.mind import Mind
from unscripted.model.networks.building import build_topology
from unscripted.model.organization import Organization
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import MemberRecord, State, Turn
from unscripted.model.tasks.generator import GeneratedTasks
from unscripted.model.tasks.stream import CycledTasks
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.testing import ArbitraryMind, Scripted, networks, seeds

few = settings(max_examples=25, deadline=None)
many = settings(max_examples=80, deadline=None)
WORK = un.Contribution("worker", "done")


class Reader(Mind):
    """Another mind that leaves what it was given for the test to look at."""

    instant = True

    def __init__(self, mind):
        self.mind = mind
        self.name, self.world = mind.name, mind.world
        self.given = []

    def decide(self, observation):
        self.given.append(observation)
        return self.mind.decide(observation)


def organization(n=4, mind=None, **options):
    options = {"protocol": "shared", "judge": "none", "tasks": "generated", "rng": 0, **options}
    return un.build(n_agents=n, model=mind if mind is not None else Scripted([WORK]), **options)


def texts(records):
    return [r.to_json() for r in records]


# Memory


def one_way(topology):
    """A topology with each link in one direction."""

    def directed(n, seed):
        plain = build_topology(topology, n, seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(plain)
        graph.add_edges_from(sorted(e, reverse=sum(e) % 2 > 0) for e in plain.edges)
        return graph

    return directed


def notes_of(records):
    """Who took which role on which task: author, tick, role, task, in the order of ids."""
    return [
        (m.member, r.tick, m.contributions[-1].role, r.task_id)
        for r in records
        for m in r.members
        if m.contributions
    ]


def readable(notes, reader, tick, graph, scope, horizon):
    """The ids a member may read, by the rules alone."""
    hears = graph.predecessors(reader) if graph.is_directed() else graph.neighbors(reader)
    authors = {"off": set(), "own": {reader}, "team": {reader, *hears}}[scope]
    return [
        i for i, (author, at, *_) in enumerate(notes)
        if author in authors and tick - horizon <= at < tick
    ]  # fmt: skip


@given(
    networks(9),
    st.booleans(),
    seeds(),
    st.sampled_from(["off", "own", "team"]),
    st.integers(0, 4),
    st.sampled_from([("shared", False), ("silent", True), ("sequential", True)]),
    st.booleans(),
)
@many
def test_what_is_read_is_what_scope_horizon_and_network_allow(
    case, directed, seed, scope, horizon, opened, changing
):
    topology, n = case
    protocol, always = opened
    mind = Reader(ArbitraryMind())
    org = organization(
        n, mind, protocol=protocol, memory=Memory(scope, horizon, 0.0, always), rng=seed,
        topology=one_way(topology) if directed else topology,
        shocks="remove@2;newcomers@3;rewire@4" if changing else "",
    )  # fmt: skip
    for tick in range(6):
        mind.given.clear()
        org.step()
        notes = notes_of(org.records[:tick])
        given_to = {o.member: o for o in mind.given}
        for m in org.records[tick].members:
            wanted = readable(notes, m.member, tick, org.network.G, scope, horizon)
            assert ids_in(m.turns[0].recalled) == wanted
            memory = given_to[m.member].memory  # the mind got what the record says
            assert [(x.author, x.tick, x.content.role, x.content.task_id) for x in memory] == [
                notes[i] for i in wanted
            ]


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_memory_is_open_where_the_protocol_or_the_user_says_so(protocol):
    def recalled(memory):
        org = organization(4, ArbitraryMind(0.0, 0.0), protocol=protocol, memory=memory)
        turns = [t for m in org.run(3)[-1].members for t in m.turns]
        return [bool(t.recalled) for t in turns]

    assert all(recalled("team:always=true"))
    assert not any(recalled("off:always=true"))
    assert any(recalled("team")) == (protocol == "shared")


def test_always_changes_nothing_for_shared():
    runs = [organization(5, ArbitraryMind(), memory=m).run(5) for m in ("team", "team:always=true")]
    assert texts(runs[0]) == texts(runs[1])


def remembered(decay, seed, ticks=12, horizon=99, n=4, **options):
    """The ids of the notes that anybody read at each tick."""
    org = organization(n, memory=Memory("team", horizon, decay), rng=seed, **options)
    read = []
    for record in org.run(ticks):
        by_reader = {tuple(ids_in(m.turns[0].recalled)) for m in record.members}
        assert len(by_reader) == 1  # a note is lost for all or for none
        read.append(set(by_reader.pop()))
    return read


@given(st.floats(0, 1), seeds())
@many
def test_what_is_forgotten_stays_forgotten(decay, seed):
    read = remembered(decay, seed)
    for tick in range(1, 12):
        fresh = set(range(4 * (tick - 1), 4 * tick))
        assert fresh <= read[tick]  # the last task is never forgotten
        assert read[tick] - fresh <= read[tick - 1]


def test_notes_fade_as_often_as_the_decay_says():
    decay, kept, there = 0.3, Counter(), Counter()
    apart = 0
    for seed in range(60):
        read = remembered(decay, seed)
        for tick in range(1, 12):
            for past in range(tick):
                notes = set(range(4 * past, 4 * past + 4))
                there[tick - past] += 4
                kept[tick - past] += len(notes & read[tick])
                apart += 0 < len(notes & read[tick]) < 4
    assert apart > 100  # each note has a fate of its own
    for age, n in there.items():
        p = (1 - decay) ** (age - 1)
        assert abs(kept[age] - n * p) <= 5 * math.sqrt(n * p * (1 - p)), age


def test_no_decay_forgets_nothing_and_full_decay_all_but_the_last_task():
    assert remembered(0.0, 1) == [set(range(4 * t)) for t in range(12)]
    assert remembered(1.0, 1) == [set(range(4 * max(0, t - 1), 4 * t)) for t in range(12)]


@given(st.floats(0, 1), seeds(), st.integers(0, 8))
@few
def test_the_horizon_only_cuts_what_has_not_faded(decay, seed, horizon):
    whole, cut = remembered(decay, seed), remembered(decay, seed, horizon=horizon)
    for tick in range(12):
        assert cut[tick] == {i for i in whole[tick] if i // 4 >= tick - horizon}


@given(seeds(), st.floats(0, 1), st.integers(1, 6))
@few
def test_a_restored_run_remembers_and_forgets_the_same(seed, decay, stop):
    def made():
        return organization(4, ArbitraryMind(), memory=Memory("team", 5, decay), rng=seed)

    whole, stopped = made(), made()
    whole.run(8)
    stopped.run(stop)
    restored = Organization.restore(stopped.snapshot())
    restored.run(8 - stop)
    assert texts(restored.records) == texts(whole.records)
    assert list(restored.memory) == list(whole.memory)


# Growth


@given(
    st.floats(0.01, 3), st.floats(0, 0.95), st.dictionaries(st.text(), st.floats(0.02, 20)),
    st.text(),
)  # fmt: skip
@many
def test_levels_grow_with_practice_and_fade_without(rate, forgetting, practice, topic):
    growth = Growth(rate, forgetting)
    before = dict(growth.levels(practice))
    idle, busy = growth.after(practice, []), growth.after(practice, [topic])
    assert all(0 <= level <= 1 for level in before.values())
    assert list(before) == sorted(before)
    for t, p in practice.items():
        faded = p * (1 - forgetting)
        assert idle.get(t, 0.0) == (pytest.approx(faded) if faded >= FORGOTTEN else 0.0)
        assert dict(growth.levels(idle)).get(t, 0.0) <= before[t]
    assert busy[topic] == pytest.approx(idle.get(topic, 0.0) + 1)
    assert {t: p for t, p in busy.items() if t != topic} == {
        t: p for t, p in idle.items() if t != topic
    }


def test_a_level_is_what_the_formula_says():
    assert Growth(0.3).levels({"b": 2.0, "a": 1.0}) == (
        ("a", round(1 - math.exp(-0.3), 6)),
        ("b", round(1 - math.exp(-0.6), 6)),
    )


@given(seeds(), st.floats(0.05, 2), st.floats(0, 0.3), st.sampled_from(["sequential", "broadcast"]))
@few
def test_the_record_holds_the_levels_that_practice_gives(seed, rate, forgetting, protocol):
    org = organization(
        4, "synthetic/strong", protocol=protocol, skills=Growth(rate, forgetting), rng=seed
    )
    org.run(6)
    worked = defaultdict(set)  # the ticks at which a member worked on a domain
    for record in org.records:
        domains = {r.id: r.domain for r in org.task_at(record.tick).rubric}
        for m in record.members:
            wanted = {}
            for (member, domain), ticks in worked.items():
                if member == m.member:
                    p = sum((1 - forgetting) ** (record.tick - 1 - t) for t in ticks)
                    wanted[domain] = pytest.approx(1 - math.exp(-rate * p), abs=2e-6)
            assert all(dict(t.skills) == wanted for t in m.turns)
            for work in m.contributions:
                for item in work.items:
                    worked[m.member, domains[item.requirement]].add(record.tick)
    assert worked


def test_minds_are_told_the_skills_that_the_record_holds():
    mind = Reader(organization(1, "synthetic/strong").members[0].mind)
    org = organization(3, mind, protocol="sequential", skills="growing")
    org.run(4)
    turns = [t for r in org.records for i in range(3) for t in r.by_id[i].turns]
    assert [o.skills for o in mind.given] == [t.skills for t in turns]
    assert not any(o.skills for o in mind.given[:3])
    assert all(o.skills for o in mind.given[-3:])


def test_newcomers_start_with_none_and_substitutes_with_what_the_seat_had():
    org = organization(
        4, protocol="silent", skills="growing",
        shocks="newcomers:k=2@3;substitute:model=synthetic/weak,share=1@4",
    )  # fmt: skip
    org.run(5)
    levels = [
        {m.member: dict(t.skills).get("worker") for m in r.members for t in m.turns}
        for r in org.records
    ]
    assert set(levels[0].values()) == {None}
    assert None not in levels[2].values()
    assert [levels[3][m] is None for m in range(6)] == [False] * 4 + [True] * 2
    assert all(levels[4][m] > levels[4][new] > 0 for m in range(4) for new in (4, 5))
    assert {m.mind for m in org.records[4].members} == {"synthetic/weak"}


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
@pytest.mark.parametrize("skills", ["auto", "fixed", "growing"])
def test_skills_grow_where_the_protocol_or_the_user_says_so(protocol, skills):
    org = organization(3, Scripted([WORK], plans=[plan]), protocol=protocol, skills=skills)
    turns = [t for m in org.run(3)[-1].members for t in m.turns]
    grows = {"auto": discover("protocols")[protocol].grows, "fixed": False, "growing": True}
    assert any(t.skills for t in turns) == grows[skills]


def plan(observation):
    return un.Plan(tuple(Assignment(m, "worker") for m in observation.roster))


def test_some_protocol_grows_of_itself_and_some_does_not():
    assert {p.grows for p in discover("protocols").values()} == {True, False}


def record_of(*works):
    turns = tuple(Turn(k, un.Act.CONTRIBUTE, work) for k, work in enumerate(works))
    return MemberRecord(0, "m", State.CONTRIBUTED, turns)


def test_work_practises_its_domains_and_words_their_role():
    task = organization().task_at(0)
    one, other = task.rubric[0], task.rubric[-1]
    assert one.domain != other.domain
    items = (WorkItem(one.id, 0.5), WorkItem(other.id, 0.1), WorkItem("no such", 1.0))
    structured = un.Contribution("Lead", "text", (), None, items)
    spoken = un.Contribution("  Lead   WRITER ", "text")
    astray = un.Contribution("Lost", "text", (), None, (WorkItem("no such", 1.0),))
    assert topics_of(record_of(structured), task) == {one.domain, other.domain}
    assert topics_of(record_of(spoken), task) == {"lead writer"}
    assert topics_of(record_of(astray), task) == {"lost"}
    assert topics_of(record_of(spoken, structured, spoken), task) == {
        "lead writer", one.domain, other.domain,
    }  # fmt: skip
    assert topics_of(record_of(), task) == set()


def test_work_in_words_practises_its_role_in_a_run():
    mind = Scripted([un.Contribution("Writer", "a text")] * 2 + [un.Abstention("tired")] * 2)
    org = organization(1, mind, protocol="sequential", skills="growing:rate=0.5,forgetting=0.2")
    levels = [t.skills for r in org.run(4) for t in r.by_id[0].turns]
    practice = (0, 1, 1.8, 1.44)
    assert levels == [
        (("writer", round(1 - math.exp(-0.5 * p), 6)),) if p else () for p in practice
    ]


def test_what_is_hardly_practised_is_dropped():
    mind = Scripted([WORK] + [un.Abstention("tired")] * 9)
    org = organization(1, mind, protocol="sequential", skills="growing:forgetting=0.9")
    levels = [bool(t.skills) for r in org.run(6) for t in r.by_id[0].turns]
    assert levels == [False, True, True, False, False, False]  # 1, then 0.1; 0.01 is rounded below


def test_practice_makes_a_synthetic_mind_better_in_its_domain_alone():
    reader = Reader(organization(1, "synthetic/strong").members[0].mind)
    org = organization(1, reader, protocol="silent")
    org.run(20)
    better, equal = [], 0
    for observation in reader.given:
        rubric = org.task_at(observation.tick).rubric
        for r in rubric:
            told = replace(observation, assignment=Assignment(0, "worker", (r.id,)))
            plain, trained, elsewhere = (
                quality(reader.mind, replace(told, skills=skills))
                for skills in ((), ((r.domain, 0.9),), (("another trade", 0.9),))
            )
            better.append(trained - plain)
            assert plain == elsewhere
            equal += plain == trained
    assert min(better) >= 0
    assert sum(better) / len(better) > 0.03
    assert equal < 0.2 * len(better)  # where both are flawless


def quality(mind, observation):
    (item,) = mind.decide(observation).reply.items
    return item.quality


def test_a_team_whose_skills_grow_gets_better_at_what_comes_again():
    def late(skills, seed):
        again = CycledTasks([GeneratedTasks("L3", seed).task(0)], seed)
        org = un.build("silent", 4, "synthetic/medium", tasks=again, skills=skills, rng=seed)
        org.run(10)
        return sum(org.datacollector.model_vars["quality"][5:])

    gains = [late("growing", s) - late("fixed", s) for s in range(12)]
    assert sum(g > 0 for g in gains) >= 10


@given(seeds(), st.integers(0, 6))
@few
def test_a_restored_run_has_the_same_skills(seed, stop):
    def made():
        return organization(
            3, "synthetic/medium", protocol="spectral-hierarchy", rng=seed,
            shocks="newcomers@2;remove@4",
        )  # fmt: skip

    whole, stopped = made(), made()
    whole.run(6)
    stopped.run(stop)
    restored = Organization.restore(stopped.snapshot())
    assert {m: a.practice for m, a in restored.members.items()} == {
        m: a.practice for m, a in stopped.members.items()
    }
    restored.run(6 - stop)
    assert texts(restored.records) == texts(whole.records)
    assert any(t.skills for t in whole.records[-1].members[0].turns)


# What can't be


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"memory": "all"}, "memory='all' is not known"),
        ({"memory": "team:horizon=-1"}, "horizon=-1 is below 0"),
        ({"memory": "team:horizon=long"}, "horizon='long' is not a valid int"),
        ({"memory": "team:decay=1.5"}, "decay=1.5 is outside 0 to 1"),
        ({"memory": "team:decay=nan"}, "decay=nan is outside 0 to 1"),
        ({"memory": "own:always=perhaps"}, "always='perhaps' is not a valid"),
        ({"memory": "own:forever=true"}, "option 'forever=true' is not known"),
        ({"skills": "wild"}, "skills='wild' is not known"),
        ({"skills": "growing:rate=0"}, "rate=0.0 is not above 0"),
        ({"skills": "growing:rate=inf"}, "rate=inf is not above 0"),
        ({"skills": "growing:forgetting=1"}, "forgetting=1.0 is outside 0 to 1"),
        ({"skills": "growing:talent=1"}, "option 'talent=1' is not known"),
        ({"skills": "fixed:rate=1"}, "option 'rate=1' is not known"),
        ({"skills": "auto:rate=1"}, "option 'rate=1' is not known"),
    ],
)
def test_memory_and_skills_that_can_not_be_are_refused_in_one_line(options, says):
    with pytest.raises(UsageError) as refused:
        RunConfig(**options)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
