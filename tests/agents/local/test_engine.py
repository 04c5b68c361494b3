"""The engine: one for all who want it, gone with the last, and with its parent."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request

import pytest

from unscripted.agents.local import engine as engines
from unscripted.agents.local.catalogue import known
from unscripted.agents.local.engine import engine_of, release
from unscripted.model.errors import UsageError

live = pytest.mark.live


@pytest.fixture
def here():
    entry = known("smollm2-135m")
    if not entry.is_here:
        pytest.skip("unscripted fetch smollm2-135m")
    return entry


def test_without_the_extra(monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r'pip install "unscripted\[local\]"'):
        engine_of("smollm2-135m", 1)


def test_a_file_that_is_no_model(tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF and then nothing")
    with pytest.raises(UsageError, match="can't be loaded"):
        engine_of(str(path), 1)


@live
def test_one_engine_for_all(here):
    first, second = engine_of(here.name, 1), engine_of(here.name, 1)
    assert first is second
    release(first)
    assert second.process.poll() is None
    release(second)
    assert second.process.poll() is not None
    assert here.sha256[:16] in first.alias


@live
def test_it_ends_with_its_parent(here):
    script = (
        "import os, signal\n"
        "from unscripted.agents.local.engine import engine_of\n"
        f"print(engine_of({here.name!r}, 1).address, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    address = said.stdout.strip()
    assert address.startswith("http://127.0.0.1:")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/models", timeout=1).close()
        except OSError:
            return
        time.sleep(0.1)
    pytest.fail("the engine outlives its parent")
