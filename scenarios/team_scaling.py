"""Do larger teams do better work?

From 4 members to 1,024, under protocols where members act one after another (sequential), in
groups that see earlier groups (batched-sequential), by one plan (coordinator) or all at once
(shared).

Expectation (arXiv:2603.28990): a dozen members are enough. For sequential, quality at 64 members
is less than 0.02 above that at 16, and that at 256 within 0.02 of that at 64; the longest chain of
works that built on one another stays short, its depth from 4 to 64 members being 1 to 2 on average.
Refuted where the whole 95 % interval of one of these lies outside its bounds.
"""

from __future__ import annotations

from unscripted import study

PROTOCOLS = "sequential,batched-sequential,coordinator,shared"
SIZES = "4,8,16,32,64,128,256,512,1024"
MEASURES = ("quality", "hierarchy_depth", "abstention_rate", "cost_usd", "wall_s")
MAGNITUDES = ("cost_usd", "wall_s")


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality, depth, abstention, cost and critical path by team size."""
    return [
        study.Condition(options.base.replace(agents=n, protocol=p))
        for n in options.lists["agents"] or ()
        for p in study.lineup(options.lists["protocol"])
    ]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """What a sequential team gains from more members."""

    def quality(agents: int) -> study.Sample:
        return found.sample("quality", protocol="sequential", agents=agents)

    small = [r for r in found.of(protocol="sequential") if 4 <= r["agents"] <= 64]
    depth = study.Sample.of(small, "hierarchy_depth")

    def saturates(*sizes: int) -> study.Basis:
        return study.by_loss(
            *(study.quantity("quality", protocol="sequential", n=n) for n in sizes),
            inside="quality at both sizes is in the loss",
            outside="arXiv:2603.28990; the loss does not have quality at both sizes",
        )

    deep = (study.quantity("hierarchy_depth", protocol="sequential", n=n) for n in (16, 64))
    findings = [
        study.below(
            "sequential, quality at 64 minus at 16 < 0.02",
            quality(64) - quality(16),
            0.02,
            basis=saturates(64, 16),
        ),
        study.between(
            "sequential, quality at 256 minus at 64 within 0.02",
            quality(256) - quality(64),
            -0.02,
            0.02,
            basis=saturates(256, 64),
        ),
        study.between(
            "sequential, depth from 4 to 64 members, mean 1 to 2",
            depth,
            1,
            2,
            basis=study.by_loss(
                *deep,
                inside="depth at 16 and at 64 members is in the loss",
                outside="arXiv:2603.28990; the loss does not have depth at 16 and at 64 members",
            ),
        ),
    ]
    return study.StudyReport(
        tables=[study.cells_table(found, ("protocol", "agents"), MEASURES)],
        figures={"team-scaling": lambda: draw(found)},
        findings=findings,
    )


def draw(found: study.StudyResults) -> study.Figure:
    """One panel per measure; what spans magnitudes on a log axis."""
    panels = [
        study.Subplot(
            [study.Line.of(found.of(protocol=p), "agents", m, p) for p in found.values("protocol")],
            m,
            log=m in MAGNITUDES,
        )
        for m in MEASURES
    ]
    return study.draw_lines(
        panels,
        title=STUDY.question,
        subtitle=found.constant("model", "level", "topology"),
        xlabel="members of the team (log scale)",
        log=True,
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    lists=("agents", "protocol"),
    agents=SIZES,
    protocol=PROTOCOLS,
    replicates=6,
    ticks=2,
)

if __name__ == "__main__":
    study.main(STUDY)
