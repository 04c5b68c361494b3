"""The page's components: templates in the browser's language, and one view that holds them.

Components are made by call, not by decorator, as Solara is untyped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from mesa.visualization.utils import update_counter

from ....model.organization import BaseOrganization
from ..format import plain
from .views import measures_view, network_view, note_of, task_view, words_view


def _network(view: Any, selected: Any, event_select: Callable[[int], None]) -> None:
    """The team on its network; a click selects a member."""


def _measures(measures: Any, tick: Any) -> None:
    """Each measure as a small curve with its value."""


def _words(words: Any, task: Any) -> None:
    """What a member saw and said, and on which task."""


Network = solara.component_vue("network.vue")(_network)
Measures = solara.component_vue("measures.vue")(_measures)
Words = solara.component_vue("words.vue")(_words)


def _team(org: BaseOrganization, played: int = 0) -> None:
    """An organization as it stands, or stood after an earlier tick; a member's words on a click.

    Args:
        org: Whose.
        played: Its ticks, where it grows in place: only new arguments draw a component anew.
    """
    update_counter.get()  # Mesa's controls count it up when the model has stepped
    chosen, choose = solara.use_state(None)
    selected, select = solara.use_state(0)
    last = len(org.records) - 1
    tick = last if chosen is None or chosen > last else chosen
    record = org.records[tick] if last >= 0 else None
    with solara.Column(gap="16px", classes=["un-team"]):
        if note := note_of(org):
            solara.Text(note, style={"font-style": "italic"})
        if record is None:
            solara.Text("Nothing is played yet: Step plays one task, ▶ one after another.")
        else:
            task = f"Tick {tick}: {plain(record.task_id)} ({record.level}), {record.protocol}"
            solara.v.Html(tag="h2", children=[task])
            if last > 0:
                solara.SliderInt(
                    "Tick", value=tick, min=0, max=last,
                    on_value=lambda at: choose(None if at == last else at),
                )  # fmt: skip
        with solara.ColumnsResponsive(12, large=[7, 5]):
            Network(view=network_view(org, record), selected=selected, event_select=select)
            if record is not None and selected in record.by_id:
                Words(words=words_view(record, selected), task=task_view(org, record))
            else:
                solara.Text("Select a member to read its words.")
        if record is not None:
            Measures(measures=measures_view(org, tick), tick=tick)


Team = solara.component(_team)
