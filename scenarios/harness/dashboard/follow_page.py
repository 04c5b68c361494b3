"""The page that follows a folder: reads it again and again, and never plays."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import solara
import solara.lab

from ....model.errors import UsageError
from .components import Team
from .following import Follower, Look

FOLDER = "UNSCRIPTED_DASHBOARD_DIR"
"""The variable by which the command names the folder; the page is imported by the server."""
EVERY_S = 1.0
READS = "This page only reads the folder: it plays nothing and calls no model."


def _page() -> None:
    folder = os.environ[FOLDER]
    look, show = solara.use_state(None)
    trouble, say = solara.use_state("")

    def follow(cancelled: threading.Event) -> None:
        follower = Follower(Path(folder))
        while not cancelled.is_set():
            try:
                show(follower.look())
                say("")
            except UsageError as error:
                say(" ".join(str(error).split()))
            cancelled.wait(EVERY_S)

    solara.use_thread(follow, dependencies=[])
    with solara.AppBar():
        solara.AppBarTitle("unscripted")
        solara.lab.ThemeToggle()
    with solara.Column(classes=["un-page"], style={"padding": "16px"}):
        if trouble:
            solara.Error(trouble)
        if look is None:
            solara.Text(f"Reading {folder} …")
        else:
            _show(look)
        solara.Text(READS, style={"opacity": "0.75"})


def _show(look: Look) -> None:
    solara.v.Html(tag="h1", children=[look.title])
    solara.Text(look.progress, classes=["un-progress"])
    if look.organization is not None:
        Team(look.organization, look.organization.tick)
    for cell, runs in look.finished:
        solara.Text(f"{cell}: {runs} played")


Page = solara.component(_page)
