"""Dining philosophers: a task whose state moves while members act in it.

Seats are in the order of the members' numbers, whatever the network; who hears whom is the
network's business. A convention that all share (everybody's turn follows from its seat and the
step) feeds everybody without a word, so talk is for those who have none.

References:
    E. W. Dijkstra, Hierarchical ordering of sequential processes, Acta Informatica 1, 1971.
    DPBench, arXiv:2602.13255.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import networkx as nx

from ..errors import UnknownNameError, UsageError
from ..ground_truth.environment import Environment
from ..ground_truth.family import Layout, ScoredTask, TaskFamily
from ..ground_truth.forms import AnswerForm, Choice
from ..ground_truth.scoring import Answers, Bounds, Score, mean
from ..ground_truth.values import Fact, Known, Private, Value
from .dining_table import ACTIONS, GRAB_LEFT, GRAB_RIGHT, RELEASE, WAIT, Table, fairness

ORDERS = ("simultaneous", "serial")
MOVES = Choice(ACTIONS)
EPISODES = 200


class Philosophers(TaskFamily):
    """Forks between neighbours; eat, and let eat.

    Strictly a team scores 0 in a deadlock, else the mean of what each ate over its fair share, at
    most 1 each. Under `compat` it scores 1 without a deadlock and 0 with one, as the published rate
    counts; throughput, fairness and starvation are in the reason.

    Args:
        steps: Timesteps, 1 or more; in serial order each member's action is one.
        order: `simultaneous` or `serial`.
        scoring: `strict`, or `compat` with the original's world.
    """

    name = "philosophers"
    fewest = 2

    def __init__(
        self, *, steps: int = 30, order: str = "simultaneous", scoring: str = "strict"
    ) -> None:
        super().__init__(scoring=scoring)
        if type(steps) is not int or steps < 1:
            raise UsageError(f"steps={steps!r} is not a whole number of 1 or more; use e.g. 30")
        if order not in ORDERS:
            raise UnknownNameError(f"tasks={self.name}: order", order, ORDERS)
        self.steps = steps
        self.order = order

    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """Seats; nobody has anything to answer, all move.

        Args:
            draw: Plays no part: nothing is random but what members do.
            graph: The members.
        """
        del draw
        members = tuple(sorted(graph))
        n = len(members)
        when = "all at once" if self.order == "simultaneous" else "one after another"
        text = (
            f"{n} philosophers sit around a table, with one fork between any two. All are always "
            "hungry. Who holds the fork to its left and the one to its right eats, and puts both "
            f"down in its next step, whatever it chooses then. For {self.steps} steps they choose "
            f"{when}: {', '.join(ACTIONS)}. A fork that is taken can't be grabbed; of two who grab "
            "one fork at once, the lower seat gets it. If everybody holds one fork, nobody eats. "
            "Everybody should eat as often as it can."
        )
        private = {m: Private(*_seat(m, place, n)) for place, m in enumerate(members)}
        return Layout(f"{n} philosophers", text, private, {}, members)

    def environment(self, task: ScoredTask) -> Environment:
        """The table, empty.

        Args:
            task: Of this family.
        """
        return _Dinner(self, task.members)

    def fair_share(self, n: int) -> int:
        """Meals that everybody gets where groups that share no fork take turns.

        Args:
            n: Seats, 2 or more.
        """
        laps = self.steps if self.order == "simultaneous" else self.steps // n
        return max(1, laps // (3 * _groups(n)))

    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """The move by the common convention: groups of seats that share no fork eat in turn.

        Args:
            task: Of this family.
            member: Who moves.
            known: Its seat, and the step where one is under way.
        """
        n = len(task.members)
        seat, step = known.get((member, "seat"), 0), known.get((member, "step"), 0)
        assert isinstance(seat, int)
        assert isinstance(step, int)
        groups = _groups(n)
        group = 2 if groups == 3 and seat == n - 1 else seat % 2
        turn, phase = divmod(step, 3)
        if turn % groups != group:
            return WAIT, True
        return (GRAB_LEFT, GRAB_RIGHT, WAIT)[phase], True

    def solve(self, task: ScoredTask) -> dict[int, Value | None]:
        """Everybody's moves by the common convention, one for each of its steps.

        Args:
            task: Of this family.
        """
        n = len(task.members)
        laps = self.steps if self.order == "simultaneous" else -(-self.steps // n)
        return {
            m: tuple(
                self.infer(task, m, {(m, "seat"): place, (m, "step"): t})[0] for t in range(laps)
            )
            for place, m in enumerate(task.members)
        }

    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """Play moves: one each is the first step alone, lists are whole episodes.

        With one move each it is the one-shot game: lost where all grab left, or all grab right.

        Args:
            task: Of this family.
            answers: A move, or a list of them, by member; what is missing is waiting.
        """
        moves = {m: answers.get(m) for m in task.members}
        if not any(isinstance(x, tuple | list) for x in moves.values()):
            read = {m: MOVES.read(x) for m, x in moves.items()}
            lost = len(set(read.values())) == 1 and read[task.members[0]] in ACTIONS[:2]
            return Score(float(not lost), dict.fromkeys(task.members, float(not lost)), "one shot")
        dinner = _Dinner(self, task.members)
        own = dict.fromkeys(task.members, 0)
        while actors := dinner.actors:
            step = {}
            for m in actors:
                x = moves[m]
                given = x[own[m]] if isinstance(x, tuple | list) and own[m] < len(x) else None
                action = None if given is None else MOVES.read(given)
                step[m] = action if isinstance(action, str) else None
                own[m] += 1
            dinner.step(step)
        return dinner.score()

    def measure_bounds(self, graph: nx.Graph[int]) -> Bounds:
        """Random play, over 200 episodes or fewer for large tables; and the common convention.

        Args:
            graph: The members.
        """
        task = self.make(graph=graph)
        episodes = max(5, EPISODES // len(graph))
        floor = mean({e: self._random_score(task, random.Random(e)) for e in range(episodes)})
        best = self.score(task, self.solve(task)).score
        return Bounds(floor, max(floor, best), best)

    def _random_score(self, task: ScoredTask, draw: random.Random) -> float:
        dinner = _Dinner(self, task.members)
        while actors := dinner.actors:
            dinner.step({m: draw.choice(ACTIONS) for m in actors})
        return dinner.score().score


class _Dinner(Environment):
    """A table with members in its seats."""

    def __init__(self, family: Philosophers, members: tuple[int, ...]) -> None:
        self._family = family
        self._members = members
        self._seat = {m: i for i, m in enumerate(members)}
        self.table = Table(len(members), strict=family.scoring == "strict")

    @property
    def actors(self) -> tuple[int, ...]:
        """All, or who is next; nobody after the last step or in a deadlock."""
        table = self.table
        if table.timesteps >= self._family.steps or table.deadlocked:
            return ()
        if self._family.order == "simultaneous":
            return self._members
        return (self._members[table.timesteps % len(self._members)],)

    def observe(self, member: int) -> Private:
        """Seat, own state, both forks, meals and the step.

        Args:
            member: Who looks.
        """
        table, seat, n = self.table, self._seat[member], len(self._members)
        text, facts = _seat(member, seat, n)
        step = table.timesteps if self._family.order == "simultaneous" else table.timesteps // n
        held, forks = table.holds(seat), table.forks(seat)
        taken = [table.holder[f] not in (None, seat) for f in forks]
        state = "You are eating." if table.eating[seat] else "You are hungry."
        words = [
            f"{side} fork: {'yours' if h else 'taken' if t else 'free'}"
            for side, h, t in zip(("Left", "Right"), held, taken, strict=True)
        ]
        said = f"{text} Step {step + 1}. {state} {'. '.join(words)}. Meals: {table.meals[seat]}."
        more = (
            Fact(member, "step", step),
            Fact(member, "forks", tuple(w.rpartition(" ")[2] for w in words)),
            Fact(member, "meals", table.meals[seat]),
        )
        return Private(said, (*facts, *more))

    def form(self, member: int) -> AnswerForm:
        """The four moves.

        Args:
            member: Whose.
        """
        del member
        return MOVES

    def step(self, actions: Mapping[int, str | None]) -> None:
        """Let them move.

        Args:
            actions: By actor; None waits.
        """
        self.table.step({self._seat[m]: a for m, a in actions.items()})

    def score(self) -> Score:
        """Over fair shares, or whether there was no deadlock."""
        came, family = self.table.outcome, self._family
        fair = fairness(came.meals)
        why = (
            f"{'deadlock' if came.deadlocked else 'no deadlock'} in {came.timesteps} steps, "
            f"throughput {came.throughput:.3f}, fairness {fair:.3f}, {came.starved} starved"
        )
        share = family.fair_share(len(self._members))
        alive = 0.0 if came.deadlocked else 1.0
        by_member = {m: alive * min(1.0, came.meals[i] / share) for m, i in self._seat.items()}
        return Score(alive if family.scoring == "compat" else mean(by_member), by_member, why)


def _groups(n: int) -> int:
    """Groups of seats that share no fork: two, or three at a table of odd size."""
    return 2 if n % 2 == 0 else 3


def _seat(member: int, place: int, n: int) -> tuple[str, tuple[Fact, ...]]:
    text = f"You sit at seat {place} of 0 to {n - 1}."
    return text, (Fact(member, "seat", place, ("seat", str(place))),)


__all__ = ["GRAB_LEFT", "GRAB_RIGHT", "RELEASE", "WAIT", "Philosophers"]
