"""Numbers and foreign texts as they are written everywhere."""

from __future__ import annotations

import pytest

from unscripted.model.errors import Halt
from unscripted.scenarios.harness.exits import Exit, exit_of
from unscripted.scenarios.harness.format import (
    counted,
    cut,
    number,
    p_value,
    plain,
    visible,
    width,
    with_bounds,
    with_interval,
)
from unscripted.scenarios.harness.statistics.intervals import Interval


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"), (0, "0.000"), (0.0, "0.000"), (0.1234, "0.123"), (-0.1236, "-0.124"),
        (0.001, "0.001"), (0.00099, "9.9e-04"), (-0.0001, "-1.0e-04"), (9.9994, "9.999"),
        (10, "10.0"), (-10.04, "-10.0"), (999.94, "999.9"), (1000, "1,000"),
        (-1234567.8, "-1,234,568"),
    ],
)  # fmt: skip
def test_numbers(value, said):
    assert number(value) == said


def test_digits_are_the_callers():
    assert number(0.1234, 2) == "0.12"
    assert number(9.87654, 1) == "9.9"
    assert number(12.34, 5) == "12.3"


def test_brackets_hold_intervals():
    assert with_bounds(0.5, (0.4, 0.6)) == "0.500 [0.400, 0.600]"
    assert with_bounds(0.5, (0.4, 12.0), 1) == "0.5 [0.4, 12.0]"
    assert with_bounds(0.5, None) == "0.500"
    assert with_bounds(None, None) == with_bounds(None, (0.4, 0.6)) == "–"
    assert with_interval(Interval(0.5, 0.1, (0.4, 0.6), 3)) == "0.500 [0.400, 0.600]"
    assert with_interval(Interval(0.5, None, None, 1)) == "0.500"
    assert with_interval(None) == "–"


def test_p_values_and_counts():
    assert [p_value(p) for p in (None, 0.0123, 1.0, 3e-9)] == ["–", "0.012", "1", "3e-09"]
    assert [counted(n, "seed") for n in (0, 1, 2)] == ["0 seeds", "1 seed", "2 seeds"]


def test_foreign_text_drives_no_terminal():
    assert plain("a\x1b[31mb\x07\nc\u202ed") == "ab cd"


@pytest.mark.parametrize("code", [
    0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202E, 0x2060, 0x2063,
    0x2066, 0x206F, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0x1D173, 0xE0001, 0xE0041, 0xE0100,
])  # fmt: skip
def test_nothing_is_hidden(code):
    assert plain(f"edi{chr(code)}tor") == visible(f"edi{chr(code)}tor") == "editor"


def test_lines_and_tabs_stay():
    assert visible("a\tb\nc\u2028d") == "a\tb\nc\nd"
    assert plain("a\tb\nc\u2028d") == "a b c d"


@pytest.mark.parametrize(("text", "most", "said"), [
    ("editor", 6, "editor"), ("editors", 6, "edito…"), ("编辑", 4, "编辑"), ("编辑器", 5, "编辑…"),
    ("编辑器", 4, "编…"), ("a\u200bb", 2, "ab"), ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
    ("several words", 9, "several…"), ("", 1, ""),
])  # fmt: skip
def test_texts_are_cut_by_width(text, most, said):
    assert cut(text, most) == said
    assert width(said) <= most


@pytest.mark.parametrize(
    ("reason", "code"),
    [("budget", 4), ("interrupted", 130), ("no service", 2)],
)
def test_halts_have_exit_codes(reason, code):
    assert exit_of(Halt(reason, "x")) == code
    assert {e.name: e.value for e in Exit} == {
        "DONE": 0, "DIFFERENT": 1, "USAGE": 2, "FAILURES": 3, "BUDGET": 4, "INTERRUPTED": 130
    }  # fmt: skip
