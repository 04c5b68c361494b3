"""Plays what a folder holds again, offline, and compares record by record, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....model.errors import Halt
from ..build.from_config import organization_of
from ..config.identity import Sweep
from ..config.run import RunConfig
from ..folders.folder import Archive, archive
from ..results.judging import judging_of
from ..results.run_result import RunResult
from ..runs.judged import judging_in
from ..runs.sweep import sweep
from .load import finished_of, offline

if TYPE_CHECKING:
    from ....agents.llm.service import Service

UNREADABLE = "the record can't be read"


@dataclass(frozen=True)
class Replayed:
    """What playing it again gave.

    Attributes:
        equal: Ticks of a run, or runs of a comparison or scenario, that were equal.
        unit: What is counted.
        difference: What the first different one differs in; empty where all are equal.
        version: The program's version that recorded it.
        judging: Where judges failed when it was recorded; none where they did not.
    """

    equal: int
    unit: str
    difference: str = ""
    version: str = ""
    judging: tuple[str, ...] = ()

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
            return _run(folder, folder.config, service)
        return _runs(folder, folder.config, service)


def _run(folder: Archive, config: RunConfig, service: Service | None) -> Replayed:
    recorded = folder.texts()
    if not recorded:
        raise folder.nothing("tick")
    org = organization_of(config, service)
    for played, (tick, text) in enumerate(recorded):
        if tick != played:
            missing = f"{folder.path}: tick {played} is missing"
            return Replayed(played, "ticks", missing, folder.version)
        try:
            org.step()
            again = org.records[-1].to_json()
            said = "" if again == text else _differing(json.loads(text), json.loads(again))
        except Halt as halt:
            said = str(halt)
        except (ValueError, TypeError, RecursionError):
            said = UNREADABLE
        if said:
            difference = f"tick {tick} differs from the record: {said}"
            return Replayed(played, "ticks", difference, folder.version)
    judging = tuple(judging_of(config, org.records))
    return Replayed(len(recorded), "ticks", "; ".join(folder.damage), folder.version, judging)


def _runs(folder: Archive, config: Sweep, service: Service | None) -> Replayed:
    kept, _ = finished_of(folder, config)
    alone = 1 if folder.has_copies else None  # copies stand in for files in this process only
    again = sweep(config, service=service, only=kept.keys(), workers=alone)
    known = _columns(kept.values())
    for place, (key, result) in enumerate(kept.items()):
        if said := _differs(result, again[key], known):
            return Replayed(place, "runs", f"run {key} differs: {said}", folder.version)
    judging = tuple(judging_in(config.runs(), kept))
    return Replayed(len(kept), "runs", "; ".join(folder.damage), folder.version, judging)


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
