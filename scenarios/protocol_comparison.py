"""Which protocol? All there are, on the same tasks with the same minds, and the controls.

Expectation (arXiv:2603.28990), for a strong model on L3: sequential > coordinator > broadcast ≈
shared in quality.
Refuted where the whole interval of sequential minus coordinator or of coordinator minus broadcast
lies below 0, or that of broadcast minus shared outside -0.1 to 0.1.
"""

from __future__ import annotations

from typing import Annotated

import typer

from unscripted.scenarios.harness.cli import options as o
from unscripted.scenarios.harness.config.run import RunConfig, SweepConfig
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.specs.lineup import lineup
from unscripted.scenarios.harness.statistics.findings import Finding, above, between
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.study.script import script
from unscripted.scenarios.harness.study.study import Found, Study

STUDY = Study(__file__, __doc__)


def main(
    protocols: Annotated[
        str | None, typer.Option(help="Comma-separated; all, the controls last, if left out.")
    ] = None,
    model: o.Model = "synthetic/strong",
    agents: o.Agents = 8,
    level: o.Level = "L3",
    replicates: o.Replicates = 20,
    ticks: o.Ticks = 12,
    seed: o.Seed = 0,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    yes: o.Yes = False,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Compare protocols and controls; table, figure, contrasts and page."""
    base = RunConfig(ticks=ticks, seed=seed, api_base=api_base, budget=budget)
    config = SweepConfig(
        base, lineup(protocols), (agents,), (model,), ("complete",), (level,), replicates
    )
    raise typer.Exit(STUDY.compare(config, Showing(out, as_json=json, yes=yes), judge))


def judge(found: Found) -> list[Finding]:
    """The paper's order of its four protocols."""

    def lead(first: str, second: str) -> Sample:
        return found.sample("quality", protocol=first) - found.sample("quality", protocol=second)

    return [
        above("sequential minus coordinator > 0", lead("sequential", "coordinator")),
        above("coordinator minus broadcast > 0", lead("coordinator", "broadcast")),
        between("broadcast minus shared within 0.1", lead("broadcast", "shared"), -0.1, 0.1),
    ]


if __name__ == "__main__":
    script(main)
