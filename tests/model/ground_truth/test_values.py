"""Facts as lines of text and back, and what a text is taken to tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unscripted.model.ground_truth.values import Fact, facts_in, line_of, plain, tells, told

PLAIN = st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6)
BRACKETS = ("<<", ">>")


@given(st.integers(0, 99), VALUES)
def test_lines_are_read_as_written(owner, value):
    text = f"well\n{line_of(owner, 'part', value)} or so"
    if not any(b in str(value) for b in BRACKETS):
        assert facts_in(text) == {(owner, "part"): value}


def test_the_later_of_two_counts():
    said = line_of(1, "bit", 0) + line_of(1, "bit", 1) + "<<2 bit nonsense>> <<x y 1>>"
    said += '<<3 bit {"a": 1}>> <<4 bit [{}]>> <<5 bit NaN>>'
    assert facts_in(said) == {(1, "bit"): 1}


def test_everything_known_is_told():
    known = {(2, "bit"): 1, (0, "links"): (1, 2)}
    assert told(known) == "<<0 links [1, 2]>>\n<<2 bit 1>>"
    assert facts_in(told(known)) == known
    assert plain([1, [2, "a"]]) == (1, (2, "a"))


def test_lines_or_keywords_tell_parts():
    facts = [Fact(0, "part", (7, 12), ("7", "12")), Fact(1, "holds", "x", ("Birch", "soil"))]
    assert tells("<<0 part [7, 12]>>", facts) == {0}
    assert tells("<<0 part [7, 13]>>", facts) == frozenset(), "a lie is no part"
    assert tells("My numbers are 12 and 7.", facts) == {0}
    assert tells("my sum is 19, from 712", facts) == frozenset()
    assert tells("The SOIL of birch has failed", facts) == {1}
    assert tells("Birch it is", facts) == frozenset()
