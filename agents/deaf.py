"""A mind that hears nobody: the same mind, the same draws, with its colleagues taken away.

What a team of deaf minds does, members do by themselves; what the real team does beyond it is due
to interaction. It is the null model of every claim of emergence.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace

from ..model.decision import Answer, Reply
from ..model.messages import View
from ..model.mind import Mind
from ..model.observation import Observation


class Deaf(Mind):
    """Another mind, which sees the brief, its own work and its own memory alone.

    Args:
        mind: An instant one: nothing is asked of a model for the sake of a null model.
    """

    instant = True

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.name = mind.name
        self.synthetic = mind.synthetic
        self.world = mind.world

    def decide(self, observation: Observation) -> Answer | Reply | Awaitable[Answer | Reply]:
        """Decide as the mind would who heard nothing.

        Args:
            observation: As members see it who hear.
        """
        return self.mind.decide(deafened(observation))


def deafened(observation: Observation) -> Observation:
    """What a member would see whom no message reached, nor a mark, nor others' roles.

    Assignments that came as messages are gone with them; those of the protocol itself stay.

    Args:
        observation: As it is.
    """
    told = observation.assignment
    if told is not None and any(m.content == told for m in observation.messages):
        told = None
    return replace(
        observation,
        messages=View(observation.messages._log),
        marks=(),
        memory=observation.memory.authored_by((observation.member,)),
        assignment=told,
    )
