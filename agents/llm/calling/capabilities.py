"""What a model takes: found out once at the start, by asking, and kept with the run.

No list says reliably which model behind which server accepts a JSON schema, a seed or a
temperature. So the first call is a small one with everything; what is refused is left out, step by
step, and said. The form of answers steps down: JSON schema, JSON object, schema in the prompt.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from ....model.errors import Halt
from ..models import ModelId
from ..prompting.templates import template
from .call_errors import Fault, Kind
from .client import Client
from .request import Mode, Request

PROBE_TOKENS = 256
LONGEST_S = 60.0
STEP_DOWN = {Mode.JSON_SCHEMA: Mode.JSON_OBJECT, Mode.JSON_OBJECT: Mode.PROMPT}


@dataclass(frozen=True, slots=True)
class Takes:
    """What a model takes.

    Attributes:
        mode: The strictest form of answers.
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
    def from_json(cls, text: str) -> Takes:
        """The inverse of `to_json`."""
        body = json.loads(text)
        return cls(Mode(body["mode"]), body["temperature"], body["seed"])

    def missing(self) -> list[str]:
        """What it doesn't take, in words."""
        said = []
        if self.mode is not Mode.JSON_SCHEMA:
            said.append(f"no JSON schema (answers are held to form by {self.mode.value})")
        if not self.temperature:
            said.append("no temperature (it runs at its own)")
        if not self.seed:
            said.append("no seed")
        return said


class Probes:
    """What each model of one client takes; each is asked once, whoever wants to know.

    Args:
        client: Sends the questions.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._known: dict[str, Takes] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> Probes:
        """Itself, as the client is."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its client; the journal knows what was found out."""
        return Probes, (self.client,)

    async def takes(self, model: ModelId) -> Takes:
        """What a model takes.

        Raises:
            Halt: It can't be used at all.
        """
        if model.name in self._known:
            return self._known[model.name]
        async with self._asking.setdefault(model.name, asyncio.Lock()):
            if model.name not in self._known:
                kept = self.client.journal.takes(model.name)
                found = Takes.from_json(kept) if kept is not None else await self._ask(model)
                self._known[model.name] = found
        return self._known[model.name]

    async def _ask(self, model: ModelId) -> Takes:
        journal = self.client.journal
        if journal.strict:
            raise Halt("journal", f"what {model.name} takes is not in the journal")
        takes = Takes()
        while True:
            try:
                await self._send(model, takes)
                break
            except Fault as fault:
                try:
                    takes = _less(takes, fault, model)
                except Halt as halt:  # for everybody who waits to know
                    raise self.client.stop(halt) from None
        journal.keep_takes(model.name, takes.to_json())
        return takes

    async def _send(self, model: ModelId, takes: Takes) -> None:
        request = Request(
            model=model.model,
            messages=(("user", template("probe").substitute()),),
            shape="intend",
            mode=takes.mode,
            max_tokens=min(PROBE_TOKENS, model.calls.max_tokens),
            temperature=0.0 if takes.temperature else None,
            seed=1 if takes.seed else None,
        )
        limit_s = min(LONGEST_S, self.client.timeout_s)
        await self.client.probe(f"probe {model.name}", request, model.calls.api_base, limit_s)

    def adopt(self, keep: Callable[[str, str], None]) -> None:
        """Hand what is known to another journal."""
        for name, takes in self._known.items():
            keep(name, takes.to_json())


def _less(takes: Takes, fault: Fault, model: ModelId) -> Takes:
    """What to try after a refusal.

    Raises:
        Halt: There is nothing less to try, or it wasn't about parameters.
    """
    said = str(fault).lower()
    if fault.kind in (Kind.PARAMETER, Kind.REQUEST):
        if takes.temperature and "temperature" in said:
            return replace(takes, temperature=False)
        if takes.seed and "seed" in said:
            return replace(takes, seed=False)
        if takes.mode in STEP_DOWN:
            return replace(takes, mode=STEP_DOWN[takes.mode])
        if takes.seed:
            return replace(takes, seed=False)
        if takes.temperature:
            return replace(takes, temperature=False)
    where = f" at {model.calls.api_base}" if model.calls.api_base else ""
    hint = _remedy(said, fault, model.calls.api_base)
    raise Halt("service", f"model={model.name!r}{where} can't be used: {fault}{hint}")


def _remedy(said: str, fault: Fault, api_base: str | None) -> str:
    """What to look at first."""
    if "<html" in said or "<!doctype" in said:
        return "; that is a web page, not JSON: is it the address of an OpenAI-compatible server?"
    if fault.status == 404 and api_base is not None and not api_base.rstrip("/").endswith("/v1"):
        return "; addresses mostly end in /v1"
    if fault.kind is Kind.SERVER and "connect" in said:
        return "; is the server running, and is the address right?"
    return ""
