"""Talk in rounds, then work; who hears whom when in either order."""

from __future__ import annotations

import networkx as nx
import pytest

import unscripted as un
from unscripted import Abstention, Contribution, Saying, UsageError
from unscripted.protocols.dialogue import Dialogue
from unscripted.testing import Scripted, Witness

TALKER = Scripted([Contribution("role", "work")], sayings=[Saying("hm")])


def heard(order, n=3, rounds=2, topology="complete", latency=1):
    witness = Witness(TALKER)
    org = un.build(
        protocol=Dialogue(rounds=rounds, order=order, latency=latency), n_agents=n, model=witness,
        topology=topology, judge="none", rng=0,
    )  # fmt: skip
    (record,) = org.run(1)
    return record, [(o.act.value, o.member, len(o.messages)) for o in witness.shown]


def test_all_speak_at_once():
    record, shown = heard("simultaneous")
    assert [m for act, _, m in shown if act == "say"] == [0, 0, 0, 2, 2, 2]
    assert [m for act, _, m in shown if act == "contribute"] == [4, 4, 4]
    assert len(record.rounds) == 3
    assert record.totals.decisions == Dialogue(rounds=2).max_calls(3) == 9


def test_they_speak_in_turn():
    record, shown = heard("serial")
    assert [m for act, _, m in shown if act == "say"] == [0, 1, 2, 2, 3, 4]
    assert len(record.rounds) == 7


def test_late_words_are_heard_later():
    _, shown = heard("simultaneous", rounds=3, latency=2)
    assert [m for act, _, m in shown if act == "say"] == [0, 0, 0, 0, 0, 0, 2, 2, 2]
    assert [m for act, _, m in shown if act == "contribute"] == [6, 6, 6]


def test_words_travel_a_link_a_round():
    chain = nx.path_graph(4)
    _, shown = heard("simultaneous", 4, 1, chain)
    assert [m for act, _, m in shown if act == "contribute"] == [1, 2, 2, 1]


@pytest.mark.parametrize(
    "spec", ["rounds=0", "rounds=101", "order=random", "latency=0", "order=serial,latency=2"]
)
def test_impossible_dialogues_are_refused(spec):
    with pytest.raises(UsageError):
        un.build(protocol=f"dialogue:{spec}", rng=0)


def test_its_label_has_its_options():
    assert Dialogue(rounds=2, order="serial").label == "dialogue:rounds=2,order=serial"
    late = "dialogue:rounds=2,order=simultaneous,latency=2"
    assert Dialogue(rounds=2, latency=2).label == late


def test_silence_is_no_fault():
    silent = Scripted([Contribution("role", "work")], sayings=[Abstention("nothing")])
    org = un.build(protocol="dialogue", n_agents=3, model=silent, judge="none", rng=0)
    (record,) = org.run(1)
    assert not record.error
    assert {m.state for m in record.members} == {"contributed"}


def test_synthetic_minds_announce_aloud():
    talked, broadcast = (
        un.build(protocol=p, n_agents=4, rng=0).run(1)[0]
        for p in ("dialogue:rounds=1", "broadcast")
    )
    said = [m.turns[0].reply.text.split("\n")[1:] for m in talked.members]
    meant = [list(m.turns[0].reply.focus) for m in broadcast.members]
    assert said == meant
    assert talked.verdict == broadcast.verdict, "an announcement is one, however it is made"
