"""Numbers in colours, and quality against cost: what nothing dominates."""

from __future__ import annotations

import re

import pytest
from support.drawings import apart, drawn, inside, texts
from support.runs import sample

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.figures.front import Offer, draw_front, front
from unscripted.scenarios.harness.figures.heat import draw_heat
from unscripted.scenarios.harness.figures.published import draw_published
from unscripted.scenarios.harness.figures.style import SYNTHETIC_NOTE
from unscripted.scenarios.harness.statistics.published import Claim, Origin
from unscripted.scenarios.harness.statistics.study_results import StudyResults

ROWS = [
    {"seed": s, "protocol": p, "topology": t, "quality": q if t != "ring" or q < 0.5 else None,
     "wall_s": 100 * q + s, "tokens": 1000 * q * q}
    for s in range(3)
    for p, q in (("worse", 0.1), ("better", 0.9))
    for t in ("complete", "ring", "a-network-with-a-long-name")
]  # fmt: skip


def heat(found, measures=("quality", "wall_s")):
    return draw_heat(found, measures, rows="protocol", columns="topology", title="t", note="Last.")


def test_every_cell_has_its_number():
    figure = heat(StudyResults(ROWS))
    cells = [t.get_text() for t in drawn(figure, "cell")]
    assert cells == ["0.90", "–", "0.90", "0.10", "0.10", "0.10", *["91"] * 3, *["11"] * 3]
    assert "Fewer than 5 seeds are too few for intervals." in texts(figure).replace("\n", " ")
    more = [{**row, "seed": row["seed"] + 3 * k} for row in ROWS for k in range(2)]
    said = texts(heat(StudyResults(more))).replace("\n", " ")
    assert re.search(r"95 % intervals are at most: .*execution time T ±\d", said)
    assert "Numbers are means over 3 seeds, rows sorted" in texts(figure)
    assert texts(figure).rstrip().endswith(SYNTHETIC_NOTE)
    assert "Last." in texts(figure)
    titles = [a.get_title(loc="left") for a in figure.axes[:2]]
    assert titles == ["quality Q (0.25 to 1)", "execution time T (s per task)"]
    inside(figure)


def test_wide_ranges_have_log_colours():
    figure = heat(StudyResults(ROWS, synthetic=False), ("tokens",))
    assert "tokens (per task, log colours)" in texts(figure)
    ink = {t.get_text(): t.get_color() for t in drawn(figure, "cell")}
    assert ink == {"810": "black", "10": "white"}
    assert SYNTHETIC_NOTE not in texts(figure)


def test_heat_needs_rows():
    with pytest.raises(UsageError, match="play at least one run"):
        heat(StudyResults([]))


def offer(name, cost, quality, series="s"):
    return Offer(name, series, sample(cost, cost * 1.01), sample(quality, quality + 0.002))


def test_front_is_what_nothing_beats():
    offers = [offer("a", 1, 0.5), offer("b", 2, 0.4), offer("c", 3, 0.9), offer("d", 1, 0.3),
              offer("free", 0, 0.9), Offer("unknown", "s", sample(), sample(0.5))]  # fmt: skip
    assert [o.name for o in front(offers)] == ["a", "c"]
    figure = draw_front(offers, title="t", note="Last.", synthetic=True)
    said = texts(figure).replace("\n", " ")
    assert "single seeds, 2 being too few for intervals; hollow and grey: dominated. 2" in said
    assert len(drawn(figure, "value")) == 4
    hollow = {o.get_markerfacecolor() for o in drawn(figure, "offer")}
    assert "white" in hollow
    assert len(hollow) == 2
    assert drawn(figure, "front")[0].get_ydata().tolist() == pytest.approx([0.501, 0.901])
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "cost billed (USD per task, log scale)", "quality Q (0.25 to 1)"
    )  # fmt: skip
    inside(figure)


def test_names_of_crowded_points_stand_apart():
    offers = [
        offer(f"1 claude-sonnet-4.6 + 7 glm-{k}", 0.01 * 1.3**k, 0.7 + 0.02 * (k % 3), f"s{k % 2}")
        for k in range(12)
    ]
    figure = draw_front(offers, title="t", measures=("mine", "quality"), synthetic=False)
    apart(figure, "name")
    inside(figure)
    assert "mine (any unit, log scale)" in texts(figure)
    assert [t.get_text() for t in figure.legends[0].get_texts()] == [
        "s0", "s1", "front: nothing is cheaper and better"
    ]  # fmt: skip
    with pytest.raises(UsageError, match="offers"):
        draw_front([], title="t", synthetic=True)


def test_published_values_and_ours():
    claims = [
        Claim.of("Pilot: x", "a", 0.5, sample(0.5, 0.501, 0.499), Origin.FITTED),
        Claim.of("Pilot: x", "b", 0.5, sample(0.9, 0.901, 0.899)),
        Claim.of("t", "count", 5006.0, 100.0),
        Claim.of("t", "range", (0.1, 0.2), 0.15),
        Claim.of("t", "unknown", 0.5, None),
        Claim.of("t", "d", 0.5, sample(0.1, 0.101), Origin.FOLLOWS),
    ]
    figure = draw_published(claims, title="t", synthetic=True)
    (axes,) = figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == ["Pilot: a", "Pilot: b", "t: d"]
    assert axes.yaxis_inverted()
    assert [t.get_text() for t in figure.legends[0].get_texts()] == [
        "published", "ours, fitted", "ours, prediction", "ours, follows from fitted"
    ]  # fmt: skip
    inside(figure)
