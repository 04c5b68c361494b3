"""Calls, tokens and seconds of a rehearsal, counted by model as prompts are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ....agents.llm.billing.estimate import likely_tokens
from ....agents.llm.billing.tokens import Tokens
from ....agents.llm.capabilities.capabilities import Capabilities, in_form
from ....agents.llm.local_engines import is_local
from ....agents.llm.models import ModelId
from ....agents.llm.prompting.composition import Messages
from ....agents.llm.prompting.templates import schema_text
from ....agents.llm.request import Mode, Request
from ....agents.llm.responses.speed import Speed
from .habits import Habits, Pace

CHARACTERS_PER_TOKEN = 4
"""Of what two prompts share, which is counted by character."""
CACHED_FROM, CACHED_STEP = 1024, 128
"""Providers read a prompt's beginning from a cache from so many tokens on, in such steps."""
REMEMBERED = 64
"""Prompts among which one that begins alike is looked for."""


@dataclass(frozen=True)
class Expectations:
    """What is known of the models that are called.

    Attributes:
        habits: By LiteLLM id; of models that are not there, the usual ones.
        speeds: Of models whose servers said them, by LiteLLM id.
        usual: Of models that nothing is known of.
    """

    habits: Mapping[str, Habits] = field(default_factory=dict)
    speeds: Mapping[str, Speed] = field(default_factory=dict)
    usual: Habits = field(default_factory=Habits)

    def of(self, model: str) -> Habits:
        """What is expected of a model.

        Args:
            model: LiteLLM id.
        """
        habits = self.habits.get(model, self.usual)
        speed = self.speeds.get(model, Speed())
        if habits.pace.known or not speed.reads or not speed.writes:
            return habits
        pace = Pace(0.0, 1.0 / speed.reads, 1.0 / speed.writes, known=True)
        return replace(habits, pace=pace)

    def bent(self, declines: float, words: float) -> Expectations:
        """Of models that nobody has heard yet, if they were otherwise than is usual.

        Args:
            declines: As `Habits.bent` takes it.
            words: Likewise.
        """
        return replace(self, usual=self.usual.bent(declines, words))


@dataclass
class Used:
    """What calls to one model took.

    Attributes:
        calls: Made, repeated ones included.
        tokens_in: Of prompts.
        tokens_out: Of answers.
        tokens_cached: Of prompts, what may be read from a cache.
        largest: The most that one call can use, in and out.
    """

    calls: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    tokens_cached: float = 0.0
    largest: tuple[int, int] = (0, 0)

    def over(self, runs: float) -> Used:
        """Of one of several runs, on average.

        Args:
            runs: Above 0; a part of one where only a part was played.
        """
        return Used(
            self.calls / runs,
            self.tokens_in / runs,
            self.tokens_out / runs,
            self.tokens_cached / runs,
            self.largest,
        )

    @property
    def of_a_call(self) -> Tokens:
        """Of one call, on average."""
        sums = (self.tokens_in, self.tokens_out, self.tokens_cached)
        return Tokens(*(round(value / max(self.calls, 1e-9)) for value in sums))


class Tally:
    """What a rehearsal takes.

    Args:
        expected: Of the models.

    Attributes:
        used: By LiteLLM id.
        busy_s: Seconds of all calls together.
        here_s: Seconds that the cores of this machine are busy for.
    """

    def __init__(self, expected: Expectations | None = None) -> None:
        self.expected = expected if expected is not None else Expectations()
        self.used: dict[str, Used] = {}
        self.busy_s = 0.0
        self.here_s = 0.0
        self._last: dict[str, str] = {}
        self._asked: dict[str, deque[str]] = {}

    def add(
        self, model: ModelId, asked: Messages, schema: str, tokens_out: float
    ) -> tuple[float, float]:
        """Count a decision; return its prompt tokens and its seconds.

        A model takes the schema beside the prompt until it is known not to; at worst the prompt
        holds it.

        Args:
            model: That is called.
            asked: Its messages.
            schema: Name of the answer's.
            tokens_out: Expected of the answer.
        """
        name = model.model
        habits = self.expected.of(name)
        likely, most = (
            Request(name, in_form(asked, takes, schema_text(schema)), schema, takes.mode,
                    model.calls.max_tokens)
            for takes in (Capabilities(), Capabilities(mode=Mode.PROMPT))
        )  # fmt: skip
        text = "".join(said for _, said in likely.messages)
        tokens_in = habits.tokens_in(likely_tokens(text))
        used = self.used.setdefault(name, Used())
        used.calls += habits.calls
        used.tokens_in += habits.calls * tokens_in
        used.tokens_out += habits.calls * tokens_out
        used.tokens_cached += habits.calls * self._cached(name, text, tokens_in)
        used.largest = max(used.largest, (most.most_tokens_in, most.max_tokens))
        return tokens_in, self._seconds(model, text, tokens_in, tokens_out)

    def _seconds(self, model: ModelId, text: str, tokens_in: float, tokens_out: float) -> float:
        """How long a decision takes; what a prompt shares with the last isn't read again."""
        habits = self.expected.of(model.model)
        shared = shared_beginning(text, self._last.get(model.model, "")) / max(1, len(text))
        self._last[model.model] = text
        seconds = habits.calls * habits.pace.seconds(tokens_in * (1 - shared), tokens_out)
        self.busy_s += seconds
        self.here_s += seconds * (is_local(model) and habits.pace.known)
        return seconds

    def _cached(self, model: str, text: str, tokens_in: float) -> int:
        """How much of a prompt a provider has read before, where it keeps beginnings."""
        before = self._asked.setdefault(model, deque(maxlen=REMEMBERED))
        shared = max((shared_beginning(text, other) for other in before), default=0)
        before.append(text)
        whole = int(min(shared // CHARACTERS_PER_TOKEN, tokens_in)) // CACHED_STEP * CACHED_STEP
        return whole if whole >= CACHED_FROM else 0


def shared_beginning(a: str, b: str) -> int:
    """How many characters two texts begin with alike, found by halving.

    Args:
        a: One.
        b: The other.
    """
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low
