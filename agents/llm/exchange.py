"""A question to a model, until it has an answer that can be used or nothing helps any more.

An answer that can't be used is sent back once, with what is wrong with it. A prompt that is too
long is made anew with half of what it may hold, again and again. Nothing is ever made up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from .calling.capabilities import Capabilities, Prober
from .calling.client import Client
from .calling.retry import Deadline
from .models import ModelId
from .parsing.json_objects import UnusableAnswer
from .prompting.composition import Messages, Prompt, repair
from .request import CallFailed, CallKey, Completion, Mode, Request
from .usage import UsageTotal

REPAIRS = 1
"""Times an answer is sent back."""
SEEDS = 2**31
"""Providers take seeds below this."""

A = TypeVar("A")


@dataclass(frozen=True)
class Question(Generic[A]):
    """What is asked of a model.

    Attributes:
        model: Which, and how it is called.
        key: Of its first call; further calls count on from there.
        schema: Name of the answer's schema.
        temperature: 0 to 2, where the model's own settings say nothing.
        tokens: What the prompt may hold of others' texts, at first.
        fewest_tokens: A prompt that is too long is tried with half of that while it is above this.
        compose: Makes the prompt, for a form of answers and so many tokens.
        parse: The answer in a completion; raises `UnusableAnswer`.
    """

    model: ModelId
    key: CallKey
    schema: str
    temperature: float
    tokens: int
    fewest_tokens: int
    compose: Callable[[Mode, int], Prompt]
    parse: Callable[[Completion], A]

    def request(self, messages: Messages, capabilities: Capabilities, schema: str = "") -> Request:
        """The request that some messages become.

        Args:
            messages: Of the prompt, or of a repair.
            capabilities: Of the model: what it takes no notice of is left out.
            schema: With the bounds of the prompt; empty where it sets none.
        """
        calls = self.model.calls
        temperature = self.temperature if calls.temperature is None else calls.temperature
        return Request(
            self.model.model,
            messages,
            schema or self.schema,
            capabilities.mode,
            calls.max_tokens,
            temperature if capabilities.temperature else None,
            self.key.decision % SEEDS if capabilities.seed else None,
        )


@dataclass
class Exchange(Generic[A]):
    """What came of a question.

    Attributes:
        prompt: As it was last made.
        answer: Or why there is none.
        digest: Of the last request.
        repairs: Answers that were sent back.
        spent: On all of its calls.
    """

    prompt: Prompt
    answer: A | CallFailed | UnusableAnswer | None = None
    digest: str = ""
    repairs: int = 0
    spent: UsageTotal = field(default_factory=UsageTotal)


async def ask(question: Question[A], client: Client, prober: Prober) -> Exchange[A]:
    """Ask a model, within the deadline of one decision.

    Args:
        question: What is asked.
        client: Makes the calls.
        prober: Knows what the model is capable of.

    Returns:
        The answer, or the failure that no further call could mend.

    Raises:
        Halt: The run must stop.
    """
    model, key, tokens = question.model, question.key, question.tokens
    capabilities = await prober.capabilities(model)
    deadline = Deadline(client.limits.deadline_s)
    exchange: Exchange[A] = Exchange(question.compose(capabilities.mode, tokens))
    messages = exchange.prompt.messages
    while True:
        request = question.request(messages, capabilities, exchange.prompt.schema)
        exchange.digest = request.digest
        try:
            completion = await client.complete(key, request, model.calls.api_base, deadline)
        except CallFailed as failed:
            exchange.spent.add(failed)
            exchange.answer = failed
            if failed.kind != "length" or tokens <= question.fewest_tokens:
                return exchange
            tokens //= 2
            exchange.prompt = question.compose(capabilities.mode, tokens)
            messages = exchange.prompt.messages
        else:
            exchange.spent.add(completion)
            try:
                exchange.answer = question.parse(completion)
                return exchange
            except UnusableAnswer as fault:
                exchange.answer = fault
                if exchange.repairs == REPAIRS:
                    return exchange
                exchange.repairs += 1
                messages = repair(exchange.prompt.messages, completion.text, str(fault))
        key = replace(key, call=key.call + 1)


def refuse_cut_off(completion: Completion, remedy: str) -> None:
    """Refuse an answer that was cut off at the longest it may be.

    Args:
        completion: As it came.
        remedy: Where it was cut off, and what to do about it.

    Raises:
        UnusableAnswer: It was.
    """
    if completion.finish == "length":
        raise UnusableAnswer(f"it was cut off after {remedy}")
