"""Forecasts against the truth of recorded runs of real models, out of sample.

    python tests/benchmarks/forecast_truth.py FOLDER [FOLDER …]      as docs/recorded holds them

Each folder is forecast anew, with nothing sent, by cell and in all, and compared with its journal:
forecast / truth, 1 where it is right. How a forecast gets to know what models do:

    usual     by the program's own constants, which are rounded means over these recordings
    recording by the answers in the other folders alone, whoever gave them
    model     by the answers of other models alone, in any folder
    begun     by the folder's own answers of its first replicate (not out of sample by model: it is
              what a resumed or growing comparison knows)
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from unscripted.agents.llm.journal.answered import Answered, answers_in
from unscripted.agents.llm.journal.read_only import reading
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.folders.folder import archive
from unscripted.scenarios.harness.rehearsal.habits import Habits, Pace
from unscripted.scenarios.harness.rehearsal.learning import habits_of, learned
from unscripted.scenarios.harness.rehearsal.rehearse import rehearse
from unscripted.scenarios.harness.rehearsal.tally import Expectations
from unscripted.scenarios.harness.runs.forecast import EXTREMES, SLACK
from unscripted.scenarios.harness.runs.keys import calls_key

COLUMNS = ("calls", "tokens in", "tokens out", "seconds")
WITHIN = 0.25
Cell = tuple[str, str]
Sums = dict[Cell, list[float]]


def truth_of(folder: Path) -> dict[str, list[float]]:
    """Calls, tokens in, tokens out and seconds of all answers, by run."""
    db = reading(folder / "journal.sqlite")
    rows = db.execute(
        "SELECT run, count(*), sum(tokens_in), sum(tokens_out), sum(latency_s) FROM calls"
        " WHERE tick >= 0 GROUP BY run"
    ).fetchall()
    db.close()
    return {run: [float(v) for v in values] for run, *values in rows}


def cell_of(run: RunConfig) -> Cell:
    """Which row of the table a run belongs to."""
    return str(run.team.model), str(run.team.protocol)


def rows_of(folder: Path, expected: Expectations) -> tuple[Sums, Sums]:
    """Forecast and truth, by cell."""
    with archive(folder) as opened:
        runs = opened.config.runs()
    found, said = truth_of(folder), defaultdict(lambda: [0.0] * len(COLUMNS))
    truth = defaultdict(lambda: [0.0] * len(COLUMNS))
    cells: dict[Cell, list[RunConfig]] = defaultdict(list)
    for run in runs:
        cells[cell_of(run)].append(run)
        _add(truth[cell_of(run)], found[calls_key(run)])
    for cell, alike in cells.items():
        one = rehearse(alike, alike[0].tasks.ticks, expected)
        for used in one.used.values():
            n = len(alike)
            _add(said[cell], [n * used.calls, n * used.tokens_in, n * used.tokens_out, 0.0])
        _add(said[cell], [0.0, 0.0, 0.0, len(alike) * one.busy_s])
    return dict(said), dict(truth)


def _add(sums: list[float], values: Sequence[float]) -> None:
    for k, value in enumerate(values):
        sums[k] += value


def paceless(habits: Habits) -> Habits:
    """Without the pace, which is another model's or another day's."""
    return replace(habits, pace=Pace())


def ways(folders: Sequence[Path]) -> dict[str, Callable[[Path], Expectations]]:
    """What each way of knowing expects of the models of a folder."""
    answers = {folder: answers_in(folder / "journal.sqlite") for folder in folders}

    def elsewhere(folder: Path) -> Expectations:
        others = [a for f, own in answers.items() if f != folder for a in own]
        return Expectations(usual=paceless(learned(others)))

    def of_others(folder: Path) -> Expectations:
        models = {a.model for a in answers[folder]}
        everything = [a for own in answers.values() for a in own]
        by_model = {m: [a for a in everything if a.model != m] for m in models}
        return Expectations({m: paceless(learned(own)) for m, own in by_model.items() if own})

    def begun(folder: Path) -> Expectations:
        return Expectations(habits_of(first_replicate(folder)))

    found = {"usual": lambda folder: Expectations(), "begun": begun}
    return {**found, "recording": elsewhere, "model": of_others} if len(folders) > 1 else found


def first_replicate(folder: Path) -> list[Answered]:
    """The answers of the first seed of every cell, as a folder holds that was begun."""
    with archive(folder) as opened:
        seed = opened.config.base.tasks.seed
        kept = {calls_key(run) for run in opened.config.runs() if run.tasks.seed == seed}
    return [a for a in answers_in(folder / "journal.sqlite") if a.run in kept]


def ratios(said: Iterable[Sequence[float]], truth: Iterable[Sequence[float]]) -> list[float]:
    """Forecast / truth of sums."""
    pairs = zip(zip(*said, strict=True), zip(*truth, strict=True), strict=True)
    return [math.fsum(a) / math.fsum(b) for a, b in pairs]


def main() -> None:
    """Print a row for each way, folder and cell, and how many are near."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--by-cell", action="store_true", help="a row for each cell, too")
    parser.add_argument("--only", help="one way of knowing")
    given = parser.parse_args()
    print("| habits | folder | model | protocol |", " | ".join(COLUMNS), "|")
    for way, expects in ways(given.folders).items():
        if given.only in (None, way):
            show(way, {f: rows_of(f, expects(f)) for f in given.folders}, by_cell=given.by_cell)
    show_ranges(given.folders)


def show(way: str, tables: dict[Path, tuple[Sums, Sums]], *, by_cell: bool) -> None:
    """Print a way's rows."""
    near = [0] * len(COLUMNS)
    cells = 0
    for folder, (said, truth) in tables.items():
        for model in dict.fromkeys(model for model, _ in said):
            own = [cell for cell in said if cell[0] == model]
            for cell in own:
                found = ratios([said[cell]], [truth[cell]])
                near = [n + (abs(r - 1) <= WITHIN) for n, r in zip(near, found, strict=True)]
                cells += 1
                if by_cell:
                    _row(way, folder, *cell, found)
            both = ([sums[cell] for cell in own] for sums in (said, truth))
            _row(way, folder, model, "all", ratios(*both))
        _row(way, folder, "all", "all", ratios(said.values(), truth.values()))
    shares = dict(zip(COLUMNS, (f"{n}/{cells}" for n in near), strict=True))
    print(f"{way}: cells within {WITHIN:.0%}:", json.dumps(shares))


def show_ranges(folders: Sequence[Path]) -> None:
    """Print how many cells lie within the range that is said where nothing is known of a model."""
    inside, cells = [0] * len(COLUMNS), 0
    for folder in folders:
        usual = Expectations()
        tables = [rows_of(folder, e) for e in (usual, *(usual.bent(*bend) for bend in EXTREMES))]
        for cell, truth in tables[0][1].items():
            said = list(zip(*(table[0][cell] for table in tables), strict=True))
            cells += 1
            for k, values in enumerate(said):
                inside[k] += min(values) * (1 - SLACK) <= truth[k] <= max(values) * (1 + SLACK)
    shares = dict(zip(COLUMNS, (f"{n}/{cells}" for n in inside), strict=True))
    print("usual: cells within the range said:", json.dumps(shares))


def _row(way: str, folder: Path, model: str, protocol: str, found: Sequence[float]) -> None:
    values = " | ".join(f"{value:.2f}" for value in found)
    print(f"| {way} | {folder.name} | {model.removeprefix('local/')} | {protocol} | {values} |")


if __name__ == "__main__":
    main()
