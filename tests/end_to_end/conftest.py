"""Every test here calls models with a planted key, which must show up nowhere."""

from __future__ import annotations

import pytest
from support.called import KEY


@pytest.fixture(autouse=True)
def planted_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
