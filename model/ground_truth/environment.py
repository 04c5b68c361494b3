"""A task whose state moves: observed, acted in and scored step by step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from .forms import AnswerForm
from .scoring import Score
from .values import Private


class Environment(ABC):
    """State between moves. Deterministic: the same moves lead to the same state."""

    @property
    @abstractmethod
    def actors(self) -> tuple[int, ...]:
        """Who moves next, all at once; empty when it is over."""

    @abstractmethod
    def observe(self, member: int) -> Private:
        """What a member sees of the state.

        Args:
            member: Its id.
        """

    @abstractmethod
    def form(self, member: int) -> AnswerForm:
        """The moves a member may make.

        Args:
            member: Its id.
        """

    @abstractmethod
    def step(self, actions: Mapping[int, str | None]) -> None:
        """Let the actors move.

        Args:
            actions: By actor; None where it made no valid move.
        """

    @abstractmethod
    def score(self) -> Score:
        """What the moves so far are worth."""
