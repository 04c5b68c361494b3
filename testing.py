"""For the authors of plug-ins: conformance suites, Hypothesis strategies and stand-in minds.

from unscripted.testing import check_protocol
def test_relay_keeps_the_rules():
    broken = [r for r in check_protocol(Relay) if not r.passed]
    assert not broken
"""

from __future__ import annotations

from .agents.scripted import Scripted
from .agents.test_doubles import ArbitraryJudge, ArbitraryMind, DelayedMind, HangingMind
from .scenarios.harness.conformance.checking import check_judge, check_mind, check_protocol
from .scenarios.harness.conformance.machine import OrganizationMachine, organization_machine
from .scenarios.harness.conformance.protocols import (
    PROTOCOL_CHECKS,
    CheckResult,
    Witness,
    building,
    calls,
    causality,
    independent_streams,
    one_state,
    relabelling,
    reproducibility,
    resumption,
    survival,
    totals,
)
from .scenarios.harness.conformance.strategies import Case, cases, networks, seeds

__all__ = [
    "PROTOCOL_CHECKS",
    "ArbitraryJudge",
    "ArbitraryMind",
    "Case",
    "CheckResult",
    "DelayedMind",
    "HangingMind",
    "OrganizationMachine",
    "Scripted",
    "Witness",
    "building",
    "calls",
    "cases",
    "causality",
    "check_judge",
    "check_mind",
    "check_protocol",
    "independent_streams",
    "networks",
    "one_state",
    "organization_machine",
    "relabelling",
    "reproducibility",
    "resumption",
    "seeds",
    "survival",
    "totals",
]
