"""Does the paper's whole campaign, all 25,000 task runs of it, come out again?

Plays a campaign of the size and kind of arXiv:2603.28990 with synthetic minds and writes one page
with every published figure beside ours. The paper counts its task runs (660 in the pilot, 8,020 and
12,130 in its two large series, 25,000 in all) and does not print its design. This one adds up to
the same counts, with ten seeds for each cell; what fills them is our choice:

    series       task runs  cells
    pilot              660  its 4 protocols × L3, L4; 8 agents, gpt-4.1-mini, judge gpt-4o
    main             8,020  its 4 protocols × L1 to L4 × 4, 8, 16, 32, 64 agents; Claude
    foundation      12,130  sequential, mean-field, sparse-graph on 3 networks, spectral-hierarchy
                            × L1 to L4 × 4 to 256 agents; Claude
    final              720  sequential, coordinator × 3 models; 16 agents, L3, 120 tasks each
    shocks and rest  3,470  the pilot's protocols with five shocks and their twins without;
                            sequential and fixed-roles × 5 models; bio-inspired ones and controls

What a count leaves over goes to a series' first cells, one task more for each seed. Resilience is
ours: quality from the first shock on, as a share of the best grade.

All ten Q of the pilot and the final series, two abstention rates and the range of depth were
fitted; ratios of them follow; the capability threshold is an assumption; all else is a prediction.

Expectation: in the pilot sequential > coordinator > broadcast in quality; in the final series
sequential > coordinator for each model; hierarchy depth between 1 and 2 from 4 to 64 agents; free
choice of role beats fixed roles with Claude, and fixed roles win with a weak model; and each
published figure lies in our interval. Those that we miss stand beside those that we hit.
Refuted where the whole 95 % interval of any of these lies on the other side, or without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import unscripted as un
from unscripted import study
from unscripted.scenarios.campaign.design import FEWEST_SEEDS, SEEDS, campaign, laid_out
from unscripted.scenarios.campaign.page import report_on

FEWEST_AGENTS = 4
"""Shocks remove two."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Beside those of every run."""

    scale: float = study.option(
        0.02, "Share of the campaign's 25,000 task runs; 1 is all of it.", "S"
    )
    model: str | None = study.option(None, "In place of all the paper's models.", "ID")
    agents: int | None = study.option(None, "Largest team; the paper's if left out.", "N")
    ticks: int | None = study.option(None, "Tasks per run; by scale if left out.", "T")

    def __post_init__(self) -> None:
        if not 0 < self.scale <= 1:
            raise un.UsageError(f"scale={self.scale} is outside 0 to 1; 1 is the whole campaign")
        if self.agents is not None and self.agents < FEWEST_AGENTS:
            raise un.UsageError(
                f"agents={self.agents} is below {FEWEST_AGENTS}; shocks remove two; use more"
            )


def design(options: study.StudyOptions) -> study.StudyConfig:
    """The paper's series, by scale."""
    own, replicates = options.own, options.replicates
    if replicates is None:
        replicates = max(FEWEST_SEEDS, min(SEEDS, math.ceil(SEEDS * math.sqrt(own.scale))))
    series = campaign(options.base, own.agents, own.model)
    cells = laid_out(series, own.scale, replicates, own.ticks)
    return study.StudyConfig(STUDY.name, tuple(cells), replicates)


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Its figures beside ours, on one page."""
    return report_on(found, design(options))


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "topology", "level", "judge", "shock", "tune"),
    own=Options,
    replicates=None,
)

if __name__ == "__main__":
    study.main(STUDY)
