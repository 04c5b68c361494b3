"""What a family of code-scored tasks owes its users, as checks that run on any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
from hypothesis import reject
from hypothesis import strategies as st

from ....agents.references.minds import opposite
from ....model.errors import UsageError
from ....model.ground_truth.family import ScoredTask, TaskFamily
from ....model.ground_truth.stream import FamilyTasks
from ....model.networks.building import build_topology
from ..build.organization import build
from .strategies import seeds

NETWORKS = ("complete", "ring", "star", "chain", "watts-strogatz", "barabasi-albert")
Make = Callable[[], TaskFamily]


@dataclass(frozen=True)
class FamilyCase:
    """A network and a seed to make a task for.

    Attributes:
        n_agents: 1 to 9.
        topology: A topology's name.
        seed: Of the task.
    """

    n_agents: int
    topology: str
    seed: int

    def task(self, family: TaskFamily) -> ScoredTask:
        """The task; a network that the family refuses is no case.

        Args:
            family: Makes it.
        """
        try:
            graph = build_topology(self.topology, self.n_agents, self.seed % 2**32)
            return family.make(seed=self.seed, graph=nx.relabel_nodes(graph, lambda i: 3 * i + 1))
        except UsageError:
            reject()


def family_cases() -> st.SearchStrategy[FamilyCase]:
    """Networks and seeds; the members' numbers have gaps, as in teams that members left."""
    return st.builds(FamilyCase, st.integers(1, 9), st.sampled_from(NETWORKS), seeds())


def family_repeats(make: Make, case: FamilyCase) -> None:
    """The same seed and network give the same task, and the same answers the same score.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    task, again = (case.task(make()) for _ in range(2))
    assert (task.brief, task.layout.parts) == (again.brief, again.layout.parts), "another task"
    answers = task.family.solve(task)
    assert task.family.score(task, answers) == again.family.score(again, answers), "another score"
    assert again.family.solve(again) == answers, "scoring changed the task"


def family_parts(make: Make, case: FamilyCase) -> None:
    """Every member has a part of its own, and what it may answer unless the task is moved through.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    task = case.task(make())
    assert set(task.layout.parts) == set(task.members), "parts are not by member"
    if task.family.environment(task) is None:
        assert set(task.layout.forms) == set(task.members), "forms of answers are not by member"
    for member, part in task.layout.parts.items():
        assert any(f.owner == member for f in part.facts), f"{member} has no fact of its own"


def family_bounds(make: Make, case: FamilyCase) -> None:
    """Right answers have their form and score the ceiling; floor and own part lie below.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    task = case.task(make())
    family, answers = task.family, task.family.solve(task)
    for member, form in task.layout.forms.items():
        assert form.read(answers[member]) == answers[member], f"{answers[member]!r} breaks its form"
    found = family.score(task, answers)
    bounds = family.bounds(task.graph)
    assert abs(found.score - 1) < 1e-9, f"right answers score {found.score}: {found.reason}"
    assert set(found.by_member) == set(task.members), "the score is not by member"
    assert 0 <= bounds.floor <= bounds.own <= bounds.ceiling + 1e-9 <= 1 + 2e-9, bounds


def family_missing(make: Make, case: FamilyCase) -> None:
    """No answer is no error, and scores no more than the right ones do; None is the same as none.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    task = case.task(make())
    family = task.family
    nothing = family.score(task, {})
    assert 0 <= nothing.score <= 1, nothing
    assert nothing == family.score(task, dict.fromkeys(task.members)), "None is not no answer"


def family_plays(make: Make, case: FamilyCase) -> None:
    """A team plays it to a score, its record survives JSON, and relays lose nothing.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    case.task(make())
    rounds = max(1, case.n_agents)
    org = build(
        protocol=f"dialogue:rounds={rounds}", n_agents=case.n_agents, model="reference/relay",
        topology=case.topology, tasks=FamilyTasks(make(), case.seed), rng=case.seed,
    )  # fmt: skip
    (record,) = org.run(1)
    assert not record.error, record.error
    assert record.verdict.score is not None
    assert type(record).from_json(record.to_json()) == record
    assert abs(record.verdict.score - 1) < 1e-9, f"relays score {record.verdict.score}"


def family_infers(make: Make, case: FamilyCase) -> None:
    """What follows from nothing, or from lies, is an answer of the right form or none; no error.

    Args:
        make: Makes the family.
        case: To make a task for.
    """
    task = case.task(make())
    whole = task.everything
    lies = {key: opposite(value) for key, value in whole.items()}
    strange = {(-1, "rumour"): (1, ("x",)), **dict(list(lies.items())[::2])}
    for known in ({}, lies, strange):
        for member, form in task.layout.forms.items():
            value, _ = task.family.infer(task, member, known)
            assert value is None or form.read(value) == value, f"{value!r} breaks its form"


FAMILY_CHECKS = (
    family_repeats,
    family_parts,
    family_bounds,
    family_missing,
    family_infers,
    family_plays,
)
