"""Organizations one tick before and after a shock of every kind."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st

import unscripted as un
from support.teams import edges, one_way
from unscripted.testing import ArbitraryJudge, ArbitraryMind

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
