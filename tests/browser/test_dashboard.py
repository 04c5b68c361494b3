"""The live page, clicked through; its numbers are those of the same organization without a page."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest
from playwright.sync_api import expect
from support.called import KEY
from support.called import config as called_config
from support.commands import free, starting

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.service import Service
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.dashboard.views import measures_view, words_view
from unscripted.scenarios.harness.folders.folder import Folder

from .conftest import LOOKS, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def url(server):
    return server("dashboard", "--port", 0)


@pytest.fixture(scope="module")
def following(server, finished):
    return server("dashboard", finished[0], "--port", 0)


def press(window: Window, name: str) -> None:
    window.page.get_by_role("button", name=name, exact=True).click()


def choose(window: Window, label: str, value: str) -> None:
    window.page.locator(".v-select", has_text=label).first.click()
    menu = window.page.locator(".menuable__content__active")
    menu.get_by_role("option", name=value, exact=True).click()


def write(window: Window, label: str, value: str) -> None:
    box = window.page.get_by_label(label)
    box.fill(value)
    box.press("Tab")


def tick(window: Window, number: int):
    return expect(window.page.get_by_role("heading", name=f"Tick {number}:"))


def compare(window: Window, org: un.Organization) -> None:
    """What the page shows of the last tick is what the organization says."""
    record, page = org.records[-1], window.page
    expect(page.locator("[data-member]")).to_have_count(len(record.members))
    for m in record.members:
        expect(page.locator(f"[data-member='{m.member}']")).to_have_attribute(
            "data-state", str(m.state)
        )
        for other in m.builds_on:
            expect(page.locator(f"[data-builds='{m.member}-{other}']")).to_have_count(1)
    shown = {m["name"]: m["now"] for m in measures_view(org)}
    names = page.locator("[data-measure]").evaluate_all("all => all.map(e => e.dataset.measure)")
    assert names == list(shown)
    for name, value in shown.items():
        expect(page.locator(f"[data-measure='{name}'] b")).to_have_text(value)


def test_steps_are_those_of_a_run(window, url):
    opened = window(url)
    expect(opened.page.get_by_text("Nothing is played yet")).to_be_visible()
    choose(opened, "Protocol", "coordinator")
    write(opened, "Shocks", "remove:k=2@1")
    write(opened, "Seed", "7")
    press(opened, "Reset")
    press(opened, "Step")
    tick(opened, 0).to_be_visible()
    press(opened, "Step")
    tick(opened, 1).to_be_visible()
    org = un.build(protocol="coordinator", shocks="remove:k=2@1", rng=7)
    org.run(2)
    compare(opened, org)
    press(opened, "Reset")
    expect(opened.page.get_by_text("Nothing is played yet")).to_be_visible()


def test_a_click_shows_a_members_words(window, url):
    opened = window(url)
    press(opened, "Step")
    tick(opened, 0).to_be_visible()
    org = un.build(rng=0)
    org.step()
    for member in (5, 2):
        opened.page.locator(f"[data-member='{member}']").click()
        words = words_view(org.records[0], member)
        expect(opened.page.locator("[data-words]")).to_have_text(words["head"])
        for line in words["turns"][0]["lines"]:
            expect(opened.page.locator(".un-words")).to_contain_text(line)


def test_it_plays_until_it_is_paused(window, url):
    opened = window(url)
    press(opened, "▶")
    # any later one will do: on a busy machine pictures are skipped
    later = re.compile(r"Tick ([2-9]|\d\d+):")
    expect(opened.page.get_by_role("heading", name=later)).to_be_visible()
    press(opened, "❚❚")
    expect(opened.page.get_by_role("button", name="▶")).to_be_visible()
    heading = opened.page.get_by_role("heading", name="Tick")
    said = []
    while len(said) < 2 or said[-2] != said[-1]:  # the tick under way may still finish
        assert len(said) < 4, f"it plays on: {said}"
        said.append(heading.inner_text())
        opened.page.wait_for_timeout(1000)


def test_ctrl_c_ends_a_playing_page(window):
    process = subprocess.Popen(
        starting("dashboard", "--port", 0), stdout=subprocess.PIPE, text=True,
        env=free() | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    opened = window(process.stdout.readline().partition(" ")[0])
    press(opened, "▶")
    expect(opened.page.get_by_role("heading", name="Tick")).to_be_visible()  # whichever is seen
    opened.page.goto("about:blank")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130


def test_what_breaks_a_rule_is_said(window, url):
    opened = window(url)
    write(opened, "Shocks", "substitute:model=openai/gpt-4.1-mini@1")
    press(opened, "Reset")
    expect(opened.page.get_by_role("alert")).to_contain_text("this page calls no model")
    press(opened, "Step")
    expect(opened.page.get_by_text("Nothing is played yet")).to_be_visible()
    write(opened, "Shocks", "remove@1")
    press(opened, "Reset")
    expect(opened.page.get_by_role("alert")).to_have_count(0)
    press(opened, "Step")
    tick(opened, 0).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_fits_every_window(window, following, finished, width, scheme):
    opened = window(following, width, scheme)
    tick(opened, 2).to_be_visible()
    dark = opened.page.locator(".theme--dark.v-application")
    expect(dark).to_have_count(1 if scheme == "dark" else 0)
    opened.picture(f"dashboard-{scheme}")
    compare(opened, un.load(finished[0]).organization)


def test_a_paid_run_is_followed(window, server, loopback, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    answers = loopback()
    config = called_config(answers, agents=3, ticks=2)
    service = Service(config.calls)
    with Folder(tmp_path / "paid", config) as folder:
        service.move_to(Journal(folder.path))
        org = organization_of(config, service)
        opened = window(server("dashboard", tmp_path / "paid", "--port", 0))
        progress = opened.page.locator(".un-progress")
        for played in range(2):
            expect(progress).to_contain_text(f"{played} of 2 ticks played, the next is under way")
            org.step()
            folder.keep_record(org.records[-1])
        service.close()
    calls = len(answers.log)
    expect(progress).to_contain_text(f"2 of 2 ticks played; {calls} calls answered")
    compare(opened, org)
    assert opened.page.get_by_text("Synthetic minds").count() == 0
    assert len(answers.log) == calls  # the page asked nobody
