"""A folder is followed while somebody plays into it, and is left as it was."""

from __future__ import annotations

from hashlib import sha256

import pytest
from support.called import config as called_config
from support.called import played
from support.commands import command

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.dashboard.following import Follower
from unscripted.scenarios.harness.folders.folder import Folder


def contents(folder):
    return {p.name: sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


def test_ticks_appear_as_they_finish(tmp_path):
    config = RunConfig.of(agents=3, ticks=3)
    org = organization_of(config)
    follower = Follower(tmp_path / "run")
    seen = []
    with Folder(tmp_path / "run", config) as folder:
        for _ in range(3):
            seen.append(follower.look())
            org.step()
            folder.keep_record(org.records[-1])
        seen.append(follower.look())
    assert [s.progress for s in seen] == [
        "0 of 3 ticks played, the next is under way",
        "1 of 3 ticks played, the next is under way",
        "2 of 3 ticks played, the next is under way",
        "3 of 3 ticks played",
    ]
    followed = seen[-1].organization
    assert [r.to_json() for r in followed.records] == [r.to_json() for r in org.records]
    assert followed.measures == org.measures
    assert not follower.look().playing


def test_an_unchanged_folder_is_read_once(finished):
    follower = Follower(finished[0])
    before = contents(finished[0])
    first = follower.look()
    assert follower.look() is first
    assert first.progress == "3 of 3 ticks played"
    assert contents(finished[0]) == before


def test_a_paid_run_is_never_called(loopback, tmp_path):
    server = loopback()
    played(called_config(server, ticks=2), tmp_path / "run")
    asked = len(server.log)
    look = Follower(tmp_path / "run").look()
    assert look.organization.tick == 2
    assert f"; {asked} calls answered" in look.progress
    assert len(server.log) == asked


def test_a_comparison_counts_its_runs(compared):
    look = Follower(compared[0]).look()
    assert look.progress == "6 of 6 runs played"
    assert [n for _, n in look.finished] == [3, 3]
    assert look.organization is None


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"holds no config\.json"):
        Follower(tmp_path).look()
    assert command("dashboard", tmp_path).code == 2
