"""The page that plays: Mesa's controls beside the team."""

from __future__ import annotations

import solara
from mesa.visualization import SolaraViz

from .components import Team
from .playable import Playable, controls, settings

PLAY_INTERVAL_MS = 400
PAID = (
    "Settings take effect at Reset. This page calls no model and costs nothing; for a real model "
    "play `unscripted run --model ID --out DIR` and follow it with `unscripted dashboard DIR`."
)


def _page() -> None:
    shown = solara.use_memo(controls, [])
    model = solara.use_reactive(solara.use_memo(lambda: Playable(**settings(shown)), []))
    SolaraViz(
        model, components=[], model_params=shown, name="unscripted", play_interval=PLAY_INTERVAL_MS
    )
    with solara.Column(classes=["un-page"], style={"padding": "16px"}):
        if model.value.refused:
            solara.Error(f"{model.value.refused}. Change it and press Reset.")
        Team(model.value)
        solara.Text(PAID, style={"opacity": "0.75"})


Page = solara.component(_page)
