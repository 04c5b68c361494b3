"""Messages, the log they stand in, and views of it that cost nothing to make.

A team of N under Sequential has N²/2 visible pairs. So what a member sees is never copied: it is
a `View`, a few spans of ids over a shared append-only log, and that is also what is recorded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from .decision import Assignment, Contribution, Intention, Move, Saying
from .spans import Span, cut_out, spans_of


@dataclass(frozen=True, slots=True)
class RoleNote:
    """An entry of organizational memory: who took which role on which task."""

    role: str
    task_id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A trace on a shared board: what was done, not by whom.

    Attributes:
        topic: What it is about: a requirement's id, or a role in somebody's words. Not empty.
        strength: How fresh and how sure it is, 0 (gone) to 1.
        work: The work itself, where the mark carries it.
    """

    topic: str
    strength: float
    work: str = ""


Content = Contribution | Intention | Assignment | RoleNote | Saying | Move


def text_of(content: Content) -> str:
    """All that a message says, as text.

    Args:
        content: Of the message.
    """
    match content:
        case Contribution():
            return f"{content.role}\n{content.work}"
        case Intention() | Assignment():
            return "\n".join((content.role, *content.focus))
        case Saying():
            return content.text
        case Move():
            return content.note
        case RoleNote():
            return content.role


@dataclass(frozen=True, slots=True)
class Message:
    """Something a member said, as others may see it.

    Attributes:
        id: Its place in its log, from 0.
        author: The member that produced it.
        tick: When.
        round: The round of that tick, from 0.
        content: A contribution, an intention, an assignment, a saying, a move or a note of memory.
        to: The only member it is for, or None where it is for everyone let through.
    """

    id: int
    author: int
    tick: int
    round: int
    content: Content
    to: int | None = None


class Log:
    """An append-only sequence of messages, indexed by author."""

    __slots__ = ("_by_author", "_messages", "_to")

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._by_author: dict[int, list[int]] = {}
        self._to: dict[int, list[int]] = {}  # ids of messages for one member alone

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def __getitem__(self, index: int) -> Message:
        return self._messages[index]

    def post(
        self, author: int, tick: int, round_: int, content: Content, to: int | None = None
    ) -> Message:
        """Append a message and return it.

        Args:
            author: Who said it.
            tick: When.
            round_: Of that tick, from 0.
            content: What.
            to: The only member it is for; None for everyone let through.
        """
        place = len(self._messages)
        message = Message(place, author, tick, round_, content, to)
        self._messages.append(message)
        self._by_author.setdefault(author, []).append(place)
        if to is not None:
            self._to.setdefault(to, []).append(place)
        return message

    def ids_by(self, author: int) -> Sequence[int]:
        """Ids of one author's messages, ascending.

        Args:
            author: The member's id.
        """
        return self._by_author.get(author, ())

    @property
    def addressed(self) -> bool:
        """Whether any message is for one member alone."""
        return bool(self._to)

    def ids_to(self, member: int) -> Sequence[int]:
        """Ids of the messages for one member alone, ascending.

        Args:
            member: Its id.
        """
        return self._to.get(member, ())

    def so_far(self) -> View:
        """Everything posted until now; later posts don't enter it."""
        return View(self, ((0, len(self._messages)),) if self._messages else ())

    def since(self, start: int) -> View:
        """Everything from id `start` until now.

        Args:
            start: An id, 0 or more; there may be no such message yet.
        """
        stop = len(self._messages)
        return View(self, ((start, stop),) if start < stop else ())

    def only(self, ids: Iterable[int]) -> View:
        """The messages with these ids.

        Args:
            ids: Of messages of this log, in any order.
        """
        return View(self, spans_of(sorted(ids)))


class View(Sequence[Message]):
    """An immutable selection of a log, in the order of posting.

    Making one costs O(number of spans), iterating O(messages selected).

    Args:
        log: The log selected from.
        spans: Ascending, disjoint, non-empty `(start, stop)` ranges of ids.
    """

    __slots__ = ("_length", "_log", "spans")

    def __init__(self, log: Log, spans: tuple[Span, ...] = ()) -> None:
        self._log = log
        self.spans = spans
        length = 0
        for start, stop in spans:
            length += stop - start
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Message]:
        messages = self._log._messages
        for start, stop in self.spans:
            for i in range(start, stop):
                yield messages[i]

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...
    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(f"index={index} is outside a view of {self._length} messages")
        offset = index % self._length
        for start, stop in self.spans:
            if offset < stop - start:
                return self._log._messages[start + offset]
            offset -= stop - start
        raise AssertionError("unreachable: spans and length disagree")

    def newest(self, n: int) -> list[Message]:
        """The last `n` messages, newest first.

        Args:
            n: How many, 0 or more; all where there are fewer.
        """
        found: list[Message] = []
        for start, stop in reversed(self.spans):
            low = max(start, stop - (n - len(found)))
            found.extend(self._log._messages[low:stop][::-1])
            if len(found) == n:
                break
        return found

    def __contains__(self, message: object) -> bool:
        return isinstance(message, Message) and self.has(message.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self.spans)

    def __repr__(self) -> str:
        return f"View({list(self.spans)})"

    def has(self, message_id: int) -> bool:
        """Whether the message with this id is selected.

        Args:
            message_id: Of any message, of this log or not.
        """
        i = bisect_right(self.spans, message_id, key=lambda span: span[0]) - 1
        return i >= 0 and message_id < self.spans[i][1]

    def without(self, author: int) -> View:
        """The selected messages of everyone else.

        Args:
            author: The member that is left out.
        """
        ids = self._log.ids_by(author)
        return View(self._log, cut_out(self.spans, ids)) if ids else self

    def authored_by(self, authors: Collection[int]) -> View:
        """The selected messages of these authors, in O(the smaller of the two).

        Args:
            authors: Ids of members.
        """
        if not self.spans:
            return self
        if len(authors) >= self._length:
            return View(self._log, spans_of(m.id for m in self if m.author in authors))
        low, high = self.spans[0][0], self.spans[-1][1]
        found: list[int] = []
        for author in authors:  # an author's history may be long, the view short
            ids = self._log.ids_by(author)
            found += [i for i in ids[bisect_left(ids, low) : bisect_left(ids, high)] if self.has(i)]
        return View(self._log, spans_of(sorted(found)))

    def readable_by(self, reader: int) -> View:
        """The selected messages that are for everyone or for this member.

        Args:
            reader: The member's id.
        """
        if not self._log.addressed:
            return self
        return View(self._log, spans_of(m.id for m in self if m.to in (None, reader)))
