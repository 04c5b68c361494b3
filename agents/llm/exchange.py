"""A question to a model, until it has an answer that can be used or nothing helps any more.

An answer that can't be used is sent back once, with what is wrong with it and the schema. After a
request that was too long less is asked for: a shorter answer, then half of what was read, again and
again. Nothing is ever made up, and no answer is bought twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from .calling.call import Asked, Call, is_cut_off
from .calling.client import Client
from .calling.prober import Prober
from .calling.retry import Deadline
from .capabilities.capabilities import Capabilities, in_form
from .capabilities.context_length import SHORTEST, TooLong
from .models import ModelId
from .parsing.answers import Read
from .parsing.json_objects import CutOffError, UnusableAnswer
from .prompting.composition import Messages, Prompt, repair
from .prompting.templates import schema_text
from .request import SEEDS, CallFailed, CallKey, Completion, Mode, Request
from .responses.response import CUT
from .usage import UsageTotal

REPAIRS = 1
"""Times an answer is sent back."""
CHARACTERS_PER_TOKEN = 4

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
        compose: Makes the prompt, for so many tokens.
        parse: The answer in a text that may be as long as it may; raises `UnusableAnswer`.
        briefer: What to say of an answer that was cut off after so many tokens.
        least: Fewer tokens of others' texts are no basis for an answer.
    """

    model: ModelId
    key: CallKey
    schema: str
    temperature: float
    tokens: int
    compose: Callable[[int], Prompt]
    parse: Callable[[str, bool], Read[A]]
    briefer: str = ""
    least: int = 0


@dataclass
class Exchange(Generic[A]):
    """What came of a question.

    Attributes:
        prompt: As it was last made.
        answer: Or why there is none.
        digest: Of the last request.
        repairs: Answers that were sent back.
        mended: Places in which the answer had to be put right.
        spent: On all of its calls.
    """

    prompt: Prompt
    answer: A | CallFailed | UnusableAnswer | None = None
    digest: str = ""
    repairs: int = 0
    mended: int = 0
    spent: UsageTotal = field(default_factory=UsageTotal)


class _Put(Generic[A]):
    """How a question is put now: how much may be read, how long the answer, what went before.

    Args:
        question: What is asked.
    """

    def __init__(self, question: Question[A]) -> None:
        self.question = question
        self.completion = question.model.calls.max_tokens
        self.reading = question.tokens
        self.fault: tuple[str, str] | None = None  # an answer that is sent back, and why

    def __call__(self, takes: Capabilities) -> Asked:
        """The question in the form that a model takes; one that leaves room for an answer."""
        question, calls = self.question, self.question.model.calls
        reading = self.reading
        while True:
            prompt = question.compose(reading)
            messages = self._messages(prompt, takes)
            characters = sum(len(text) for _, text in messages)
            longest = takes.tokens_of(self.completion, characters // CHARACTERS_PER_TOKEN)
            less = min(reading, prompt.read) // 2
            enough = longest >= min(SHORTEST, self.completion)
            if enough or not prompt.read or not reading or less < self.question.least:
                break
            reading = less
        temperature = question.temperature if calls.temperature is None else calls.temperature
        request = Request(
            question.model.model,
            messages,
            question.schema,
            takes.mode,
            longest,
            takes.temperature_of(temperature),
            question.key.decision % SEEDS if takes.seed else None,
            question.model.options,
            takes.max_field,
        )
        return Asked(prompt, request)

    def _messages(self, prompt: Prompt, takes: Capabilities) -> Messages:
        stated = schema_text(self.question.schema)
        messages = in_form(prompt.messages, takes, stated)
        if self.fault is None:
            return messages
        enforced = takes.mode is Mode.JSON_SCHEMA
        return (*messages, *repair(*self.fault, stated if enforced else ""))

    def shrink(self, call: Call, failed: CallFailed) -> bool:
        """Ask for less after a request was too long; whether there was anything left to leave out.

        Args:
            call: That was too long.
            failed: Says so, in the provider's words.
        """
        request = call.request
        less = TooLong(request.max_tokens, call.asked.prompt.read, str(failed)).less()
        if less is None or less.reading < min(self.question.least, self.reading):
            return False
        self.completion, self.reading = less.completion, min(less.reading, self.reading)
        return True


async def ask(question: Question[A], client: Client, prober: Prober) -> Exchange[A]:
    """Ask a model, within the deadline of one decision.

    Args:
        question: What is asked.
        client: Makes the calls.
        prober: Knows what the model takes.

    Returns:
        The answer, or the failure that no further call could mend.

    Raises:
        Halt: The run must stop.
    """
    await prober.capabilities(question.model, question.temperature)
    deadline = Deadline(client.limits.deadline_s)
    put, key = _Put(question), question.key
    exchange: Exchange[A] | None = None
    while True:
        call = Call(key, question.model, put)
        try:
            answer = await client.complete(call, deadline)
        except CallFailed as failed:
            exchange = _after(call, exchange)
            exchange.spent.add(failed)
            exchange.answer = failed
            if not _again(put, call, failed, exchange):
                if failed.kind == "length":
                    client.lost(call, failed)
                return exchange
        else:
            exchange = _after(call, exchange)
            exchange.spent.add(answer)
            try:
                read = _read(question, answer, call.request)
                exchange.answer, exchange.mended = read.value, read.mended
                return exchange
            except UnusableAnswer as fault:
                exchange.answer = fault
                if exchange.repairs == REPAIRS:
                    return exchange
                exchange.repairs += 1
                put.fault = (answer.text, str(fault))
        key = replace(key, call=key.call + 1)


def _after(call: Call, before: Exchange[A] | None) -> Exchange[A]:
    """An exchange with what was last asked."""
    exchange: Exchange[A] = before if before is not None else Exchange(call.asked.prompt)
    exchange.prompt, exchange.digest = call.asked.prompt, call.request.digest
    return exchange


def _again(put: _Put[A], call: Call, failed: CallFailed, exchange: Exchange[A]) -> bool:
    """Whether another call may mend a failed one; it is put for that."""
    if failed.kind == "length":
        return put.shrink(call, failed)
    if failed.kind == "empty" and exchange.repairs < REPAIRS:
        exchange.repairs += 1
        put.fault = ("", str(failed))
        return True
    return False


def _read(question: Question[A], answer: Completion, request: Request) -> Read[A]:
    """What a completion says.

    Raises:
        UnusableAnswer: It breaks the schema, or was cut off: what is cut is never whole.
    """
    remedy = f"it was cut off after {request.max_tokens} tokens{question.briefer}"
    if answer.finish.lower() in CUT:
        raise UnusableAnswer(remedy)
    longest = is_cut_off(answer, request)
    try:
        return question.parse(answer.text, longest)
    except CutOffError:
        cut = remedy if longest else f"it was cut off{question.briefer}"
        raise UnusableAnswer(cut) from None
