"""Answers that depend on what the prompt says, as those of a model would, and on nothing else.

Every sentence of the client's task is a piece of work. Whoever quotes one in a finished work has
done it, so a test sees in an answer what its author had read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .grading import verdict
from .hashing import draw, share
from .prompt import Prompt, Said, read
from .writing import focus_on, role_for, words_of, work_on

ONE_LEFT_OUT_IN = 6
MOST_BUILT_ON = 2


def answer(messages: list[dict[str, Any]], *, seed: int | None) -> str:
    """The text of an answer to the messages of a request."""
    prompt = read(messages)
    if prompt.act == "probe":
        return prompt.probe
    if prompt.act == "chat":
        return f"You said {len(prompt.text)} characters, and they were heard."
    return json.dumps(ANSWERS[prompt.act](prompt, seed), ensure_ascii=False)


def contribute(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Work on an open sentence, or decline since none is left."""
    left = _open(prompt)
    if not left:
        said = {"decision": "abstain", "role": "", "work": "", "builds_on": [], "confidence": 0.9}
        return {**said, "reason": "Every part of the task is already done."}
    member = prompt.member
    chosen = _choice(prompt, left, seed)
    newest = dict.fromkeys(s.author for s in reversed(prompt.others) if s.kind == "work")
    given = prompt.assignment
    return {
        "decision": "contribute",
        "role": given.role if given else role_for(chosen, member, seed),
        "work": work_on(chosen, member, seed, prompt.words),
        "builds_on": list(newest)[:MOST_BUILT_ON],
        "confidence": round(0.5 + 0.45 * share("confidence", member, seed, chosen), 2),
        "reason": f"Of {len(prompt.task)} parts {len(left)} were open, and I can do this one.",
    }


def intend(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Name an open sentence nobody else claims, or decline since none is left."""
    left = _open(prompt)
    if not left:
        reason = "Every part of the task is already done."
        return {"decision": "abstain", "role": "", "focus": [], "reason": reason}
    chosen = _choice(prompt, left, seed)
    return {
        "decision": "intend",
        "role": role_for(chosen, prompt.member, seed),
        "focus": [focus_on(chosen)],
        "reason": f"Of {len(prompt.task)} parts {len(left)} are open.",
    }


def plan(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Give the open sentences to most of the roster, about one in six left out."""
    parts = _open(prompt)
    chosen = [
        agent
        for agent in prompt.roster
        if draw("left out", prompt.member, seed, agent, *parts[:1]) % ONE_LEFT_OUT_IN
    ] or list(prompt.roster[:1])
    if not parts or not chosen:
        return {"decision": "abstain", "assignments": [], "reason": "There is nothing to divide."}
    assignments = []
    for i, agent in enumerate(chosen):
        part = parts[i % len(parts)]
        role = role_for(part, agent, seed)
        phase = 1 + i // len(parts)
        assignments.append(
            {"agent": agent, "role": role, "focus": [focus_on(part)], "phase": phase}
        )
    reason = f"{len(parts)} parts for {len(chosen)} of {len(prompt.roster)} agents."
    return {"decision": "plan", "assignments": assignments, "reason": reason}


def amend(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Ask for another mission, a new standard or another batch, by the agent's number."""
    wanted = (
        ("mission", "Serve nobody but ourselves."),
        ("standards", "Every work names its sources."),
        ("protocol.batch", "2"),
    )
    article, text = wanted[prompt.member % len(wanted)]
    return {"decision": "amend", "article": article, "text": text, "reason": "It would help."}


def say(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Tell what it alone was told, or that it is there."""
    text = prompt.private or f"Agent {prompt.member} is listening."
    return {"decision": "say", "text": text, "to": [], "reason": "It may be new to others."}


def final(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Any of the options, else a small number."""
    chosen = _any(prompt, seed) or str(draw("answer", prompt.member, seed) % 10)
    return {"decision": "answer", "reason": "I had to choose.", "answer": chosen}


def move(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Any of the options."""
    return {"decision": "move", "reason": "Why not.", "action": _any(prompt, seed), "note": ""}


def _any(prompt: Prompt, seed: int | None) -> str:
    options = prompt.options or ("",)
    return options[draw("option", prompt.member, seed, prompt.private) % len(options)]


def judge(prompt: Prompt, seed: int | None) -> dict[str, Any]:
    """Grade by the words that works and checklist share; the seed changes nothing."""
    return verdict(prompt.checklist, prompt.works)


ANSWERS: dict[str, Callable[[Prompt, int | None], dict[str, Any]]] = {
    "contribute": contribute,
    "intend": intend,
    "plan": plan,
    "amend": amend,
    "say": say,
    "answer": final,
    "move": move,
    "judge": judge,
}


def _open(prompt: Prompt) -> list[str]:
    """The sentences of the task that no finished work quotes, in their order."""
    done: set[int] = set()
    for said in (*prompt.others, *prompt.own, *prompt.board):
        if said.kind == "work":
            done |= _quoted_in(prompt.task, said.text)
    return [s for i, s in enumerate(prompt.task) if i not in done]


@lru_cache(maxsize=65536)
def _quoted_in(task: tuple[str, ...], work: str) -> frozenset[int]:
    return frozenset(i for i, sentence in enumerate(task) if sentence in work)


def _choice(prompt: Prompt, left: list[str], seed: int | None) -> str:
    """What is assigned, else what was intended, else what chance prefers of the unclaimed."""

    def preference(sentence: str) -> int:
        return draw(prompt.member, seed, sentence)

    if prompt.assignment and prompt.assignment.focus:
        wanted = set(words_of(" ".join(prompt.assignment.focus)))
        given = prompt.assignment
        return max(
            left,
            key=lambda s: (_names(given, s), len(wanted & set(words_of(s))), preference(s)),
        )
    intentions = [s for s in prompt.others if s.kind == "intention"]
    meant = [s for s in prompt.own if s.kind == "intention"]
    earlier = [s for s in intentions if s.author < prompt.member]
    for sentence in left:
        if _claimed(meant, sentence) and not _claimed(earlier, sentence):
            return sentence
    free = [s for s in left if not _claimed(intentions, s)]
    return max(free or left, key=preference)


def _claimed(said: list[Said], sentence: str) -> bool:
    return any(_names(s, sentence) for s in said)


def _names(said: Said, sentence: str) -> bool:
    return any(part and sentence.startswith(part) for part in said.focus)
