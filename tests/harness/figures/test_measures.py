"""A run's measures over its ticks: gaps stay gaps, shares fill the height."""

from __future__ import annotations

import numpy as np
import pytest
from support.drawings import drawn, inside, record, texts

from unscripted.model.errors import UsageError
from unscripted.model.metrics.catalogue import find, measure_ticks, of_ticks
from unscripted.scenarios.harness.figures.measures import GROUPS, draw_measures

NOTHING = dict.fromkeys(of_ticks())


def axes_of(figure, title):
    return next(a for a in figure.axes if a.get_gid() == title)


def draw(ticks, **more):
    return draw_measures(ticks, title="t", synthetic=False, **more)


def test_missing_values_are_gaps():
    ticks = [NOTHING, *measure_ticks([record("ca"), record("ca", 1)])]
    ticks[1]["quality"], ticks[2]["risk"] = 0.5, None
    quality = drawn(draw(ticks), "quality")[0].get_ydata()
    assert np.isnan(quality).tolist() == [True, False, True]
    assert quality[1] == 0.5


def test_nothing_measured_says_so():
    nothing = draw([NOTHING] * 3)
    assert texts(nothing).count("not measured") == 1
    assert "Not measured: roles, members, hierarchy depth" in texts(nothing)
    figure = draw([{**NOTHING, "quality": 0.5, "risk": 0.0}])
    assert [a.get_gid() for a in figure.axes if a.get_visible()] == ["Outcome"]
    assert "Not measured: roles" in texts(figure)
    assert "Always 0: risk." in texts(figure)
    assert "\n1 tick, one task" in texts(figure)
    assert "3 ticks, one task each" in texts(draw([NOTHING] * 3))


def test_shares_fill_the_height():
    figure = draw(measure_ticks([record("ccaf"), record("ceef", 1)]))
    tops = {}
    for bar in axes_of(figure, "Members").patches:
        tick = round(bar.get_x() + bar.get_width() / 2)
        tops[tick] = tops.get(tick, 0) + bar.get_height()
    assert tops == {0: 1.0, 1: 1.0}
    unknown = [{**t, "failure_rate": None} for t in measure_ticks([record("ccaf")])]
    assert [p for p in axes_of(draw(unknown), "Members").patches if p.get_height()] == []


def test_scales_are_the_catalogues():
    for group in GROUPS:
        highs = {find(name).high for name in group.names}
        assert highs == {group.top}, group.title
    ticks = [
        {
            **NOTHING,
            "quality": 0.5,
            "hierarchy_depth": 3,
            "tokens": 2000.0,
            "risk": 0.2,
            "cost_usd": 0.1,
        }
    ] * 2
    figure = draw(ticks)
    tops = {a.get_gid(): a.get_ylim() for a in figure.axes}
    assert tops["Outcome"] == tops["Risk"] == (0, 1)
    assert tops["Hierarchy depth"] == (0, pytest.approx(3.36))
    assert axes_of(figure, "Hierarchy depth").get_ylabel() == "works in a chain"
    assert axes_of(figure, "Cost").get_ylabel() == "USD per task"
    figure.draw_without_rendering()
    labels = [t.get_text() for t in axes_of(figure, "Tokens").get_yticklabels()]
    assert "2k" in labels


def test_shocks_are_marked():
    figure = draw(measure_ticks([record("c", t) for t in range(4)]), shocks=[2])
    lines = drawn(figure, "shock")
    assert len(lines) == sum(a.get_visible() for a in figure.axes) > 2
    assert {tuple(line.get_xdata()) for line in lines} == {(1.5, 1.5)}
    assert "Dashed: before this tick" in texts(figure)
    assert "Dashed" not in texts(draw([NOTHING]))


def test_own_measures_have_a_place():
    figure = draw([{**NOTHING, "loners": 2.0}, {**NOTHING, "loners": 3.0}])
    assert drawn(axes_of(figure, "loners"), "loners")[0].get_ydata().tolist() == [2.0, 3.0]
    assert sum(a.get_visible() for a in figure.axes) == 1
    inside(figure)


def test_nothing_to_draw_is_an_error():
    with pytest.raises(UsageError, match=r"measures=\[\] is empty; give at least one tick"):
        draw([])
