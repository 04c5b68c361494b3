"""How the cost of a decision grows with the team, protocol by protocol, as a ratio in one run.

    pytest -m bench -s tests/benchmarks/test_protocol_cost.py
"""

from __future__ import annotations

import gc
import statistics
import time

import pytest

import unscripted as un
from unscripted.model.discovery import discover

pytestmark = pytest.mark.bench

LIMIT = 1.5
FEW, MANY, REPETITIONS = 64, 1024, 7


def cost_per_decision(org):
    """Of one tick, in seconds; minds decide in place, so all of it is ours and theirs."""
    began = time.perf_counter()
    org.step()
    return (time.perf_counter() - began) / sum(len(m.turns) for m in org.records[-1].members)


@pytest.mark.parametrize("topology", ["complete", "watts-strogatz", "barabasi-albert"])
@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_a_decision_costs_the_same_in_a_large_team(protocol, topology):
    small, large = (
        un.build(protocol=protocol, n_agents=n, topology=topology, rng=0) for n in (FEW, MANY)
    )
    small.run(4)
    large.run(2)
    gc.collect()
    gc.freeze()
    ratios = []
    for _ in range(REPETITIONS):
        few = statistics.median(cost_per_decision(small) for _ in range(5))
        ratios.append(cost_per_decision(large) / few)
    gc.unfreeze()
    ratio = statistics.median(ratios)
    each = 1e6 * cost_per_decision(large)
    print(f"\n{protocol}, {topology}: N={MANY} / N={FEW} {ratio:.2f} ({each:.0f} us a decision)")
    assert ratio <= LIMIT
