"""What a mind can answer, as frozen values.

    act          answers with
    PLAN         Plan | Abstention
    INTEND       Intention | Abstention
    CONTRIBUTE   Contribution | Abstention
    AMEND        Amendment | Abstention
    SAY          Saying | Abstention
    ANSWER       FinalAnswer | Abstention
    MOVE         Move | Abstention

Anything else, an exception or a missed deadline becomes a `Failure`, which is a value too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from .ground_truth.values import Value
from .ruling import Amendment

PLAIN = (float, int)
"""Numbers that JSON writes exactly; numpy's are not among them."""


class Act(StrEnum):
    """What a round asks of its actors."""

    PLAN = "plan"
    INTEND = "intend"
    CONTRIBUTE = "contribute"
    AMEND = "amend"
    SAY = "say"
    ANSWER = "answer"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A piece of synthetic work: which requirement it addresses and how well.

    Attributes:
        requirement: The requirement's id.
        quality: 0 (worthless) to 1 (flawless), as the synthetic world made it.

    Raises:
        ValueError: The requirement is no text, or the quality no plain number of 0 to 1.
    """

    requirement: str
    quality: float

    def __post_init__(self) -> None:
        """Check at the source, where the mind's author sees it."""
        if type(self.requirement) is not str:
            raise ValueError(f"requirement={self.requirement!r} is not text")
        if type(self.quality) not in PLAIN or not 0 <= self.quality <= 1:  # NaN fails too
            raise ValueError(f"quality={self.quality!r} is not a plain number, 0 to 1")


@dataclass(frozen=True, slots=True)
class Contribution:
    """A member did some of the work.

    Attributes:
        role: The role it took, in its own words (or those it was given). Not empty.
        work: The finished output, as text.
        builds_on: Ids of the members whose visible work it used, each once.
        confidence: 0 to 1, or None where the mind does not say.
        items: The structured form of synthetic work; empty for real minds.
        answer: Its answer to a task that code scores; None where it gives none.
    """

    role: str
    work: str
    builds_on: tuple[int, ...] = ()
    confidence: float | None = None
    items: tuple[WorkItem, ...] = ()
    answer: Value | None = None


@dataclass(frozen=True, slots=True)
class Abstention:
    """A member declined of its own accord.

    Attributes:
        reason: Why, in its own words.
    """

    reason: str


def normalised(role: str) -> str:
    """A role's or topic's name with case and spacing evened out.

    Args:
        role: As worded.
    """
    return " ".join(role.casefold().split())


@dataclass(frozen=True, slots=True)
class Intention:
    """A role a member means to take, said before anybody works.

    Attributes:
        role: The intended role. Not empty.
        focus: Requirements or topics it would take on, as far as it names them.
    """

    role: str
    focus: tuple[str, ...] = ()

    @property
    def topics(self) -> dict[str, str]:
        """What it is about, as worded, by evened-out name: its focus, or its role without one."""
        named = [topic for topic in self.focus if topic.strip()] or [self.role]
        return {normalised(topic): topic for topic in named}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role given to a member from outside.

    Attributes:
        member: Who gets it.
        role: The role's name. Not empty.
        focus: What to work on: requirement ids or domains, empty where left open.
        phase: 1-based place in the planner's order; informs, does not schedule.
    """

    member: int
    role: str
    focus: tuple[str, ...] = ()
    phase: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A coordinator's division of the work; members without an assignment are left out.

    Attributes:
        assignments: At most one for each member.
    """

    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """Something said to others, and no work.

    Attributes:
        text: Not empty.
        to: Whom it is for; everyone let through where empty.
    """

    text: str
    to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """A member's answer to a task that code scores. Nobody else sees it.

    Attributes:
        value: None where the kernel found that it breaks the answer's form.
    """

    value: Value | None


