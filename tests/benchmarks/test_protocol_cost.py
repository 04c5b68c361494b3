"""How the cost of a decision grows with the team, protocol by protocol, as a ratio in one run.

pytest -m bench -s tests/benchmarks/test_protocol_cost.py
"""

from __future__ import annotations

import gc
import statistics
import time

import pytest

import unscripted as un
from unscripted.model.plugins.discovery import discover

pytestmark = pytest.mark.bench

LIMIT = 1.5
FEW, MANY, REPETITIONS = 64, 1024, 7


def decisions(org):
    return sum(len(m.turns) for m in org.records[-1].members)


def cost(org, each):
    """Of one tick, in seconds, shared out; minds decide in place, so it is ours and theirs."""
    began = time.perf_counter()
    org.step()
    return (time.perf_counter() - began) / each(org)


@pytest.mark.parametrize("topology", ["complete", "watts-strogatz", "barabasi-albert"])
@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_large_teams_decide_as_cheaply(protocol, topology):
    small, large = (
        un.build(protocol=protocol, n_agents=n, topology=topology, rng=0) for n in (FEW, MANY)
    )
    small.run(4)
    large.run(2)
    # Where a plan employs as many in a large team as in a small one, a tick's cost is that of its
    # members: each still has a place in the record.
    few_decide = decisions(large) < MANY / FEW / 4 * decisions(small)
    each, name = (lambda org: len(org.members), "member") if few_decide else (decisions, "decision")
    gc.collect()
    gc.freeze()
    ratios = []
    for _ in range(REPETITIONS):
        few = statistics.median(cost(small, each) for _ in range(5))
        ratios.append(cost(large, each) / few)
    gc.unfreeze()
    ratio = statistics.median(ratios)
    us = 1e6 * cost(large, each)
    print(f"\n{protocol}, {topology}: N={MANY} / N={FEW} {ratio:.2f} ({us:.0f} us a {name})")
    assert ratio <= LIMIT
