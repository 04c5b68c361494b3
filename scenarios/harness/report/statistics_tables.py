"""Contrasts and tests of a comparison as tables of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..format import UNKNOWN, number, p_value, with_bounds
from ..results.rows import Row
from ..statistics.contrasts import FACTORS

CONTRASTS_HEAD = (
    "difference", "where", "quality [95 %]", "bootstrap 95 %", "Cohen's d [95 %]", "p (Holm)",
    "p equivalent (Holm)", "seeds", "shown", "evidence", "found with 80 % power from",
    "over tasks [95 %]",
)  # fmt: skip
OMNIBUS_HEAD = (
    "of", "where", "Kruskal–Wallis", "Dunn with Holm, p < 0.05", "Friedman, seeds as blocks",
    "mixed model: standard deviations", "mixed model: against the best [95 %]",
)  # fmt: skip


def contrasts_table(summary: Sequence[Row]) -> list[list[str]]:
    """One row per contrast of quality."""
    place = {tuple(row[f] for f in FACTORS): i for i, row in enumerate(summary)}
    rows = []
    for i, row in enumerate(summary):
        for c in row["contrasts"]:
            factor = c["factor"]
            there = place[tuple(c["against"] if f == factor else row[f] for f in FACTORS)]
            if c["measure"] == "quality" and i < there:
                rows.append(_contrast(row, c))
    return rows


def _contrast(row: Row, c: Row) -> list[str]:
    equivalence, power, task = c["equivalence"] or {}, c["power"] or {}, c["by_task"]
    needed = power.get("detectable")
    return [
        f"{row[c['factor']]} − {c['against']}",
        _where(row, c["factor"]),
        with_bounds(c["difference"], c["ci95"]),
        _bounds(c["ci95_bootstrap"]),
        with_bounds(c["cohens_d"], c["cohens_d_ci95"], 2),
        p_value(c["p_corrected"]),
        p_value(equivalence.get("p_corrected")),
        str(c["pairs"]),
        c["verdict"],
        c["evidence"] or "–",
        number(needed),
        "–" if task is None else with_bounds(task["difference"], task["ci95"]),
    ]


def omnibus_table(tests: Sequence[Row]) -> list[list[str]]:
    """One row per factor and block."""
    return [
        [
            f"{len(t['values'])} × {t['factor']}",
            _where(t, t["factor"]),
            _kruskal(t["kruskal"]),
            f"{sum(d['p_corrected'] < 0.05 for d in t['dunn'])} of {len(t['dunn'])} pairs",
            _friedman(t["friedman"]),
            *_mixed(t["mixed_model"]),
        ]
        for t in tests
    ]


def _kruskal(found: Row | None) -> str:
    if found is None:
        return "–"
    return f"H({found['df']}) = {number(found['h'], 1)}, p = {p_value(found['p'])}"


def _friedman(found: Row | None) -> str:
    if found is None:
        return "–"
    w = number(found["w"], 2)
    return f"χ²({found['df']}) = {number(found['chi2'], 1)}, p = {p_value(found['p'])}, W = {w}"


def _mixed(found: Row) -> tuple[str, str]:
    if found["effects"] is None:
        return found["reason"], "–"
    sd = ", ".join(f"{name} {number(value)}" for name, value in found["sd"].items())
    effects = (f"{e['value']} {with_bounds(e['difference'], e['ci95'])}" for e in found["effects"])
    return sd, f"{found['reference']}: " + "; ".join(effects)


def _where(row: Row, factor: str) -> str:
    names = ("level", "agents", "topology", "model", "protocol")
    return ", ".join(
        f"{row[f]} agents" if f == "agents" else str(row[f]) for f in names if f != factor
    )


def _bounds(bounds: Any) -> str:
    return UNKNOWN if bounds is None else f"[{number(bounds[0])}, {number(bounds[1])}]"
