"""Every kind of page that a folder is left with, opened as it lies on the disk."""

from __future__ import annotations

import re

import pytest
from support.commands import command

from unscripted.scenarios.harness.format import number
from unscripted.scenarios.harness.results.rows import mean

from .conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

KINDS = ("run", "comparison", "scenario", "replay")


@pytest.fixture(scope="module")
def folders(finished, compared, tmp_path_factory):
    """One finished folder of each kind, and what its command said."""
    studied = tmp_path_factory.mktemp("studied") / "mine"
    given = ("--replicates", 2, "--agents", 3, "--ticks", 2, "--json", "--out", studied)
    said = command("scenario", "protocol_comparison", *given)
    assert said.code == 0, said.err
    again = tmp_path_factory.mktemp("replayed") / "again"
    assert command("replay", compared[0], "--out", again).code == 0
    return {
        "run": finished,
        "comparison": compared,
        "scenario": (studied, said),
        "replay": (again, compared[1]),
    }


def unfold(page):
    """Click on all that is folded, what lies within it too."""
    folded = page.locator("details:not([open]) > summary:visible")
    while folded.count():
        folded.first.click()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_opens_and_fits(window, folders, kind, width, scheme):
    folder, _ = folders[kind]
    opened = window((folder / "report.html").as_uri(), width, scheme)
    opened.picture(f"{kind}-{scheme}")
    unfold(opened.page)
    opened.picture(f"{kind}-{scheme}-unfolded")


@pytest.mark.parametrize("kind", KINDS)
def test_its_numbers_are_the_runs(window, folders, kind):
    folder, said = folders[kind]
    opened = window((folder / "report.html").as_uri())
    unfold(opened.page)
    text = re.sub(r"\s+", " ", opened.page.inner_text("body"))
    rows = said.body["runs"]
    for protocol in {row["protocol"] for row in rows}:
        assert protocol in text
        assert number(mean(r["quality"] for r in rows if r["protocol"] == protocol)) in text


@pytest.mark.parametrize("kind", KINDS)
def test_its_links_lead_somewhere(window, folders, kind):
    folder, _ = folders[kind]
    opened = window((folder / "report.html").as_uri())
    links = opened.page.locator("a[href]").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    for link in links:
        if link.startswith("#"):
            assert opened.page.locator(f"[id='{link[1:]}']").count() == 1, link
        elif not link.startswith(("http", "mailto:")):
            assert (folder / link.partition("#")[0]).exists(), link
