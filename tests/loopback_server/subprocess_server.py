"""The server in a process of its own, so that a benchmark measures its client alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from .faults import Faults
from .request_log import Entry

SCRIPT = Path(__file__).with_name("server.py")
PATIENCE_S = 30.0
DIRECTLY = build_opener(ProxyHandler({}))


class LoopbackProcess:
    """A server in a subprocess for as long as the `with` block lasts.

    It ends too when this process dies, since it reads from a pipe that then closes.

    Args:
        latency_s: Before every answer.
        faults: What goes wrong; `server.faults = …` changes it at any time.
    """

    def __init__(self, latency_s: float = 0.0, faults: Faults | None = None) -> None:
        self._command = [
            *(sys.executable, str(SCRIPT), "--port", "0", "--until-eof"),
            *("--latency", str(latency_s)),
            *("--faults", json.dumps((faults or Faults()).to_json())),
        ]
        self.origin = ""

    def __enter__(self) -> LoopbackProcess:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.origin = self._process.stdout.readline().strip()
        if not self.origin:
            self.__exit__(None, None, None)
            raise RuntimeError(f"the server did not start: {self._command}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def pid(self) -> int:
        """Of the subprocess."""
        return self._process.pid

    @property
    def api_base(self) -> str:
        """What clients call their base URL."""
        return f"{self.origin}/v1"

    @property
    def faults(self) -> Faults:
        """What goes wrong now."""
        return Faults.from_json(self._control("faults"))

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._control("faults", faults.to_json())

    @property
    def log(self) -> list[Entry]:
        """All requests for completions, oldest first."""
        return [Entry(**e) for e in self._control("log")]

    @property
    def counts(self) -> dict[str, Any]:
        """All counts, as `RequestLog.counts` gives them."""
        return self._control("counts")

    @property
    def requests(self) -> int:
        """Requests for completions."""
        return self.counts["requests"]

    @property
    def successes(self) -> int:
        """Those that were answered usably."""
        return self.counts["successes"]

    @property
    def by_status(self) -> dict[int, int]:
        """Requests by the status sent; see `Entry.status`."""
        return {int(status): n for status, n in self.counts["by_status"].items()}

    @property
    def most_in_flight(self) -> int:
        """Most requests at one time."""
        return self.counts["most_in_flight"]

    @property
    def age(self) -> float:
        """Seconds since the start, the clock of `Faults.outage`."""
        return self.counts["age"]

    @property
    def cpu_s(self) -> float:
        """Processor time the subprocess has used."""
        return self.counts["cpu_s"]

    def reset(self) -> None:
        """Forget what happened; the faults stay and begin anew."""
        self._control("reset", {})

    def _control(self, what: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.origin}/control/{what}", data, headers)
        with DIRECTLY.open(request, timeout=PATIENCE_S) as response:
            return json.load(response)
