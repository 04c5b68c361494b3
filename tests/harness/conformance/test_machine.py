"""The kernel as a state machine, under every discovered protocol."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import unscripted as un
from unscripted.model.organization import Organization
from unscripted.model.plugins.discovery import discover
from unscripted.testing import organization_machine

BRIEF = settings(max_examples=8, stateful_step_count=15, deadline=None)
HUNT = settings(
    BRIEF, max_examples=100, derandomize=True, database=None, phases=[Phase.generate],
    report_multiple_bugs=False,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(discover("protocols")))
def test_an_organization_is_its_history(name):
    run_state_machine_as_test(organization_machine(discover("protocols")[name]), settings=BRIEF)


def test_a_forgetful_restore_is_found(monkeypatch):
    honest = Organization.relive

    def forgets(self, event):
        if type(event).__name__ != "Rewired":
            honest(self, event)

    monkeypatch.setattr(Organization, "relive", forgets)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            organization_machine(discover("protocols")["sequential"]), settings=HUNT
        )


def test_an_organization_pickles_whole():
    org = un.build(n_agents=4, rng=1)
    org.step()
    org.remove_member(1)
    twin = Organization.restore(pickle.loads(pickle.dumps(org.snapshot())))
    org.step()
    twin.step()
    assert twin.records[-1] == org.records[-1]
