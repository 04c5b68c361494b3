"""How a command ends: what goes wrong becomes one line and an exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import cyclopts

from ....model.errors import PluginError, RefusedError, UsageError, because
from ..exits import ENDING, DeclinedError, Exit
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
        with _ended_alike():
            write_plainly()
            code = command()
            sys.stdout.flush()
    except cyclopts.CycloptsError as error:
        return _complain(_words(error), Exit.USAGE)
    except RefusedError as error:
        return _complain(str(error), Exit.FAILURES)
    except (UsageError, PluginError) as error:
        return _complain(str(error), Exit.USAGE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        return Exit.DONE
    except OSError as error:
        return _complain(f"{_of_file(error)}; what was finished is kept", Exit.USAGE)
    except (MemoryError, OverflowError) as error:
        return _complain(f"too large for this machine ({type(error).__name__}); use less", 2)
    except DeclinedError as error:
        return _complain(str(error), Exit.INTERRUPTED)
    except KeyboardInterrupt:
        return _complain("interrupted", Exit.INTERRUPTED)
    return code if isinstance(code, int) else Exit.DONE


@contextmanager
def _ended_alike() -> Iterator[None]:
    """While inside, Ctrl-C, a request to end and a terminal that goes all end the command alike.

    The first interrupts it. The second does nothing, as the command is putting its work away; the
    third ends it where it stands, and its workers with it. What is ignored from the start, as under
    `nohup`, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = 0

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise KeyboardInterrupt
        if asked > 2:
            os._exit(Exit.INTERRUPTED)

    named = [s for name in ENDING if (s := getattr(signal, name, None)) is not None]
    before = {s: h for s in named if (h := signal.getsignal(s)) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _of_file(error: OSError) -> str:
    """What went wrong with which file, and what to do."""
    if error.filename is None:
        return because(error)
    return f"{error.filename}: {because(error)}; use another path, or make room for it"


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
