"""Plays what a folder holds again, offline, and compares record by record, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....model.errors import Halt
from ....model.organization import BaseOrganization
from ....model.record import TickRecord
from ..build.from_config import organization_of
from ..config.identity import Config, Sweep
from ..config.run import RunConfig
from ..folders.folder import Archive, archive
from ..results.judging import judging_of
from ..results.rows import Row, tick_rows
from ..results.run_result import RunResult
from ..runs.judged import judging_in
from ..runs.sweep import sweep
from .load import finished_of, offline

if TYPE_CHECKING:
    from ....agents.llm.service import Service

UNREADABLE = "the record can't be read"


@dataclass(frozen=True)
class Pair:
    """A tick or a run as it was recorded and as it came out again.

    Attributes:
        name: A tick's number, or a run's key.
        recorded: Its measures as recorded; None where they can't be read.
        again: Its measures as they are now; None where it could not be played.
        difference: What differs first; empty where nothing does.
    """

    name: str
    recorded: Row | None
    again: Row | None
    difference: str = ""


@dataclass(frozen=True)
class Replayed:
    """What playing it again gave.

    Attributes:
        equal: Ticks of a run, or runs of a comparison or scenario, that were equal before the first
            that was not.
        unit: What is counted.
        difference: What the first different one differs in; empty where all are equal.
        version: The program's version that recorded it.
        judging: Where judges failed when it was recorded; none where they did not.
        config: What was played again.
        pairs: What was compared: all runs; of a single run the ticks up to the first difference.
        recorded_in: The folder.
        folder: Where a page goes; None for nowhere.
    """

    equal: int
    unit: str
    difference: str = ""
    version: str = ""
    judging: tuple[str, ...] = ()
    config: Config | None = None
    pairs: Sequence[Pair] = ()
    recorded_in: Path | None = None
    folder: Path | None = None

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        return {
            "version": 1,
            "recorded_by": self.version,
            "equal": not self.difference,
            "unit": self.unit,
            "count_equal": self.equal,
            "difference": self.difference or None,
            **({"judging": list(self.judging)} if self.judging else {}),
        }


def replay(path: Path) -> Replayed:
    """Play a folder's run, comparison or scenario again; nothing is sent and nothing is written.

    Args:
        path: Of the folder.

    Raises:
        UsageError: It holds none, or nothing finished.
    """
    with archive(path) as folder, offline(folder) as service:
        if isinstance(folder.config, RunConfig):
            found = _run(folder, folder.config, service)
        else:
            found = _runs(folder, folder.config, service)
        return replace(found, config=folder.config, recorded_in=path, version=folder.version)


def _run(folder: Archive, config: RunConfig, service: Service | None) -> Replayed:
    org = organization_of(config, service)
    pairs: list[Pair] = []
    for tick, text in folder.each_text():
        played = org.tick
        if tick != played:
            missing = f"{folder.path}: tick {played} is missing"
            return Replayed(played, "ticks", missing, pairs=pairs)
        pair = _tick(org, tick, text)
        pairs.append(pair)
        if pair.difference:
            difference = f"tick {tick} differs from the record: {pair.difference}"
            return Replayed(played, "ticks", difference, pairs=pairs)
    if not pairs:
        raise folder.nothing("tick")
    judging = tuple(judging_of(config, org.records))
    return Replayed(len(pairs), "ticks", "; ".join(folder.damage), judging=judging, pairs=pairs)


def _tick(org: BaseOrganization, tick: int, text: str) -> Pair:
    """Play one tick again and compare it with its record."""
    again = None
    try:
        org.step()
        record = org.records[-1]
        (again,) = tick_rows([record])
        played = record.to_json()
        said = "" if played == text else _differing(json.loads(text), json.loads(played))
    except Halt as halt:
        said = str(halt)
    except (ValueError, TypeError, RecursionError):
        said = UNREADABLE
    return Pair(str(tick), again if not said else _recorded(text), again, said)


def _recorded(text: str) -> Row | None:
    """The measures of a record; None where it can't be read."""
    try:
        (row,) = tick_rows([TickRecord.from_json(text)])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return row


def _runs(folder: Archive, config: Sweep, service: Service | None) -> Replayed:
    kept, _ = finished_of(folder, config)
    alone = 1 if folder.has_copies else None  # copies stand in for files in this process only
    again = sweep(config, service=service, only=kept.keys(), workers=alone)
    known = _columns(kept.values())
    pairs = [
        Pair(key, result.row, again[key].row, _differs(result, again[key], known))
        for key, result in kept.items()
    ]
    for place, pair in enumerate(pairs):
        if pair.difference:
            said = f"run {pair.name} differs: {pair.difference}"
            return Replayed(place, "runs", said, pairs=pairs)
    judging = tuple(judging_in(config.runs(), kept))
    return Replayed(len(kept), "runs", "; ".join(folder.damage), judging=judging, pairs=pairs)


def _columns(results: Iterable[RunResult]) -> dict[str, set[str]]:
    """The columns of each table in which any of some results has a value."""
    known: dict[str, set[str]] = {"row": set(), "ticks": set(), "agents": set()}
    for result in results:
        tables = {"row": [result.row or {}], "ticks": result.ticks, "agents": result.agents}
        for table, rows in tables.items():
            known[table].update(c for row in rows for c, v in row.items() if v is not None)
    return known


def _differs(recorded: RunResult, again: RunResult, known: Mapping[str, set[str]]) -> str:
    """What the first difference of two results is; empty where there is none.

    A column in which no recorded result has a value was not measured when they were recorded, by an
    earlier version, and is no difference.
    """
    if not again.whole:
        return again.error or again.stopped
    now = again.body()
    for table, columns in known.items():
        rows = [now[table]] if table == "row" else now[table]
        kept = [{c: v for c, v in row.items() if c in columns} for row in rows]
        now[table] = kept[0] if table == "row" else kept
    return first_difference(json.loads(json.dumps(recorded.body())), now)


def _differing(recorded: Any, again: Any) -> str:
    """What the first difference of two records is."""
    if not isinstance(recorded, dict) or not {"tick", "members"} <= recorded.keys():
        return UNREADABLE
    return first_difference(recorded, again)


def first_difference(recorded: Any, again: Any) -> str:
    """The way to the first value that differs, with both values; empty where none does.

    Args:
        recorded: JSON.
        again: The same, as it came out now.
    """
    there, here = dict(_values(recorded)), dict(_values(again))
    for place in (*there, *(p for p in here if p not in there)):
        if there.get(place) != here.get(place):
            return f"{place} was {there.get(place)!r:.80}, is {here.get(place)!r:.80}"
    return ""


def _values(body: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from _values(value, f"{place}.{key}" if place else str(key))
    else:
        yield place, body
