"""The way in: `LoopbackServer` in a thread, `LoopbackProcess` in a process, `Faults` for both.

Run as a script it is the process itself:
`python tests/loopback_server/server.py --port 0 --latency 0.05` prints its address and serves
until it is terminated.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path

if not __package__:  # a script: the folder above is where `loopback_server` is found
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from loopback_server.app import App, serve
from loopback_server.faults import Faults
from loopback_server.in_process import LoopbackServer
from loopback_server.request_log import Entry
from loopback_server.subprocess_server import LoopbackProcess

__all__ = ["Entry", "Faults", "LoopbackProcess", "LoopbackServer"]


async def run(app: App, port: int) -> None:
    """Serve until told to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    runner, port = await serve(app, port)
    print(f"http://127.0.0.1:{port}", flush=True)
    gc.collect()
    gc.freeze()
    await ended.wait()
    await runner.cleanup()


def main() -> None:
    """Read the options and serve."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0, help="0 for any that is free")
    options.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    options.add_argument("--faults", type=json.loads, default={}, help="fields of Faults, as JSON")
    options.add_argument("--until-eof", action="store_true", help="end when the input does")
    given = options.parse_args()
    if given.until_eof:
        threading.Thread(target=_end_with_input, daemon=True).start()
    faults = Faults.from_json(given.faults)
    asyncio.run(run(App(given.latency, faults), given.port))


def _end_with_input() -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock would be held when the process ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
