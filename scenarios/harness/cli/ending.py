"""How a command ends: what goes wrong becomes one line and an exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import cyclopts

from ....model.errors import PluginError, UsageError
from ..exits import DeclinedError, Exit
from ..terminal.plain_text import write_plainly


def guarded(command: Callable[[], object]) -> int:
    """Run a command; its exit code.

    Args:
        command: Returns an exit code, or nothing for 0.
    """
    if sys.stdout is None:
        return _complain("standard output is closed; leave it open or send it to a file", 2)
    try:
        os.environ.pop("MPLBACKEND", None)  # a notebook's; commands open no window
        _end_alike()
        write_plainly()
        code = command()
        sys.stdout.flush()
    except cyclopts.CycloptsError as error:
        return _complain(_words(error), Exit.USAGE)
    except (UsageError, PluginError) as error:
        return _complain(str(error), Exit.USAGE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        return Exit.DONE
    except OSError as error:
        return _complain(f"{error}; what was finished is kept", Exit.USAGE)
    except (MemoryError, OverflowError) as error:
        return _complain(f"too large for this machine ({type(error).__name__}); use less", 2)
    except DeclinedError as error:
        return _complain(str(error), Exit.INTERRUPTED)
    except KeyboardInterrupt:
        return _complain("interrupted", Exit.INTERRUPTED)
    return code if isinstance(code, int) else Exit.DONE


def _end_alike() -> None:
    """Let a request to end, and a terminal that goes, end the command as Ctrl-C does."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.default_int_handler)


def _words(error: cyclopts.CycloptsError) -> str:
    """The parser's words in one line, with where help is."""
    chain = error.command_chain or (error.app.name if error.app is not None else ())
    command = " ".join(("unscripted", *chain)).replace("unscripted unscripted", "unscripted")
    said = " ".join(str(error).split()).rstrip(".")
    if isinstance(error, cyclopts.UnusedCliTokensError):
        said = f"{' '.join(error.unused_tokens or ())!r} is neither a command nor an option"
    return f"{said}; see {command} --help"


def _complain(words: str, code: int) -> int:
    """Say it in one line, with what could drive a terminal spelled out."""
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
    print(f"unscripted: {line}", file=sys.stderr)
    return code
