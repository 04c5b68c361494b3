"""Every discovered family passes its suite, bad ones are caught; so are protocols that leak."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

import unscripted as un
from unscripted.model.families.agentsnet import AgentsNet
from unscripted.model.families.agentsnet_problems import PROBLEMS
from unscripted.model.families.hidden_profile import HiddenProfile
from unscripted.model.families.shards import Shards
from unscripted.model.plugins.discovery import discover
from unscripted.testing import FAMILY_CHECKS, check_family, check_protocol, privacy

MADE = {
    **discover("tasks"),
    **{f"agentsnet-{p}": partial(AgentsNet, problem=p) for p in PROBLEMS},
    **{f"shards-{k}": partial(Shards, kind=k) for k in ("prefix", "sort", "vote", "pagerank")},
    "shards-plurality": partial(Shards, rule="plurality"),
    "hidden-compat": partial(HiddenProfile, scoring="compat"),
}


@pytest.mark.parametrize("name", MADE)
def test_every_family_keeps_the_rules(name):
    assert [r.failure for r in check_family(MADE[name], examples=6) if not r.passed] == []


class Forgetful(Shards):
    """Scores whatever it is asked, one after another."""

    name = "forgetful"

    def score(self, task, answers):
        self.kind = "max"
        found = super().score(task, answers)
        return replace(found, score=0.5)


class Unfair(HiddenProfile):
    """Punishes silence with an error."""

    name = "unfair"

    def score(self, task, answers):
        assert all(a is not None for a in answers.values())
        return super().score(task, {m: answers[m] for m in task.members})


@pytest.mark.parametrize(
    ("family", "check"), [(Forgetful, "family_bounds"), (Unfair, "family_missing")]
)
def test_bad_families_are_caught(family, check):
    broken = {r.name: r.failure for r in check_family(family, examples=6) if not r.passed}
    assert "FamilyCase(n_agents=" in broken[check]


def test_the_command_checks_families(call):
    said = call("check", "unscripted.model.families.hidden_profile:HiddenProfile", "--examples", 2)
    assert said.code == 0
    assert f"{len(FAMILY_CHECKS)} of {len(FAMILY_CHECKS)} checks passed" in said.out


def leaks(monkeypatch, where, how):
    monkeypatch.setattr(where, how)
    sequential = discover("protocols")["sequential"]
    (found,) = check_protocol(sequential, checks=[privacy], examples=8, max_agents=6)
    return found.failure


def test_leaks_of_the_kernel_are_seen(monkeypatch):
    everything = lambda log, turns: log.so_far()  # noqa: E731
    said = leaks(monkeypatch, "unscripted.model.engine.tick.seen_so_far", everything)
    assert "was shown more when asked to answer" in said


def test_swapped_parts_are_seen(monkeypatch):
    honest = un.Layout

    def swapped(title, text, parts, forms):
        first, *rest = parts.values()
        shifted = dict(zip(parts, [*rest, first], strict=True))
        return honest(title, text, shifted, forms)

    said = leaks(monkeypatch, "unscripted.scenarios.harness.conformance.privacy.Layout", swapped)
    assert "was given another's part" in said
