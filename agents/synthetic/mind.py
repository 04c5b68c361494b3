"""A bounded-rationality model of an LLM agent: free, instant, and openly synthetic.

It decides from its `Observation` alone. It never learns the protocol's name, the team's size or
the judge's weights, and no parameter is indexed by protocol: what differs between protocols is
only who sees what when. One decision is: perceive, estimate, choose or decline, work.

The equations are in docs/synthetic-minds.md. It illustrates a mechanism and is no evidence about
any real model.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.decision import (
    Abstention,
    Act,
    Answer,
    Contribution,
    Intention,
    Plan,
    Reply,
    Saying,
    Usage,
)
from ...model.mind import Mind
from ...model.observation import Observation
from .choosing import choose
from .competence import Competence
from .draws import draw
from .faculties import Profile
from .news import TOKENS_NEWS
from .parameters import Parameters
from .perception import TOKENS_ITEM, announced, perceive
from .planning import plan
from .puzzles import CHARACTERS_PER_TOKEN, Player
from .situation import Situation
from .working import work
from .world import SyntheticWorld, TaskView

TOKENS_WORK, TOKENS_PLAN, TOKENS_ASSIGNMENT, TOKENS_OTHER = 60, 40, 45, 40
"""Tokens written: around a work, around a plan, for each of its assignments, for anything else."""
TOKENS_PER_S = 80.0
FIRST_TOKEN_S = 0.8


class Synthetic(Mind):
    """A synthetic mind with a model's faculties.

    Args:
        profile: The model.
        world: The world it perceives and works in; the organization opens tasks in it.
        parameters: The world's; None for the calibrated ones.
    """

    instant = True

    def __init__(
        self, profile: Profile, world: SyntheticWorld, parameters: Parameters | None = None
    ) -> None:
        self.name = f"synthetic/{profile.name}"
        self.profile = profile
        self.world: SyntheticWorld = world
        self.competence = Competence(
            profile.faculties, parameters if parameters is not None else Parameters()
        )
        self._known: tuple[TaskView | None, Sequence[float]] = None, ()

    def decide(self, observation: Observation) -> Answer:
        """Perceive, then plan, announce or work as asked.

        Args:
            observation: All the mind has; its task was opened in the mind's world.
        """
        if self.world.puzzles.holds(observation) and observation.act is not Act.AMEND:
            player = Player(observation, self.world.puzzles, self.competence)
            said = player.play()
            return Answer(said, self._usage(said, player.tokens))
        task = self.world.view(observation.brief.task_id)
        draws = draw(observation.seed, len(task.requirements))
        percept = perceive(observation, task, self.competence, draws)
        situation = Situation(
            observation, task, percept, draws, self.competence, self._skills(task)
        )
        if observation.act is Act.AMEND:
            reply: Reply = Abstention("I am synthetic and have no opinion on the rules.")
        elif observation.act is Act.PLAN:
            reply = plan(situation)
        else:
            chosen = choose(situation)
            if not chosen:
                reply = Abstention("I see nothing left that I could do well enough to add.")
            elif observation.act is Act.INTEND:
                reply = Intention(situation.role(chosen[0]), situation.ids(chosen))
            elif observation.act is Act.SAY:
                reply = Saying(announced(situation.ids(chosen)))
            else:
                reply = work(situation, chosen)
        return Answer(reply, self._usage(reply, percept.tokens))

    def _skills(self, task: TaskView) -> Sequence[float]:
        """Its skill at each requirement, worked out once for a task."""
        known, skills = self._known
        if known is not task:
            skills = tuple(self.competence.skill(r) for r in task.requirements)
            self._known = task, skills
        return skills

    def _usage(self, reply: Reply, tokens_in: int) -> Usage:
        """Modelled, not measured: tokens by what was read and written, price and pace from them."""
        match reply:
            case Contribution(items=(), work=text) | Saying(text=text):
                written = TOKENS_OTHER + len(text) // CHARACTERS_PER_TOKEN
            case Contribution(items=items, work=text):
                written = TOKENS_WORK + TOKENS_ITEM * len(items) + TOKENS_NEWS * text.count("\n")
            case Plan(assignments=parts):
                written = TOKENS_PLAN + TOKENS_ASSIGNMENT * len(parts)
            case _:
                written = TOKENS_OTHER
        tokens_out = round(written * self.profile.verbosity)
        usd = (tokens_in * self.profile.usd_in + tokens_out * self.profile.usd_out) / 1e6
        latency_s = round(FIRST_TOKEN_S + tokens_out / TOKENS_PER_S, 6)
        return Usage(1, tokens_in, tokens_out, round(usd, 9), latency_s)
