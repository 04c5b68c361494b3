"""What minds and judges owe their users, as checks that run on any of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from ....model.judge import Judge
from ....model.mind import Mind
from ....model.plugins.discovery import discover
from ....model.record import TickRecord
from ..build.organization import build
from .strategies import seeds
from .witness import JudgeWitness

ACTS = ("sequential", "coordinator", "broadcast", "shared", "fixed-roles")
"""Protocols that together ask for every act and show every kind of message."""


@dataclass(frozen=True)
class SeamCase:
    """A small organization to check a mind or a judge in.

    Attributes:
        protocol: A protocol's name.
        n_agents: 1 to 8.
        level: L1 to L4.
        seed: Of the run.
    """

    protocol: str
    n_agents: int
    level: str
    seed: int

    def play(self, mind: Mind | str, judge: Judge | str) -> Sequence[TickRecord]:
        """Play two ticks.

        Args:
            mind: Of all members.
            judge: Grades their work.
        """
        org = build(
            protocol=discover("protocols")[self.protocol](), n_agents=self.n_agents, model=mind,
            level=self.level, judge=judge, timeout_s=60.0, rng=self.seed,
        )  # fmt: skip
        return org.run(2)


def seam_cases() -> st.SearchStrategy[SeamCase]:
    """Organizations that ask a mind or a judge for everything it may be asked."""
    levels = st.sampled_from(["L1", "L2", "L3", "L4"])
    return st.builds(SeamCase, st.sampled_from(ACTS), st.integers(1, 8), levels, seeds())


def mind_answers(make: Callable[[], Mind], case: SeamCase) -> None:
    """Every answer fits what was asked, and names only work that was seen.

    Args:
        make: Makes the mind.
        case: The organization to play.
    """
    for record in case.play(make(), "none"):
        assert not record.error, record.error
        for m in record.members:
            assert m.state != "failed", f"{case.protocol}: {m.note}"
            assert not any(t.dropped for t in m.turns), "it named what it had not seen"


def mind_repeats(make: Callable[[], Mind], case: SeamCase) -> None:
    """The same observation gives the same answer: no state, no randomness but the seed's.

    Args:
        make: Makes the mind.
        case: The organization to play.
    """
    mind = make()
    first = [r.to_json() for r in case.play(mind, "none")]
    assert [r.to_json() for r in case.play(mind, "none")] == first, "a second run differs"
    assert [r.to_json() for r in case.play(make(), "none")] == first, "another instance differs"


def judge_grades(make: Callable[[], Judge], case: SeamCase) -> None:
    """Every verdict stays in its ranges, for any work and for none.

    Args:
        make: Makes the judge.
        case: The organization to play.
    """
    witness = JudgeWitness(make())
    records = case.play("synthetic/medium", witness)
    for i, record in enumerate(records):
        # a judge that raised, was too late or broke a rule has another verdict in the record
        assert witness.given[i : i + 1] == [record.verdict], record.verdict.reason


def judge_repeats(make: Callable[[], Judge], case: SeamCase) -> None:
    """The same submission and seed give the same verdict.

    Args:
        make: Makes the judge.
        case: The organization to play.
    """
    judge = make()
    first = [r.verdict for r in case.play("synthetic/medium", judge)]
    random.random()  # a judge that drew from here would now differ
    assert [r.verdict for r in case.play("synthetic/medium", judge)] == first
    assert [r.verdict for r in case.play("synthetic/medium", make())] == first


MIND_CHECKS = (mind_answers, mind_repeats)
JUDGE_CHECKS = (judge_grades, judge_repeats)
