"""What a model is capable of: found out once at the start, by asking, and kept with the run.

No list says reliably which model behind which server accepts a JSON schema, a seed or a
temperature. So the first call is a small one with everything; what is refused is left out, step by
step, and said. The form of answers steps down: JSON schema, JSON object, schema in the prompt.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, replace

from ....model.errors import Halt
from ..models import ModelId
from ..prompting.templates import template
from ..request import Mode, Request
from .call_errors import CallError, ErrorKind
from .client import Client
from .journal import Journal

PROBE_TOKENS = 256
LONGEST_PROBE_S = 60.0
STEP_DOWN = {Mode.JSON_SCHEMA: Mode.JSON_OBJECT, Mode.JSON_OBJECT: Mode.PROMPT}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model is capable of.

    Attributes:
        mode: The strictest form of answers it can be held to.
        temperature: Whether it can be set.
        seed: Whether it can be set.
    """

    mode: Mode = Mode.JSON_SCHEMA
    temperature: bool = True
    seed: bool = True

    def to_json(self) -> str:
        """As the journal keeps it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Capabilities:
        """The inverse of `to_json`.

        Args:
            text: A JSON object with all three.
        """
        body = json.loads(text)
        return cls(Mode(body["mode"]), body["temperature"], body["seed"])

    def missing(self) -> list[str]:
        """What it takes instead, in words that follow "takes"."""
        said = []
        if self.mode is not Mode.JSON_SCHEMA:
            said.append(f"no JSON schema (answers are held to form by {self.mode.value})")
        if not self.temperature:
            said.append("no temperature (it runs at its own)")
        if not self.seed:
            said.append("no seed")
        return said


class Prober:
    """Finds out what each model of a client is capable of, once, whoever wants to know.

    Args:
        client: Sends the probes.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._known: dict[str, Capabilities] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> Prober:
        """Itself, as the client is."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its client; the journal knows what was found out."""
        return Prober, (self.client,)

    async def capabilities(self, model: ModelId) -> Capabilities:
        """What a model is capable of.

        Args:
            model: Asked unless it, or the journal, is known.

        Raises:
            Halt: It can't be used at all.
        """
        async with self._locks.setdefault(model.name, asyncio.Lock()):
            if model.name not in self._known:
                kept = self.client.journal.capabilities(model.name)
                found = Capabilities.from_json(kept) if kept else await self._probe(model)
                self._known[model.name] = found
        return self._known[model.name]

    def copy_to(self, journal: Journal) -> None:
        """Write what is known into another journal.

        Args:
            journal: Of the folder that calls are kept in from now on.
        """
        for name, capabilities in self._known.items():
            journal.keep_capabilities(name, capabilities.to_json())

    async def _probe(self, model: ModelId) -> Capabilities:
        journal = self.client.journal
        if journal.strict:
            raise Halt("journal", f"what {model.name} takes is not in the journal")
        capabilities = Capabilities()
        while True:
            try:
                await self._send(model, capabilities)
                break
            except CallError as error:
                try:
                    capabilities = _less(capabilities, error, model)
                except Halt as halt:  # for everybody who waits to know
                    raise self.client.stop(halt) from None
        journal.keep_capabilities(model.name, capabilities.to_json())
        return capabilities

    async def _send(self, model: ModelId, capabilities: Capabilities) -> None:
        request = Request(
            model=model.model,
            messages=(("user", template("probe").substitute()),),
            schema="intend",
            mode=capabilities.mode,
            max_tokens=min(PROBE_TOKENS, model.calls.max_tokens),
            temperature=0.0 if capabilities.temperature else None,
            seed=1 if capabilities.seed else None,
        )
        limit_s = min(LONGEST_PROBE_S, self.client.limits.deadline_s)
        await self.client.probe(f"probe {model.name}", request, model.calls.api_base, limit_s)


def _less(capabilities: Capabilities, error: CallError, model: ModelId) -> Capabilities:
    """What to try after a refusal.

    Raises:
        Halt: There is nothing less to try, or it wasn't about parameters.
    """
    said = str(error).lower()
    if error.kind in (ErrorKind.PARAMETER, ErrorKind.REQUEST):
        if capabilities.temperature and "temperature" in said:
            return replace(capabilities, temperature=False)
        if capabilities.seed and "seed" in said:
            return replace(capabilities, seed=False)
        if capabilities.mode in STEP_DOWN:
            return replace(capabilities, mode=STEP_DOWN[capabilities.mode])
        if capabilities.seed:
            return replace(capabilities, seed=False)
        if capabilities.temperature:
            return replace(capabilities, temperature=False)
    at = f" at {model.calls.api_base}" if model.calls.api_base else ""
    hint = _remedy(said, error, model.calls.api_base)
    raise Halt("service", f"model={model.name!r}{at} can't be used: {error}{hint}")


def _remedy(said: str, error: CallError, api_base: str | None) -> str:
    """What to look at first."""
    if "<html" in said or "<!doctype" in said:
        return "; that is a web page, not JSON: is it the address of an OpenAI-compatible server?"
    if error.status == 404 and api_base is not None and not api_base.rstrip("/").endswith("/v1"):
        return "; addresses mostly end in /v1"
    if error.kind is ErrorKind.SERVER and "connect" in said:
        return "; is the server running, and is the address right?"
    return ""
