"""Prompts suggest no role, offer to decline, and share their beginning."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from support.prompts import FILES, TEXTS, composed, observation, ours, user

import unscripted as un
from unscripted.agents.llm.prompting.context_window import render_assignment
from unscripted.agents.llm.request import Mode
from unscripted.model.decision import Act
from unscripted.model.mind import Mind
from unscripted.model.observation import Charter, Observation
from unscripted.testing import ArbitraryMind

JUDGES_ALONE = {"judge.txt", "judge_system.txt", "verdict.json"}
SUGGESTIONS = re.compile(
    r"\b(analyst|engineer|expert|reviewer|specialist|manager|leader|critic|editor|researcher|writer"
    r"|planner|coordinator|architect|consultant|lawyer|developer|designer|strategist|for example"
    r"|for instance|such as|e\.g\.?|like an?)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", [n for n in FILES if n not in JUDGES_ALONE])
def test_no_prompt_suggests_a_role(name):
    assert not SUGGESTIONS.findall(TEXTS[name])


class Listener(Mind):
    """Remembers what it was asked, and does anything it may."""

    instant = True

    def __init__(self, heard: list[Observation]) -> None:
        self.heard = heard

    def decide(self, observation):
        self.heard.append(observation)
        return ArbitraryMind(abstaining=0.2).decide(observation)


def heard_under(protocol: str, n: int = 5, ticks: int = 3) -> list[Observation]:
    """What members of a team knew at each decision of theirs."""
    heard: list[Observation] = []
    minds = [Listener(heard)] * n
    un.build(
        protocol=protocol, n_agents=n, model=minds, judge="none", tasks="generated", rng=3
    ).run(ticks)
    return heard


PROTOCOLS = ["sequential", "shared", "broadcast", "silent", "solo", "coordinator", "fixed-roles"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_roles_only_where_assigned(protocol):
    given_roles = [o for o in heard_under(protocol) if o.act is Act.CONTRIBUTE]
    shown_roles = [o for o in given_roles if "\nASSIGNED TO YOU\n" in user(o)]
    for o in shown_roles:
        assert (
            f"ASSIGNED TO YOU\n{render_assignment(o.assignment)}\nWork in this role, or decline."
            in user(o)
        )
    if protocol in ("coordinator", "fixed-roles"):
        assert shown_roles
    else:
        assert not shown_roles
        for o in given_roles:
            whole = "\n".join(text for _, text in composed(o).messages)
            assert not SUGGESTIONS.findall("\n".join(ours(whole)))


@pytest.mark.parametrize("protocol", [*PROTOCOLS, "random"])
def test_every_prompt_offers_to_decline(protocol):
    heard = heard_under(protocol)
    assert heard
    for o in heard:
        for mode in Mode:
            system, prompt = (text for _, text in composed(o, mode, tokens=50).messages)
            assert "You are never obliged to take part." in system
            assert re.search(r"^NOW: .*\bOR DECLINE$", prompt, re.MULTILINE)
            assert '- "decision": ' in prompt
            assert 'or "abstain"' in prompt


def test_declining_needs_no_charter():
    text = composed(observation(charter=Charter("Obey.", ()))).messages[0][1]
    assert "STANDING RULES\n\n- You are never obliged to take part." in text


def whole(what: Observation) -> str:
    return "\n".join(text for _, text in composed(what).messages)


def question_of(text: str) -> int:
    """Where what is for one member alone begins."""
    return text.index("\nYou are agent ")


def test_sequential_prompts_share_their_beginning():
    heard = heard_under("sequential", n=8, ticks=1)
    texts = [whole(o) for o in heard]
    assert len(texts) == 8
    for before, after in pairwise(texts):
        assert after.startswith(before[: question_of(before)])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_members_share_system_and_task(protocol):
    heard = heard_under(protocol, ticks=1)
    assert len({composed(o).messages[0] for o in heard}) == 1
    task = user(heard[0])[: user(heard[0]).index("\n\n")]
    assert all(user(o).startswith(task) for o in heard)
