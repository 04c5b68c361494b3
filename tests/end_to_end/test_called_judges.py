"""Judges that are called: blind, several at once, and never guessing."""

from __future__ import annotations

import threading

import pytest
from loopback_server.server import Faults
from support.called import MODEL, service, team, until

from unscripted.model.engine import event_loop as loop
from unscripted.model.errors import Halt


def test_a_panel_judges_blind(loopback):
    from unscripted.model.metrics.agreement import agreement

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
