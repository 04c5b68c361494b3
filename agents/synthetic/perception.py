"""What a synthetic mind takes in: the brief through the world, colleagues through messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...model.decision import Contribution, Intention, Saying
from ...model.messages import Mark, Message, RoleNote
from ...model.observation import Observation
from . import news
from .competence import Competence
from .draws import Draws
from .parameters import clipped
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
        done: How well each requirement it knows of is done, 0 to 1, as it seems to it.
        author: Whose work that was; its own member id for its own, NOBODY for a mark's.
        result: What that work is really worth, where it read the work itself. No mind decides by
            it; the world takes it where something is made from the work.
        heard: The requirements whose work it knows by report alone.
        versions: How many works on each requirement it read.
        announced: How many others announced each requirement.
        role_history: Share of remembered roles in each domain.
        tokens: Context read, in tokens.
    """

    attention: float = 1.0
    noticed: list[int] = field(default_factory=list)
    done: dict[int, float] = field(default_factory=dict)
    author: dict[int, int] = field(default_factory=dict)
    result: dict[int, float] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)
    versions: dict[int, int] = field(default_factory=dict)
    announced: dict[int, int] = field(default_factory=dict)
    role_history: dict[str, float] = field(default_factory=dict)
    tokens: int = 0


def perceive(
    observation: Observation, task: TaskView, competence: Competence, draws: Draws
) -> Percept:
    """Read colleagues, then look at the task through what attention is left.

    Args:
        observation: All the mind has.
        task: As the world shows it.
        competence: The mind's.
        draws: Of the decision.
    """
    p = competence.parameters.attention
    percept = Percept()
    messages = observation.messages.newest(p.span)
    read = _works(messages)
    if len(read) < len(messages):
        _read(messages, task, percept)
    works = _works(observation.own)
    # What it announced itself is no rival's announcement.
    for these, own in ((read, False), (works[-p.span :], True)):
        if these:
            _judge(these, task, percept, _misread(these, draws, competence.misreading(own=own)))
    if observation.marks:
        _read_marks(observation.marks, task, percept)
    _hear(read, task, percept)
    if observation.memory:
        _recall(observation.memory.newest(p.span), task, percept)
    percept.attention = 1.0 / (1.0 + p.dilution * percept.tokens / 1000.0)
    percept.tokens += TOKENS_PROMPT + observation.brief.tokens
    fresh = percept.attention * competence.parameters.noticing.again ** len(works)
    _notice(percept, _chances(task, percept, competence, fresh), draws.notice)
    return percept


def announced(requirements: Sequence[str]) -> str:
    """What a synthetic mind says of what it would work on; other synthetic minds take it in.

    Args:
        requirements: Ids.
    """
    return "\n".join((SAYS, *requirements))


def _works(messages: Iterable[Message]) -> list[tuple[Contribution, int]]:
    """The works among some messages, each with its author."""
    return [(m.content, m.author) for m in messages if isinstance(m.content, Contribution)]


def _misread(
    works: Iterable[tuple[Contribution, int]], draws: Draws, spread: float
) -> Iterator[float]:
    """How far each piece of some works seems better to a reader than it is."""
    pieces = sum([len(work.items) for work, _ in works])
    return iter([spread * error for error in draws.errors(pieces)])


def _judge(
    works: Sequence[tuple[Contribution, int]],
    task: TaskView,
    percept: Percept,
    misread: Iterator[float],
) -> None:
    """Read works, each piece with its error; the best is the one that seems so."""
    index, done, versions, items = task.index, percept.done, percept.versions, 0
    for work, author in works:
        items += len(work.items)
        for item, error in zip(work.items, misread, strict=False):
            seems = item.quality + error
            i = index.get(item.requirement)
            if i is None:
                continue
            versions[i] = versions.get(i, 0) + 1
            best = done.get(i)
            if best is None or (best < 1.0 and seems > best):
                done[i] = clipped(seems)
                percept.result[i], percept.author[i] = item.quality, author
    percept.tokens += TOKENS_MESSAGE * len(works) + TOKENS_ITEM * items


def _hear(works: Iterable[tuple[Contribution, int]], task: TaskView, percept: Percept) -> None:
    """Take in what others passed on of works that it could not read itself."""
    done, heard, lines = percept.done, percept.heard, 0
    read = {r.id for i, r in enumerate(task.requirements) if i in done}
    for work, _ in works:
        word = news.read(work.work)
        lines += word.lines
        if word.best.keys() <= read:
            continue
        for requirement, quality, author in word.best.values():
            i = task.index.get(requirement)
            if i is None or requirement in read:
                continue
            if quality > done.get(i, -1.0):
                done[i], percept.author[i] = quality, author
                heard.add(i)
    percept.tokens += news.TOKENS_NEWS * lines


def _read(messages: Iterable[Message], task: TaskView, percept: Percept) -> None:
    """Take in what others announced."""
    index = task.index
    spoke: set[int] = set()
    for message in messages:
        content = message.content
        if isinstance(content, Intention):
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
            percept.result.pop(i, None)
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
    inferred = stated * p.hidden
    done, announced = percept.done, percept.announced
    chances = []
    for i, requirement in enumerate(task.requirements):
        if i in done or i in announced:
            chances.append(1.0)
            continue
        chance = inferred if requirement.hidden else stated
        if done and not done.keys().isdisjoint(requirement.needs):
            chance += (1.0 - chance) * follows
        chances.append(chance)
    return chances


def _notice(percept: Percept, chances: list[float], draws: list[float]) -> None:
    percept.noticed = [i for i, chance in enumerate(chances) if draws[i] < chance]
