"""What the page is given to draw is what the records and the collector say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hostile_text import DIRTY, FORBIDDEN

import unscripted as un
from unscripted.scenarios.harness.dashboard.views import (
    measures_view,
    network_view,
    note_of,
    task_view,
    words_view,
)

PROTOCOLS = ("sequential", "coordinator", "broadcast", "shared", "silent", "stigmergic", "clonal")


def played(ticks=2, **given):
    org = un.build(rng=0, **given)
    org.run(ticks)
    return org


@given(
    st.sampled_from(PROTOCOLS),
    st.integers(1, 9),
    st.sampled_from(["complete", "star", "chain"]),
)
@settings(max_examples=25, deadline=None)
def test_the_picture_is_the_record(protocol, n, topology):
    org = played(protocol=protocol, n_agents=n, topology=topology)
    record = org.records[-1]
    view = network_view(org, record)
    assert [node["id"] for node in view["nodes"]] == list(record.by_id)
    assert {n["id"]: n["state"] for n in view["nodes"]} == {
        m.member: str(m.state) for m in record.members
    }
    assert {tuple(a[:2]) for a in view["arrows"]} == {
        (m.member, other) for m in record.members for other in m.builds_on
    }
    assert len(view["links"]) == org.network.G.number_of_edges()
    assert {s["name"]: s["n"] for s in view["states"]} == {
        str(state): k for state, k in record.states.items()
    }
    json.dumps([view, measures_view(org), task_view(org, record)], allow_nan=False)


def test_nobody_has_a_state_yet():
    org = un.build(n_agents=3, rng=0)
    view = network_view(org, None)
    assert [n["state"] for n in view["nodes"]] == ["not yet asked"] * 3
    assert view["arrows"] == view["states"] == []
    assert measures_view(org) == []


def test_measures_are_the_collectors():
    org = played(3, n_agents=4, measures={"loners": lambda r: float(len(r.members))})
    table = org.datacollector.get_model_vars_dataframe()
    shown = {m["name"]: m for m in measures_view(org, 1)}
    assert "loners" in shown
    for name, measure in shown.items():
        values = [None if v != v else v for v in table[name].astype(float)]
        assert measure["values"] == values
    assert shown["quality"]["now"] == f"{org.records and table['quality'][1]:.3f}"
    assert "score" not in shown  # nothing measured it


def test_who_left_is_not_drawn():
    org = played(4, n_agents=6, shocks="remove:k=2@2")
    before, after = network_view(org, org.records[1]), network_view(org, org.records[3])
    assert len(before["nodes"]) == 6
    assert len(after["nodes"]) == 4


@pytest.mark.parametrize(
    "tasks", ["corpus", "shards:kind=max", "hidden-profile", "agentsnet:problem=coloring"]
)
@pytest.mark.parametrize("protocol", ["coordinator", "dialogue:rounds=2", "broadcast"])
def test_words_are_the_members_own(protocol, tasks):
    org = played(1, protocol=protocol, n_agents=4, tasks=tasks)
    record = org.records[0]
    for own in record.members:
        view = words_view(record, own.member)
        assert len(view["turns"]) == len(own.turns)
        assert bool(view["silence"]) != bool(own.turns)
        said = "\n".join(line for turn in view["turns"] for line in turn["lines"])
        for work in own.contributions:
            assert work.role in said
            assert all(line in said for line in work.work.splitlines())


@given(DIRTY)
@settings(max_examples=20, deadline=None)
def test_hostile_words_stay_words(dirty):
    org = played(1, n_agents=2)
    record = org.records[0]
    turn = record.members[0].turns[0]
    turns = (replace(turn, reply=replace(turn.reply, work=dirty, role=dirty or "x")),)
    spoilt = replace(record, members=(replace(record.members[0], turns=turns), record.members[1]))
    texts = json.dumps([words_view(spoilt, 0), network_view(org, spoilt)], ensure_ascii=False)
    assert not FORBIDDEN & set(texts)


def test_synthetic_minds_are_named():
    assert "no evidence" in note_of(un.build(n_agents=2, rng=0))
    own = un.CallableMind(lambda observation: "done", synthetic=False)
    assert note_of(un.build(n_agents=2, model=own, judge="none", rng=0)) == ""
