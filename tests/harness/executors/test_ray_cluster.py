"""A real Ray on this machine, with two nodes: the same results, files travel, a node dies."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from unscripted.model.relocation import located
from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.groups import Design
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.executors.ray_cluster import RayCluster
from unscripted.scenarios.harness.runs.sweep import sweep

ray = pytest.importorskip("ray", reason="Ray is an extra")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
JOBS = {k: k for k in range(24)}


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of one core."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    ray.shutdown()
    made.shutdown()


def slow_square(job):
    time.sleep(0.4)
    return job * job


def first_word(job):
    return located(job).read_text().split()[0]


def lost(why):
    return why


def test_results_are_those_of_processes(cluster):
    base = RunConfig.of(agents=3, ticks=1)
    config = ComparisonConfig(
        base, {"protocol": ("silent", "solo", "shared")}, Design(replicates=3)
    )
    here = sweep(config, workers=1)
    there = sweep(config, executor=f"ray:{cluster.address}")
    assert there == here


def test_files_lie_beside_the_job(cluster, tmp_path):
    (tmp_path / "words.txt").write_text("alone in the world")
    files = {"/nowhere/words.txt": Path(tmp_path / "words.txt")}
    with RayCluster(first_word, lost, address=cluster.address, files=files) as pool:
        assert dict(pool.map({"a": "/nowhere/words.txt"})) == {"a": "alone"}


def test_a_dead_node_costs_time_only(cluster):
    node = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    found = {}
    with RayCluster(slow_square, lost, address=cluster.address) as pool:
        for key, value in pool.map(JOBS):
            found[key] = value
            if len(found) == 4:
                cluster.remove_node(node, allow_graceful=False)
    assert found == {k: k * k for k in JOBS}
