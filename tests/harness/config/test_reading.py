"""Values of options, from texts and from Python, by what their fields say they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.options import Named, Option, option
from unscripted.scenarios.harness.config.reading import checked, group_of, read_value


def named(kind, name="x"):
    return Named(name, name, kind, None, Option("It.", "X"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "8", 8),
        ("int", " -8 ", -8),
        ("int | None", "8", 8),
        ("float", "1e-3", 0.001),
        ("float|None", "2", 2.0),
        ("bool", "True", True),
        ("bool", "false", False),
        ("str", " a b ", " a b "),
        ("str | Path | Graph[int]", "8", "8"),
        ("Path | None", "a/b", Path("a/b")),
    ],
)
def test_texts_are_read(kind, text, value):
    read = read_value(named(kind), text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text", "noun"),
    [
        ("int", "eight", "a whole number"),
        ("int", "8.0", "a whole number"),
        ("int", "", "a whole number"),
        ("int", "9" * 5000, "a whole number"),
        ("float | None", "much", "a number"),
        ("float", "nan", "a number"),
        ("float", "-inf", "a number"),
        ("bool", "yes", "true or false"),
    ],
)
def test_other_texts_are_refused(kind, text, noun):
    with pytest.raises(UsageError) as caught:
        read_value(named(kind), text, "here: ")
    remedy = "; use a finite one" if noun == "a number" else ""
    assert str(caught.value) == f"here: x={text!r} is not {noun}{remedy}"


def test_lists_are_read_one_by_one():
    assert read_value(named("int"), "4, 8,16", several=True) == (4, 8, 16)
    assert read_value(named("str"), "a:k=1,j=2,b", several=True) == ("a:k=1,j=2", "b")
    with pytest.raises(UsageError, match="x='y' is not a whole number"):
        read_value(named("int"), "4,y", several=True)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("int", 8, 8),
        ("int", 8.0, 8),
        ("int", np.int16(8), 8),
        ("int", 10**400, 10**400),
        ("float", 8, 8.0),
        ("float | None", np.float32(0.5), 0.5),
        ("float | None", None, None),
        ("bool", True, True),
        ("str", "8", "8"),
        ("Path | None", "a", Path("a")),
        ("Path | None", Path("a"), Path("a")),
        ("Path | None", None, None),
        ("str | Path | TaskStream", 5, 5),
    ],
)
def test_values_are_checked(kind, given, value):
    found = checked(named(kind), given)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given", "noun"),
    [
        ("int", True, "a whole number"),
        ("int", 2.5, "a whole number"),
        ("int", np.nan, "a whole number"),
        ("int", "8", "a whole number"),
        ("int", None, "a whole number"),
        ("float", "1", "a number"),
        ("float", False, "a number"),
        ("float", Decimal(1), "a number"),
        ("float", 10**400, "a number"),
        ("bool", 1, "true or false"),
        ("str | None", 5, "text"),
        ("str", None, "text"),
        ("Path | None", 5, "text"),
    ],
)
def test_other_values_are_refused(kind, given, noun):
    with pytest.raises(UsageError) as caught:
        checked(named(kind), given)
    assert str(caught.value) == f"x={given!r} is not {noun}"


@dataclass(frozen=True)
class Pair:
    """Two options under other names than their fields'."""

    one: int = option(1, "One.", "N", name="first")
    two: str = option("b", "Two.", "T")


def test_groups_take_their_own():
    made, rest = group_of(Pair, {"first": 3.0, "third": 4})
    assert (made, rest) == (Pair(3, "b"), {"third": 4})
    with pytest.raises(UsageError, match="two=5 is not text"):
        group_of(Pair, {"two": 5})
