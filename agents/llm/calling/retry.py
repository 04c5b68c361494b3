"""When to try again, and after how long.

References:
    M. Brooker, Exponential backoff and jitter, AWS Architecture Blog, 2015: full jitter.
"""

from __future__ import annotations

import random

from tenacity import RetryCallState
from tenacity.retry import retry_base
from tenacity.stop import stop_base
from tenacity.wait import wait_base

from .call_errors import RETRIED, Fault, Kind

FIRST_S = 0.5
LONGEST_S = 6.0
LONGEST_RATE_LIMIT_S = 8.0
SPREAD = 0.25
MOST_EMPTY = 2
_jitter = random.Random()  # waiting times reach no record, so they need no seed


class Clock:
    """How long a decision has been worked on; waiting for one's turn doesn't count.

    Args:
        deadline_s: For a decision, its failed attempts and the waits between them.
        most_attempts: Stop after so many; None for as many as there is time for.
    """

    def __init__(self, deadline_s: float, most_attempts: int | None = None) -> None:
        self.deadline_s = deadline_s
        self.most_attempts = most_attempts
        self.used_s = 0.0
        self.began_s = 0.0  # of it, before the call that is being made
        self.attempts = 0
        self.refused_s = 0.0  # in queues of a provider that sends us away: ten times as patient

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.deadline_s - self.used_s

    @property
    def attempt_s(self) -> float:
        """Deadline of the next attempt: a call that hangs leaves time for another."""
        return max(min(self.left_s, self.deadline_s / 2), 0.001)

    def wait(self, fault: Fault, seconds: float) -> None:
        """Count a wait."""
        if fault.kind is Kind.RATE_LIMIT:
            self.refused_s += seconds
        else:
            self.used_s += seconds

    @property
    def over(self) -> bool:
        """Whether there is no time for another attempt."""
        if self.most_attempts is not None and self.attempts >= self.most_attempts:
            return True
        return self.left_s <= 0.001 or self.refused_s > 10 * self.deadline_s


def fault_of(state: RetryCallState) -> Fault | None:
    """The fault of the last attempt."""
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, Fault) else None


class transient(retry_base):
    """Try again after faults that pass; made anew for every call."""

    def __init__(self) -> None:
        self.empty = 0

    def __call__(self, retry_state: RetryCallState) -> bool:
        """Whether the last attempt's fault is one of them."""
        fault = fault_of(retry_state)
        if fault is not None and fault.kind is Kind.EMPTY:  # each of them may be billed
            self.empty += 1
            return self.empty <= MOST_EMPTY
        return fault is not None and fault.kind in RETRIED


class out_of_time(stop_base):
    """Stop when the decision's time is up."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def __call__(self, retry_state: RetryCallState) -> bool:
        """Whether it is."""
        return self.clock.over


class told_or_jittered(wait_base):
    """As long as the provider asks and a little more, else full jitter below a doubling bound."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def __call__(self, retry_state: RetryCallState) -> float:
        """Seconds, and count them."""
        fault = fault_of(retry_state)
        if fault is None:
            return 0.0
        limited = fault.kind is Kind.RATE_LIMIT
        if fault.retry_after_s is not None:
            told = fault.retry_after_s
            seconds = told + _jitter.uniform(0.0, SPREAD * max(told, FIRST_S))
        else:
            longest = LONGEST_RATE_LIMIT_S if limited else LONGEST_S
            bound = min(longest, FIRST_S * 2.0 ** min(retry_state.attempt_number - 1, 16))
            seconds = _jitter.uniform(0.0, bound)
        if not limited:
            seconds = min(seconds, max(0.0, self.clock.left_s))
        self.clock.wait(fault, seconds)
        return seconds
