"""Does seeing finished work matter more as tasks get harder?

From L1 to L4 tasks get more steps, more domains, dependencies between steps (L3 on), and conflicts
and hidden facts (L4).

Expectation: quality falls from L1 to L4, whoever coordinates; and the lead of sequential, where
members see finished work, over shared, where they don't, is larger on L3 than on L1, because only
L3 has steps that depend on others. arXiv:2603.28990 finds sequential ahead of the coordinator on
L3; here that is expected on L4 too.
Refuted where, for any of these differences, the whole 95 % interval lies on the other side of 0.
"""

from __future__ import annotations

from unscripted import study

PROTOCOLS = ("sequential", "coordinator", "broadcast", "shared", "silent")
MEASURES = ("quality", "hierarchy_depth", "abstention_rate")


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality, hierarchy depth and abstention by level, for five protocols."""
    return [
        study.Condition(options.base.replace(level=x, protocol=p))
        for x in study.LEVELS
        for p in PROTOCOLS
    ]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Levels against each other, and the lead of those who see finished work."""

    def quality(level: str, protocol: str) -> study.Sample:
        return found.sample("quality", level=level, protocol=protocol)

    def lead(level: str, over: str) -> study.Sample:
        return quality(level, "sequential") - quality(level, over)

    def on(*cells: tuple[str, str]) -> study.Basis:
        return study.by_loss(
            *(study.quantity("quality", level=level, protocol=p) for level, p in cells),
            inside="terms of the loss read all its qualities",
            outside="no term of the loss has it",
        )

    falls = {p: quality("L1", p) - quality("L4", p) for p in PROTOCOLS}
    findings = [
        *(
            study.above(
                f"{p}: quality on L1 minus L4 > 0",
                fall,
                basis=on(("L1", p), ("L4", p)),
            )
            for p, fall in falls.items()
        ),
        study.above(
            "lead of sequential over shared, L3 minus L1 > 0",
            lead("L3", "shared") - lead("L1", "shared"),
            basis=on(*((x, p) for x in ("L1", "L3") for p in ("sequential", "shared"))),
        ),
        *(
            study.above(
                f"sequential minus coordinator on {x} > 0",
                lead(x, "coordinator"),
                basis=on((x, "sequential"), (x, "coordinator")),
            )
            for x in ("L3", "L4")
        ),
    ]
    return study.StudyReport(
        tables=[study.cells_table(found, ("level", "protocol"), MEASURES)],
        figures={"task-complexity": lambda: draw(found)},
        findings=findings,
    )


def draw(found: study.StudyResults) -> study.Figure:
    """One panel per measure, levels side by side."""
    lines = {
        m: [study.Line.of(found.of(protocol=p), "level", m, p) for p in found.values("protocol")]
        for m in MEASURES
    }
    return study.draw_lines(
        [study.Subplot(of_measure, measure) for measure, of_measure in lines.items()],
        title=STUDY.question,
        subtitle=found.constant("model", "agents", "topology"),
        xlabel="level of the tasks",
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "level"),
    replicates=24,
)

if __name__ == "__main__":
    study.main(STUDY)
