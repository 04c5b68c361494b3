"""What of a long context is read."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.prompts import ME, composed, observation, view

from unscripted.agents.llm.prompting.context_window import (
    SHORTENED,
    USEFUL_CHARACTERS,
    fit,
    render_mark,
    render_message,
)
from unscripted.model.decision import Assignment, Contribution
from unscripted.model.messages import Log, Mark, Message, View
from unscripted.model.spans import ids_in


def test_a_colleagues_assignment_is_quoted():
    (message,) = view(Assignment(5, "lead\nMISSION", ("all",), 3))
    assert render_message(message) == (
        "Agent 3 assigns:\nthe role (phase 3):\n| lead\n| MISSION\nto work on:\n| all"
    )


FRAME = len(render_message(Message(0, 3, 0, 0, Contribution("r", "#0# "))))
SIZES = st.lists(st.integers(0, 1500), max_size=12)


def works_of(sizes: list[tuple[int, bool]], author: int = 3) -> View:
    log = Log()
    for i, (size, addressed) in enumerate(sizes):
        work = f"#{i}# {'x' * size}"
        log.post(author, 0, 0, Contribution("r", work), ME if addressed else None)
    return log.so_far()


def numbers(texts: tuple[str, ...]) -> list[int]:
    """Which messages some shown texts are."""
    return [int(re.search(r"#(\d+)#", text)[1]) for text in texts]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.booleans()), max_size=12),
    SIZES,
    SIZES,
    st.one_of(st.integers(0, 300), st.integers(0, 5000)),
)
@example([], [], [], 0)
@example([(10, False)], [5], [7], 0)
def test_any_context_is_fitted(told, own_sizes, memory_sizes, tokens):
    messages = works_of(told)
    own = works_of([(s, False) for s in own_sizes], author=ME)
    memory = works_of([(s, False) for s in memory_sizes])
    reading = fit(observation(messages=messages, own=own, memory=memory), tokens)
    shown_texts = [*reading.own, *reading.messages, *reading.memory]
    cut = [t for t in shown_texts if t.endswith("| [… shortened for length]")]

    # within the tokens, but for the mark of what was shortened
    assert sum(map(len, shown_texts)) <= 4 * tokens + len(SHORTENED) + 2
    assert reading.shortened == len(cut) <= 1
    assert all(len(t) >= USEFUL_CHARACTERS for t in cut)

    # each message is either read or counted as left out, in the order of posting
    kept = {
        "own": numbers(reading.own),
        "messages": numbers(reading.messages),
        "memory": numbers(reading.memory),
    }
    assert sorted([*kept["messages"], *ids_in(reading.unread)]) == list(range(len(told)))
    assert sorted([*kept["memory"], *ids_in(reading.unrecalled)]) == list(range(len(memory_sizes)))
    assert all(ids == sorted(ids) for ids in kept.values())

    # newest first within each group, and no group before a nearer one is read in full
    to_me = [i for i, (_, addressed) in enumerate(told) if addressed]
    to_all = [i for i, (_, addressed) in enumerate(told) if not addressed]
    groups = [
        (list(range(len(own_sizes))), reading.own),
        (to_me, tuple(t for t in reading.messages if numbers((t,))[0] in to_me)),
        (to_all, tuple(t for t in reading.messages if numbers((t,))[0] in to_all)),
        (list(range(len(memory_sizes))), reading.memory),
    ]
    full = True
    for ids, texts in groups:
        assert numbers(texts) == ids[len(ids) - len(texts) :]
        assert full or not texts
        full = full and len(texts) == len(ids) and not set(texts) & set(cut)

    # what is not shortened is shown as it is
    for view_of, texts in ((own, reading.own), (messages, reading.messages)):
        by_number = dict(zip(numbers(tuple(map(render_message, view_of))), view_of, strict=True))
        for text in texts:
            entire = render_message(by_number[numbers((text,))[0]])
            beginning = text.removesuffix("\n| [… shortened for length]")
            assert entire.startswith(beginning) if text in cut else entire == text


def test_everything_is_read_or_nothing():
    what = observation(
        messages=works_of([(900, False), (900, True)]), own=works_of([(900, False)], author=ME)
    )
    everything, nothing = composed(what), composed(what, tokens=0)
    assert (everything.unread, everything.shortened) == ((), 0)
    assert (nothing.unread, nothing.shortened) == (((0, 2),), 0)
    text = nothing.messages[1][1]
    assert "SAID ON THIS TASK\n(2 older messages left out for length)\n" in text
    assert "EARLIER ON THIS TASK\n(1 older messages left out for length)\n" in text
    assert "x" * 20 not in text


def test_the_count_of_older_messages():
    what = observation(messages=works_of([(300, False)] * 5))
    found = composed(what, tokens=(2 * (FRAME + 300)) // 4 + 1)
    assert found.unread == ((0, 3),)
    head = "WHAT OTHER AGENTS SAID ON THIS TASK\n(3 older messages left out for length)\nAgent 3"
    assert head in found.messages[1][1]


def test_own_and_addressed_messages_come_first():
    messages = works_of([(800, True), (800, False), (800, False)])
    own = works_of([(800, False)], author=ME)
    reading = fit(observation(messages=messages, own=own), tokens=(2 * (FRAME + 800) + 90) // 4)
    assert numbers(reading.own) == [0]
    assert numbers(reading.messages) == [0]
    assert reading.unread == ((1, 3),)


def test_work_on_this_task_outlives_memory():
    what = observation(messages=works_of([(800, False)]), memory=works_of([(10, False)] * 3))
    reading = fit(what, tokens=(FRAME + 800) // 4 + 1)
    assert (len(reading.messages), reading.memory, reading.unrecalled) == (1, (), ((0, 3),))


def test_a_shortened_message_is_one_block():
    message = "\n".join(["x" * 97] * 40)
    for room in range(500, 620):
        what = observation(messages=view(Contribution("rr", message)))
        (text,) = fit(what, tokens=room).messages
        assert "\n\n" not in text


@pytest.mark.parametrize(("room", "shortened"), [(99, 0), (100, 1)])
def test_useful_parts_are_kept(room, shortened):
    window = fit(observation(messages=works_of([(4000, False)])), tokens=room)
    assert window.shortened == shortened
    assert [len(text) for text in window.messages] == [400 + len(SHORTENED)] * shortened


def test_the_strongest_marks_that_fit():
    marks = (
        Mark("a", 0.5, "w" * 40),
        Mark("b", 0.9, ""),
        Mark("c", 0.9, "w" * 400),
        Mark("d", 0, ""),
    )
    assert fit(observation(marks=marks), 10**6).marks == tuple(map(render_mark, marks))
    some = fit(observation(marks=marks), 40)
    assert some.marks == tuple(render_mark(m) for m in (marks[0], marks[1], marks[3]))
    assert some.unmarked == 1
    room = len(render_mark(marks[1]))
    assert fit(observation(marks=marks), room // 4 + 1).marks == (render_mark(marks[1]),)
    assert render_mark(marks[1]) == "Strength 0.90:\n| b"
    assert render_mark(marks[0]) == f"Strength 0.50:\n| a\nThe work:\n| {'w' * 40}"


def test_nearer_things_leave_less_to_marks():
    marks = (Mark("a", 0.5, ""),)
    own = works_of([(300, False)], author=ME)
    assert fit(observation(marks=marks, own=own), (FRAME + 300) // 4).marks == ()
