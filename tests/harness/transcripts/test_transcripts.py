"""A tick in words says everything that its record holds, and foreign words stay words."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile_text import DIRTY, FORBIDDEN
from support.records import CHECK, records

import unscripted as un
from unscripted.model.record import State
from unscripted.scenarios.harness.format import visible
from unscripted.scenarios.harness.transcripts.as_json import json_lines
from unscripted.scenarios.harness.transcripts.as_markdown import escaped, fenced, markdown_of
from unscripted.scenarios.harness.transcripts.as_text import lines_of, text_of_tick
from unscripted.scenarios.harness.transcripts.telling import TickTold, listed


@pytest.fixture(scope="module")
def scored():
    """A code-scored tick on a ring; look, don't touch."""
    run = un.run(tasks="hidden-profile", protocol="dialogue", agents=5, ticks=1, topology="ring")
    return run.told(0)[0]


@given(record=records())
@CHECK
def test_every_turn_is_told(record):
    told = TickTold(record)
    turns = [t for _, _, turns in told.rounds() for t in turns]
    assert sorted((t.member.member, t.turn.round) for t in turns) == sorted(
        (m.member, t.round) for m in record.members for t in m.turns
    )
    for turn in turns:
        ids = [i for a, b in turn.turn.seen for i in range(a, b) if i < len(record.log)]
        seen = [record.log[i] for i in ids]
        assert [(h.author, h.round) for h in turn.heard] == [(m.author, m.round) for m in seen]
    asked = {t.member.member for t in turns}
    assert {m.member for m in told.idle()} == {m.member for m in record.members} - asked


@given(record=records(), width=st.integers(20, 120))
@CHECK
def test_lines_keep_their_width(record, width):
    for line in lines_of(TickTold(record), None, width):
        assert "\n" not in line.text
        assert len(line.text) <= max(width, 30)
        assert not set(line.text) & FORBIDDEN


@given(record=records())
@CHECK
def test_every_form_says_all(record):
    told = TickTold(record)
    bodies = [json.loads(line) for line in json_lines(told)]
    assert [b["kind"] for b in bodies] == ["task", *["turn"] * (len(bodies) - 2), "end"]
    text = " ".join(text_of_tick(told, width=400).split())
    for turn in bodies[1:-1]:
        for words in (turn["words"], turn["reason"], turn["role"] or ""):
            assert " ".join(visible(words).split()) in text
    assert " ".join(visible(record.verdict.reason).split()) in text
    assert {m["member"]: m["state"] for m in bodies[-1]["members"]} == {
        m.member: m.state.value for m in record.members
    }


@given(words=DIRTY)
@CHECK
def test_hostile_words_stay_words(words):
    for shown in (escaped(words), fenced(words)):
        assert not set(shown) & FORBIDDEN
    assert fenced(words).startswith("```")


@pytest.mark.parametrize("words", ["```", "a `````b` c", "~~~\n```text"])
def test_no_fence_is_left(words):
    fence = fenced(words).partition("text\n")[0]
    assert re.findall(r"^`+$", fenced(words), re.MULTILINE)[-1] == fence
    assert fence not in words


def test_markdown_marks_nothing_foreign():
    evil = "# <script> [x](http://y) *b* | $c$"
    assert escaped(evil) == r"\# \<script\> \[x\]\(http://y\) \*b\* \| \$c\$"


def test_private_parts_and_answers(scored):
    text, markdown = text_of_tick(scored), markdown_of(scored)
    for member, part in scored.task.layout.parts.items():
        assert part.text in " ".join(text.split())
        assert part.text in markdown
        assert f"member {member} answers " in text
        assert f"| {member} | " in markdown
    assert "score 0." in text or "score 1." in text
    assert "(floor 0.33, own part 0.33, ceiling 1.00)" in text
    assert scored.brief.splitlines()[0] in markdown


def test_one_member_quotes_what_it_saw(scored):
    text = text_of_tick(scored, 1)
    assert "member 1 said" in text
    assert "member 2 said" not in text
    heard = [h for _, _, turns in scored.rounds(1) for t in turns for h in t.heard]
    assert {h.author for h in heard} == {0, 2}
    assert f"words of {heard[0].author}, round {heard[0].round}: " in text
    body = scored.body(1)
    assert {t["member"] for t in body["turns"]} == {m["member"] for m in body["members"]} == {1}


def test_a_shortened_brief_says_so():
    told = un.run(agents=2, ticks=1).told(0)[0]
    whole = [line.text for line in lines_of(told, None, 80)]
    short = [line.text for line in lines_of(told, None, 80, whole=False)]
    (left_out,) = [line for line in short if line.startswith("  … ")]
    assert len(whole) - len(short) + 1 == int(left_out.split()[1])


def test_another_task_is_not_told():
    run = un.run(agents=2, ticks=2)
    other = TickTold.of(run.records[0], run.organization.task_at(1))
    assert (other.task, other.brief, other.title) == (None, "", run.records[0].task_id)


def test_who_declined_says_why():
    class Declining(un.Mind):
        instant = True

        def decide(self, observation):
            if observation.member == 1:
                raise RuntimeError("no network")
            return un.Abstention("nothing to add")

    run = un.run(agents=3, ticks=1, model=Declining(), protocol="coordinator")
    text = run.transcript(0)
    assert "declined" in text
    assert "because: nothing to add" in text
    for member in run.records[0].members:
        if member.state is State.EXCLUDED:
            assert "never asked: " in text


@pytest.mark.parametrize(
    ("members", "said"), [((), ""), ((3,), "3"), ((1, 2), "1, 2"), ((0, 1, 2, 5), "0 to 2, 5")]
)
def test_members_are_listed(members, said):
    assert listed(members) == said
