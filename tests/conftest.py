"""Makes helpers beside the tests importable, calls commands, and plays folders that tests share."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if (folder := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, folder)

from support.commands import SMALL, Said, command, installed

for ending in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(ending) is signal.SIG_IGN:  # under nohup, in a shell's background job
        signal.signal(ending, signal.default_int_handler)  # our commands would inherit it

if TYPE_CHECKING:
    from loopback_server.server import LoopbackServer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder; what is imported from it is forgotten."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield path
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def call(here: Path) -> Callable[..., Said]:
    """Commands in this process, in an empty folder."""
    return command


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, figures and page left out where a test is not about them."""
    from unscripted.scenarios.harness.cli import commands

    monkeypatch.setattr(commands, "publish", lambda *_: [])


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs a module and its entry points: `plugins(text, "[unscripted.minds]\\nx = …")`."""
    from unscripted.model.plugins.discovery import discover

    home = tmp_path / "site"

    def install(text: str, points: str) -> None:
        installed(home, text, points)
        discover.cache_clear()

    monkeypatch.syspath_prepend(str(home))
    yield install
    discover.cache_clear()
    sys.modules.pop("of_a_test", None)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A finished run with all it leaves, and what the command said; look, don't touch."""
    folder = tmp_path_factory.mktemp("finished") / "mine"
    return folder, command("run", *SMALL, "--json", "--out", folder)


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A finished comparison with all it leaves, and what the command said; look, don't touch."""
    folder = tmp_path_factory.mktemp("compared") / "mine"
    cells = ("--protocol", "silent,solo", "--replicates", 3, *SMALL)
    return folder, command("compare", *cells, "--json", "--out", folder)


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
