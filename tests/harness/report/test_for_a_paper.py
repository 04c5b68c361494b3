"""What a comparison leaves for a paper: CSV of runs, cells and contrasts, and a table in LaTeX."""

from __future__ import annotations

import re
import shutil
import subprocess

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile_text import DIRTY, FORBIDDEN
from support.records import CHECK
from support.runs import summary_of

import unscripted as un
from unscripted.scenarios.harness.figures.style import COLUMN_IN
from unscripted.scenarios.harness.format import with_interval
from unscripted.scenarios.harness.report.latex import latex, table_of
from unscripted.scenarios.harness.report.publish import publish

NAMES = "a_b & 50 % {x} \\y $z #1 ~ ^ <b> | \" – × 中文 é ü ł đ ß 😀 'q' χ² … ≤ -- ` \u202e\x1b[2J"
SINGLE = re.compile(r"(?<!\\)[&%$#_{}~^]")


@pytest.fixture(scope="module")
def compared():
    """A comparison over two factors; look, don't touch."""
    return un.compare(protocol=["silent", "solo"], level=["L1", "L3"], agents=3, ticks=2,
                      replicates=5)  # fmt: skip


def test_latex_prints_literally():
    assert latex("a_b & 50 % {x} \\y $z #1 ~ ^\n") == (
        r"a\_b \& 50 \% \{x\} \textbackslash{}y \$z \#1 \textasciitilde{} \textasciicircum{} "
    )
    assert latex("--budget") == "-{}-budget"
    assert latex("é中") == r"é\ifdefined\Umathchar 中\else ?\fi{}"


@given(text=DIRTY | st.text())
@CHECK
def test_no_text_is_a_command(text):
    printed = latex(text)
    assert not set(printed) & (FORBIDDEN | {"\n"})
    bare = printed
    for command in re.findall(r"\\(?:text\w+|ensuremath|ldots|ss|ae|AE|o|O|fi)\{", printed):
        bare = bare.replace(command, "")
    assert not re.search(r"(?<!\\)[&%$#~^]", bare.replace("^2", "").replace(r"\\", ""))
    assert printed.count("{") - printed.count(r"\{") == printed.count("}") - printed.count(r"\}")


def test_a_table_says_every_cell(compared):
    table = table_of(compared.analysis.summary, synthetic=True, label="x")
    rows = [line for line in table.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + len(compared.summary)
    assert {row.count("&") for row in rows} == {rows[0].count("&")}
    for cell, row in zip(compared.analysis.summary, rows[1:], strict=True):
        assert row.startswith(f"{cell.cell.level} & {cell.cell.protocol} & ")
        assert with_interval(cell.measure("quality")) in row
    assert sum(" & best & " in row for row in rows) == 2, "the best of each level"
    assert "no evidence about any real model" in table
    assert "Synthetic" not in table_of(compared.analysis.summary, synthetic=False, label="x")
    behind = compared.contrasts.query("measure == 'quality' and factor == 'protocol'")
    for difference in behind["difference"].abs():
        assert rf"\ensuremath{{-}}{difference:.3f} [" in table


def test_files_agree_with_values(compared, tmp_path):
    kept = un.compare(protocol=["silent", "solo"], level=["L1", "L3"], agents=3, ticks=2,
                      replicates=5, out=tmp_path / "mine")  # fmt: skip
    publish(kept)
    for name, frame in (
        ("runs", kept.runs), ("summary", kept.summary), ("contrasts", kept.contrasts)
    ):  # fmt: skip
        read = pd.read_csv(tmp_path / "mine" / f"{name}.csv")
        assert list(read.columns) == list(frame.columns)
        assert len(read) == len(frame)
    assert pd.read_csv(tmp_path / "mine" / "summary.csv")["quality"].tolist() == pytest.approx(
        compared.summary["quality"].tolist()
    )
    assert (tmp_path / "mine" / "figures" / "column.pdf").read_bytes().startswith(b"%PDF")


def test_a_column_is_as_wide(compared):
    figure = compared.plot(column=True)
    assert figure.get_size_inches()[0] == COLUMN_IN
    assert figure.axes[0].get_xlabel().startswith("quality")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine")
def test_it_compiles(tmp_path):
    cells = [summary_of(f"{NAMES}{k}", 0.1 + k / 9, model=NAMES) for k in range(3)]
    table = table_of(cells, synthetic=True, label="x")
    letters = "".join(latex(chr(c)) + "\n" for c in range(0x20, 0x600))
    text = rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{table}"
    (tmp_path / "x.tex").write_text(f"{text}{letters}\\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-600:]
