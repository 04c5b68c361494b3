"""The seam where coordination is written: a protocol is a generator of rounds.

    class Sequential(Protocol):
        name = "sequential"
        def rounds(self, team):
            for member in team.members:
                yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far())

It yields a `Round` and is sent the replies. It calls no mind, does no I/O, reads no clock, and
draws only from `team.rng`; so the same protocol runs with instant minds and with hundreds of
model calls in flight, and a test can drive it by hand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import networkx as nx
import numpy as np

from .decision import Act, Assignment, Failure, Reply
from .errors import UnknownNameError
from .messages import Log, Mark, View
from .record import TickRecord
from .ruling import Amendment, Ruling

Replies = Mapping[int, Reply | Failure]
"""What each actor of a round answered."""

Rounds = Generator["Round", Replies, None]


@dataclass(frozen=True, slots=True)
class Marks:
    """A shared board as one member finds it.

    Attributes:
        shown: Its marks; the member learns no author.
        sources: The messages they were made of. The network must carry each of them to the
            member, or it must be its own; the member does not see them.
    """

    shown: tuple[Mark, ...]
    sources: View


@dataclass(frozen=True, slots=True)
class Round:
    """One step of a protocol: all its actors decide at once.

    Attributes:
        act: What they are asked.
        actors: Who acts, each once; not empty.
        sees: What the protocol lets each see of this tick, before the network narrows it: one
            view for all, or one for each actor (none for an actor left out).
        remembers: Whether organizational memory is open to them.
        assignments: Roles given by the protocol itself, by member.
        marks: What actors find on a shared board, by member.
        binding: Whether assignments posted earlier in the tick bind those they were for.
    """

    act: Act
    actors: tuple[int, ...]
    sees: View | Mapping[int, View] | None = None
    remembers: bool = False
    assignments: Mapping[int, Assignment] = field(default_factory=dict)
    marks: Mapping[int, Marks] = field(default_factory=dict)
    binding: bool = True

    def view_of(self, member: int) -> View | None:
        """What the protocol lets one actor see.

        Args:
            member: One of the actors.
        """
        sees = self.sees
        if sees is None or isinstance(sees, View):
            return sees
        return sees.get(member)


def _nobody_rules(amendment: Amendment) -> Ruling:
    return Ruling(amendment, False, "no organization is there to rule", 0)


@dataclass(frozen=True)
class Team:
    """What a protocol knows of the team it coordinates.

    Attributes:
        members: Ids in activation order, ascending.
        graph: The interaction network, read-only; nodes are member ids.
        tick: Ticks played before this one.
        domains: Domains of the whole task stream, known before any task is.
        log: This tick's messages so far.
        rng: The protocol's own generator for this tick.
        past: The records of all earlier ticks, oldest first. They may name members that have
            left since.
        propose: Proposes a change of the organization's own rules and says what became of it;
            ring 1 is always refused. See `model/governance/constitution.py`.
        task_domains: Domains of this tick's task, or the stream's where the task names none. No
            mind is told them: who uses them assigns from outside.
    """

    members: tuple[int, ...]
    graph: nx.Graph[int]
    tick: int
    domains: tuple[str, ...]
    log: Log
    rng: np.random.Generator
    past: Sequence[TickRecord] = ()
    propose: Callable[[Amendment], Ruling] = _nobody_rules
    task_domains: tuple[str, ...] = ()


class Protocol(ABC):
    """Who acts when, and who may see what. Parameters are keyword-only in `__init__`.

    Attributes:
        name: What users type; kebab-case.
        symmetric: True where relabelling the members only relabels the outcome (on a complete
            network); the conformance suite then checks it.
        grows: True where members' skills grow with practice unless the user says otherwise.
        choices: What options may be that take one of a few names, by option, for lists and checks.
    """

    plugin_kind: ClassVar[str] = "protocols"
    name: ClassVar[str]
    symmetric: ClassVar[bool] = False
    grows: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def chosen(self, option: str, value: str) -> str:
        """The value of an option that is one of a few names.

        Args:
            option: One of `choices`.
            value: As users type it.

        Raises:
            UnknownNameError: It is none of them.
        """
        if value not in self.choices[option]:
            raise UnknownNameError(f"protocol={self.name}: {option}", value, self.choices[option])
        return value

    @abstractmethod
    def rounds(self, team: Team) -> Rounds:
        """Yield the rounds of one tick; each `yield` gives the replies of its actors.

        Args:
            team: The members, their network and this tick's messages.
        """

    def max_calls(self, n_members: int) -> int:
        """The most decisions one tick may take, for budgets and the conformance suite.

        Args:
            n_members: Members of the team, 1 or more.
        """
        return 2 * n_members + 1

    def sees_at_close(self, team: Team) -> View | None:
        """What members may see when a task's answers or moves are asked for after the last round.

        Args:
            team: The members, their network and this tick's messages.

        Returns:
            A view, which the network narrows; None for what each has seen until then.
        """
        return None

    @property
    def label(self) -> str:
        """Name and parameters as users type them: `relay:first=0.25`."""
        given = ",".join(f"{k}={v}" for k, v in self.parameters.items())
        return f"{self.name}:{given}" if given else self.name

    @property
    def parameters(self) -> dict[str, Any]:
        """The public attributes set in `__init__`, for the record."""
        return {k: v for k, v in vars(self).items() if not k.startswith("_")}
