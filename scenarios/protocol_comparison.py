"""Which protocol? All there are, on the same tasks with the same minds, and the controls.

Expectation (arXiv:2603.28990), for a strong model on L3: sequential > coordinator > broadcast ≈
shared in quality.
Refuted where the whole interval of sequential minus coordinator or of coordinator minus broadcast
lies below 0, or that of broadcast minus shared outside -0.1 to 0.1.
"""

from __future__ import annotations

from unscripted import study

PILOT_MODEL = "gpt-4.1-mini"
PILOT = ("sequential", "coordinator", "broadcast", "shared")


def design(options: study.StudyOptions) -> study.ComparisonConfig:
    """Protocols and controls on the same tasks."""
    factors = {"protocol": study.lineup(options.lists["protocol"])}
    return study.ComparisonConfig(
        options.base, factors, study.Design(replicates=options.replicates)
    )


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """The paper's order of its four protocols."""

    def lead(first: str, second: str) -> study.Sample:
        return found.sample("quality", protocol=first) - found.sample("quality", protocol=second)

    basis = study.by_loss(
        *(study.quantity("quality", protocol=p, model=PILOT_MODEL, n=8) for p in PILOT),
        inside="all four qualities of the pilot are terms of the loss",
        outside="not all qualities of the pilot are terms of the loss",
    )
    findings = [
        study.above(
            "sequential minus coordinator > 0", lead("sequential", "coordinator"), basis=basis
        ),
        study.above(
            "coordinator minus broadcast > 0", lead("coordinator", "broadcast"), basis=basis
        ),
        study.between(
            "broadcast minus shared within 0.1", lead("broadcast", "shared"), -0.1, 0.1, basis=basis
        ),
    ]
    return study.StudyReport(findings=findings)


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    lists=("protocol",),
    protocol=None,
    level="L3",
    replicates=20,
)

if __name__ == "__main__":
    study.main(STUDY)
