"""Pages stand alone, show foreign texts as texts, and say what was played and what it means."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import networkx as nx
import pytest
from jinja2 import UndefinedError
from markupsafe import escape
from support.own import Constant, Relay

import unscripted as un
from unscripted.model.judge import Verdict, Vote
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.figures.fonts import MISSING, NOTE
from unscripted.scenarios.harness.format import with_bounds, with_interval
from unscripted.scenarios.harness.report import page as page_module
from unscripted.scenarios.harness.report import publish as publish_module
from unscripted.scenarios.harness.report.comparison_page import CELLS, comparison_page
from unscripted.scenarios.harness.report.page import AGAIN, AGAIN_CALLED, Page
from unscripted.scenarios.harness.report.publish import draw_all, publish
from unscripted.scenarios.harness.report.run_page import how_called, run_page
from unscripted.scenarios.harness.report.statistics_tables import (
    OMNIBUS_HEAD,
    contrasts_head,
    contrasts_table,
    omnibus_table,
)

EVIL = "<script>alert('&')</script>"


class Tags(HTMLParser):
    """Every tag of a page, and its texts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def picture(tmp_path):
    """A PNG file, or nearly."""
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG")
    return path


def test_every_text_is_escaped(picture):
    page = Page(
        EVIL, EVIL, {"a": EVIL}, synthetic=True, verdict=EVIL, sentences=[EVIL],
        pictures={picture: EVIL}, tables=[(EVIL, [EVIL], [[EVIL]])],
    )  # fmt: skip
    html = page.html()
    found = Tags(html)
    assert "script" not in found.tags
    assert html.count("&lt;script&gt;") == 11, "title twice, alt and caption, and each other once"
    assert sum(EVIL in text for text in found.texts) == 10
    assert {"h1", "p", "ul", "figure", "table", "pre"} <= set(found.tags)


def test_parts_stand_in_order(picture):
    html = Page(
        "T", "L", {"k": 1}, synthetic=True, verdict="V", headline=["H"], sentences=["s"],
        pictures={picture: "c"},
        tables=[("empty", ["x"], []), ("full", ["x", "y"], [["1", "2"], ["3", "4"]])],
    ).html()  # fmt: skip
    assert html.startswith("<!doctype html>")
    parts = ("<h1>T</h1>", ">H</p>", ">V</p>", 'class="note"', ">L</p>", "<figcaption>c",
             "<li>s</li>", "full", "<th>x</th><th>y</th>", "<td>3</td><td>4</td>",
             "Configuration")  # fmt: skip
    places = [html.index(part) for part in parts]
    assert places == sorted(places)
    assert "empty" not in html
    assert 'src="data:image/png;base64,iVBORw=="' in html
    assert json.loads(unescape(html.partition("<pre>")[2].partition("</pre>")[0])) == {"k": 1}


def test_what_is_missing_is_left_out():
    html = Page("T", "L", {}, synthetic=False).html()
    assert 'class="note"' not in re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
    assert not {"ul", "figure", "table", "svg"} & set(Tags(html).tags)
    assert AGAIN in html
    assert AGAIN_CALLED in Page("T", "L", {}, synthetic=False, called=True).html()
    assert AGAIN not in Page("T", "L", {}, synthetic=False, called=True).html()


def test_a_forgotten_part_is_an_error():
    with pytest.raises(UndefinedError):
        page_module._template().render(title="T")


# Of a run


@pytest.fixture(scope="module")
def run():
    """A run with events; look, don't touch."""
    return un.run(agents=3, ticks=3, shock="remove@1", seed=4)


def test_a_run_says_what_was_played(run):
    page = run_page(run, {})
    assert page.title == "sequential, 3 agents, synthetic/strong"
    different = len({r.task_id for r in run.records})
    assert page.lead == f"3 ticks over {different} different tasks on a complete network, seed 4."
    assert page.sentences[0].startswith("before tick 1: ")
    assert (page.synthetic, page.called) == (True, False)
    heads = [heading for heading, _, _ in page.tables]
    assert heads[:2] == ["Means over ticks", f"Last task: {run.records[-1].task_id}"]
    assert [row[0] for row in page.tables[1][2]] == [str(m.member) for m in run.records[-1].members]
    assert page.config["protocol"] == "sequential"
    assert page.headline == run.headline
    assert [len(t.turns) for t in page.ticks] == [
        sum(len(m.turns) for m in r.members) for r in run.records
    ]
    assert [t.open for t in page.ticks] == [False, False, True]
    html = page.html()
    for text in (*run.headline, "Who said what", "How to cite", "prefers-color-scheme: dark"):
        assert escape(text) in html
    assert "@media print" in html


