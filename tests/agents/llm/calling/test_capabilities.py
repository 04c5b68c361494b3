"""What a model is found capable of: step by step, once, and kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from support.fakes import client_of, raw

from unscripted.agents.llm.capabilities.capabilities import Capabilities, Prober
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.request import Mode
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.call_errors import CallError, ErrorKind
from unscripted.model.engine.driver import Limits
from unscripted.model.errors import Halt

ALL = Capabilities()
NAME = "openai/m"


def probed(*answers, name=NAME, api_base=None, **options):
    """What is found, and the requests it took."""
    client = client_of(*answers, **options)
    model = parse_model(name, Calls(api_base=api_base))
    found = asyncio.run(Prober(client).capabilities(model))
    return found, [s.request for s in client.adapter.sent]


def no(*said, kind=ErrorKind.PARAMETER):
    return [CallError(kind, s) for s in said]


def test_a_probe_asks_with_everything():
    found, (request,) = probed(raw())
    assert found == ALL
    assert (request.model, request.schema, request.mode) == (NAME, "intend", Mode.JSON_SCHEMA)
    assert (request.max_tokens, request.temperature, request.seed) == (256, 0.0, 1)
    assert request.messages[0][0] == "user"
    _, (short,) = probed(raw(), name=f"{NAME}?max_tokens=100")
    assert short.max_tokens == 100


@pytest.mark.parametrize("kind", [ErrorKind.PARAMETER, ErrorKind.REQUEST])
@pytest.mark.parametrize(
    ("said", "found"),
    [
        (["no temperature, no seed"], replace(ALL, temperature=False)),
        (["no seed"], replace(ALL, seed=False)),
        (["no json_schema"], replace(ALL, mode=Mode.JSON_OBJECT)),
        (["temperature"] * 2, Capabilities(Mode.JSON_OBJECT, temperature=False)),
        (["seed"] * 2, Capabilities(Mode.JSON_OBJECT, seed=False)),
        (["no"] * 2, Capabilities(Mode.PROMPT)),
        (["no"] * 3, Capabilities(Mode.PROMPT, seed=False)),
        (["no"] * 4, Capabilities(Mode.PROMPT, temperature=False, seed=False)),
    ],
    ids=str,
)
def test_what_is_refused_is_left_out(kind, said, found):
    capabilities, requests = probed(*no(*said, kind=kind), raw())
    assert capabilities == found
    last = requests[-1]
    assert (last.mode, last.temperature is None, last.seed is None) == (
        found.mode, not found.temperature, not found.seed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "api_base", "hint"),
    [
        (CallError(ErrorKind.ACCOUNT, "wrong key"), None, "wrong key"),
        (CallError(ErrorKind.ACCOUNT, "<HTML> no", status=404), "http://h/x", "not JSON: is it"),
        (CallError(ErrorKind.ACCOUNT, "<!doctype x", status=500), None, "not JSON: is it"),
        (CallError(ErrorKind.ACCOUNT, "no", status=404), "http://h/x", "mostly end in /v1"),
        (CallError(ErrorKind.ACCOUNT, "no", status=404), "http://h/v1/", "can't be used: no"),
        (CallError(ErrorKind.ACCOUNT, "no", status=404), None, "can't be used: no"),
        (CallError(ErrorKind.ACCOUNT, "no", status=403), "http://h/x", "can't be used: no"),
        (CallError(ErrorKind.SERVER, "can't connect", retry_after_s=0.0), None, "server running"),
        (CallError(ErrorKind.SERVER, "busy", retry_after_s=0.0), None, "can't be used: busy"),
        (CallError(ErrorKind.ACCOUNT, "connect"), None, "can't be used: connect"),
    ],
    ids=str,
)
def test_a_useless_model_names_a_remedy(error, api_base, hint):
    with pytest.raises(Halt, match="can't be used") as halt:
        probed(error, api_base=api_base)
    assert str(halt.value).endswith(hint) or hint in str(halt.value).partition("used: ")[2]
    assert (f" at {api_base} " in str(halt.value)) == (api_base is not None)
    assert halt.value.reason == "service"
    assert ("; " in str(halt.value)) == (not hint.startswith(("can't", "wrong")))


def test_refusing_everything_is_useless():
    with pytest.raises(Halt, match="can't be used: no"):
        probed(*no("no"))


def test_a_useless_model_stops_the_client():
    client = client_of(*no("no"))
    prober = Prober(client)
    with pytest.raises(Halt):
        asyncio.run(prober.capabilities(parse_model(NAME, Calls())))
    assert client.halt is not None


def test_each_model_is_probed_once():
    client = client_of(raw())
    prober = Prober(client)
    models = [parse_model(n, Calls()) for n in (NAME, NAME, "openai/other", NAME)]

    async def story():
        first = await asyncio.gather(*(prober.capabilities(m) for m in models))
        return first, await prober.capabilities(models[0])

    assert asyncio.run(story()) == ([ALL] * 4, ALL)
    assert len(client.adapter.sent) == 2


def test_what_was_found_is_kept():
    journal = Journal()
    found, _ = probed(*no("seed"), raw(), journal=journal)
    again, requests = probed(raw(), journal=journal)
    assert (found, again, requests) == (replace(ALL, seed=False), found, [])
    client = client_of(raw())
    prober, other = Prober(client), Journal()
    asyncio.run(prober.capabilities(parse_model(NAME, Calls())))
    prober.copy_to(other)
    assert Capabilities.from_json(other.capabilities(NAME)) == ALL


def test_a_replay_probes_nothing():
    with pytest.raises(Halt, match="what openai/m takes is not in the journal"):
        probed(raw(), journal=Journal(strict=True))


@pytest.mark.parametrize(("deadline_s", "probe_s"), [(300.0, 60.0), (8.0, 8.0)])
def test_a_probe_has_its_deadline(deadline_s, probe_s):
    client = client_of(raw(), limits=Limits(deadline_s, 1))
    asyncio.run(Prober(client).capabilities(parse_model(NAME, Calls())))
    assert client.adapter.sent[0].timeout_s == probe_s / 2 + 10.0


@pytest.mark.parametrize("mode", Mode)
def test_what_is_missing_is_said(mode):
    assert Capabilities(mode).missing() == (
        []
        if mode is Mode.JSON_SCHEMA
        else [f"no JSON schema (answers are held to form by {mode.value})"]
    )
    bare = Capabilities(mode, temperature=False, seed=False)
    assert bare.missing()[-2:] == ["no temperature (it runs at its own)", "no seed"]
    assert Capabilities.from_json(bare.to_json()) == bare
    assert bare.to_json() == f'{{"mode": "{mode.value}", "seed": false, "temperature": false}}'
