"""Which protocol? The four of the paper and the controls, on the same tasks with the same minds.

Expectation (arXiv:2603.28990): sequential > coordinator > broadcast ≈ shared in quality.
Refuted where, for a strong model on L3, the interval of sequential minus coordinator lies below 0,
or that of broadcast minus shared excludes 0 by more than 0.1.
"""

from __future__ import annotations

from typing import Annotated

import typer

from unscripted.scenarios.harness.commands import compare_command
from unscripted.scenarios.harness.config import RunConfig, SweepConfig
from unscripted.scenarios.harness.script import script

PROTOCOLS = (
    "sequential", "coordinator", "broadcast", "shared", "fixed-roles", "random", "solo", "silent",
)  # fmt: skip


def main(
    model: Annotated[str, typer.Option(help="Model id.")] = "synthetic/strong",
    agents: Annotated[int, typer.Option(help="Team size.")] = 8,
    level: Annotated[str, typer.Option(help="L1 to L4.")] = "L3",
    replicates: Annotated[int, typer.Option(help="Seeds per protocol.")] = 20,
    seed: Annotated[int, typer.Option(help="First seed.")] = 0,
) -> None:
    """Compare the paper's four protocols and the controls; table, figure and contrasts."""
    base = RunConfig(seed=seed)
    config = SweepConfig(base, PROTOCOLS, (agents,), (model,), ("complete",), (level,), replicates)
    raise typer.Exit(compare_command(config))


if __name__ == "__main__":
    script(main)
