"""What a synthetic mind takes in: the brief through the world, colleagues through messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...model.decision import Contribution, Intention, Saying
from ...model.messages import Mark, Message, RoleNote
from ...model.observation import Observation
from .competence import Competence
from .world import TaskView

TOKENS_PROMPT = 350
"""Instructions and schema around a brief."""
TOKENS_MESSAGE = 60
"""A message's frame."""
TOKENS_ITEM = 120
"""Work on one requirement."""
TOKENS_MARK = 40
"""A mark on a board."""
TOKENS_NOTE = 12
"""A line of organizational memory."""
SAYS = "[synthetic] I would work on:"
"""Begins what a synthetic mind says where it is asked to speak."""
NOBODY = -1
"""Whose work a mark shows."""


@dataclass(slots=True)
class Percept:
    """What one mind believes at one decision. Indices are those of the task's requirements.

    Attributes:
        attention: 1 (fresh) down towards 0 (drowned in what it read besides prompt and brief).
        noticed: The requirements it is aware of, ascending.
        done: How well each requirement it knows of is done, 0 to 1, as it could read.
        author: Whose work that was; its own member id for its own, NOBODY for a mark's.
        versions: How many works on each requirement it read.
        announced: How many others announced each requirement.
        role_history: Share of remembered roles in each domain.
        tokens: Context read, in tokens.
    """

    attention: float = 1.0
    noticed: list[int] = field(default_factory=list)
    done: dict[int, float] = field(default_factory=dict)
    author: dict[int, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    announced: dict[int, int] = field(default_factory=dict)
    role_history: dict[str, float] = field(default_factory=dict)
    tokens: int = 0


def perceive(
    observation: Observation, task: TaskView, competence: Competence, draws: list[float]
) -> Percept:
    """Read colleagues, then look at the task through what attention is left.

    Args:
        observation: All the mind has.
        task: As the world shows it.
        competence: The mind's.
        draws: Uniform on 0..1, one for each requirement.
    """
    p = competence.parameters.attention
    percept = Percept()
    _read(observation.messages.newest(p.span), task, percept)
    if observation.marks:
        _read_marks(observation.marks, task, percept)
    works = [m for m in observation.own if isinstance(m.content, Contribution)]
    _read(works[-p.span :], task, percept)  # what it announced itself is no rival's announcement
    if observation.memory:
        _recall(observation.memory.newest(p.span), task, percept)
    percept.attention = 1.0 / (1.0 + p.dilution * percept.tokens / 1000.0)
    percept.tokens += TOKENS_PROMPT + observation.brief.tokens
    fresh = percept.attention * competence.parameters.noticing.again ** len(works)
    _notice(task, percept, _chances(task, percept, competence, fresh), draws)
    return percept


def announced(requirements: Sequence[str]) -> str:
    """What a synthetic mind says of what it would work on; other synthetic minds take it in.

    Args:
        requirements: Ids.
    """
    return "\n".join((SAYS, *requirements))


def _read(messages: Iterable[Message], task: TaskView, percept: Percept) -> None:
    index = task.index
    spoke: set[int] = set()
    for message in messages:
        content = message.content
        if isinstance(content, Contribution):
            for item in content.items:
                i = index.get(item.requirement)
                if i is None:
                    continue
                percept.versions[i] = percept.versions.get(i, 0) + 1
                if item.quality > percept.done.get(i, -1.0):
                    percept.done[i] = item.quality
                    percept.author[i] = message.author
            percept.tokens += TOKENS_MESSAGE + TOKENS_ITEM * len(content.items)
        elif isinstance(content, Intention):
            for requirement in content.focus:
                i = index.get(requirement)
                if i is None:
                    continue  # a topic in words of its own, which a synthetic mind can't read
                percept.announced[i] = percept.announced.get(i, 0) + 1
            percept.tokens += TOKENS_MESSAGE
        elif isinstance(content, Saying):
            if message.author not in spoke:  # what it said last, as messages come newest first
                for line in content.text.split("\n"):
                    if (i := index.get(line)) is not None:
                        percept.announced[i] = percept.announced.get(i, 0) + 1
            spoke.add(message.author)
            percept.tokens += TOKENS_MESSAGE


def _read_marks(marks: tuple[Mark, ...], task: TaskView, percept: Percept) -> None:
    """A mark says that something was done and how surely; nobody can be credited for it."""
    for mark in marks:
        i = task.index.get(mark.topic)
        if i is not None and mark.strength > percept.done.get(i, -1.0):
            percept.done[i] = mark.strength
            percept.author[i] = NOBODY
    percept.tokens += TOKENS_MARK * len(marks)


def _recall(notes: list[Message], task: TaskView, percept: Percept) -> None:
    history = percept.role_history
    for note in notes:
        if isinstance(note.content, RoleNote):
            for domain in task.domains:
                if note.content.role.startswith(domain):
                    history[domain] = history.get(domain, 0.0) + 1.0 / len(notes)
    percept.tokens += TOKENS_NOTE * len(notes)


def _chances(task: TaskView, percept: Percept, competence: Competence, fresh: float) -> list[float]:
    """The chance to notice each requirement; 1 where it was read of."""
    p = competence.parameters.noticing
    stated = (p.base + p.reasoning * competence.faculties.reasoning) * fresh
    follows = p.consequence * fresh
    chances = []
    for i, requirement in enumerate(task.requirements):
        chance = stated * (p.hidden if requirement.hidden else 1.0)
        if any(n in percept.done for n in requirement.needs):
            chance += (1.0 - chance) * follows
        chances.append(1.0 if i in percept.done or i in percept.announced else chance)
    return chances


def _notice(task: TaskView, percept: Percept, chances: list[float], draws: list[float]) -> None:
    numbered = range(len(task.requirements))
    percept.noticed = [i for i in numbered if draws[i] < chances[i]]
