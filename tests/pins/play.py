"""Pins what the program computes, command by command, so that a change of code can prove itself.

    python tests/pins/play.py write [NAME…]   play the commands and keep what they computed
    python tests/pins/play.py check [NAME…]   play them again; exit 1 if anything came out otherwise

A refactoring must change no result. The other tests say what results must be like; this script
knows what they were, for every protocol, network, shock, option and scenario, through nothing but
the command line, so that the code behind it is free to move. Names may hold `*`; no name means all.
`--jobs N` plays so many commands at once.

Each command of `PINS` plays in an empty folder of its own. Kept are, in full: exit codes; the JSON
on standard output; the records of ticks and the results of runs in the journal. Left out are format
versions, pages, figures and `config.json`; and where models are called, whatever follows from the
measured time of a call (`TIMED`) and the address of the server. Synthetic minds' times are modelled
and kept. `pins.json` holds a digest for each part, which makes a change visible in a diff;
`pins.json.gz` holds what was digested, to say where a difference begins.

Numbers are kept exactly and are the same on every Python and Mesa: a digit that differs is a fault.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from commands import ADDED, CODE, FILES, FREE, PINS, RUNS, THEN, TICKS, TIMED, WORDS, Pin


@contextmanager
def serving(faults: Mapping[str, Any]) -> Iterator[str]:
    """Start the stand-in for a provider that the tests have; gives its address."""
    if (tests := str(Path(__file__).resolve().parents[1])) not in sys.path:
        sys.path.insert(0, tests)
    from loopback_server.server import Faults, LoopbackProcess

    with LoopbackProcess(faults=Faults(**faults)) as server:
        yield server.api_base


# --- playing -------------------------------------------------------------------------------------

HERE = Path(__file__).resolve().parent
DIGESTS, WHOLE = HERE / "pins.json", HERE / "pins.json.gz"
JOURNAL = "out/journal.sqlite"
TABLES = {
    TICKS: "SELECT record FROM ticks ORDER BY tick",
    RUNS: "SELECT result FROM runs",
}
CELL = ("protocol", "topology", "model", "agents", "level", "seed")
PATIENCE_S = 300.0

Parts = dict[str, Any]
"""What a command gave, by part."""


class Played(NamedTuple):
    """What a pin gave, and what helps to understand it.

    Attributes:
        parts: Everything that is compared.
        told: The last line on standard error of each of its commands.
        seconds: How long it took.
    """

    parts: Parts
    told: list[str]
    seconds: float


def play(pin: Pin) -> Played:
    """Play a pin's commands one after another in an empty folder."""
    began = time.monotonic()
    called = "{called}" in pin.command or "{server}" in pin.command
    without = TIMED | FREE if called else FREE
    with tempfile.TemporaryDirectory(prefix=f"pin-{pin.name}-") as name:
        folder = Path(name)
        for file, text in FILES.items():
            if file in pin.command:
                (folder / file).write_text(text, encoding="utf-8")
        done = [command(folder, step, pin.faults or {}) for step in pin.command.split(THEN)]
        parts: Parts = {CODE: [d.returncode for d in done]}
        for part in pin.parts.split():
            if part != CODE:
                found = tidied(taken(part, done, folder), without)
                parts[part] = sorted(found, key=cell) if part == RUNS else found
    told = [(d.stderr.strip().splitlines() or [""])[-1] for d in done]
    return Played(parts, told, time.monotonic() - began)


