"""Cells side by side: sorted, with intervals where there are any, told apart without colour."""

from __future__ import annotations

import pytest
from support.drawings import drawn, inside, texts
from support.runs import summary_of

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.figures.comparison import draw_comparison, ranked, telling
from unscripted.scenarios.harness.statistics.intervals import Interval, interval


def draw(cells, measures=("quality",)):
    return draw_comparison(cells, measures=measures, synthetic=False)


def test_protocols_are_sorted_by_quality():
    cells = [summary_of("b", 0.5), summary_of("a", 0.9), summary_of("d", None),
             summary_of("c", None), summary_of("b", 0.7, agents=16)]  # fmt: skip
    assert ranked(cells) == ["a", "b", "c", "d"]
    assert ranked([summary_of("y", 0.5), summary_of("x", 0.5)]) == ["x", "y"]
    figure = draw(cells)
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["a", "b", "c", "d"]
    assert figure.axes[0].yaxis_inverted()
    assert "4 protocols compared" in texts(figure)


def test_intervals_are_drawn_where_given():
    once = Interval(0.4, None, None, 1)
    few = summary_of("e", 0.7, replicates=4)
    cells = [summary_of("a", 0.5), summary_of("b", 0.6), summary_of("c", None),
             summary_of("d", 0.1, quality=once, replicates=1), few]  # fmt: skip
    figure = draw(cells)
    assert len(drawn(figure, "mean")) == 4
    (values,) = drawn(figure, "value")
    assert tuple(values.get_xdata()) == tuple(few.values["quality"]), "dots where seeds are few"
    bars = {tuple(line.get_xdata()) for line in drawn(figure, "interval")}
    assert bars == {cells[0].measure("quality").ci95, cells[1].measure("quality").ci95}


def test_combinations_are_told_apart():
    cells = [summary_of("a", 0.5, agents=n, model=m) for n in (4, 8) for m in "xyz"]
    figure = draw(cells)
    dots = drawn(figure, "mean")
    assert len({round(float(d.get_ydata()[0]), 6) for d in dots}) == 6
    assert len({(d.get_color(), d.get_marker()) for d in dots}) == 6
    labels = [t.get_text() for t in figure.legends[0].get_texts()]
    assert labels == [f"{m} · {n} agents" for m in "xyz" for n in (4, 8)]
    assert "level L3 · complete network" in texts(figure)


@pytest.mark.parametrize(("models", "rows"), [(3, 6), (12, 12)])
def test_third_factors_become_rows(models, rows):
    cells = [
        summary_of("a", 0.5, agents=n, model=f"m{m:02}", level=level)
        for n in (16, 4, 8)
        for m in range(models)
        for level in ("L3", "L4")
    ]
    figure = draw(cells)
    shown = [a for a in figure.axes if a.get_gid()]
    assert all(len([x for x in a.lines if x.get_gid() == "mean"]) <= 8 for a in shown)
    assert len(shown) == rows
    all_shown = len(drawn(figure, "mean")) == len(cells)
    said = "; the first 12 of 24 combinations are shown." in texts(figure).replace("\n", " ")
    assert said is not all_shown
    assert "a compared by model, team size and level" in texts(figure)


def test_values_keep_their_order():
    given = [("star", 16), ("star", 4), ("complete", 16), ("complete", 4), ("chain", 16)]
    cells = [summary_of(p, 0.5, topology=t, agents=n) for t, n in given for p in "zy"]
    figure = draw(cells)
    labels = [t.get_text() for t in figure.legends[0].get_texts()]
    assert labels == ["star network", "complete network", "chain network"]
    heads = [a.get_title(loc="left") for a in figure.axes]
    assert heads == ["16 agents", "4 agents"]
    assert "2 protocols compared by team size and network" in texts(figure)


def test_axes_end_with_the_range():
    values = [0.0, 0.0, 0.0, 0.0, 0.9]
    cells = [summary_of(p, 0.5, risk=interval(values, (0, 1))) for p in "ab"]
    (axes,) = draw(cells, ["risk"]).axes
    low, _ = axes.get_xlim()
    assert low > -0.04
    assert all(min(line.get_xdata()) >= 0 for line in axes.lines if line.get_gid() == "interval")


def test_notes_say_what_is_drawn():
    assert "Dots are means over replicates, bars 95 % confidence intervals; 5 replicates per" in (
        texts(draw([summary_of("a", 0.5)]))
    )
    one = [summary_of("a", 0.5, replicates=1)]
    assert "; 1 replicate per cell." in texts(draw(one))
    several = [*one, summary_of("b", 0.5, replicates=4)]
    assert "; 1 to 4 replicates per cell." in texts(draw(several))
    assert "small ones single replicates, fewer than 5 being too few" in texts(draw(several))


def test_measures_nobody_has_say_so():
    figure = draw([summary_of("a", 0.5)], ["quality", "cost_usd"])
    assert texts(figure).count("not measured") == 1
    assert "cost billed\n(USD per task)" in texts(figure)


def test_panels_that_say_nothing():
    def cells(*, cost):
        one = {"tokens": Interval(9.0, None, None, 1), "abstention_rate": Interval(0, 0, None, 1)}
        return [
            summary_of(p, q, cost_usd=Interval(cost * q, None, None, 1), **one)
            for p, q in (("a", 0.5), ("b", 0.6))
        ]

    figure = draw_comparison(cells(cost=1.0), synthetic=False)
    assert [a.get_gid() for a in figure.axes] == ["quality", "cost_usd"]
    assert "The same in all cells: abstention 0.000" in texts(figure)
    assert telling(cells(cost=0.0))[0] == ["quality"]
    assert "nobody graded them" in texts(draw([summary_of(p, None) for p in "ab"]))


def test_magnitudes_are_on_a_log_scale():
    def spent(*values):
        return [
            summary_of(str(v), 0.5, tokens=Interval(v, None, None, 1), risk=Interval(v, 0, None, 1))
            for v in values
        ]

    figure = draw(spent(10.0, 301.0), ["tokens", "risk"])
    assert [a.get_xscale() for a in figure.axes] == ["log", "linear"]
    assert "(per task, log scale)" in texts(figure)
    assert draw(spent(10.0, 300.0), ["tokens"]).axes[0].get_xscale() == "linear"
    zero = draw(spent(0.0), ["tokens"]).axes[0]
    assert zero.get_xlim() == (-0.005, 0.1)


def test_nothing_is_cut_off():
    long = "manufacturing-quality " * 5
    inside(draw([summary_of(long + p, 0.5, model=long + m) for p in "ab" for m in "xyz"]))
    with pytest.raises(UsageError, match=r"cells=\[\] is empty; give at least one"):
        draw([])
