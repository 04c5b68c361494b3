"""What the kernel costs, as ratios measured in one run. `make bench` runs and prints them.

Each ratio is the median over repetitions that alternate numerator and denominator, so that a
noisy machine slows both alike.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time

import pytest

import unscripted as un
from unscripted.agents.synthetic.profiles import synthetic
from unscripted.model.messages import View
from unscripted.testing import Witness

pytestmark = pytest.mark.bench


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


@pytest.fixture(autouse=True)
def quiet_gc():
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def report(name, ratio, limit):
    print(f"\n{name}: {ratio:.3f} (at most {limit})")
    assert ratio <= limit


def test_tick_costs_little_beyond_decisions():
    mind = synthetic("strong")
    watched = un.build(n_agents=64, model=Witness(mind), rng=0)
    plain = un.build(n_agents=64, model=mind, rng=0)
    plain.run(2)
    watched.run(2)
    ratios = []
    for _ in range(25):
        seen = watched.members[0].mind.shown
        seen.clear()
        watched.step()
        tick = timed(plain.step)
        bare = timed(lambda seen=tuple(seen): [mind.decide(o) for o in seen])
        ratios.append(tick / bare)
    report("tick / (N x decide), sequential, complete, N=64", statistics.median(ratios), 1.5)


def cost_per_decision(org):
    return timed(org.step) / len(org.members)


@pytest.mark.parametrize("topology", ["complete", "watts-strogatz"])
def test_decisions_cost_alike_at_scale(topology):
    small = un.build(n_agents=64, topology=topology, rng=0)
    large = un.build(n_agents=4096, topology=topology, rng=0)
    gc.collect()
    gc.freeze()
    small.run(3)
    large.step()
    ratios = []
    for _ in range(5):
        few = statistics.median(cost_per_decision(small) for _ in range(20))
        ratios.append(cost_per_decision(large) / few)
    name = f"cost per decision N=4096 / N=64, sequential, {topology}"
    report(name, statistics.median(ratios), 1.5)


def test_data_collector_takes_little():
    org = un.build(n_agents=64, rng=0)
    org.run(2)
    collect = org.datacollector.collect
    spent = []
    org.datacollector.collect = lambda model: spent.append(timed(lambda: collect(model)))
    shares = []
    for _ in range(40):
        tick = timed(org.step)
        shares.append(spent[-1] / tick)
    report("DataCollector's share of a tick, N=64", statistics.median(shares), 0.10)


def test_help_is_quick():
    def run(*command):
        return timed(lambda: subprocess.run(command, check=True, capture_output=True))

    ratios = []
    for _ in range(9):
        ours = run(sys.executable, "-m", "unscripted", "--help")
        ratios.append(ours / run(sys.executable, "-c", "pass"))
    report("unscripted --help / python -c pass", statistics.median(ratios), 20)


def test_views_take_constant_time():
    org = un.build(n_agents=1024, rng=0, protocol="sequential")
    org.step()
    log = org.records[0].log
    whole = View(log, ((0, len(log)),))
    small = View(log, ((0, 8),))

    def carry(view):
        return timed(lambda: [org.network.carried(view, m) for m in range(1024)])

    ratios = [carry(whole) / carry(small) for _ in range(9)]
    report("making 1,024 views of all messages / of eight", statistics.median(ratios), 3)
