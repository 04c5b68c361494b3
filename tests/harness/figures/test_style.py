"""The one look: texts printed literally, the same bytes, the user's settings untouched."""

from __future__ import annotations

import os
import subprocess
import sys

import matplotlib as mpl
import networkx as nx
import pytest
from matplotlib.lines import Line2D
from support.drawings import inside, record, texts
from support.runs import sample, summary_of

from unscripted.model.decision import Act, Contribution
from unscripted.model.judge import Verdict
from unscripted.model.metrics.catalogue import measure_ticks
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn
from unscripted.scenarios.harness.figures.comparison import draw_comparison
from unscripted.scenarios.harness.figures.front import Offer, draw_front
from unscripted.scenarios.harness.figures.lines import Line, Subplot, draw_lines
from unscripted.scenarios.harness.figures.measures import draw_measures
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic
from unscripted.scenarios.harness.figures.style import (
    SYNTHETIC_NOTE,
    fit,
    fit_apart,
    fold,
    legend_columns,
    new_figure,
    plain,
    save,
    width_in,
)
from unscripted.scenarios.harness.figures.team import draw_team


def every_figure(synthetic=True, n=5):
    records = [record(("ccaef" * n)[:n], t, {1: (0,)}) for t in range(3)]
    cells, line = [summary_of("a", 0.5), summary_of("b", 0.6)], Line("x", [(1, sample(0.1, 0.2))])
    offers = [Offer("a", "s", sample(0.1, 0.2), sample(0.3, 0.4))]
    return {
        "team": draw_team(records[0], nx.path_graph(n), synthetic=synthetic),
        "roles": draw_role_mosaic(records, synthetic=synthetic),
        "measures": draw_measures(measure_ticks(records), title="t", synthetic=synthetic),
        "comparison": draw_comparison(cells, synthetic=synthetic),
        "lines": draw_lines([Subplot([line])], title="t", synthetic=synthetic),
        "front": draw_front(offers, title="t", synthetic=synthetic),
    }


@pytest.fixture(scope="module")
def figures():
    return every_figure()


def test_synthetic_figures_say_so(figures):
    before = dict(mpl.rcParams)
    for synthetic, drawn in ((True, figures), (False, every_figure(synthetic=False, n=1))):
        for name, figure in drawn.items():
            assert (SYNTHETIC_NOTE in texts(figure)) is synthetic, name
            inside(figure)
    assert dict(mpl.rcParams) == before, "the user's own settings stay"


def test_same_data_same_bytes(figures, tmp_path):
    second = every_figure()
    for name, figure in figures.items():
        paths = save(figure, tmp_path / "new" / "a", name)
        assert [p.name for p in paths] == [f"{name}.{kind}" for kind in ("png", "svg", "pdf")]
        again = save(second[name], tmp_path / "b", name)
        assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in again], name


def test_foreign_texts_are_literal():
    hostile = "cost $x^ & \\frac{1 lead\n\x07 <b>" + "long " * 500
    cut = fit(hostile, 2.0, 8.0)
    assert cut.endswith("…")
    assert r"\$x" in cut
    assert plain("a\x07 b\n$c") == r"a b \$c"
    own = MemberRecord(0, "stub", State.CONTRIBUTED,
                       (Turn(0, Act.CONTRIBUTE, Contribution("$\\bad{$ lead", "w")),))  # fmt: skip
    odd = TickRecord(0, "$t^", "L3", "$p", (own,), (RoundRecord(Act.CONTRIBUTE, (0,)),), Verdict())
    draw_team(odd, nx.empty_graph(1), synthetic=True)
    draw_role_mosaic([odd], synthetic=True)
    draw_comparison([summary_of("$p^", 0.5, model="$m^")], synthetic=True)


@pytest.mark.parametrize("size", [7.0, 12.0])
def test_texts_fit_their_room(size):
    assert fit("", 1.0, size) == ""
    assert fit("short", 1.0, size) == "short"
    for room in (0.4, 1.0, 2.0):
        cut = fit("word " * 20, room, size)
        assert width_in(cut, size) <= room < width_in(cut[:-1] + " word…", size)
    assert width_in("bold", size, weight="bold") > width_in("bold", size)


def test_cut_texts_stay_different():
    names = [f"a-long-name-of-number-{k}" for k in range(3)]
    cut = fit_apart(names, 0.8, 8.0)
    assert [name[-1] for name in cut] == ["0", "1", "2"]
    assert all(width_in(name, 8.0) <= 0.8 and "…" in name for name in cut)
    assert fit_apart(["a", "b", "a"], 0.8, 8.0) == ["a", "b", "a"]
    assert fit_apart([f"{k} {'long ' * 20}" for k in range(2)], 0.8, 8.0)[0].endswith("…")


def test_texts_fold_between_words():
    assert fold("short", 1.0, 8.0) == "short"
    first, second = fold("one two three four five six", 1.0, 8.0).split("\n")
    assert f"{first} {second}" == "one two three four five six"
    assert width_in(first, 8.0) <= 1.0
    assert fold("one two " * 20, 1.0, 8.0).count("\n") == 1
    assert fold("one two " * 20, 1.0, 8.0).endswith("…")
    assert "\n" not in fold("w" * 60, 1.0, 8.0), "no word to break after"


def test_legends_have_even_rows():
    def handles(n, label="x"):
        return [Line2D([], [], label=label) for _ in range(n)]

    assert [legend_columns(handles(n), 9.0, 4) for n in (0, 1, 4, 5, 6, 9)] == [1, 1, 4, 3, 3, 3]
    assert legend_columns(handles(4, "a very long label " * 3), 6.0, 4) == 1
    assert legend_columns(handles(9), 9.0, 5) == 5


def test_titles_are_cut_to_the_figure():
    figure = new_figure(3.0, 2.0, "a title that is much too long for three inches", "below")
    title, subtitle = (t.get_text() for t in figure.texts)
    assert title.endswith("…")
    assert subtitle == "below"
    inside(figure)


@pytest.mark.parametrize("named", ["nonsense", "module://matplotlib_inline.backend_inline", "svg"])
def test_no_backend_is_needed(named):
    code = (
        "import os, unscripted.scenarios.harness.figures.style as s, matplotlib as m; "
        "f = s.finish(s.new_figure(2, 2, 'x'), synthetic=False); "
        "print(os.environ['MPLBACKEND'], m.rcParams._get('backend') == 'svg')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "MPLBACKEND": named}, check=False)  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == f"{named} {named == 'svg'}\n", "the host's setting is left to it"


def test_figures_need_no_pyplot():
    names = ("team", "roles", "measures", "comparison", "lines", "heat", "front", "published")
    lines = [f"import unscripted.scenarios.harness.figures.{n}" for n in names]
    code = "; ".join([*lines, "import sys", "sys.exit('matplotlib.pyplot' in sys.modules)"])
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
