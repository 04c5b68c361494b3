"""When to try again, and after how long.

References:
    M. Brooker, Exponential backoff and jitter, AWS Architecture Blog, 2015: full jitter.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState

from ..billing.bill import End
from ..pacing.waiting import patience_s
from ..transport.call_errors import RETRIED, CallError, ErrorKind

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 6.0
LONGEST_RATE_LIMIT_WAIT_S = 8.0
SPREAD = 0.25
"""Of a wait the provider asked for: so much longer, at most, so that not all return at once."""
MOST_DOUBLINGS = 16
MOST_OWED = 2
"""Answers that can't be used though they are owed, after which a call is tried again."""
UNHEARD = 3
"""Attempts of a trial at an address where nobody answers."""
RATE_LIMIT_PATIENCE = 10
"""How many deadlines a call may wait in the queue of a provider that refuses it."""
SHORTEST_ATTEMPT_S = 0.001
_jitter = random.Random()  # waiting times reach no record, so they need no seed


class Deadline:
    """How long a decision has been worked on; waiting for a slot doesn't count.

    Args:
        deadline_s: For a decision, its failed attempts and the waits between them; above 0.
        trial: Whether it is only asked what a model takes: an attempt may then take all the time
            there is, and where nobody answers few are enough.
    """

    def __init__(self, deadline_s: float, *, trial: bool = False) -> None:
        self.deadline_s = deadline_s
        self.trial = trial
        self.used_s = 0.0
        self.attempts = 0
        self._used_before_s = 0.0
        self._refused_s = 0.0

    def begin_call(self) -> None:
        """Count attempts and seconds of another call from here."""
        self.attempts, self._used_before_s = 0, self.used_s

    @property
    def call_s(self) -> float:
        """Seconds used by the present call."""
        return self.used_s - self._used_before_s

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.deadline_s - self.used_s

    @property
    def attempt_s(self) -> float:
        """Deadline of the next attempt: a call that hangs leaves time for another."""
        most_s = self.deadline_s if self.trial else self.deadline_s / 2
        return max(min(self.left_s, most_s), SHORTEST_ATTEMPT_S)

    @property
    def over(self) -> bool:
        """Whether there is no time for another attempt."""
        out_of_patience = self._refused_s > RATE_LIMIT_PATIENCE * self.deadline_s
        return self.left_s <= SHORTEST_ATTEMPT_S or out_of_patience

    def wait(self, error: CallError, seconds: float) -> None:
        """Count a wait.

        Args:
            error: What it follows.
            seconds: How long it is, 0 or more.
        """
        if error.kind is ErrorKind.RATE_LIMIT:
            self._refused_s += seconds
        else:
            self.used_s += seconds


def retrying(deadline: Deadline, sleep: Callable[[float], Awaitable[None]]) -> AsyncRetrying:
    """What calls a function until it succeeds, fails for good, or there is no time left.

    Args:
        deadline: Of the decision.
        sleep: Waits so many seconds.
    """
    owed = 0

    def passes(state: RetryCallState) -> bool:
        nonlocal owed
        error = _error(state)
        if error is None or error.kind not in RETRIED:
            return False
        owed += error.end is End.UNUSABLE
        return owed <= MOST_OWED

    def counted_wait(state: RetryCallState) -> float:
        error = _error(state)
        assert error is not None  # nothing else is tried again
        seconds = wait_s(error, state.attempt_number)
        if error.kind is not ErrorKind.RATE_LIMIT:
            seconds = min(seconds, max(0.0, deadline.left_s))
        deadline.wait(error, seconds)
        return seconds

    def no_more(state: RetryCallState) -> bool:
        error = _error(state)
        if error is None or deadline.over:
            return True
        if deadline.trial and error.unheard and state.attempt_number >= UNHEARD:
            return True
        return (error.retry_after_s or 0.0) > patience_s(deadline.deadline_s)

    return AsyncRetrying(
        retry=passes,
        stop=no_more,
        wait=counted_wait,
        sleep=sleep,
        reraise=True,
    )


def wait_s(error: CallError, attempt: int) -> float:
    """Seconds to wait: as the provider asks and a little more, else full jitter below a bound.

    Args:
        error: Of the last attempt.
        attempt: Its number, from 1; the bound doubles with each.
    """
    told = error.retry_after_s
    if told is not None:
        return told + _jitter.uniform(0.0, SPREAD * max(told, FIRST_WAIT_S))
    limited = error.kind is ErrorKind.RATE_LIMIT
    longest = LONGEST_RATE_LIMIT_WAIT_S if limited else LONGEST_WAIT_S
    bound = min(longest, FIRST_WAIT_S * 2.0 ** min(attempt - 1, MOST_DOUBLINGS))
    return _jitter.uniform(0.0, bound)


def _error(state: RetryCallState) -> CallError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, CallError) else None
