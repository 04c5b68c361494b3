"""unscripted: an open laboratory for self-organizing teams of LLM agents, on Mesa.

    import unscripted as un
    org = un.build(protocol="sequential", n_agents=8, model="synthetic/strong", rng=0)
    org.step()
    org.datacollector.get_model_vars_dataframe()

Names are imported when first used, so that `import unscripted` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from . import testing as testing
    from .agents.callable_mind import CallableMind as CallableMind
    from .agents.llm.service import Service as Service
    from .agents.llm.settings import Calls as Calls
    from .model.decision import Abstention as Abstention
    from .model.decision import Act as Act
    from .model.decision import Answer as Answer
    from .model.decision import Assignment as Assignment
    from .model.decision import Contribution as Contribution
    from .model.decision import Failure as Failure
    from .model.decision import FinalAnswer as FinalAnswer
    from .model.decision import Intention as Intention
    from .model.decision import Move as Move
    from .model.decision import Plan as Plan
    from .model.decision import Saying as Saying
    from .model.decision import Usage as Usage
    from .model.decision import WorkItem as WorkItem
    from .model.errors import Halt as Halt
    from .model.errors import UsageError as UsageError
    from .model.governance.constitution import Constitution as Constitution
    from .model.ground_truth.environment import Environment as Environment
    from .model.ground_truth.family import Layout as Layout
    from .model.ground_truth.family import TaskFamily as TaskFamily
    from .model.ground_truth.family import task_family as task_family
    from .model.ground_truth.scoring import Score as Score
    from .model.ground_truth.values import Fact as Fact
    from .model.ground_truth.values import Private as Private
    from .model.judge import Judge as Judge
    from .model.judge import Verdict as Verdict
    from .model.judge import judge_family as judge_family
    from .model.messages import Mark as Mark
    from .model.mind import Mind as Mind
    from .model.mind import mind_family as mind_family
    from .model.networks.topologies import topology as topology
    from .model.observation import Observation as Observation
    from .model.organization import BaseOrganization as BaseOrganization
    from .model.protocol import Marks as Marks
    from .model.protocol import Protocol as Protocol
    from .model.protocol import Round as Round
    from .model.protocol import Team as Team
    from .model.record import TickRecord as TickRecord
    from .model.ruling import Amendment as Amendment
    from .model.ruling import Ruling as Ruling
    from .scenarios.harness import authoring as study  # noqa: F401
    from .scenarios.harness.api.entry import advise as advise
    from .scenarios.harness.api.entry import compare as compare
    from .scenarios.harness.api.entry import run as run
    from .scenarios.harness.build.organization import Organization as Organization
    from .scenarios.harness.build.organization import build as build
    from .scenarios.harness.study.load import load as load


_HOMES = {
    "Abstention": ".model.decision",
    "Act": ".model.decision",
    "Assignment": ".model.decision",
    "CallableMind": ".agents.callable_mind",
    "Calls": ".agents.llm.settings",
    "Environment": ".model.ground_truth.environment",
    "Fact": ".model.ground_truth.values",
    "Failure": ".model.decision",
    "FinalAnswer": ".model.decision",
    "Halt": ".model.errors",
    "Layout": ".model.ground_truth.family",
    "Move": ".model.decision",
    "Private": ".model.ground_truth.values",
    "Saying": ".model.decision",
    "Score": ".model.ground_truth.scoring",
    "Service": ".agents.llm.service",
    "TaskFamily": ".model.ground_truth.family",
    "task_family": ".model.ground_truth.family",
    "Usage": ".model.decision",
    "UsageError": ".model.errors",
    "WorkItem": ".model.decision",
    "judge_family": ".model.judge",
    "mind_family": ".model.mind",
    "topology": ".model.networks.topologies",
    "Amendment": ".model.ruling",
    "Answer": ".model.decision",
    "Constitution": ".model.governance.constitution",
    "Contribution": ".model.decision",
    "Intention": ".model.decision",
    "Judge": ".model.judge",
    "Mark": ".model.messages",
    "Marks": ".model.protocol",
    "Mind": ".model.mind",
    "Observation": ".model.observation",
    "Organization": ".scenarios.harness.build.organization",
    "BaseOrganization": ".model.organization",
    "Plan": ".model.decision",
    "Protocol": ".model.protocol",
    "Round": ".model.protocol",
    "Ruling": ".model.ruling",
    "Team": ".model.protocol",
    "TickRecord": ".model.record",
    "Verdict": ".model.judge",
    "advise": ".scenarios.harness.api.entry",
    "build": ".scenarios.harness.build.organization",
    "compare": ".scenarios.harness.api.entry",
    "load": ".scenarios.harness.study.load",
    "run": ".scenarios.harness.api.entry",
    "study": ".scenarios.harness.authoring",
    "testing": ".testing",
}

_MODULES = frozenset({"study", "testing"})
"""Names that stand for whole modules."""

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'unscripted' has no attribute {name!r}")
    home = import_module(_HOMES[name], __name__)
    value = home if name in _MODULES else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, for tab completion."""
    return sorted(__all__)
