"""What is told of models once all is done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.fakes import REQUEST, call_of

from unscripted.agents.llm.calling.notes import Notes
from unscripted.agents.llm.capabilities.capabilities import Capabilities

LONG = replace(REQUEST, messages=(("user", "x" * 12_000),))


@pytest.mark.parametrize(("tokens", "told"), [(3000, False), (1300, False), (1100, True)])
def test_cut_prompts_are_told_once(tokens, told):
    notes = Notes()
    for _ in range(3):
        notes.counted(call_of(request=LONG), tokens)
        notes.counted(call_of(), 1)
    said = "openai/m read 1,100 tokens of a prompt of about 3,008: does its server cut prompts?"
    assert [n.startswith(said) for n in notes] == ([True] if told else [])


def test_lessons_are_told_once():
    notes, call = Notes(), call_of()
    for _ in range(2):
        notes.taught(call, Capabilities().lowered("no", seed=False))
    call.trial = True
    notes.taught(call, Capabilities(system=False))
    assert list(notes) == ["found out in the run: openai/m takes no seed: 'no'"]
