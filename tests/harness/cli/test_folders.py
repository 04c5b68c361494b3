"""What commands leave in folders, and what they refuse to touch."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from support.commands import SMALL, hashes

ALWAYS = {
    "config.json", "study.yaml", "journal.sqlite", "report.html", "ticks.parquet", "ticks.csv",
    "agents.parquet", "agents.csv",
}  # fmt: skip


def test_a_run_leaves_its_files(finished):
    folder, _ = finished
    names = ("team", "roles", "measures")
    pictures = {f"figures/{n}.{kind}" for n in names for kind in ("png", "svg", "pdf")}
    assert set(hashes(folder)) == ALWAYS | pictures
    config = json.loads((folder / "config.json").read_text())
    assert (config["protocol"], config["agents"], config["ticks"]) == ("sequential", 3, 3)
    for name in names:
        assert (folder / f"figures/{name}.png").read_bytes().startswith(b"\x89PNG")
        assert ElementTree.parse(folder / f"figures/{name}.svg").getroot().tag.endswith("svg")


def test_the_page_stands_alone(finished):
    page = (finished[0] / "report.html").read_text(encoding="utf-8")
    assert "Synthetic minds: these numbers illustrate a mechanism" in page
    assert page.count("data:image/png;base64,") == 3
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert "<script" not in page
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors <= set(re.findall(r'id="([^"]+)"', page))
    assert len(anchors) == 3 * 3, "a mark for every decision"


def test_a_comparison_leaves_its_files(compared):
    folder, said = compared
    assert said.code == 0
    kinds = ("png", "svg", "pdf")
    pictures = {f"figures/{n}.{kind}" for n in ("comparison", "column") for kind in kinds}
    for_paper = {"runs.csv", "summary.csv", "contrasts.csv", "table.tex"}
    assert set(hashes(folder)) == ALWAYS | pictures | for_paper
    assert len(pd.read_parquet(folder / "ticks.parquet")) == 2 * 3 * 3
    assert "Synthetic minds" in said.err
    assert "Synthetic minds" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_refusal_leaves_no_folder(call, undrawn):
    wrong = ("run", "--ticks", 1, "--topology", "karate-club", "--out", "mine")
    assert call(*wrong).code == 2
    assert not Path("mine").exists()
    assert call(*wrong, "--agents", 34).code == 0


def test_without_out_the_folder_is_found(call, undrawn):
    assert call("run", *SMALL).code == 0
    (folder,) = Path("runs").iterdir()
    assert folder.name.startswith("sequential-3-synthetic-strong-seed0-")
    assert "3 of these tasks were already in" in call("run", *SMALL).out
    assert call("run", *SMALL, "--seed", 1).code == 0
    assert len(list(Path("runs").iterdir())) == 2


CHANGES = [
    "--seed 1", "--ticks 2", "--agents 4", "--protocol shared", "--topology star", "--level L1",
    "--judge none", "--model synthetic/weak", "--tasks generated", "--memory off", "--shock cut@1",
]  # fmt: skip


@pytest.mark.parametrize("changed", CHANGES)
def test_another_configuration_touches_nothing(finished, call, changed):
    folder, _ = finished
    before = hashes(folder)
    asked = {"--agents": 3, "--ticks": 3, **dict([changed.split()])}
    said = call("run", *(part for pair in asked.items() for part in pair), "--out", folder)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert f"out={folder}" in said.err
    assert changed.split()[0].removeprefix("--") + "=" in said.err
    assert "another --out folder" in said.err
    assert hashes(folder) == before


def test_kinds_do_not_mix(finished, compared, call):
    before = hashes(finished[0]), hashes(compared[0])
    for command, folder in (("compare", finished[0]), ("run", compared[0])):
        assert call(command, *SMALL, "--out", folder).code == 2
    said = call("scenario", "team_scaling", "--agents", 2, "--out", finished[0])
    assert said.code == 2
    assert "kind=run, not scenario" in said.err
    assert (hashes(finished[0]), hashes(compared[0])) == before


def test_foreign_files_are_left_alone(call):
    Path("thesis").mkdir()
    Path("thesis/chapter.tex").write_text("one")
    before = hashes("thesis")
    for command in ("run", "compare"):
        said = call(command, *SMALL, "--out", "thesis")
        assert said.code == 2
        assert "out=thesis holds other files; use an empty or new folder" in said.err
        assert hashes("thesis") == before


def test_an_empty_folder_is_fine(call, undrawn):
    Path("empty").mkdir()
    assert call("run", *SMALL, "--out", "empty").code == 0