def test_run_judged_by_several(run):
    votes = tuple(Vote(name, (3.0, 2.0, 3.0, 2.0, 1.0)) for name in "ab")
    verdict = Verdict(3.0, 2.0, 3.0, 2.0, 1.0, votes=votes)
    records = [replace(record, verdict=verdict) for record in run.records]
    judged = un.run(agents=3, ticks=1)
    judged.organization.records[:] = records
    said = run_page(judged, {}).sentences
    assert any(line.startswith("agreement of the judges (Krippendorff") for line in said)
    assert not any("Krippendorff" in line for line in run_page(run, {}).sentences)


def test_called_models_are_named():
    config = RunConfig.of(model="openai/gpt-4.1-mini*1+openai/x?temperature=0.2*7")
    said = how_called(config)
    assert said.startswith("Agents at temperature ")
    assert {"0.7", "0.2"} <= set(re.findall(r"[\d.]+\d", said.partition(" where")[0]))
    assert said.endswith("judged by gpt-5.4")
    own = RunConfig.of(model=Constant("a"), judge="openai/a,openai/b", agents=2)
    assert how_called(own) == (
        "Agents at temperature – where their model takes one; judged by openai/a, openai/b"
    )
    none = RunConfig.of(model="openai/x", judge="none", temperature=1)
    assert how_called(none) == (
        "Agents at temperature 1 where their model takes one; judged by none"
    )


def test_hostile_roles_are_text():
    run = un.run(agents=2, ticks=1, model=Constant(f"{EVIL}\x1b[2J"), protocol=Relay())
    html = run_page(run, {}).html()
    assert "script" not in Tags(html).tags
    assert "\x1b" not in html


# Of a comparison


@pytest.fixture(scope="module")
def comparison():
    """A comparison in two blocks; look, don't touch."""
    return un.compare(
        protocol=["silent", "solo", "shared"], level=["L1", "L3"], agents=3, ticks=2, replicates=5,
        seed=7,
    )  # fmt: skip


def test_a_comparison_says_what_was_played(comparison, picture):
    page = comparison_page(comparison, {"comparison": picture})
    assert page.lead.startswith("5 seeds per cell from 7, paired by seed; 2 tasks per run. ")
    assert page.sentences == comparison.conclusions
    assert page.title == "Comparison of silent, solo, shared by level"
    best = max(comparison.analysis.summary, key=lambda row: row.mean("quality"))
    assert page.verdict.startswith(
        f"Highest mean quality: {best.cell.level}, {best.cell.protocol}, "
        f"{with_interval(best.measure('quality'))}. Paired contrasts of quality: "
    )
    counts = map(int, re.findall(r"(\d+) (?:show|are|never|have)", page.verdict))
    assert sum(counts) == 3 + 2 * 3
    assert (page.synthetic, page.called) == (True, False)
    assert not {"protocol", "agents", "model", "topology", "level"} & page.config["base"].keys()
    tables = {heading: (head, rows) for heading, head, rows in page.tables}
    head, rows = tables["Means per task"]
    assert head[:6] == ["level", "network", "model", "agents", "protocol", "seeds"]
    assert len(head) == len(rows[0])
    assert [row[:1] + row[4:6] for row in rows] == [
        [level, protocol, "5"]
        for level in ("L1", "L3") for protocol in ("silent", "solo", "shared")
    ]  # fmt: skip
    assert tables["Matched budgets, per task"][1] == []
    head, rows = tables[CELLS]
    assert head[:3] == ["level", "protocol", "Q"]
    assert [row[0] for row in rows] == ["L1"] * 3 + ["L3"] * 3
    assert page.headline == comparison.headline
    assert list(page.pictures) == [picture]


def test_called_comparisons_say_how():
    from unscripted.scenarios.harness.api.comparison import Comparison
    from unscripted.scenarios.harness.config.comparison import ComparisonConfig
    from unscripted.scenarios.harness.statistics.analysis import analyse

    base = RunConfig.of(judge="none")
    models = ("openai/a", "openai/b?temperature=0")
    config = ComparisonConfig(base, {"model": models, "protocol": ("silent", "solo")})
    page = comparison_page(Comparison(config, {}, analyse([])), {})
    assert page.called
    assert page.lead.count("Agents at temperature") == 2
    assert page.verdict == "Nothing was graded."
    assert not page.synthetic


