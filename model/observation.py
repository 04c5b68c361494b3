"""What one member knows when it decides. A mind sees this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from .decision import Act, Assignment
from .ground_truth.forms import AnswerForm
from .ground_truth.values import Private
from .messages import Mark, View
from .tasks.task import Brief

DEFAULT_MISSION = (
    "Produce together the most useful answer to the client's request: correct, complete, "
    "coherent and ready to act on."
)


@dataclass(frozen=True, slots=True)
class Charter:
    """What holds for every member at all times.

    Attributes:
        mission: What the organization is for.
        values: Standing rules. The right to abstain is always among them.
        standards: Rules the organization gave itself, with a human's approval.
    """

    mission: str = DEFAULT_MISSION
    values: tuple[str, ...] = ("Every member may decline to act when it has nothing to add.",)
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything a member knows at one decision.

    Attributes:
        act: What is asked.
        member: Its own id.
        tick: Ticks played before this one.
        seed: 64-bit seed for this decision alone; all a mind's randomness comes from it.
        charter: Mission and values.
        brief: The task as agents read it.
        messages: Of others on this task: those the protocol allows and the network carries.
        own: Its own earlier messages on this task.
        memory: Organizational memory the protocol opens and the network carries, itself included.
        assignment: A role given from outside, if any.
        roster: Whom it may assign or speak to; empty unless it is asked to plan, say or move.
        marks: What it finds on a shared board; nobody's name is on them.
        skills: Topics it has practised and how far that brought it, 0 to 1; empty where skills
            don't grow.
        private: What it alone was given, where the task has such parts.
        form: What it may answer, or the moves it may make, where code scores the task.
    """

    act: Act
    member: int
    tick: int
    seed: int
    charter: Charter
    brief: Brief
    messages: View
    own: View
    memory: View
    assignment: Assignment | None = None
    roster: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()
    skills: tuple[tuple[str, float], ...] = ()
    private: Private | None = None
    form: AnswerForm | None = None
