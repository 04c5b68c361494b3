"""Do free teams settle into roles of their own?

Role stability is the share of members that keep their role from one task to the next, whatever they
call it: the same subject under another title is the same role. With given roles it is 1 by
construction, so `fixed-roles` is not among the teams; `random` is, whose roles come by lot.

Expectation (arXiv:2603.28990): teams that choose freely reinvent their roles for every task, so
with sequential, shared and broadcast role stability is below 0.2. Where practice makes better
(growing skills), members stay with what they are good at: under sequential, stability is higher
with growing skills than with skills that stay as they are.
Refuted where the whole 95 % interval of one of these lies on the other side.
"""

from __future__ import annotations

from unscripted import study

FREE = ("sequential", "shared", "broadcast")
TEAMS = {name: (name, "fixed") for name in (*FREE, "random")} | {
    "sequential, growing skills": ("sequential", "growing"),
    "spectral-hierarchy, growing skills": ("spectral-hierarchy", "growing"),
}
MEASURES = ("role_stability", "unique_role_share", "role_entropy", "role_gini")
WINDOWS = 8


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Role stability, share of unique roles, entropy and Gini over many tasks."""
    return [
        study.Condition(options.base.replace(protocol=protocol, skills=skills), {"team": name})
        for name, (protocol, skills) in TEAMS.items()
    ]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Stability where roles are free, where they are given, and where practice makes better."""

    def stability(team: str) -> study.Sample:
        return found.sample("role_stability", team=team)

    grown = stability("sequential, growing skills") - stability("sequential")
    findings = [
        *(
            study.below(
                f"{p}, role stability < 0.2",
                stability(p),
                0.2,
                basis=study.predicted("arXiv:2603.28990; tasks in a row share few domains"),
            )
            for p in FREE
        ),
        study.above(
            "sequential, role stability with growing minus with fixed skills > 0",
            grown,
            basis=study.by_loss(
                study.quantity("quality", skills="growing"),
                outside="no term of the loss has skills that grow",
            ),
        ),
    ]
    return study.StudyReport(
        tables=[study.cells_table(found, ("team",), (*MEASURES, "unique_roles", "quality"))],
        figures={"specialization": lambda: draw(found)},
        findings=findings,
    )


def draw(found: study.StudyResults) -> study.Figure:
    """One panel per measure over the tasks, in a few windows of equal length."""
    length = max(1, (1 + max(r["tick"] for r in found.tick_rows)) // WINDOWS)
    middle = (length - 1) / 2
    rows = [{**r, "around": r["tick"] // length * length + middle} for r in found.tick_rows]
    return study.draw_lines(
        [
            study.Subplot(
                [study.Line.of([r for r in rows if r["team"] == t], "around", m, t) for t in TEAMS],
                m,
            )
            for m in MEASURES
        ],
        title=STUDY.question,
        subtitle=found.constant("model", "agents", "level", "topology"),
        xlabel="task",
        note=f"Each point is the mean over {length} task{'s' * (length != 1)}.",
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "skills"),
    replicates=12,
    ticks=40,
)

if __name__ == "__main__":
    study.main(STUDY)
