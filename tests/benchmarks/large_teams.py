"""What one run costs where teams are large: time, memory and record, by protocol and network.

    python tests/benchmarks/large_teams.py
    python tests/benchmarks/large_teams.py --agents 64 4096 --protocols silent --topologies complete

Each line is played by a process of its own, with synthetic minds, and holds two ticks. `build` is
the time until the first tick, `tick` the mean over the ticks played, `peak` the most memory the
process ever took, and `record` what a tick's record takes as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

COLUMNS = (
    "protocol", "topology", "agents", "calls", "build s", "tick s", "us a call", "peak MB",
    "record B an agent",
)  # fmt: skip


def play(protocol: str, topology: str, agents: int, ticks: int) -> dict[str, Any]:
    """One run as a row; the program itself is loaded before the clock runs."""
    import unscripted as un

    un.build(n_agents=2, rng=0).run(2)
    began = time.perf_counter()
    org = un.build(protocol, agents, topology=topology, rng=0, keep=2)
    built = time.perf_counter()
    org.run(ticks)
    tick_s = (time.perf_counter() - built) / ticks
    calls = org.records[-1].totals.calls
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "protocol": protocol,
        "topology": topology,
        "agents": agents,
        "calls": calls,
        "build s": round(built - began, 2),
        "tick s": round(tick_s, 2),
        "us a call": round(1e6 * tick_s / max(1, calls)),
        "peak MB": round(peak_mb),
        "record B an agent": round(len(org.records[-1].to_json()) / agents),
    }


def in_own_process(*arguments: object, limit_s: float) -> dict[str, Any] | str:
    """The row, or why there is none."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s)
    except subprocess.TimeoutExpired:
        return f"more than {limit_s:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended by signal {-done.returncode}"])[-1]
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def main() -> None:
    """Print a line for each protocol, network and size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--agents", nargs="+", type=int, default=[64, 1024, 4096, 16384])
    parser.add_argument(
        "--protocols", nargs="+", default=["sequential", "broadcast", "sparse-graph", "silent"]
    )
    parser.add_argument("--topologies", nargs="+", default=["complete", "watts-strogatz"])
    parser.add_argument("--ticks", type=int, default=2)
    parser.add_argument("--limit", type=float, default=900.0, help="seconds a line may take")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        protocol, topology, agents, ticks = given.one
        print(json.dumps(play(protocol, topology, int(agents), int(ticks))))
        return
    print("  ".join(f"{name:>14}" for name in COLUMNS))
    for topology in given.topologies:
        for protocol in given.protocols:
            for agents in given.agents:
                row = in_own_process(protocol, topology, agents, given.ticks, limit_s=given.limit)
                if isinstance(row, str):
                    row = dict(zip(COLUMNS, (protocol, topology, agents, row), strict=False))
                shown = "  ".join(f"{row.get(name, ''):>14}" for name in COLUMNS)
                print(shown, flush=True)


if __name__ == "__main__":
    main()
