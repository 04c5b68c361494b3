"""Shocks to the network: a share of the links is cut, or leads elsewhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.shocked import many, shares, struck
from support.teams import edges

from unscripted.testing import networks, seeds


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
