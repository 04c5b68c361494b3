"""Tables of a folder as Parquet and CSV: the same columns and types in every run.

Several runs' files are one data set, whatever each of them happened to hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ....model.metrics.catalogue import of_runs, of_ticks
from ..format import visible
from .safe_files import replacing, write_with

if TYPE_CHECKING:
    import pandas as pd

TEXTS = (
    "protocol", "topology", "model", "level", "task_id", "protocol_played", "shocks", "rulings",
    "mind", "state", "role", "builds_on", "note", "tasks", "outcome",
)  # fmt: skip
NUMBERS = (
    "agents", "seed", "replicate", "ticks", "tick", "size", "member", "saw", "calls",
    "tokens_in", "tokens_out", "tokens_cached", "mended",
)  # fmt: skip
"""Whole numbers."""
FLOATS = ("confidence", "cost_usd", "cost_usd_uncached", "latency_s", "budget")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula at the start of a text, after spaces, wide or not."""


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write `name.parquet` and `name.csv`.

    Args:
        folder: Where to.
        name: Of both files.
        frame: The table; columns that are not ours keep their types.
    """
    whole = typed(frame)
    write_with(folder / f"{name}.parquet", lambda part: whole.to_parquet(part, index=False))
    write_csv(folder, name, whole)


def write_parts(folder: Path, name: str, parts: Iterable[pd.DataFrame]) -> None:
    """The same from parts of a table, of which one is in memory at a time.

    Args:
        folder: Where to.
        name: Of both files.
        parts: At least one, with the same columns.
    """
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    def write(parquet: Path, csv: Path) -> None:
        writer: ParquetWriter | None = None
        try:
            for part in map(typed, parts):
                table = Table.from_pandas(part, preserve_index=False)
                first = writer is None
                writer = writer or ParquetWriter(parquet, table.schema)
                writer.write_table(table)
                harmless(part).to_csv(csv, mode="w" if first else "a", header=first, index=False)
        finally:
            if writer is not None:
                writer.close()

    with replacing(folder / f"{name}.parquet") as parquet, replacing(folder / f"{name}.csv") as csv:
        write(parquet, csv)


def write_csv(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write `name.csv`, in which no text is a formula.

    Args:
        folder: Where to.
        name: Of the file.
        frame: The table.
    """
    write_with(folder / f"{name}.csv", lambda part: harmless(frame).to_csv(part, index=False))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose columns have the types that their names stand for.

    Args:
        frame: The table.
    """
    measures = {*of_ticks(), *of_runs()}
    kinds = dict.fromkeys(measures, "Float64") | dict.fromkeys(FLOATS, "Float64")
    if "member" in frame:  # of members, not of ticks: whole numbers
        kinds |= dict.fromkeys(NUMBERS, "Int64")
    kinds = dict.fromkeys(NUMBERS, "Int64") | kinds | dict.fromkeys(TEXTS, "string")
    return frame.astype({name: kinds[name] for name in frame.columns if name in kinds})


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts hide nothing, and which no spreadsheet takes for formulas.

    Before those an apostrophe stands.

    Args:
        frame: The table.
    """
    texts = [name for name in frame.columns if frame[name].dtype in ("string", "object")]
    return frame.assign(**{name: frame[name].map(_quoted, na_action="ignore") for name in texts})


def _quoted(value: object) -> object:
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) or shown[:1].isspace() else shown
