"""A tick as a picture: members side by side, rounds one below the other, and who saw whom.

Only where things stand is worked out here; templates draw them, with every text escaped.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....model.decision import Abstention, Contribution, Failure
from ....model.record import TickRecord
from ..format import cut, plain
from .as_text import saw
from .telling import TickTold, TurnTold

LEFT, TOP, RIGHT, BOTTOM = 92.0, 30.0, 22.0, 22.0
COLUMN, ROW, NARROW = 46.0, 42.0, 26.0
"""Distances in pixels; columns are narrow where members are many."""
BEND = 0.28
"""Of a curve, as a share of its length."""
MANY = 24
MOST_ARROWS = 700
MOST_HINT = 420
"""Characters of the hint on a turn."""


@dataclass(frozen=True)
class Arrow:
    """That a member saw a message, from where it was said to where it was seen.

    Attributes:
        path: A curve from where it was said to where it was seen, as SVG writes it; curved, as
            in turns taken one after another all would lie on one line.
        built: Whether its reader says that it built on its author's work.
    """

    path: str
    built: bool


@dataclass(frozen=True)
class Node:
    """A turn.

    Attributes:
        x: Its middle.
        y: Likewise.
        kind: `work`, `word`, `declined` or `failed`.
        hint: Its words, shortened, to be shown when pointed at.
        anchor: Where its words stand in full.
        arrows: What it saw for the first time.
    """

    x: float
    y: float
    kind: str
    hint: str
    anchor: str
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True)
class RoundsPicture:
    """A tick.

    Attributes:
        width: In pixels.
        height: Likewise.
        members: Where each column stands, and whose it is.
        rounds: Where each row stands, and what was asked.
        nodes: One per turn.
        hidden: Messages seen whose arrows are left out, as they are too many.
    """

    width: float
    height: float
    members: tuple[tuple[float, int], ...]
    rounds: tuple[tuple[float, str], ...]
    nodes: tuple[Node, ...]
    hidden: int = 0


def anchor_of(turn: TurnTold, tick: int, prefix: str = "") -> str:
    """The name of a turn's place on a page.

    Args:
        turn: The turn.
        tick: Of which tick.
        prefix: Tells runs on one page apart.
    """
    return f"{prefix}t{tick}r{turn.turn.round}m{turn.member.member}"


def picture_of(told: TickTold, prefix: str = "") -> RoundsPicture:
    """Where everything stands in the picture of a tick.

    Args:
        told: The tick.
        prefix: Of anchors, see `anchor_of`.
    """
    record = told.record
    step = COLUMN if len(record.members) <= MANY else NARROW
    columns = {m.member: LEFT + step * i for i, m in enumerate(record.members)}
    rows = [TOP + ROW * (i + 0.5) for i in range(len(record.rounds))]
    turns = [turn for _, _, turns in told.rounds() for turn in turns]
    arrows = _arrows(turns, columns, rows)
    count = sum(map(len, arrows))
    if count > MOST_ARROWS:  # then only whose work was used
        arrows = [tuple(a for a in some if a.built) for some in arrows]
    nodes = tuple(
        Node(columns[t.member.member], rows[t.turn.round], kind_of(t), hint_of(t),
             anchor_of(t, record.tick, prefix), some)
        for t, some in zip(turns, arrows, strict=True)
    )  # fmt: skip
    played = list(enumerate(zip(record.rounds, rows, strict=True)))
    return RoundsPicture(
        LEFT + step * max(0, len(columns) - 1) + RIGHT,
        TOP + ROW * len(rows) + BOTTOM / 2,
        tuple((x, member) for member, x in columns.items()),
        tuple((y, f"{i} {r.act}") for i, (r, y) in played),
        nodes,
        count - sum(map(len, arrows)),
    )


def _arrows(
    turns: list[TurnTold], columns: dict[int, float], rows: list[float]
) -> list[tuple[Arrow, ...]]:
    """For each turn what its member saw for the first time."""
    known: dict[int, set[tuple[int, int]]] = {}
    found: list[tuple[Arrow, ...]] = []
    for turn in turns:
        before = known.setdefault(turn.member.member, set())
        x, y = columns[turn.member.member], rows[turn.turn.round]
        new = dict.fromkeys((h.author, h.round) for h in turn.heard)
        found.append(
            tuple(
                Arrow(_curve((columns[a], rows[r]), (x, y)), a in turn.built_on)
                for a, r in new
                if (a, r) not in before and a in columns and r < len(rows)
            )
        )
        before.update(new)
    return found


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A curve, to the right of the straight way; from one round to the next a straight line."""
    (x1, y1), (x2, y2) = start, end
    bend = BEND if y2 - y1 > ROW * 1.5 else 0.0
    cx, cy = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
    return f"M{x1:g} {y1:g}Q{cx:.1f} {cy:.1f} {x2:g} {y2:g}"


def kind_of(turn: TurnTold) -> str:
    """What a turn came to, as pictures tell it.

    Args:
        turn: The turn.
    """
    match turn.reply:
        case Contribution():
            return "work"
        case Abstention():
            return "declined"
        case Failure():
            return "failed"
        case _:
            return "word"


def hint_of(turn: TurnTold) -> str:
    """A turn in a few words.

    Args:
        turn: The turn.
    """
    said = turn.said
    role = f" as {said.role}" if said.role and said.did == "contributed" else f" {said.role}"
    head = f"member {turn.member.member} {said.did}{role.rstrip()}; {saw(turn)}"
    return f"{plain(head)}\n{cut(said.words or said.reason, MOST_HINT)}"


def outcome_words(record: TickRecord) -> str:
    """How many members ended in each state, in words.

    Args:
        record: The tick.
    """
    return ", ".join(f"{n} {state}" for state, n in record.states.items())
