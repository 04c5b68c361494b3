"""Every kind of shock does what it says."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from support.own import Constant
from support.shocked import few, many, organization, shares, struck
from support.teams import edges

import unscripted as un
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.specs.shocks import parse_shocks
from unscripted.testing import ArbitraryMind, networks, seeds


class Notebook(un.Judge):
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


@given(networks(16), st.booleans(), seeds(), st.integers(1, 20))
@many
def test_removed_members_are_gone(case, directed, seed, k):
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


def test_any_member_may_leave():
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
def test_hub_has_most_shortest_paths(case, directed, seed):
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
def test_substitutes_take_a_share(case, directed, seed, share):
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
def test_newcomers_get_ids_and_links(case, directed, seed, k, links):
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


def test_ids_are_never_reused():
    for seed in range(20):
        org = organization(4, "remove:k=3@0;newcomers:k=3@0;newcomers:k=1@1", seed=seed)
        org.run(2)
        assert set(org.members) >= {4, 5, 6, 7}
        assert len(org.members) == 5


def test_newcomers_think_as_told():
    config = RunConfig.of(agents=3, shock="newcomers:model=synthetic/weak,k=2@1", ticks=2)
    record = play(config).records[1]
    minds = ["synthetic/strong"] * 3 + ["synthetic/weak"] * 2
    assert [m.mind for m in record.members] == minds


@given(networks(16), st.booleans(), seeds(), shares)
@many
def test_share_of_links_is_cut(case, directed, seed, share):
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
def test_rewired_links_keep_one_end(case, directed, seed, share):
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


def test_mission_changes_for_all():
    book = Notebook()
    org = organization(3, "mission:text=Be quick above all@2", judge=book, model=Constant("clerk"))
    old = org.charter.mission
    org.run(4)
    assert book.missions == {0: old, 1: old, 2: "Be quick above all", 3: "Be quick above all"}


@given(seeds(), st.integers(1, 4), st.integers(0, 3))
@few
def test_regulation_adds_one_requirement(seed, times, at):
    book, plain = Notebook(), Notebook()
    schedule = ";".join([f"regulation:difficulty=0.7@{at}"] * times)
    organization(2, schedule, seed=seed, judge=book, model=Constant("clerk")).run(5)
    organization(2, "", seed=seed, judge=plain, model=Constant("clerk")).run(5)
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
def test_priorities_reorder_and_bind(seed, named):
    book, plain = Notebook(), Notebook()
    organization(2, "", seed=seed, judge=plain, model=Constant("clerk")).run(3)
    last = plain.tasks[2].domains[-1]
    schedule = f"priorities:domain={last}@1" if named else "priorities@1"
    organization(2, schedule, seed=seed, judge=book, model=Constant("clerk")).run(3)
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
