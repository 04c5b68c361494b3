"""Memory, skills and trials from what users type."""

from __future__ import annotations

import pytest

from unscripted.model.errors import UsageError
from unscripted.model.experience.memory import Memory
from unscripted.model.experience.skills import Growth
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.specs.experience import parse_memory, parse_skills
from unscripted.scenarios.harness.specs.protocols import make_protocol
from unscripted.scenarios.harness.specs.tuning import constitution_for, parse_tuning


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
        ({"tune": "batch"}, "tune='batch' is not PARAMETER=A/B"),
        ({"tune": "=1/4"}, "is not PARAMETER=A/B; use e.g. batch=1/4"),
        ({"tune": "batch=1/4,speed=2"}, "option 'speed=2' is not known; options: measure="),
        ({"tune": "batch=1/4"}, "batch"),
        ({"tune": "batch=1/x", "protocol": "batched-sequential"}, "x"),
    ],
)
def test_an_invalid_option_is_refused(options, says):
    with pytest.raises(UsageError) as refused:
        RunConfig.of(**options)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_memory_is_read():
    assert parse_memory("team") == Memory("team", 8, 0.0, False)
    assert parse_memory("own:horizon=3,decay=0.5,always=true") == Memory("own", 3, 0.5, True)
    assert parse_memory("off").scope == "off"


def test_skills_grow_as_said():
    calm, grows = make_protocol("sequential"), make_protocol("spectral-hierarchy")
    assert grows.grows
    assert parse_skills("auto", calm) is parse_skills("fixed", grows) is None
    assert parse_skills("auto", grows) == Growth() == parse_skills("growing", calm)
    assert parse_skills("growing:rate=0.1,forgetting=0", calm) == Growth(0.1, 0.0)
    assert Growth(0.3, 0.05) == Growth()


def test_trials_are_read():
    assert parse_tuning("") is parse_tuning("  ") is None
    found = parse_tuning("my-batch=1/ 4,measure=risk,every=2,looks=5,alpha=0.1")
    assert (found.parameter, found.values, found.measure) == ("my_batch", ("1", "4"), "risk")
    assert (found.every, found.looks, found.alpha) == (2, 5, 0.1)
    usual = parse_tuning("batch=1/4/8")
    assert (usual.measure, usual.every, usual.looks, usual.alpha) == ("quality", 4, 3, 0.05)
    assert usual.values == ("1", "4", "8")


def test_only_what_is_tried_may_change():
    assert constitution_for(None).tunable == frozenset()
    assert constitution_for(parse_tuning("batch=1/4")).tunable == frozenset({"batch"})
