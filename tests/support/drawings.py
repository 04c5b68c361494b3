"""Ticks to draw, and what can be found in a figure."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from unittest.mock import patch

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from unscripted.model.decision import Abstention, Act, Contribution, Failure
from unscripted.model.judge import Verdict
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn

REPLIES = {
    State.CONTRIBUTED: lambda i: Contribution(f"domain-{i % 9} analyst for part-{i}", "work"),
    State.ABSTAINED: lambda i: Abstention("nothing to add"),
    State.FAILED: lambda i: Failure("error", "RuntimeError: gone"),
}


def record(
    states: str, tick: int = 0, builds: dict[int, tuple[int, ...]] | None = None, **more: Any
) -> TickRecord:
    """A tick from one letter per member: c(ontributed), a(bstained), e(xcluded), f(ailed)."""
    letters = {s.value[0]: s for s in State}
    members = []
    for i, letter in enumerate(states):
        state = letters[letter]
        reply = REPLIES[state](i) if state in REPLIES else None
        if isinstance(reply, Contribution) and builds and i in builds:
            reply = Contribution(reply.role, reply.work, builds[i])
        turns = () if reply is None else (Turn(i, Act.CONTRIBUTE, reply),)
        members.append(MemberRecord(i, "stub", state, turns))
    rounds = tuple(
        RoundRecord(Act.CONTRIBUTE, (i,) if m.turns else ()) for i, m in enumerate(members)
    )
    level, protocol = more.pop("level", "L3"), more.pop("protocol", "sequential")
    task = f"l3-task-{tick}"
    return TickRecord(tick, task, level, protocol, tuple(members), rounds, Verdict(), **more)


def drawn(figure: Figure, prefix: str) -> list[Any]:
    """Everything in a figure whose gid starts so."""
    return figure.findobj(lambda a: (a.get_gid() or "").startswith(prefix), include_self=False)


def texts(figure: Figure) -> str:
    """All that is written in it."""
    return "\n".join(t.get_text() for t in figure.findobj(Text))


def inside(figure: Figure) -> None:
    """Nothing is cut off."""
    width, height = figure.get_size_inches()
    used = figure.get_tightbbox()
    assert -0.01 <= used.x0 < used.x1 <= width + 0.01
    assert -0.01 <= used.y0 < used.y1 <= height + 0.01


def apart(figure: Figure, gid: str) -> None:
    """No two texts of a kind cover each other."""
    figure.draw_without_rendering()
    named = [t for t in figure.findobj(Text) if t.get_gid() == gid]
    assert named
    for a, b in combinations([t.get_window_extent() for t in named], 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide < 2 or high < 2, "names overlap"


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Every text that is drawn, with the corners of its box, turned as it is, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    drawn_texts: dict[Text, None] = {}
    draw = Text.draw

    def noting(text: Text, *arguments: Any, **more: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            drawn_texts[text] = None
        draw(text, *arguments, **more)

    with patch.object(Text, "draw", noting):
        figure.draw(renderer)
    found = []
    for text in drawn_texts:
        text.set_bbox({"pad": 0})
        text.update_bbox_position_size(renderer)
        box = text.get_bbox_patch()
        corners = box.get_transform().transform(box.get_path().vertices[:4])
        found.append((text.get_text(), corners))
    return found


def clear(figure: Figure, slack_px: float = 1.5) -> None:
    """Every text is within the figure, and no two cover each other."""
    found = boxes(figure)
    width, height = figure.get_size_inches() * figure.dpi
    for said, corners in found:
        assert corners[:, 0].min() > -slack_px, said
        assert corners[:, 1].min() > -slack_px, said
        assert corners[:, 0].max() < width + slack_px, said
        assert corners[:, 1].max() < height + slack_px, said
    for (a, one), (b, other) in combinations(found, 2):
        assert _depth(one, other) < slack_px, f"{a!r} covers {b!r}"


def _depth(one: Any, other: Any) -> float:
    """How deep two boxes lie in each other, in pixels; 0 or below where they don't."""
    deepest = float("inf")
    for box in (one, other):
        for k in range(2):  # opposite sides are parallel
            x, y = box[k + 1] - box[k]
            length = (x * x + y * y) ** 0.5
            if not length:
                return 0.0
            across = (-y / length, x / length)
            a, b = one @ across, other @ across
            deepest = min(deepest, min(a.max(), b.max()) - max(a.min(), b.min()))
            if deepest <= 0:
                return deepest
    return deepest
