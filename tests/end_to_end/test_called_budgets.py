"""Money over loopback: no budget is overshot, nothing is paid twice."""

from __future__ import annotations

import json
import random
import sqlite3

import pytest
from loopback_server.server import Faults
from support.called import (
    MODEL,
    agents_requests,
    command,
    config,
    played,
    service,
    team,
)

from unscripted.agents.llm.journal.journal import Journal
from unscripted.model.errors import Halt
from unscripted.scenarios.harness.exits import Exit


def test_a_raised_budget_continues(loopback, tmp_path):
    server = loopback()
    small = config(server, agents=6, ticks=4, protocol="shared", budget=0.012, max_tokens=400)
    outcome, made = played(small, tmp_path / "run")
    assert outcome.ending is Exit.BUDGET
    assert "may cost" in outcome.cause
    assert 0 < made.client.budget.spent_usd <= 0.012
    first = server.requests
    more, made = played(small.replace(budget=1.0), tmp_path / "run")
    assert more.ending is Exit.DONE
    assert len(more.records) == 4
    paid = len(agents_requests(server))
    assert paid == 6 * 4, "nothing was paid twice"
    assert server.requests > first
    with sqlite3.connect(tmp_path / "run" / "journal.sqlite") as db:
        known = db.execute("SELECT total(cost_usd) FROM calls").fetchone()[0]
    assert made.client.budget.spent_usd == pytest.approx(known)


def billed_usd(entry):
    """What the server worked on, at $1 and $5 per million tokens, four characters to a token.

    Whatever usage it then claimed, or whether its answer arrived.
    """
    if entry.status != 200 and entry.fault not in ("truncated", "reset"):
        return 0.0
    return (len(entry.prompt) // 4 + 5 * min(300, len(entry.answer) // 4)) / 1e6


@pytest.mark.parametrize("seed", range(4))
def test_no_budget_is_overshot(loopback, seed):
    rng = random.Random(seed)
    faults = Faults(
        server_error=0.1, reset=0.1, truncated=0.1, wrong_usage=0.1, no_usage=0.1, seed=seed
    )
    server = loopback(faults=faults)
    budget = rng.uniform(0.01, 0.06)
    made = service(server, price="1,5", budget_usd=budget, max_tokens=300, timeout_s=6.0)
    org = team(made, rng.choice(["shared", "broadcast"]), 12)
    with pytest.raises(Halt):
        org.run(30)
    client = made.client
    assert client.halt.reason == "budget"
    assert client.budget.used_usd <= budget
    assert sum(billed_usd(e) for e in server.log) <= budget
    assert client.budget.spent_usd == pytest.approx(client.journal.spent_usd())
    assert client.budget.held_usd == pytest.approx(client.journal.held_usd())


def test_a_comparison_shares_one_budget(loopback, tmp_path):
    server = loopback()
    asked = (
        "compare", "--model", MODEL, "--api-base", server.api_base, "--agents", 3, "--ticks", 2,
        "--protocol", "sequential,shared", "--replicates", 2, "--judge", "none", "--json",
        "--out", tmp_path / "cmp", "--max-tokens", 400,
    )  # fmt: skip
    process = command(*asked, "--budget", 0.012)
    said, told = process.communicate(timeout=90)
    assert process.returncode == Exit.BUDGET, told
    paid = len(agents_requests(server))
    assert 0 < paid < 24
    process = command(*asked, "--budget", 1)
    said, told = process.communicate(timeout=90)
    assert process.returncode == 0, told
    assert len(json.loads(said)["runs"]) == 4
    assert len(agents_requests(server)) == 24, "nothing was paid twice"
    with sqlite3.connect(tmp_path / "cmp" / "journal.sqlite") as db:
        by_run = db.execute("SELECT run, count(*) FROM calls WHERE tick >= 0 GROUP BY run")
        counts = dict(by_run.fetchall())
        kept = {run.replace("|ticks=2", "") for (run,) in db.execute("SELECT run FROM runs")}
    assert counts == dict.fromkeys(kept, 6), "each run has calls of its own"
    assert len(kept) == 4


def test_a_short_budget_buys_replicates(loopback, tmp_path):
    server = loopback()
    asked = (
        "compare", "--model", MODEL, "--api-base", server.api_base, "--agents", 3, "--ticks", 2,
        "--protocol", "sequential,shared", "--replicates", 6, "--judge", "none", "--json",
        "--out", tmp_path / "cmp", "--max-tokens", 400,
    )  # fmt: skip
    process = command(*asked, "--budget", 0.03)
    said, told = process.communicate(timeout=90)
    assert process.returncode == Exit.BUDGET, told
    assert "the budget buys about " in told
    assert "of 6 replicates of every cell" in told
    body = json.loads(said)
    rows_usd = sum(2 * row["cost_usd"] for row in body["runs"])
    assert rows_usd < body["spent_usd"] <= 0.03  # the probe's bill is in no row
    assert body["held_usd"] == 0.0
    seeds = {}
    for row in body["runs"]:
        seeds.setdefault(row["protocol"], set()).add(row["seed"])
    assert set(seeds) == {"sequential", "shared"}, "every cell has runs"
    assert min(map(len, seeds.values())) >= 1
    assert max(map(len, seeds.values())) < 6
    assert len(seeds["sequential"] ^ seeds["shared"]) <= 1, "a smaller comparison, not half of one"


def test_every_probe_is_paid_and_kept(loopback, tmp_path):
    made = service(loopback(), Journal(tmp_path / "j.sqlite"), budget_usd=1.0)
    made.probe([MODEL, f"{MODEL}?temperature=0.1", f"{MODEL}?temperature=0.9"])
    assert made.client.journal.count() == 3
    assert made.client.journal.spent_usd() == pytest.approx(made.client.budget.spent_usd)
