"""Serves the page on this machine alone, until Ctrl-C; its assets come from this machine, too."""

from __future__ import annotations

import os
import socket
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any

from ....agents.local.catalogue import cache_folder
from ....model.errors import UsageError
from ..exits import Exit
from .following import Follower

GRACE_S = 2.0
"""Seconds in which the process may end by itself."""
HOST = "127.0.0.1"
PORT = 8765
EXTRA = "unscripted dashboard needs Mesa's pages; install them with: pip install 'unscripted[viz]'"
FETCHES = (
    "note: solara-assets is not installed, so the page takes its front end from cdn.jsdelivr.net; "
    "without a network it stays blank"
)
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


def check(folder: Path | None, port: int) -> None:
    """Refuse what can't be shown, before anything is loaded.

    Args:
        folder: To follow; None to play.
        port: 1 to 65535, or 0 for a free one.

    Raises:
        UsageError: Not a port, the extra is missing, or the folder is none of a run.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"port={port} is no port; use 1 to 65535, or 0 for a free one")
    if any(find_spec(name) is None for name in ("solara", "altair", "uvicorn")):
        raise UsageError(EXTRA)
    if folder is not None:
        Follower(folder).look()


def serve(folder: Path | None, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        folder: To follow; None to play.
        port: 1 to 65535, or 0 for a free one.
        say: Is told where the page is, and what it lacks.

    Raises:
        UsageError: As for `check`, or the port is taken.
        KeyboardInterrupt: Ctrl-C.
    """
    check(folder, port)
    with _listening(port) as listener:
        app = _solara_app(folder)
        import uvicorn

        config = uvicorn.Config(
            _only_from_here(app), log_level="error", timeout_graceful_shutdown=1, lifespan="on"
        )
        if not _has_assets():
            say(FETCHES)
        say(f"http://{HOST}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            _end_at_last()


def _end_at_last() -> None:
    """End this process soon, even if a page that was left is still playing.

    Mesa plays in a thread that goes on though nobody looks, and for which Python waits. Nothing
    here is kept, so nothing is lost.
    """
    timer = Timer(GRACE_S, os._exit, (Exit.INTERRUPTED,))
    timer.daemon = True
    timer.start()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"port={port} can't be used: {error.strerror or error}; use another --port, or 0 for a "
            "free one"
        ) from None


def _has_assets() -> bool:
    try:
        return bool(version("solara-assets"))
    except PackageNotFoundError:
        return False


def _solara_app(folder: Path | None) -> App:
    """Solara's server with our page, and with nothing that leaves this machine."""
    page = "play_page" if folder is None else "follow_page"
    os.environ["SOLARA_APP"] = f"{__package__}.{page}:Page"
    os.environ["UNSCRIPTED_DASHBOARD_DIR"] = str(folder.absolute()) if folder is not None else ""
    os.environ.setdefault("SOLARA_HOME", str(cache_folder() / "solara"))
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"
    os.environ["SOLARA_CHECK_HOOKS"] = "off"  # Mesa's own components break a rule of theirs
    warnings.filterwarnings("ignore", module=r"solara\.")
    server = import_module("solara.server.settings")
    server.main.mode = "production"
    server.theme.title = "unscripted"
    server.theme.show_banner = False
    app: App = import_module("solara.server.starlette").app
    return app


def _only_from_here(app: App) -> App:
    """Refuse requests for other names and from other pages: what is shown is the user's own.

    A page elsewhere could otherwise read and drive this one through the user's browser.
    """

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope.get("headers", ())}
        host = headers.get("host", "")
        origin = headers.get("origin", f"http://{host}")
        named = host.rpartition(":")[0] in (HOST, "localhost")
        if scope["type"] == "lifespan" or (named and origin == f"http://{host}"):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"only from this machine"})

    return guarded
