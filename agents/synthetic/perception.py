"""What a synthetic mind takes in: the brief through the world, colleagues through messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...model.decision import Contribution, Intention
from ...model.messages import Mark, Message, RoleNote
from ...model.observation import Observation
from .parameters import Faculties, Physics
from .world import Scene

TOKENS_PROMPT = 350  # instructions and schema around a brief
TOKENS_MESSAGE = 60  # a message's frame
TOKENS_ITEM = 120  # one requirement's worth of work
TOKENS_MARK = 40  # a mark on a board
TOKENS_NOTE = 12  # a line of organizational memory
NOBODY = -1  # whose work a mark shows


@dataclass(slots=True)
class Impression:
    """What one mind believes at one decision. Indices are those of the scene's spots.

    Attributes:
        attention: 1 (fresh) down towards 0 (drowned in what it read besides prompt and brief).
        noticed: The spots it is aware of, ascending.
        done: How well each spot it knows of is done, 0 to 1, as it could read.
        author: Whose work that was; its own member id for its own, NOBODY for a mark's.
        versions: How many works on each spot it read.
        claims: How many others announced each spot.
        habits: Share of remembered roles in each domain.
        tokens: Context read, in tokens.
    """

    attention: float = 1.0
    noticed: list[int] = field(default_factory=list)
    done: dict[int, float] = field(default_factory=dict)
    author: dict[int, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    claims: dict[int, int] = field(default_factory=dict)
    habits: dict[str, float] = field(default_factory=dict)
    tokens: int = 0


def perceive(
    observation: Observation,
    scene: Scene,
    faculties: Faculties,
    physics: Physics,
    luck: list[float],
) -> Impression:
    """Read colleagues, then look at the task through what attention is left.

    Args:
        observation: All the mind has.
        scene: The task, as the world lays it out.
        faculties: The mind's.
        physics: The world's.
        luck: One uniform draw per spot.
    """
    seen = Impression()
    _read(observation.messages.newest(physics.span), scene, seen)
    if observation.marks:
        _sense(observation.marks, scene, seen)
    works = [m for m in observation.own if isinstance(m.content, Contribution)]
    _read(works[-physics.span :], scene, seen)  # what it announced itself is no rival claim
    if observation.memory:
        _recall(observation.memory.newest(physics.span), scene, seen)
    seen.attention = 1.0 / (1.0 + physics.dilution * seen.tokens / 1000.0)
    seen.tokens += TOKENS_PROMPT + observation.brief.tokens
    _notice(scene, seen, faculties, physics, luck, len(works))
    return seen


def _read(messages: Iterable[Message], scene: Scene, seen: Impression) -> None:
    index = scene.index
    for message in messages:
        content = message.content
        if isinstance(content, Contribution):
            for item in content.items:
                spot = index.get(item.requirement)
                if spot is None:
                    continue
                seen.versions[spot] = seen.versions.get(spot, 0) + 1
                if item.quality > seen.done.get(spot, -1.0):
                    seen.done[spot] = item.quality
                    seen.author[spot] = message.author
            seen.tokens += TOKENS_MESSAGE + TOKENS_ITEM * len(content.items)
        elif isinstance(content, Intention):
            for requirement in content.focus:
                spot = index.get(requirement)
                if spot is None:
                    continue  # a topic in words of its own, which a synthetic mind can't read
                seen.claims[spot] = seen.claims.get(spot, 0) + 1
            seen.tokens += TOKENS_MESSAGE


def _sense(marks: tuple[Mark, ...], scene: Scene, seen: Impression) -> None:
    """A mark says that something was done and how surely; nobody can be credited for it."""
    for mark in marks:
        spot = scene.index.get(mark.topic)
        if spot is not None and mark.strength > seen.done.get(spot, -1.0):
            seen.done[spot] = mark.strength
            seen.author[spot] = NOBODY
    seen.tokens += TOKENS_MARK * len(marks)


def _recall(notes: list[Message], scene: Scene, seen: Impression) -> None:
    domains = scene.domains
    for note in notes:
        if isinstance(note.content, RoleNote):
            for domain in domains:
                if note.content.role.startswith(domain):
                    seen.habits[domain] = seen.habits.get(domain, 0.0) + 1.0 / len(notes)
    seen.tokens += TOKENS_NOTE * len(notes)


def _notice(
    scene: Scene,
    seen: Impression,
    faculties: Faculties,
    physics: Physics,
    luck: list[float],
    worked_before: int,
) -> None:
    fresh = seen.attention * physics.notice_again**worked_before
    stated = (physics.notice_floor + physics.notice_gain * faculties.reasoning) * fresh
    follows = physics.notice_consequence * fresh
    for i, spot in enumerate(scene.spots):
        if i in seen.done or i in seen.claims:
            seen.noticed.append(i)
            continue
        chance = stated * (physics.notice_hidden if spot.hidden else 1.0)
        if any(p in seen.done for p in spot.needs):
            chance += (1.0 - chance) * follows
        if luck[i] < chance:
            seen.noticed.append(i)
