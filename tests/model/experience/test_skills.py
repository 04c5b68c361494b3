"""Skills grow with practice and fade without."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import WORK, Reader

import unscripted as un
from unscripted.model.experience.skills import FORGOTTEN, Growth, topics_of
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import MemberRecord, State, Turn
from unscripted.model.tasks.generator import GeneratedTasks
from unscripted.model.tasks.stream import CycledTasks
from unscripted.testing import Scripted, seeds

few = settings(max_examples=25, deadline=None)


many = settings(max_examples=80, deadline=None)


def organization(n=4, mind=None, **options):
    options = {"protocol": "shared", "judge": "none", "tasks": "generated", "rng": 0, **options}
    return un.build(n_agents=n, model=mind if mind is not None else Scripted([WORK]), **options)


@given(
    st.floats(0.01, 3), st.floats(0, 0.95), st.dictionaries(st.text(), st.floats(0.02, 20)),
    st.text(),
)  # fmt: skip
@many
def test_levels_grow_and_fade(rate, forgetting, practice, topic):
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


def test_level_follows_the_formula():
    assert Growth(0.3).levels({"b": 2.0, "a": 1.0}) == (
        ("a", round(1 - math.exp(-0.3), 6)),
        ("b", round(1 - math.exp(-0.6), 6)),
    )


@given(seeds(), st.floats(0.05, 2), st.floats(0, 0.3), st.sampled_from(["sequential", "broadcast"]))
@few
def test_record_holds_practised_levels(seed, rate, forgetting, protocol):
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


def test_minds_see_recorded_skills():
    mind = Reader(organization(1, "synthetic/strong").members[0].mind)
    org = organization(3, mind, protocol="sequential", skills="growing")
    org.run(4)
    turns = [t for r in org.records for i in range(3) for t in r.by_id[i].turns]
    assert [o.skills for o in mind.shown] == [t.skills for t in turns]
    assert not any(o.skills for o in mind.shown[:3])
    assert all(o.skills for o in mind.shown[-3:])


def test_newcomers_start_without_skills():
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
def test_skills_grow_where_allowed(protocol, skills):
    org = organization(3, Scripted([WORK], plans=[plan]), protocol=protocol, skills=skills)
    turns = [t for m in org.run(3)[-1].members for t in m.turns]
    grows = {"auto": discover("protocols")[protocol].grows, "fixed": False, "growing": True}
    assert any(t.skills for t in turns) == grows[skills]


def plan(observation):
    return un.Plan(tuple(un.Assignment(m, "worker") for m in observation.roster))


def test_only_some_protocols_grow():
    assert {p.grows for p in discover("protocols").values()} == {True, False}


def record_of(*works):
    turns = tuple(Turn(k, un.Act.CONTRIBUTE, work) for k, work in enumerate(works))
    return MemberRecord(0, "m", State.CONTRIBUTED, turns)


def test_work_practises_its_topics():
    task = organization().task_at(0)
    one, other = task.rubric[0], task.rubric[-1]
    assert one.domain != other.domain
    items = (un.WorkItem(one.id, 0.5), un.WorkItem(other.id, 0.1), un.WorkItem("no such", 1.0))
    structured = un.Contribution("Lead", "text", (), None, items)
    spoken = un.Contribution("  Lead   WRITER ", "text")
    astray = un.Contribution("Lost", "text", (), None, (un.WorkItem("no such", 1.0),))
    assert topics_of(record_of(structured), task) == {one.domain, other.domain}
    assert topics_of(record_of(spoken), task) == {"lead writer"}
    assert topics_of(record_of(astray), task) == {"lost"}
    assert topics_of(record_of(spoken, structured, spoken), task) == {
        "lead writer", one.domain, other.domain,
    }  # fmt: skip
    assert topics_of(record_of(), task) == set()


def test_worded_work_practises_its_role():
    mind = Scripted([un.Contribution("Writer", "a text")] * 2 + [un.Abstention("tired")] * 2)
    org = organization(1, mind, protocol="sequential", skills="growing:rate=0.5,forgetting=0.2")
    levels = [t.skills for r in org.run(4) for t in r.by_id[0].turns]
    practice = (0, 1, 1.8, 1.44)
    assert levels == [
        (("writer", round(1 - math.exp(-0.5 * p), 6)),) if p else () for p in practice
    ]


def test_faint_practice_is_dropped():
    mind = Scripted([WORK] + [un.Abstention("tired")] * 9)
    org = organization(1, mind, protocol="sequential", skills="growing:forgetting=0.9")
    levels = [bool(t.skills) for r in org.run(6) for t in r.by_id[0].turns]
    assert levels == [False, True, True, False, False, False]  # 1, then 0.1; 0.01 is rounded below


def test_practice_helps_in_its_domain():
    reader = Reader(organization(1, "synthetic/strong").members[0].mind)
    org = organization(1, reader, protocol="silent")
    org.run(20)
    better, equal = [], 0
    for observation in reader.shown:
        rubric = org.task_at(observation.tick).rubric
        for r in rubric:
            told = replace(observation, assignment=un.Assignment(0, "worker", (r.id,)))
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


def test_growing_teams_improve():
    def late(skills, seed):
        again = CycledTasks([GeneratedTasks("L3", seed).task(0)], seed)
        org = un.build("silent", 4, "synthetic/medium", tasks=again, skills=skills, rng=seed)
        org.run(10)
        return sum(org.datacollector.model_vars["quality"][5:])

    gains = [late("growing", s) - late("fixed", s) for s in range(12)]
    assert sum(g > 0 for g in gains) >= 10
