"""What a request asks: the parts of a prompt, told apart by our headings alone.

A heading counts only at the beginning of a line. Foreign text is quoted line by line, so nothing
inside it can pose as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .quotations import one_line, sentences, unquoted

HEADINGS = {
    "task": "\nTHE CLIENT'S TASK: ",
    "memory": "\nEARLIER TASKS: roles that agents took\n",
    "messages": "\nWHAT OTHER AGENTS SAID ON THIS TASK\n",
    "marks": "\nTHE BOARD: traces of work on this task, nobody's name on them; "
    "strength 1 is fresh and sure, 0 gone\n",
    "practice": "\nWHAT YOU HAVE PRACTISED on earlier tasks, "
    "from 0 (new to you) to 1 (second nature)\n",
    "own": "\nWHAT YOU SAID EARLIER ON THIS TASK\n",
    "assignment": "\nASSIGNED TO YOU\n",
    "contribute": "\nNOW: CONTRIBUTE OR DECLINE\n",
    "intend": "\nNOW: SAY WHAT YOU INTEND, OR DECLINE\n",
    "plan": "\nNOW: DIVIDE THE WORK, OR DECLINE\n",
    "amend": "\nNOW: PROPOSE A CHANGE OF THE RULES, OR DECLINE\n",
    "private": "\nWHAT YOU ALONE WERE TOLD\n",
    "say": "\nNOW: SAY SOMETHING, OR NOTHING\n",
    "answer": "\nNOW: YOUR FINAL ANSWER\n",
    "move": "\nNOW: YOUR MOVE\n",
    "works": "\nTHE WORK, in no particular order\n",
    "judge": "\nCHECKLIST: what a good answer contains\n",
    "scales": "\nSCALES, 1 to 4\n",
}
ACTS = ("judge", "contribute", "intend", "plan", "amend", "say", "answer", "move")
REPAIR = "That answer could not be used: "
MEMBER = re.compile(r"^You are agent (\d+)\.$", re.MULTILINE)
SPOKEN = re.compile(r"Agent (\d+)(, finished work| intends| assigns| says| on an earlier task)")
ROSTER = re.compile(r"the agents numbered ([\d, ]+); you yourself are number (\d+)")
WORDS = re.compile(r"at most (\d+) words")
CHECK = re.compile(r"^- \[([^\]]+)\] (.*)$", re.MULTILINE)
OPTIONS = re.compile(r"one of: (.+?)(?: \(|; |\n|$)")
PROBE = re.compile(r"^Answer with the JSON object (\{.*\}) and nothing else\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """Something an agent said: its quoted role, and its work or the parts it means to take.

    Attributes:
        author: The agent's number.
        kind: `work`, `intention` or `assignment`; `note` for what is of no use here.
        role: The role it took, means to take, or gives.
        text: The finished work on one line.
        focus: The parts named in an intention or an assignment.
    """

    author: int
    kind: str
    role: str = ""
    text: str = ""
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt taken apart.

    Attributes:
        act: One of `ACTS`, `probe`, or `chat` for anything else.
        text: All that the user said.
        member: The agent addressed.
        task: Sentences of the client's task.
        others: What others said, oldest first.
        own: What the agent said before.
        board: What marks say was done; their author is -1.
        practice: What it is told it has practised.
        assignment: What it was given to do.
        roster: Whom it may assign.
        words: Longest work wanted.
        works: Texts to be graded.
        checklist: Pairs of id and requirement.
        probe: The object a probe asks for.
        private: What the agent alone was told.
        options: What it may answer or do, where these are listed.
    """

    act: str
    text: str = ""
    member: int = 0
    task: tuple[str, ...] = ()
    others: tuple[Said, ...] = ()
    own: tuple[Said, ...] = ()
    board: tuple[Said, ...] = ()
    practice: tuple[str, ...] = ()
    assignment: Said | None = None
    roster: tuple[int, ...] = ()
    words: int = 120
    works: tuple[str, ...] = ()
    checklist: tuple[tuple[str, str], ...] = ()
    probe: str = ""
    private: str = ""
    options: tuple[str, ...] = ()


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, plain or in parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
    return content if isinstance(content, str) else ""


