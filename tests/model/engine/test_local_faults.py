"""What this machine lacks halts a run; it is never a member's failure."""

from __future__ import annotations

import errno

import pytest

import unscripted as un
from unscripted.model.decision import Abstention, Failure
from unscripted.model.engine.local_faults import is_local
from unscripted.model.errors import Halt
from unscripted.model.judge import Judge
from unscripted.model.mind import Mind

LOCAL = [
    OSError(errno.EMFILE, "Too many open files"), OSError(errno.ENOSPC, "No space left"),
    OSError(errno.ENOMEM, "Cannot allocate memory"), MemoryError(),
    RuntimeError("can't start new thread"),
]  # fmt: skip
OTHERS = [OSError(errno.ENOENT, "No such file"), ConnectionResetError(), ValueError("no"),
          RuntimeError("no"), PermissionError(errno.EACCES, "denied")]  # fmt: skip


class Raising(Mind):
    """Raises, in one of the three ways in which minds are asked."""

    def __init__(self, error):
        self.error = error

    def decide(self, observation):
        if self.error is None:
            return Abstention("no")
        raise self.error


class Instant(Raising):
    instant = True


class Paced(Raising):
    paced = True

    async def decide(self, observation):
        raise self.error


class RaisingJudge(Judge):
    instant = True

    def appraise(self, submission):
        raise LOCAL[0]


@pytest.mark.parametrize("kind", [Instant, Raising, Paced])
@pytest.mark.parametrize("error", LOCAL, ids=repr)
def test_local_faults_halt(kind, error):
    org = un.build(n_agents=2, model=kind(error), judge="none", rng=0)
    with pytest.raises(Halt, match="this machine") as halt:
        org.step()
    assert halt.value.reason == "local"
    assert org.records == []


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_other_faults_are_failures(error):
    assert not is_local(error)
    org = un.build(n_agents=2, model=Instant(error), judge="none", rng=0)
    org.step()
    assert isinstance(org.records[0].members[0].turns[0].reply, Failure)


def test_causes_count():
    outer = RuntimeError("connection failed")
    outer.__cause__ = LOCAL[0]
    assert is_local(outer)


def test_judges_halt_likewise():
    org = un.build(n_agents=2, judge=RaisingJudge(), rng=0)
    with pytest.raises(Halt, match="this machine"):
        org.step()
