"""Processes against Ray on the same comparison, in one run: equal rows, wall times, a node killed.

    python tests/benchmarks/executors.py --replicates 40
    python tests/benchmarks/executors.py --cores 1 --repeats 3

Ray's nodes are processes of this machine with `--cores` cores each, so that two nodes share what
cores there are: times say what Ray adds, not what two machines would save. `processes` starts its
workers with every comparison, Ray keeps those of the cluster; the first pass is told apart. The
rows of all are compared with those of one process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.groups import Design
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs.sweep import sweep

Results = dict[str, RunResult]
PROTOCOLS = ("sequential", "coordinator", "broadcast", "shared")


def comparison(replicates: int, ticks: int) -> ComparisonConfig:
    """What is played."""
    base = RunConfig.of(agents=8, ticks=ticks)
    return ComparisonConfig(base, {"protocol": PROTOCOLS}, Design(replicates=replicates))


def timed(play: Callable[[], Results], repeats: int) -> tuple[Results, float, float]:
    """Results, the seconds of the first pass and the median of the others."""
    seconds = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        found = play()
        seconds.append(time.perf_counter() - began)
    return found, seconds[0], statistics.median(seconds[1:])


def killed(cluster: Any, node: Any, after_s: float) -> threading.Timer:
    """A node that dies meanwhile, without a word."""
    timer = threading.Timer(after_s, cluster.remove_node, (node,), {"allow_graceful": False})
    timer.start()
    return timer


def main() -> None:
    """Print a row for each executor."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--ticks", type=int, default=12)
    parser.add_argument("--cores", type=int, default=1, help="of a node")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    config = comparison(given.replicates, given.ticks)
    alone, _, one_s = timed(lambda: sweep(config, workers=1), 1)
    print(f"{len(alone)} runs of {given.ticks} ticks, 8 agents; {os.cpu_count()} cores here")
    print("| executor | equal | first pass (s) | then (s) | over processes:2 |")
    print(f"| one process | – | – | {one_s:.2f} | – |")
    workers = 2 * given.cores
    found, first_s, processes_s = timed(
        lambda: sweep(config, executor=f"processes:{workers}"), given.repeats
    )
    _row(f"processes:{workers}", (found == alone, first_s, processes_s), processes_s)
    on_ray(config, alone, processes_s, given)


def on_ray(
    config: ComparisonConfig, alone: Results, processes_s: float, given: argparse.Namespace
) -> None:
    """Rows for one node, two nodes, and two of which one is killed."""
    import ray
    from ray.cluster_utils import Cluster

    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": given.cores})
    cluster.wait_for_nodes()
    where = f"ray:{cluster.address}"
    try:
        found, first_s, one_s = timed(lambda: sweep(config, executor=where), given.repeats)
        _row("ray, 1 node", (found == alone, first_s, one_s), processes_s)
        node = cluster.add_node(num_cpus=given.cores)
        cluster.wait_for_nodes()
        found, first_s, two_s = timed(lambda: sweep(config, executor=where), given.repeats)
        _row("ray, 2 nodes", (found == alone, first_s, two_s), processes_s)
        began = time.perf_counter()
        timer = killed(cluster, node, two_s / 3)
        found = sweep(config, executor=where)
        seconds = time.perf_counter() - began
        timer.join()
        said = f"ray, 2 nodes, one killed after {two_s / 3:.1f} s"
        _row(said, (found == alone, seconds, seconds), processes_s)
    finally:
        ray.shutdown()
        cluster.shutdown()


def _row(name: str, found: tuple[bool, float, float], processes_s: float) -> None:
    equal, first_s, seconds = found
    times = f"{first_s:.2f} | {seconds:.2f} | {seconds / processes_s:.2f}"
    print(f"| {name} | {equal} | {times} |", flush=True)


if __name__ == "__main__":
    main()
