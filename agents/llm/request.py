"""What is asked of a model, where in a run it is asked, and what comes back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from ...model.errors import UnscriptedError
from .billing.bill import NOTHING, Bill
from .responses.speed import Speed

SEEDS = 2**31
"""Providers take seeds below this."""
HASHED_AT_ONCE = 2047
"""Bytes. Hashing more releases the interpreter lock, and getting it back takes far longer."""


class Mode(StrEnum):
    """How a model is held to the form of an answer, strictest first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    PROMPT = "prompt"


@dataclass(frozen=True)
class Request:
    """One call to a model, everything that may change its answer.

    Where it is sent (`api_base`) is not part of it: the same model behind another address is the
    same request, so that a recorded run can be shared. Nor is the name under which the longest
    completion is sent.

    Attributes:
        model: LiteLLM id, as `openai/gpt-4.1-mini`.
        messages: Pairs of role (`system`, `user`, `assistant`) and text.
        schema: Name of the answer's schema.
        mode: How the schema is enforced.
        max_tokens: Longest completion, 1 or more.
        temperature: 0 to 2; None leaves the model's own.
        seed: For models that take one; None sends none.
        options: The provider's own parameters, as pairs of name and JSON value.
        max_field: Under which name the longest completion is sent.
    """

    model: str
    messages: tuple[tuple[str, str], ...]
    schema: str
    mode: Mode
    max_tokens: int
    temperature: float | None = None
    seed: int | None = None
    options: tuple[tuple[str, Any], ...] = ()
    max_field: str = "max_tokens"

    @cached_property
    def json(self) -> str:
        """Canonical JSON: the same on every machine."""
        body: list[Any] = [
            self.model, self.messages, self.schema, self.mode, self.max_tokens, self.temperature,
            self.seed,
        ]  # fmt: skip
        if self.options:
            body.append(dict(self.options))
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, its first 32 hex digits."""
        digest, whole = hashlib.sha256(), self.json.encode("utf-8", "replace")
        for start in range(0, len(whole), HASHED_AT_ONCE):
            digest.update(whole[start : start + HASHED_AT_ONCE])
        return digest.hexdigest()[:32]

    @cached_property
    def most_tokens_in(self) -> int:
        """No tokenizer makes more tokens of the prompt: one per byte, and some per message."""
        return sum(len(text.encode("utf-8", "replace")) + 16 for _, text in self.messages) + 512

    @property
    def likely_tokens_in(self) -> int:
        """About how many tokens the prompt has, four characters to one."""
        return self.characters // 4 + 8

    @cached_property
    def characters(self) -> int:
        """How long the prompt is."""
        return sum(len(text) for _, text in self.messages)


@dataclass(frozen=True, slots=True)
class CallKey:
    """The place in a run where a call is made; with the request's digest it names the call.

    Attributes:
        run: Which run of a comparison; empty where there is only one.
        tick: Ticks played before; -1 for probes.
        who: `member 3`, `judge 0` or `probe NAME`.
        decision: The decision's 64-bit seed, which addresses run seed, tick, turn and member.
        call: Counts the calls of one decision from 0: the answer, then a repair.
    """

    run: str
    tick: int
    who: str
    decision: int
    call: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered and what it cost.

    Attributes:
        text: The answer; never empty.
        bill: Of all requests sent for it that were answered.
        latency_s: Of the attempt that succeeded, in seconds, waiting not included.
        finish: Why the model stopped, as its provider says.
        served_by: The model name in the response.
        attempts: Requests sent for it, 1 or more.
        estimated: True where the provider's token counts were missing or impossible.
        completion_tokens: Of this answer alone.
        speed: As its server measured it; the journal doesn't keep it.
    """

    text: str
    bill: Bill
    latency_s: float
    finish: str = "stop"
    served_by: str = ""
    attempts: int = 1
    estimated: bool = False
    completion_tokens: int = 0
    speed: Speed = field(default=Speed(), compare=False)


class CallFailed(UnscriptedError):
    """A call without a usable answer in its time: its member has failed, the run goes on.

    Attributes:
        kind: As `ErrorKind` has it: `timeout`, `error`, `refused` (content), `length` (the prompt
            is too long), `rate limit`, `server`, `empty`, `unreadable` or `used up` (all of its
            length went into thoughts or tools).
        attempts: Requests sent for it.
        bill: Of those that were answered.
        latency_s: Seconds spent on it.
        status: HTTP status of the last refusal, if there was one.
    """

    def __init__(
        self,
        kind: str,
        cause: str,
        *,
        attempts: int = 1,
        bill: Bill = NOTHING,
        latency_s: float = 0.0,
        status: int | None = None,
    ) -> None:
        super().__init__(cause)
        self.kind = kind
        self.attempts = attempts
        self.bill = bill
        self.latency_s = latency_s
        self.status = status
