"""Judges that are called: blind, several at once, and never guessing."""

from __future__ import annotations

import threading

import pytest
from loopback_server.server import Faults
from support.called import MODEL, service, team, until

from unscripted.model.engine import event_loop as loop
from unscripted.model.errors import Halt


def test_a_panel_judges_blind(loopback):
    from unscripted.scenarios.harness.results.agreement import agreement

    server = loopback()
    org = team(service(server), "sequential", 3, judge="openai/one,openai/two,openai/three")
    records = org.run(4)
    for record in records:
        assert [v.judge for v in record.verdict.votes] == [
            "openai/one", "openai/two", "openai/three"
        ]  # fmt: skip
        grades = [v.grades[0] for v in record.verdict.votes]
        assert record.verdict.accuracy == pytest.approx(sum(grades) / 3)
        assert record.verdict.usage.calls == 3
    assert {r.verdict.prompts for r in records} == {records[0].members[0].turns[0].trace.prompts}
    found = agreement(records)
    assert set(found) == {
        "quality", "accuracy", "completeness", "coherence", "actionability", "mission_relevance"
    }  # fmt: skip
    for entry in server.log:
        if "You grade work" in entry.messages[0]["content"]:
            assert entry.body["temperature"] == 0
            assert "Agent" not in entry.messages[1]["content"]
            assert "sequential" not in entry.prompt.lower()


def test_an_unreadable_verdict_is_missing(loopback):
    def mumbling(messages):
        return "I'd say it's fine." if "You grade work" in messages[0]["content"] else None

    (record,) = team(service(loopback(replies=mumbling)), judge="openai/judge").run(1)
    verdict = record.verdict
    assert (verdict.accuracy, verdict.mission_relevance, verdict.violations) == (None,) * 3
    assert "could not be used" in verdict.reason
    assert verdict.usage.calls == 2


def test_a_panel_survives_one_judge(loopback):
    def mumbling(messages):
        return None

    server = loopback(
        replies=mumbling, faults=Faults(content_filter=1.0, match="You grade work", only_once=True)
    )
    (record,) = team(service(server), judge="openai/one,openai/two").run(1)
    failed = [v for v in record.verdict.votes if v.grades[0] is None]
    assert all(v.reason.startswith("no answer: ") for v in failed)
    if len(failed) < 2:
        assert record.verdict.accuracy is not None


def test_a_stopped_judge_stops_the_step(loopback):
    server = loopback(faults=Faults(quota=1.0, match="You grade work"))
    org = team(service(server), judge="openai/judge")
    with pytest.raises(Halt, match="quota"):
        org.step()
    assert org.records == []


def test_one_stopped_judge_cuts_none_off(loopback):
    server = loopback(latency_s=0.4)
    made = service(server, concurrency=1)
    made.probe([MODEL, "openai/one", "openai/two"])
    org = team(made, n_agents=1, judge="openai/one,openai/two")

    def stop():
        until(lambda: any("You grade work" in e.prompt for e in server.log))
        halt = Halt("interrupted", "interrupted")
        loop.permanent_loop().call_soon_threadsafe(lambda: made.client.stop(halt))

    threading.Thread(target=stop).start()
    with pytest.raises(Halt):
        org.step()
    rows = made.client.journal._db.execute("SELECT who FROM calls WHERE who LIKE 'judge%'")
    assert len(rows.fetchall()) == 1, "paid for, and kept"
