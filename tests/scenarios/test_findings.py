"""The rows decide what a scenario finds, and nothing else."""

from __future__ import annotations

import math

import pytest

from unscripted.scenarios import protocol_comparison, task_complexity
from unscripted.scenarios.harness.statistics.findings import overall
from unscripted.scenarios.harness.statistics.study_results import StudyResults

WORLDS = {
    "held": {"sequential": 0.9, "coordinator": 0.7, "broadcast": 0.4, "shared": 0.4},
    "refuted": {"sequential": 0.4, "coordinator": 0.7, "broadcast": 0.9, "shared": 0.4},
}


def findings_of(module, rows):
    options = module.STUDY.options_from()
    return module.STUDY.report(StudyResults(rows), options).findings


@pytest.mark.parametrize("verdict", ["held", "refuted", "undecided"])
def test_protocols_can_come_out_anyhow(verdict):
    rows = []
    for seed in range(8):
        for k, (protocol, mean) in enumerate(WORLDS.get(verdict, WORLDS["held"]).items()):
            noise = (1.0 if verdict == "undecided" else 0.01) * math.sin(7 * seed + 3 * k)
            rows.append({"seed": seed, "protocol": protocol, "quality": mean + noise})
    assert overall(findings_of(protocol_comparison, rows)) == verdict


@pytest.mark.parametrize(
    ("sign", "verdict"), [(1.0, "held"), (-1.0, "refuted"), (0.0, "undecided")]
)
def test_complexity_can_come_out_anyhow(sign, verdict):
    rows = []
    for seed in range(6):
        for x, step in zip(("L1", "L2", "L3", "L4"), (0.0, 0.1, 0.2, 0.3), strict=True):
            for k, protocol in enumerate(task_complexity.PROTOCOLS):
                noise = (0.2 if sign == 0 else 0.005) * math.sin(5 * seed + 11 * k + 30 * step)
                rows.append({
                    "seed": seed, "level": x, "protocol": protocol, "abstention_rate": None,
                    "quality": 0.6 - step * (1 + k) * sign + noise, "hierarchy_depth": 1,
                })  # fmt: skip
    assert overall(findings_of(task_complexity, rows)) == verdict


def test_missing_runs_decide_nothing():
    rows = [{"seed": 0, "protocol": "sequential", "quality": 0.5}]
    assert {f.support for f in findings_of(protocol_comparison, rows)} == {"undecided"}
