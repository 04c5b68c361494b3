"""What makes one synthetic model differ from another: three faculties, and what its use costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Faculties:
    """Three faculties, each 0 to 1.

    Attributes:
        reasoning: Depth: what it notices and how well it works.
        self_reflection: How well it knows what it can't do.
        instruction_following: How reliably it does what it decided, and what it was told.

    Raises:
        UsageError: One is outside 0 to 1.
    """

    reasoning: float
    self_reflection: float
    instruction_following: float

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0 <= getattr(self, f.name) <= 1:
                raise UsageError(
                    f"{f.name}={getattr(self, f.name)} is outside 0 to 1; use e.g. 0.5"
                )

    @property
    def judgement(self) -> float:
        """The mean of the three: how well it directs itself."""
        return (self.reasoning + self.self_reflection + self.instruction_following) / 3


@dataclass(frozen=True, slots=True)
class Profile:
    """A synthetic model.

    Attributes:
        name: As users type it, after `synthetic/`.
        faculties: Each 0 to 1.
        usd_in: US dollars per million prompt tokens, 0 or more.
        usd_out: US dollars per million completion tokens, 0 or more.
        verbosity: Factor on the length of its answers, above 0.
    """

    name: str
    faculties: Faculties
    usd_in: float
    usd_out: float
    verbosity: float = 1.0
