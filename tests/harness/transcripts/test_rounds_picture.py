"""The picture of a tick has a mark for every turn and a line for everything seen."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from support.records import CHECK, records

import unscripted as un
from unscripted.scenarios.harness.transcripts.html import environment, shown
from unscripted.scenarios.harness.transcripts.rounds_picture import MOST_ARROWS, picture_of
from unscripted.scenarios.harness.transcripts.telling import TickTold

EVIL = "<script>alert('&')</script>\x1b[2J\u202e"


def drawn(told):
    """The picture as a tree, as a page has it."""
    macros = environment().get_template("tick.html.jinja").module
    html = str(macros.rounds(picture_of(told)))
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", html, re.DOTALL)[0])


@given(record=records())
@CHECK
def test_every_turn_has_a_mark(record):
    picture = picture_of(TickTold(record))
    assert len(picture.nodes) == sum(len(m.turns) for m in record.members)
    assert len(picture.members) == len(record.members)
    assert len(picture.rounds) == len(record.rounds)
    assert len({node.anchor for node in picture.nodes}) == len(picture.nodes)
    for node in picture.nodes:
        assert 0 < node.x < picture.width
        assert 0 < node.y < picture.height
        assert (node.x, node.y) in {(x, y) for x, _ in picture.members for y, _ in picture.rounds}


@pytest.mark.parametrize(
    ("protocol", "lines"), [("sequential", 6), ("silent", 0), ("broadcast", 12)]
)
def test_a_line_for_what_was_seen(protocol, lines):
    told = un.run(protocol=protocol, agents=4, ticks=1).told(0)[0]
    picture = picture_of(told)
    assert sum(len(node.arrows) for node in picture.nodes) == lines
    svg = drawn(told)
    names = [e.get("class") or "" for e in svg.iter() if e.tag == "path"]
    assert sum(name.startswith("saw") for name in names) == lines
    assert len([e for e in svg.iter() if e.tag == "title"]) == len(picture.nodes)


def test_built_on_is_told_apart():
    class Building(un.Mind):
        instant = True

        def decide(self, observation):
            seen = tuple(sorted({m.author for m in observation.messages}))
            return un.Contribution("r", "w", builds_on=seen[:1])

    told = un.run(agents=4, ticks=1, model=Building()).told(0)[0]
    built = [a for node in picture_of(told).nodes for a in node.arrows if a.built]
    assert len(built) == 3


def test_too_many_lines_are_counted():
    told = un.run(protocol="sequential", agents=64, ticks=1).told(0)[0]
    seen = sum(len(t.heard) for _, _, turns in told.rounds() for t in turns)
    picture = picture_of(told)
    left = sum(len(node.arrows) for node in picture.nodes)
    assert left + picture.hidden == seen > MOST_ARROWS > left


def test_pictures_hold_no_markup():
    class Evil(un.Mind):
        instant = True
        name = EVIL

        def decide(self, observation):
            return un.Contribution(f"role {EVIL}", f"work {EVIL}")

    told = un.run(agents=2, ticks=1, model=Evil()).told(0)[0]
    svg = drawn(told)
    assert {e.tag for e in svg.iter()} <= {"svg", "text", "line", "g", "path", "a", "title",
                                           "circle", "rect"}  # fmt: skip
    assert "<script>" in "".join(svg.itertext())
    page = environment().get_template("tick.html.jinja").module.tick(shown(told))
    assert "<script>" not in page
    assert not set("\x1b\u202e") & set(page)
    org = un.run(agents=2, ticks=1, model=Evil()).organization
    assert "<script>" not in org._repr_html_()
    assert "&lt;script&gt;" in org._repr_html_()
    assert not set("\x1b\u202e") & set(org._repr_html_())


def test_an_organization_shows_itself():
    org = un.build(n_agents=3, rng=0)
    assert "Not stepped yet" in org._repr_html_()
    org.step()
    html = org._repr_html_()
    assert html.count("<tr>") == 1 + 3
    assert f"quality {org.measures['quality']:.3f}" in html
    large = un.build(n_agents=30, rng=0)
    large.step()
    assert "6 more members" in large._repr_html_()