def command(folder: Path, step: str, faults: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """One command, with a server of its own where it calls models."""
    arguments = step.format(**WORDS)
    with serving(faults) if "{server}" in arguments else nullcontext("") as address:
        words = [sys.executable, "-m", "unscripted", *shlex.split(arguments.format(server=address))]
        try:
            done = subprocess.run(
                words, cwd=folder, env=surroundings(), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(words, -1, "", str(error))
    if address:
        done.stdout = done.stdout.replace(address, "http://server")
    return done


def surroundings() -> dict[str, str]:
    """The environment without what could change an answer, and with a key that is none."""
    unwanted = re.compile(
        r".*_API_(KEY|BASE)|.*_BASE_URL|LITELLM_.*|.*_PROXY|PYTHON.*|COLUMNS|FORCE_COLOR",
        re.IGNORECASE,
    )
    kept = {k: v for k, v in os.environ.items() if not unwanted.fullmatch(k)}
    return {**kept, "OPENAI_API_KEY": "sk-none-0123456789", "PYTHONUTF8": "1"}


def taken(part: str, done: list[subprocess.CompletedProcess[str]], folder: Path) -> Any:
    """One part of what commands left behind."""
    as_json, plain = [], []
    for d in done:
        (as_json if "--json" in d.args else plain).append(d.stdout)
    match part:
        case "json":
            return [parsed(text) for text in as_json]
        case "text":
            return [text.splitlines() for text in plain]
        case "names":
            return [[line.split()[0] for line in text.splitlines() if line] for text in plain]
    return [by_row(json.loads(row)) for row in journal(folder, TABLES[part])]


def parsed(text: str) -> Any:
    """JSON; the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def journal(folder: Path, question: str) -> list[str]:
    """Rows of one column of a folder's journal; none where there is no journal."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as db:
        return [row for (row,) in db.execute(question)]


def by_row(result: Any) -> Any:
    """A run's result with its members' rows as rows, which are kept by column."""
    kept = result.get("agents")
    if not isinstance(kept, dict):
        return result
    columns = [values_of(column, kept["length"]) for column in kept["columns"]]
    rows = [dict(zip(kept["names"], row, strict=True)) for row in zip(*columns, strict=True)]
    return {**result, "agents": rows}


def values_of(column: Any, length: int) -> list[Any]:
    """A column's values, row by row."""
    if isinstance(column, list):
        return column
    if "all" in column:
        return [column["all"]] * length
    return [column["texts"][i] for i in column["at"]]


def cell(result: Any) -> tuple[Any, ...]:
    """Orders results of runs by what was played; workers finish in any order."""
    row = result.get("row", {})
    return (*(str(row.get(factor)) for factor in CELL), canonical(result))


def tidied(value: Any, without: frozenset[str]) -> Any:
    """A value without some fields, and without rows about one of them as a measure."""
    if isinstance(value, dict):
        return {k: tidied(v, without) for k, v in value.items() if k not in without}
    if isinstance(value, list):
        return [tidied(v, without) for v in value if not is_about(v, without)]
    return value


def is_about(row: Any, measures: frozenset[str]) -> bool:
    """Whether a row of statistics is about one of some measures."""
    return isinstance(row, dict) and row.get("measure") in measures


# --- comparing -----------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """Of a part; exit codes stand for themselves."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def digests(parts: Parts) -> Parts:
    """What `pins.json` says of a pin."""
    return {part: v if part == CODE else digest(v) for part, v in parts.items()}


def first_difference(old: Any, new: Any, path: str) -> str | None:
    """Where two values differ first, and how; None where they are equal.

    Args:
        old: What was kept.
        new: What came out.
        path: Leads to both.
    """
    if type(old) is type(new) and isinstance(old, dict):
        for key in sorted(old.keys() | new.keys()):
            where = f"{path}.{key}"
            if key not in new:
                return f"{where}: {shown(old[key])} is gone"
            if key not in old and key in ADDED:
                continue
            if key not in old:
                return f"{where}: {shown(new[key])} is new"
            if (found := first_difference(old[key], new[key], where)) is not None:
                return found
        return None
    if type(old) is type(new) and isinstance(old, list):
        for i, (a, b) in enumerate(zip(old, new, strict=False)):
            if (found := first_difference(a, b, f"{path}[{i}]")) is not None:
                return found
        return None if len(old) == len(new) else f"{path}: {len(old)} entries, now {len(new)}"
    same = type(old) is type(new) and old == new
    return None if same else f"{path}: {shown(old)} → {shown(new)}"


def shown(value: Any, most: int = 160) -> str:
    """A value in a line."""
    text = canonical(value)
    return text if len(text) <= most else f"{text[:most]}…"


def differences(old: Parts, new: Parts) -> list[str]:
    """One line for each part of a pin that differs."""
    found = []
    for part in dict.fromkeys((*old, *new)):
        where = first_difference(old.get(part), new.get(part), part)
        if where is not None:
            found.append(where)
    return found


# --- keeping -------------------------------------------------------------------------------------


def kept() -> dict[str, Parts]:
    """What was kept of every pin; nothing before the first `write`."""
    if not WHOLE.exists():
        return {}
    whole: dict[str, Parts] = json.loads(gzip.decompress(WHOLE.read_bytes()))
    said = json.loads(DIGESTS.read_text(encoding="utf-8"))
    if said != {name: digests(parts) for name, parts in whole.items()}:
        sys.exit(f"{DIGESTS.name} and {WHOLE.name} don't belong together; write both anew")
    return whole


def keep(whole: dict[str, Parts]) -> None:
    """Write both files, in the order of the table; the same pins give the same bytes."""
    ordered = {pin.name: whole[pin.name] for pin in PINS if pin.name in whole}
    said = {name: digests(p) for name, p in ordered.items()}
    lines = ",\n".join(f"  {json.dumps(n)}: {json.dumps(d)}" for n, d in said.items())
    DIGESTS.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    WHOLE.write_bytes(gzip.compress(canonical(ordered).encode(), mtime=0))


def chosen(names: list[str]) -> list[Pin]:
    """The pins of these names, which may hold `*`; all where there are none."""
    for name in names:
        if not any(fnmatchcase(pin.name, name) for pin in PINS):
            sys.exit(f"there is no pin {name}; there are: {', '.join(p.name for p in PINS)}")
    return [p for p in PINS if not names or any(fnmatchcase(p.name, n) for n in names)]


def write(pins: list[Pin], jobs: int) -> int:
    """Play pins and keep what they give; those that are not played stay as they are."""
    whole = {} if len(pins) == len(PINS) else kept()
    with ThreadPoolExecutor(jobs) as pool:
        for pin, played in zip(pins, pool.map(play, pins), strict=True):
            whole[pin.name] = played.parts
            print(f"{pin.name:24} {played.parts[CODE]}  {played.seconds:.1f} s", flush=True)
    keep(whole)
    sizes = ", ".join(f"{p.name} {p.stat().st_size / 1024:.0f} kB" for p in (DIGESTS, WHOLE))
    print(f"{len(pins)} written: {sizes}")
    return 0


def check(pins: list[Pin], jobs: int) -> int:
    """Play pins and say what differs from what was kept; 1 if anything does."""
    whole, changed = kept(), []
    with ThreadPoolExecutor(jobs) as pool:
        for pin, played in zip(pins, pool.map(play, pins), strict=True):
            old = whole.get(pin.name)
            found = ["it is not pinned"]
            if old is not None:
                found = differences(old, played.parts)
            said = "DIFFERS" if found else "same"
            print(f"{said:8} {pin.name}  {played.seconds:.1f} s", flush=True)
            for line in found:
                print(f"         {line}")
            if found:
                changed.append(pin.name)
                print(*(f"         said: {line}" for line in played.told if line), sep="\n")
    print(f"{len(pins) - len(changed)} of {len(pins)} the same", end="")
    print(f"; different: {', '.join(changed)}" if changed else "")
    return 1 if changed else 0


def main() -> int:
    """Read the command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("what", choices=("write", "check"))
    options.add_argument("names", nargs="*", metavar="NAME", help="of pins; may hold *")
    options.add_argument("--jobs", type=int, default=2, help="commands played at once")
    given = options.parse_intermixed_args()
    installed = find_spec("unscripted")
    if installed is None:
        sys.exit("unscripted is not installed for this Python; use that of the project's .venv")
    print(f"playing {installed.origin}")
    pins, jobs = chosen(given.names), max(1, given.jobs)
    began = time.monotonic()
    code = write(pins, jobs) if given.what == "write" else check(pins, jobs)
    print(f"{time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
