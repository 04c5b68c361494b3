"""Pictures stay as they are, to the last line and dot.

Digests of SVG files, as drawn with the versions that `pictures.json` names; others may place
things a little differently, and are not compared. `KEEP=1 python -m pytest` with this file keeps
what is drawn now.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from support.drawings import record
from support.runs import sample, summary_of

from unscripted.model.metrics.catalogue import measure_ticks, of_ticks
from unscripted.model.networks.building import build_topology
from unscripted.scenarios.harness.figures.comparison import draw_comparison
from unscripted.scenarios.harness.figures.front import Offer, draw_front
from unscripted.scenarios.harness.figures.heat import draw_heat
from unscripted.scenarios.harness.figures.lines import Line, Subplot, draw_lines
from unscripted.scenarios.harness.figures.measures import draw_measures
from unscripted.scenarios.harness.figures.published import draw_published
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic
from unscripted.scenarios.harness.figures.style import styled
from unscripted.scenarios.harness.figures.team import draw_team
from unscripted.scenarios.harness.statistics.published import Claim, Origin
from unscripted.scenarios.harness.statistics.study_results import StudyResults

KEPT = Path(__file__).with_name("pictures.json")
VERSIONS = {name: version(name) for name in ("matplotlib", "networkx", "numpy", "scipy")}


def team(states, topology, builds=None, **more):
    work = record(states, 3, builds, **more)
    return draw_team(work, build_topology(topology, len(states), 0), synthetic=True)


def roles(states, ticks):
    records = [record((states * 3)[t : t + len(states)], t) for t in range(ticks)]
    return draw_role_mosaic(records, synthetic=False)


def measures():
    ticks = measure_ticks([record(s, t) for t, s in enumerate(("ccafe", "aacce", "cccce"))])
    for t, tick in enumerate(ticks):
        tick |= {"quality": 0.5 + t / 9, "mission_relevance": 0.75, "tokens": 900.0 * (t + 1)}
    ticks[1]["quality"] = None
    return draw_measures(ticks, title="A run", synthetic=True, shocks=[2])


def comparison(**factors):
    names, values = list(factors), list(factors.values())
    cells = [
        summary_of(p, 0.3 + 0.1 * k + 0.03 * i, tokens=summary_of(p, 40.0**k).measure("quality"),
                   **dict(zip(names, pair, strict=True)))
        for i, pair in enumerate(zip(*values, strict=True) if values else [()])
        for k, p in enumerate(("solo", "shared", "sequential"))
    ]  # fmt: skip
    return draw_comparison(cells, measures=("quality", "tokens", "risk"), synthetic=True)


def lines(*positions, n=3, **more):
    some = [
        Line(f"line {k}", [(x, sample(0.1 * k + 0.2 * i, 0.1 * k + 0.25 * i, 0.3))
                           for i, x in enumerate(positions)])
        for k in range(n)
    ]  # fmt: skip
    plain = Subplot(some, "quality", title="One", **more)
    bare = [Subplot(some[:2], "cost_usd", zero=True, log=True), Subplot([], "risk")]
    shown = [plain, *bare] if n < 9 else [plain] * 4
    return draw_lines(shown, title="Lines", subtitle="fixed", xlabel="x", log=len(positions) > 3,
                      note="Read so.", synthetic=False)  # fmt: skip


def heat():
    rows = [
        {"seed": s, "protocol": p, "topology": t, "quality": q + s / 50, "tokens": 10.0 ** (5 * q)}
        for s in range(3)
        for p, q in (("solo", 0.3), ("shared", 0.6), ("sequential", 0.8))
        for t in ("ring", "star")
    ]
    return draw_heat(StudyResults(rows), ("quality", "tokens"), rows="protocol",
                     columns="topology", title="Heat", subtitle="fixed")  # fmt: skip


def front():
    offers = [
        Offer(f"offer {k}", f"s{k % 3}", sample(0.01 * 2**k, 0.012 * 2**k),
              sample(0.4 + 0.07 * k - 0.2 * (k % 2), 0.42 + 0.07 * k))
        for k in range(7)
    ]  # fmt: skip
    return draw_front(offers, title="Front", subtitle="fixed", synthetic=True)


def published():
    origins = list(Origin)
    claims = [
        Claim.of(f"Table {k % 2}: x", f"figure {k}", 0.2 + 0.1 * k, sample(0.2 + 0.1 * k, 0.3, 0.5),
                 origins[k % 4])
        for k in range(6)
    ]  # fmt: skip
    return draw_published(claims, title="Published", synthetic=True)


def sensitivity():
    pytest.importorskip("SALib")
    from unscripted.scenarios.harness.calibration.sensitivity import OUTPUTS, draw

    columns = [f"{o}_{of}" for o in OUTPUTS for of in ("mu_star", "sigma")]
    rows = [
        {"parameter": f"p{k}", **{c: (k + 1) * (i + 1) / 20 for i, c in enumerate(columns)}}
        for k in range(5)
    ]
    return draw(rows, 12)


PICTURES = {
    "team-table": lambda: team("ccafe" * 2, "ring", {0: (1,), 3: (0, 1), 1: (3,)}),
    "team-circle": lambda: team("c" * 12, "complete", {k: (0, (k + 5) % 12) for k in range(1, 12)}),
    "team-large": lambda: team("caef" * 8, "barabasi-albert", {4: (0,)}, error="x"),
    "team-dense": lambda: team("c" * 24, "grid", {k: (k - 1, k - 2) for k in range(2, 24)}),
    "team-alone": lambda: team("c", "complete"),
    "roles": lambda: roles("ccafeccca", 9),
    "roles-long": lambda: roles("caef" * 12, 62),
    "measures": measures,
    "measures-one": lambda: draw_measures([dict.fromkeys(of_ticks())], title="t", synthetic=False),
    "comparison": comparison,
    "comparison-two": lambda: comparison(agents=(4, 8, 8), model=("m", "m", "other")),
    "comparison-rows": lambda: comparison(
        agents=[4, 8, 16] * 3, level=["L1"] * 5 + ["L2"] * 4, model=[f"m{k}" for k in range(9)]
    ),
    "lines": lambda: lines(1, 2, 4, crossing=(1.5, 1.2, 2.5), marks={"a": 1.2, "b": 1.25}),
    "lines-log": lambda: lines(4, 8, 16, 32, 64, 128),
    "lines-places": lambda: lines("ring", "star", "chain"),
    "lines-many": lambda: lines(1, 2, n=18),
    "heat": heat,
    "front": front,
    "published": published,
    "sensitivity": sensitivity,
}


@styled
def digest(name: str) -> str:
    """Of the picture, without names that Matplotlib makes up."""
    svg = io.StringIO()
    PICTURES[name]().savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r'(?<=[#"])[a-zA-Z]?[0-9a-f]{10,}(?=["\)])', "", svg.getvalue())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_pictures_are_kept():
    if "KEEP" in os.environ:
        body = {"drawn with": VERSIONS, "pictures": {name: digest(name) for name in PICTURES}}
        KEPT.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    assert set(json.loads(KEPT.read_text(encoding="utf-8"))["pictures"]) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_stay(name):
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if kept["drawn with"] != VERSIONS:
        pytest.skip("drawn with other versions")
    assert digest(name) == kept["pictures"][name]
