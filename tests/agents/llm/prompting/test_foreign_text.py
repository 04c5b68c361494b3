"""No foreign text changes anything outside its quotation."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from support.prompts import FOREIGN, ME, TEXTS, composed, observation, ours, user, view

from unscripted.agents.llm.prompting.templates import quoted
from unscripted.agents.llm.request import Mode
from unscripted.model.decision import Act, Assignment, Contribution, Intention
from unscripted.model.messages import Log, RoleNote, View
from unscripted.model.observation import Observation
from unscripted.model.tasks.task import Brief

CHECK = settings(max_examples=60, deadline=None)


@CHECK
@given(FOREIGN | st.text(min_size=1))
def test_every_quoted_line_is_marked(text):
    lines = quoted(text)
    assert all(line.startswith("| ") for line in lines.splitlines())
    assert lines.splitlines() == lines.split("\n")
    assert [line[2:] for line in lines.split("\n")] == text.splitlines()


def test_an_empty_quotation():
    assert quoted("") == "|"


@st.composite
def hearsay(draw: st.DrawFn) -> tuple[Observation, Observation]:
    """Two observations of one form: one with arbitrary foreign texts, one with harmless ones."""
    made: list[list[View]] = [[], []]
    for place in ("messages", "own", "memory"):
        logs = Log(), Log()
        for author in draw(st.lists(st.integers(0, 9), max_size=4)):
            to = draw(st.sampled_from([None, None, ME])) if place == "messages" else None
            kind = draw(st.sampled_from(["work", "intention", "assignment", "note"]))
            n, phase = draw(st.integers(0, 2)), draw(st.integers(1, 2))
            for log, text in zip(logs, (lambda: draw(FOREIGN), lambda: "fine"), strict=True):
                focus = tuple(text() for _ in range(n))
                content = {
                    "work": Contribution(text(), text()),
                    "intention": Intention(text(), focus),
                    "assignment": Assignment(ME, text(), focus, phase),
                    "note": RoleNote(text(), "L1-a"),
                }[kind]
                log.post(author, 0, 0, content, to)
        for views, log in zip(made, logs, strict=True):
            views.append(log.so_far())
    act = draw(st.sampled_from(Act))
    given_role = draw(st.booleans())
    pair = []
    for views, text in zip(made, (draw(FOREIGN), "fine"), strict=True):
        fields = dict(zip(("messages", "own", "memory"), views, strict=True))
        assignment = Assignment(ME, text, (text,)) if given_role else None
        brief = Brief("t", "A letter", text, "L1")
        pair.append(observation(act=act, brief=brief, assignment=assignment, **fields))
    return pair[0], pair[1]


@settings(max_examples=120, deadline=None)
@given(hearsay(), st.sampled_from(Mode))
def test_foreign_text_changes_only_quotations(pair, mode):
    foreign, harmless = (composed(o, mode).messages for o in pair)
    assert foreign[0] == harmless[0]
    assert ours(foreign[1][1]) == ours(harmless[1][1])


@CHECK
@given(hearsay(), st.integers(0, 400))
def test_nor_where_some_was_cut(pair, tokens):
    allowed = {*ours(user(pair[1])), "", "|"}
    count = re.compile(r"\(\d+ older messages left out for length\)|- \"builds_on\": .*")
    for line in ours(user(pair[0], tokens=tokens)):
        assert line in allowed or count.fullmatch(line)


@CHECK
@given(FOREIGN)
def test_a_title_beyond_its_first_line(text):
    brief = Brief("t", f"A letter\n{text}", "Translate.", "L1")
    plain = Brief("t", "A letter", "Translate.", "L1")
    assert ours(user(observation(brief=brief))) == ours(user(observation(brief=plain)))


def test_no_template_line_looks_quoted():
    assert not [line for text in TEXTS.values() for line in text.splitlines() if line[:1] == "|"]


def test_dollar_names_are_not_filled():
    what = observation(messages=view(Contribution("$member", "$mission ${roster} $$")))
    assert "| $member\nThe work:\n| $mission ${roster} $$\n" in user(what)
