"""Model ids, presets and their options."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm.models import parse_model, presets
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.adapter import Adapter
from unscripted.model.errors import UnknownNameError, UsageError

CHECK = settings(max_examples=60, deadline=None)


@pytest.fixture
def adapter():
    made = Adapter()
    yield made
    made.close()


def test_litellm_knows_every_preset(adapter):
    assert len(presets()) == 8
    assert sum(p.open for p in presets().values()) == 2
    for name, preset in presets().items():
        assert preset.name == name
        assert adapter.provider_of(preset.model) == preset.model.partition("/")[0]
        assert parse_model(name, Calls()).model == preset.model


def test_unpriced_presets_say_so(adapter):
    for preset in presets().values():
        assert (adapter.listed_price(preset.model) is None) == ("price" in preset.note)


def test_a_models_own_options_come_first():
    calls = Calls(temperature=1.0, max_tokens=500, rpm=7)
    assert parse_model("openai/m", calls).calls == calls
    found = parse_model(
        "openai/m?temperature=0.2&max_tokens=800&api_base=http://127.0.0.1:8000/v1", calls
    )
    assert found.model == "openai/m"
    assert found.calls == Calls(
        api_base="http://127.0.0.1:8000/v1", temperature=0.2, max_tokens=800, rpm=7
    )
    assert found.name.startswith("openai/m?temperature")
    assert parse_model("gpt-4o?temperature=0", calls).calls.temperature == 0.0
    assert (
        parse_model("openrouter/meta/llama-3:free", calls).model == "openrouter/meta/llama-3:free"
    )


@pytest.mark.parametrize("name", ["", "m", "gpt-9", "openai/", "/m", "/", "?temperature=1"])
def test_unknown_models_list_the_presets(name):
    with pytest.raises(UnknownNameError, match=r"gpt-4\.1-mini.*provider/model"):
        parse_model(name, Calls())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("temprature=1", "option 'temprature' is not known; did you mean temperature?"),
        ("temperature", "'temperature' is not key=value joined by &; use options like"),
        ("seed=1", "seed can't be set, as it follows from --seed"),
        ("top_p=0.9&top_p=1", "top_p is there twice; give it once"),
        ("top-p=0.9", "'top-p' is no name of an option"),
        ("user=sk-abcdefghijklmnop1234", "user holds a key"),
        ("top_p=NaN", "is no finite number"),
        ("temperature=warm", "temperature='warm' is not a number"),
        ("temperature=", "temperature='' is not a number"),
        ("temperature=3", "outside 0 to 2"),
        ("temperature=nan", "outside 0 to 2"),
        ("max_tokens=1.5", "max_tokens='1.5' is not a number"),
        ("max_tokens=5", "too few"),
        ("api_base=nowhere", "is no address"),
        ("temperature=1&&x=2", "is not key=value joined by &"),
    ],
)
def test_malformed_options_are_refused(options, said):
    with pytest.raises(UsageError) as caught:
        parse_model(f"openai/m?{options}", Calls())
    assert said in str(caught.value)


@CHECK
@given(st.text() | st.text().map(lambda t: f"openai/m?{t}"))
def test_any_id_is_read_or_refused(name):
    with contextlib.suppress(UsageError):
        found = parse_model(name, Calls())
        assert "/" in found.model
        assert found.name == name


@pytest.mark.parametrize(
    "name",
    [
        "openai/m?api_base=ftp://user:hunter2@host/v1",
        "openai/m?api_base=http://user:hunter2@host:99999/v1",
        "openai/m?api_base=user:hunter2@host",
        "openai/m?api_base=http://user:hunter2@host&tempature=1",
        "openai/m?api_key=hunter2",
        "m?api_base=http://user:hunter2@host",
    ],
)
def test_no_refusal_repeats_a_password(name):
    with pytest.raises(UsageError) as caught:
        parse_model(name, Calls())
    assert "hunter2" not in str(caught.value)
