"""A tick as lines for a terminal: foreign words can't drive it, and nothing is cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from ....model.decision import Usage
from ....model.judge import CRITERIA
from ....model.metrics.performance import quality
from ....model.record import TickRecord
from ..format import number, plain, visible
from .telling import Heard, TickTold, TurnTold, answers_of, listed

WIDTH = 100
"""Columns where nobody says how many there are."""
FEWEST_COLUMNS = 30
HEAD, ROUND, MEMBER, ASIDE = "bold", "bold cyan", "bold", "dim"
QUOTED = 160
"""Characters of a message that are quoted where one member is looked at."""
BRIEF_LINES = 3
"""Of a brief that is not wanted whole."""


class Line(NamedTuple):
    """A line.

    Attributes:
        text: Of harmless characters.
        style: Of all of it; empty for none.
    """

    text: str
    style: str = ""


def lines_of(
    told: TickTold, member: int | None = None, width: int = WIDTH, *, whole: bool = True
) -> list[Line]:
    """A tick as lines.

    Args:
        told: The tick.
        member: Turns of this one alone, with what it saw in its authors' words; None for all.
        width: Columns.
        whole: With the whole brief; else its first lines.
    """
    page = _Page(max(width, FEWEST_COLUMNS), member, whole)
    return [
        *page.head(told),
        *(line for _, _, turns in [*told.rounds(member)] for line in page.round(told, turns)),
        *page.foot(told),
    ]


def text_of_tick(told: TickTold, member: int | None = None, width: int = WIDTH) -> str:
    """The same as one text.

    Args:
        told: The tick.
        member: Turns of this one alone; None for all.
        width: Columns.
    """
    return "\n".join(line.text for line in lines_of(told, member, width))


def worth(record: TickRecord) -> str:
    """What a tick was worth, with the grades behind it, in one line.

    Args:
        record: The tick.
    """
    verdict = record.verdict
    if verdict.score is not None:
        bounds = record.ground_truth.bounds if record.ground_truth else None
        between = "" if bounds is None else (
            f" (floor {number(bounds.floor, 2)}, own part {number(bounds.own, 2)}, "
            f"ceiling {number(bounds.ceiling, 2)})"
        )  # fmt: skip
        return f"score {number(verdict.score)}{between}"
    grades = {n: v for n in CRITERIA if (v := getattr(verdict, n)) is not None}
    if not grades:
        return "nobody graded it"
    said = ", ".join(f"{name.replace('_', ' ')} {number(v, 1)}" for name, v in grades.items())
    unmet = ""
    if verdict.violations is not None:
        unmet = f"; of the mandatory requirements {100 * verdict.violations:.0f} % unmet"
    return f"quality {number(quality(record))} ({said}, each of 4{unmet})"


def cost_line(usage: Usage) -> str:
    """What a decision cost, in one line.

    Args:
        usage: Of the decision.
    """
    calls = f"{usage.calls} call{'s' * (usage.calls != 1)}"
    price = "price unknown" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
    tokens = usage.tokens_in + usage.tokens_out
    return f"{calls}, {tokens:,} tokens, {price}, {usage.latency_s:.1f} s"


def saw(turn: TurnTold) -> str:
    """What a member saw of others, by kind and author, in one line.

    Args:
        turn: Its decision.
    """
    by_kind: dict[str, list[int]] = {}
    for heard in turn.heard:
        by_kind.setdefault(heard.kind, []).append(heard.author)
    parts = []
    for kind, authors in by_kind.items():
        of = sorted(set(authors))
        more = f" ({len(authors)} in all)" if len(authors) > len(of) else ""
        parts.append(f"{kind} of {listed(of)}{more}")
    if turn.turn.marks:
        parts.append(f"{len(turn.turn.marks)} mark{'s' * (len(turn.turn.marks) != 1)} on the board")
    if turn.recalled:
        parts.append(f"{turn.recalled} notes of earlier tasks")
    unread = sum(not h.read for h in turn.heard)
    left_out = f"; {unread} left out of its prompt for length" if unread else ""
    return f"saw {'; '.join(parts) or 'nothing of others'}{left_out}"


class _Page(NamedTuple):
    """How wide it is, and whose.

    Attributes:
        width: Columns.
        member: The one looked at; None for all.
        whole: With the whole brief.
    """

    width: int
    member: int | None
    whole: bool

    def head(self, told: TickTold) -> Iterator[Line]:
        record = told.record
        yield from self._fold(
            f"tick {record.tick}: {record.task_id} ({record.level}), {record.protocol}", 0, HEAD
        )
        if told.brief:
            yield from self._fold(told.title, 2, HEAD)
            yield from self._brief(told.brief)
        for shock in record.shocks:
            yield from self._fold(f"before it: {shock}", 2, ASIDE)
        if record.error:
            yield from self._fold(f"the protocol broke: {record.error}", 2)

    def _brief(self, text: str) -> Iterator[Line]:
        lines = list(self._fold(text, 2))
        most = len(lines) if self.whole or len(lines) <= BRIEF_LINES + 1 else BRIEF_LINES
        yield from lines[:most]
        if most < len(lines):
            yield Line(f"  … {len(lines) - most} more lines of the task", ASIDE)

    def round(self, told: TickTold, turns: list[TurnTold]) -> Iterator[Line]:
        first = turns[0].turn
        asked = listed(sorted(t.member.member for t in turns))
        whom = "member" if len(turns) == 1 else "members"
        yield Line("")
        yield from self._fold(f"round {first.round}: {first.act}, {whom} {asked}", 2, ROUND)
        for turn in turns:
            yield from self._turn(told, turn)

    def _turn(self, told: TickTold, turn: TurnTold) -> Iterator[Line]:
        said, reply = turn.said, turn.reply
        role = f" as {said.role}" if said.role and said.did == "contributed" else said.role
        role = f" {role.strip()}" if role else ""
        built = f", building on {listed(turn.built_on)}" if turn.built_on else ""
        sure = getattr(reply, "confidence", None)
        certain = "" if sure is None else f", confidence {number(sure, 2)}"
        head = f"member {turn.member.member} {said.did}{role}{built}{certain}"
        yield from self._fold(head, 4, MEMBER)
        private = told.private(turn.member.member)
        if private and turn.turn is turn.member.turns[0]:
            yield from self._fold(f"it alone was told: {private}", 6, ASIDE)
        yield from self._fold(saw(turn), 6, ASIDE)
        if self.member is not None:
            yield from self._heard(turn)
        for aside in turn.asides():
            yield from self._fold(aside, 6, ASIDE)
        if said.words:
            yield from self._fold(said.words, 6)
        if said.reason:
            yield from self._fold(f"because: {said.reason}", 6)
        yield from self._fold(f"{cost_line(turn.turn.usage)}; {turn.member.mind}", 6, ASIDE)

    def _heard(self, turn: TurnTold) -> Iterator[Line]:
        for heard in turn.heard:
            yield from self._fold(f"{_quoted(heard)}", 8, ASIDE)
        for mark in turn.turn.marks:
            said = f"mark {mark.topic}, strength {number(mark.strength, 2)}: {mark.work}"
            yield from self._fold(_short(said), 8, ASIDE)

    def foot(self, told: TickTold) -> Iterator[Line]:
        record = told.record
        yield Line("")
        idle = [m.member for m in told.idle()]
        if idle and self.member in (None, *idle):
            yield from self._fold(f"never asked: {listed(idle)}", 2, ASIDE)
        for member, answer, score in answers_of(record):
            if self.member in (None, member):
                said = f"member {member} answers {answer}, worth {number(score, 2)}"
                yield from self._fold(said, 2)
        for ruling in record.rulings:
            done = "granted" if ruling.granted else "refused"
            change = f"{ruling.amendment.article} = {ruling.amendment.text}"
            yield from self._fold(f"ruling: {change} {done}: {ruling.reason}", 2)
        yield from self._fold(worth(record), 2, HEAD)
        if record.verdict.reason:
            yield from self._fold(f"because: {record.verdict.reason}", 4)
        for vote in record.verdict.votes:
            grades = ", ".join("–" if g is None else f"{g:g}" for g in vote.grades)
            yield from self._fold(f"{vote.judge} gave {grades}: {vote.reason}", 4)
        totals = record.totals
        price = "price unknown" if totals.cost_usd is None else f"${totals.cost_usd:.4f}"
        calls = f"{totals.calls} call{'s' * (totals.calls != 1)}"
        yield from self._fold(f"in all {calls}, {totals.tokens:,} tokens, {price}", 2, ASIDE)

    def _fold(self, text: str, indent: int, style: str = "") -> Iterator[Line]:
        """A text in lines of the page, each as deep as the first; its own breaks stay."""
        pad = " " * indent
        for paragraph in visible(text).expandtabs(4).split("\n"):
            folded = textwrap.wrap(
                paragraph, self.width - indent, drop_whitespace=True, break_on_hyphens=False
            )
            for line in folded:
                yield Line(pad + line, style)


def _quoted(heard: Heard) -> str:
    return _short(f"{heard.kind} of {heard.author}, round {heard.round}: {heard.text}")


def _short(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= QUOTED else shown[: QUOTED - 1].rstrip() + "…"
