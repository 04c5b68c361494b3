"""The kernel as a state machine, under every discovered protocol."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import unscripted as un
from unscripted.model.plugins.discovery import discover
from unscripted.testing import organization_machine

BRIEF = settings(max_examples=12, stateful_step_count=15, deadline=None)


@pytest.mark.parametrize("name", sorted(discover("protocols")))
def test_organizations_sum_their_history(name):
    run_state_machine_as_test(organization_machine(discover("protocols")[name]), settings=BRIEF)


def test_machine_finds_a_forgetful_replay(monkeypatch):
    honest = un.BaseOrganization.replay

    def forgets(self, event):
        if type(event).__name__ != "Rewired":
            honest(self, event)

    monkeypatch.setattr(un.BaseOrganization, "replay", forgets)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            organization_machine(discover("protocols")["sequential"]),
            settings=settings(BRIEF, max_examples=100, database=None, phases=[Phase.generate]),
        )
