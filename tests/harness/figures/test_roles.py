"""The mosaic of roles: a cell per member and task, marks as the records have them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from support.drawings import drawn, inside, record, texts

from unscripted.model.decision import Act, Contribution
from unscripted.model.errors import UsageError
from unscripted.model.judge import Verdict
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic, leading_word, leading_words
from unscripted.scenarios.harness.figures.style import CATEGORIES


def taken(tick, *roles):
    """A tick in which members took these roles."""
    members = tuple(
        MemberRecord(i, "m", State.CONTRIBUTED, (Turn(0, Act.CONTRIBUTE, Contribution(r, "w")),))
        for i, r in enumerate(roles)
    )
    return TickRecord(tick, f"t{tick}", "L1", "p", members, (RoundRecord(Act.CONTRIBUTE, ()),),
                      Verdict())  # fmt: skip


def colours(figure):
    mesh = np.asarray(drawn(figure, "cells")[0].get_array())
    return [[mpl.colors.to_hex(c).upper() for c in row] for row in mesh.reshape(mesh.shape)]


@pytest.mark.parametrize(("members", "ticks"), [(1, 1), (8, 12), (40, 33)])
def test_marks_count_as_records_do(members, ticks):
    records = [record(("caef" * members)[t : t + members], t) for t in range(ticks)]
    figure = draw_role_mosaic(records, synthetic=True)
    for state in (State.ABSTAINED, State.EXCLUDED, State.FAILED):
        said = sum(m.state is state for r in records for m in r.members)
        assert sum(len(m.get_offsets()) for m in drawn(figure, f"state-{state}")) == said
        assert (f"({said})" in texts(figure)) or not said
    inside(figure)


def test_a_cell_has_its_words_colour():
    figure = draw_role_mosaic([record("cca")], synthetic=False)
    words = leading_words([record("cca")], lettered=True)
    ((first,), (second,), (none,)) = colours(figure)
    assert (first, second, none) == (words["domain-0"], words["domain-1"], "#FFFFFF")
    assert {"A", "B"} <= set(texts(figure).split("\n"))


def test_frequent_words_come_first():
    assert leading_word("  Lead  Analyst") == "lead"
    counted = [taken(0, "lead x", "Lead y", "critic", "writer")]
    assert list(leading_words(counted)) == ["lead", "critic", "writer"]
    many = [taken(0, *(f"w{k:02} x" for k in range(20)))]
    assert list(leading_words(many).values()) == list(CATEGORIES)
    assert len(leading_words(many, lettered=True)) == 2 * len(CATEGORIES)
    assert len(set(leading_words(many, lettered=True).values())) == 2 * len(CATEGORIES)
    figure = draw_role_mosaic(many, synthetic=False)
    assert "6 other words (6)" in texts(figure)


def test_headings_count():
    figure = draw_role_mosaic([taken(0, "lead", "critic"), taken(1, "lead", "lead ")],
                              synthetic=False)  # fmt: skip
    assert "Roles under p" in texts(figure)
    assert "2 members · 2 tasks · level L1 · 2 distinct role names" in texts(figure)
    assert "A  lead (3)" in texts(figure)
    one = draw_role_mosaic([taken(0, "lead")], synthetic=False)
    assert "1 member · 1 task · level L1 · 1 distinct role name" in texts(one)


def test_a_kept_role_is_bridged():
    figure = draw_role_mosaic([record("ccc", 0), record("cac", 1)], synthetic=False)
    assert "kept its role (2)" in texts(figure)
    assert "kept" not in texts(draw_role_mosaic([record("c"), record("a", 1)], synthetic=False))


def test_newcomers_have_empty_cells():
    figure = draw_role_mosaic([record("c", 0), record("cc", 1)], synthetic=False)
    assert colours(figure)[1][0] == "#FFFFFF"
    assert colours(figure)[1][1] != "#FFFFFF"


def test_long_runs_show_their_end():
    figure = draw_role_mosaic([record("c", t) for t in range(70)], synthetic=False)
    assert "last 60 of 70 tasks" in texts(figure)
    assert len(colours(figure)[0]) == 60
    assert "tick" in texts(figure).split("\n")
    assert "task and tick" in texts(draw_role_mosaic([record("c")], synthetic=False))


def test_nothing_to_draw_is_an_error():
    with pytest.raises(UsageError, match=r"records=\[\] is empty; give at least one tick"):
        draw_role_mosaic([], synthetic=True)
