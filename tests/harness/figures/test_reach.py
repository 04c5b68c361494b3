"""Figures of code-scored tasks: bounds of the score, and how far parts travelled."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.scenarios.harness.figures.reach import draw_reach, has_parts


def test_scores_lie_between_their_bounds():
    from unscripted.scenarios.harness.figures.comparison import draw_comparison

    found = un.compare(
        protocol=["silent", "dialogue:rounds=1"], agents=4, tasks="hidden-profile", replicates=5,
        ticks=1,
    )  # fmt: skip
    figure = draw_comparison(found.analysis.summary, synthetic=True)
    (score, *_) = (a for a in figure.axes if a.get_gid() == "score")
    drawn = {line.get_gid(): line.get_xdata()[0] for line in score.lines}
    assert drawn["score_floor"] == drawn["score_own"] == pytest.approx(1 / 3, abs=1e-5)
    assert drawn["score_ceiling"] == 1
    assert [a.get_gid() for a in figure.axes] == ["score", "parts_reached", "cost_usd", "wall_s"]


def test_reach_is_drawn_part_by_part():
    org = un.build(protocol="dialogue", n_agents=4, tasks="hidden-profile", rng=0)
    figure = draw_reach(org.run(2), synthetic=True)
    (axes,) = figure.axes
    gids = [line.get_gid() for line in axes.lines]
    assert sum(g.startswith("part-") for g in gids) == 8
    (mean,) = (line for line in axes.lines if line.get_gid() == "mean")
    assert 0 == mean.get_ydata()[0] < mean.get_ydata()[-1] <= 1
    plain = un.build(n_agents=2, rng=0).run(1)
    assert not has_parts(plain)
    with pytest.raises(un.UsageError, match="no private parts"):
        draw_reach(plain, synthetic=True)
