"""Do larger teams do better work?

From 4 members to 1,024, under protocols where members act one after another (sequential), in
groups that see earlier groups (batched-sequential), by one plan (coordinator) or all at once
(shared).

Expectation (arXiv:2603.28990): a dozen members are enough. For sequential, quality at 64 members
is less than 0.02 above that at 16, and that at 256 within 0.02 of that at 64; the longest chain of
works that built on one another stays short, its depth from 4 to 64 members being 1 to 2 on average.
Refuted where the whole 95 % interval of one of these lies outside its bounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from matplotlib.figure import Figure

from unscripted.scenarios.harness.cli import options as o
from unscripted.scenarios.harness.config.run import Cell, RunConfig
from unscripted.scenarios.harness.figures.lines import Line, Panel, draw_lines
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.specs.lineup import lineup
from unscripted.scenarios.harness.specs.lists import whole_numbers
from unscripted.scenarios.harness.statistics.findings import below, between
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.study.script import script
from unscripted.scenarios.harness.study.study import Answer, Found, Study
from unscripted.scenarios.harness.study.tables import cells_table

STUDY = Study(__file__, __doc__)
PROTOCOLS = "sequential,batched-sequential,coordinator,shared"
SIZES = "4,8,16,32,64,128,256,512,1024"
MEASURES = ("quality", "hierarchy_depth", "abstention_rate", "cost_usd", "wall_s")
MAGNITUDES = ("cost_usd", "wall_s")


def main(
    sizes: Annotated[str, typer.Option(help="Team sizes, comma-separated.")] = SIZES,
    protocols: Annotated[str, typer.Option(help="Protocols, comma-separated.")] = PROTOCOLS,
    model: o.Model = "synthetic/strong",
    replicates: o.Replicates = 6,
    ticks: o.Ticks = 2,
    seed: o.Seed = 0,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    yes: o.Yes = False,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Quality, depth, abstention, cost and critical path by team size."""
    base = RunConfig(model=model, ticks=ticks, seed=seed, api_base=api_base, budget=budget)
    cells = [
        Cell(replace(base, agents=n, protocol=p))
        for n in whole_numbers("sizes", sizes)
        for p in lineup(protocols)
    ]
    showing = Showing(out, as_json=json, yes=yes)
    raise typer.Exit(STUDY.play(cells, replicates, showing, answer))


def answer(found: Found) -> Answer:
    """What a sequential team gains from more members."""

    def quality(agents: int) -> Sample:
        return found.sample("quality", protocol="sequential", agents=agents)

    small = [r for r in found.of(protocol="sequential") if 4 <= r["agents"] <= 64]
    depth = Sample.of(small, "hierarchy_depth")
    findings = [
        below("sequential, quality at 64 minus at 16 < 0.02", quality(64) - quality(16), 0.02),
        between(
            "sequential, quality at 256 minus at 64 within 0.02",
            quality(256) - quality(64), -0.02, 0.02,
        ),
        between("sequential, depth from 4 to 64 members, mean 1 to 2", depth, 1, 2),
    ]  # fmt: skip
    return Answer(
        tables=[cells_table(found, ("protocol", "agents"), MEASURES)],
        figures={"team-scaling": lambda: draw(found)},
        findings=findings,
    )


def draw(found: Found) -> Figure:
    """One panel per measure; what spans magnitudes on a log axis."""
    panels = [
        Panel(
            [Line.of(found.of(protocol=p), "agents", m, p) for p in found.values("protocol")],
            m,
            log=m in MAGNITUDES,
        )
        for m in MEASURES
    ]
    return draw_lines(
        panels,
        title=STUDY.question,
        subtitle=found.constant("model", "level", "topology"),
        xlabel="members of the team (log scale)",
        log=True,
        synthetic=found.synthetic,
    )


if __name__ == "__main__":
    script(main)
