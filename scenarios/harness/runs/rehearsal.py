"""One task played by synthetic minds, while the prompts that models would get are measured.

Contributions have the length that models give them; for every decision the real prompt is written.
So a rehearsal knows the protocol, the network and the growth of the context, and guesses only what
models do. Shocks and trials are left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ....agents.llm.billing.tokens import Tokens
from ....agents.llm.capabilities.capabilities import Capabilities, in_form
from ....agents.llm.local_engines import is_local
from ....agents.llm.local_models import MOST_WORDS
from ....agents.llm.models import ModelId, parse_model
from ....agents.llm.prompting.composition import Messages, compose, schema_name_of
from ....agents.llm.prompting.templates import schema_text
from ....agents.llm.prompting.verdict import VerdictRequest, compose_verdict
from ....agents.llm.request import Mode, Request
from ....agents.llm.responses.speed import Speed
from ....model.decision import Abstention, Answer, Contribution, Intention, Plan, Usage
from ....model.judge import Judge, Submission, Verdict
from ....model.mind import Mind
from ....model.observation import Observation
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..specs.minds import is_called, keeps_answers, own_mind, parse_team

CHARACTERS_PER_TOKEN = 4
REHEARSED_BY = "synthetic/strong"
TOKENS_PER_WORD = 1.4
SHARE_OF_LONGEST, USUAL_WORDS = 0.6, 90
"""Work is about so long, of the longest that is asked for, and not longer than models usually make
it: measured on recorded models."""
AROUND_WORK = 40
"""Tokens of an answer beside its work: role, references, reason, confidence."""
OTHERWISE = {Plan: 30, Abstention: 45, Intention: 60}
"""Tokens of other answers; of a plan without its assignments."""
ASSIGNED, SPOKEN = 45, 40
"""Tokens of an assignment, and of what is said, answered or moved."""
CACHED_FROM, CACHED_STEP = 1024, 128
"""Providers read a prompt's beginning from a cache from so many tokens on, in such steps."""
REMEMBERED = 64
"""Prompts among which one that begins alike is looked for."""
TOKENS_PER_S = 60.0
FIRST_TOKEN_S = 1.0
"""A guess at a hosted model's speed; probing it would measure the network."""


def stand_in(mind: Mind) -> Mind:
    """What rehearses for a mind that isn't called: itself, unless it may cost something.

    Args:
        mind: Of a family, or a user's own.
    """
    return own_mind(REHEARSED_BY) if keeps_answers([mind]) else mind


class _Rehearsing(Mind):
    """Decides as a synthetic mind and measures the prompt that a real one would get."""

    instant = True

    def __init__(self, model: ModelId, tally: Tally) -> None:
        self._inner = own_mind(REHEARSED_BY)
        self.world = self._inner.world
        self.name = model.name
        self._model = model
        self._tally = tally

    def decide(self, observation: Observation) -> Answer:
        calls = self._model.calls
        longest = min(calls.max_words, MOST_WORDS) if is_local(self._model) else calls.max_words
        prompt = compose(observation, context_tokens=calls.context_tokens, max_words=longest)
        reply = self._inner.decide(observation)
        assert isinstance(reply, Answer)
        said = reply.reply
        if isinstance(said, Contribution):
            words = int(min(SHARE_OF_LONGEST * longest, USUAL_WORDS))
            said = replace(said, work="word " * words)
            tokens_out = AROUND_WORK + int(TOKENS_PER_WORD * words)
        else:
            tokens_out = OTHERWISE.get(type(said), SPOKEN)
        if isinstance(said, Plan):
            tokens_out += ASSIGNED * len(said.assignments)
        seconds = self._tally.seconds(self._model, prompt.messages, tokens_out)
        schema = schema_name_of(observation)
        tokens_in = self._tally.add(self._model, prompt.messages, schema, tokens_out)
        return Answer(said, Usage(1, tokens_in, tokens_out, None, seconds))


class _RehearsingJudge(Judge):
    """Measures the prompts of a panel."""

    instant = True

    def __init__(self, models: Sequence[ModelId], tally: Tally) -> None:
        self._models = models
        self._tally = tally

    def appraise(self, submission: Submission) -> Verdict:
        for i, model in enumerate(self._models if submission.works else ()):
            prompt = compose_verdict(VerdictRequest(submission, i))
            tokens_out = 20 * len(submission.task.rubric) + 200
            self._tally.add(model, prompt.messages, "verdict", tokens_out)
        return Verdict()