@dataclass(frozen=True, slots=True)
class Move:
    """An action in a task whose state moves.

    Attributes:
        action: One of those allowed; empty where the kernel found that it is none of them.
        note: What it says to others meanwhile; empty for nothing.
    """

    action: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that gave no usable reply.

    Attributes:
        kind: `error` (the mind raised), `timeout` (past its deadline), `reply` (nonsense) or
            `protocol` (the protocol itself broke).
        cause: One line.
    """

    kind: str
    cause: str


Reply = Plan | Intention | Contribution | Abstention | Amendment | Saying | FinalAnswer | Move
"""What a mind may answer."""

ALLOWED: dict[Act, tuple[type, ...]] = {
    Act.PLAN: (Plan, Abstention),
    Act.INTEND: (Intention, Abstention),
    Act.CONTRIBUTE: (Contribution, Abstention),
    Act.AMEND: (Amendment, Abstention),
    Act.SAY: (Saying, Abstention),
    Act.ANSWER: (FinalAnswer, Abstention),
    Act.MOVE: (Move, Abstention),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What one decision cost. Synthetic minds model these numbers and say so.

    Attributes:
        calls: Model calls made, repairs and retries included.
        tokens_in: Prompt tokens.
        tokens_out: Completion tokens.
        cost_usd: US dollars, or None where no price is known.
        latency_s: Seconds from request to answer.
        tokens_cached: Of the prompt tokens, those that were read from a cache; None where nobody
            counted.
        cost_usd_uncached: US dollars without discounts for them; None where it is the same.

    Raises:
        ValueError: A count that is not whole, or a number that is not finite or below 0.
    """

    calls: int = 1
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    latency_s: float = 0.0
    tokens_cached: int | None = None
    cost_usd_uncached: float | None = None

    def __post_init__(self) -> None:
        """Check at the source, where the mind's author sees it."""
        counts = (self.calls, self.tokens_in, self.tokens_out)
        if not (type(self.calls) is type(self.tokens_in) is type(self.tokens_out) is int):
            raise ValueError(f"calls, tokens_in, tokens_out = {counts!r} are not plain integers")
        if min(counts) < 0:
            raise ValueError(f"calls, tokens_in, tokens_out = {counts!r} must be 0 or more")
        cached = self.tokens_cached
        if cached is not None and (type(cached) is not int or not 0 <= cached <= self.tokens_in):
            raise ValueError(
                f"tokens_cached={self.tokens_cached!r} is not a plain integer of 0 to "
                f"tokens_in={self.tokens_in}"
            )
        if type(self.latency_s) not in PLAIN or not 0 <= self.latency_s < inf:
            raise ValueError(f"latency_s={self.latency_s!r} is not a plain number of 0 or more")
        for name, cost in (
            ("cost_usd", self.cost_usd),
            ("cost_usd_uncached", self.cost_usd_uncached),
        ):
            if cost is not None and (type(cost) not in PLAIN or not 0 <= cost < inf):
                raise ValueError(f"{name}={cost!r} is not a plain number of 0 or more")

    @property
    def uncached_usd(self) -> float | None:
        """US dollars without discounts; None where no price is known."""
        return self.cost_usd if self.cost_usd_uncached is None else self.cost_usd_uncached


NO_CALLS = Usage(calls=0)


@dataclass(frozen=True, slots=True)
class Trace:
    """How a decision was obtained from a model.

    Attributes:
        prompts: Version and hash of the prompt texts.
        request: Digest of the request that was answered; the journal holds it in full.
        unread: Ids of messages of others that were left out of the prompt for length.
        unrecalled: Ids of organizational memory that were left out.
        shortened: Messages of which only the beginning was in the prompt.
        repairs: Answers that could not be used before this one.
        unmarked: Marks on the board that were left out for length.
        mended: Places in which the answer had to be put right before it could be read.
    """

    prompts: str
    request: str
    unread: tuple[tuple[int, int], ...] = ()
    unrecalled: tuple[tuple[int, int], ...] = ()
    shortened: int = 0
    repairs: int = 0
    unmarked: int = 0
    mended: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and what it cost. A mind may return a bare reply where it costs nothing known.

    Attributes:
        reply: The decision, or why there is none.
        usage: What it cost.
        trace: How it was obtained, for minds that ask a model.
    """

    reply: Reply | Failure
    usage: Usage = Usage()
    trace: Trace | None = None
