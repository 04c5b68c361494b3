"""What a model is found to take: by a small real request, step by step, once, and kept."""

from __future__ import annotations

import asyncio

import pytest
from support.fakes import client_of, error, raw

from unscripted.agents.llm.billing.bill import Bill, End
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.calling.prober import IGNORED, Prober
from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.request import Mode
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.call_errors import ErrorKind
from unscripted.model.engine.driver import Limits
from unscripted.model.errors import Halt

ALL = Capabilities()
NAME = "openai/m"
READY = raw('{"decision": "abstain", "reason": "ready"}')


def probed(*answers, name=NAME, api_base=None, calls=None, **options):
    """What is found, and the requests it took."""
    client = client_of(*answers, **options)
    model = parse_model(name, calls or Calls(api_base=api_base))
    found = asyncio.run(Prober(client).capabilities(model))
    return found, [s.request for s in client.adapter.sent]


def no(*said, kind=ErrorKind.PARAMETER):
    return [error(kind, s) for s in said]


def lowered(said, **changed):
    return ALL.lowered(said, **changed)


def test_a_probe_is_a_small_request():
    found, (request,) = probed(READY, name=f"{NAME}?top_p=0.9", calls=Calls(temperature=1.5))
    assert found == ALL
    assert (request.model, request.schema, request.mode) == (NAME, "contribute", Mode.JSON_SCHEMA)
    assert (request.max_tokens, request.temperature, request.seed) == (2048, 1.5, 2**31 - 1)
    assert [role for role, _ in request.messages] == ["system", "user"]
    assert request.options == (("top_p", 0.9),)
    _, (short,) = probed(READY, name=f"{NAME}?max_tokens=100")
    assert (short.max_tokens, short.temperature) == (100, 0.7)


@pytest.mark.parametrize("kind", [ErrorKind.PARAMETER, ErrorKind.REQUEST])
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("no seed", {"seed": False}),
        ("no json_schema", {"mode": Mode.JSON_OBJECT}),
        ("temperature is not supported", {"temperature": False}),
        ("temperature: range: 0..0.5", {"most_temperature": 0.5}),
        ("System role not supported", {"system": False}),
        ("max_tokens is too large; this model supports at most 1024", {"most_tokens": 1024}),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
         {"max_field": "max_completion_tokens"}),
    ],
)  # fmt: skip
def test_what_is_refused_is_left_out(kind, said, found):
    capabilities, requests = probed(*no(said, kind=kind), READY)
    assert capabilities == lowered(said, **found)
    assert len(requests) == 2
    assert requests[0] != requests[1]


def test_unnamed_refusals_are_guessed_at():
    found, requests = probed(*no(*["no"] * 5), READY)
    assert (found.mode, found.seed, found.temperature, found.system) == (
        Mode.PROMPT, False, False, False,
    )  # fmt: skip
    assert len(requests) == 6


def test_what_is_ignored_shows():
    prose = raw("Sure, I am ready.")
    found, requests = probed(prose, READY)
    assert found == lowered(IGNORED, mode=Mode.JSON_OBJECT)
    assert "JSON schema" in requests[1].messages[-1][1]
    found, requests = probed(prose)
    assert (found.mode, len(requests)) == (Mode.PROMPT, 3)


def test_a_cut_answer_shows_nothing():
    found, requests = probed(raw("Let me think", finish="length"))
    assert (found, len(requests)) == (ALL, 1)


@pytest.mark.parametrize("kind", [ErrorKind.EMPTY, ErrorKind.USED_UP, ErrorKind.CONTENT])
def test_thoughts_and_refusals_are_answers(kind):
    owed = Bill(Tokens(1, 1), None, None)
    found, requests = probed(error(kind, end=End.UNUSABLE, bill=owed))
    assert (found, len(requests)) == (ALL, 2 if kind is ErrorKind.EMPTY else 1)


