"""For the authors of plug-ins: conformance suites, Hypothesis strategies and stand-in minds.

from unscripted.testing import check_protocol
def test_relay_keeps_the_rules():
    broken = [r for r in check_protocol(Relay) if not r.passed]
    assert not broken
"""

from __future__ import annotations

from .agents.scripted import Scripted
from .agents.test_doubles import ArbitraryJudge, ArbitraryMind, DelayedMind, HangingMind
from .scenarios.harness.conformance.checking import (
    check_family,
    check_judge,
    check_mind,
    check_protocol,
    check_topology,
)
from .scenarios.harness.conformance.families import FAMILY_CHECKS, FamilyCase, family_cases
from .scenarios.harness.conformance.machine import OrganizationMachine, organization_machine
from .scenarios.harness.conformance.privacy import Gossip, Secrets, privacy
from .scenarios.harness.conformance.protocols import (
    PROTOCOL_CHECKS,
    building,
    calls,
    causality,
    one_state,
    survival,
    totals,
)
from .scenarios.harness.conformance.repeats import (
    independent_streams,
    relabelling,
    reproducibility,
    resumption,
    turnover,
)
from .scenarios.harness.conformance.result import CheckResult
from .scenarios.harness.conformance.strategies import Case, cases, networks, seeds
from .scenarios.harness.conformance.witness import JudgeWitness, Witness

__all__ = [
    "FAMILY_CHECKS",
    "PROTOCOL_CHECKS",
    "ArbitraryJudge",
    "ArbitraryMind",
    "Case",
    "CheckResult",
    "DelayedMind",
    "FamilyCase",
    "Gossip",
    "HangingMind",
    "JudgeWitness",
    "OrganizationMachine",
    "Scripted",
    "Secrets",
    "Witness",
    "building",
    "calls",
    "cases",
    "causality",
    "check_family",
    "check_judge",
    "check_mind",
    "check_protocol",
    "check_topology",
    "family_cases",
    "independent_streams",
    "networks",
    "one_state",
    "organization_machine",
    "privacy",
    "relabelling",
    "reproducibility",
    "resumption",
    "seeds",
    "survival",
    "totals",
    "turnover",
]
