"""What synthetic minds pass on, as text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.agents.synthetic.news import News, lines, read

names = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)
news = st.builds(News, names, st.integers(0, 100).map(lambda k: k / 100), st.integers(0, 999))


@given(st.lists(news, max_size=8))
def test_news_is_read_as_told(told):
    best, count = read("[synthetic] a: done" + lines(told))
    assert count == len(told)
    assert list(best) == list(dict.fromkeys(n.requirement for n in told))
    for name, found in best.items():
        same = [n for n in told if n.requirement == name]
        assert found == max(same, key=lambda n: n.quality), "the first of the best"


@pytest.mark.parametrize(
    "line",
    ["heard x 3 a", "heard 0.5 y a", "heard 1.5 3 a", "heard nan 3 a", "heard 0.5", "said 1 2 a"],
)
def test_other_words_are_no_news(line):
    assert read(f"my work\n{line}") == ({}, 0)
    assert read(line) == ({}, 0), "the first line is the work"
