"""What of a long context a model gets to read: what is nearest, then what is newest.

Order of preference, until the tokens are used up:

1. the member's own earlier work, and messages addressed to it;
2. marks on the board, strongest first;
3. other messages of this task, newest first;
4. organizational memory, newest first.

The message at the border is shortened if a useful part of it fits; older ones are left out. What is
kept is shown in the order it was said, and what was left out is counted in the prompt and recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ....model.decision import Assignment, Contribution, Intention
from ....model.messages import Mark, Message, RoleNote
from ....model.observation import Observation
from ....model.spans import Span, spans_of
from .templates import quoted

USEFUL_CHARACTERS = 400
SHORTENED = "\n| [… shortened for length]"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model reads of what its member could see.

    Attributes:
        own: Of its own earlier messages.
        messages: Of others on this task.
        memory: Of organizational memory.
        marks: Of a shared board.
        unread: Ids of messages of others that were left out.
        unrecalled: Ids of memory that were left out.
        shortened: Messages of which only the beginning is read.
        unmarked: Marks that were left out.
    """

    own: tuple[str, ...]
    messages: tuple[str, ...]
    memory: tuple[str, ...]
    marks: tuple[str, ...]
    unread: tuple[Span, ...]
    unrecalled: tuple[Span, ...]
    shortened: int
    unmarked: int


def read(observation: Observation, tokens: int) -> Reading:
    """Choose what to read within a number of tokens, four characters to one."""
    purse = _Purse(4 * tokens)
    addressed = [m for m in observation.messages if m.to is not None]
    others = [m for m in observation.messages if m.to is None]
    own, _ = purse.take(observation.own)
    near, left_near = purse.take(addressed)
    marks = purse.stick(observation.marks)
    far, left_far = purse.take(others)
    memory, left_memory = purse.take(observation.memory)
    said = {**near, **far}
    return Reading(
        own=tuple(own.values()),
        messages=tuple(said[i] for i in sorted(said)),
        memory=tuple(memory.values()),
        marks=marks,
        unread=spans_of(sorted([*left_near, *left_far])),
        unrecalled=spans_of(left_memory),
        shortened=purse.shortened,
        unmarked=len(observation.marks) - len(marks),
    )


class _Purse:
    """Characters left to spend on messages."""

    def __init__(self, characters: int) -> None:
        self.left = characters
        self.shortened = 0

    def stick(self, marks: Sequence[Mark]) -> tuple[str, ...]:
        """Texts of the strongest marks that fit whole, in the order of the board."""
        kept: dict[int, str] = {}
        for place in sorted(range(len(marks)), key=lambda i: (-marks[i].strength, i)):
            text = marked(marks[place])
            if len(text) <= self.left:
                kept[place] = text
                self.left -= len(text)
        return tuple(kept[place] for place in sorted(kept))

    def take(self, messages: Iterable[Message]) -> tuple[dict[int, str], list[int]]:
        """Texts by message id, ascending, newest preferred; and the ids left out."""
        listed = list(messages)
        kept: dict[int, str] = {}
        for message in reversed(listed):
            text = shown(message)
            if len(text) > self.left:
                if self.left >= USEFUL_CHARACTERS:
                    kept[message.id] = text[: self.left].rstrip() + SHORTENED
                    self.shortened += 1
                self.left = 0
                break
            kept[message.id] = text
            self.left -= len(text)
        return (
            {i: kept[i] for i in sorted(kept)},
            [m.id for m in listed if m.id not in kept],
        )


@lru_cache(maxsize=8192)
def shown(message: Message) -> str:
    """A message as it stands in a prompt: a heading of ours, and a quotation."""
    content = message.content
    match content:
        case Contribution():
            head = f"Agent {message.author}, finished work, in the role:"
            return f"{head}\n{quoted(content.role)}\nThe work:\n{quoted(content.work)}"
        case Intention():
            focus = "".join(f"\n{quoted(f)}" for f in content.focus)
            return f"Agent {message.author} intends the role:\n{quoted(content.role)}{focus}"
        case Assignment():
            return f"Agent {message.author} assigns:\n{assigned(content)}"
        case RoleNote():
            task = quoted(content.task_id)[2:]
            return f"Agent {message.author} on an earlier task ({task}):\n{quoted(content.role)}"


def marked(mark: Mark) -> str:
    """A mark as it stands in a prompt."""
    work = f"\nThe work:\n{quoted(mark.work)}" if mark.work else ""
    return f"Strength {mark.strength:.2f}:\n{quoted(mark.topic)}{work}"


def assigned(assignment: Assignment) -> str:
    """An assignment as it stands in a prompt."""
    focus = "".join(f"\n{quoted(f)}" for f in assignment.focus)
    on = f"\nto work on:{focus}" if focus else ""
    phase = f" (phase {assignment.phase})" if assignment.phase != 1 else ""
    return f"the role{phase}:\n{quoted(assignment.role)}{on}"
