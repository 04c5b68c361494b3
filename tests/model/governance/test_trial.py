"""Ring 3: a parameter is put to a trial on the organization's own ticks."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from support.assembly import WORK, Better, proposing, team

import unscripted as un
from unscripted.model.governance.trial import Trial, Tuning, welch
from unscripted.model.randomness import Streams
from unscripted.testing import Scripted


class Batched(un.Protocol):
    """Tells its members the batch in force, as a role."""

    name = "batched"

    def __init__(self, *, batch: int = 1):
        if batch < 1:
            raise un.UsageError(f"batch={batch} is below 1; use 1 or more")
        self.batch = batch

    def rounds(self, team):
        given = {m: un.Assignment(m, f"batch {self.batch}") for m in team.members}
        yield un.Round(un.Act.CONTRIBUTE, team.members, assignments=given)


def echo(observation):
    return un.Contribution("worker", observation.assignment.role)


def trying(gain, seed, tune="batch=1/2", **options):
    return team([Scripted([echo])], Batched(), judge=Better(gain), rng=seed, tune=tune, **options)


def test_every_value_plays_each_block():
    orders = set()
    for seed in range(8):
        org = trying(0.0, seed, "batch=1/2/3,every=2,looks=2")
        org.run(12)
        played = [r.protocol for r in org.records]
        blocks = [tuple(played[i : i + 3]) for i in range(0, 12, 3)]
        assert all(sorted(b) == [f"batched:batch={k}" for k in (1, 2, 3)] for b in blocks)
        orders |= set(blocks)
    assert len(orders) == 6


def test_better_value_wins():
    org = trying(0.9, 1)
    assert "p < 0.01667" in org.trial_rule
    org.run(30)
    decisions = [(r.tick, x) for r in org.records for x in r.rulings]
    ((tick, ruling),) = decisions
    assert ruling.granted
    assert ruling.amendment.article == "protocol.batch"
    assert ruling.amendment.text == "2"
    assert (tick + 1) % 8 == 0  # a look comes after four blocks of two
    assert {r.protocol for r in org.records[tick + 1 :]} == {"batched:batch=2"}
    assert org.protocol.batch == 2
    assert org.trial_rule == ""


def test_no_difference_keeps_the_value():
    org = trying(0.0, 3)
    org.run(26)
    ((tick, ruling),) = [(r.tick, x) for r in org.records for x in r.rulings]
    assert (tick, ruling.granted) == (23, False)
    assert {r.protocol for r in org.records[24:]} == {"batched:batch=1"}


def test_chance_changes_at_most_alpha():
    tuning = Tuning("batch", ("1", "2"), alpha=0.1)
    changes = 0
    runs = 600
    for seed in range(runs):
        trial = Trial(tuning, 0, Streams(seed))
        rng = Streams(seed).generator(0, 99)
        outcome = None
        while outcome is None:
            outcome = trial.take_in(float(rng.normal()))
        changes += outcome.winner == "2"
    assert changes / runs <= 0.1 / 2 + 3 * (0.05 * 0.95 / runs) ** 0.5  # one side of it
    assert changes > 0  # it can go wrong


def test_large_difference_is_found_early():
    found = 0
    for seed in range(100):
        trial = Trial(Tuning("batch", ("1", "2")), 5, Streams(seed))
        rng = Streams(seed).generator(0, 98)
        outcome, tick = None, 5
        while outcome is None:
            outcome = trial.take_in(float(rng.normal() + 8 * (trial.value_at(tick) == "2")))
            tick += 1
        found += outcome.winner == "2" and tick == 13
    assert found > 95


def test_trial_survives_resumption():
    whole = trying(0.9, 1)
    whole.run(26)
    again = trying(0.9, 1)
    for record in whole.records[:11]:
        again.replay(un.TickRecord.from_json(record.to_json()))
    again.run(15)
    assert [r.to_json() for r in again.records] == [r.to_json() for r in whole.records]
    snapshot = whole.snapshot()
    restored = un.BaseOrganization.restore(snapshot)
    restored.run(3)
    whole.run(3)
    assert [r.to_json() for r in restored.records] == [r.to_json() for r in whole.records]


def test_members_start_open_trials():
    asks = un.Amendment("protocol.batch", "2")
    for tunable in (frozenset({"batch"}), frozenset()):
        org = team(proposing(asks, asks), constitution=un.Constitution(tunable=tunable))
        org.run(3)
        first = org.records[0].rulings
        assert [r.granted for r in first] == [bool(tunable)] * 2
        assert bool(org.trial_rule) == bool(tunable)
        if tunable:  # one at a time, and between the value in force and the new one
            assert not any(r.granted for r in org.records[1].rulings)
            assert {r.protocol for r in org.records[1:]} == {
                "assembly:batch=1",
                "assembly:batch=2",
            }


@pytest.mark.parametrize("text", ["0", "many", "1"])
def test_invalid_values_are_not_tried(text):
    minds = [Scripted([WORK])]
    org = team(minds, Batched(), constitution=un.Constitution(tunable=frozenset({"batch"})))
    ruling = org.propose(un.Amendment("protocol.batch", text))
    assert not ruling.granted
    assert "\n" not in ruling.reason


@pytest.mark.parametrize(
    "tune",
    ["batch", "batch=1", "batch=1/1", "size=1/2", "batch=1/x", "batch=1/0", "batch=1/2,every=1",
     "batch=1/2,looks=0", "batch=1/2,alpha=0", "batch=1/2,measure=beauty", "batch=1/2,why=1"],
)  # fmt: skip
def test_wrong_trial_is_one_line(tune):
    with pytest.raises(un.UsageError) as error:
        trying(0.0, 0, tune)
    assert "\n" not in str(error.value)


def test_welch_agrees_with_hand():
    gain, p = welch([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    assert gain == 2.0
    t, freedom = 2 / math.sqrt(4 / 3 + 1 / 3), (5 / 3) ** 2 / ((4 / 3) ** 2 / 2 + (1 / 3) ** 2 / 2)
    assert p == pytest.approx(2 * stats.t.sf(t, freedom))
    assert welch([1.0], [2.0, 3.0]) == (0.0, 1.0)
    assert welch([1.0, 1.0], [1.0, 1.0]) == (0.0, 1.0)
