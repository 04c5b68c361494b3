"""How the campaign is shown: tables, figures and one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from unscripted import study
from unscripted.scenarios.campaign.claims import NOT_PRINTED, claims, findings_in, paraphrases
from unscripted.scenarios.campaign.design import campaign

PAGE = "campaign.html"


def report_on(found: study.StudyResults, config: study.StudyConfig) -> study.StudyReport:
    """Tables, figures, findings and the page."""
    made = claims(found)
    return study.StudyReport(
        tables=[_table(section, some) for section, some in study.sections(made).items()],
        figures={
            "published": lambda: study.draw_published(
                made,
                title="Published figures and ours",
                subtitle=over(found, config),
                synthetic=found.synthetic,
            ),
            "scaling": lambda: draw(found),
        },
        findings=findings_in(found),
        notes=[f"{line}." for line in (*study.summary(made), NOT_PRINTED, *paraphrases(found))],
        pages={PAGE: lambda folder: page(found, config, made, folder)},
    )


def over(found: study.StudyResults, config: study.StudyConfig) -> str:
    """How much was played."""
    return (
        f"{len(found.tick_rows):,} task runs in {len(config.cells)} cells, {study.seeds_of(found)}"
    )


def _table(section: str, some: Sequence[study.Claim]) -> Table:
    table = study.titled_table(section)
    for i, name in enumerate(study.PUBLISHED_HEAD):
        table.add_column(name, justify="left" if i in (0, 4, 5) else "right", overflow="fold")
    for claim in some:
        table.add_row(*map(study.plain, claim.line()))
    return table


def draw(found: study.StudyResults) -> study.Figure:
    """Quality and hierarchy depth by team size, the paper's protocols and sequential to 256."""

    def lines(measure: str) -> list[study.Line]:
        mains = [p for p in study.COMPARED if p != "sequential"]
        of_main = [
            study.Line.of(found.of(series="main", protocol=p), "agents", measure, p) for p in mains
        ]
        large = [r for r in found.of(series="foundation") if r["topology"] == "complete"]
        # on a complete network sparse-graph is sequential
        names = [p for p in dict.fromkeys(r["protocol"] for r in large) if p != "sparse-graph"]
        rest = [
            study.Line.of([r for r in large if r["protocol"] == p], "agents", measure, p)
            for p in names
        ]
        return [line for line in (*of_main, *rest) if line.points]

    return study.draw_lines(
        [study.Subplot(lines(m), m) for m in ("quality", "hierarchy_depth")],
        title="Quality and hierarchy depth by team size",
        subtitle="main and foundation series, means over L1 to L4",
        xlabel="agents",
        log=True,
        synthetic=found.synthetic,
    )


def page(
    found: study.StudyResults, config: study.StudyConfig, made: Sequence[study.Claim], folder: Path
) -> str:
    """Every published figure beside ours, on one page."""
    played: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for row in found.rows:
        played[row["series"]] += row["ticks"]
    for cell in config.cells:
        cells[str(cell.labels["series"])] += 1
    counts = {s.name: s.task_runs for s in campaign(study.RunConfig(), None, None)}
    design = [[name, str(cells[name]), f"{played[name]:,}", f"{counts[name]:,}"] for name in cells]
    design.append(
        [
            "in all",
            str(sum(cells.values())),
            f"{sum(played.values()):,}",
            f"{sum(counts.values()):,}",
        ]
    )
    called = any(cell.config.called for cell in config.cells)
    return study.Page(
        title="The paper's campaign, its figures beside ours",
        lead=f"arXiv:2603.28990, {over(found, config)}. The paper counts its task runs and does "
        "not print its design; the layout is ours and adds up to the same counts. “Fitted” figures "
        "are what the synthetic minds were fitted to; “predictions” were not. A published value "
        "agrees where it lies in our 95 % interval over seeds, a range where the interval lies in "
        "it; open is what intervals are too wide to tell, near is within 0.02.",
        sentences=[
            *(f"{line}." for line in (*study.summary(made), NOT_PRINTED, *paraphrases(found))),
            *(f.line() for f in findings_in(found)),
        ],
        pictures={
            folder / "figures" / "published.png": "Published figures of 0 to 1 and ours.",
            folder / "figures" / "scaling.png": "By team size; bands are 95 % intervals.",
        },
        tables=[
            *(
                (name, study.PUBLISHED_HEAD, [c.line() for c in some])
                for name, some in study.sections(made).items()
            ),
            ("Task runs", ["series", "cells", "played", "at full size"], design),
        ],
        config={
            "cells": len(config.cells),
            "replicates": config.replicates,
            "seed": config.base.tasks.seed,
        },
        called=called,
        synthetic=found.synthetic,
    ).html()
