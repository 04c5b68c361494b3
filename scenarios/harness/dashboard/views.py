"""What the page shows of an organization, as plain values that its templates draw.

Nothing here knows a browser, so a test compares these values with the run's own. Foreign words go
through as text; the templates never read any as HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

import networkx as nx

from ....model.decision import (
    Abstention,
    Contribution,
    Failure,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Saying,
)
from ....model.metrics.catalogue import of_ticks
from ....model.organization import BaseOrganization
from ....model.record import MemberRecord, State, TickRecord, Turn
from ..figures.style import FAINT, STATES
from ..figures.team import place
from ..format import SYNTHETIC, counted, number, visible

NOT_ASKED = "not yet asked"
LINKS_UP_TO = 1200
"""Links that are drawn; more than these would be a grey disc."""
COUNTS = ("roles", "works in a chain")
"""Units of measures that are whole numbers."""
View = dict[str, Any]


def network_view(org: BaseOrganization, record: TickRecord | None) -> View:
    """The team on its network: members with their states, links, and who built on whom.

    Args:
        org: Whose network.
        record: The tick that is shown; None before the first.
    """
    members = list(org.members) if record is None else [m.member for m in record.members]
    graph: nx.Graph[int] = nx.Graph(org.network.G.subgraph(members))
    graph.add_nodes_from(members)
    places = place(graph)
    own = {} if record is None else record.by_id
    links = [[*places[a], *places[b]] for a, b in graph.edges]
    return {
        "nodes": [_node(m, places[m], own.get(m)) for m in members],
        "links": links if len(links) <= LINKS_UP_TO else [],
        "arrows": [
            [m.member, other, *places[m.member], *places[other]]
            for m in own.values()
            for other in m.builds_on
            if other in places
        ],
        "radius": min(0.11, 0.9 / len(members) ** 0.75),
        "states": _legend(record),
    }


def _node(member: int, where: tuple[float, float], own: MemberRecord | None) -> View:
    look = None if own is None else STATES[own.state]
    state = NOT_ASKED if own is None else str(own.state)
    said = "" if own is None else visible(own.role or own.note or "")
    return {
        "id": member,
        "x": where[0],
        "y": -where[1],
        "state": state,
        "said": said,
        "face": "none" if look is None else look.face,
        "edge": FAINT if look is None else look.colour,
        "ink": "currentColor" if look is None else look.ink,
    }


def _legend(record: TickRecord | None) -> list[View]:
    if record is None:
        return []
    looks = ((state, STATES[state], record.states[state]) for state in State)
    return [
        {"name": str(s), "n": n, "face": look.face, "edge": look.colour}
        for s, look, n in looks
        if n
    ]


def measures_view(org: BaseOrganization, upto: int | None = None) -> list[View]:
    """Every measure that was measured, tick by tick, as the `DataCollector` reports it.

    Args:
        org: Whose.
        upto: The tick whose values are written out; None for the last.
    """
    known = of_ticks(org.setup.own_measures)
    collected: Mapping[str, list[float | None]] = org.datacollector.model_vars
    shown = []
    for name, measure in known.items():
        values = collected.get(name, [])
        if all(value is None for value in values):
            continue
        at = len(values) - 1 if upto is None else min(upto, len(values) - 1)
        shown.append(
            {
                "name": name,
                "label": measure.label,
                "scale": measure.scale,
                "about": measure.about,
                "values": list(values),
                "now": number(values[at], 0 if measure.unit in COUNTS else 3),
                "low": measure.low,
                "high": measure.high,
            }
        )
    return shown


def words_view(record: TickRecord, member: int) -> View:
    """What one member was asked, saw and said in a tick.

    Args:
        record: Of the tick.
        member: Its id.
    """
    own = record.by_id[member]
    built = ", ".join(map(str, own.builds_on))
    usage = own.usage
    return {
        "head": f"Member {member}: {own.state}{f' as {visible(own.role)}' if own.role else ''}",
        "facts": [
            f"mind {own.mind}",
            *([f"built on {built}"] if built else []),
            f"{counted(usage.calls, 'call')}, {usage.tokens_in + usage.tokens_out} tokens",
            *([] if usage.cost_usd is None else [f"{number(usage.cost_usd, 4)} USD"]),
        ],
        "turns": [_turn(record, turn) for turn in own.turns],
        "silence": "" if own.turns else "It was not asked on this task.",
    }


def _turn(record: TickRecord, turn: Turn) -> View:
    authors = sorted(
        {record.log[i].author for start, stop in turn.seen for i in range(start, stop)}
    )
    saw = f"saw members {', '.join(map(str, authors))}" if authors else "saw nobody's words"
    return {
        "head": f"round {turn.round + 1}, {turn.act}; {saw}",
        "lines": [visible(line) for line in _words(turn.reply)],
    }


def task_view(org: BaseOrganization, record: TickRecord) -> View:
    """A tick's task, what happened before it, and the judge's or scorer's words.

    Args:
        org: Whose.
        record: Of the tick.
    """
    brief = org.task_at(record.tick).brief
    return {
        "title": visible(brief.title),
        "text": visible(brief.text),
        "shocks": [visible(s) for s in record.shocks],
        "reason": visible(record.verdict.reason),
    }


def note_of(org: BaseOrganization) -> str:
    """What has to be said beside everything shown; empty where no mind is synthetic.

    Args:
        org: Whose.
    """
    return SYNTHETIC if any(m.mind.synthetic for m in org.members.values()) else ""


@singledispatch
def _words(reply: object) -> Iterator[str]:
    """A reply in lines."""
    yield str(reply)


@_words.register
def _(reply: Contribution) -> Iterator[str]:
    yield f"as {reply.role}"
    yield from reply.work.splitlines()
    if reply.answer is not None:
        yield f"answer: {reply.answer}"


@_words.register
def _(reply: Intention) -> Iterator[str]:
    focus = ", ".join(reply.focus)
    yield f"intends: {reply.role}{f' ({focus})' if focus else ''}"


@_words.register
def _(reply: Plan) -> Iterator[str]:
    for given in reply.assignments:
        yield f"to {given.member}: {given.role}"


@_words.register
def _(reply: Saying) -> Iterator[str]:
    to = f"to {', '.join(map(str, reply.to))}: " if reply.to else ""
    yield from f"{to}{reply.text}".splitlines()


@_words.register
def _(reply: FinalAnswer) -> Iterator[str]:
    yield f"answer: {'none' if reply.value is None else reply.value}"


@_words.register
def _(reply: Move) -> Iterator[str]:
    yield f"move: {reply.action}"
    if reply.note:
        yield reply.note


@_words.register
def _(reply: Abstention) -> Iterator[str]:
    yield f"declined: {reply.reason}"


@_words.register
def _(reply: Failure) -> Iterator[str]:
    yield f"failed ({reply.kind}): {reply.cause}"
