"""Tokens of a text without a tokenizer: near for prose, numbers and other scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.agents.llm.billing.estimate import likely_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("The team agreed on a plan.", 7),  # counted by a tokenizer: 7
        ("internationalization", 3),
        ("1234567", 7),
        ("17, 4, 2031", 9),
        ("\n\n", 2),
        ("团队同意", 4),
        ("Команда подготовит отчёт", 3 + 4 + 2),
    ],
)
def test_texts_have_known_counts(text, tokens):
    assert likely_tokens(text) == tokens


@given(st.text(), st.text())
def test_lines_add_up(a, b):
    assert likely_tokens(f"{a}\n{b}") <= likely_tokens(f"{a}\n") + likely_tokens(b) + 1
    assert 0 <= likely_tokens(a) <= len(a)


@given(st.text(alphabet="abcdefg 0123456789.,\n", min_size=1))
def test_longer_texts_have_more(text):
    assert likely_tokens(text + " word") > likely_tokens(text)