def test_contrasts_stand_once(comparison):
    rows = contrasts_table(comparison.analysis.summary)
    found = [dict(zip(contrasts_head("quality"), row, strict=True)) for row in rows]
    pairs = [(row["difference"], row["where"]) for row in found]
    assert len(set(pairs)) == len(pairs) == 3 + 2 * 3
    protocols = [row for row in found if " − s" in row["difference"]]
    assert len(protocols) == 6
    for row in protocols:
        first, against = row["difference"].split(" − ")
        level = row["where"].partition(",")[0]
        cells = {(c.cell.protocol, c.cell.level): c for c in comparison.analysis.summary}
        contrast = cells[first, level].contrast("protocol", against)
        assert row["quality [95 %]"] == with_bounds(contrast.difference, contrast.ci95)
        assert row["seeds"] == "5"
        assert row["shown"] == contrast.conclusion
        assert row["over tasks [95 %]"]


def test_tests_of_a_block_are_rows(comparison):
    rows = omnibus_table(comparison.analysis.tests)
    found = [dict(zip(OMNIBUS_HEAD, row, strict=True)) for row in rows]
    assert {row["of"] for row in found} >= {"3 × protocol"}
    row = next(r for r in found if r["of"] == "3 × protocol")
    assert re.fullmatch(r"H\(2\) = [\d.]+, p = .+", row["Kruskal–Wallis"])
    assert re.fullmatch(r"\d of 3 pairs", row["Dunn with Holm, p < 0.05"])
    assert re.fullmatch(r"χ²\(2\) = [\d.]+, p = .+, W = [\d.]+", row["Friedman, seeds as blocks"])


def test_untested_blocks_say_so(comparison):
    (test, *_) = comparison.analysis.tests
    blank = replace(test, kruskal=None, friedman=None)
    row = dict(zip(OMNIBUS_HEAD, omnibus_table([blank])[0], strict=True))
    assert row["Kruskal–Wallis"] == row["Friedman, seeds as blocks"] == "–"


# Files


def test_only_values_are_published():
    with pytest.raises(TypeError, match="int can't be published"):
        publish(5)


def test_figures_are_drawn_by_name(tmp_path):
    from matplotlib.figure import Figure

    drawn = draw_all(tmp_path, {"one": Figure, "two": Figure})
    assert drawn == {n: tmp_path / "figures" / f"{n}.png" for n in ("one", "two")}
    assert {p.name for p in (tmp_path / "figures").iterdir()} == {
        f"{name}.{kind}" for name in ("one", "two") for kind in ("png", "svg", "pdf")
    }  # fmt: skip


def test_a_failed_picture_is_a_note(tmp_path):
    said = []

    def fails():
        raise RuntimeError("no\nfont")

    from matplotlib.figure import Figure

    drawn = draw_all(tmp_path, {"one": fails, "two": Figure}, said.append)
    assert list(drawn) == ["two"]
    assert said == [
        "note: figures/one was not drawn (RuntimeError: no font); all results are kept"
    ]  # fmt: skip


def test_missing_letters_are_one_note(tmp_path):
    from matplotlib.figure import Figure

    def boxes():
        made = Figure()
        made.text(0, 0, MISSING)
        return made

    said = []
    draw_all(tmp_path, {"one": boxes, "two": boxes}, said.append)
    assert said == [f"note: {NOTE}"]


def test_results_come_before_pictures(here, monkeypatch):
    run = un.run(agents=3, ticks=1, out="mine")
    compared = un.compare(protocol=["solo"], agents=[2], replicates=1, ticks=1, out="many")

    def broken(folder, *_):
        assert (folder / "ticks.csv").exists()
        assert (folder / "agents.parquet").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(publish_module, "draw_all", broken)
    for value in (run, compared):
        with pytest.raises(KeyboardInterrupt):
            publish(value)


def test_a_value_is_published_whole(here):
    network = nx.path_graph(3)
    run = un.run(agents=3, ticks=1, topology=network, out="mine")
    names = [path.name for path in publish(run)]
    assert names == ["team.png", "roles.png", "measures.png", "report.html"]
    assert (here / "mine" / "ticks.csv").exists()
