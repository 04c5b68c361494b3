"""The page of a scenario: question, verdict, findings claim by claim, figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table as RichTable

from ..config.identity import to_json
from ..format import counted, plain, with_bounds
from ..statistics.findings import Finding, overall
from ..study.study import PlayedStudy
from .citation import bibtex, played_of
from .page import Page, Table

CLAIMS = "Claim by claim"


def study_page(played: PlayedStudy, pictures: Mapping[str, Path]) -> Page:
    """The page of a scenario.

    Args:
        played: With a report.
        pictures: PNG files by name.
    """
    report, study = played.report, played.study
    assert report is not None
    shown = map(_as_texts, report.tables)
    cited = played_of(played.config, played.folder)
    said = [finding.line() for finding in report.findings]
    return Page(
        title=study.question,
        lead=f"{counted(len(played.results.rows), 'run')} in "
        f"{counted(len(played.config.conditions), 'condition')}, "
        f"{counted(played.config.replicates, 'seed')} each. {study.expectation} {study.refuted}",
        config=to_json(played.config),
        synthetic=played.results.synthetic,
        headline=played.headline,
        kind=f"Scenario {study.name}",
        on=cited.day,
        citation=bibtex(cited),
        verdict=f"Found: {overall(report.findings)}.",
        called=any(run.called for run in played.config.conditions),
        sentences=[*played.judging, *said, *report.notes],
        pictures={path: name.replace("-", " ").capitalize() for name, path in pictures.items()},
        tables=[_claims(report.findings), *(t for table in shown if (t := table) is not None)],
    )


def _claims(findings: Sequence[Finding]) -> Table:
    """Claim by claim, as a table."""
    rows = [[str(f.support), f.claim, with_bounds(f.estimate, f.ci95), str(f.n)] for f in findings]
    return CLAIMS, ["", "claim", "found [95 %]", "seeds"], rows


def _as_texts(table: RenderableType) -> Table | None:
    """A table of the screen as a heading, names of columns and rows; None for anything else."""
    if not isinstance(table, RichTable):
        return None
    head = [plain(str(column.header)) for column in table.columns]
    columns = [[plain(str(cell)) for cell in column.cells] for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return plain(str(table.title or "")), head, rows
