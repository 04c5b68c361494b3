"""How capable must a model be before a team does better without assigned roles?

Free-form is sequential, where each member sees finished work and chooses its role or abstains;
fixed is fixed-roles, where the roles are given in advance. A synthetic mind's faculties are turned
one at a time, the others staying as the model has them, and all three together.

Expectation (arXiv:2603.28990): free-form minus fixed is negative for weak minds, positive for
strong ones, and every faculty has a part in it: it is larger with the faculty at 1 than at 0.
Refuted where, with all three faculties together, the interval at 0.15 lies above 0 or that at 0.9
below 0, or where for one faculty the whole interval of the difference at 1 minus that at 0 lies
below 0. For a real model, whose faculties can't be turned, only that its difference is positive is
judged.
"""

from __future__ import annotations

from dataclasses import asdict

from unscripted import study

FREE, FIXED = "sequential", "fixed-roles"
FACULTIES = ("reasoning", "self_reflection", "instruction_following")
ALL, AS_IT_IS = "all three", "as it is"
DIALS = (*FACULTIES, ALL)
VALUES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Free-form against fixed roles, while the faculties of a synthetic mind are turned."""
    return [
        study.Condition(
            options.base.replace(protocol=p, model=dialled), {"faculty": faculty, "value": value}
        )
        for faculty, value, dialled in dials(str(options.base.team.model))
        for p in (FREE, FIXED)
    ]


def dials(model: str) -> list[tuple[str, float | None, str]]:
    """Faculty, value and model id of every setting; the model alone where it has no dials."""
    family, _, name = model.partition("/")
    if family != "synthetic" or "*" in name:
        return [(AS_IT_IS, None, model)]
    faculties = asdict(study.profile(name).faculties)

    def dialled(**turned: float) -> str:
        return "synthetic/custom?" + "&".join(f"{k}={v}" for k, v in (faculties | turned).items())

    singly = [(f, v, dialled(**{f: v})) for f in FACULTIES for v in VALUES]
    return [*singly, *((ALL, v, dialled(**dict.fromkeys(FACULTIES, v))) for v in VALUES)]


def gain(found: study.StudyResults, faculty: str, value: float | None) -> study.Sample:
    """Free-form minus fixed in quality, at one setting."""
    free, fixed = (
        found.sample("quality", faculty=faculty, value=value, protocol=p) for p in (FREE, FIXED)
    )
    return free - fixed


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """The sign at both ends, each faculty's part, and where the sign flips."""
    if found.values("faculty") == [AS_IT_IS]:
        return study.StudyReport(
            tables=[
                study.cells_table(found, ("model", "protocol"), ("quality", "abstention_rate"))
            ],
            figures={"capability-threshold": lambda: draw(found, {})},
            findings=[study.above(f"{FREE} minus {FIXED} > 0", gain(found, AS_IT_IS, None))],
            notes=["The faculties of this model can't be turned: it is compared as it is."],
        )
    findings = [
        study.below("all three at 0.15: free-form minus fixed < 0", gain(found, ALL, 0.15)),
        study.above("all three at 0.9: free-form minus fixed > 0", gain(found, ALL, 0.9)),
        *(
            study.above(f"{words(f)}: the difference at 1 minus that at 0 > 0",
                  gain(found, f, 1.0) - gain(found, f, 0.0))
            for f in FACULTIES
        ),
    ]  # fmt: skip
    title = f"{FREE} minus {FIXED} in quality over {study.seeds_of(found)}, [95 % interval]"
    differences = {str(v): [gain(found, f, v) for f in DIALS] for v in VALUES}
    crossings = {f: study.crossing(VALUES, [gain(found, f, v) for v in VALUES]) for f in DIALS}
    return study.StudyReport(
        tables=[study.samples_table(title, ["value", *map(words, DIALS)], differences)],
        figures={"capability-threshold": lambda: draw(found, crossings)},
        findings=findings,
        notes=[
            f"{words(f)}: free-form minus fixed is {c.words()}." for f, c in crossings.items() if c
        ],
    )


def words(faculty: str) -> str:
    """A faculty as it is read."""
    return faculty.replace("_", " ")


def draw(found: study.StudyResults, crossings: dict[str, study.Crossing | None]) -> study.Figure:
    """The difference against each dial, with where the named models stand on it."""
    panels = []
    for faculty in found.values("faculty"):
        settings = dict.fromkeys(r["value"] for r in found.of(faculty=faculty))
        points = [(AS_IT_IS if v is None else v, gain(found, faculty, v)) for v in settings]
        at = crossings.get(faculty)
        panels.append(
            study.Subplot(
                [study.Line(f"{FREE} minus {FIXED}", points)],
                "difference in quality Q",
                title=words(faculty),
                zero=True,
                crossing=(at.at, at.low, at.high) if at is not None and at.finite else None,
                marks=marks(faculty),
            )
        )
    return study.draw_lines(
        panels,
        title="Free choice of role minus fixed roles",
        subtitle=found.constant("model", "agents", "level", "topology"),
        xlabel="value of the faculty",
        note="Grey: where the sign changes. Triangles: named models.",
        synthetic=found.synthetic,
    )


def marks(faculty: str) -> dict[str, float]:
    """Where the named models stand on a dial; together they stand on none."""
    if faculty not in FACULTIES:
        return {}
    return {name: getattr(p.faculties, faculty) for name, p in study.profiles().items()}


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol",),
    model="synthetic/medium",
    replicates=16,
    ticks=8,
)

if __name__ == "__main__":
    study.main(STUDY)
