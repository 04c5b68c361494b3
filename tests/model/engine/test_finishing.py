"""How code-scored tasks end: who is asked once more, what counts as an answer, who sees what."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted import Contribution, FinalAnswer, Saying
from unscripted.model.ground_truth.stream import FamilyTasks
from unscripted.model.metrics.scored import answered
from unscripted.testing import Scripted, Secrets, Witness


def team(minds, protocol="silent", **options):
    family = options.pop("family", Secrets())
    org = un.build(
        protocol=protocol, n_agents=len(minds), model=list(minds), rng=0,
        tasks=FamilyTasks(family, 0), **options,
    )  # fmt: skip
    (record,) = org.run(1)
    return record


def works(answer):
    return Contribution("role", "work", answer=answer)


def values(record):
    return [a.value for a in record.ground_truth.answers]


def test_answers_ride_or_are_asked():
    gives = Scripted([works("yes")], answers=[FinalAnswer("no")])
    waits = Scripted([works(None)], answers=[FinalAnswer("No.")])
    wrong = Scripted([works("perhaps")], answers=[FinalAnswer("no")])
    silent = Scripted()
    record = team([gives, waits, wrong, silent])
    assert values(record) == ["yes", "no", "no", None]
    assert [(r.act, r.actors) for r in record.rounds] == [
        ("contribute", (0, 1, 2, 3)),
        ("answer", (1, 2, 3)),
    ]
    assert record.totals.calls == 7, "asking once more counts"
    assert [m.turns[0].dropped for m in record.members] == [0, 0, 1, 0]
    assert [m.state for m in record.members] == ["contributed"] * 3 + ["abstained"]
    assert (record.verdict.score, answered(record)) == (0.75, 0.75)
    assert "3 of 4" in record.verdict.reason or record.verdict.reason == ""


@pytest.mark.parametrize("nonsense", [7, None, ["yes"], "perhaps", FinalAnswer("yes")])
def test_invalid_answers_are_missing_ones(nonsense):
    record = team([Scripted([works(None)], answers=[FinalAnswer(nonsense)])] * 2)
    assert values(record) == [None, None]
    assert [m.turns[-1].reply for m in record.members] == [FinalAnswer(None)] * 2
    assert record.totals.failures == 0


def test_who_answers_again_answers_later():
    twice = Scripted([lambda seen: works("no" if len(seen.own) else "yes")])
    other = Scripted(answers=[FinalAnswer("yes")])
    record = team([twice, other], "solo")
    assert values(record) == ["no", "yes"]


def test_last_calls_show_what_was_seen():
    witness = Witness(Scripted([works(None)], answers=[FinalAnswer("yes")]))
    team([witness] * 3, "sequential")
    asked = [o for o in witness.shown if o.act == "answer"]
    assert [len(o.messages) for o in asked] == [0, 1, 2]
    assert all(o.form is not None and o.private is not None for o in witness.shown)


def test_dialogue_shows_its_last_round():
    talks = Scripted([works(None)], sayings=[Saying("hm")], answers=[FinalAnswer("yes")])
    witness = Witness(talks)
    team([witness] * 3, "dialogue:rounds=2")
    asked = [o for o in witness.shown if o.act == "answer"]
    assert [len(o.messages) for o in asked] == [4, 4, 4], "what was said, and no work"


def test_talk_reaches_whom_it_is_for():
    def to(*members):
        return Scripted([works("yes")], sayings=[Saying("hm", members)])

    witnesses = [Witness(m) for m in (to(1), to(0, 2, 9), to(9), to())]
    record = team(witnesses, "dialogue:rounds=1", topology="ring")
    heard = [[m.author for m in w.shown[-1].messages] for w in witnesses]
    assert heard == [[1, 3], [0], [1, 3], []]
    assert [m.turns[0].dropped for m in record.members] == [0, 1, 1, 0]
    assert type(record.members[2].turns[0].reply).__name__ == "Abstention", "nobody could hear it"
    assert witnesses[0].shown[0].roster == (1, 3)


class Breaks(Secrets):
    """Scores nothing."""

    def score(self, task, answers):
        raise RuntimeError("out of order")


def test_a_broken_scorer_stops_no_run():
    record = team([Scripted([works("yes")])] * 2, family=Breaks())
    assert record.verdict.score is None
    assert "out of order" in record.error


def test_a_broken_protocol_still_asks():
    class Late(un.Protocol):
        name = "late"

        def rounds(self, team):
            raise RuntimeError("too late")
            yield

    record = team([Scripted(answers=[FinalAnswer("yes")])] * 2, Late())
    assert "too late" in record.error
    assert values(record) == ["yes", "yes"]
