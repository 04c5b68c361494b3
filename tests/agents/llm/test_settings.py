"""Settings of calls: each rule, with its remedy."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from support.called import KEY

import unscripted as un
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.settings import TEMPERATURE, Calls, check_address
from unscripted.model.errors import UsageError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temperature": -0.1}, "temperature=-0.1 is outside 0 to 2"),
        ({"temperature": 2.1}, "temperature=2.1 is outside 0 to 2"),
        ({"temperature": math.nan}, "temperature=nan is outside 0 to 2"),
        ({"max_tokens": 63}, "max_tokens=63 is too few"),
        ({"max_tokens": -1}, "max_tokens=-1 is too few"),
        ({"context_tokens": -1}, "context_tokens=-1 is below 0"),
        ({"rpm": 0}, "rpm=0 must be above 0"),
        ({"rpm": -5}, "rpm=-5 must be above 0"),
        ({"rpm": math.inf}, "rpm=inf must be"),
        ({"tpm": 0}, "tpm=0 must be above 0"),
        ({"tpm": math.nan}, "tpm=nan must be"),
        ({"budget_usd": 0}, "budget=0 must be above 0"),
        ({"budget_usd": -1}, "budget=-1 must be above 0"),
        ({"budget_usd": math.nan}, "budget=nan must be"),
        ({"price": "free"}, "price='free'"),
        ({"api_base": ""}, "api_base='' is no address"),
        ({"api_base": "localhost:8000"}, "is no address"),
        ({"api_base": "127.0.0.1"}, "is no address"),
        ({"api_base": "file:///etc/passwd"}, "is no address"),
        ({"api_base": "ftp://host/v1"}, "is no address"),
        ({"api_base": "http://"}, "is no address"),
        ({"api_base": "http://:8000"}, "is no address"),
        ({"api_base": "http://host:0/v1"}, "is no address"),
        ({"api_base": "http://host:99999/v1"}, "is no address"),
        ({"api_base": "http://host:port/v1"}, "is no address"),
        ({"api_base": "http://[::1/v1"}, "is no address"),
        ({"api_base": "http://host/v1?key=abc"}, "keep keys in"),
    ],
    ids=str,
)
def test_a_broken_rule_names_its_remedy(options, said):
    with pytest.raises(UsageError) as caught:
        Calls(**options)
    assert said in str(caught.value)
    assert "use" in str(caught.value) or "keep" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {}, {"temperature": 0}, {"temperature": 2}, {"max_tokens": 64}, {"context_tokens": 0},
        {"rpm": 0.5, "tpm": 1e9}, {"budget_usd": 0.001}, {"price": "1,2"},
        {"api_base": "http://127.0.0.1:8000/v1"}, {"api_base": "https://api.example.com"},
        {"api_base": "http://[::1]:8000/v1"},
    ],
    ids=str,
)  # fmt: skip
def test_settings_within_the_rules(options):
    assert Calls(**options) == Calls(**options)


@pytest.mark.parametrize(
    "address",
    ["http://user:hunter2@host/v1", "https://:hunter2@host", "http://hunter2@host",
     "http://host/v1?api_key=hunter2"],
)  # fmt: skip
def test_an_address_with_a_key(address):
    for make in (
        lambda: Calls(api_base=address),
        lambda: check_address("api_base", address),
        lambda: parse_model(f"openai/m?api_base={address}", Calls()),
    ):
        with pytest.raises(UsageError, match="environment variable") as caught:
            make()
        assert "hunter2" not in str(caught.value)


def test_the_longest_work_fits_an_answer():
    assert Calls(max_tokens=64).max_words == 30
    assert Calls(max_tokens=2048).max_words == 512
    assert Calls(price="m=1,2").prices == {"m": Price(1e-6, 2e-6)}


@pytest.mark.parametrize("address", ["http://h/v1#sk-a1b2c3d4e5f6g7", f"http://h/{KEY}/v1"])
def test_a_key_in_an_address(address):
    with pytest.raises(UsageError) as refused:
        un.Calls(api_base=address)
    assert "sk-" not in str(refused.value)


def test_defaults_are_those_of_the_docs():
    page = (Path(un.__file__).parent / "docs" / "real-models.md").read_text(encoding="utf-8")
    known = Calls()
    assert f"longest answer, {known.max_tokens}. " in page
    assert f"until `--context-tokens` ({known.context_tokens:,})" in page
    assert (known.max_tokens, known.context_tokens, TEMPERATURE) == (2048, 16_000, 0.7)
    rest = (known.api_base, known.temperature, known.rpm, known.tpm, known.budget_usd, known.price)
    assert rest == (None,) * 6
