"""No label is cut or covers another, whether two things are drawn or twenty."""

from __future__ import annotations

import pytest
from support.drawings import clear, record
from support.runs import sample, summary_of

from unscripted.model.metrics.catalogue import measure_ticks
from unscripted.model.networks.building import build_topology
from unscripted.scenarios.harness.figures.comparison import draw_comparison
from unscripted.scenarios.harness.figures.front import Offer, draw_front
from unscripted.scenarios.harness.figures.heat import draw_heat
from unscripted.scenarios.harness.figures.lines import Line, Subplot, draw_lines
from unscripted.scenarios.harness.figures.measures import draw_measures
from unscripted.scenarios.harness.figures.published import draw_published
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic
from unscripted.scenarios.harness.figures.team import draw_team
from unscripted.scenarios.harness.statistics.published import Claim, Origin
from unscripted.scenarios.harness.statistics.study_results import StudyResults

LONG = "a-rather-long-name-of-number-{}"


def comparison(n, **more):
    cells = [
        summary_of(LONG.format(k), 0.2 + 0.03 * k, cost_usd=summary_of("", 0.01 * k + 0.1).measure(
            "quality")) for k in range(n)
    ]  # fmt: skip
    return draw_comparison(cells, synthetic=True, **more)


def by_size(n, **more):
    sizes = [2 + 3 * k for k in range(n)]
    cells = [summary_of(p, 0.3 + 0.01 * a, agents=a) for p in ("solo", "other") for a in sizes]
    return draw_comparison(cells, synthetic=True, **more)


def by_two(n):
    cells = [
        summary_of(p, 0.3 + 0.02 * k, model=LONG.format(k), level=level)
        for p in ("solo", "other") for k in range(n) for level in ("L1", "L4")
    ]  # fmt: skip
    return draw_comparison(cells, synthetic=True)


def lines_of(n, xs, log=False):
    some = [
        Line(LONG.format(k), [(x, sample(0.1 + k / 40, 0.12 + k / 40)) for x in xs])
        for k in range(n)
    ]
    return draw_lines([Subplot(some, "quality", title="One"), Subplot(some, "cost_usd")],
                      title="Lines", subtitle="fixed", xlabel="agents", log=log,
                      synthetic=True)  # fmt: skip


def heat(n):
    rows = [
        {"seed": s, "protocol": LONG.format(i), "topology": f"network-{k}", "quality": (i + k) / 40}
        for s in range(2) for i in range(n) for k in range(n)
    ]  # fmt: skip
    return draw_heat(StudyResults(rows), ("quality",), rows="protocol", columns="topology",
                     title="Heat", subtitle="fixed")  # fmt: skip


def front(n):
    offers = [
        Offer(f"offer number {k}", f"s{k % 4}", sample(0.01 * 1.3**k, 0.011 * 1.3**k),
              sample(0.3 + 0.03 * k - 0.1 * (k % 3), 0.31 + 0.03 * k))
        for k in range(n)
    ]  # fmt: skip
    return draw_front(offers, title="Front", subtitle="fixed", synthetic=True)


def published(n):
    claims = [
        Claim.of(f"Table {k % 3}: x", f"figure number {k}", 0.2 + k / 40,
                 sample(0.2 + k / 40, 0.3, 0.5), list(Origin)[k % 4])
        for k in range(n)
    ]  # fmt: skip
    return draw_published(claims, title="Published", synthetic=True)


def measures(n):
    ticks = measure_ticks([record("ccafe", t) for t in range(n)])
    for t, tick in enumerate(ticks):
        tick |= {"quality": 0.5 + t / 50, "tokens": 900.0 * (t + 1), "risk": 0.1, "wall_s": 3.0}
    return draw_measures(ticks, title="A run", synthetic=True, shocks=[1])


def roles(n):
    return draw_role_mosaic([record(("ccaf" * n)[:n], t) for t in range(n)], synthetic=True)


def team(n, topology="complete"):
    states = ("ccaf" * n)[:n]
    builds = {k: (k - 1, 0) for k in range(1, n) if states[k] == "c"}
    return draw_team(record(states, 3, builds), build_topology(topology, n, 0), synthetic=True)


DRAWN = {
    "comparison": comparison,
    "comparison-column": lambda n: comparison(n, column=True),
    "comparison-sizes": by_size,
    "comparison-sizes-column": lambda n: by_size(n, column=True),
    "comparison-facets": by_two,
    "lines": lambda n: lines_of(3, range(1, n + 1)),
    "lines-log": lambda n: lines_of(3, [2**k for k in range(min(n, 12))], log=True),
    "lines-places": lambda n: lines_of(2, [f"network-{k}" for k in range(n)]),
    "lines-many": lambda n: lines_of(n, [1, 2, 4]),
    "heat": heat,
    "front": front,
    "published": published,
    "measures": measures,
    "roles": roles,
    "team": team,
    "team-tree": lambda n: team(n, "tree"),
}


@pytest.mark.parametrize("n", [2, 20])
@pytest.mark.parametrize("kind", DRAWN)
def test_labels_stay_clear(kind, n):
    clear(DRAWN[kind](n))
