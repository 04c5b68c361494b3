"""The one engine behind all HTML: texts are escaped and visible, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..format import visible
from .as_text import cost_line, saw, worth
from .rounds_picture import RoundsPicture, anchor_of, outcome_words, picture_of
from .telling import TickTold, TurnTold, answers_of, listed

HERE = "unscripted.scenarios.harness.transcripts"


@dataclass(frozen=True)
class TurnShown:
    """A turn as pages show it.

    Attributes:
        anchor: Its place.
        head: Who did what.
        role: Under which name.
        kept: What it saw and cost, one line each.
        private: What its member alone was told, where it is its first.
        words: What it said.
        reason: Why.
    """

    anchor: str
    head: str
    role: str
    kept: Sequence[str]
    private: str
    words: str
    reason: str


@dataclass(frozen=True)
class TickShown:
    """A tick as pages show it.

    Attributes:
        head: Which, in one line.
        title: Of the task.
        brief: What every member was told.
        short: What it was worth, in a word or two.
        worth: The same with the grades behind it.
        reasons: Why: the judge's or scorer's words.
        asides: What else happened.
        picture: Who saw whom.
        turns: In the order they were asked.
        open: Whether it is unfolded at first.
    """

    head: str
    title: str
    brief: str
    short: str
    worth: str
    reasons: Sequence[str]
    asides: Sequence[str]
    picture: RoundsPicture
    turns: Sequence[TurnShown]
    open: bool = False


def shown(told: TickTold, *, name: str = "", prefix: str = "", unfolded: bool = False) -> TickShown:
    """A tick as pages show it.

    Args:
        told: The tick.
        name: Before its number, as the run's.
        prefix: Of anchors, so that runs on one page are told apart.
        unfolded: At first.
    """
    record = told.record
    turns = [turn for _, _, some in told.rounds() for turn in some]
    asides = [f"before it: {shock}" for shock in record.shocks]
    asides += [f"the protocol broke: {record.error}"] if record.error else []
    if idle := [m.member for m in told.idle()]:
        asides.append(f"never asked: {listed(idle)}")
    asides += [
        f"member {member} answers {answer}, worth {score:.2f}"
        for member, answer, score in answers_of(record)
    ]
    reasons = [record.verdict.reason] if record.verdict.reason else []
    reasons += [f"{v.judge}: {v.reason}" for v in record.verdict.votes if v.reason]
    return TickShown(
        head=f"{name}tick {record.tick}: {told.title}",
        title=f"{record.task_id}, level {record.level}, under {record.protocol}; "
        f"{outcome_words(record)}",
        brief=told.brief,
        short=worth(record).partition(" (")[0],
        worth=worth(record),
        reasons=reasons,
        asides=asides,
        picture=picture_of(told, prefix),
        turns=[_turn(told, turn, prefix) for turn in turns],
        open=unfolded,
    )


def _turn(told: TickTold, turn: TurnTold, prefix: str) -> TurnShown:
    said = turn.said
    built = f", building on {listed(turn.built_on)}" if turn.built_on else ""
    first = turn.turn is turn.member.turns[0]
    return TurnShown(
        anchor_of(turn, told.record.tick, prefix),
        f"Round {turn.turn.round}: member {turn.member.member} {said.did}{built}",
        said.role,
        [saw(turn), *turn.asides(), f"{cost_line(turn.turn.usage)}; {turn.member.mind}"],
        told.private(turn.member.member) if first else "",
        said.words,
        said.reason,
    )


@cache
def environment(*packages: str) -> Environment:
    """Templates of this package and others; every text they print is escaped.

    Args:
        packages: Names of those that hold templates of their own.
    """
    loaders = [PackageLoader(name, ".") for name in (*packages, HERE)]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:
    """Foreign texts as far as they can be seen; numbers, and what macros made, as they are."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def fragment(headline: Sequence[str], rows: Sequence[Sequence[str]], head: Sequence[str]) -> str:
    """A value for a notebook: sentences and a table.

    Args:
        headline: The first in bold.
        rows: Of the table.
        head: Names of its columns.
    """
    template = environment().get_template("fragment.html.jinja")
    return template.render(headline=list(headline), rows=list(rows), head=list(head))
