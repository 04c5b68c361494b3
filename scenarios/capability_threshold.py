"""How capable must a model be before a team does better without assigned roles?

Free-form is sequential, where each member sees finished work and chooses its role or abstains;
fixed is fixed-roles, where the roles are given in advance. A synthetic mind's faculties are turned
one at a time, the others staying as the model has them, and all three together. That the sign
changes at all is built into synthetic minds: choosing costs the weak more (a burden that falls with
the mean of the faculties) than a role that isn't theirs costs anybody, and the fit asks for the
sign at both ends. What is not built in is whether it matters what a role says. So there is a
control: the same roles made of trades that no task has to do with (placebo), and roles of the
task's own domains. Where the placebo does as well as the roles, the threshold is an assumption and
no finding, and is called one wherever it is shown.

Expectation (arXiv:2603.28990): free-form minus fixed is negative for weak minds, positive for
strong ones, and every faculty has a part in it: it is larger with the faculty at 1 than at 0. It
is carried by what roles say: for weak minds fixed roles beat the placebo, and so do the task's own.
Refuted where, with all three faculties together, the interval at 0.15 lies above 0 or that at 0.9
below 0; where for one faculty the whole interval of the difference at 1 minus that at 0 lies
below 0; or where the whole interval of roles minus placebo at 0.15 lies below 0. For a real model,
whose faculties can't be turned, that free-form minus fixed and fixed minus placebo are positive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from unscripted import study

FREE, FIXED = "sequential", "fixed-roles"
PLACEBO, OF_TASK = "fixed-roles:roles=placebo", "fixed-roles:roles=task"
WEAK, STRONG = 0.15, 0.9
"""Values of all three faculties at which the sign is judged."""
FACULTIES = ("reasoning", "self_reflection", "instruction_following")
ALL, AS_IT_IS = "all three", "as it is"
DIALS = (*FACULTIES, ALL)
VALUES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Free-form against fixed roles, while faculties are turned; controls for all three."""
    return [
        study.Condition(
            options.base.replace(protocol=p, model=dialled), {"faculty": faculty, "value": value}
        )
        for faculty, value, dialled in dials(str(options.base.team.model))
        for p in (FREE, FIXED, *((PLACEBO, OF_TASK) if faculty not in FACULTIES else ()))
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


def gain(
    found: study.StudyResults,
    faculty: str,
    value: float | None,
    over: str = FIXED,
    of: str = FREE,
) -> study.Sample:
    """Free-form minus fixed in quality, or any two protocols, at one setting."""
    mine, theirs = (
        found.sample("quality", faculty=faculty, value=value, protocol=p) for p in (of, over)
    )
    return mine - theirs


def controls(found: study.StudyResults, faculty: str, value: float | None) -> list[study.Finding]:
    """Whether it matters what a role says, where it is said to matter."""
    where = "" if value is None else f"{faculty} at {value:g}: "
    basis = study.by_loss(
        study.quantity("quality", protocol=PLACEBO), outside="no term of the loss has a placebo"
    )
    return [
        study.above(
            f"{where}{words} minus placebo > 0 (control)",
            gain(found, faculty, value, PLACEBO, p),
            basis=basis,
        )
        for p, words in ((FIXED, "fixed roles"), (OF_TASK, "the task's own roles"))
    ]


def carried(findings: list[study.Finding]) -> bool:
    """Whether the control carries the threshold: fixed roles beat those that say nothing."""
    return findings[0].support is study.Support.HELD


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """The sign at both ends, each faculty's part, and where the sign flips."""
    if found.values("faculty") == [AS_IT_IS]:
        return study.StudyReport(
            tables=[
                study.cells_table(found, ("model", "protocol"), ("quality", "abstention_rate"))
            ],
            figures={"capability-threshold": lambda: draw(found, {})},
            findings=[
                study.above(f"{FREE} minus {FIXED} > 0", gain(found, AS_IT_IS, None)),
                *controls(found, AS_IT_IS, None),
            ],
            notes=["The faculties of this model can't be turned: it is compared as it is."],
        )
    control = controls(found, ALL, WEAK)
    built_out = study.assumed("a fixed role outside its domain costs what was set by hand")
    built_in = study.assumed("the burden of choosing falls with the mean of the faculties")
    findings = [
        study.below(
            f"{ALL} at {WEAK:g}: free-form minus fixed < 0", gain(found, ALL, WEAK), basis=built_out
        ),
        study.above(
            f"{ALL} at {STRONG:g}: free-form minus fixed > 0", gain(found, ALL, STRONG),
            basis=built_out,
        ),
        *(
            study.above(f"{words(f)}: the difference at 1 minus that at 0 > 0",
                  gain(found, f, 1.0) - gain(found, f, 0.0), basis=built_in)
            for f in FACULTIES
        ),
        *control,
    ]  # fmt: skip
    title = f"{FREE} minus {FIXED} in quality over {study.seeds_of(found)}, [95 % interval]"
    differences = {str(v): [gain(found, f, v) for f in DIALS] for v in VALUES}
    crossings = {f: study.crossing(VALUES, [gain(found, f, v) for v in VALUES]) for f in DIALS}
    return study.StudyReport(
        tables=[
            study.samples_table(title, ["value", *map(words, DIALS)], differences),
            study.samples_table(
                f"Controls, {ALL}: quality less that with the placebo",
                ["value", "free-form", "fixed roles", "the task's own roles"],
                {
                    str(v): [gain(found, ALL, v, PLACEBO, p) for p in (FREE, FIXED, OF_TASK)]
                    for v in VALUES
                },
            ),
        ],
        figures={"capability-threshold": lambda: draw(found, crossings, carried(control))},
        findings=findings,
        notes=[
            CARRIED if carried(control) else ASSUMED,
            *(
                f"{words(f)}: free-form minus fixed is {c.words()}."
                for f, c in crossings.items()
                if c
            ),
        ],
    )


ASSUMED = (
    "The capability threshold is an assumption of synthetic minds: for weak ones a role that says "
    "nothing does what fixed roles do, so the sign turns on what choosing is set to cost."
)
CARRIED = (
    "The control carries the threshold: for weak minds fixed roles beat those that say nothing."
)


def words(faculty: str) -> str:
    """A faculty as it is read."""
    return faculty.replace("_", " ")


def draw(
    found: study.StudyResults, crossings: dict[str, study.Crossing | None], real: bool = True
) -> study.Figure:
    """The difference against each dial, with where the named models stand on it."""
    panels = []
    for faculty in found.values("faculty"):
        settings = dict.fromkeys(r["value"] for r in found.of(faculty=faculty))
        points = [(AS_IT_IS if v is None else v, gain(found, faculty, v)) for v in settings]
        at = crossings.get(faculty)
        panels.append(
            study.Subplot(
                [study.Line(f"{FREE} minus {FIXED}", points), *beside(found, faculty, settings)],
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
        note=f"Grey: where the sign changes{'' if real else ', an assumption'}. Triangles: models.",
        synthetic=found.synthetic,
    )


def beside(
    found: study.StudyResults, faculty: str, settings: Iterable[float | None]
) -> list[study.Line]:
    """Fixed roles less the placebo, where it was played."""
    if faculty in FACULTIES:
        return []
    points = [
        (AS_IT_IS if v is None else v, gain(found, faculty, v, PLACEBO, FIXED)) for v in settings
    ]
    return [study.Line(f"{FIXED} minus placebo", points)]


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
