"""What a command makes once: minds and judges of one client, probed, priced and moved."""

from __future__ import annotations

import pytest
from support.fakes import CALL, PRICE, REQUEST, FakeAdapter, answer, error, kept, raw

from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.call_errors import ErrorKind
from unscripted.model.engine.driver import Limits
from unscripted.model.errors import Halt, UsageError

READY = '{"decision": "abstain", "reason": "ready"}'


def service(*answers, price=None, journal=None, **calls):
    made = Service(Calls(**calls), journal)
    made.client.adapter = FakeAdapter(*answers or (raw(READY),), price=price)
    made.client.sender.adapter = made.client.adapter
    return made


def test_defaults_are_those_documented():
    made = Service()
    assert made.client.calls == Calls()
    assert made.client.limits == Limits(120.0, 64)
    assert made.client.journal.path is None
    journal = Journal()
    made = Service(Calls(rpm=1, timeout_s=9.0, concurrency=3), journal)
    assert (made.client.calls.rpm, made.client.journal) == (1, journal)
    assert made.client.limits == Limits(9.0, 3)


def test_runs_are_numbered():
    made = service()
    assert [made.next_run() for _ in range(3)] == ["0", "1", "2"]


def test_minds_and_judges_share_a_client():
    made = service(temperature=1.5)
    mind, judge = made.mind("openai/m", "7"), made.judge(["openai/a", "openai/b"], "8")
    assert (mind.model.calls.temperature, judge.models[0].calls.temperature) == (1.5, None)
    assert mind.client is judge.client is made.client
    assert (mind.name, judge.name) == ("openai/m", "openai/a,openai/b")
    assert (mind._run, judge._run) == ("7", "8")


def test_a_budget_wants_a_price():
    for make in (lambda s: s.mind("openai/m"), lambda s: s.judge(["openai/m"])):
        with pytest.raises(UsageError, match=r"budget=1: openai/m has no listed price; give --pr"):
            make(service(budget_usd=1.0))
        assert make(service(budget_usd=1.0, price=PRICE))
        assert make(service())
        assert make(service(budget_usd=1.0, journal=Journal(strict=True)))


def test_probes_say_what_models_take():
    made = service(error(ErrorKind.PARAMETER, "no seed"), raw(READY))
    names = ["openai/m", "openai/m?max_tokens=99"]
    found = made.probe(names)
    assert list(found) == names
    assert Capabilities() in found.values()
    assert Capabilities(seed=False, why={"seed": "no seed"}) in found.values()


def test_useless_models_are_usage_errors():
    with pytest.raises(UsageError, match="model='openai/m' can't be used: wrong key"):
        service(error(ErrorKind.ACCOUNT, "wrong key")).probe(["openai/m"])


def test_an_interruption_is_no_usage_error():
    made = service()
    made.client.stop(Halt("interrupted", "interrupted"))
    with pytest.raises(Halt, match="interrupted"):
        made.probe(["openai/m"])
    made.resume()
    assert made.probe(["openai/m"])


def test_moving_takes_everything_along():
    made = service(price=PRICE, budget_usd=1.0)
    made.probe(["openai/m"])
    spent = made.client.budget.spent_usd
    assert spent > 0
    old, other = made.client.journal, Journal()
    kept(other, CALL, REQUEST, answer())
    made.move_to(other)
    assert made.client.journal is other
    assert made.client.budget.spent_usd == pytest.approx(spent + 0.25)
    assert (other.count(), len(other.capabilities("openai/m"))) == (2, 1)
    with pytest.raises(Halt):
        old.find(CALL, "")


def test_closing_closes_the_client():
    with service() as made:
        assert made.client.adapter.closed == 0
    assert made.client.adapter.closed == 1
