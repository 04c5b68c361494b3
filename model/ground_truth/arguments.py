"""What a family may be given: checked once, in front of every family, built in or a user's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import networkx as nx

from ..errors import UsageError, require
from .scoring import Answers, Score

Family = Any
"""A `TaskFamily`, and below tasks of it: its module imports this one."""
Scorer = Callable[[Family, Any, Answers], Score]
Solver = Callable[[Family, Any], Answers]


def check_network(label: str, graph: Any, fewest: int) -> None:
    """Refuse what is no network of members.

    Args:
        label: Of the family, in front of errors.
        graph: As given.
        fewest: Members that the family needs.

    Raises:
        UsageError: It is none, or too small.
    """
    if not isinstance(graph, nx.Graph):
        require(f"tasks={label}: graph", graph, nx.Graph, "use a networkx.Graph of the members")
    if len(graph) < fewest:
        raise UsageError(
            f"tasks={label} can't be made for {len(graph)} members; use --agents {fewest} or more"
        )
    strange = not all(type(m) is int and m >= 0 for m in graph)
    if strange or graph.is_multigraph() or nx.number_of_selfloops(graph):
        raise UsageError(
            f"tasks={label} needs members that are whole numbers of 0 or more, none linked to "
            "itself or twice to another; use networkx.convert_node_labels_to_integers, and remove "
            "those links"
        )


def check_task(family: Family, task: Any) -> None:
    """Refuse what is no task of a family, under either scoring.

    Args:
        family: Whose it should be.
        task: As given.

    Raises:
        UsageError: It is none, or another family's.
    """
    made_by: Any = getattr(task, "family", None)
    if made_by is None or not hasattr(task, "layout"):
        require(f"tasks={family.label}: task", task, (), "use one that make() gave")
    elif type(made_by) is not type(family) or _kind(made_by) != _kind(family):
        raise UsageError(
            f"tasks={family.label}: task={task.id} is one of {made_by.label}; "
            "use one that this family's make() gave"
        )


def checking(score: Scorer) -> Scorer:
    """A family's scorer that refuses what is no task of its, or no answers of the team's members.

    Args:
        score: As the family defines it.
    """

    @wraps(score)
    def checked(self: Family, task: Any, answers: Answers) -> Score:
        check_task(self, task)
        if not isinstance(answers, Mapping):
            remedy = "use {member: answer}"
            require(f"tasks={self.label}: answers", answers, Mapping, remedy)
        strange = [m for m in answers if m not in task.graph]
        if strange:
            raise UsageError(
                f"tasks={self.label}: answers name {strange[0]!r}, who is no member; "
                f"members: {', '.join(map(str, task.members))}"
            )
        return score(self, task, answers)

    return checked


def checking_task(solve: Solver) -> Solver:
    """A family's solver that refuses what is no task of its.

    Args:
        solve: As the family defines it.
    """

    @wraps(solve)
    def checked(self: Family, task: Any) -> Answers:
        check_task(self, task)
        return solve(self, task)

    return checked


def _kind(family: Family) -> dict[str, Any]:
    """Options but for the scoring: a task may be scored both ways."""
    options = vars(family).items()
    return {k: v for k, v in options if not k.startswith("_") and k != "scoring"}
