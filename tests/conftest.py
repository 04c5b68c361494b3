"""Makes helpers beside the tests importable: `from loopback_server.server import …`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if (folder := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, folder)

if TYPE_CHECKING:
    from loopback_server.server import LoopbackServer


@pytest.fixture
def loopback() -> Iterator[Callable[..., LoopbackServer]]:
    """Starts servers: `server = loopback(faults=Faults(reset=0.1))`; they end with the test."""
    from loopback_server.server import LoopbackServer

    with ExitStack() as servers:

        def start(**options: Any) -> LoopbackServer:
            return servers.enter_context(LoopbackServer(**options))

        yield start


@pytest.fixture
def loopback_process() -> Iterator[Callable[..., Any]]:
    """Starts servers in processes of their own: `server = loopback_process(latency_s=0.05)`."""
    from loopback_server.server import LoopbackProcess

    with ExitStack() as servers:

        def start(**options: Any) -> LoopbackProcess:
            return servers.enter_context(LoopbackProcess(**options))

        yield start
