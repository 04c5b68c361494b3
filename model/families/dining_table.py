"""The dining philosophers' table: forks between neighbours, grabbed at once or in turn.

References:
    E. W. Dijkstra, Hierarchical ordering of sequential processes, Acta Informatica 1, 1971.
    DPBench, arXiv:2602.13255, whose world this is. Its code differs from its rules in places; those
    are kept under `compat` and mended under `strict`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GRAB_LEFT, GRAB_RIGHT, RELEASE, WAIT = ACTIONS = ("grab-left", "grab-right", "release", "wait")


@dataclass(frozen=True, slots=True)
class Meals:
    """What came of an episode.

    Attributes:
        deadlocked: Whether it ended in a deadlock.
        timesteps: Played; in turn each action is one.
        meals: By seat.
    """

    deadlocked: bool
    timesteps: int
    meals: tuple[int, ...]

    @property
    def throughput(self) -> float:
        """Meals per timestep; 0 without any."""
        return sum(self.meals) / self.timesteps if self.timesteps else 0.0

    @property
    def fairness(self) -> float | None:
        """1 less the Gini index of meals, scaled to 0 to 1; None where nobody ate."""
        return fairness(self.meals) if sum(self.meals) else None

    @property
    def starved(self) -> int:
        """How many never ate."""
        return self.meals.count(0)


def fairness(meals: Sequence[int]) -> float:
    """1 less the Gini index times n / (n - 1); 1 where nobody ate, as the original has it.

    Args:
        meals: By seat; two at least.
    """
    n, total = len(meals), sum(meals)
    if not total:
        return 1.0
    ordered = sorted(meals)
    gini = sum((2 * i - n + 1) * x for i, x in enumerate(ordered)) / (n * total)
    return min(1.0, max(0.0, 1 - gini * n / (n - 1)))


class Table:
    """Philosophers at a round table, always hungry; seat i has fork i left and fork i + 1 right.

    Grabbing the second fork is a meal; at its next own step an eater puts both down and does
    nothing else. Of what is chosen at once, releases come first, then grabs of what lies there; of
    two who grab a fork the lower seat gets it; then eaters put down.

    Args:
        seats: Two or more.
        strict: Whether an eater's own choice is ignored, and a deadlock must last two steps to end
            the episode. The original lets an eater that chooses to release give its forks away
            before they are put down, and ends at first sight.
    """

    def __init__(self, seats: int, *, strict: bool = True) -> None:
        self.seats = seats
        self.strict = strict
        self.holder: list[int | None] = [None] * seats
        self.eating = [False] * seats
        self.meals = [0] * seats
        self.timesteps = 0
        self._stuck = 0

    def forks(self, seat: int) -> tuple[int, int]:
        """Left and right fork of a seat.

        Args:
            seat: From 0.
        """
        return seat, (seat + 1) % self.seats

    def holds(self, seat: int) -> tuple[bool, bool]:
        """Whether a seat holds its left and its right fork.

        Args:
            seat: From 0.
        """
        left, right = self.forks(seat)
        return self.holder[left] == seat, self.holder[right] == seat

    @property
    def stuck(self) -> bool:
        """Whether everybody is hungry and holds exactly one fork."""
        return not any(self.eating) and all(sum(self.holds(i)) == 1 for i in range(self.seats))

    @property
    def deadlocked(self) -> bool:
        """Whether a deadlock ended it: at first sight, or strictly after it lasted two steps."""
        return self._stuck >= (2 if self.strict else 1)

    def step(self, actions: Mapping[int, str | None]) -> None:
        """Let some seats act at once.

        Args:
            actions: By seat; None waits.
        """
        was_eating = [seat for seat in sorted(actions) if self.eating[seat]]
        for seat, action in actions.items():
            if action == RELEASE and not (self.strict and self.eating[seat]):
                self._put_down(seat)
        self._grab({s: a for s, a in actions.items() if not self.eating[s]})
        for seat in was_eating:
            self.eating[seat] = False
            if self.strict:
                self._put_down(seat)
            else:  # marked free, whoever holds them by now
                for fork in self.forks(seat):
                    self.holder[fork] = None
        self.timesteps += 1
        self._stuck = self._stuck + 1 if self.stuck else 0

    def _put_down(self, seat: int) -> None:
        for fork in self.forks(seat):
            if self.holder[fork] == seat:
                self.holder[fork] = None

    def _grab(self, actions: Mapping[int, str | None]) -> None:
        wanted: dict[int, int] = {}
        for seat in sorted(actions, reverse=True):  # the lowest comes last and gets it
            side = {GRAB_LEFT: 0, GRAB_RIGHT: 1}.get(actions[seat] or "")
            if side is not None and self.holder[self.forks(seat)[side]] is None:
                wanted[self.forks(seat)[side]] = seat
        for fork, seat in wanted.items():
            self.holder[fork] = seat
        for seat in actions:
            if all(self.holds(seat)):
                self.eating[seat] = True
                self.meals[seat] += 1

    @property
    def outcome(self) -> Meals:
        """What came of it until now."""
        return Meals(self.deadlocked, self.timesteps, tuple(self.meals))
