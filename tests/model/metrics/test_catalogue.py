"""One catalogue of measures: what is said about each, and a user's own beside them."""

from __future__ import annotations

import copy
import math
import pickle
from importlib.metadata import EntryPoint

import numpy as np
import pytest
from support.teams import workers

import unscripted as un
from unscripted.model.metrics import catalogue
from unscripted.model.metrics.catalogue import BUILT_IN, find, measure_run, of_runs, of_ticks
from unscripted.model.metrics.measure import Measure, OfTick, as_measures
from unscripted.model.metrics.scales import Scales
from unscripted.model.plugins import discovery
from unscripted.model.setup import Setup


def loners(record):
    """Members that built on nobody."""
    return np.float64(sum(not m.builds_on for m in record.members))


def trend(records, scales):
    return None if len(records) < 3 else len(records) * scales.quality


OWN = {"loners": loners, "trend": Measure("trend", trend, "trend", about="How long it ran.")}


def with_own(measures=OWN, **options):
    plain = workers(3)
    return un.BaseOrganization(Setup(**{**vars(plain.setup), "measures": measures, **options}), 0)


def test_everything_is_said_once():
    assert len({(m.name, m.per) for m in BUILT_IN}) == len(BUILT_IN)
    for m in BUILT_IN:
        assert m.label
        assert m.about.endswith(".")
        assert m.better in ("more", "less", None)
        assert m.low is None or m.high is None or m.low < m.high
        assert m.scale or m.low is None or m.high is None
        assert not m.margin or m.contrasted


def test_units_ranges_and_directions():
    said = {m.name: (m.scale, m.better) for m in of_ticks().values()}
    assert said["quality"] == ("0.25 to 1", "more")
    assert said["role_stability"] == ("share of members", None)
    assert said["cost_usd"] == ("USD per task", "less")
    assert said["risk"] == ("0 to 1", "less")
    assert [m.short for m in of_ticks().values() if m.short] == [
        "Q", "M", "score", "reach", "abstained", "excluded", "depth", "risk", "T (s)", "tokens",
        "USD billed", "USD uncached", "delivered", "B",
    ]  # fmt: skip
    assert {m.name for m in BUILT_IN if m.contrasted} == {
        "quality", "mission_relevance", "risk", "balance", "abstention_rate", "hierarchy_depth",
        "tokens", "cost_usd", "cost_usd_uncached", "wall_s", "score",
    }  # fmt: skip
    assert find("quality").margin == 0.05


def test_ranges_hold_up_to_rounding():
    quality, tokens, objective = (find(n) for n in ("quality", "tokens", "objective"))
    assert [quality.holds(v) for v in (0.24, 0.25 - 1e-10, 1.0, 1.1)] == [False, True, True, False]
    assert [tokens.holds(v) for v in (-1, 0, 1e12)] == [False, True, True]
    assert objective.holds(-math.inf)


def test_runs_take_means_or_measure_once():
    records = workers(3, protocol="sequential", judge="rubric").run(3)
    found = measure_run(records, own=as_measures(OWN))
    assert list(found) == list(of_runs(as_measures(OWN)))
    assert (found["calls"], found["loners"], found["trend"]) == (3, 3, 3)
    assert (found["unique_roles"], found["judge_alpha"], found["judge_cost_usd"]) == (1, None, None)
    assert found["role_stability"] == 1.0
    assert of_runs()["unique_roles"].per == "run"


def test_own_measures_are_collected():
    org = with_own()
    org.run(3)
    frame = org.datacollector.get_model_vars_dataframe()
    assert frame["loners"].tolist() == [3, 3, 3]
    assert frame["trend"].isna().tolist() == [True, True, False]
    assert type(org.measures["loners"]) is float
    assert org.setup.own_measures["loners"].about == "Members that built on nobody."
    for twin in (copy.deepcopy(org), pickle.loads(pickle.dumps(org))):
        twin.step()
        assert twin.measures["trend"] == 4


def test_scales_reach_the_measures():
    org = with_own(scales=Scales(quality=10.0))
    org.run(3)
    assert org.measures["trend"] == 30


def test_own_agent_reporters_are_collected():
    reporters = {"mood": "state", "id_plus_one": one_more}
    org = with_own(agent_reporters=reporters)
    org.step()
    frame = org.datacollector.get_agent_vars_dataframe()
    assert frame["id_plus_one"].tolist() == [1, 2, 3]
    assert frame["mood"].tolist() == frame["state"].tolist() == ["contributed"] * 3


def one_more(member):
    return member.member + 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"measures": {"quality": loners}}, "measure=quality is taken"),
        ({"measures": {"mine": 3}}, r"measures\['mine'\]=3: use a Measure or a function"),
        ({"measures": {"my own": loners}}, "measure='my own' is no name"),
        ({"measures": {"mine": Measure("yours", trend, "y")}}, "is named 'yours'; use one name"),
        ({"measures": {"mine": Measure("mine", trend, "m", per="run")}}, "use per='tick'"),
        ({"agent_reporters": {"role": "role"}}, r"agent_reporters=\['role'\] are taken"),
        ({"agent_reporters": {"trend": "role"}}, r"agent_reporters=\['trend'\] are taken"),
    ],
)
def test_taken_and_senseless_names_are_refused(options, says):
    with pytest.raises(un.UsageError, match=says):
        with_own(**{"measures": OWN, **options})


@pytest.mark.parametrize("value", [math.nan, math.inf, "high", True])
def test_values_are_finite_or_none(value):
    org = with_own({"mine": lambda record: value})
    with pytest.raises(un.UsageError, match=r"measure=mine gave .*; give a finite number, or None"):
        org.step()
    assert (org.tick, org.records) == (0, [])


def test_a_measure_that_raises_is_named():
    org = with_own({"mine": lambda record: 1 / 0})
    with pytest.raises(un.UsageError, match="measure=mine raised ZeroDivisionError: division"):
        org.step()


def test_unknown_measures_list_the_known():
    with pytest.raises(un.UsageError, match="did you mean quality"):
        find("qualty")


def test_installed_measures_join(monkeypatch):
    point = EntryPoint("lonely", "lonely_package:MEASURE", "unscripted.measures")
    monkeypatch.setattr(EntryPoint, "load", lambda self: Measure("lonely", OfTick(loners), "l"))
    monkeypatch.setattr(discovery, "entry_points", lambda group: [point])
    monkeypatch.setattr(catalogue, "discover", discovery.discover.__wrapped__)
    assert list(of_ticks())[-1] == "lonely"
    assert list(of_runs())[-4] == "lonely"
