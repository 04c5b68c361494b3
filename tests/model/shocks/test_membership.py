"""Shocks to the team: who leaves, who comes, who thinks otherwise."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from support.shocked import many, organization, shares, struck
from support.teams import edges

from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.specs.circumstances import parse_shocks
from unscripted.testing import ArbitraryMind, networks, seeds


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
    config = RunConfig(agents=3, shocks="newcomers:model=synthetic/weak,k=2@1", ticks=2)
    record = play(config).records[1]
    minds = ["synthetic/strong"] * 3 + ["synthetic/weak"] * 2
    assert [m.mind for m in record.members] == minds
