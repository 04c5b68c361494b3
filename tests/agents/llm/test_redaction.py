"""What is taken out of a text: secrets of the environment, and what looks like a key."""

from __future__ import annotations

import time
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm import redaction
from unscripted.agents.llm.redaction import REDACTED, known_secrets, read_secrets, redact

CHECK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("OPENAI_API_KEY", True), ("openai_api_key", True), ("HF_TOKEN", True), ("MY_KEYS", True),
        ("GIGACHAT_CREDENTIALS", True), ("DB_PASSWORD", True), ("AWS_SECRET_ACCESS_KEY", True),
        ("KEY_FILE", True), ("KEYBOARD", False), ("TOKENIZER", False), ("HOME_DIR", False),
    ],
)  # fmt: skip
def test_which_variables_hold_secrets(name, secret, monkeypatch):
    monkeypatch.setenv(name, "planted-value-1")
    assert ("planted-value-1" in read_secrets()) == secret


def test_short_values_are_no_secrets(monkeypatch):
    monkeypatch.setenv("SHORT_KEY", "1234567")
    monkeypatch.setenv("LONG_KEY", "12345678")
    assert "1234567" not in read_secrets()
    assert "12345678" in read_secrets()


def test_secrets_inside_each_other():
    whole, part = "abcdefghijklmnop", "abcdefgh"
    for environment in ({"A_KEY": whole, "B_KEY": part}, {"A_KEY": part, "B_KEY": whole}):
        with mock.patch.object(redaction.os, "environ", environment):
            assert redact(f"<{whole}> <{part}>") == f"<{REDACTED}> <{REDACTED}>"


@CHECK
@given(st.text(), st.text(st.characters(categories=["L", "N", "P"]), min_size=8), st.text())
def test_no_known_secret_is_left(before, secret, after):
    hidden = redact(before + secret + after, (secret,))
    assert secret not in hidden or secret in REDACTED


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("key sk-proj-Abc123_def456-ghi789 refused", f"key {REDACTED} refused"),
        ("sk-ant-api03-abcdefghijklmnop", REDACTED),
        ("gsk_abcdefghijklmnop1234", REDACTED),
        ("hf_abcdefghijklmnopqrst", REDACTED),
        ("xai-abcdefghijklmnop", REDACTED),
        ("Authorization: Bearer abc.def-ghi_123", f"Authorization: Bearer {REDACTED}"),
        ("http://user:pass@host/v1", f"http://{REDACTED}@host/v1"),
        ("http://host:8000/v1", "http://host:8000/v1"),
        ("a risk-assessment-framework", "a risk-assessment-framework"),
        ("at 10:30 a user@host wrote", "at 10:30 a user@host wrote"),
        ("nothing", "nothing"),
    ],
)
def test_what_looks_like_a_key(text, hidden):
    assert redact(text, ()) == hidden


@pytest.mark.parametrize(
    "text", ["key-performance-indicators", "key_stakeholder_interviews", "pk-fk-relationships"]
)
def test_ordinary_words_are_no_keys(text):
    assert redact(f"our {text} first", ()) == f"our {text} first"


def test_googles_keys_look_like_keys():
    assert redact("API key AIzaSyA1234567890abcdefghijklmnopqrstuv", ()) == (f"API key {REDACTED}")


def test_secrets_are_read_once_for_answers(monkeypatch):
    monkeypatch.setenv("FIRST_KEY", "planted-value-1")
    monkeypatch.setattr(redaction, "_last_read", None)
    assert "planted-value-1" in known_secrets()
    monkeypatch.setenv("SECOND_KEY", "planted-value-2")
    assert "planted-value-2" not in known_secrets()
    read_secrets()
    assert "planted-value-2" in known_secrets()


@pytest.mark.parametrize(
    "run", ["sk-", "sk-a", "sk_sk-", "://a:", "Bearer ", "AIza", "gsk_-", "hf-hf", "a:b@://"]
)
def test_time_grows_as_length_does(run):
    text = run * (256_000 // len(run))
    began = time.perf_counter()
    redact(text, ())
    assert time.perf_counter() - began < 2.0
