"""All that a comparison's runs say: summaries, contrasts, tests and sentences.

What is computed, why, and how conclusions are worded is in docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....model.metrics.measure import Measure
from ..results.factors import FACTORS
from ..results.rows import Row
from ..results.run_result import RunResult
from .conclusions import conclusions
from .evidence import RULE, Rule
from .omnibus import OmnibusTest, block_tests
from .summary import CellSummary, summarize


@dataclass(frozen=True)
class Analysis:
    """What a comparison's runs say.

    Attributes:
        runs: Their rows.
        summary: One for each cell.
        tests: One for each factor and block, over all its cells at once.
        conclusions: In plain sentences.
    """

    runs: Sequence[Row]
    summary: Sequence[CellSummary]
    tests: Sequence[OmnibusTest]
    conclusions: Sequence[str]

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "runs": list(self.runs),
            "summary": [c.body() for c in self.summary],
            "tests": [t.body() for t in self.tests],
            "conclusions": list(self.conclusions),
        }


def analyse(
    results: Iterable[RunResult],
    rule: Rule = RULE,
    own: Mapping[str, Measure] | None = None,
) -> Analysis:
    """Summaries, contrasts, tests and conclusions of a comparison's results.

    Args:
        results: As `sweep` gives them; those without a row (the run broke) are left out.
        rule: What is contrasted, and how it is judged.
        own: Measures of one's own in the rows, by name; `Rule.of` contrasts them too.
    """
    whole = [(r.row, r.ticks) for r in results if r.row is not None]
    runs = [row for row, _ in whole]
    # a run's own level: that of its tasks may differ from one to the next
    ticks = [
        {**tick, **{f: row[f] for f in (*FACTORS, "seed")}}
        for row, found in whole
        for tick in found
    ]
    summary = summarize(runs, ticks, rule, own)
    tests = block_tests(runs, ticks, rule)
    return Analysis(runs, summary, tests, conclusions(summary, tests, rule))
