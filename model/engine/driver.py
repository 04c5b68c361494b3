"""Two ways to run a tick's script: in place, or with many decisions in flight.

Both send the script the same answers in the same order, so they give the same record. The
choice is made from what the minds are: all instant, or not.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..decision import PLAIN, Answer, Failure, Trace, Usage
from ..errors import Halt, UsageError, number, whole
from ..judge import CRITERIA, Verdict, Vote
from ..mind import Mind
from ..record import TickRecord
from . import event_loop as loop
from .local_faults import is_local
from .tick import Appraisal, Consultation, Script


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how many at once.

    Attributes:
        deadline_s: Seconds one decision may take before its member has failed.
        concurrency: Decisions in flight at once, at most.
    """

    deadline_s: float = 120.0
    concurrency: int = 64

    def __post_init__(self) -> None:
        if not number("timeout", self.deadline_s) > 0:
            raise UsageError(f"timeout={self.deadline_s} must be above 0 seconds; use more")
        object.__setattr__(self, "concurrency", whole("concurrency", self.concurrency, None))
        if self.concurrency < 1:
            raise UsageError(f"concurrency={self.concurrency} must be at least 1; use more")


def drive(script: Script, limits: Limits) -> TickRecord:
    """Run a script to its record, answering each request as it comes.

    Args:
        script: A tick being played.
        limits: Applied to minds and judges that are not instant.
    """
    try:
        request = next(script)
        while True:
            if isinstance(request, Appraisal):
                request = script.send(_appraise(request, limits))
            elif all([c.mind.instant for c in request]):  # noqa: C419  a list is quicker for one actor
                request = script.send([_consult(c) for c in request])
            else:
                request = script.send(loop.run(_consult_all(request, limits)))
    except StopIteration as done:
        record: TickRecord = done.value
        return record


def _consult(consultation: Consultation) -> Answer:
    """Ask an instant mind in place."""
    try:
        return _as_answer(consultation.mind, consultation.mind.decide(consultation.observation))
    except (KeyboardInterrupt, Halt):
        raise
    except BaseException as error:  # pytest.fail and sys.exit are no Exceptions
        return _raised(error)


async def _consult_all(consultations: Sequence[Consultation], limits: Limits) -> list[Answer]:
    """Ask all minds at once; answers come back in the order of the consultations."""
    slots = asyncio.Semaphore(limits.concurrency)

    async def one(consultation: Consultation) -> Answer:
        if consultation.mind.instant:
            return _consult(consultation)
        if consultation.mind.paced:
            return await _consult_paced(consultation)
        async with slots:
            return await _consult_later(consultation, limits.deadline_s)

    # All of them end, whatever one raises: what was in flight is kept.
    return await loop.gather_all(one(c) for c in consultations)


async def _consult_paced(consultation: Consultation) -> Answer:
    mind = consultation.mind
    try:
        reply: Any = mind.decide(consultation.observation)
        return _as_answer(mind, await _contained(reply))
    except Halt:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # it was us
            raise
        return _raised(error)
    except Exception as error:
        return _raised(error)


async def _consult_later(consultation: Consultation, deadline_s: float) -> Answer:
    mind = consultation.mind
    try:
        return _as_answer(
            mind, await call_within(mind.decide, consultation.observation, deadline_s)
        )
    except TimeoutError:
        cause = f"no answer within {deadline_s:g} s"
        return Answer(Failure("timeout", cause), Usage(latency_s=deadline_s))
    except Halt:
        raise
    except Exception as error:
        return _raised(error)


async def _within(deadline_s: float, call: Awaitable[Any]) -> Any:
    """Wait no longer than the deadline, even for a task that swallows its cancellation."""
    task = asyncio.ensure_future(_contained(call))
    try:
        done, _ = await asyncio.wait({task}, timeout=deadline_s)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        raise TimeoutError
    if task.cancelled():
        raise RuntimeError("the decision was cancelled")
    return task.result()


