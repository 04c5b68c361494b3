"""A mind that plays a list of decisions: for tests, golden transcripts and teaching."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..model.decision import Abstention, Act, Answer, Reply
from ..model.mind import Mind
from ..model.observation import Observation

Line = Answer | Reply | Exception | Callable[[Observation], Answer | Reply]
"""What a script holds for one decision; an exception is raised, a function is called."""


class Scripted(Mind):
    """Plays line t of its script at tick t, from the start again after the last.

    It holds no state, so one script may serve several members and replays exactly.

    Args:
        decisions: Played when asked to contribute.
        intentions: Played when asked for an intention.
        plans: Played when asked to plan.
        amendments: Played when asked to propose a change of the rules.
        sayings: Played when asked to speak.
        answers: Played when asked for a final answer.
        moves: Played when asked to move.
        name: Shown in records.
    """

    instant = True

    def __init__(
        self,
        decisions: Sequence[Line] = (),
        *,
        intentions: Sequence[Line] = (),
        plans: Sequence[Line] = (),
        amendments: Sequence[Line] = (),
        sayings: Sequence[Line] = (),
        answers: Sequence[Line] = (),
        moves: Sequence[Line] = (),
        name: str = "scripted",
    ) -> None:
        self.name = name
        self._lines: dict[Act, tuple[Line, ...]] = {
            Act.CONTRIBUTE: tuple(decisions),
            Act.INTEND: tuple(intentions),
            Act.PLAN: tuple(plans),
            Act.AMEND: tuple(amendments),
            Act.SAY: tuple(sayings),
            Act.ANSWER: tuple(answers),
            Act.MOVE: tuple(moves),
        }

    def decide(self, observation: Observation) -> Answer | Reply:
        """Play the line of this tick; abstain where the script has none for this act.

        Args:
            observation: Says which tick and act.

        Raises:
            Exception: The line is one.
        """
        lines = self._lines[observation.act]
        if not lines:
            return Abstention("nothing in the script")
        line = lines[observation.tick % len(lines)]
        if isinstance(line, Exception):
            raise line
        return line(observation) if callable(line) else line
