"""The rule by which contrasts are judged."""

from __future__ import annotations

from pathlib import Path

import pytest

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.model.metrics.catalogue import BUILT_IN
from unscripted.model.metrics.measure import Measure
from unscripted.scenarios.harness.statistics.evidence import CONTRASTED, RULE, Rule
from unscripted.scenarios.harness.statistics.intervals import FEWEST_FOR_BARS, RESAMPLES


@pytest.mark.parametrize(
    ("pairs", "p", "p_equivalent", "said"),
    [
        (4, 1e-9, None, "too few"),
        (5, 1e-9, None, "difference"),
        (20, 0.0499, None, "difference"),
        (20, 0.05, None, "undecided"),
        (20, None, None, "constant"),
        (4, None, 0.001, "too few"),
        (20, 0.5, 0.0499, "equivalent"),
        (20, 0.5, 0.05, "undecided"),
        (20, 0.001, 0.001, "difference"),
    ],
)
def test_conclusion(pairs, p, p_equivalent, said):
    assert RULE.conclusion(pairs, p, p_equivalent) == said


@pytest.mark.parametrize(
    ("pairs", "p", "resampled", "said"),
    [
        (20, 0.0009, None, "very strong"),
        (20, 0.001, None, "strong"),
        (20, 0.0099, (0.01, 0.09), "strong"),
        (20, 0.01, None, "moderate"),
        (9, 1e-9, None, "moderate"),
        (10, 1e-9, None, "very strong"),
        (20, 1e-9, (-0.001, 0.09), "weak"),
        (20, 1e-9, (-0.09, 0.0), "weak"),
        (20, 1e-9, (0.0, 0.09), "weak"),
        (20, 1e-9, (-0.09, -0.01), "very strong"),
    ],
)
def test_evidence(pairs, p, resampled, said):
    assert RULE.evidence(pairs, p, resampled) == said


def test_everything_in_it_can_be_changed():
    rule = Rule(alpha=0.2, fewest_pairs=3, fewest_for_strong=4)
    assert rule.conclusion(3, 0.19) == "difference"
    assert rule.conclusion(2, 0.19) == "too few"
    assert rule.evidence(4, 1e-9) == "very strong"
    assert rule.evidence(3, 1e-9) == "moderate"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"alpha": 0}, "alpha=0 "),
        ({"alpha": 1.0}, "alpha=1.0 "),
        ({"fewest_pairs": 1}, "fewest_pairs=1 "),
        ({"margins": {"quality": 0}}, "margin=0 of quality"),
    ],
)
def test_impossible_rules_are_refused(wrong, said):
    with pytest.raises(UsageError, match=said):
        Rule(**wrong)


def test_rule_and_catalogue_agree():
    assert RULE.margins == {"quality": 0.05, "score": 0.05}
    assert len(CONTRASTED) == len(set(CONTRASTED))
    assert set(CONTRASTED) == {m.name for m in BUILT_IN if m.contrasted}


def test_own_measures_are_contrasted_too():
    quiet = Measure("loners", lambda records, scales: 1.0, "loners")
    said = Measure("bridges", lambda records, scales: 1.0, "bridges", contrasted=True, margin=0.2)
    rule = Rule.of([quiet, said])
    assert rule.contrasted == (*CONTRASTED, "bridges")
    assert rule.margins == {"quality": 0.05, "score": 0.05, "bridges": 0.2}


def test_documented_numbers_are_these():
    text = (Path(un.__file__).parent / "docs" / "statistics.md").read_text(encoding="utf-8")
    page = " ".join(text.split())
    assert f"{RESAMPLES:,} resamples" in page
    assert f"within `bound`, {Rule().margins['quality']:g} by default" in page
    words = {5: "five"}
    assert f"from {words[FEWEST_FOR_BARS]} seeds on" in page
    assert f"| weak | below {Rule().alpha:g}, but" in page
