"""A Sequential tick on a local engine against the same calls made bare, and the memory it takes.

    python tests/benchmarks/local_tick.py smollm2-135m --agents 4 8 16

For every team size one tick of the corpus (L1) is played at temperature 0, on an engine that has
just started. Then a second one gets the same requests in the same order, from nothing but the
standard library, and the two times are set against each other. `peak_mb` is the most that this
process and the engine held, the model's file included, which is mapped from disk.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.prompting.bounds import bare_name
from unscripted.agents.llm.prompting.templates import schema
from unscripted.agents.local.catalogue import model_file
from unscripted.agents.local.engine import Engine, engine_of, release

MB = 2**20
PEAKS: list[float] = []
"""Of the engines, in MB."""


def play(model: str, agents: int, seed: int, folder: Path) -> tuple[float, int]:
    """One tick through the program: its seconds, and how many calls it made."""
    calls = un.Calls(timeout_s=3600.0, temperature=0.0)
    journal = Journal(folder / "journal.sqlite")
    with un.Service(calls, journal, at_once=1) as service:
        mind = service.mind(f"local/{model}")
        service.probe([f"local/{model}"])
        org = un.build(n_agents=agents, model=mind, level="L1", judge="none", rng=seed)
        began = time.perf_counter()
        (record,) = org.run(1)
        return time.perf_counter() - began, sum(m.usage.calls for m in record.members)


def bodies(folder: Path) -> list[dict[str, object]]:
    """What was sent for the tick, as an engine takes it."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db:
        rows = db.execute("SELECT request FROM calls WHERE tick >= 0 ORDER BY rowid").fetchall()
    found = []
    for (request,) in rows:
        _, messages, name, _, longest, temperature, *_ = json.loads(zlib.decompress(request))
        held = {"name": bare_name(name), "strict": True, "schema": schema(name)}
        found.append(
            {
                "messages": [{"role": role, "content": text} for role, text in messages],
                "response_format": {"type": "json_schema", "json_schema": held},
                "max_tokens": longest,
                "temperature": temperature,
            }
        )
    return found


def send(engine: Engine, asked: list[dict[str, object]]) -> tuple[float, int]:
    """The same requests with nothing around them: seconds, and tokens written."""
    written = 0
    began = time.perf_counter()
    for body in asked:
        request = urllib.request.Request(
            f"{engine.address}/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=3600) as answer:
            written += json.load(answer)["usage"]["completion_tokens"]
    return time.perf_counter() - began, written


def on_fresh_engine(model: str, work: Callable[[Engine], tuple[float, int]]) -> tuple[float, int]:
    """Something timed on an engine that nobody has asked anything but for warming up."""
    engine = engine_of(model, 1)
    try:
        send(engine, [{"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}])
        return work(engine)
    finally:
        PEAKS.append(peak_mb(engine.process.pid))
        release(engine)


def peak_mb(pid: int) -> float:
    """The most memory a process has held, the file it maps included (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def compare(model: str, agents: int) -> dict[str, object]:
    """One team size, both ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first_s, calls = play(model, agents, agents, folder)
        asked = bodies(folder)
        bare_s, written = on_fresh_engine(model, lambda engine: send(engine, asked))
        with closing(sqlite3.connect(folder / "journal.sqlite")) as db:
            (own,) = db.execute("SELECT SUM(tokens_out) FROM calls WHERE tick >= 0").fetchone()
    return {
        "model": model,
        "agents": agents,
        "calls": calls,
        "tick_s": round(first_s, 1),
        "bare_s": round(bare_s, 1),
        "ratio": round(first_s / bare_s, 3),
        "tokens_out": [own, written],
    }


def main() -> None:
    """Print a row for each team size, and the memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--agents", nargs="*", type=int, default=[4, 8, 16])
    given = parser.parse_args()
    for agents in given.agents:
        print(json.dumps(compare(given.model, agents)), flush=True)
    held = {
        "program": peak_mb(os.getpid()),
        "engine": max(PEAKS),
        "file": model_file(given.model).stat().st_size / MB,
    }
    print(json.dumps({"peak_mb": {name: round(mb) for name, mb in held.items()}}))


if __name__ == "__main__":
    main()