class Tally:
    """Calls and tokens by model.

    Args:
        speeds: Of models whose servers said it, by LiteLLM id.
    """

    def __init__(self, speeds: Mapping[str, Speed] | None = None) -> None:
        self.here_s = 0.0  # what the cores of this machine are busy for
        self._speeds = speeds or {}
        self._last: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self.tokens: dict[str, Tokens] = {}
        self._asked: dict[str, deque[str]] = {}
        self.largest: dict[str, tuple[int, int]] = {}  # the most a call can use, in and out

    def seconds(self, model: ModelId, asked: Messages, tokens_out: int) -> float:
        """How long a call takes, where what it shares with the one before it is not read again.

        Args:
            model: That is called.
            asked: Its messages.
            tokens_out: Expected of the answer.
        """
        speed = self._speeds.get(model.model, Speed())
        if not speed.reads or not speed.writes:
            return FIRST_TOKEN_S + tokens_out / TOKENS_PER_S
        text = "".join(text for _, text in asked)
        last = self._last.get(model.model, "")
        shared = _shared(text, last)
        self._last[model.model] = text
        tokens_in = (len(text) - shared) / CHARACTERS_PER_TOKEN
        seconds = tokens_in / speed.reads + tokens_out / speed.writes
        self.here_s += seconds * is_local(model)
        return seconds

    def add(self, model: ModelId, asked: Messages, schema: str, tokens_out: int) -> int:
        """Count a call; return its prompt tokens.

        A model takes the schema beside the prompt until it is known not to; at worst the prompt
        holds it.

        Args:
            model: That is called.
            asked: Its messages.
            schema: Name of the answer's.
            tokens_out: Expected of the answer.
        """
        name = model.model
        likely, most = (
            Request(name, in_form(asked, takes, schema_text(schema)), schema, takes.mode,
                    model.calls.max_tokens)
            for takes in (Capabilities(), Capabilities(mode=Mode.PROMPT))
        )  # fmt: skip
        tokens_in = likely.likely_tokens_in
        self.calls[name] += 1
        new = Tokens(tokens_in, tokens_out, self._cached(name, asked, tokens_in))
        self.tokens[name] = self.tokens.get(name, Tokens()) + new
        largest = self.largest.get(name, (0, 0))
        self.largest[name] = max(largest, (most.most_tokens_in, most.max_tokens))
        return tokens_in

    def _cached(self, model: str, asked: Messages, tokens_in: int) -> int:
        """How much of a prompt a provider has read before, where it keeps beginnings."""
        text = "".join(text for _, text in asked)
        before = self._asked.setdefault(model, deque(maxlen=REMEMBERED))
        shared = max((_shared(text, other) for other in before), default=0)
        before.append(text)
        whole = min(shared // CHARACTERS_PER_TOKEN, tokens_in) // CACHED_STEP * CACHED_STEP
        return whole if whole >= CACHED_FROM else 0


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with alike, found by halving."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low


def rehearse(config: RunConfig, speeds: Mapping[str, Speed] | None = None) -> tuple[Tally, float]:
    """Play one tick with synthetic minds; what it asks of each model, and how long it takes in s.

    Args:
        config: The run.
        speeds: Of models whose servers said it, by LiteLLM id.
    """
    tally = Tally(speeds or {})
    calls, team = config.calls, config.team
    minds: list[Mind] | None = None
    if isinstance(team.model, Mind):
        minds = [stand_in(team.model)] * team.agents
    elif not isinstance(team.model, str):
        minds = [stand_in(mind) for mind in team.model]
    else:
        made: dict[str, Mind] = {
            name: _Rehearsing(parse_model(name, calls), tally)
            if is_called(name)
            else stand_in(own_mind(name))
            for name in team.models
        }
        parts = parse_team(team.model, team.agents)
        minds = [made[part.model] for part in parts for _ in range(part.members)]
    judges = [parse_model(j, calls) for j in config.judges]
    org = organization_of(
        config, minds=minds, judge=_RehearsingJudge(judges, tally) if judges else "none"
    )
    org.step()
    return tally, org.records[0].totals.critical_path_s
