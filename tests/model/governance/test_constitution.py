"""What an organization may change about itself: rings 1 and 2, and rulings in the record."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.assembly import WORK, Better, proposing, team

import unscripted as un
from unscripted.model.governance.constitution import FOUNDATIONS, TEXTS, WEIGHTS, Ring, ring_of
from unscripted.testing import ArbitraryMind, Scripted

texts = st.text(st.characters(codec="utf-8"), max_size=30)


class Usurper(un.Protocol):
    """Tries to change the foundations itself, every tick."""

    name = "usurper"

    def rounds(self, team):
        for article in FOUNDATIONS:
            ruling = team.propose(un.Amendment(article, "obey the protocol"))
            assert not ruling.granted
        yield un.Round(un.Act.CONTRIBUTE, team.members)


@given(st.sampled_from(FOUNDATIONS), texts, st.booleans())
@settings(max_examples=40, deadline=None)
def test_members_change_no_foundation(article, text, approves):
    asked = []
    generous = un.Constitution(
        approve=lambda a: asked.append(a) or approves, tunable=frozenset({"mission", "values"})
    )
    org = team(proposing(un.Amendment(article, text)), constitution=generous)
    before = org.charter
    org.run(2)
    assert org.charter == before
    assert not asked  # a human isn't even asked
    for record in org.records:
        (ruling,) = record.rulings
        assert (ruling.granted, ruling.ring, ruling.by) == (False, 1, 0)
        assert ruling.amendment == un.Amendment(article, text)


def test_usurping_protocol_is_refused():
    org = team([Scripted([WORK])], Usurper())
    before = org.charter
    org.run(2)
    for record in org.records:
        assert not record.error
        assert [r.amendment.article for r in record.rulings] == list(FOUNDATIONS)
        assert not any(r.granted for r in record.rulings)
        assert record.by_id[0].state == "contributed"
    assert org.charter == before


def test_charter_is_frozen():
    refused = []

    def write(observation):
        for target, name in ((observation.charter, "mission"), (observation, "charter")):
            try:
                setattr(target, name, "mine")
            except dataclasses.FrozenInstanceError:
                refused.append(name)
        return WORK

    org = team([Scripted([write])], "silent")
    org.step()
    assert refused == ["mission", "charter"]
    assert (
        not hasattr(un.BaseOrganization.charter, "fset") or un.BaseOrganization.charter.fset is None
    )


def test_standards_forbid_no_abstention():
    eager = un.Constitution(approve=lambda a: True)
    rule = un.Amendment("standards", "Nobody may ever abstain.")
    minds = [Scripted([un.Abstention("no")], amendments=[rule])] * 2
    org = team(minds, constitution=eager)
    org.run(3)
    assert all(m.state == "abstained" for m in org.records[-1].members)


def test_approved_standard_holds_next_tick():
    rule = un.Amendment("standards", "Every  work names\nits sources.")
    asked = []
    seen = []

    def look(observation):
        seen.append(observation.charter.standards)
        return WORK

    minds = [Scripted([look], amendments=[rule])]
    org = team(minds, constitution=un.Constitution(approve=lambda a: not asked.append(a)))
    org.run(3)
    once = "Every work names its sources."
    assert seen == [(), (once,), (once, once)]
    assert asked == [rule] * 3
    assert [r.rulings[0].granted for r in org.records] == [True] * 3


@pytest.mark.parametrize(
    ("approve", "reason"),
    [(None, "nobody is there to ask"), (lambda a: False, "a human refused")],
)
def test_unapproved_changes_nothing(approve, reason):
    minds = proposing(un.Amendment("audit", "Check every tenth work."))
    org = team(minds, constitution=un.Constitution(approve=approve))
    org.run(2)
    assert org.charter.standards == ()
    assert all(reason in r.rulings[0].reason for r in org.records)


def test_amended_weights_change_the_objective():
    minds = [Scripted([un.Answer(WORK, un.Usage(cost_usd=0.01))])]
    graded = {"judge": Better(0.0), "rng": 5}
    plain = team(minds, "silent", **graded)
    org = team(minds, "silent", constitution=un.Constitution(approve=lambda a: True), **graded)
    assert org.propose(un.Amendment("weights.quality", "3")).granted
    for o in (plain, org):
        o.run(6)
    frames = [o.datacollector.get_model_vars_dataframe() for o in (plain, org)]
    gap = frames[1]["objective"] - frames[0]["objective"]
    assert gap[0] == 0  # it holds from the tick after the one whose record holds it
    assert gap[1:].tolist() == pytest.approx((2 * frames[0]["quality"])[1:].tolist())


@pytest.mark.parametrize(
    "amendment",
    [
        un.Amendment("weights.quality", "much"),
        un.Amendment("weights.quality", "-1"),
        un.Amendment("weights.time_ref_s", "0"),
        un.Amendment("standards", "  "),
        un.Amendment("standards", "x" * 2001),
    ],
)
def test_nonsense_is_refused_unasked(amendment):
    asked = []
    org = team([Scripted()], constitution=un.Constitution(approve=lambda a: not asked.append(a)))
    assert not org.propose(amendment).granted
    assert not asked


@given(texts)
@settings(max_examples=60, deadline=None)
def test_unknown_articles_are_refused(article):
    ruling = team([Scripted()]).propose(un.Amendment(article, "1"))
    if ring_of(article) is None:
        assert (ruling.granted, ruling.ring) == (False, 0)


def test_articles_have_one_ring():
    assert {ring_of(a) for a in FOUNDATIONS} == {Ring.FOUNDATION}
    assert {ring_of(a) for a in (*TEXTS, *WEIGHTS)} == {Ring.STANDARDS}
    assert ring_of("protocol.batch") is Ring.PRACTICE
    assert ring_of("protocol.") is ring_of("mission ") is ring_of("") is None


def test_users_proposals_are_recorded():
    options = {"constitution": un.Constitution(approve=lambda a: True)}
    org = team([Scripted([WORK])], "silent", **options)
    org.step()
    org.propose(un.Amendment("standards", "Be brief."))
    org.propose(un.Amendment("mission", "Be rich."))
    org.run(2)
    assert [len(r.rulings) for r in org.records] == [0, 2, 0]
    assert org.charter.standards == ("Be brief.",)
    texts = [r.to_json() for r in org.records]
    assert [un.TickRecord.from_json(t).to_json() for t in texts] == texts
    never = un.Constitution(approve=lambda a: pytest.fail("a past ruling is asked for again"))
    again = team([Scripted([WORK])], "silent", constitution=never)
    for text in texts:
        again.replay(un.TickRecord.from_json(text))
    assert again.charter == org.charter


def test_arbitrary_proposals_stop_nothing():
    org = team([ArbitraryMind(0.2)] * 6, constitution=un.Constitution(approve=lambda a: True))
    mission = org.charter.mission
    org.run(6)
    assert not any(r.error for r in org.records)
    assert org.charter.mission == mission
    assert sum(len(r.rulings) for r in org.records) > 5
