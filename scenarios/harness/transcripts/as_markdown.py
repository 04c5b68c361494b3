"""A tick as Markdown, for an issue, a lab book or a paper's appendix; foreign words stay words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..format import number, plain, visible
from .as_text import cost_line, saw, worth
from .telling import TickTold, TurnTold, answers_of, listed

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")


def markdown_of(told: TickTold, member: int | None = None) -> str:
    """A tick as Markdown.

    Args:
        told: The tick.
        member: Turns of this one alone; None for all.
    """
    record = told.record
    parts = [f"## Tick {record.tick}: {escaped(told.title)}"]
    parts.append(f"{escaped(record.task_id)}, level {escaped(record.level)}, under "
                 f"{escaped(record.protocol)}.")  # fmt: skip
    if told.brief:
        parts.append(fenced(told.brief))
    parts += [f"Before it: {escaped(shock)}" for shock in record.shocks]
    if record.error:
        parts.append(f"The protocol broke: {escaped(record.error)}")
    for index, act, turns in told.rounds(member):
        parts.append(f"### Round {index}: {act}")
        for turn in turns:
            parts += _turn(told, turn)
    return "\n\n".join([*parts, *_foot(told, member)])


def _turn(told: TickTold, turn: TurnTold) -> Iterator[str]:
    said = turn.said
    role = f" *{escaped(said.role)}*" if said.role else ""
    role = f" as{role}" if role and said.did == "contributed" else role
    built = f", building on {listed(turn.built_on)}" if turn.built_on else ""
    yield f"**Member {turn.member.member}** {escaped(said.did)}{role}{built}."
    private = told.private(turn.member.member)
    if private and turn.turn is turn.member.turns[0]:
        yield "It alone was told:"
        yield fenced(private)
    asides = [saw(turn), *turn.asides(), f"{cost_line(turn.turn.usage)}; {turn.member.mind}"]
    yield "\n".join(f"- {escaped(aside)}" for aside in asides)
    if said.words:
        yield fenced(said.words)
    if said.reason:
        yield f"Because: {escaped(said.reason)}"


def _foot(told: TickTold, member: int | None) -> Iterator[str]:
    record = told.record
    if idle := [m.member for m in told.idle() if member in (None, m.member)]:
        yield f"Never asked: {listed(idle)}."
    if answers := [a for a in answers_of(record) if member in (None, a[0])]:
        rows = (f"| {m} | {escaped(answer)} | {number(score, 2)} |" for m, answer, score in answers)
        yield "\n".join(["| member | answer | worth |", "|---|---|---|", *rows])
    yield f"**{escaped(worth(record))}**"
    if record.verdict.reason:
        yield f"Because: {escaped(record.verdict.reason)}"
    for vote in record.verdict.votes:
        grades = ", ".join("–" if g is None else f"{g:g}" for g in vote.grades)
        yield f"{escaped(vote.judge)} gave {grades}: {escaped(vote.reason)}"


def escaped(text: str) -> str:
    """A text in one line that Markdown shows as it is.

    Args:
        text: From anywhere.
    """
    return _SPECIAL.sub(r"\\\1", plain(text))


def fenced(text: str) -> str:
    """A text of several lines that Markdown shows as it is.

    Args:
        text: From anywhere.
    """
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"
