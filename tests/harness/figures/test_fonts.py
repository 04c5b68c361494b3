"""Any script is drawn where the machine has a font for it, and said to be missing where not."""

from __future__ import annotations

import warnings

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager
from support.drawings import texts
from support.histories import record

from unscripted.scenarios.harness.figures import fonts
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic
from unscripted.scenarios.harness.figures.style import finish, fit, new_figure, save, width_in

RARE = "\ue123"  # of private use: no font of the test machine has it
HAN = "分析"


@pytest.fixture
def forgotten():
    """Nothing is known of the machine's fonts, before and after."""
    known = (fonts._candidates, fonts._family)
    for found in known:
        found.cache_clear()
    before = list(fontManager.ttflist)
    yield
    fontManager.ttflist[:] = before
    for found in known:
        found.cache_clear()


@pytest.fixture
def bare(forgotten):
    """A machine that has the figures' own font alone."""
    fontManager.ttflist[:] = [e for e in fontManager.ttflist if e.name == fonts.OWN]


@pytest.fixture
def squares(bare, tmp_path):
    """The same with a font that draws Chinese as squares."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = [".notdef", *(f"c{i}" for i in range(len(HAN)))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"c{i}" for i, c in enumerate(HAN)})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(tmp_path / "squares.ttf")
    fontManager.addfont(tmp_path / "squares.ttf")


@pytest.fixture
def strict():
    """Every warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def roles(*names):
    return [record(0, *((name, ()) for name in names))]


def test_own_letters_need_no_other():
    assert fonts.families("Analyst · Ärztin → ✓") == [fonts.OWN]
    assert fonts.drawable("Ä \n x") == "Ä \n x"


def test_another_font_is_found(squares, strict, tmp_path):
    assert fonts.families(f"a {HAN}") == [fonts.OWN, "Squares"]
    assert fonts.drawable(f"{HAN}{RARE}") == f"{HAN}{fonts.MISSING}"
    figure = draw_role_mosaic(roles(f"{HAN} lead", "editor"), synthetic=False)
    assert HAN in texts(figure)
    assert not fonts.incomplete(figure)
    assert all(path.exists() for path in save(figure, tmp_path, "roles"))


def test_unknown_letters_are_marked(bare, strict, tmp_path):
    figure = draw_role_mosaic(roles(f"{HAN}🙂", "editor"), synthetic=False)
    assert fonts.MISSING * 3 in texts(figure)
    assert fonts.incomplete(figure)
    save(figure, tmp_path, "roles")


def test_titles_and_axes_are_settled(squares, strict):
    figure = new_figure(4, 3, HAN, f"below {HAN}{RARE}")
    axes = figure.subplots()
    axes.set_xticks([0], [fit(HAN, 1, 9)])
    axes.set_ylabel(RARE)
    finish(figure, synthetic=False, note=HAN)
    assert axes.get_xticklabels()[0].get_fontfamily() == [fonts.OWN, "Squares"]
    assert axes.get_ylabel() == fonts.MISSING


def test_wide_letters_are_measured(squares, strict):
    assert width_in(HAN, 72) == pytest.approx(1.9, rel=0.06)
    assert fit(HAN * 20, 1.0, 12).endswith("…")
    assert width_in(fit(HAN * 20, 1.0, 12), 12) <= 1.0


@pytest.mark.parametrize("file", ["nowhere.ttf", "broken.ttf"])
def test_a_broken_font_is_passed_over(bare, tmp_path, file):
    (tmp_path / "broken.ttf").write_bytes(b"\0" * 64)
    assert not fonts._draws(str(tmp_path / file), ord("a"))
