"""Does seeing finished work matter more as tasks get harder?

From L1 to L4 tasks get more steps, more domains, dependencies between steps (L3 on), and conflicts
and hidden facts (L4).

Expectation: quality falls from L1 to L4, whoever coordinates; and the lead of sequential, where
members see finished work, over shared, where they don't, is larger on L3 than on L1, because only
L3 has steps that depend on others. arXiv:2603.28990 finds sequential ahead of the coordinator on
L3; here that is expected on L4 too.
Refuted where, for any of these differences, the whole 95 % interval lies on the other side of 0.
"""

from __future__ import annotations

from dataclasses import replace

import typer
from matplotlib.figure import Figure

from unscripted.model.tasks.task import LEVELS
from unscripted.scenarios.harness.cli import options as o
from unscripted.scenarios.harness.config.run import Cell, RunConfig
from unscripted.scenarios.harness.figures.lines import Line, Panel, draw_lines
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.statistics.findings import above
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.study.script import script
from unscripted.scenarios.harness.study.study import Answer, Found, Study
from unscripted.scenarios.harness.study.tables import cells_table

STUDY = Study(__file__, __doc__)
PROTOCOLS = ("sequential", "coordinator", "broadcast", "shared", "silent")
MEASURES = ("quality", "hierarchy_depth", "abstention_rate")


def main(
    model: o.Model = "synthetic/strong",
    agents: o.Agents = 8,
    replicates: o.Replicates = 24,
    ticks: o.Ticks = 12,
    seed: o.Seed = 0,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    yes: o.Yes = False,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Quality, hierarchy depth and abstention by level, for five protocols."""
    base = RunConfig(
        agents=agents, model=model, ticks=ticks, seed=seed, api_base=api_base, budget=budget
    )
    cells = [Cell(replace(base, level=x, protocol=p)) for x in LEVELS for p in PROTOCOLS]
    showing = Showing(out, as_json=json, yes=yes)
    raise typer.Exit(STUDY.play(cells, replicates, showing, answer))


def answer(found: Found) -> Answer:
    """Levels against each other, and the lead of those who see finished work."""

    def quality(level: str, protocol: str) -> Sample:
        return found.sample("quality", level=level, protocol=protocol)

    def lead(level: str, over: str) -> Sample:
        return quality(level, "sequential") - quality(level, over)

    falls = {p: quality("L1", p) - quality("L4", p) for p in PROTOCOLS}
    findings = [
        *(above(f"{p}: quality on L1 minus L4 > 0", fall) for p, fall in falls.items()),
        above(
            "lead of sequential over shared, L3 minus L1 > 0",
            lead("L3", "shared") - lead("L1", "shared"),
        ),
        above("sequential minus coordinator on L3 > 0", lead("L3", "coordinator")),
        above("sequential minus coordinator on L4 > 0", lead("L4", "coordinator")),
    ]
    return Answer(
        tables=[cells_table(found, ("level", "protocol"), MEASURES)],
        figures={"task-complexity": lambda: draw(found)},
        findings=findings,
    )


def draw(found: Found) -> Figure:
    """One panel per measure, levels side by side."""
    lines = {
        m: [Line.of(found.of(protocol=p), "level", m, p) for p in found.values("protocol")]
        for m in MEASURES
    }
    return draw_lines(
        [Panel(of_measure, measure) for measure, of_measure in lines.items()],
        title=STUDY.question,
        subtitle=found.constant("model", "agents", "topology"),
        xlabel="level of the tasks",
        synthetic=found.synthetic,
    )


if __name__ == "__main__":
    script(main)
