"""What a user types about memory, skills, shocks and trials, as values.

memory   off | own | team[:horizon=8,decay=0.1,always=true]
skills   auto | fixed | growing[:rate=0.3,forgetting=0.05]
shocks   KIND[:options]@TICK or @FIRST-LAST (drawn by seed), several joined by `;`
tune     PARAMETER=A/B/…[,measure=quality,every=4,looks=3,alpha=0.05]
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ....model.decision import Reply
from ....model.errors import UnknownNameError, UsageError
from ....model.experience.memory import SCOPES, Memory
from ....model.experience.skills import Growth
from ....model.governance.constitution import Constitution
from ....model.governance.trial import Tuning
from ....model.mind import Mind
from ....model.networks.building import parse_options
from ....model.observation import Observation
from ....model.protocol import Protocol
from ....model.shocks.catalogue import SHOCKS
from ....model.shocks.mandate import NewMission
from ....model.shocks.membership import Newcomers, Substitute
from ....model.shocks.schedule import Scheduled
from ....model.shocks.shock import Shock

SKILLS = ("auto", "fixed", "growing")
DEFAULT_SUBSTITUTE = "synthetic/weak"
_WHEN = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")

MindOf = Callable[[str], Mind]
"""Makes a mind from a model's id."""


def parse_memory(text: str) -> Memory:
    """Organizational memory from `scope` or `scope:option=value,…`.

    Raises:
        UsageError: An unknown scope, option or value.
    """
    scope, _, options = text.partition(":")
    if scope not in SCOPES:
        raise UnknownNameError("memory", scope, SCOPES)

    def memory(*, horizon: int = 8, decay: float = 0.0, always: bool = False) -> Memory:
        return Memory(scope, horizon, decay, always)

    return memory(**parse_options(f"memory={scope}", options, memory))


def parse_skills(text: str, protocol: Protocol) -> Growth | None:
    """How skills grow; `auto` leaves it to the protocol.

    Raises:
        UsageError: An unknown word, option or value.
    """
    word, _, options = text.partition(":")
    if word not in SKILLS:
        raise UnknownNameError("skills", word, SKILLS)

    def growth(*, rate: float = 0.3, forgetting: float = 0.05) -> Growth:
        return Growth(rate, forgetting)

    if word != "growing":
        parse_options(f"skills={word}", options, lambda: None)
        return Growth() if word == "auto" and protocol.grows else None
    return growth(**parse_options("skills=growing", options, growth))


class _Nobody(Mind):
    """Stands for a mind while only the schedule is read."""

    def decide(self, observation: Observation) -> Reply:
        raise AssertionError("nobody asks it")


def _nobody(model: str) -> Mind:
    return _Nobody()


def parse_shocks(text: str, mind_of: MindOf = _nobody) -> tuple[Scheduled, ...]:
    """A schedule of shocks.

    Args:
        text: As users type it; empty for none.
        mind_of: Makes the minds of newcomers and substitutes; the default is for reading only.

    Raises:
        UsageError: An unknown kind, option or value, or no tick.
    """
    return tuple(_scheduled(part, mind_of) for part in _parts(text))


def shock_models(text: str) -> list[str]:
    """The ids of models that a schedule of shocks brings in."""
    found: list[str] = []

    def note(model: str) -> Mind:
        found.append(model)
        return _Nobody()

    parse_shocks(text, note)
    return list(dict.fromkeys(found))


def needs_model(text: str) -> bool:
    """Whether a schedule substitutes minds without saying whose; the default is synthetic."""
    parts = [p for p in _parts(text) if re.match(r"substitute\s*(:|@)", p)]
    return any("model=" not in part for part in parts)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _scheduled(part: str, mind_of: MindOf) -> Scheduled:
    spec, at, when = part.rpartition("@")
    found = _WHEN.fullmatch(when.strip())
    if not at or found is None:
        raise UsageError(f"shock={part!r} has no tick; use KIND@TICK or KIND@FIRST-LAST")
    first = int(found[1])
    last = int(found[2]) if found[2] is not None else first
    return Scheduled(_shock(spec.strip(), mind_of), first, last)


def _shock(spec: str, mind_of: MindOf) -> Shock:
    name, _, options = spec.partition(":")
    if name not in SHOCKS:
        raise UnknownNameError("shock", name, SHOCKS)

    if name == "mission" and options.startswith("text="):  # commas may stand in it
        return NewMission(text=options.removeprefix("text="))

    def substitute(*, model: str = DEFAULT_SUBSTITUTE, share: float = 0.25) -> Shock:
        return Substitute(mind=mind_of(model), share=share)

    def newcomers(*, k: int = 1, model: str = "", links: int = 0) -> Shock:
        return Newcomers(k=k, mind=mind_of(model) if model else None, links=links)

    kinds: dict[str, Callable[..., Shock]] = {**SHOCKS, "substitute": substitute}
    kinds["newcomers"] = newcomers
    make = kinds[name]
    return make(**parse_options(f"shock={name}", options, make))


def parse_tuning(text: str) -> Tuning | None:
    """A trial from `parameter=a/b,option=value,…`; None for an empty text.

    Raises:
        UsageError: No values, or an unknown option or value.
    """
    if not text.strip():
        return None
    head, _, options = text.partition(",")
    parameter, equals, values = head.partition("=")
    if not equals or not parameter.strip():
        raise UsageError(f"tune={text!r} is not PARAMETER=A/B; use e.g. batch=1/4")

    def tuning(
        *, measure: str = "quality", every: int = 4, looks: int = 3, alpha: float = 0.05
    ) -> Tuning:
        tried = tuple(v.strip() for v in values.split("/"))
        return Tuning(parameter.strip().replace("-", "_"), tried, measure, every, looks, alpha)

    return tuning(**parse_options(f"tune={parameter}", options, tuning))


def constitution_for(tuning: Tuning | None) -> Constitution:
    """The constitution of a run from the command line: nobody is there to approve ring 2."""
    open_to_trials = () if tuning is None else (tuning.parameter,)
    return Constitution(tunable=frozenset(open_to_trials))
