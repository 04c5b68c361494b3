"""Minds for code-scored tasks that are perfect at one thing each.

    reference/relay        tells all it knows, every time; answers when it is sure
    reference/silent       tells nothing; answers from what it has
    reference/liar         tells the opposite of its part, and passes on the rest
    reference/free-rider   tells nothing of its own and passes nothing on, but listens

A team of relays reaches the ceiling as soon as its network and its protocol let every part travel
to everybody; so what is missing to 1 is theirs, not the minds'. They call no model.
"""

from __future__ import annotations

from collections.abc import Callable

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
from ...model.errors import UnknownNameError
from ...model.ground_truth.values import Known, Value, line_of, told
from ...model.mind import Mind, mind_family
from ...model.observation import Observation
from ..puzzle_world import PuzzleWorld, heard, sources

Telling = Callable[[Observation, Known], Known]
"""What a mind tells of what it knows."""


def tells_all(observation: Observation, known: Known) -> Known:
    """All it knows.

    Args:
        observation: Plays no part.
        known: What it holds to be true.
    """
    del observation
    return known


def tells_nothing(observation: Observation, known: Known) -> Known:
    """Nothing.

    Args:
        observation: Plays no part.
        known: What it holds to be true.
    """
    del observation, known
    return {}


def tells_lies(observation: Observation, known: Known) -> Known:
    """All it knows, with its own part turned into something else.

    Args:
        observation: Says which part is its own.
        known: What it holds to be true.
    """
    return {
        key: opposite(value) if key[0] == observation.member else value
        for key, value in known.items()
    }


def opposite(value: Value) -> Value:
    """Another value of the same kind.

    Args:
        value: True.
    """
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 1 - value if value in (0, 1) else value + 1
    if isinstance(value, str):
        return value[::-1]
    return tuple(opposite(v) for v in value)


class Reference(Mind):
    """Knows all that reached it, and tells what its way of telling lets it.

    Args:
        name: After `reference/`.
        telling: What it tells of what it knows.
        guesses: Whether it answers without being sure.
        listens: Whether it takes in what others tell.
    """

    instant = True

    def __init__(self, name: str, telling: Telling, *, guesses: bool, listens: bool = True) -> None:
        self.name = f"reference/{name}"
        self.world: PuzzleWorld = PuzzleWorld()
        self._telling = telling
        self._guesses = guesses
        self._listens = listens

    def decide(self, observation: Observation) -> Reply:
        """Tell, answer or move as asked.

        Args:
            observation: All it may know.
        """
        if observation.act is Act.AMEND or not self.world.holds(observation):
            return Abstention("I only play tasks that code scores.")
        private = observation.private
        known = heard(observation) if self._listens or private is None else private.known
        said = self._telling(observation, known)
        match observation.act:
            case Act.ANSWER:
                answer = self._answer(observation, known)
                return Abstention("I am not sure.") if answer is None else FinalAnswer(answer)
            case Act.MOVE:
                action, _ = self.world.infer(observation, known)
                return Move(str(action))
        if not said:
            return Abstention("I tell nothing.")
        return self._tell(observation, known, said)

    def _tell(self, observation: Observation, known: Known, said: Known) -> Reply:
        lines = tuple(line_of(owner, name, said[owner, name]) for owner, name in sorted(said))
        match observation.act:
            case Act.INTEND:
                return Intention("relay", lines)
            case Act.PLAN:
                return Plan(tuple(Assignment(m, "relay", lines) for m in observation.roster))
            case Act.SAY:
                return Saying(told(said))
        role = observation.assignment.role if observation.assignment is not None else "relay"
        answer = self._answer(observation, known)
        return Contribution(role, told(said), sources(observation), answer=answer)

    def _answer(self, observation: Observation, known: Known) -> Value | None:
        if observation.form is None:
            return None
        value, sure = self.world.infer(observation, known)
        return value if sure or self._guesses else None


REFERENCES: dict[str, Callable[[], Reference]] = {
    "relay": lambda: Reference("relay", tells_all, guesses=False),
    "silent": lambda: Reference("silent", tells_nothing, guesses=True, listens=False),
    "liar": lambda: Reference("liar", tells_lies, guesses=True),
    "free-rider": lambda: Reference("free-rider", tells_nothing, guesses=True),
}
"""By the name users type after `reference/`."""


@mind_family("reference")
def reference(name: str) -> Reference:
    """A scripted mind for code-scored tasks: relay, silent, liar or free-rider; no model is called.

    Args:
        name: As users type it after `reference/`.

    Raises:
        UnknownNameError: There is none of that name; lists the known ones.
    """
    if name not in REFERENCES:
        known = (f"reference/{n}" for n in REFERENCES)
        raise UnknownNameError("model", f"reference/{name}", known)
    return REFERENCES[name]()
