"""Runs played again from their journal, and samples that are never shared."""

from __future__ import annotations

import sqlite3

import pytest
from loopback_server.server import Faults
from support.called import MODEL, agents_requests, config, played, service, team

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.model.errors import Halt, UsageError
from unscripted.scenarios.harness.api.load import offline
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.folders.folder import Folder, archive


def test_replays_with_the_server_gone(loopback, tmp_path):
    server = loopback()
    outcome, _ = played(config(server, protocol="broadcast"), tmp_path / "run")
    sent = server.requests
    server.faults = Faults(reset=1.0)
    with archive(tmp_path / "run") as folder, offline(folder) as strict:
        org = organization_of(folder.config, strict)
        assert [r.to_json() for r in org.run(3)] == [r.to_json() for r in outcome.records]
    assert server.requests == sent


def test_a_failure_is_replayed_too(loopback, tmp_path):
    server = loopback(faults=Faults(content_filter=1.0, match="\nYou are agent 1.\n"))
    outcome, _ = played(config(server, ticks=1), tmp_path / "run")
    assert outcome.records[0].totals.failures == 1
    with archive(tmp_path / "run") as folder, offline(folder) as strict:
        org = organization_of(folder.config, strict)
        assert org.run(1)[0].to_json() == outcome.records[0].to_json()


def test_a_replay_sends_nothing(loopback, tmp_path):
    server = loopback()
    played(config(server), tmp_path / "run")
    with sqlite3.connect(tmp_path / "run" / "journal.sqlite") as db:
        db.execute("DELETE FROM calls WHERE tick = 1 AND who = 'member 2'")
    sent = server.requests
    with archive(tmp_path / "run") as folder, offline(folder) as strict:
        org = organization_of(folder.config, strict)
        org.step()
        with pytest.raises(Halt, match=r"tick 1, member 2: not in the journal"):
            org.step()
    assert server.requests == sent


def test_replicates_never_share_a_sample(loopback, tmp_path):
    server = loopback()
    journal = Journal(tmp_path / "j.sqlite")
    made = service(server, journal)
    for seed in (1, 2):
        org = un.build(n_agents=3, model=MODEL, judge="none", calls=made, run="cell", rng=seed)
        org.step()
    twice = un.build(n_agents=3, model=MODEL, judge="none", calls=made, run="other", rng=1)
    twice.step()
    assert made.client.meter.replayed == 0
    assert len(agents_requests(server)) == 9
    again = un.build(n_agents=3, model=MODEL, judge="none", calls=made, run="cell", rng=1)
    again.step()
    assert made.client.meter.replayed == 3
    assert len(agents_requests(server)) == 9


def test_equal_requests_are_two_samples(loopback):
    server = loopback(replies=lambda messages: None)
    (record,) = team(service(server), "solo", 3).run(1)
    assert len(agents_requests(server)) == len(record.members[0].turns)


def test_one_process_a_folder(loopback, tmp_path):
    made = config(loopback())
    with (
        Folder(tmp_path / "run", made),
        pytest.raises(UsageError, match="is in use by another process"),
    ):
        Folder(tmp_path / "run", made)
    with Folder(tmp_path / "run", made):
        assert True, "the lock goes with its holder"


def test_runs_share_no_sample(loopback):
    server = loopback()
    made = service(server)
    team(made).step()
    team(made).step()
    assert made.client.meter.replayed == 0
    assert len({r for (r,) in made.client.journal._db.execute("SELECT run FROM calls")}) == 3