def test_an_unreadable_answer_may_be_accident():
    odd = error(ErrorKind.UNREADABLE, "no choices", end=End.UNUSABLE, bill=Bill())
    found, requests = probed(odd, READY)
    assert (found, len(requests)) == (ALL, 2)
    with pytest.raises(Halt, match="can't be used: no choices"):
        probed(odd)


def test_a_small_context_is_found():
    said = "This model's maximum context length is 1024 tokens"
    found, requests = probed(error(ErrorKind.TOO_LONG, said), READY)
    assert (found.context, found.why["context"]) == (1024, said)
    assert requests[1].max_tokens < 1024
    found, _ = probed(error(ErrorKind.TOO_LONG, "it is too long"), READY)
    assert found.most_tokens == 1024


@pytest.mark.parametrize(
    ("refusal", "api_base", "hint"),
    [
        (error(ErrorKind.ACCOUNT, "wrong key"), None, "wrong key"),
        (error(ErrorKind.ACCOUNT, "no", status=404), "http://h/x", "mostly end in /v1"),
        (error(ErrorKind.ACCOUNT, "no", status=404), "http://h/v1/", "can't be used: no"),
        (error(ErrorKind.ACCOUNT, "no", status=404), None, "can't be used: no"),
        (error(ErrorKind.ACCOUNT, "no", status=403), "http://h/x", "can't be used: no"),
        (error(ErrorKind.SERVER, "can't connect"), None, "server running"),
        (error(ErrorKind.SERVER, "busy", retry_after_s=1e9), None, "can't be used: busy"),
        (error(ErrorKind.ACCOUNT, "connect"), None, "can't be used: connect"),
    ],
    ids=str,
)
def test_a_useless_model_names_a_remedy(refusal, api_base, hint):
    with pytest.raises(Halt, match="can't be used") as halt:
        probed(refusal, api_base=api_base)
    assert str(halt.value).endswith(hint) or hint in str(halt.value).partition("used: ")[2]
    assert (f" at {api_base} " in str(halt.value)) == (api_base is not None)
    assert halt.value.reason == "service"
    assert ("; " in str(halt.value)) == (not hint.startswith(("can't", "wrong")))


def test_a_useless_model_stops_the_client():
    client = client_of(*no("no"))
    with pytest.raises(Halt, match="can't be used: no"):
        asyncio.run(Prober(client).capabilities(parse_model(NAME, Calls())))
    assert client.halt is not None


def test_each_model_is_probed_once():
    client = client_of(READY)
    prober = Prober(client)
    models = [parse_model(n, Calls()) for n in (NAME, NAME, "openai/other", NAME)]

    async def story():
        first = await asyncio.gather(*(prober.capabilities(m) for m in models))
        return first, await prober.capabilities(models[0])

    assert asyncio.run(story()) == ([ALL] * 4, ALL)
    assert len(client.adapter.sent) == 2


def test_what_was_found_is_kept():
    journal = Journal()
    found, _ = probed(*no("seed"), READY, journal=journal)
    again, requests = probed(READY, journal=journal)
    assert (found, again, requests) == (lowered("seed", seed=False), found, [])


def test_a_replay_probes_nothing():
    with pytest.raises(Halt, match="what openai/m takes is not in the journal"):
        probed(READY, journal=Journal(strict=True))


@pytest.mark.parametrize(("deadline_s", "probe_s"), [(300.0, 60.0), (8.0, 8.0)])
def test_a_probe_has_its_deadline(deadline_s, probe_s):
    client = client_of(READY, limits=Limits(deadline_s, 1))
    asyncio.run(Prober(client).capabilities(parse_model(NAME, Calls())))
    assert client.adapter.sent[0].timeout_s == probe_s + 10.0


def test_a_probe_is_paid_and_kept():
    client = client_of(READY)
    asyncio.run(Prober(client).capabilities(parse_model(NAME, Calls())))
    row = client.journal._db.execute("SELECT run, tick, who, decision, call FROM calls").fetchone()
    assert row == ("", -1, "probe openai/m", "0", 0)
