"""How well a mind works: its skill, and what the circumstances of a decision leave of it."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass

from .faculties import Faculties
from .parameters import Parameters
from .world import RequirementView


@dataclass(frozen=True, slots=True)
class Competence:
    """A model's faculties under the world's parameters.

    Attributes:
        faculties: The model's.
        parameters: The world's.
    """

    faculties: Faculties
    parameters: Parameters

    def skill(self, requirement: RequirementView) -> float:
        """Quality of its work where nothing takes from it, 0 to 1.

        Args:
            requirement: What it would work on.
        """
        p = self.parameters.skill
        odds = (
            p.base + p.reasoning * self.faculties.reasoning - p.difficulty * requirement.difficulty
        )
        return 1.0 / (1.0 + math.exp(-odds))

    def practised(self, quality: float, level: float) -> float:
        """Work that practice of its domain has made better, by what it lacks.

        Args:
            quality: Without practice, 0 to 1.
            level: Of practice, 0 to 1.
        """
        return quality + (1.0 - quality) * self.parameters.skill.practice * level

    def self_direction(self, *, assigned: bool) -> float:
        """Factor that directing oneself leaves of one's strength.

        Args:
            assigned: Whether somebody else directs it, which leaves all.
        """
        if assigned:
            return 1.0
        return 1.0 - self.parameters.choice.burden * (1.0 - self.faculties.judgement) ** 2

    def readiness(self, results: list[float]) -> float:
        """Factor for how well work can go on the results it needs; 1 where it needs none.

        Args:
            results: Their qualities as far as they serve it, each 0 to 1.
        """
        if not results:
            return 1.0
        dependence = self.parameters.coupling.dependence
        return 1.0 - dependence * (1.0 - math.fsum(results) / len(results))

    def consistency(self, requirement: RequirementView, known: Container[int]) -> float:
        """Factor for conflicts: most is lost on a side unseen, less on one in view.

        Args:
            requirement: What is worked on.
            known: Indices of the requirements whose state is in view.
        """
        p = self.parameters.coupling
        in_view = 1.0 - p.conflict * (1.0 - p.reconciling * self.faculties.reasoning)
        left = 1.0
        for other in requirement.conflicts:
            left *= in_view if other in known else 1.0 - p.conflict
        return left

    def expected(
        self, needed: int, known: Mapping[int, float], heard: Container[int] = ()
    ) -> float:
        """Quality to expect of a result: as read and not built on, as heard of, or guessed.

        Args:
            needed: Index of the requirement it answers.
            known: Quality of what is done, by index.
            heard: Indices of what it knows by report alone: read once by another, once by it.
        """
        if needed not in known:
            return self.parameters.coupling.guess
        value = self.as_read(known[needed])
        return self.as_read(value) if needed in heard else value

    def misreading(self, *, own: bool) -> float:
        """Spread of the error with which it judges a work it reads, in quality.

        Args:
            own: Whether the work is its own.
        """
        faculty = self.faculties.self_reflection if own else self.faculties.reasoning
        return self.parameters.estimate.reading * (1.0 - 0.5 * faculty)

    def revising(self, *, own: bool) -> float:
        """Share of what a work lacks that it makes up with full skill by revising it.

        Args:
            own: Whether the work is its own, whose faults it has passed over before.
        """
        p = self.parameters
        return p.work.revision * (p.noticing.again if own else 1.0)

    def worth_building_on(self, result: float) -> float:
        """How far a result is better than the guess it would replace, as a share of the most.

        Args:
            result: As it seems, 0 to 1.
        """
        guess = self.parameters.coupling.guess
        return max(0.0, result - guess) / (1.0 - guess) if guess < 1.0 else 0.0

    def as_read(self, result: float) -> float:
        """Quality that a result has for a mind that read it and does not build on it.

        Args:
            result: Its own quality, 0 to 1.
        """
        p = self.parameters.coupling
        return p.guess + p.reading * (result - p.guess)
