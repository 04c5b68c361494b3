"""Runs the conformance suite of a seam and reports it, without pytest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import networkx as nx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from ....model.errors import UsageError
from ....model.ground_truth.family import TaskFamily
from ....model.judge import Judge
from ....model.mind import Mind
from ....model.plugins.tags import PluginTag
from ....model.protocol import Protocol
from .families import FAMILY_CHECKS, family_cases
from .protocols import PROTOCOL_CHECKS
from .result import Check, CheckResult
from .seams import JUDGE_CHECKS, MIND_CHECKS, seam_cases
from .strategies import cases
from .topologies import TOPOLOGY_CHECKS, topology_cases


def check_protocol(
    make: Callable[[], Protocol],
    *,
    examples: int = 40,
    checks: Sequence[Check] = PROTOCOL_CHECKS,
    max_agents: int = 40,
) -> list[CheckResult]:
    """Run conformance checks on a protocol over teams, networks, seeds and minds.

    Args:
        make: Makes the protocol, usually its class.
        examples: Cases per check; the same ones every time.
        checks: Which checks.
        max_agents: The largest team.

    Returns:
        One result per check, with the smallest failing case where one failed.
    """
    _check_maker(make)
    drawn = cases(make, max_agents=max_agents)
    return [_run(check, check, drawn, examples) for check in checks]


def check_mind(make: Callable[[], Mind], *, examples: int = 10) -> list[CheckResult]:
    """Run conformance checks on a mind: fitting answers, and the same ones again.

    Args:
        make: Makes the mind.
        examples: Organizations per check.
    """
    _check_maker(make)
    return [_run(c, partial(c, make), seam_cases(), examples) for c in MIND_CHECKS]


def check_judge(make: Callable[[], Judge], *, examples: int = 10) -> list[CheckResult]:
    """Run conformance checks on a judge: verdicts in range, and the same ones again.

    Args:
        make: Makes the judge.
        examples: Organizations per check.
    """
    _check_maker(make)
    return [_run(c, partial(c, make), seam_cases(), examples) for c in JUDGE_CHECKS]


def check_family(make: Callable[[], TaskFamily], *, examples: int = 20) -> list[CheckResult]:
    """Run conformance checks on a family of code-scored tasks.

    Args:
        make: Makes the family.
        examples: Networks and seeds per check.
    """
    _check_maker(make)
    return [_run(c, partial(c, make), family_cases(), examples) for c in FAMILY_CHECKS]


def check_topology(
    make: Callable[[int, int], nx.Graph[Any]], *, examples: int = 40
) -> list[CheckResult]:
    """Run conformance checks on a function that makes networks; sizes it refuses are left out.

    Args:
        make: A function of the team's size and a seed.
        examples: Sizes and seeds per check.
    """
    tag = getattr(make, "plugin", None)
    drawn = topology_cases(tag.size if isinstance(tag, PluginTag) else None)
    _check_maker(make)
    return [_run(c, partial(c, make), drawn, examples) for c in TOPOLOGY_CHECKS]


def _check_maker(make: object) -> None:
    if not callable(make):
        raise UsageError(f"make={make!r} can't be called; give a class, or a function of nothing")


def _run(
    named: Callable[..., None],
    check: Callable[[Any], None],
    drawn: SearchStrategy[Any],
    examples: int,
) -> CheckResult:
    says = " ".join((named.__doc__ or "").partition("\n\n")[0].split())
    last: list[Any] = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=drawn)
    def play(case: Any) -> None:
        last[:] = [case]
        check(case)

    try:
        play()
    except Exception as error:
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
        return CheckResult(named.__name__, says, f"{kind}{text} — {last[0] if last else ''}")
    return CheckResult(named.__name__, says)
