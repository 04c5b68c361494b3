"""What a run of real models will take, before anything is paid: a rehearsal with synthetic minds.

One task of each kind of run is played by synthetic minds whose contributions have the length that
real ones are asked for; for every decision the real prompt is written and measured. So the forecast
knows the protocol, the network and the growth of the context, and guesses only what models do.
Shocks and trials are left out: it is the forecast of the team as it begins.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ....agents.llm.billing.price import Price
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
from ....agents.llm.service import Service
from ....model.decision import Answer, Contribution, Usage
from ....model.judge import Judge, Submission, Verdict
from ....model.mind import Mind
from ....model.observation import Observation
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..format import counted
from ..specs.minds import is_called, keeps_answers, own_mind, parse_team

CHARACTERS_PER_TOKEN = 4
REHEARSED_BY = "synthetic/strong"
TOKENS_PER_WORD = 1.4
SHARE_OF_LONGEST = 0.6
"""Work is about so long, of the longest that is asked for; other answers are a fifth of that."""
EPSILON = 1e-9
"""Rounding."""
TOKENS_PER_S = 60.0
FIRST_TOKEN_S = 1.0
"""A guess at a hosted model's speed; probing it would measure the network."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected, judges included.

    Attributes:
        calls: To models.
        tokens_in: Prompt tokens.
        tokens_out: Completion tokens.
        cost_usd: US dollars; None where a price is unknown.
        time_s: Seconds, at the speed that the probe showed, else a guessed one, and within the rate
            given.
        largest_usd: The most that one call may cost; a budget must cover it.
        budget_usd: What may be spent; None for any.
        unpriced: Models without a known price.
        buys: What the rest of the budget buys, in words, where it doesn't buy all; else empty.
    """

    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    time_s: float
    largest_usd: float = 0.0
    budget_usd: float | None = None
    unpriced: tuple[str, ...] = ()
    buys: str = ""

    def line(self) -> str:
        """One line for people."""
        cost = "price unknown" if self.cost_usd is None else f"about ${self.cost_usd:.2f}"
        if self.unpriced:
            cost += f" (no price for {', '.join(self.unpriced)})"
        budget = "" if self.budget_usd is None else f", budget ${self.budget_usd:g}"
        return (
            f"forecast: {self.calls:,} calls, {self.tokens_in:,} tokens in, "
            f"{self.tokens_out:,} out, {cost}{budget}, {_duration(self.time_s)} or so"
        )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


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
        words = int(SHARE_OF_LONGEST * longest)
        if isinstance(said, Contribution):
            said = replace(said, work="word " * words)
        else:
            words //= 5
        tokens_out = int(TOKENS_PER_WORD * words)
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
        self.tokens: dict[str, tuple[int, int]] = {}
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
        pairs = enumerate(zip(text, last, strict=False))
        shared = next((k for k, (a, b) in pairs if a != b), min(len(text), len(last)))
        self._last[model.model] = text
        tokens_in = (len(text) - shared) / CHARACTERS_PER_TOKEN
        seconds = tokens_in / speed.reads + tokens_out / speed.writes
        self.here_s += seconds * is_local(model)
        return seconds

    def add(self, model: ModelId, asked: Messages, schema: str, tokens_out: int) -> int:
        """Count a call; return its prompt tokens, which are most where it holds the schema.

        Args:
            model: That is called.
            asked: Its messages.
            schema: Name of the answer's.
            tokens_out: Expected of the answer.
        """
        name = model.model
        messages = in_form(asked, Capabilities(mode=Mode.PROMPT), schema_text(schema))
        request = Request(name, messages, schema, Mode.PROMPT, model.calls.max_tokens)
        a, b = self.tokens.get(name, (0, 0))
        self.calls[name] += 1
        self.tokens[name] = (a + request.likely_tokens_in, b + tokens_out)
        most = self.largest.get(name, (0, 0))
        self.largest[name] = max(most, (request.most_tokens_in, request.max_tokens))
        return request.likely_tokens_in


def forecast(runs: Sequence[tuple[RunConfig, int]], service: Service, at_once: int = 1) -> Forecast:
    """What runs will take.

    Args:
        runs: Configurations and how many ticks of each are still to be played.
        service: Knows prices.
        at_once: Runs that are played at the same time.
    """
    client = service.client
    rehearsed: dict[RunConfig, tuple[Tally, float]] = {}
    calls = tokens_in = tokens_out = 0
    cost, seconds, here_s = 0.0, 0.0, 0.0
    slots = max(client.sender.most_at.values(), default=1)
    largest = 0.0
    unpriced: dict[str, None] = {}
    costs: list[tuple[int, int, float]] = []
    for config, ticks in runs:
        before = cost
        kind = config.replace(seed=0, ticks=1, shock="", tune="")
        if kind not in rehearsed:
            rehearsed[kind] = rehearse(kind, client.speeds)
        tally, slowest_s = rehearsed[kind]
        seconds += slowest_s * ticks
        here_s += tally.here_s * ticks / slots
        for model, (a, b) in tally.tokens.items():
            price: Price | None = client.price(model)
            calls += ticks * tally.calls[model]
            tokens_in += ticks * a
            tokens_out += ticks * b
            if price is None:
                unpriced[model] = None
            else:
                cost += ticks * price.of(Tokens(a, b))
                largest = max(largest, price.worst(*tally.largest[model]))
        costs.append((config.tasks.seed, ticks, cost - before))
    seconds = max(seconds / max(1, at_once), here_s)  # all runs share the cores
    if client.calls.rpm is not None:
        seconds = max(seconds, 60.0 * calls / client.calls.rpm)
    if client.calls.tpm is not None:
        seconds = max(seconds, 60.0 * (tokens_in + tokens_out) / client.calls.tpm)
    known = cost if cost or not unpriced else None
    budget = client.calls.budget_usd
    buys = ""
    if budget is not None and not unpriced:
        buys = bought(costs, budget - client.budget.spent_usd)
    return Forecast(
        calls, tokens_in, tokens_out, known, seconds, largest, budget, tuple(unpriced), buys
    )


def bought(costs: Sequence[tuple[int, int, float]], left_usd: float) -> str:
    """What a budget buys of runs that are played replicate by replicate.

    Args:
        costs: Of each run its seed, its ticks and its cost in US dollars.
        left_usd: What may still be spent.

    Returns:
        A sentence; empty where it buys all.
    """
    if math.fsum(usd for _, _, usd in costs) <= left_usd:
        return ""
    left_usd = max(0.0, left_usd)
    if len(costs) == 1:
        _, ticks, usd = costs[0]
        enough = int(ticks * left_usd / usd + EPSILON)
        return f"the budget buys about {enough} of {counted(ticks, 'tick')}"
    by_seed: dict[int, list[float]] = {}
    for seed, _, usd in costs:
        by_seed.setdefault(seed, []).append(usd)
    spent = list(accumulate(usd for replicate in by_seed.values() for usd in replicate))
    ends = accumulate(map(len, by_seed.values()))
    whole = sum(spent[end - 1] <= left_usd * (1 + EPSILON) for end in ends)
    runs = sum(usd <= left_usd * (1 + EPSILON) for usd in spent)
    return (
        f"the budget buys about {whole} of {counted(len(by_seed), 'replicate')} of every cell, "
        f"{runs} of {len(costs)} runs; they are played replicate by replicate until it is spent"
    )


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
