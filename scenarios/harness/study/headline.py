"""A scenario in three sentences: what was found, where it failed, what it took and calls for."""

from __future__ import annotations

from collections.abc import Sequence

from ..format import counted, number
from ..results.rows import Row, mean
from ..statistics.findings import Finding, Support, overall


def study_headline(findings: Sequence[Finding], rows: Sequence[Row], replicates: int) -> list[str]:
    """A scenario in three sentences.

    Args:
        findings: One per claim of its expectation.
        rows: Of its runs.
        replicates: Seeds per condition.
    """
    by = {s: [f for f in findings if f.support is s] for s in Support}
    counts = ", ".join(f"{len(found)} {support}" for support, found in by.items() if found)
    first = (
        f"The expectation is {overall(findings)}: of {counted(len(findings), 'claim')}, {counts}."
    )
    if not findings:
        first = "No claim was put to the test."
    return [first, _failed(by[Support.REFUTED], by[Support.UNDECIDED]), _took(rows, replicates, by)]


def _failed(refuted: Sequence[Finding], undecided: Sequence[Finding]) -> str:
    if refuted:
        return f"Refuted: {'; '.join(f.claim for f in refuted[:2])}{_more(refuted)}."
    if undecided:
        return f"Undecided: {'; '.join(f.claim for f in undecided[:2])}{_more(undecided)}."
    return "No claim was refuted or left open."


def _more(findings: Sequence[Finding]) -> str:
    return f", and {len(findings) - 2} more" if len(findings) > 2 else ""


def _took(rows: Sequence[Row], replicates: int, by: dict[Support, list[Finding]]) -> str:
    usd = mean(row.get("cost_usd") for row in rows)
    cost = "" if usd is None else f", at ${number(usd)} a task on average"
    step = "its figures and tables below"
    if by[Support.UNDECIDED]:
        step = f"more seeds than {replicates} may decide what is open (--replicates)"
    return f"It took {counted(len(rows), 'run')}{cost}. Next: {step}."
