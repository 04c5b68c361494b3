"""A mind that asks a language model."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.decision import Answer, Failure, Reply, Trace, Usage
from ...model.mind import Mind
from ...model.observation import Observation
from .calling.capabilities import Probes, Takes
from .calling.client import Client
from .calling.request import CallFailed, Completion, Request, Site
from .calling.retry import Clock
from .models import ModelId
from .parsing.answers import SHAPES, Unusable, reply_in
from .prompting.composition import Asked, Messages, ask, repair
from .prompting.templates import prompts_id
from .settings import TEMPERATURE

FEWEST_CONTEXT_TOKENS = 500
REPAIRS = 1


@dataclass
class Spent:
    """What the calls of one decision cost together."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_s: float = 0.0

    def add(self, answer: Completion) -> None:
        """Count an answer."""
        self.tokens_in += answer.tokens_in
        self.tokens_out += answer.tokens_out
        self._add(answer.attempts, answer.cost_usd, answer.latency_s)

    def add_failure(self, failure: CallFailed) -> None:
        """Count a call that gave none."""
        self._add(failure.attempts, failure.cost_usd, failure.latency_s)

    def join(self, other: Spent) -> None:
        """Count what was spent elsewhere at the same time, so its latency doesn't add."""
        self.tokens_in += other.tokens_in
        self.tokens_out += other.tokens_out
        self._add(other.calls, other.cost_usd, 0.0)

    def _add(self, calls: int, cost_usd: float | None, latency_s: float) -> None:
        self.calls += calls
        known = self.cost_usd is not None and cost_usd is not None
        self.cost_usd = self.cost_usd + cost_usd if known else None  # type: ignore[operator]
        self.latency_s += latency_s

    @property
    def usage(self) -> Usage:
        """As records hold it."""
        return Usage(
            self.calls, self.tokens_in, self.tokens_out, self.cost_usd, round(self.latency_s, 4)
        )


class LanguageModel(Mind):
    """Decides by asking a model; keeps its own deadline, through its client.

    Args:
        model: Which, and how it is called.
        client: Calls it.
        probes: Knows what it takes.
        run: Which run of a comparison this mind belongs to; part of the key of its calls.
    """

    synthetic = False
    paced = True

    def __init__(self, model: ModelId, client: Client, probes: Probes, run: str = "") -> None:
        self.name = model.name
        self.model = model
        self.client = client
        self._probes = probes
        self._run = run

    def rejoin(self) -> None:
        """Send again, if a `Halt` ended the last tick."""
        self.client.resume()

    async def decide(self, observation: Observation) -> Answer:
        """Ask, and once more where the answer can't be used or the prompt is too long.

        Returns:
            A `Failure` where there is no usable answer; never a default.
        """
        takes = await self._probes.takes(self.model)
        calls = self.model.calls
        spent, clock = Spent(), Clock(self.client.timeout_s)
        call, context, repairs = 0, calls.context_tokens, 0
        asked = self._asked(observation, takes, context)
        messages = asked.messages
        reply: Reply | Failure
        while True:
            request = self._request(observation, messages, takes)
            try:
                site = self._site(observation, call)
                answer = await self.client.complete(site, request, calls.api_base, clock)
            except CallFailed as failed:
                spent.add_failure(failed)
                if failed.kind == "length" and context > FEWEST_CONTEXT_TOKENS:
                    context //= 2
                    asked = self._asked(observation, takes, context)
                    messages, call = asked.messages, call + 1
                    continue
                reply = Failure(failed.kind, str(failed))
                break
            spent.add(answer)
            try:
                reply = _reply(answer, observation, request.max_tokens)
                break
            except Unusable as fault:
                if repairs == REPAIRS:
                    reply = Failure("reply", f"the answer could not be used: {fault}")
                    break
                repairs += 1
                messages, call = repair(asked.messages, answer.text, str(fault)), call + 1
        trace = Trace(
            prompts_id(),
            request.digest,
            asked.unread,
            asked.unrecalled,
            asked.shortened,
            repairs,
            asked.unmarked,
        )
        return Answer(reply, spent.usage, trace)

    def _asked(self, observation: Observation, takes: Takes, context: int) -> Asked:
        words = self.model.calls.words
        return ask(observation, takes.mode, context_tokens=context, words=words)

    def _request(self, observation: Observation, messages: Messages, takes: Takes) -> Request:
        calls = self.model.calls
        wanted = TEMPERATURE if calls.temperature is None else calls.temperature
        return Request(
            self.model.model,
            messages,
            SHAPES[observation.act],
            takes.mode,
            calls.max_tokens,
            wanted if takes.temperature else None,
            observation.seed % 2**31 if takes.seed else None,
        )

    def _site(self, observation: Observation, call: int) -> Site:
        who = f"member {observation.member}"
        return Site(self._run, observation.tick, who, observation.seed, call)


def _reply(answer: Completion, observation: Observation, max_tokens: int) -> Reply:
    """The decision in an answer.

    Raises:
        Unusable: It breaks the schema, or was cut off.
    """
    if answer.finish == "length":
        raise Unusable(f"it was cut off after {max_tokens} tokens; be briefer")
    return reply_in(answer.text, observation.act)
