"""Whatever requests come to: rows, journal, budget and the provider's own bill agree."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes import error, raw

import unscripted as un
from unscripted.agents.llm.billing.bill import End
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.responses.parts import Parts
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.call_errors import ErrorKind
from unscripted.model.errors import Halt
from unscripted.model.metrics.catalogue import measure_run

PRICE = Price(1e-6, 1e-5, 1e-7, 2e-6, 3e-5)
WORK = json.dumps({"decision": "contribute", "role": "r", "work": "w", "builds_on": []})
MOST_STEPS = 60

COUNTED = st.tuples(
    st.integers(1, 5000), st.integers(0, 3000), st.integers(0, 100), st.integers(0, 100)
).map(lambda n: Tokens(n[0], n[1], n[0] * n[2] // 100, 0, n[1] * n[3] // 100))
ANSWERED = ("usable", "prose", "cut", "refusal", "thoughts", "silence", "no choices", "broke off")
REFUSED = {
    "limited": (ErrorKind.RATE_LIMIT, 429), "overloaded": (ErrorKind.SERVER, 529),
    "bad": (ErrorKind.REQUEST, 400), "too long": (ErrorKind.TOO_LONG, 400),
}  # fmt: skip
UNKNOWN = ("lost", "late", "stopped")
ENDS = st.lists(
    st.tuples(st.sampled_from((*ANSWERED, *REFUSED, "lost", "late", "stopped")), COUNTED),
    max_size=25,
)


class Provider:
    """Lets requests end as a list says, and adds up its bill."""

    def __init__(self, ends: list[tuple[str, Tokens]]) -> None:
        self.ends = list(ends)
        self.billed: list[Tokens] = []
        self.unknown = 0

    def listed_price(self, model: str, tier: str = "") -> Price:
        return PRICE

    def provider_of(self, model: str) -> str:
        return "openai"

    def close(self) -> None:
        """Nothing is held."""

    async def send(self, request: Any, *, api_base: Any, timeout_s: float) -> Any:
        await asyncio.sleep(0)
        end, tokens = self.ends.pop(0) if self.ends else ("usable", Tokens(100, 20))
        if end in REFUSED:
            kind, status = REFUSED[end]
            raise error(kind, f"{end}: no", status=status)
        if end in ("lost", "late"):
            self.unknown += 1
            raise error(ErrorKind.SERVER if end == "lost" else ErrorKind.TIMEOUT, end=End.UNKNOWN)
        if end == "stopped":
            self.unknown += 1
            raise Halt("interrupted", "interrupted")
        self.billed.append(tokens)
        return _answer(end, tokens)

    @property
    def usd(self) -> float:
        return math.fsum(PRICE.of(t) for t in self.billed)

    @property
    def full_usd(self) -> float:
        return math.fsum(PRICE.uncached(t) for t in self.billed)


def _answer(end: str, tokens: Tokens) -> Any:
    fields = {
        "usable": {"parts": Parts(WORK)},
        "prose": {"parts": Parts("As an analyst I would rather talk.")},
        "cut": {"parts": Parts(WORK[:40]), "finish": "length"},
        "refusal": {"parts": Parts(refusal="I can't help with that.")},
        "thoughts": {"parts": Parts(thoughts="hm"), "finish": "length"},
        "silence": {"parts": Parts()},
        "no choices": {"parts": Parts(), "recognised": False},
        "broke off": {"parts": Parts(), "finish": "error"},
    }[end]
    return raw(**{"tokens": tokens, **fields})


def opened(provider: Provider, journal: Journal) -> Any:
    """A team of two and the client that it calls the provider through."""
    service = Service(Calls(timeout_s=1e6), journal)
    service.client.adapter = service.client.sender.adapter = provider
    service.client.sender.sleep = _at_once
    if not journal.strict:
        service.probe(["openai/m"])
    org = un.build(
        protocol="sequential", n_agents=2, model="openai/m", judge="none", rng=0, calls=service
    )
    return org, service.client


def played(provider: Provider, journal: Journal) -> Any:
    """Two tasks, played on after every halt; and what the probe was billed."""
    org, client = opened(provider, journal)
    before = list(provider.billed)
    for _ in range(MOST_STEPS):
        if len(org.records) == 2:
            break
        try:
            org.step()
        except Halt:
            continue
    return org, client, before


def resumed(provider: Provider, journal: Journal) -> Any:
    """Two tasks, begun anew from the journal after every halt, as another process would."""
    before: list[Tokens] | None = None
    for _ in range(MOST_STEPS):
        journal._read_up()
        org, client = opened(provider, journal)
        before = list(provider.billed) if before is None else before
        try:
            org.run(2)
            break
        except Halt:
            continue
    return org, client, before


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@settings(max_examples=200, deadline=None)
@given(ENDS, st.sampled_from([played, resumed]))
def test_rows_and_bills_agree(ends, play):
    provider, journal = Provider([("usable", Tokens(50, 10)), *ends]), Journal()
    org, client, probed = play(provider, journal)
    probe_usd = math.fsum(PRICE.of(t) for t in probed)
    row = measure_run(org.records)
    assert 2 * row["cost_usd"] == pytest.approx(provider.usd - probe_usd, abs=1e-9)
    whole = sum(t.whole for t in provider.billed) - sum(t.whole for t in probed)
    assert 2 * row["tokens"] == whole
    assert 2 * row["tokens_cached"] == sum(t.cached for t in provider.billed)
    full_usd = provider.full_usd - math.fsum(PRICE.uncached(t) for t in probed)
    assert 2 * row["cost_usd_uncached"] == pytest.approx(full_usd, abs=1e-9)
    for spent_usd in (journal.spent_usd(), client.budget.spent_usd):
        assert spent_usd == pytest.approx(provider.usd, abs=1e-9)
    assert client.budget.held_usd == pytest.approx(journal.held_usd(), abs=1e-9)
    assert (client.budget.held_usd > 0) == (provider.unknown > 0)
    assert client.budget.reserved_usd == 0.0
    if play is played:
        assert client.meter.tokens_in == sum(t.prompt for t in provider.billed)


@settings(max_examples=30, deadline=None)
@given(ENDS)
def test_replays_cost_the_same(ends):
    provider, journal = Provider([("usable", Tokens(50, 10)), *ends]), Journal()
    org, _, _ = played(provider, journal)
    sent = len(provider.billed)
    journal.strict = True
    again, _ = opened(provider, journal)
    again.run(2)
    assert [r.to_json() for r in again.records] == [r.to_json() for r in org.records]
    assert len(provider.billed) == sent
