"""A change that somebody proposes to the organization's own rules, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

WON, STAYS = "won its trial", "the value in force stays"
"""Reasons of the ruling that ends a trial."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A proposal to change one of the organization's rules.

    Attributes:
        article: `mission`, `values`, `abstention` (ring 1); `standards`, `audit`,
            `weights.quality` and the other weights of the objective (ring 2);
            `protocol.PARAMETER` (ring 3).
        text: The standard to add, or the new value.
        reason: Why, in the proposer's words.
    """

    article: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of an amendment.

    Attributes:
        amendment: What was proposed.
        granted: Whether it holds from the next tick on (ring 3: is put to a trial, or has won).
        reason: Why it was granted or refused.
        ring: 1 to 3; 0 where there is no such article.
        by: The member that proposed it; None for a protocol, a trial or a user.
    """

    amendment: Amendment
    granted: bool
    reason: str
    ring: int
    by: int | None = None

    @property
    def ends_trial(self) -> bool:
        """Whether a trial decided it: the amendment's text is the value that stays."""
        return self.reason in (WON, STAYS)
