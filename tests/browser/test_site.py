"""The documentation site, as `make docs` builds it, opened from the disk: whole, and searchable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "index.html", "tutorials/first-study.html", "how-to/paper.html", "reference/commands.html",
    "reference/plugins.html", "synthetic-minds.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built anew."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder]
    subprocess.run(build, cwd=ROOT, check=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    return folder


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_open_without_a_network(window, site, width, scheme):
    opened = window((site / PAGES[0]).as_uri(), width, scheme)
    for page in PAGES:
        opened.page.goto((site / page).as_uri())
        expect(opened.page.get_by_role("heading", level=1)).to_be_visible()
        opened.picture(f"site-{Path(page).stem}-{scheme}")


def test_the_search_finds_a_page(window, site):
    opened = window((site / "index.html").as_uri())
    query = opened.page.locator("[data-md-component=search-query]")
    query.click()
    query.press_sequentially("abstention")
    found = opened.page.locator(".md-search-result__item").first
    expect(found).to_contain_text("abst", ignore_case=True)
    found.locator("a").first.click()
    expect(opened.page.get_by_role("heading", level=1)).to_be_visible()
    assert "index.html" not in opened.page.url


def test_every_public_name_is_there(window, site):
    import unscripted

    opened = window((site / "reference/python.html").as_uri())
    text = opened.page.inner_text("article")
    missing = [n for n in unscripted.__all__ if n not in text and not n.startswith("_")]
    assert missing == []
