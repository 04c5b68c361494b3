"""`NAME:option=value,…` and lists of it: read by the defaults, refused by name and value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.model.errors import UsageError
from unscripted.model.plugins.grammar import read_options, split_list, split_spec


def takes(*, k=4, share=0.5, loud=False, name="x", free=None, needed):
    """Every kind of option there is."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ring", ("ring", "")),
        (" ring : k=4", ("ring", " k=4")),
        ("mission:text=a:b", ("mission", "text=a:b")),
        ("", ("", "")),
    ],
)
def test_a_name_ends_at_a_colon(text, found):
    assert split_spec(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("k=7", {"k": 7}),
        ("k=-1,share=1e-3", {"k": -1, "share": 0.001}),
        ("loud=TRUE, name = a b ,", {"loud": True, "name": "a b"}),
        ("loud=false", {"loud": False}),
        ("free=8,needed=9", {"free": "8", "needed": "9"}),
        ("name=a=b", {"name": "a=b"}),
    ],
)
def test_options_are_read_by_defaults(text, found):
    read = read_options("it", text, takes)
    assert read == found
    assert {k: type(v) for k, v in read.items()} == {k: type(v) for k, v in found.items()}


def test_hyphens_stand_for_underscores():
    def dashed(*, p_out=0.1):
        """One option."""

    assert read_options("it", "p-out=0.2", dashed) == {"p_out": 0.2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q=4", "it: option 'q=4' is not known; options: k=, share=, loud=, name=, free=, needed="),
        ("k", "option 'k' is not known"),
        ("k=4,k=5", "option 'k' is given twice; give it once"),
        ("k=four", "k='four' is not a valid int"),
        ("share=much", "share='much' is not a valid float"),
        ("loud=yes", "loud='yes' is not a valid flag"),
    ],
)
def test_a_wrong_option_is_named(text, said):
    with pytest.raises(UsageError) as caught:
        read_options("it", text, takes)
    assert said in str(caught.value)


def test_who_takes_none_says_so():
    with pytest.raises(UsageError, match="options: none"):
        read_options("it", "k=4", lambda: None)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a", ("a",)),
        ("a, b ,c", ("a", "b", "c")),
        ("watts-strogatz:k=4,p=0.1", ("watts-strogatz:k=4,p=0.1",)),
        ("ring,watts-strogatz:k=4,p=0.1,star", ("ring", "watts-strogatz:k=4,p=0.1", "star")),
        ("a:k=4,p=0.1,a:k=2,p=0.5", ("a:k=4,p=0.1", "a:k=2,p=0.5")),
        ("b:n=2,p_in=0.9,p-out=0.1,ring", ("b:n=2,p_in=0.9,p-out=0.1", "ring")),
        ("ring,p=0.1", ("ring", "p=0.1")),
        ("a*6+b*2,c", ("a*6+b*2", "c")),
        ("mine.py:Mine:k=1,j=2,x.y:Z", ("mine.py:Mine:k=1,j=2", "x.y:Z")),
    ],
)
def test_commas_between_options_keep(text, items):
    assert split_list("it", text) == items


@pytest.mark.parametrize("text", ["", ",", "a,,b", "a,", ",a", "a, ,b"])
def test_an_empty_entry_is_refused(text):
    with pytest.raises(UsageError, match="has an empty entry; remove the extra comma"):
        split_list("it", text)


def test_a_repeated_entry_is_refused():
    with pytest.raises(UsageError, match=r"it='a,b, a' names 'a' twice; name it once"):
        split_list("it", "a,b, a")


names = st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True)
options = st.lists(
    st.builds("{}={}".format, st.from_regex(r"[a-z_]{1,4}", fullmatch=True), st.integers(0, 99)),
    min_size=1, max_size=3,
)  # fmt: skip
items = names | st.builds(lambda name, opts: f"{name}:{','.join(opts)}", names, options)


@settings(max_examples=100)
@given(st.lists(items, min_size=1, max_size=6, unique=True))
def test_what_was_joined_comes_apart(wanted):
    assert split_list("it", ",".join(wanted)) == tuple(wanted)
