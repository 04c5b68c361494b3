"""How a synthetic mind plays tasks that code scores: the same faculties, on facts in place of work.

It takes in the newest messages as far as its attention goes, holds each fact with the chance with
which it notices a stated requirement, and tells, answers or moves by what it holds. Reasoning is
what it holds, self-reflection whether it knows that something is missing, instruction following
how reliably it tells its part and passes on what it heard. No parameter is set for any family:
what a fact means is the world's business.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from ...model.decision import (
    Abstention,
    Act,
    Assignment,
    Contribution,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
)
from ...model.ground_truth.values import Known, Value, line_of, told
from ...model.messages import text_of
from ...model.observation import Observation
from ..puzzle_world import PuzzleWorld, heard, sources
from .competence import Competence
from .perception import TOKENS_MESSAGE, TOKENS_PROMPT

CHARACTERS_PER_TOKEN = 4
ROLE = "informant"


@dataclass(frozen=True)
class Player:
    """A synthetic mind before one decision on a code-scored task.

    Attributes:
        observation: All it may know.
        world: What follows from facts.
        competence: Its faculties and the parameters.
    """

    observation: Observation
    world: PuzzleWorld
    competence: Competence

    @cached_property
    def draw(self) -> random.Random:
        """All its chance, from the decision's seed."""
        return random.Random(self.observation.seed)

    @cached_property
    def read(self) -> int:
        """Tokens of what it reads beside prompt and brief."""
        span = self.competence.parameters.attention.span
        texts = [text_of(m.content) for m in self.observation.messages.newest(span)]
        texts += [mark.work for mark in self.observation.marks]
        return sum(TOKENS_MESSAGE + len(t) // CHARACTERS_PER_TOKEN for t in texts)

    @property
    def tokens(self) -> int:
        """Tokens of its whole prompt."""
        return self.read + TOKENS_PROMPT + self.observation.brief.tokens

    @cached_property
    def held(self) -> Known:
        """The facts it holds in mind; each is lost by chance, its own like others'."""
        p, faculties = self.competence.parameters, self.competence.faculties
        attention = 1.0 / (1.0 + p.attention.dilution * self.read / 1000.0)
        chance = (p.noticing.base + p.noticing.reasoning * faculties.reasoning) * attention
        known = heard(self.observation)
        return {key: known[key] for key in sorted(known) if self.draw.random() < chance}

    def play(self) -> Reply:
        """Tell, answer or move as asked."""
        observation = self.observation
        if observation.act is Act.ANSWER:
            value, _ = self.world.infer(observation, self.held)
            return Abstention("I have no answer.") if value is None else FinalAnswer(value)
        if observation.act is Act.MOVE:
            return self._move()
        said = self._told()
        lines = tuple(line_of(owner, name, value) for (owner, name), value in said.items())
        if observation.act is Act.INTEND:
            return Intention(ROLE, lines)
        if observation.act is Act.PLAN:
            return Plan(tuple(Assignment(m, ROLE, lines) for m in observation.roster))
        if observation.act is Act.SAY:
            return Saying(f"[synthetic]\n{told(said)}")
        role = observation.assignment.role if observation.assignment is not None else ROLE
        work = f"[synthetic]\n{told(said)}"
        return Contribution(role, work, sources(observation), answer=self._answer())

    def _told(self) -> Known:
        """Its own facts unless it is sloppy; others' as reliably as it follows instructions."""
        p, follows = self.competence.parameters, self.competence.faculties.instruction_following
        sloppy = (1.0 - follows) * p.work.sloppiness
        own = self.observation.member
        return {
            key: value
            for key, value in self.held.items()
            if self.draw.random() < (1.0 - sloppy if key[0] == own else follows)
        }

    def _answer(self) -> Value | None:
        """Its answer; where something is missing it may know, and wait to be asked again."""
        if self.observation.form is None:
            return None
        value, sure = self.world.infer(self.observation, self.held)
        waits = not sure and self.draw.random() < self.competence.faculties.self_reflection
        return None if waits else value

    def _move(self) -> Move:
        """By what it holds of its situation; at random where it lost any of it."""
        observation = self.observation
        private = observation.private.known if observation.private is not None else {}
        if all(key in self.held for key in private):
            value, _ = self.world.infer(observation, self.held)
            return Move(str(value))
        options = getattr(observation.form, "options", ())
        return Move(str(self.draw.choice(options)) if options else "")