async def _contained(call: Awaitable[Any]) -> Any:
    """Await foreign code; what isn't an ordinary exception must not end the loop's thread."""
    try:
        return await call
    except (Exception, asyncio.CancelledError):
        raise
    except BaseException as error:
        raise RuntimeError(_named(error)) from error


def _appraise(appraisal: Appraisal, limits: Limits) -> Verdict:
    """Ask a judge; whatever goes wrong leaves the grades missing and says why."""
    judge = appraisal.judge
    try:
        verdict: Any
        if judge.instant:
            verdict = judge.appraise(appraisal.submission)
        elif judge.paced:
            verdict = loop.run(_awaited(judge.appraise(appraisal.submission)))
        else:
            verdict = loop.run(call_within(judge.appraise, appraisal.submission, limits.deadline_s))
    except TimeoutError:
        return Verdict(reason=f"judge {judge.name}: no verdict within {limits.deadline_s:g} s")
    except (KeyboardInterrupt, Halt):
        raise
    except BaseException as error:
        _halt_if_local(error)
        return Verdict(reason=f"judge {judge.name}: {_named(error)}")
    broken = broken_verdict_rule(verdict)
    return verdict if broken is None else Verdict(reason=f"judge {judge.name}: {broken}")


def broken_verdict_rule(verdict: Any) -> str | None:
    """What keeps a value from being a verdict; None where nothing does.

    Args:
        verdict: What a judge gave; anything at all.
    """
    if type(verdict) is not Verdict:
        return f"returned {type(verdict).__name__}, not a Verdict"
    for name in CRITERIA:
        grade = getattr(verdict, name)
        if grade is not None and not (type(grade) in PLAIN and 1 <= grade <= 4):
            return f"{name}={grade!r} is not a plain number, 1 to 4"
    share = verdict.violations
    if share is not None and not (type(share) in PLAIN and 0 <= share <= 1):
        return f"violations={share!r} is not a plain number, 0 to 1"
    if type(verdict.votes) is not tuple or any(type(v) is not Vote for v in verdict.votes):
        return f"votes={verdict.votes!r} is not a tuple of Votes"
    if type(verdict.reason) is not str or type(verdict.prompts) is not str:
        return f"reason={verdict.reason!r} is not text"
    return None if type(verdict.usage) is Usage else f"usage={verdict.usage!r} is not one"


async def _awaited(verdict: Any) -> Any:
    try:
        return await _contained(verdict)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("the verdict was cancelled") from None


async def call_within(function: Callable[[Any], Any], argument: Any, deadline_s: float) -> Any:
    """Call what may be a coroutine function, block, or return an awaitable.

    Args:
        function: A plain one gets a thread of its own.
        argument: What it is given.
        deadline_s: Seconds, above 0.

    Raises:
        TimeoutError: It took longer.
    """
    if inspect.iscoroutinefunction(function):
        return await _within(deadline_s, function(argument))
    result = await _within(deadline_s, loop.in_thread(lambda: function(argument)))
    return await _within(deadline_s, result) if inspect.isawaitable(result) else result


def _as_answer(mind: Mind, reply: Any) -> Answer:
    """Wrap a bare reply; refuse what is no reply at all."""
    if isinstance(reply, Answer):
        if type(reply.usage) is not Usage:
            return Answer(Failure("reply", f"usage={reply.usage!r} is not a Usage"))
        if reply.trace is not None and type(reply.trace) is not Trace:
            return Answer(Failure("reply", f"trace={reply.trace!r} is not a Trace"))
        return reply
    if inspect.iscoroutine(reply):
        reply.close()
        return Answer(Failure("reply", f"{mind.name} is instant but returned a coroutine"))
    return Answer(reply)


def _raised(error: BaseException) -> Answer:
    """The failure of a mind that raised.

    Raises:
        Halt: It isn't its fault: this machine lacks something.
    """
    _halt_if_local(error)
    return Answer(Failure("error", _named(error)))


def _halt_if_local(error: BaseException) -> None:
    if is_local(error):
        raise Halt("local", f"this machine, not a mind or judge: {_named(error)}") from None


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
