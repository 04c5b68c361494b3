"""Opens the live page."""

from __future__ import annotations

from pathlib import Path

from ..dashboard.serving import serve
from ..exits import Exit
from ..terminal.console import say, terminal


def dashboard_command(folder: Path | None, port: int) -> Exit:
    """Serve it until Ctrl-C.

    Args:
        folder: To follow; None to play.
        port: 1 to 65535, or 0 for a free one.

    Raises:
        UsageError: It can't be served, and why.
        KeyboardInterrupt: Ctrl-C.
    """
    console = terminal()
    serve(folder, port, lambda line: say(console, line))
    return Exit.DONE
