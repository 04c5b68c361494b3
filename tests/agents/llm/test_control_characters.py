"""What is taken out of foreign text, and what stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hostile_text import DIRTY, FORBIDDEN

from unscripted.agents.llm.control_characters import clean

CHECK = settings(max_examples=60, deadline=None)


@settings(max_examples=120, deadline=None)
@given(DIRTY | st.text(st.characters()))
def test_no_control_character_is_left(text):
    cleaned = clean(text)
    assert not FORBIDDEN & set(cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


@CHECK
@given(st.text())
def test_harmless_texts_stay(text):
    harmless = "".join(c for c in text if c not in FORBIDDEN)
    assert clean(harmless) == harmless


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$q\x1b\\text", "text"),
        ("a\x1bcb", "ab"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("\x1b\x1b[31mred", "[31mred"),
        ("\x1b", ""),
        ("\ud83d and \udfff", "? and ?"),
        ("naïve 漢字 🙂", "naïve 漢字 🙂"),
    ],
)
def test_whole_sequences_go(dirty, cleaned):
    assert clean(dirty) == cleaned


@pytest.mark.parametrize("mark", ["\u061c", "\u200e", "\u200f"])
def test_no_direction_mark_is_left(mark):
    assert clean(f"a{mark}b") == "ab"
