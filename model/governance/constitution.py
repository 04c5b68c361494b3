"""What an organization may change about itself, in three rings.

    ring  what                              who may change it
    1     mission, values, the right        nobody inside: an attempt is refused and recorded
          to abstain
    2     standards, audit, weights of      anybody proposes, a human approves
          the objective
    3     parameters of the protocol        the organization itself, by a trial on its own ticks

Members propose where a protocol asks them to (`Act.AMEND`), a protocol through `Team.propose`, a
user through `Organization.propose`. Whatever the way, the kernel rules, and the ruling is in the
tick's record. What is granted holds from the next tick on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import IntEnum

from ..errors import UsageError
from ..metrics.scales import Scales
from ..observation import Charter
from ..ruling import Amendment, Ruling

Approve = Callable[[Amendment], bool]
"""Asks a human; called for amendments of ring 2 alone, while the tick waits."""


class Ring(IntEnum):
    """How deep a change goes."""

    FOUNDATION = 1
    STANDARDS = 2
    PRACTICE = 3


FOUNDATIONS = ("mission", "values", "abstention")
WEIGHTS = tuple(f"weights.{f.name}" for f in fields(Scales))
TEXTS = ("standards", "audit")
_PARAMETER = re.compile(r"protocol\.([a-z_]+)", re.ASCII)
LONGEST = 2_000  # characters of a standard: every member reads it at every decision


def ring_of(article: str) -> Ring | None:
    """The ring an article belongs to; None where there is no such article.

    Args:
        article: As in `Amendment.article`.
    """
    if article in FOUNDATIONS:
        return Ring.FOUNDATION
    if article in TEXTS or article in WEIGHTS:
        return Ring.STANDARDS
    return Ring.PRACTICE if _PARAMETER.fullmatch(article) else None


@dataclass(frozen=True)
class Constitution:
    """The rules of changing rules.

    Attributes:
        approve: Asks a human about ring 2; None refuses every amendment of it.
        tunable: Parameters of the protocol that the organization may put to a trial.
    """

    approve: Approve | None = None
    tunable: frozenset[str] = frozenset()

    def rule(self, amendment: Amendment, *, by: int | None, trial_runs: bool) -> Ruling:
        """Grant or refuse an amendment.

        Args:
            amendment: What is proposed.
            by: The member that proposes it; None for a protocol or a user.
            trial_runs: Whether a trial is under way: one at a time.
        """
        ring = ring_of(amendment.article)
        granted, reason = self._judge(ring, amendment, trial_runs)
        return Ruling(amendment, granted, reason, 0 if ring is None else int(ring), by)

    def _judge(self, ring: Ring | None, amendment: Amendment, trial_runs: bool) -> tuple[bool, str]:
        if ring is None:
            return False, f"there is no article {amendment.article!r}"
        if ring is Ring.FOUNDATION:
            return False, "ring 1 can't be changed from inside"
        if ring is Ring.STANDARDS:
            fault = fault_of(amendment)
            if fault:
                return False, fault
            if self.approve is None:
                return False, "ring 2 needs a human's approval, and nobody is there to ask"
            if self.approve(amendment):
                return True, "a human approved"
            return False, "a human refused"
        parameter = parameter_of(amendment.article)
        if parameter not in self.tunable:
            return False, f"{parameter} is not open to trials"
        if trial_runs:
            return False, "a trial is under way; one at a time"
        return True, "put to a trial on the organization's own ticks"


def parameter_of(article: str) -> str:
    """The protocol's parameter an article of ring 3 names.

    Args:
        article: Of ring 3.
    """
    found = _PARAMETER.fullmatch(article)
    assert found is not None
    return found[1]


def fault_of(amendment: Amendment) -> str:
    """Why an amendment of ring 2 makes no sense; empty where it does.

    Args:
        amendment: Of ring 2.
    """
    if amendment.article in TEXTS:
        text = amendment.text.strip()
        return "" if 0 < len(text) <= LONGEST else f"a standard has 1 to {LONGEST} characters"
    try:
        weigh(Scales(), amendment)
    except (ValueError, UsageError) as error:
        return f"{amendment.article}={amendment.text!r}: {error}"
    return ""


def weigh(scales: Scales, amendment: Amendment) -> Scales:
    """The scales with one weight changed.

    Args:
        scales: As they are.
        amendment: Its article names a weight; its text is the new value, 0 or more.
    """
    name = amendment.article.removeprefix("weights.")
    changed: dict[str, float] = {name: float(amendment.text)}
    return replace(scales, **changed)


def enact(charter: Charter, scales: Scales, ruling: Ruling) -> tuple[Charter, Scales]:
    """Charter and scales after a ruling; the same ones unless it grants a change of ring 2.

    Args:
        charter: As it is.
        scales: As they are.
        ruling: Made in a finished tick.
    """
    amendment = ruling.amendment
    if not ruling.granted or ruling.ring != Ring.STANDARDS:
        return charter, scales
    if amendment.article in WEIGHTS:
        return charter, weigh(scales, amendment)
    said = " ".join(amendment.text.split())
    text = f"Audit: {said}" if amendment.article == "audit" else said
    return replace(charter, standards=(*charter.standards, text)), scales
