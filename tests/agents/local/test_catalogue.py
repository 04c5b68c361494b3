"""Which local models there are, and where they lie."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.settings import Calls
from unscripted.agents.local.catalogue import cache_folder, catalogue, known, model_file
from unscripted.model.errors import UnknownNameError, UsageError


def test_every_entry_is_whole():
    for entry in catalogue().values():
        assert entry.licence == "Apache-2.0"
        assert len(entry.sha256) == 64
        assert entry.bytes > 10_000_000
        assert bool(entry.url) != bool(entry.package and entry.wheel)
        assert not entry.url or not entry.tested


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "~/.cache/unscripted"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/unscripted"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "~/.cache/unscripted"),
        ("darwin", {}, "~/Library/Caches/unscripted"),
        ("win32", {}, "~/AppData/Local/unscripted/Cache"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/unscripted/Cache"),
        ("darwin", {"UNSCRIPTED_CACHE": "~/models"}, "~/models"),
    ],
)
def test_the_folder_is_the_platforms(monkeypatch, platform, environment, folder):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "UNSCRIPTED_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path(folder).expanduser()


def test_what_is_away_says_how(monkeypatch, tmp_path):
    monkeypatch.setenv("UNSCRIPTED_CACHE", str(tmp_path))
    with pytest.raises(UsageError, match="bring it with: unscripted fetch qwen"):
        model_file("qwen-0.5b")
    with pytest.raises(UsageError, match="is not a file"):
        model_file("away.gguf")
    with pytest.raises(UnknownNameError, match=r"local/qwen-0\.5b"):
        model_file("qwen-05b")
    assert known("local/qwen-0.5b") == known("qwen-0.5b")


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.GGUF"
    path.write_bytes(b"GGUF")
    assert model_file(str(path)) == path


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("local/smollm2-135m", "openai/local/smollm2-135m"),
        ("local/../models/mine.gguf?temperature=0", "openai/local/mine.gguf"),
    ],
)
def test_it_is_called_as_others(name, model):
    found = parse_model(name, Calls())
    assert (found.name, found.model) == (name, model)
    assert found.calls.max_tokens == 1000
    assert found.calls.context_tokens == 2000
    assert parse_model(name, Calls(max_tokens=100, context_tokens=50)).calls.max_tokens == 100


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownNameError, match="known: local/PATH"):
        parse_model("local/gpt", Calls())
