"""One engine per model and process: started when first used, stopped with the last who uses it.

The engine is a child process, so that a model that brings it down takes no run along, its memory
goes back when it ends, and its threads never meet ours. It ends with its parent, however that ends.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from ...model.errors import UsageError
from .catalogue import FAMILY, catalogue, model_file, sha256_of
from .serving import PACKAGE

CONTEXT = 4096
"""Tokens of one decision's prompt and answer together. The same everywhere, as prompts are cut to
it and a run must replay on any machine."""
MOST_SLOTS = 4
"""More would share the same cores, and each slot's context takes memory and reads for itself what
another has read."""
CACHE_MB = 0
"""For beginnings of prompts that no slot holds any more: they would take a third of the memory."""
_ENGINES: dict[tuple[Path, int], Engine] = {}
_LOCK = threading.Lock()


@dataclass
class Engine:
    """A served model.

    Attributes:
        address: Of its OpenAI-compatible server.
        alias: The name under which it answers: model, digest and engine.
        slots: Requests it works on at once.
        threads: That compute.
        users: How many hold it.
        process: Its process.
    """

    address: str
    alias: str
    slots: int
    threads: int
    process: subprocess.Popen[str] = field(repr=False)
    users: int = 1

    def stop(self) -> None:
        """End its process."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def check_installed(model: str) -> None:
    """Refuse a local model where its engine is not installed.

    Args:
        model: As users type it.

    Raises:
        UsageError: It isn't.
    """
    if find_spec(PACKAGE) is None:
        raise UsageError(
            f'model={model} needs an engine; install it with: pip install "unscripted[local]"'
        )


def threads_here() -> int:
    """One thread fewer than this process has cores, as threads wait for the slowest: 1 or more."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, cores - 1)


def engine_of(name: str, at_once: int) -> Engine:
    """The running engine of a local model; give it back with `release`.

    Args:
        name: What follows `local/`.
        at_once: Requests that may come at once; it works on so many, 4 and one a thread at most.

    Raises:
        UsageError: The extra or the file is missing, or the file can't be loaded.
    """
    check_installed(f"{FAMILY}/{name}")
    path, slots = model_file(name), max(1, min(MOST_SLOTS, threads_here(), at_once))
    with _LOCK:
        engine = _ENGINES.get((path, slots))
        if engine is not None and engine.process.poll() is None:
            engine.users += 1
            return engine
        engine = _started(name, path, slots)
        _ENGINES[path, slots] = engine
        return engine


def release(engine: Engine) -> None:
    """Give an engine back; it stops when nobody holds it any more.

    Args:
        engine: As `engine_of` gave it.
    """
    with _LOCK:
        engine.users -= 1
        if engine.users <= 0:
            for key in [key for key, held in _ENGINES.items() if held is engine]:
                del _ENGINES[key]
            engine.stop()


def _started(name: str, path: Path, slots: int) -> Engine:
    digest = catalogue()[name].sha256 if name in catalogue() else sha256_of(path)
    threads = threads_here()
    alias = f"{FAMILY}/{path.stem} sha256:{digest[:16]} {PACKAGE} {version(PACKAGE)}"
    wanted = {
        "path": str(path),
        "alias": alias.replace(",", " "),
        "threads": threads,
        "slots": slots,
        "context": slots * CONTEXT,
        "cache_mb": CACHE_MB,
    }
    process, said, log = _spawned(wanted)
    if "address" not in said:
        cause = said.get("error") or _last_words(log) or "it ended while loading"
        process.kill()
        process.wait()
        raise UsageError(f"model={FAMILY}/{name}: {path} can't be loaded: {cause}")
    return Engine(f"{said['address']}/v1", alias, slots, threads, process)


def _spawned(wanted: dict[str, object]) -> tuple[subprocess.Popen[str], dict[str, str], IO[str]]:
    """A process that loads a model, what it said when it had, and its log."""
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115  lives as long as the process
    process = subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.serving"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,  # Ctrl-C is ours to answer
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        line = ""
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process, json.loads(line) if line.strip() else {}, log


def _last_words(log: IO[str]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read()[-4000:].splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[-1][:200]


@atexit.register
def _stop_all() -> None:
    for engine in _ENGINES.values():
        engine.stop()
