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

from ....model.decision import Assignment, Contribution, Intention, Move, Saying
from ....model.messages import Mark, Message, RoleNote
from ....model.observation import Observation
from ....model.spans import Span, spans_of
from .templates import quoted, quoted_title

CHARACTERS_PER_TOKEN = 4
USEFUL_CHARACTERS = 400
"""Of a message: fewer are not worth reading."""
SHORTENED = "\n| [… shortened for length]"


@dataclass(frozen=True, slots=True)
class ContextWindow:
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
        authors: Of finished work among the messages, ascending.
    """

    own: tuple[str, ...]
    messages: tuple[str, ...]
    memory: tuple[str, ...]
    marks: tuple[str, ...]
    unread: tuple[Span, ...]
    unrecalled: tuple[Span, ...]
    shortened: int
    unmarked: int
    authors: tuple[int, ...]

    @property
    def read(self) -> int:
        """About how many tokens all of it has."""
        texts = (*self.own, *self.messages, *self.memory, *self.marks)
        return sum(map(len, texts)) // CHARACTERS_PER_TOKEN


def fit(observation: Observation, tokens: int) -> ContextWindow:
    """Choose what is read.

    Args:
        observation: All there is to read.
        tokens: For all of it, four characters to one; 0 or more.
    """
    space = _Space(CHARACTERS_PER_TOKEN * tokens)
    addressed = [m for m in observation.messages if m.to is not None]
    others = [m for m in observation.messages if m.to is None]
    own, _ = space.fit_messages(observation.own)
    near, left_near = space.fit_messages(addressed)
    marks = space.fit_marks(observation.marks)
    far, left_far = space.fit_messages(others)
    memory, left_memory = space.fit_messages(observation.memory)
    said = {**near, **far}
    return ContextWindow(
        own=tuple(own.values()),
        messages=tuple(said[i] for i in sorted(said)),
        memory=tuple(memory.values()),
        marks=marks,
        unread=spans_of(sorted([*left_near, *left_far])),
        unrecalled=spans_of(left_memory),
        shortened=space.shortened,
        unmarked=len(observation.marks) - len(marks),
        authors=tuple(
            sorted({m.author for m in (*addressed, *others) if _is_work(m) and m.id in said})
        ),
    )


def _is_work(message: Message) -> bool:
    return isinstance(message.content, Contribution)


class _Space:
    """Characters left, and how many messages had to be shortened."""

    def __init__(self, characters: int) -> None:
        self.left = characters
        self.shortened = 0

    def fit_marks(self, marks: Sequence[Mark]) -> tuple[str, ...]:
        """Texts of the strongest marks that fit whole, in the order of the board."""
        kept: dict[int, str] = {}
        for place in sorted(range(len(marks)), key=lambda i: (-marks[i].strength, i)):
            text = render_mark(marks[place])
            if len(text) <= self.left:
                kept[place] = text
                self.left -= len(text)
        return tuple(kept[place] for place in sorted(kept))

    def fit_messages(self, messages: Iterable[Message]) -> tuple[dict[int, str], list[int]]:
        """Texts by message id, ascending, newest preferred; and the ids left out."""
        listed = list(messages)
        kept: dict[int, str] = {}
        for message in reversed(listed):
            text = render_message(message)
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
def render_message(message: Message) -> str:
    """A message as it stands in a prompt: a heading of ours, and a quotation.

    Args:
        message: Of anybody.
    """
    author, content = f"Agent {message.author}", message.content
    match content:
        case Contribution():
            role, work = quoted(content.role), quoted(content.work)
            said = f"{author}, finished work, in the role:\n{role}\nThe work:\n{work}"
            answer = content.answer
            return said if answer is None else f"{said}\nIts answer:\n{quoted(str(answer))}"
        case Intention():
            return f"{author} intends the role:\n{quoted(content.role)}{_focus(content.focus)}"
        case Assignment():
            return f"{author} assigns:\n{render_assignment(content)}"
        case Saying(text=text) | Move(note=text):
            return f"{author} says:\n{quoted(text)}"
        case RoleNote():
            task = quoted_title(content.task_id)
            return f"{author} on an earlier task ({task}):\n{quoted(content.role)}"


def render_mark(mark: Mark) -> str:
    """A mark as it stands in a prompt.

    Args:
        mark: On a shared board.
    """
    work = f"\nThe work:\n{quoted(mark.work)}" if mark.work else ""
    return f"Strength {mark.strength:.2f}:\n{quoted(mark.topic)}{work}"


def render_assignment(assignment: Assignment) -> str:
    """An assignment as it stands in a prompt.

    Args:
        assignment: To whoever reads it, or to a colleague.
    """
    on = f"\nto work on:{_focus(assignment.focus)}" if assignment.focus else ""
    phase = f" (phase {assignment.phase})" if assignment.phase != 1 else ""
    return f"the role{phase}:\n{quoted(assignment.role)}{on}"


def _focus(parts: tuple[str, ...]) -> str:
    return "".join(f"\n{quoted(part)}" for part in parts)
