"""Specifications of memory, skills and shocks: refused in one line, or understood."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.specs.shocks import schedule, shock_models


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"memory": "all"}, "memory='all' is not known"),
        ({"memory": "team:horizon=-1"}, "horizon=-1 is below 0"),
        ({"memory": "team:horizon=long"}, "horizon='long' is not a valid int"),
        ({"memory": "team:decay=1.5"}, "decay=1.5 is outside 0 to 1"),
        ({"memory": "team:decay=nan"}, "decay=nan is outside 0 to 1"),
        ({"memory": "own:always=perhaps"}, "always='perhaps' is not a valid"),
        ({"memory": "own:forever=true"}, "option 'forever=true' is not known"),
        ({"skills": "wild"}, "skills='wild' is not known"),
        ({"skills": "growing:rate=0"}, "rate=0.0 is not above 0"),
        ({"skills": "growing:rate=inf"}, "rate=inf is not above 0"),
        ({"skills": "growing:forgetting=1"}, "forgetting=1.0 is outside 0 to 1"),
        ({"skills": "growing:talent=1"}, "option 'talent=1' is not known"),
        ({"skills": "fixed:rate=1"}, "option 'rate=1' is not known"),
        ({"skills": "auto:rate=1"}, "option 'rate=1' is not known"),
    ],
)
def test_invalid_memory_and_skills_are_refused(options, says):
    with pytest.raises(un.UsageError) as refused:
        RunConfig.of(**options)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("earthquake@3", "shock='earthquake' is not known"),
        ("remove:size=2@3", "option 'size=2' is not known"),
        ("remove:k=2,k=3@3", "given twice"),
        ("remove", "has no tick"),
        ("remove@", "has no tick"),
        ("remove@x", "has no tick"),
        ("remove@-1", "has no tick"),
        ("remove@2.5", "has no tick"),
        ("@3", "shock='' is not known"),
        ("remove@5-3", "FIRST-LAST"),
        ("remove:k=0@3", "k=0 is below 1"),
        ("remove:k=x@3", "k='x' is not a valid int"),
        ("newcomers:k=0@3", "k=0 is below 1"),
        ("newcomers:links=-1@3", "links=-1 is below 0"),
        ("newcomers:model=synthetic/nobody@3", "nobody"),
        ("substitute:share=0@3", "share=0.0 is outside 0 to 1"),
        ("substitute:model=synthetic/nobody@3", "nobody"),
        ("cut:share=1.5@3", "share=1.5 is outside 0 to 1"),
        ("rewire:share=nan@3", "share=nan is outside 0 to 1"),
        ("mission@3", "text is empty"),
        ("regulation:domain= @3", "domain is empty"),
        ("regulation:difficulty=2@3", "difficulty=2.0 is outside 0 to 1"),
        ("remove@12", "never strikes in ticks=12"),
        ("remove@3-12", "never strikes in ticks=12"),
        ("remove@3;cut", "has no tick"),
    ],
)
def test_invalid_shocks_are_refused(spec, says):
    with pytest.raises(un.UsageError) as refused:
        RunConfig.of(shock=spec, ticks=12)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_schedules_name_their_models():
    assert schedule("") == schedule(" ; ") == ()
    models = "substitute:model=a/x@1;newcomers@2;newcomers:model=b/y@3;substitute@4;cut@5"
    assert shock_models(models) == ("a/x", "b/y", "synthetic/weak")
    assert len(schedule(models)) == 5


def test_real_teams_name_incoming_models():
    with pytest.raises(un.UsageError, match="substitute:model="):
        RunConfig.of(model="openai/gpt-4.1-mini", shock="substitute@3")
    mixed = RunConfig.of(model="openai/gpt-4.1-mini", shock="substitute:model=synthetic/weak@3")
    assert mixed.synthetic
    assert any("can't make sense" in note for note in mixed.notes())
    org = un.build(protocol="silent", shocks="mission:text=Be quick, and bold@0", rng=0)
    org.step()
    assert org.charter.mission == "Be quick, and bold"
