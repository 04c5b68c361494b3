"""A modeller's own page: `SolaraViz(un.build(...))` draws, steps and resets as any Mesa model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGE = """
from mesa.visualization import SolaraViz, make_plot_component, make_space_component
from mesa.visualization.components import AgentPortrayalStyle

import unscripted as un

COLOURS = {"contributed": "tab:blue", "abstained": "tab:orange", "failed": "tab:red"}


def portray(member):
    return AgentPortrayalStyle(color=COLOURS.get(member.state, "lightgrey"), size=60)


own = {"loners": lambda record: float(sum(not m.builds_on for m in record.members))}
page = SolaraViz(
    un.build(protocol="sequential", n_agents=6, measures=own, rng=0),
    components=[make_space_component(portray), make_plot_component(["quality", "loners"])],
    model_params={
        "measures": own,
        "protocol": {"type": "Select", "value": "sequential", "values": ["sequential", "shared"]},
        "n_agents": {"type": "SliderInt", "value": 6, "min": 1, "max": 20, "step": 1},
        "rng": 0,
    },
)
page
"""


def test_it_draws_steps_and_resets(window, solara):
    opened = window(solara(PAGE))
    page = opened.page

    def at(step: int):
        return expect(page.get_by_text(re.compile(rf"^(Step|Time): {step}(\.0)?$")))

    at(0).to_be_visible()
    expect(page.locator("img")).to_have_count(2)  # the network, and the plot
    before = page.locator("img").last.get_attribute("src")
    for step in (1, 2):
        page.get_by_role("button", name="Step", exact=True).click()
        at(step).to_be_visible()
    expect(page.locator("img").last).not_to_have_attribute("src", before or "")
    opened.picture("own-page")
    page.get_by_role("button", name="Reset").click()
    at(0).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    at(1).to_be_visible()
