"""What a model takes, found out before anything depends on it: a first real request, made small.

It has a system message, the run's own parameters and length, and a schema of the run. What is
refused is left out, step by step (`capabilities.lessons`), and what is accepted and ignored shows
in the answer. The form of answers steps down: JSON schema, JSON object, schema in the prompt.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ....model.errors import Halt
from ..capabilities.capabilities import FEWEST_TOKENS, Capabilities, in_form
from ..capabilities.lessons import STEP_DOWN
from ..local_engines import is_local
from ..models import ModelId
from ..parsing.json_objects import UnusableAnswer, objects_in
from ..parsing.thoughts import after_thoughts
from ..prompting.bounds import bounded_name, tightened
from ..prompting.composition import Prompt
from ..prompting.templates import schema_text, template
from ..request import SEEDS, CallFailed, CallKey, Completion, Request
from ..settings import TEMPERATURE
from .call import Asked, Call, is_cut_off
from .client import Client
from .retry import Deadline

LONGEST_PROBE_S = 60.0
PROBE_TICK = -1
RULES = "You answer with one JSON object, and nothing else."
SCHEMA = "contribute"
FEW = 20
"""Words of a work that a local model may answer with all the same."""
NEEDED = frozenset({"decision"})
ANSWERED = frozenset({"empty", "used up", "refused"})
"""Failures of a model that takes what it is asked, whatever it says to a trial."""
REFUSED = frozenset({"error", "parameter", "length"})
"""Failures of a model that takes no question, in whatever form."""
ONCE_MORE = frozenset({"unreadable", "empty"})
"""Failures of a trial that may be an accident."""
IGNORED = "accepted, and not held to"


class Prober:
    """Finds out what each model of a client takes, once, whoever wants to know.

    Args:
        client: Sends the probes.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._locks: dict[str, asyncio.Lock] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> Prober:
        """Itself, as the client is."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its client; the journal knows what was found out."""
        return Prober, (self.client,)

    async def capabilities(self, model: ModelId, temperature: float = TEMPERATURE) -> Capabilities:
        """What a model takes.

        Args:
            model: Asked unless it, or the journal, is known.
            temperature: 0 to 2, where the model's own settings say nothing.

        Raises:
            Halt: It can't be used at all.
        """
        known = self.client.known
        if not known.settled(model.name):
            async with self._locks.setdefault(model.name, asyncio.Lock()):
                if not known.settled(model.name):
                    await self._probe(model, temperature)
        return known.latest(model.name)

    async def _probe(self, model: ModelId, temperature: float) -> None:
        known, name = self.client.known, model.name
        if self.client.journal.strict:
            raise Halt("journal", f"what {name} takes is not in the journal")
        limit_s = min(LONGEST_PROBE_S, self.client.limits.deadline_s)
        deadline = Deadline(limit_s, trial=True)
        key = CallKey("", PROBE_TICK, f"probe {name}", 0)
        while True:
            call = Call(key, model, lambda takes: probe_for(model, takes, temperature), trial=True)
            before = known.latest(name)
            try:
                answer = await self.client.complete(call, deadline)
            except CallFailed as failed:
                if failed.kind in ONCE_MORE and not key.call:
                    key = replace(key, call=1)
                    continue
                found = self._after(failed, call, known.latest(name))
            else:
                found = _ignored(answer, call.request, known.latest(name))
            if found is None:
                break
            known.learn(name, found)
            if known.latest(name) == before:
                break
            key = replace(key, call=key.call + 1)
        known.settle(name, known.latest(name))

    def _after(self, failed: CallFailed, call: Call, takes: Capabilities) -> Capabilities | None:
        """What to try after a trial failed; None where it shows enough.

        Raises:
            Halt: The model can't be used.
        """
        if failed.kind in ANSWERED:
            return None
        shorter = call.request.max_tokens // 2
        if failed.kind == "length" and shorter >= FEWEST_TOKENS:
            if takes.context is not None and takes != call.capabilities:
                return takes
            return takes.lowered(str(failed), most_tokens=shorter)
        model = call.model
        at = f" at {model.calls.api_base}" if model.calls.api_base else ""
        hint = _remedy(failed, model.calls.api_base)
        reason = "refused" if failed.kind in REFUSED else "service"
        halt = Halt(reason, f"model={model.name!r}{at} can't be used: {failed}{hint}")
        raise self.client.stop(halt) from None  # for everybody who waits to know


def probe_for(model: ModelId, takes: Capabilities, temperature: float = TEMPERATURE) -> Asked:
    """The trial request of a model.

    Args:
        model: Which, and how it is called.
        takes: As far as it is known.
        temperature: 0 to 2, where the model's own settings say nothing.
    """
    calls = model.calls
    prompt = Prompt((
        ("system", RULES),
        ("user", template("probe").substitute()),
    ))  # fmt: skip
    schema = tightened(bounded_name(SCHEMA, named=[], words=FEW)) if is_local(model) else SCHEMA
    messages = in_form(prompt.messages, takes, schema_text(schema))
    temperature = temperature if calls.temperature is None else calls.temperature
    likely = sum(len(text) for _, text in messages) // 4
    request = Request(
        model.model,
        messages,
        schema,
        takes.mode,
        takes.tokens_of(calls.max_tokens, likely),
        takes.temperature_of(temperature),
        SEEDS - 1 if takes.seed else None,
        model.options,
        takes.max_field,
    )
    return Asked(prompt, request)


def _ignored(answer: Completion, request: Request, takes: Capabilities) -> Capabilities | None:
    """What to try where the form was accepted and the answer has another; None where it hasn't."""
    if takes.mode not in STEP_DOWN or is_cut_off(answer, request):
        return None
    for text in after_thoughts(answer.text):
        try:
            if next(objects_in(text, NEEDED), None) is not None:
                return None
        except UnusableAnswer:
            continue
    return takes.lowered(IGNORED, mode=STEP_DOWN[takes.mode])


def _remedy(failed: CallFailed, api_base: str | None) -> str:
    """What to look at first."""
    said = str(failed).lower()
    if failed.status == 404 and api_base is not None and not api_base.rstrip("/").endswith("/v1"):
        return "; addresses mostly end in /v1"
    if failed.kind == "server" and "connect" in said:
        return "; is the server running, and is the address right?"
    return ""
