"""What a contrast shows and how strongly: the rule of docs/statistics.md, in one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ....model.errors import UsageError
from ....model.metrics.catalogue import BUILT_IN
from ....model.metrics.measure import Measure
from ..results.labels import range_of
from .intervals import Bounds

CONTRASTED = (
    "quality", "mission_relevance", "risk", "balance", "abstention_rate", "hierarchy_depth",
    "tokens", "cost_usd", "cost_usd_uncached", "wall_s", "score",
)  # fmt: skip
"""The measures whose differences are taken, in the order of the JSON."""
GRADED_BY_P = 0.001, 0.01
"""Below the first corrected p evidence is very strong, below the second strong."""


def margins_of(measures: Iterable[Measure]) -> dict[str, float]:
    """Below what a difference counts as none in practice, by measure.

    Args:
        measures: Those that say nothing have no margin.
    """
    return {m.name: m.margin for m in measures if m.margin is not None}


class Conclusion(StrEnum):
    """What a contrast shows."""

    TOO_FEW = "too few"  # pairs to conclude anything
    CONSTANT = "constant"  # the difference never varies: there is nothing to test
    DIFFERENCE = "difference"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"


class Evidence(StrEnum):
    """How strongly a contrast shows a difference or equivalence."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"
    VERY_STRONG = "very strong"


@dataclass(frozen=True)
class Rule:
    """How contrasts are judged; fixed before anything is compared.

    Attributes:
        contrasted: Measures whose differences are taken, in this order.
        margins: By measure, the difference that counts as none, above 0: such measures are also
            tested for equivalence, resampled and planned for.
        alpha: Level of a test after Holm's correction, 0 to 1.
        fewest_pairs: Replicates below which nothing is concluded, 2 or more.
        fewest_for_strong: Replicates below which evidence is moderate at most: with fewer nobody
            can see whether the t test's assumptions hold.
        fewest_tasks: Different tasks below which they are no units of their own.
        ranges: What measures of one's own can be; of the others the catalogue knows it.
    """

    contrasted: tuple[str, ...] = CONTRASTED
    margins: Mapping[str, float] = field(default_factory=lambda: margins_of(BUILT_IN))
    alpha: float = 0.05
    fewest_pairs: int = 5
    fewest_for_strong: int = 10
    fewest_tasks: int = 5
    ranges: Mapping[str, Bounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise UsageError(f"alpha={self.alpha} is outside 0 to 1; use e.g. alpha=0.05")
        if self.fewest_pairs < 2:
            raise UsageError(
                f"fewest_pairs={self.fewest_pairs} is below 2; a difference of one pair has no "
                "spread; use 2 or more"
            )
        for measure, margin in self.margins.items():
            if not margin > 0:
                raise UsageError(f"margin={margin} of {measure} is not above 0; use e.g. 0.05")

    @classmethod
    def of(cls, own: Iterable[Measure]) -> Rule:
        """The rule for measures of one's own as well, those that say they are contrasted.

        Args:
            own: Beside the built-in ones.
        """
        listed = list(own)
        names = (m.name for m in listed if m.contrasted)
        by_name = {m.name: m for m in listed}
        ranges = {name: range_of(name, by_name) for name in by_name}
        return cls((*CONTRASTED, *names), margins_of([*BUILT_IN, *listed]), ranges=ranges)

    def conclusion(
        self, pairs: int, p: float | None, p_equivalent: float | None = None
    ) -> Conclusion:
        """What a contrast shows.

        Args:
            pairs: Replicates that both cells measured.
            p: Of the paired t test, corrected; None where the difference never varies.
            p_equivalent: Of the equivalence test, corrected; None where there is none.
        """
        if pairs < self.fewest_pairs:
            return Conclusion.TOO_FEW
        if p is None:
            return Conclusion.CONSTANT
        if p < self.alpha:
            return Conclusion.DIFFERENCE
        if p_equivalent is not None and p_equivalent < self.alpha:
            return Conclusion.EQUIVALENT
        return Conclusion.UNDECIDED

    def evidence(self, pairs: int, p: float, resampled: Bounds | None = None) -> Evidence:
        """How strongly a test speaks that is below alpha.

        Args:
            pairs: Replicates that both cells measured.
            p: Of the test, corrected.
            resampled: The bootstrap's interval of a difference; where it holds 0 evidence is weak.
        """
        if resampled is not None and resampled[0] <= 0 <= resampled[1]:
            return Evidence.WEAK
        very_strong, strong = GRADED_BY_P
        if pairs < self.fewest_for_strong or p >= strong:
            return Evidence.MODERATE
        return Evidence.VERY_STRONG if p < very_strong else Evidence.STRONG


RULE = Rule()
"""The one that `unscripted compare` uses."""
