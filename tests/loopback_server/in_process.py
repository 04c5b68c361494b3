"""The server in a thread of the test's own process, where scripts and faults are at hand."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from .app import App, Replies, serve
from .fault_draw import FaultDraw
from .faults import Faults
from .request_log import Entry

PATIENCE_S = 10.0


class LoopbackServer:
    """A server on loopback for as long as the `with` block lasts.

    Args:
        latency_s: Before every answer.
        faults: What goes wrong; `server.faults = …` changes it at any time.
        replies: Scripted answers; called in the server's thread.
    """

    def __init__(
        self,
        latency_s: float = 0.0,
        faults: Faults | None = None,
        replies: Replies | None = None,
    ) -> None:
        self._app = App(latency_s, faults, replies)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        began = asyncio.run_coroutine_threadsafe(serve(self._app, 0), self._loop)
        self._runner, self.port = began.result(PATIENCE_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ended = asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop)
        try:
            ended.result(PATIENCE_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE_S)
            self._loop.close()

    @property
    def api_base(self) -> str:
        """What clients call their base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def faults(self) -> Faults:
        """What goes wrong now."""
        return self._app.draw.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._app.draw = FaultDraw(faults)

    @property
    def latency_s(self) -> float:
        """Seconds before every answer."""
        return self._app.latency_s

    @latency_s.setter
    def latency_s(self, seconds: float) -> None:
        self._app.latency_s = seconds

    @property
    def log(self) -> list[Entry]:
        """All requests for completions, oldest first, those in flight included."""
        return list(self._app.requests.entries)

    @property
    def requests(self) -> int:
        """Requests for completions."""
        return self._app.requests.requests

    @property
    def successes(self) -> int:
        """Those that were answered usably."""
        return self._app.requests.successes

    @property
    def by_status(self) -> dict[int, int]:
        """Requests by the status sent; see `Entry.status`."""
        return dict(self._app.requests.by_status)

    @property
    def most_in_flight(self) -> int:
        """Most requests at one time."""
        return self._app.requests.most_in_flight

    @property
    def age(self) -> float:
        """Seconds since the start, the clock of `Faults.outage`."""
        return self._app.requests.age

    def reset(self) -> None:
        """Forget what happened; the faults stay and begin anew."""

        async def forget() -> None:
            self._app.reset()

        asyncio.run_coroutine_threadsafe(forget(), self._loop).result(PATIENCE_S)
