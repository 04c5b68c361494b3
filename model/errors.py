"""The exceptions a user can meet, and the checks of arguments that raise them most.

    UnscriptedError
    ├── UsageError (ValueError)     an argument breaks a rule; the CLI exits 2
    │   ├── UnknownNameError        a name that is not among the known ones
    │   ├── TaskFileError           a task file breaks the schema: file, line, field
    │   └── RefusedError            a model refuses whatever it is asked; the CLI exits 3
    ├── PluginError                 an installed plug-in can't be loaded
    ├── ProtocolError               a protocol asked for something it may not ask for
    └── Halt                        a run must stop here, resumable: budget, Ctrl-C, no service

Failures of minds and judges are values (`Failure`), not exceptions: a tick always completes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, NamedTuple

MOST_SHOWN = 60
"""Characters of a value that a message repeats."""


class UnscriptedError(Exception):
    """Base of every error this package raises on purpose."""


class UsageError(UnscriptedError, ValueError):
    """An argument breaks a rule. The text names argument, value, rule and remedy."""


class UnknownNameError(UsageError):
    """A name that is not among the known ones; the text lists those.

    Args:
        kind: What is named, as the user's option is called.
        name: As given.
        known: Those there are.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        folded = {known.casefold(): known for known in names}
        near = difflib.get_close_matches(str(name).casefold(), folded, n=1)
        close = [folded[n] for n in near]
        hint = f"did you mean {close[0]}? " if close else ""
        super().__init__(f"{kind}={_shown(name)} is not known; {hint}known: {', '.join(names)}")


class RefusedError(UsageError):
    """A model refuses whatever it is asked. The text holds its provider's words."""


class Fault(NamedTuple):
    """One thing that is wrong in a file.

    Attributes:
        text: File, line, field, rule.
        line: Counted from 1; 1 where the file as a whole is wrong.
    """

    text: str
    line: int


class TaskFileError(UsageError):
    """A task file breaks the schema. The text names file, line and field of the first fault.

    Args:
        faults: Everything that is wrong, at least one.

    Attributes:
        faults: The same.
        line: Of the first.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        self.line = faults[0].line
        more = len(faults) - 1
        rest = f" (and {more} more; `unscripted check FILE.yaml` lists all)" if more else ""
        super().__init__(faults[0].text + rest)

    def __reduce__(self) -> tuple[type[TaskFileError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class PluginError(UnscriptedError):
    """An installed plug-in can't be loaded. The text names the entry point and the cause."""


class ProtocolError(UnscriptedError):
    """A protocol yielded a round that breaks a rule of the kernel."""


class Halt(UnscriptedError):
    """A run must stop before this tick is finished; the tick is not recorded and can be resumed.

    Raised by a mind or judge that may not go on. It is the one exception of theirs that leaves
    `step()`: the organization stays as it was before the tick.

    Args:
        reason: In one word, see below.
        cause: One line.

    Attributes:
        reason: `budget`, `interrupted`, `service` (it can't be reached), `refused` (nothing but
            refusals), `limit` (nothing is left for us until later), `calls` (as many as may be
            made are made), `local` (this machine lacks
            something), `disk` or `journal`.
    """

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(cause)
        self.reason = reason


def require(name: str, value: object, kinds: type | tuple[type, ...], remedy: str) -> None:
    """Refuse a value of another kind.

    Args:
        name: Of the argument.
        value: As given.
        kinds: What it may be an instance of.
        remedy: What to give instead, as `use text`.

    Raises:
        UsageError: It is none of these.
    """
    if not isinstance(value, kinds):
        raise UsageError(f"{name}={_shown(value)} is a {type(value).__name__}; {remedy}")


def whole(name: str, value: Any, low: int | None = 0) -> int:
    """A whole number as Python's own; 8.0 will do, as tables of parameters hold floats.

    Args:
        name: Of the argument.
        value: As given.
        low: The lowest that will do; None leaves that to the caller.

    Raises:
        UsageError: It is none, or below.
    """
    real = isinstance(value, Real) and not isinstance(value, bool)
    if real and value == value and not value % 1 and (low is None or value >= low):
        return int(value)
    least = "" if low is None else f" of {low} or more"
    raise UsageError(f"{name}={_shown(value)} is no whole number{least}; use one")


def number(name: str, value: Any) -> float:
    """A number; infinity and what is none (NaN) are left to the caller's rule.

    Args:
        name: Of the argument.
        value: As given.

    Raises:
        UsageError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise UsageError(f"{name}={_shown(value)} is no number; use one")
    try:
        return float(value)
    except OverflowError:
        raise UsageError(f"{name}={_shown(value)} is too large; use a smaller number") from None


def because(error: BaseException) -> str:
    """Why a file can't be read or written, in words, without numbers and without its name again.

    Args:
        error: What reading or writing raised.
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    if isinstance(error, UnicodeError):
        return "it is no UTF-8 text"
    return " ".join(str(error).split())


def _shown(value: object) -> str:
    """A value in one line, not too long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
