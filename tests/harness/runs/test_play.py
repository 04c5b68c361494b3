"""A run is played tick by tick, each kept before the next; a resumed one equals a whole one."""

from __future__ import annotations

import pytest
from support.commands import kept

from unscripted.model.errors import Halt
from unscripted.model.organization import BaseOrganization
from unscripted.scenarios.harness.config.groups import Execution
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.folders.folder import Folder
from unscripted.scenarios.harness.results.rows import agent_rows, tick_rows
from unscripted.scenarios.harness.runs.play import failures, play, spent_usd
from unscripted.scenarios.harness.runs.reporter import Reporter
from unscripted.scenarios.harness.runs.session import Session
from unscripted.scenarios.harness.runs.single import play_single, title_of

SMALL = RunConfig.of(agents=3, ticks=4)


def break_at(monkeypatch, tick, error):
    """From now on an organization breaks when it is to play that tick anew."""
    step = BaseOrganization.step

    def breaking(org):
        if org.tick == tick and org._recorded is None:
            raise error
        step(org)

    monkeypatch.setattr(BaseOrganization, "step", breaking)


def texts(config):
    return [(r.tick, r.to_json()) for r in play(config).records]


@pytest.mark.parametrize("error", [RuntimeError("power cut"), MemoryError(), SystemExit(9)])
def test_finished_ticks_survive_anything(tmp_path, monkeypatch, error):
    break_at(monkeypatch, 2, error)
    with Folder(tmp_path, SMALL) as folder, pytest.raises(type(error)):
        play(SMALL, folder)
    assert kept(tmp_path) == texts(SMALL.replace(ticks=2))


def test_a_tick_is_kept_first(tmp_path):
    seen = []
    with Folder(tmp_path, SMALL) as folder:
        play(SMALL, folder, watch=lambda org: seen.append([tick for tick, _ in kept(tmp_path)]))
    assert seen == [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


def test_a_resumed_run_is_equal(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        break_at(patch, 1, KeyboardInterrupt())
        with Folder(tmp_path, SMALL) as folder:
            assert play(SMALL, folder).ending is Exit.INTERRUPTED
    with Folder(tmp_path, SMALL) as folder:
        played = play(SMALL, folder)
    assert (played.ending, played.resumed, played.cause) == (Exit.DONE, 1, "")
    assert kept(tmp_path) == texts(SMALL)
    fresh = play(SMALL)
    assert tick_rows(played.records) == tick_rows(fresh.records)
    assert agent_rows(played.records) == agent_rows(fresh.records)


@pytest.mark.parametrize("protocol", ["shared", "coordinator", "random"])
def test_resuming_works_at_every_tick(tmp_path, monkeypatch, protocol):
    config = SMALL.replace(protocol=protocol, topology="erdos-renyi:p=0.7", model="synthetic/weak")
    for tick in (1, 2, 3):
        with monkeypatch.context() as patch, Folder(tmp_path, config) as folder:
            break_at(patch, tick, KeyboardInterrupt())
            play(config, folder)
        assert len(kept(tmp_path)) == tick
    with Folder(tmp_path, config) as folder:
        play(config, folder)
    assert kept(tmp_path) == texts(config)


def test_a_finished_run_stays_finished(tmp_path, monkeypatch):
    with Folder(tmp_path, SMALL) as folder:
        play(SMALL, folder)
    break_at(monkeypatch, 0, AssertionError("played again"))
    with Folder(tmp_path, SMALL) as folder:
        played = play(SMALL, folder)
    assert (played.ending, played.resumed, len(played.records)) == (Exit.DONE, 4, 4)


@pytest.mark.parametrize(
    ("reason", "ending"),
    [("budget", Exit.BUDGET), ("interrupted", Exit.INTERRUPTED), ("service", Exit.USAGE)],
)
def test_a_halt_says_why(monkeypatch, reason, ending):
    break_at(monkeypatch, 2, Halt(reason, "enough"))
    played = play(SMALL)
    assert (played.ending, played.cause, len(played.records)) == (ending, "enough", 2)


def test_a_budget_takes_back_a_tick(tmp_path):
    costs = [spent_usd(r) for r in play(SMALL).records]
    budget = costs[0] + costs[1]
    with Folder(tmp_path, SMALL.replace(budget=budget)) as folder:
        played = play(SMALL.replace(budget=budget), folder)
    assert (played.ending, len(played.records)) == (Exit.BUDGET, 2)
    assert kept(tmp_path) == texts(SMALL)[:2]
    assert played.organization.tick == 2


def test_failures_are_counted():
    config = RunConfig.of(agents=2, ticks=2, model="synthetic/custom?instruction_following=0")
    records = play(config).records
    n = failures(records)
    assert n == sum(m.state.value == "failed" for r in records for m in r.members)
    assert play(config, max_failures=n).ending is Exit.DONE
    if n:
        assert play(config, max_failures=n - 1).ending is Exit.FAILURES


def test_a_session_plays_what_is_missing(tmp_path, monkeypatch):
    class Listening(Reporter):
        """Keeps what it hears."""

        said: list[str]

        def note(self, text):
            self.said.append(text)

    listening = Listening()
    listening.said = []
    with Session(SMALL, tmp_path / "x", listening) as session:
        assert session.service is None
        played = play_single(session, Execution(max_failures=0))
    assert (played.ending, len(played.records)) == (Exit.DONE, 4)
    assert kept(tmp_path / "x") == texts(SMALL)
    assert not (tmp_path / "x" / ".lock").exists()
    assert listening.said == []
    assert title_of(SMALL) == "sequential · 3 × synthetic/strong · complete"
