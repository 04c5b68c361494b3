"""Texts and a comparison's table as LaTeX, which compiles whatever names a user gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ..format import SYNTHETIC, UNKNOWN, counted, number, p_value, plain, with_bounds, with_interval
from ..results.factors import BLOCK_ORDER, FACTORS
from ..results.labels import heading, of_compare_table
from ..statistics.contrasts import Contrast
from ..statistics.summary import CellSummary, outcome_of

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}",
    '"': "''", "–": r"\textendash{}", "—": r"\textemdash{}", "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}", "χ": r"\ensuremath{\chi}", "²": r"\ensuremath{^2}",
    "…": r"\ldots{}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}", "“": "``", "”": "''",
    "’": "'", "±": r"\ensuremath{\pm}", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}",
    "ø": r"\o{}", "Ø": r"\O{}",
}  # fmt: skip
ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u030c")
"""Marks that every LaTeX puts on letters of ASCII."""
_SIGN = re.compile(r"(?<![\w.-])-(?=\d)")
BESIDE = ("abstention_rate", "cost_usd")
"""Measures beside the outcome."""
HEAD = r"""% Needs \usepackage{booktabs}. Made by `unscripted report`; %s.
\begin{table}
\centering\footnotesize\setlength{\tabcolsep}{4pt}
\caption{%s}
\label{tab:%s}
\begin{tabular}{%s}
\toprule
"""


def latex(text: str) -> str:
    """A text as LaTeX prints it literally, in one line.

    What pdfLaTeX can't print stands there for engines that can, and is a question mark elsewhere.

    Args:
        text: From anywhere.
    """
    return "".join(map(_printed, plain(text))).replace("--", "-{}-")  # two are no dash


def _cell(text: str) -> str:
    """A cell, with its numbers' signs as mathematics has them."""
    return _SIGN.sub(r"\\ensuremath{-}", latex(text))


def _p(p: float | None) -> str:
    return "<0.001" if p is not None and p < 0.001 else p_value(p)


def _printed(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    whole = unicodedata.normalize("NFD", character)
    base, marks = whole[0], whole[1:]
    if base.isascii() and ord(character) < 0x180 and len(marks) < 2 and ACCENTS.issuperset(marks):
        return character
    return rf"\ifdefined\Umathchar {character}\else ?\fi{{}}"


def table_of(summary: Sequence[CellSummary], *, synthetic: bool, label: str) -> str:
    """Cells with their outcome, how far each is behind the best of its block, and its price.

    Args:
        summary: Of a comparison; at least one cell.
        synthetic: Whether synthetic minds made the runs; then the caption says so.
        label: Of the table, of letters and digits.
    """
    decides = outcome_of(summary)
    varying = [f for f in BLOCK_ORDER if len({row.cell.value(f) for row in summary}) > 1]
    factors = varying or ["protocol"]
    shown = [m for m in BESIDE if len({row.mean(m) for row in summary} - {None}) > 1]
    seeds = {row.replicates for row in summary}
    heads = [*factors, *(["seeds"] if len(seeds) > 1 else []), f"{_title(decides)} [95 %]"]
    heads += ["to the best [95 %]", "p", *map(heading, shown)]
    columns = "l" * len(factors) + "r" * (len(heads) - len(factors))
    lines = [" & ".join(map(latex, heads)) + r" \\", r"\midrule"]
    for row in summary:
        cells = [str(row.cell.value(f)) for f in factors]
        cells += [str(row.replicates)] if len(seeds) > 1 else []
        cells += [with_interval(row.measure(decides)), *_behind(row, summary)]
        cells += [number(row.mean(m)) for m in shown]
        lines.append(" & ".join(map(_cell, cells)) + r" \\")
    made = "synthetic minds" if synthetic else "called models"
    caption = latex(_caption(summary, varying, synthetic=synthetic))
    head = HEAD.replace("%s", "\0").split("\0")
    filled = "".join(a + b for a, b in zip(head, (made, caption, label, columns, ""), strict=True))
    return filled + "\n".join(lines) + "\n\\bottomrule\n\\end{tabular}\n\\end{table}\n"


def _title(measure: str) -> str:
    known = {m.name: m.label for m in of_compare_table(outcome=measure)}
    return known.get(measure, measure)


def _behind(row: CellSummary, summary: Sequence[CellSummary]) -> tuple[str, str]:
    """The difference to the protocol that is best in the row's block, and its corrected p."""
    decides = outcome_of(summary)
    block = [r for r in summary if r.cell.block("protocol") == row.cell.block("protocol")]
    graded = [(mean, r) for r in block if (mean := r.mean(decides)) is not None]
    if not graded:
        return UNKNOWN, UNKNOWN
    best = max(graded, key=lambda pair: pair[0])[1]
    if best is row:
        return "best" if len(graded) > 1 else UNKNOWN, UNKNOWN
    found: Contrast | None = row.contrast("protocol", best.cell.protocol, decides)
    if found is None:
        return UNKNOWN, UNKNOWN
    return with_bounds(found.difference, found.ci95), _p(found.p_corrected)


def _caption(summary: Sequence[CellSummary], varying: Sequence[str], *, synthetic: bool) -> str:
    same = [f"{f} {summary[0].cell.value(f)}" for f in FACTORS if f not in varying]
    seeds = sorted({row.replicates for row in summary})
    n = counted(seeds[0], "seed") if len(seeds) == 1 else "seeds"
    said = f"Means over {n} with 95 % intervals; differences are paired by seed, p is corrected "
    said += "after Holm."
    if same:
        said += f" The same in all: {', '.join(same)}."
    return f"{said} {SYNTHETIC}" if synthetic else said
