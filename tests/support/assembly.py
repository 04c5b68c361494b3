"""Teams that may change their own rules, and a judge that prefers one value."""

from __future__ import annotations

import random

import unscripted as un
from unscripted.testing import Scripted

WORK = un.Contribution("worker", "done")


class Assembly(un.Protocol):
    """Work, then a round in which everybody may propose a change of the rules."""

    name = "assembly"

    def __init__(self, *, batch: int = 1):
        self.batch = batch

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)
        yield un.Round(un.Act.AMEND, team.members)


def proposing(*amendments):
    return [Scripted([WORK], amendments=[a]) for a in amendments]


def team(minds, protocol=None, **options):
    options = {"judge": "none", "tasks": "generated", "rng": 0, **options}
    protocol = Assembly() if protocol is None else protocol
    return un.build(protocol=protocol, n_agents=len(minds), model=list(minds), **options)


class Better(un.Judge):
    """Grades by the batch in force, which works name, with noise from the seed."""

    instant = True
    name = "better"

    def __init__(self, gain):
        self.gain = gain

    def appraise(self, submission):
        best = any(w.text == "batch 2" for w in submission.works)
        grade = min(
            4.0, max(1.0, random.Random(submission.seed).gauss(2.5, 0.3) + self.gain * best)
        )
        return un.Verdict(*[grade] * 5)
