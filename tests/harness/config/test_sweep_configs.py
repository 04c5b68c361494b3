"""Comparisons are full factorials, scenarios any list of conditions; both with the same seeds."""

from __future__ import annotations

from collections import Counter

import pytest

from unscripted.model.errors import UsageError
from unscripted.model.plugins.discovery import discover
from unscripted.scenarios.harness.config.comparison import ComparisonConfig, Size
from unscripted.scenarios.harness.config.groups import Design
from unscripted.scenarios.harness.config.lineup import CONTROLS, lineup
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.config.study import Condition, StudyConfig
from unscripted.scenarios.harness.runs.keys import run_key

WEAK = "synthetic/weak"
BASE = RunConfig.of(ticks=2, seed=3, agents=3, model=WEAK, level="L1")


def test_a_comparison_is_the_full_factorial():
    factors = {
        "protocol": ("solo", "shared"), "agents": (2, 5), "model": (WEAK, "synthetic/glm-5"),
        "topology": ("star", "ring", "chain"), "level": ("L1", "L2"),
    }  # fmt: skip
    config = ComparisonConfig(BASE, factors, Design(replicates=3))
    runs = config.runs()
    assert len(runs) == len(set(runs)) == 2 * 2 * 2 * 3 * 2 * 3
    assert [r.tasks.seed for r in runs[:6]] == [3, 4, 5, 3, 4, 5]
    assert [r.team.protocol for r in runs[:6]] == ["solo"] * 3 + ["shared"] * 3
    assert [r.team.agents for r in runs[::6][:3]] == [2, 5, 2]
    cells = Counter((*r.team.labels.values(), r.tasks.level) for r in runs)
    assert set(cells.values()) == {3}
    assert all(r.tasks.ticks == 2 for r in runs)
    assert len({run_key(r) for r in runs}) == len(runs)
    assert len(config.conditions) == len(config.cells) == len(runs) / 3
    assert config.cells[1] == {
        "level": "L1", "topology": "star", "model": WEAK, "agents": 2, "protocol": "shared",
    }  # fmt: skip


def test_what_stays_is_the_base():
    config = ComparisonConfig(BASE, {"protocol": ["solo"]})
    assert config.values("agents") == (3,)
    assert config.values("protocol") == ("solo",)
    assert config.replicates == 10
    assert len(config.runs()) == 10
    assert ComparisonConfig(BASE).conditions == (BASE,)


def test_sizes_replace_agents():
    factors = {"protocol": ("solo", "shared")}
    sizes = (Size(1, 2.0, 3.0), Size(7, 2.0, 3.0))
    config = ComparisonConfig(BASE, factors, Design(match="calls"), sizes)
    assert [c.team.agents for c in config.conditions] == [1, 7]
    assert [c["agents"] for c in config.cells] == [3, 3]
    with pytest.raises(UsageError, match="sizes are not those of these cells; match anew"):
        ComparisonConfig(BASE, factors, Design(match="calls"), sizes[:1])


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ({"protocol": ()}, "protocol is empty; give at least one"),
        ({"ticks": (1, 2)}, "ticks doesn't vary in a comparison; lists: level, topology, model"),
        ({"agents": (0,)}, "agents=0"),
        ({"model": (f"{WEAK}*2",)}, "names 2 members"),
        ({"level": ("L9",)}, "level='L9'"),
        ({"protocol": ("solo", "sollo")}, "did you mean solo?"),
        ({"protocol": ("solo", "solo")}, "protocol names 'solo' twice"),
        ({"level": (None, None)}, "level names 'None' twice"),
    ],
)
def test_an_impossible_comparison_is_refused(factors, said):
    with pytest.raises(UsageError) as caught:
        ComparisonConfig(BASE, factors)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((), "conditions are empty; give at least one"),
        ((Condition(BASE), Condition(BASE.replace(budget=1.0))), "differ in how models are called"),
        ((Condition(BASE, {"a": 1}), Condition(BASE, {"b": 1})), "differ in the names of their"),
    ],
)
def test_incomparable_conditions_are_refused(cells, said):
    with pytest.raises(UsageError, match=said):
        StudyConfig("x", cells)
    with pytest.raises(UsageError, match="replicates=0 is below 1"):
        StudyConfig("x", (Condition(BASE),), 0)


def test_conditions_keep_their_order():
    cells = tuple(Condition(BASE.replace(agents=n), {"n": n}) for n in (5, 2))
    config = StudyConfig("x", cells, 2)
    assert [r.team.agents for r in config.runs()] == [5, 5, 2, 2]
    assert [r.tasks.seed for r in config.runs()] == [3, 4, 3, 4]
    assert config.base is cells[0].config
    assert config == StudyConfig("x", cells, 2, {"agents": 3}), "options are for study.yaml alone"


@pytest.mark.parametrize("wrong", [{"replicates": 0}, {"replicates": -1}])
def test_a_design_has_replicates(wrong):
    with pytest.raises(UsageError, match="use 1 or more"):
        Design(**wrong)
    assert Design(replicates=1).replicates == 1


def test_the_lineup_has_everything_found():
    everyone = lineup()
    assert set(everyone) == set(discover("protocols"))
    assert len(set(everyone)) == len(everyone)
    assert everyone[:4] == ("sequential", "coordinator", "broadcast", "shared")
    assert everyone[-4:] == CONTROLS
    assert lineup(["solo", "silent"]) == ("solo", "silent")
    assert lineup(controls=("random",))[-1] == "random"
    assert "solo" not in lineup(controls=("random",))
