"""What a recorded comparison on code-scored tasks shows, as the tables of docs/recorded.

    python tests/benchmarks/recorded_scores.py FOLDER [FOLDER …]

Nothing is called: the folders are read. Brackets are 95 % intervals over tasks, none with fewer
than two. *Premature* is the share of answers that were given on tasks whose private parts had not
reached everybody.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator

import pandas as pd

import unscripted as un

COLUMNS = {
    "score": "score", "answered": "answered", "parts_reached": "parts reached",
    "abstention_rate": "abstained", "tokens": "tokens", "wall_s": "T (s)",
}  # fmt: skip


def with_interval(mean: float, low: float, high: float, digits: int) -> str:
    """A mean with its interval, where it has one."""
    if math.isnan(mean):
        return "–"
    said = f"{mean:,.{digits}f}"
    return said if math.isnan(low) or digits == 0 else f"{said} [{low:.2f}, {high:.2f}]"


def premature(runs: pd.DataFrame) -> float:
    """Share of answers given before all parts had reached everybody."""
    early = runs.loc[runs["parts_reached"] < 1, "answered"].sum()
    return float(early / total) if (total := runs["answered"].sum()) else math.nan


def rows(compared: un.Comparison) -> Iterator[list[str]]:
    """A row for each cell."""
    for _, cell in compared.summary.iterrows():
        runs = compared.runs
        same = (runs["protocol"] == cell["protocol"]) & (runs["model"] == cell["model"])
        yield [
            str(cell["model"]).removeprefix("local/"),
            str(cell["protocol"]),
            str(int(same.sum())),
            *(
                with_interval(
                    *(float(cell[name]) for name in (m, f"{m}_low", f"{m}_high")),
                    digits=0 if m in ("tokens", "wall_s") else 2,
                )
                for m in COLUMNS
            ),
            f"{premature(runs[same]):.2f}",
        ]


def main() -> None:
    """Print a table for each folder."""
    for name in sys.argv[1:]:
        compared = un.load(name)
        bounds = [compared.runs[f"score_{b}"].mean() for b in ("floor", "own", "ceiling")]
        print(f"\n{name}: floor, own part, ceiling {', '.join(f'{b:.2f}' for b in bounds)}\n")
        heads = ["model", "protocol", "tasks", *COLUMNS.values(), "premature"]
        print("|", " | ".join(heads), "|")
        print("|", " | ".join("---" for _ in heads), "|")
        for row in rows(compared):
            print("|", " | ".join(row), "|")


if __name__ == "__main__":
    main()
