"""A model of 135 million parameters passes the schema of every act, and a run of it replays."""

from __future__ import annotations

import pytest
from benchmarks.local_models import measure
from support.commands import command

from unscripted.agents.local.catalogue import known
from unscripted.model.decision import Act

NAME, TIMES = "smollm2-135m", 6
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not known(NAME).is_here, reason=f"unscripted fetch {NAME}"),
]


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_answered(act):
    found = measure(NAME, act, TIMES)
    assert (found["once"], found["lost"]) == (TIMES, 0), found


def test_a_run_is_played_and_replayed(tmp_path):
    given = ("--model", f"local/{NAME}", "--agents", 3, "--level", "L1", "--ticks", 1)
    out = ("--out", tmp_path / "run", "--timeout", 600)
    row = command("run", *given, *out, "--json").body["runs"][0]
    assert row["failure_rate"] == 0
    assert row["cost_usd"] == 0
    assert row["quality"] is None
    assert command("replay", tmp_path / "run").out == "1 ticks replayed, all equal\n"
