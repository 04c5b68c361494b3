"""A mind that asks a language model."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...model.decision import Answer, Failure, Reply, Trace
from ...model.mind import Mind
from ...model.observation import Observation
from .calling.client import Client
from .calling.prober import Prober
from .exchange import Question, ask
from .local_engines import is_local
from .local_models import MOST_WORDS
from .models import ModelId
from .parsing.answers import Read
from .parsing.json_objects import UnusableAnswer
from .parsing.replies import parse_reply
from .prompting.bounds import tightened
from .prompting.composition import Prompt, compose, schema_name_of
from .prompting.templates import SCORED, prompts_id, scored_prompts_id
from .request import CallFailed, CallKey
from .settings import TEMPERATURE

BRIEFER = "; be briefer"


class LanguageModel(Mind):
    """Decides by asking a model; keeps its own deadline, through its client.

    Args:
        model: Which, and how it is called.
        client: Calls it.
        prober: Knows what it is capable of.
        run: Which run of a comparison this mind belongs to; part of the key of its calls.
    """

    synthetic = False
    paced = True

    def __init__(self, model: ModelId, client: Client, prober: Prober, run: str = "") -> None:
        self.name = model.name
        self.model = model
        self.client = client
        self._prober = prober
        self._run = run

    def rejoin(self) -> None:
        """Send again, if a `Halt` ended the last tick."""
        self.client.resume()

    async def decide(self, observation: Observation) -> Answer:
        """Ask, and once more where the answer can't be used or the prompt is too long.

        Args:
            observation: What the member knows.

        Returns:
            A `Failure` where there is no usable answer; never a default.
        """
        exchange = await ask(self._question(observation), self.client, self._prober)
        reply: Reply | Failure
        match exchange.answer:
            case CallFailed() as failed:
                reply = Failure(failed.kind, str(failed))
            case UnusableAnswer() as fault:
                reply = Failure("reply", f"the answer could not be used: {fault}")
            case answer:
                assert answer is not None
                reply = answer
        prompt = exchange.prompt
        trace = Trace(
            scored_prompts_id() if _scored(observation) else prompts_id(),
            exchange.digest,
            prompt.unread,
            prompt.unrecalled,
            prompt.shortened,
            exchange.repairs,
            prompt.unmarked,
            exchange.mended,
        )
        return Answer(reply, exchange.spent.usage, trace)

    def _question(self, observation: Observation) -> Question[Reply]:
        calls = self.model.calls
        words = min(calls.max_words, MOST_WORDS) if is_local(self.model) else calls.max_words
        who = f"member {observation.member}"

        def prompt(tokens: int) -> Prompt:
            made = compose(observation, context_tokens=tokens, max_words=words)
            return replace(made, schema=tightened(made.schema)) if is_local(self.model) else made

        return Question(
            model=self.model,
            key=CallKey(self._run, observation.tick, who, observation.seed),
            schema=schema_name_of(observation),
            temperature=TEMPERATURE,
            tokens=calls.context_tokens,
            compose=prompt,
            parse=partial(_reply, observation),
            briefer=BRIEFER,
        )


def _scored(observation: Observation) -> bool:
    """Whether the prompt holds texts for talk or for tasks that code scores."""
    return observation.private is not None or schema_name_of(observation) in SCORED


def _reply(observation: Observation, text: str, cut: bool) -> Read[Reply]:
    """The decision in a text.

    Raises:
        UnusableAnswer: It breaks the schema, or was cut off.
    """
    return parse_reply(text, observation.act, cut=cut, answered=observation.form is not None)
