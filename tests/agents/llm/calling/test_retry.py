"""When a call is tried again, after how long, and when it is given up."""

from __future__ import annotations

import asyncio
import math
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes import error as told_by

from unscripted.agents.llm.billing.bill import End
from unscripted.agents.llm.calling import retry
from unscripted.agents.llm.calling.retry import Deadline, retrying, wait_s
from unscripted.agents.llm.transport.call_errors import RETRIED, CallError, ErrorKind
from unscripted.model.errors import Halt

CHECK = settings(max_examples=60, deadline=None)
AGAIN = CallError(ErrorKind.SERVER, "again")
LIMITED = CallError(ErrorKind.RATE_LIMIT, "slow down")


def play(
    deadline: Deadline, errors: list[BaseException], each_s: float = 0.0
) -> tuple[str | BaseException, list[float]]:
    """What comes of a call whose attempts raise so, and its waits."""
    waits: list[float] = []
    left = list(errors)

    async def attempt() -> str:
        deadline.attempts += 1
        deadline.used_s += each_s
        if left:
            raise left.pop(0)
        return "done"

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def story() -> str | BaseException:
        try:
            return await retrying(deadline, sleep)(attempt)
        except Exception as error:
            return error

    return asyncio.run(story()), waits


@pytest.mark.parametrize("kind", ErrorKind)
def test_only_what_passes_is_retried(kind):
    error, deadline = CallError(kind, ""), Deadline(1e6)
    outcome, waits = play(deadline, [error])
    assert (outcome, deadline.attempts, len(waits)) == (
        ("done", 2, 1) if kind in RETRIED else (error, 1, 0)
    )


@pytest.mark.parametrize("error", [ValueError(), Halt("budget", "")])
def test_bugs_and_halts_are_not_retried(error):
    deadline = Deadline(1e6)
    assert play(deadline, [error]) == (error, [])
    assert deadline.attempts == 1


def test_a_call_is_retried_until_answered():
    outcome, waits = play(Deadline(1000), [AGAIN, LIMITED, CallError(ErrorKind.TIMEOUT, "")])
    assert (outcome, len(waits)) == ("done", 3)


def test_a_lasting_error_ends_the_call():
    outcome, waits = play(Deadline(1000), [AGAIN, CallError(ErrorKind.CONTENT, "no")])
    assert (str(outcome), len(waits)) == ("no", 1)


def test_owed_answers_are_bought_thrice():
    owed = CallError(ErrorKind.SERVER, "", end=End.UNUSABLE)
    assert play(Deadline(1e6), [owed] * 2)[0] == "done"
    deadline = Deadline(1e6)
    assert play(deadline, [owed, AGAIN, owed, owed])[0] is owed
    assert deadline.attempts == 4


def test_a_trial_nobody_hears_ends_early():
    deaf = told_by(ErrorKind.SERVER, "nobody there")
    assert deaf.unheard
    deadline = Deadline(1e6, trial=True)
    assert play(deadline, [deaf] * 9)[0] is deaf
    assert deadline.attempts == 3
    deadline = Deadline(1e6)
    assert play(deadline, [deaf] * 9)[0] == "done"


def test_a_trial_may_take_longer():
    assert (Deadline(8.0, trial=True).attempt_s, Deadline(8.0).attempt_s) == (8.0, 4.0)


@pytest.mark.parametrize("told", [86_400.0, 1e12])
def test_told_to_return_tomorrow_gives_up(told):
    error = told_by(ErrorKind.RATE_LIMIT, "tomorrow", retry_after_s=told)
    assert play(Deadline(10), [error] * 3) == (error, [])


@CHECK
@given(st.floats(0.1, 60), st.floats(0.001, 5), st.sampled_from(sorted(RETRIED - {"rate limit"})))
def test_failing_calls_end_at_the_deadline(seconds, each, kind):
    deadline = Deadline(seconds)
    outcome, waits = play(deadline, [CallError(kind, "again")] * 10**5, each)
    assert isinstance(outcome, CallError)
    assert math.fsum(waits) + deadline.attempts * each <= seconds + each + 1e-6


# waits


@CHECK
@given(st.floats(0, 500), st.sampled_from([ErrorKind.RATE_LIMIT, ErrorKind.SERVER]))
def test_waits_a_little_more_than_told(told, kind):
    seconds = wait_s(told_by(kind, "", retry_after_s=told), 1)
    assert told <= seconds <= told + 0.25 * max(told, 0.5)


@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        (ErrorKind.RATE_LIMIT, [0.5, 1, 2, 4, 8, 8]),
        (ErrorKind.SERVER, [0.5, 1, 2, 4, 6, 6]),
        (ErrorKind.TIMEOUT, [0.5, 1, 2, 4, 6, 6]),
    ],
)
def test_bounds_double_up_to_a_longest(kind, bounds):
    with mock.patch.object(retry, "_jitter", mock.Mock(uniform=lambda low, high: (low, high))):
        found = [wait_s(CallError(kind, ""), attempt) for attempt in range(1, 7)]
        assert found == [(0.0, bound) for bound in bounds]
        assert wait_s(CallError(kind, ""), 10**6) == (0.0, bounds[-1])


def test_waits_differ():
    assert len({wait_s(AGAIN, 5) for _ in range(20)}) == 20
    told = told_by(ErrorKind.SERVER, "", retry_after_s=9)
    assert len({wait_s(told, 1) for _ in range(20)}) == 20


@CHECK
@given(st.floats(0.01, 100), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1e6)))
def test_no_wait_beyond_the_deadline(seconds, used, told):
    deadline = Deadline(seconds)
    deadline.used_s = used * seconds
    _, waits = play(deadline, [told_by(ErrorKind.SERVER, "", retry_after_s=told)])
    assert all(0 <= wait <= seconds - used * seconds for wait in waits)
    assert deadline.used_s <= seconds * (1 + 1e-9)


# the deadline


def test_patience_with_a_refusing_provider():
    deadline = Deadline(10)
    deadline.wait(LIMITED, 100)
    assert (deadline.left_s, deadline.used_s, deadline.over) == (10, 0, False)
    deadline.wait(LIMITED, 0.1)
    assert deadline.over
    other = Deadline(10)
    other.wait(AGAIN, 4)
    assert (other.left_s, other.over) == (6, False)


@pytest.mark.parametrize(
    ("used_s", "attempt_s", "over"),
    [(0, 5, False), (5, 5, False), (7, 3, False), (9.5, 0.5, False), (9.999, 0.001, True),
     (12, 0.001, True)],
)  # fmt: skip
def test_a_hanging_attempt_leaves_time(used_s, attempt_s, over):
    deadline = Deadline(10)
    deadline.used_s = used_s
    assert deadline.attempt_s == pytest.approx(attempt_s)
    assert deadline.over is over


def test_every_call_counts_anew():
    deadline = Deadline(10)
    deadline.attempts, deadline.used_s = 3, 4.0
    deadline.begin_call()
    deadline.used_s += 1.5
    assert (deadline.attempts, deadline.call_s, deadline.left_s) == (0, 1.5, 4.5)
