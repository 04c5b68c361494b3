"""How a task that code scores ends: moves through its environment, or a last call for answers.

Any protocol hosts any such task without knowing of it: answers ride along with contributions, and
whoever has given none when the protocol's rounds end is asked once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..decision import Contribution, Failure, FinalAnswer, Move, Reply
from ..ground_truth.environment import Environment
from ..ground_truth.family import ScoredTask
from ..ground_truth.scoring import Given, GroundTruth, Score
from ..ground_truth.values import Value
from ..messages import Log, View
from ..record import RoundRecord, Turn
from ..spans import ids_in

Turns = Mapping[int, Sequence[Turn]]
"""The decisions of each member until now, in order."""


def seen_so_far(log: Log, turns: Sequence[Turn]) -> View:
    """All that a member has been shown of this tick's messages.

    Args:
        log: Of the tick.
        turns: The member's.
    """
    spans = dict.fromkeys(turn.seen for turn in turns)
    if len(spans) == 1:
        return View(log, next(iter(spans)))
    return log.only({i for span in spans for i in ids_in(span)})


def answers_of(turns: Turns, rounds: Sequence[RoundRecord]) -> dict[int, Value]:
    """The last answer of each member that gave one, in the order they were given.

    Args:
        turns: Of all members.
        rounds: As played.
    """
    replies = {(m, t.round): t.reply for m, played in turns.items() for t in played}
    found: dict[int, Value] = {}
    for index, played in enumerate(rounds):
        for actor in played.actors:
            reply = replies[actor, index]
            value = None
            if isinstance(reply, Contribution):
                value = reply.answer
            elif isinstance(reply, FinalAnswer):
                value = reply.value
            if value is not None:
                found.pop(actor, None)  # who answers again, answers later
                found[actor] = value
    return found


def actions_of(replies: Mapping[int, Reply | Failure]) -> dict[int, str | None]:
    """What the actors of a round of moves did; None where it was no valid move.

    Args:
        replies: Of that round.
    """
    return {m: (r.action or None) if isinstance(r, Move) else None for m, r in replies.items()}


def scored(
    task: ScoredTask, answers: Mapping[int, Value], environment: Environment | None
) -> tuple[Score, GroundTruth]:
    """What the team's answers or moves are worth, and what the record keeps of the task.

    Args:
        task: That was worked on.
        answers: In the order they were given.
        environment: As the moves left it; None where the task is answered.
    """
    family = task.family
    score = environment.score() if environment is not None else family.score(task, answers)
    given = tuple(
        Given(m, answers.get(m), float(score.by_member.get(m, 0.0))) for m in task.members
    )
    facts = tuple(f for m in task.members for f in task.layout.parts[m].facts)
    return score, GroundTruth(family.label, given, facts, family.bounds(task.graph))