def read(messages: list[dict[str, Any]]) -> Prompt:
    """Take apart the messages of a request; a plea for repair repeats the question before it."""
    asked = [text_of(m) for m in messages if m.get("role") == "user"]
    text = "\n".join(t for t in asked if not t.startswith(REPAIR))
    sections = _sections(f"\n{text}\n")
    if probe := PROBE.search(text):
        return Prompt("probe", text, probe=probe[1])
    act = next((a for a in ACTS if a in sections), "chat")
    if act == "chat":
        return Prompt("chat", text)
    task = _task(sections.get("task", ""))
    if act == "judge":
        checklist = tuple(CHECK.findall(sections["judge"]))
        works = _works(sections.get("works", ""))
        return Prompt("judge", text, task=task, works=works, checklist=checklist)
    question = sections[act]
    roster = ROSTER.search(question)
    words = WORDS.search(question)
    given = sections.get("assignment")
    return Prompt(
        act,
        text,
        private=one_line(unquoted(sections.get("private", "").split("\n"))),
        options=tuple(found[1].split(" | ")) if (found := OPTIONS.search(question)) else (),
        member=_member("\n".join(text_of(m) for m in messages if m.get("role") != "assistant")),
        task=task,
        others=_said(sections.get("messages", "")),
        own=_said(sections.get("own", "")),
        board=_marks(sections.get("marks", "")),
        practice=tuple(unquoted(sections.get("practice", "").split("\n"))),
        assignment=_assigned(0, given.split("\n")) if given else None,
        roster=tuple(int(n) for n in roster[1].split(",") if n.strip()) if roster else (),
        words=int(words[1]) if words else 120,
    )


def _sections(text: str) -> dict[str, str]:
    found = {name: place for name, h in HEADINGS.items() if (place := text.find(h)) >= 0}
    order = sorted(found, key=found.__getitem__)
    ends = [found[name] for name in order[1:]] + [len(text)] * bool(order)
    return {
        name: text[found[name] + len(HEADINGS[name]) : end]
        for name, end in zip(order, ends, strict=True)
    }


@lru_cache(maxsize=1024)
def _member(prompt: str) -> int:
    number = MEMBER.search(prompt)
    return int(number[1]) if number else 0


@lru_cache(maxsize=256)
def _task(section: str) -> tuple[str, ...]:
    return sentences(unquoted(section.split("\n")[1:]))


@lru_cache(maxsize=64)
def _works(section: str) -> tuple[str, ...]:
    works: list[list[str]] = []
    for line in section.split("\n"):
        if line.startswith("Work "):
            works.append([])
        elif works:
            works[-1].append(line)
    return tuple(one_line(unquoted(lines)) for lines in works)


def _said(section: str) -> tuple[Said, ...]:
    said = (_block(block) for block in section.split("\n\n") if block)
    return tuple(s for s in said if s is not None)


@lru_cache(maxsize=65536)
def _block(block: str) -> Said | None:
    """One message; cached, since a team reads the same messages again and again."""
    lines = block.split("\n")
    while lines and not (head := SPOKEN.match(lines[0])):
        lines.pop(0)
    if not lines or head is None:
        return None
    author, what = int(head[1]), head[2]
    if "finished work" in what:
        border = lines.index("The work:") if "The work:" in lines else len(lines)
        role, work = (one_line(unquoted(part)) for part in (lines[:border], lines[border:]))
        return Said(author, "work", role, work)
    if "assigns" in what:
        return _assigned(author, lines)
    quotations = unquoted(lines)
    if "intends" not in what or not quotations:
        return Said(author, "note")
    return Said(author, "intention", quotations[0], focus=tuple(quotations[1:]))


def _marks(section: str) -> tuple[Said, ...]:
    found = []
    for block in filter(None, section.split("\n\n")):
        lines = block.split("\n")
        border = lines.index("The work:") if "The work:" in lines else len(lines)
        topic, work = (one_line(unquoted(part)) for part in (lines[:border], lines[border:]))
        found.append(Said(-1, "work", topic, work))
    return tuple(found)


def _assigned(author: int, lines: list[str]) -> Said:
    border = lines.index("to work on:") if "to work on:" in lines else len(lines)
    role = one_line(unquoted(lines[:border]))
    return Said(author, "assignment", role, focus=tuple(unquoted(lines[border:])))
