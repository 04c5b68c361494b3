"""What runs longer than memory cost, as ratios. `make bench` runs and prints them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.bench

TICKS = 2000
WARM = 200  # caches of a bounded size are full by then
PLAYED = """
import gc, json, resource, time
import unscripted as un

def held():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

org = un.build(n_agents=64, rng=0, keep={keep})
org.run({warm})
before, began = held(), time.perf_counter()
org.run({ticks} - {warm})
tick_s = (time.perf_counter() - began) / ({ticks} - {warm})
grown = held() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
began = time.perf_counter()
tokens = sum(r.totals.tokens for r in org.records)
pass_s = time.perf_counter() - began
print(json.dumps(dict(grown=grown, peak=peak, tick_s=tick_s, tokens=tokens, pass_s=pass_s)))
"""


def played(keep):
    code = PLAYED.format(keep=keep, warm=WARM, ticks=TICKS)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.timeout(1800)
def test_held_records_bound_memory():
    whole, bounded = played(None), played(16)
    print()
    for name, row in (("all held", whole), ("16 held", bounded)):
        print(
            f"{TICKS} ticks of 64, {name}: peak {row['peak'] / 1e6:.0f} MB, "
            f"{row['grown'] / (TICKS - WARM):.0f} bytes a tick, {1e3 * row['tick_s']:.1f} ms a "
            f"tick, all records once {row['pass_s']:.1f} s"
        )
    ratio = bounded["grown"] / whole["grown"]
    print(f"memory grown, 16 held / all held: {ratio:.3f} (at most 0.1)")
    assert whole["tokens"] == bounded["tokens"]
    assert ratio <= 0.1
