"""The page of a comparison: what it shows, each cell, each contrast, each test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..api.comparison import Comparison
from ..config.catalogue import VARYING
from ..config.comparison import ComparisonConfig
from ..config.identity import to_json
from ..format import counted, number, with_interval
from ..results.factors import BLOCK_ORDER, FACTORS, by_words, where
from ..results.labels import of_compare_table
from ..runs.matched_results import HEAD as MATCH_HEAD
from ..runs.matched_results import TITLE as MATCH
from ..runs.matched_results import match_rows
from ..statistics.evidence import Conclusion
from ..statistics.summary import CellSummary, outcome_of
from ..transcripts.html import TickShown
from .citation import bibtex, played_of
from .page import Page, Table
from .run_page import how_called
from .statistics_tables import OMNIBUS_HEAD, contrasts_head, contrasts_table, omnibus_table

CAPTIONS = {
    "comparison": "Cells side by side: means over seeds, with 95 % intervals or, where seeds "
    "are few, single seeds."
}


CELLS = "Cells by what they came to; what is the same in all is left out"
EXAMPLES = (
    "The first task of the first seed in each cell, side by side; every other: unscripted show."
)
SHOWN = {
    Conclusion.DIFFERENCE: "show a difference",
    Conclusion.EQUIVALENT: "show equivalence",
    Conclusion.UNDECIDED: "are undecided",
    Conclusion.CONSTANT: "never vary",
    Conclusion.TOO_FEW: "have too few seeds to conclude",
}


def comparison_page(
    comparison: Comparison, pictures: Mapping[str, Path], examples: Sequence[TickShown] = ()
) -> Page:
    """The page of a comparison.

    Args:
        comparison: With at least one whole run.
        pictures: PNG files by the names of `CAPTIONS`.
        examples: A tick of each cell.
    """
    played = played_of(comparison.config, comparison.folder)
    config, found = comparison.config, comparison.analysis
    called = _called(config)
    decides = outcome_of(found.summary)
    return Page(
        title=_title(config),
        lead=f"{config.replicates} seeds per cell from {config.base.tasks.seed}, paired by seed; "
        f"{counted(config.base.tasks.ticks, 'task')} per run. Brackets are 95 % intervals over "
        "seeds, each on its own; docs/statistics.md has the rule by which the sentences are worded."
        + "".join(f" {said}." for said in called),
        config=_shown(config),
        synthetic=comparison.synthetic,
        headline=comparison.headline,
        kind="Comparison",
        on=played.day,
        citation=bibtex(played),
        ticks=list(examples),
        told=EXAMPLES if examples else "",
        verdict=_verdict(found.summary),
        called=bool(called),
        sentences=[*comparison.judging, *found.conclusions],
        pictures={path: CAPTIONS[name] for name, path in pictures.items()},
        tables=[
            _cells(comparison),
            _means(comparison),
            (MATCH, MATCH_HEAD, match_rows(found.summary, config.design.match)),
            (
                f"Paired contrasts of {decides}",
                contrasts_head(decides),
                contrasts_table(found.summary),
            ),
            (
                f"Tests of {decides} over all cells of a block",
                OMNIBUS_HEAD,
                omnibus_table(found.tests),
            ),
        ],
    )


def _cells(comparison: Comparison) -> Table:
    """The cells by what varies, best first, with the measures that tell them apart."""
    summary = comparison.analysis.summary
    decides = outcome_of(summary)
    varying = [f for f in BLOCK_ORDER if len({row.cell.value(f) for row in summary}) > 1]
    factors = varying or ["protocol"]
    differ = [
        m
        for m in of_compare_table(outcome=decides)
        if len({number(row.mean(m.name)) for row in summary}) > 1
        or (m.name == decides and any(row.mean(m.name) is not None for row in summary))
    ]
    head = [*factors, *(m.short for m in differ)]

    def place(row: CellSummary) -> tuple[str, float]:
        mean = row.mean(decides)
        return row.cell.level, 1.0 if mean is None else -mean

    def shown(row: CellSummary, measure: str) -> str:
        if measure == decides:
            return with_interval(row.measure(measure))
        return number(row.mean(measure))

    rows = [
        [*(str(row.cell.value(f)) for f in factors), *(shown(row, m.name) for m in differ)]
        for row in sorted(summary, key=place)
    ]
    return CELLS, head, rows


def _means(comparison: Comparison) -> Table:
    head = ["level", "network", "model", "agents", "protocol", "seeds"]
    measures = of_compare_table(outcome=outcome_of(comparison.analysis.summary))
    head += [m.short for m in measures]
    rows = [
        [
            *(str(row.cell.value(factor)) for factor in VARYING),
            str(row.replicates),
            *(with_interval(row.measure(m.name)) for m in measures),
        ]
        for row in comparison.analysis.summary
    ]
    return "Means per task", head, rows


def _title(config: ComparisonConfig) -> str:
    """Which protocols, or which one, and by what else they are compared."""
    protocols = _protocols(config)
    by = by_words(f for f in VARYING if f != "protocol" and len(config.values(f)) > 1)
    if len(protocols) == 1:
        return f"{protocols[0]} compared{by}" if by else protocols[0]
    return f"Comparison of {', '.join(protocols)}{by}"


def _verdict(summary: Sequence[CellSummary]) -> str:
    """Which cell is best, and how much of that the contrasts show."""
    decides = outcome_of(summary)
    graded = [(mean, row) for row in summary if (mean := row.mean(decides)) is not None]
    if not graded:
        return "Nothing was graded."
    best = max(graded, key=lambda pair: pair[0])[1]
    varying = [f for f in FACTORS if len({row.cell.value(f) for row in summary}) > 1]
    of = where({f: best.cell.value(f) for f in varying or ["protocol"]})
    said = f"Highest mean {decides}: {of}, {with_interval(best.measure(decides))}."
    shown = Counter(c.conclusion for row in summary for c in row.contrasts if c.measure == decides)
    if not shown:
        return said
    parts = [
        f"{n // 2} {SHOWN[c]}" for c in SHOWN if (n := shown[c])
    ]  # each stands with both cells
    return f"{said} Paired contrasts of {decides}: {', '.join(parts)}."


def _protocols(config: ComparisonConfig) -> list[str]:
    labels = (condition.team.labels["protocol"] for condition in config.conditions)
    return list(dict.fromkeys(map(str, labels)))


def _called(config: ComparisonConfig) -> list[str]:
    runs = {run.team.model: run for run in config.conditions if run.called}
    return list(dict.fromkeys(how_called(run) for run in runs.values()))


def _shown(config: ComparisonConfig) -> dict[str, Any]:
    """A configuration as readers need it: without defaults for what a comparison varies."""
    body = to_json(config)
    body["base"] = {k: v for k, v in body["base"].items() if k not in VARYING}
    return body
