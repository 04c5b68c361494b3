"""The page of a replay: equal or where it is not, both sides in figures, words as words."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from support.commands import edit, hashes

EVIL = "<script>alert(1)</script>"


def text_of(folder):
    html = (Path(folder) / "report.html").read_text(encoding="utf-8")
    return html, re.sub(r"\s+", " ", unescape(re.sub("<style>.*?</style>|<[^>]*>", " ", html,
                                                    flags=re.DOTALL)))  # fmt: skip


@pytest.fixture
def copy(finished, here):
    """A finished run that may be broken."""
    shutil.copytree(finished[0], "copy")
    return Path("copy")


def test_an_equal_run_says_so(copy, call):
    before = hashes(copy)
    said = call("replay", copy, "--out", "again")
    assert (said.code, said.out) == (
        0, f"3 ticks replayed, all equal\n{Path('again') / 'report.html'}\n",
    )  # fmt: skip
    html, text = text_of("again")
    assert "Equal: 3 ticks replayed, every one as it was recorded." in text
    assert html.count("<td>equal</td>") == 3
    assert "→" not in re.sub("<h2>.*?</h2>", "", html)
    assert "data:image/png" in html
    assert hashes(copy) == before, "the folder is only read"
    assert sorted(p.name for p in Path("again").iterdir()) == [
        "figures", "replay.json", "report.html",
    ]  # fmt: skip


def test_a_difference_stands_first(copy, call):
    edit(copy, "UPDATE ticks SET record = replace(record, ?, ?) WHERE tick = 1",
         '"accuracy":', '"accuracy":1')  # fmt: skip
    said = call("replay", copy, "--out", "again", "--json")
    assert said.code == 1
    assert json.loads(Path("again/replay.json").read_text()) == said.body
    html, text = text_of("again")
    assert "Not equal: tick 1 differs from the record: verdict.accuracy was 1" in text
    assert "Before it: 1 tick, equal." in text
    assert html.count("<td>equal</td>") == 1
    assert " → " in re.sub("<h2>.*?</h2>", "", html)


def test_hostile_words_stay_words(copy, call):
    edit(copy, "UPDATE ticks SET record = replace(record, ?, ?) WHERE tick = 0",
         '"role":"', f'"role":"{EVIL}')  # fmt: skip
    assert call("replay", copy, "--out", "again").code == 1
    html, text = text_of("again")
    assert "<script" not in html
    assert EVIL in text


def test_the_unreadable_has_a_page(copy, call):
    edit(copy, "UPDATE ticks SET record = '' WHERE tick = 0")
    assert call("replay", copy, "--out", "again").code == 1
    assert "Not equal: tick 0 differs from the record: the record can't" in text_of("again")[1]


def test_a_comparison_lists_its_cells(compared, here, call):
    shutil.copytree(compared[0], "copy")
    change = "UPDATE runs SET result = replace(result, ?, ?) WHERE run LIKE 'solo%|1|%'"
    edit("copy", change, '"quality": ', '"quality": 1')
    assert call("replay", "copy", "--out", "again").code == 1
    html, text = text_of("again")
    assert "6 runs compared: 1 not equal, 5 equal." in text
    assert html.index("Means by cell") < html.index("Every run")
    assert html.count("<td>2 of 3</td>") == 1
    assert html.count("<td>3 of 3</td>") == 1


@pytest.mark.parametrize("where", ["copy", "a file"])
def test_no_page_is_overwritten(copy, call, where):
    Path("a file").write_text("mine")
    before = hashes(copy)
    said = call("replay", copy, "--out", where)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert f"out={where} " in said.err
    assert "use a" in said.err
    assert hashes(copy) == before


def test_without_a_folder_nothing_is_written(copy, here, call):
    call("replay", copy)
    assert [p.name for p in here.iterdir()] == ["copy"]
