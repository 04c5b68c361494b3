"""Prompts as files: named by their hash, with blanks that are all filled."""

from __future__ import annotations

import json
import re

import pytest
from support.prompts import FILES, TEXTS

from unscripted.agents.llm.prompting import templates
from unscripted.agents.llm.prompting.templates import prompts_id, schema, schema_text, template


def test_the_id_is_version_and_hash():
    assert re.fullmatch(rf"{templates.VERSION}-[0-9a-f]{{8}}", prompts_id())
    assert prompts_id() == prompts_id.__wrapped__()


@pytest.mark.parametrize("name", FILES)
def test_any_change_changes_the_id(name, monkeypatch):
    before = prompts_id.__wrapped__()
    monkeypatch.setitem(TEXTS, name, TEXTS[name].replace("e", "é", 1) + " ")
    monkeypatch.setattr(templates, "_read", lambda asked: TEXTS[asked])
    assert prompts_id.__wrapped__() != before
    assert prompts_id.__wrapped__().startswith(f"{templates.VERSION}-")


def test_line_ends_leave_the_id(monkeypatch, tmp_path):
    folder = tmp_path / "prompts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode())
    monkeypatch.setattr(templates, "files", lambda _: tmp_path)
    assert prompts_id.__wrapped__() == prompts_id()


def test_every_blank_is_known():
    blanks = {
        "amend": set(),
        "assignment": {"assignment"},
        "contribute": {"words", "named"},
        "cut": {"n"},
        "intend": set(),
        "judge": {"mission", "title", "task", "works", "checklist"},
        "judge_system": set(),
        "marks": {"marks"},
        "named": {"authors"},
        "nobody": set(),
        "memory": {"memory"},
        "practice": {"practice"},
        "number": {"member"},
        "messages": {"messages"},
        "own": {"own"},
        "plan": {"roster", "member"},
        "probe": set(),
        "repair": {"fault"},
        "schema": {"schema"},
        "system": {"mission", "values"},
        "task": {"title", "task"},
    }
    assert {n.removesuffix(".txt") for n in FILES if n.endswith(".txt")} == set(blanks)
    for name, expected in blanks.items():
        assert set(template(name).get_identifiers()) == expected


@pytest.mark.parametrize("shape", ["contribute", "intend", "plan", "verdict"])
def test_questions_name_every_field(shape):
    text = TEXTS["judge.txt" if shape == "verdict" else f"{shape}.txt"]
    assert all(f'"{name}"' in text for name in schema(shape)["properties"])
    assert json.loads(schema_text(shape).partition(":\n")[2]) == schema(shape)
