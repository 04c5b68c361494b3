"""Which protocol suits which network?

A protocol says who may hear whom, the network says who can: both are varied independently.

Expectation: what lives on finished work loses it with the links, so sequential is worse on a chain
and on a ring than on a complete network, yet still ahead of silent there. A plan can only reach
the planner's neighbours, so the coordinator loses more than sequential from complete to chain. And
silent, where nobody hears anybody, does not depend on the network: complete minus chain is within
0.01.
Refuted where the whole 95 % interval of any of these differences speaks against it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from matplotlib.figure import Figure

from unscripted.scenarios.harness.cli import options as o
from unscripted.scenarios.harness.config.run import Cell, RunConfig
from unscripted.scenarios.harness.figures.heat import draw_heat
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.specs.lineup import lineup
from unscripted.scenarios.harness.specs.lists import split_list
from unscripted.scenarios.harness.statistics.findings import above, between
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.study.script import script
from unscripted.scenarios.harness.study.study import Answer, Found, Study
from unscripted.scenarios.harness.study.tables import grid_table

STUDY = Study(__file__, __doc__)
TOPOLOGIES = (
    "complete,star,chain,ring,grid,tree,erdos-renyi,watts-strogatz,barabasi-albert,stochastic-block"
)


def main(
    protocols: Annotated[str | None, typer.Option(help="Comma-separated; all but solo.")] = None,
    topologies: Annotated[str, typer.Option(help="Comma-separated.")] = TOPOLOGIES,
    model: o.Model = "synthetic/strong",
    agents: o.Agents = 12,
    replicates: o.Replicates = 6,
    ticks: o.Ticks = 6,
    seed: o.Seed = 0,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    yes: o.Yes = False,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Quality and critical path of every protocol on every network."""
    base = RunConfig(
        agents=agents, model=model, ticks=ticks, seed=seed, api_base=api_base, budget=budget
    )
    chosen = lineup(protocols, controls=("fixed-roles", "random", "silent"))
    cells = [
        Cell(replace(base, protocol=p, topology=t)) for p in chosen for t in split_list(topologies)
    ]
    showing = Showing(out, as_json=json, yes=yes)
    raise typer.Exit(STUDY.play(cells, replicates, showing, answer))


def answer(found: Found) -> Answer:
    """What is lost from the complete network to sparse ones, and by whom."""

    def quality(protocol: str, topology: str) -> Sample:
        return found.sample("quality", protocol=protocol, topology=topology)

    def lost(protocol: str, topology: str) -> Sample:
        return quality(protocol, "complete") - quality(protocol, topology)

    findings = [
        above("sequential, complete minus chain > 0", lost("sequential", "chain")),
        above("sequential, complete minus ring > 0", lost("sequential", "ring")),
        above(
            "on a chain, sequential minus silent > 0",
            quality("sequential", "chain") - quality("silent", "chain"),
        ),
        above(
            "on a ring, sequential minus silent > 0",
            quality("sequential", "ring") - quality("silent", "ring"),
        ),
        above(
            "loss from complete to chain, coordinator minus sequential > 0",
            lost("coordinator", "chain") - lost("sequential", "chain"),
        ),
        between("silent, complete minus chain within 0.01", lost("silent", "chain"), -0.01, 0.01),
    ]
    best: dict[str, list[str]] = {}
    for t in found.values("topology"):
        ranked = [(quality(p, t).mean or 0.0, p) for p in found.values("protocol")]
        best.setdefault(max(ranked)[1], []).append(t)
    leads = "; ".join(f"{p} on {', '.join(where)}" for p, where in best.items())
    return Answer(
        tables=[grid_table(found, "quality", rows="protocol", columns="topology")],
        figures={"topology-sweep": lambda: draw(found)},
        findings=findings,
        notes=[f"Highest mean quality: {leads}."],
    )


def draw(found: Found) -> Figure:
    """Protocols by networks: quality, and the time that the longest chain of decisions takes."""
    return draw_heat(
        found, ("quality", "wall_s"), rows="protocol", columns="topology",
        title=STUDY.question, subtitle=found.constant("model", "agents", "level"),
    )  # fmt: skip


if __name__ == "__main__":
    script(main)
