"""`KIND[:options]@TICK`, several joined by `;`: read, or refused in one line."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.model.shocks.catalogue import SHOCKS
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.specs.minds import own_mind
from unscripted.scenarios.harness.specs.shocks import (
    needs_model,
    parse_shocks,
    schedule,
    shock_models,
)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("earthquake@3", "shock='earthquake' is not known"),
        ("remove:size=2@3", "option 'size=2' is not known"),
        ("remove:k=2,k=3@3", "given twice"),
        ("remove", "shock='remove' has no tick; use KIND@TICK or KIND@FIRST-LAST"),
        ("remove@", "has no tick"),
        ("remove@x", "has no tick"),
        ("remove@-1", "has no tick"),
        ("remove@2.5", "has no tick"),
        ("remove@1234567", "has no tick"),
        ("@3", "shock='' is not known"),
        ("remove@5-3", "FIRST-LAST"),
        ("remove:k=0@3", "k=0 is below 1"),
        ("remove:k=x@3", "k='x' is not a valid int"),
        ("newcomers:k=0@3", "k=0 is below 1"),
        ("newcomers:links=-1@3", "links=-1 is below 0"),
        ("newcomers:model=synthetic/nobody@3", "nobody"),
        ("substitute:share=0@3", "share=0.0 is outside 0 to 1"),
        ("substitute:model=synthetic/nobody@3", "nobody"),
        ("substitute:model=openai/x?seed=1@3", "seed can't be set"),
        ("cut:share=1.5@3", "share=1.5 is outside 0 to 1"),
        ("rewire:share=nan@3", "share=nan is outside 0 to 1"),
        ("mission@3", "text is empty"),
        ("regulation:domain= @3", "domain is empty"),
        ("regulation:difficulty=2@3", "difficulty=2.0 is outside 0 to 1"),
        ("remove@12", "shock=remove@12 never strikes in ticks=12; use a tick below 12"),
        ("remove@3-12", "never strikes in ticks=12"),
        ("remove@3;cut", "has no tick"),
    ],
)
def test_an_invalid_shock_is_refused(spec, says):
    with pytest.raises(UsageError) as refused:
        RunConfig.of(shock=spec, ticks=12)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "first", "last"),
    [("remove@0", 0, 0), (" remove:k=2 @ 3 ", 3, 3), ("cut@2-5", 2, 5), ("cut@5-5", 5, 5)],
)
def test_ticks_are_read(spec, first, last):
    (found,) = schedule(spec)
    assert (found.first, found.last) == (first, last)


def test_every_kind_can_be_typed():
    more = {"mission": ":text=Be quick, and @ once"}
    spec = ";".join(f"{name}{more.get(name, '')}@{k}" for k, name in enumerate(SHOCKS))
    assert [s.shock.name for s in schedule(spec)] == list(SHOCKS)
    assert schedule("") == schedule(" ; ") == ()


def test_a_mission_may_hold_commas():
    org = un.build(protocol="silent", shocks="mission:text=Be quick, and k=bold@0", rng=0)
    org.step()
    assert org.charter.mission == "Be quick, and k=bold"


def test_minds_are_made_by_name():
    asked = []

    def mind_of(name):
        asked.append(name)
        return own_mind("synthetic/weak")

    text = "substitute:share=0.5@1;newcomers@2;newcomers:k=2,model=b/y,links=3@3"
    found = parse_shocks(text, mind_of)
    assert asked == ["synthetic/weak", "b/y"]
    assert found[0].shock.share == 0.5
    assert found[1].shock.mind is None
    assert (found[2].shock.k, found[2].shock.links) == (2, 3)


def test_schedules_name_their_models():
    text = "substitute:model=a/x@1;newcomers@2;newcomers:model=b/y@3;substitute@4;cut@5"
    assert shock_models(text) == ("a/x", "b/y", "synthetic/weak")
    assert shock_models("cut@5") == ()


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("substitute@3", True),
        ("substitute:share=0.5@3", True),
        (" substitute :share=0.5@3", True),
        ("substitute:model=a/x@3", False),
        ("substitute:model=a/x@3;substitute@4", True),
        ("newcomers@3", False),
        ("", False),
    ],
)
def test_some_schedules_need_a_model(text, needs):
    assert needs_model(text) is needs


def test_real_teams_name_incoming_models():
    with pytest.raises(UsageError, match="use substitute:model=ID"):
        RunConfig.of(model="openai/gpt-4.1-mini", shock="substitute@3")
    text = "substitute:model=synthetic/weak@3"
    mixed = RunConfig.of(model="openai/gpt-4.1-mini", shock=text)
    assert mixed.synthetic
    assert mixed.acting == ("openai/gpt-4.1-mini", "synthetic/weak")
    assert any("can't make sense" in note for note in mixed.notes())
