"""A real browser: Debian's Chromium, driven over its own protocol; any console error is a failure.

Pictures are kept where UNSCRIPTED_PICTURES names a folder, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.commands import free, starting

PATIENCE_S = 90.0
"""For a busy machine; nothing waits longer than it has to."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOOKS = [(w, scheme) for w in (1280, 400) for scheme in ("light", "dark")]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser; a machine without one fails, as CI has to have it."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "no Chromium on this machine; install it with: apt-get install chromium"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        expect.set_options(timeout=PATIENCE_S * 1000)
        yield opened
        opened.close()


class Window:
    """A page in the browser, and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", lambda r: self._failed(r.url, r.failure or ""))
        page.on("request", lambda r: self._foreign(r.url))
        page.on("response", lambda r: self._answered(r.status, r.url))

    def _answered(self, status: int, url: str) -> None:
        if status > 399:
            self.wrong.append(f"{status} {url}")

    def _failed(self, url: str, why: str) -> None:
        if why != "net::ERR_ABORTED":  # the page was left while it loaded
            self.wrong.append(f"{url}: {why}")

    def _foreign(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            self.wrong.append(f"asks {url}")

    def picture(self, name: str) -> None:
        """Keep how it looks, and see that nothing hangs over the side."""
        size = self.page.viewport_size or {"width": 0}
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{name} is {wide} px wide in a window of {size['width']}"
        taken = self.page.screenshot(full_page=True)
        assert taken.startswith(b"\x89PNG")
        if folder := os.environ.get("UNSCRIPTED_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}-{size['width']}.png").write_bytes(taken)


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Opens windows: `window(url, 400, "dark")`; at the end nothing may have gone wrong in any."""
    windows = []
    with ExitStack() as contexts:

        def opened(url: str, width: int = 1280, scheme: Any = "light") -> Window:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE_S * 1000)
            windows.append(Window(context.new_page()))
            windows[-1].page.goto(url)
            return windows[-1]

        yield opened
        assert [w.wrong for w in windows] == [[] for _ in windows]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Serves pages: `server("dashboard", "--port", 0)` gives the address it said."""
    cache = tmp_path_factory.mktemp("cache")
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: Any) -> str:
        process = subprocess.Popen(
            starting(*arguments), stdout=subprocess.PIPE, text=True,
            env=free() | {"UNSCRIPTED_CACHE": str(cache), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().partition(" ")[0]

    yield serve
    for process in started:
        process.send_signal(signal.SIGINT)
    assert [process.wait(timeout=PATIENCE_S) for process in started] == [130 for _ in started]


@pytest.fixture(scope="session")
def solara(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Serves a modeller's own page from its source, with Solara's own command."""
    started: list[subprocess.Popen[str]] = []

    def serve(source: str) -> str:
        folder = tmp_path_factory.mktemp("own")
        (folder / "page.py").write_text(source, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "solara", "run", "page.py", "--host", "127.0.0.1", "--port", "0",
             "--no-open", "--production", "--no-check-version"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=free() | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "PYTHONUNBUFFERED": "1",
                          "SOLARA_HOME": str(folder), "NO_COLOR": "1"},
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if "starting at" in line:
                return _listening(line.rpartition(" ")[2].strip())
        raise AssertionError("Solara's server did not start")

    yield serve
    for process in started:
        process.terminate()
        process.wait(timeout=30)


def _listening(url: str) -> str:
    """The address, once somebody answers there; Solara tells it before."""
    port = int(url.rstrip("/").rpartition(":")[2])
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return url
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")
