"""Contrasts and tests of a comparison as tables of its page."""

from __future__ import annotations

from collections.abc import Sequence

from ..format import UNKNOWN, number, p_value, with_bounds
from ..results.factors import Cell, where
from ..statistics.contrasts import Contrast
from ..statistics.intervals import Bounds
from ..statistics.mixed_model import MixedModel, Unfitted
from ..statistics.omnibus import Friedman, KruskalWallis, OmnibusTest
from ..statistics.summary import CellSummary, outcome_of

_CONTRASTS_HEAD = (
    "difference", "where", "{} [95 %]", "bootstrap 95 %", "Cohen's d [95 %]", "p (Holm)",
    "p equivalent (Holm)", "seeds", "shown", "evidence", "found with 80 % power from",
    "over tasks [95 %]",
)  # fmt: skip
OMNIBUS_HEAD = (
    "of", "where", "Kruskal–Wallis", "Dunn with Holm, p < 0.05", "Friedman, seeds as blocks",
    "mixed model: standard deviations", "mixed model: against the best [95 %]",
)  # fmt: skip


def contrasts_head(measure: str) -> list[str]:
    """The heads of `contrasts_table`.

    Args:
        measure: What is contrasted.
    """
    return [head.format(measure) for head in _CONTRASTS_HEAD]


def contrasts_table(summary: Sequence[CellSummary]) -> list[list[str]]:
    """One row per contrast of the outcome.

    Args:
        summary: As `summarize` makes it; each contrast stands in it twice.
    """
    place = {row.cell: i for i, row in enumerate(summary)}
    measure = outcome_of(summary)
    return [
        _contrast(row.cell, c)
        for i, row in enumerate(summary)
        for c in row.contrasts
        if c.measure == measure and i < place[row.cell._replace(**{c.factor: c.against})]
    ]


def _contrast(cell: Cell, c: Contrast) -> list[str]:
    equivalence, task = c.equivalence, c.by_task
    return [
        f"{cell.value(c.factor)} − {c.against}",
        cell.where(c.factor),
        with_bounds(c.difference, c.ci95),
        _bounds(None if c.closer is None else c.closer.ci95_bootstrap),
        with_bounds(c.cohens_d, c.cohens_d_ci95, 2),
        p_value(c.p_corrected),
        p_value(None if equivalence is None else equivalence.p_corrected),
        str(c.pairs),
        c.conclusion,
        c.evidence or UNKNOWN,
        number(None if c.power is None else c.power.detectable),
        UNKNOWN if task is None else with_bounds(task.difference, task.ci95),
    ]


def omnibus_table(tests: Sequence[OmnibusTest]) -> list[list[str]]:
    """One row per factor and block.

    Args:
        tests: As `block_tests` makes them.
    """
    return [
        [
            f"{len(t.values)} × {t.factor}",
            where(t.block),
            _kruskal(t.kruskal),
            f"{sum(d.p_corrected < 0.05 for d in t.dunn)} of {len(t.dunn)} pairs",
            _friedman(t.friedman),
            *_mixed(t.mixed_model),
        ]
        for t in tests
    ]


def _kruskal(found: KruskalWallis | None) -> str:
    if found is None:
        return UNKNOWN
    return f"H({found.df}) = {number(found.h, 1)}, p = {p_value(found.p)}"


def _friedman(found: Friedman | None) -> str:
    if found is None:
        return UNKNOWN
    w = number(found.w, 2)
    return f"χ²({found.df}) = {number(found.chi2, 1)}, p = {p_value(found.p)}, W = {w}"


def _mixed(found: MixedModel | Unfitted) -> tuple[str, str]:
    if isinstance(found, Unfitted):
        return found.reason, UNKNOWN
    sd = ", ".join(f"{name} {number(value)}" for name, value in found.sd.items())
    effects = (f"{e.value} {with_bounds(e.difference, e.ci95)}" for e in found.effects)
    return sd, f"{found.reference}: " + "; ".join(effects)


def _bounds(bounds: Bounds | None) -> str:
    return UNKNOWN if bounds is None else f"[{number(bounds[0])}, {number(bounds[1])}]"
