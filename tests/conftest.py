"""Makes helpers in folders beside the tests importable: `from chaos.server import ChaosServer`."""

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
    from chaos.server import ChaosServer


@pytest.fixture
def chaos() -> Iterator[Callable[..., ChaosServer]]:
    """Starts servers: `server = chaos(faults=Faults(reset=0.1))`; they end with the test."""
    from chaos.server import ChaosServer

    with ExitStack() as servers:

        def start(**options: Any) -> ChaosServer:
            return servers.enter_context(ChaosServer(**options))

        yield start


@pytest.fixture
def chaos_process() -> Iterator[Callable[..., Any]]:
    """Starts servers in processes of their own: `server = chaos_process(latency_s=0.05)`."""
    from chaos.server import ChaosProcess

    with ExitStack() as servers:

        def start(**options: Any) -> ChaosProcess:
            return servers.enter_context(ChaosProcess(**options))

        yield start
