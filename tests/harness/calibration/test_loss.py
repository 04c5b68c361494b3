"""A finding's status follows from the targets: nobody writes by hand what the loss has in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import unscripted
from unscripted.scenarios.campaign import claims
from unscripted.scenarios.harness.calibration import loss, targets
from unscripted.scenarios.harness.calibration.loss import (
    by_loss,
    quantity,
    read_by_loss,
)
from unscripted.scenarios.harness.statistics.findings import Status
from unscripted.scenarios.harness.statistics.published import Origin

SCENARIOS = Path(unscripted.__file__).parent / "scenarios"
SCRIPTS = [p for f in (".", "campaign", "audit") for p in sorted((SCENARIOS / f).glob("*.py"))]


@pytest.fixture
def fresh():
    """What the loss reads is found anew, before and after."""
    read_by_loss.cache_clear()
    yield
    read_by_loss.cache_clear()


def test_the_loss_is_read_whole():
    read = read_by_loss()
    assert {condition for condition, _ in read} == set(targets.needed())
    assert {m for _, m in read} == set(targets.MEASURES)
    for figure in targets.FIGURES:
        assert all((c, "quality") in read for c in figure.conditions)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ([quantity("quality", protocol="sequential", model="claude-sonnet-4.6")], Status.FITTED),
        ([quantity("quality", protocol="sequential", level="L1")], Status.PREDICTED),
        ([quantity("quality", protocol="sequential", n=64)], Status.PREDICTED),
        ([quantity("hierarchy_depth", protocol="sequential", n=64)], Status.FITTED),
        ([quantity("quality", protocol="silent")], Status.PREDICTED),
        ([quantity("quality", topology="complete")], Status.PREDICTED),
        ([quantity("score")], Status.PREDICTED),
        ([quantity("quality", protocol="shared"), quantity("quality", protocol="solo")],
         Status.PREDICTED),
    ],
)  # fmt: skip
def test_statuses_follow_from_targets(asked, status):
    basis = by_loss(*asked, inside="in", outside="out")
    assert basis.status is status
    assert basis.source == ("in" if status is Status.FITTED else "out")


def test_other_targets_turn_statuses(monkeypatch, fresh):
    kept = tuple(f for f in targets.FIGURES if "shared" not in f.name)
    monkeypatch.setattr(targets, "FIGURES", kept)
    monkeypatch.setattr(targets, "_depth", lambda m: {})
    assert by_loss(quantity("quality", protocol="shared")).status is Status.PREDICTED
    assert by_loss(quantity("hierarchy_depth", n=64)).status is Status.PREDICTED
    assert claims.origin(claims.depth_of(16)) is Origin.PREDICTION
    assert claims.origin(claims.pilot_quality("shared")) is Origin.PREDICTION
    assert by_loss(quantity("quality", protocol="sequential")).status is Status.FITTED


def test_no_quantity_is_an_error():
    with pytest.raises(ValueError, match="name those that the finding rests on"):
        by_loss(inside="x")
    assert claims.origin(claims.depth_of(16)) is Origin.FITTED
    assert not quantity("quality", protocol="nobody").is_in_loss
    assert loss.all_in_loss(quantity("quality"))


def by_hand(tree):
    """Claims about the loss that no quantity stands behind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = " ".join(ast.unparse(a) for a in node.args)
            if node.func.attr == "fitted" or (
                node.func.attr in ("predicted", "assumed", "Basis") and "loss" in words
            ):
                yield ast.unparse(node)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "study.Status.FITTED":
            yield ast.unparse(node)
        if isinstance(node, ast.Call):
            yield from (
                ast.unparse(a) for a in node.args if ast.unparse(a).endswith("Origin.FITTED")
            )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scenarios_claim_nothing_by_hand(script):
    assert list(by_hand(ast.parse(script.read_text(encoding="utf-8")))) == []


def test_claims_by_hand_are_found():
    said = "study.fitted('x'); study.predicted('not in the loss'); claim(study.Origin.FITTED)"
    assert len(list(by_hand(ast.parse(said)))) == 3
