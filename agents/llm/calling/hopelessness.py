"""When to stop a run: no further decision could fare better than those that failed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from ....model.errors import Halt
from ..pacing.waiting import back_at
from ..transport.call_errors import CallError, ErrorKind

LOST_IN_A_ROW = 3
"""Decisions lost to an unreachable provider, with no answer in between, that stop the run."""
REFUSED_IN_A_ROW = 3
"""Decisions refused in the same words, with no answer of that model in between, likewise."""
PERMANENT = frozenset({ErrorKind.PARAMETER, ErrorKind.REQUEST})
FILTERED_IN_A_ROW = 8
"""Likewise by a filter that looks at what is asked, or answered in no form that can be read."""
UNREACHED = frozenset({ErrorKind.SERVER, ErrorKind.RATE_LIMIT})
_NUMBERS = re.compile(r"\d+")


@dataclass
class _Refusals:
    """Refusals of one model in a row, in the same words."""

    words: str = ""
    count: int = 0

    def another(self, words: str) -> int:
        """How many there are with one more."""
        same = _NUMBERS.sub("#", words)
        self.count = self.count + 1 if same == self.words else 1
        self.words = same
        return self.count


class Hopelessness:
    """Counts failures in a row over all decisions of a client.

    Args:
        patience_s: How long a provider may ask to wait, in seconds.

    Attributes:
        answers: Calls that were answered.
    """

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self.answers = 0
        self._lost = 0
        self._refused: defaultdict[str, _Refusals] = defaultdict(_Refusals)

    def answered(self, model: str) -> None:
        """A call was answered.

        Args:
            model: LiteLLM id.
        """
        self.answers += 1
        self._lost = 0
        self._refused.pop(model, None)

    def refused(self, model: str, words: str, most: int = REFUSED_IN_A_ROW) -> Halt | None:
        """Count a decision that was refused for good; why the run must stop, or None.

        Args:
            model: LiteLLM id.
            words: The provider's.
            most: In the same words, with no answer in between, 1 or more.
        """
        if self._refused[model].another(words) < most:
            return None
        return Halt("refused", f"{model}: {most} decisions in a row were refused: {words}")

    def halt(self, error: CallError, model: str, *, elsewhere: bool = False) -> Halt | None:
        """Why the run must stop after a failed call; None where it needn't.

        Args:
            error: The last of the call.
            model: LiteLLM id.
            elsewhere: Whether another call was answered meanwhile.
        """
        kind, said = error.kind, f"{model}: {error}"
        if kind is ErrorKind.LOCAL:
            return Halt("local", f"this machine, not the provider: {error}")
        if kind is ErrorKind.ACCOUNT:
            return Halt("refused", said)
        wait_s = error.retry_after_s or 0.0
        if kind is ErrorKind.RATE_LIMIT and wait_s > self.patience_s:
            return Halt("limit", f"{said}; it asks to wait until {back_at(wait_s)}")
        if kind in PERMANENT:
            return self.refused(model, str(error))
        if kind in (ErrorKind.UNREADABLE, ErrorKind.CONTENT):
            return self.refused(model, str(error), FILTERED_IN_A_ROW)
        if kind in UNREACHED and not elsewhere:
            self._lost += 1
            if self._lost >= LOST_IN_A_ROW:
                cause = f"{LOST_IN_A_ROW} decisions in a row without an answer: {error}"
                return Halt("service", cause)
        return None
