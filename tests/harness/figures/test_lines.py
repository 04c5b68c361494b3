"""Lines over numbers or places: means, intervals, gaps, and names that stand apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawings import drawn, inside, texts
from support.runs import sample

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.figures.lines import Line, Subplot, draw_lines, spread


def draw(subplots, **more):
    return draw_lines(subplots, title="t", synthetic=False, **more)


def five(k):
    """Five seeds whose mean is k + 0.25."""
    return [k, k + 0.5, k, k + 0.5, k + 0.25]


@pytest.mark.parametrize("places", [True, False])
def test_few_seeds_are_dots(places):
    xs = ["L1", "L2"] if places else [1, 10]
    figure = draw([Subplot([Line("a", [(xs[0], sample(0.1, 0.4)), (xs[1], sample(*five(0)))])])])
    assert len(drawn(figure, "value")) == 1
    assert drawn(figure, "value")[0].get_ydata().tolist() == [0.1, 0.4]
    assert len(drawn(figure, "interval")) == 1
    shape = "bars" if places else "bands"
    said = f"Lines are means, {shape} 95 % intervals over 5 seeds, small dots single seeds, 2 seeds"
    assert said in texts(figure).replace("\n", " ")


@pytest.mark.parametrize("places", [True, False])
def test_means_intervals_and_gaps(places):
    xs = ["L1", "L2", "L3"] if places else [1, 10, 100]
    subplots = [
        Subplot([Line(f"l{k}", [(x, sample(*five(k))) for x in xs]) for k in range(n)], "quality")
        for n in (1, 9)
    ]
    subplots.append(Subplot([Line("l0", [(x, sample()) for x in xs])], "cost_usd", log=True))
    figure = draw(subplots, log=not places)
    assert "not measured" in texts(figure)
    shape = "bars" if places else "bands"
    assert f"Lines are means, {shape} 95 % intervals over 5 seeds." in texts(figure)
    lines = drawn(figure, "line")
    looks = {(x.get_color(), x.get_marker(), x.get_linestyle()) for x in lines}
    assert len(looks) == 9, "every label its own look, the same in all subplots"
    assert lines[0].get_ydata().tolist() == [0.25] * 3
    assert len(drawn(figure, "interval")) == (30 if places else 10)
    inside(figure)


def test_numbers_and_places_on_the_axis():
    points = [(x, sample(0.1, 0.2)) for x in (1, 2, 4)]
    plain, logged = (
        draw([Subplot([Line("a", points)])]),
        draw([Subplot([Line("a", points)])], log=True),
    )
    assert [t.get_text() for t in logged.axes[0].get_xticklabels()] == ["1", "2", "4"]
    assert logged.axes[0].get_xscale() == "log"
    assert drawn(plain, "line")[0].get_xdata().tolist() == [1, 2, 4]
    named = [Line(n, [(x, sample(0.1, 0.2)) for x in ("ring", "star")]) for n in "ab"]
    figure = draw([Subplot(named)])
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["ring", "star"]
    first, second = (line.get_xdata() for line in drawn(figure, "line"))
    assert np.subtract(second, first) == pytest.approx(0.09)


def test_lines_are_made_of_rows():
    rows = [{"agents": n, "seed": s, "quality": n + s} for n in (4, 8) for s in range(2)]
    line = Line.of(rows, "agents", "quality", "a")
    assert [(x, s.values) for x, s in line.points] == [(4, {0: 4, 1: 5}), (8, {0: 8, 1: 9})]
    assert line.label == "a"


def test_axes_are_labelled_by_the_catalogue():
    points = [(1, sample(0.1, 0.2)), (2, sample(0.1, 0.3))]
    subplots = [Subplot([Line("a", points)], "tokens", title="one", zero=True),
                Subplot([Line("a", points)], "my own words", xlabel="here")]  # fmt: skip
    figure = draw(subplots, xlabel="there", subtitle="fixed", note="Read so.")
    first, second = figure.axes
    assert (first.get_ylabel(), second.get_ylabel()) == ("tokens\n(per task)", "my own words")
    assert (first.get_xlabel(), second.get_xlabel()) == ("there", "here")
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("one", "")
    assert len(drawn(figure, "zero")) == 1
    assert "2 seeds being too few for intervals. Read so." in texts(figure)
    assert figure.legends == [], "one label needs no legend"


def test_four_make_two_rows():
    line = Line("a", [(1, sample(0.1, 0.2)), (2, sample())])
    three, five = (draw([Subplot([line])] * n) for n in (3, 5))
    assert [len({round(a.get_position().y0, 3) for a in f.axes}) for f in (three, five)] == [1, 2]
    assert [a.get_visible() for a in five.axes] == [True] * 5 + [False]


def test_crossings_are_shaded():
    line = Line("a", [(0, sample(-1.0, -1.1)), (1, sample(1.0, 1.1))])
    figure = draw([Subplot([line], crossing=(0.5, 0.4, 0.6)), Subplot([line])])
    (band,) = drawn(figure, "crossing")
    assert (band.get_x(), band.get_width()) == pytest.approx((0.4, 0.2))


def test_names_at_the_foot_stand_apart():
    marks = {f"model-{k}-of-a-kind": v for k, v in enumerate((0.3, 0.58, 0.6, 0.85, 0.86, 0.88))}
    points = [(v / 10, sample(v, v + 1)) for v in range(11)]
    subplot = Subplot([Line("x", points)], zero=True, crossing=(0.5, 0.4, 0.6), marks=marks)
    figure = draw([subplot, subplot, replace(subplot, marks={})])
    inside(figure)
    for axes in figure.axes[:2]:
        boxes = [t.get_window_extent() for t in axes.texts if t.get_gid() == "mark"]
        assert len(boxes) == 6
        assert all(a.x1 <= b.x0 + 2 or b.x1 <= a.x0 + 2 for a, b in combinations(boxes, 2))


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.01, 0.2))
def test_spread_keeps_order_and_gap(positions, gap):
    placed = spread(sorted(positions), gap)
    assert len(placed) == len(positions)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(placed))


def test_spread_moves_as_little_as_needed():
    assert spread([0.1, 0.5, 0.9], 0.2) == [0.1, 0.5, 0.9]
    assert spread([0.5, 0.5], 0.2) == pytest.approx([0.4, 0.6])
    assert spread([0.5, 0.5, 0.8], 0.2) == pytest.approx([0.4, 0.6, 0.8])
    assert spread([0.5, 0.5, 0.7], 0.2) == pytest.approx([0.3667, 0.5667, 0.7667], abs=1e-4)


def test_nothing_to_draw_is_an_error():
    with pytest.raises(UsageError, match=r"subplots=\[\] is empty"):
        draw([])
    assert "over no seed." in texts(draw([Subplot([])]))
