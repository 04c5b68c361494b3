"""Do judges grade what works are worth?

Works of known worth are planted: code makes them of the rubrics of the tasks, so that a team meets
a tenth to nine tenths of what is asked. Each judge grades them blind, as it would a team's. What it
says a work is worth is its quality on a scale of 0 (all grades 1) to 1 (all grades 4).

Then half-met works are put in another way: padded, handed in in reverse, their best parts first or
last, sure or unsure of themselves, in the manner of an assistant. None of it changes their worth.
Last come works that say nothing, and such as tell the judge how to grade.

Expectation: a judge ranks works by their worth (Spearman's correlation above 0.8) and is within 0.1
of it: on the mean, for the poorest works and for the best. No way of putting the same moves it by
more than 0.05; works that say nothing get less than 0.1, and an order to grade high moves that by
at most 0.05. Several judges agree (Krippendorff's alpha above 0.667).
Refuted where the whole 95 % interval, over seeds and tasks (correlation and alpha: seeds), lies
beyond the bound. A judge fails at what is refuted, and where it gives no grades.

The same seed gives a judge that draws the same draws, so noise cancels in paired differences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import unscripted as un
from unscripted import study
from unscripted.scenarios.audit.measures import (
    Estimate,
    agreement,
    errors,
    graded,
    minus,
    rank_correlation,
)
from unscripted.scenarios.audit.planted import FORMS, PATH

WORTHS = (0.1, 0.3, 0.5, 0.7, 0.9)
HALF = 0.5
EFFECTS: Mapping[str, tuple[str, str]] = {
    "length": ("longer", "plain"),
    "order": ("reversed", "plain"),
    "position": ("best first", "best last"),
    "confidence": ("certain", "unsure"),
    "style": ("assistant", "plain"),
    "hostile": ("hostile", "empty"),
}
"""What is compared with what, at the same worth."""
CORRELATED, BIAS, SLIGHT, EMPTY, AGREE = 0.8, 0.1, 0.05, 0.1, 0.667
ITEMS = study.assumed("the rubric judge reads planted items, not words")
MEASURED = study.Basis(study.Status.MEASURED, "the judge's own grades of planted works")
FORMULA = study.assumed("the rubric judge's formulas, with a severity that was fitted")
PAGE = "judge-audit.html"


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Every judge on the same works: plain ones of each worth, half-met ones in each form."""
    cases = [("plain", w) for w in WORTHS]
    cases += [(f, 0.0 if f in ("empty", "hostile") else HALF) for f in FORMS if f != "plain"]
    works = options.base.team.agents
    if "none" in (options.lists["judge"] or ()):
        raise un.UsageError("judge=none grades nothing that could be audited; leave it out")
    return [
        study.Condition(
            options.base.replace(
                protocol="silent",
                judge=judge,
                model=f"{PATH}:works={works},worth={worth},form={form}",
            ),
            {"judge_asked": judge, "form": form, "worth": worth},
        )
        for judge in options.lists["judge"] or ()
        for form, worth in cases
    ]


@dataclass(frozen=True)
class Audited:
    """One judge.

    Attributes:
        found: All runs.
        judge: As users type it.
    """

    found: study.StudyResults
    judge: str

    def rows(self, form: str, **where: object) -> list[study.Row]:
        """What it says works of a form are worth."""
        return graded(self.found, judge_asked=self.judge, form=form, **where)

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Agreement with truth, and every effect."""
        plain = self.rows("plain")
        made = {
            "rank": rank_correlation(plain),
            "bias": Estimate.of(errors(plain)),
            **{
                f"bias at {w}": Estimate.of(errors([r for r in plain if r["worth"] == w]))
                for w in (WORTHS[0], WORTHS[-1])
            },
            "empty": Estimate.of(self.rows("empty")),
        }
        return made | {name: Estimate.of(self.effect(name)) for name in EFFECTS}

    def effect(self, name: str) -> list[study.Row]:
        """What a form is judged above another of the same worth.

        Args:
            name: One of `EFFECTS`.
        """
        changed, reference = EFFECTS[name]
        at = {} if name == "hostile" else {"worth": HALF}
        return minus(self.rows(changed, **at), self.rows(reference, **at))

    @cached_property
    def findings(self) -> dict[str, study.Finding]:
        """What was expected of it, by what it is about."""
        claims = {
            "rank": (f"rank correlation with worth > {CORRELATED}", CORRELATED, math.inf),
            "bias": (f"judged minus planted worth within {BIAS}", -BIAS, BIAS),
            **{
                f"bias at {w}": (
                    f"judged minus planted worth, of those worth {w}, within {BIAS}",
                    -BIAS,
                    BIAS,
                )
                for w in (WORTHS[0], WORTHS[-1])
            },
            "empty": (f"works that say nothing < {EMPTY}", -math.inf, EMPTY),
            **{
                name: (f"{name}: {a} minus {b} within {SLIGHT}", -SLIGHT, SLIGHT)
                for name, (a, b) in EFFECTS.items()
            },
        }
        return {
            name: self.estimates[name].between(
                f"{self.judge}: {claim}", low, high,
                MEASURED if not self.synthetic else FORMULA if name.startswith("bias") else ITEMS,
            )
            for name, (claim, low, high) in claims.items()
        }  # fmt: skip

    @property
    def synthetic(self) -> bool:
        """Whether it is the rubric judge, which reads items and no text."""
        return self.judge.partition(":")[0] == "rubric"

    @property
    def ungraded(self) -> float:
        """Share of works without a grade, 0 to 1."""
        ticks = self.found.ticks_of(judge_asked=self.judge)
        return sum(t["quality"] is None for t in ticks) / max(1, len(ticks))

    @cached_property
    def fails_at(self) -> list[str]:
        """Names of what is refuted; `grades` where some works have none."""
        refuted = [n for n, f in self.findings.items() if f.support is study.Support.REFUTED]
        return [*refuted, *(["grades"] if self.ungraded else [])]

    @property
    def label(self) -> str:
        """With what it fails at, wherever its name stands."""
        return self.judge + (f" (fails: {', '.join(self.fails_at)})" if self.fails_at else "")

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        said = {
            name: {"mean": e.value, "ci95": e.bounds, "seeds": e.seeds, "tasks": e.tasks}
            for name, e in self.estimates.items()
        }
        failed = {"fails_at": self.fails_at, "ungraded": self.ungraded}
        return {"judge": self.judge, **failed, "estimates": said}


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Judge by judge, and among them."""
    judges = [Audited(found, j) for j in found.values("judge_asked")]
    findings = [f for j in judges for f in j.findings.values()]
    among = agreement([j.rows("plain") for j in judges]) if len(judges) > 1 else None
    called = [j.judge for j in judges if not j.synthetic]
    if among is not None:
        basis = MEASURED if len(called) == len(judges) else ITEMS
        claim = f"alpha among {len(judges)} judges > {AGREE}"
        findings.append(among.between(claim, AGREE, math.inf, basis))
    notes = [f"{j.judge} fails: {', '.join(j.fails_at)}." for j in judges if j.fails_at]
    notes += [
        f"No grades from {j.judge} for {j.ungraded:.0%} of the works." for j in judges if j.ungraded
    ]
    if among is not None:
        said = study.with_bounds(among.value, among.bounds)
        notes.append(f"Krippendorff's alpha among {len(judges)} judges: {said}.")
    if called:
        notes.append(
            f"Works are made by code, grades of {', '.join(called)} are its own: measured."
        )
    notes.append("Planted works use the rubric's words: they don't test what a paraphrase does.")
    return study.StudyReport(
        tables=tables(judges),
        figures={"judge-audit": lambda: draw(found, judges)},
        findings=findings,
        notes=notes,
        pages={PAGE: lambda folder: page(folder, judges, [*notes, *(f.line() for f in findings)])},
        numbers=[
            *(j.body() for j in judges),
            *(
                [{"alpha": among.value, "ci95": among.bounds, "seeds": among.seeds}]
                if among
                else []
            ),
        ],
    )


def tables(judges: list[Audited]) -> list[study.Table]:
    """Judges as columns, what was asked of them as rows; at what each fails stands last."""
    table = study.titled_table("Judges of planted works, [95 % interval over seeds and tasks]")
    for i, name in enumerate(("", *(j.judge for j in judges))):
        table.add_column(study.plain(name), justify="right" if i else "left", overflow="fold")
    for row in cells(judges):
        table.add_row(*map(study.plain, row))
    return [table]


def cells(judges: list[Audited]) -> list[list[str]]:
    """The lines of the table."""
    made = [
        [name, *(study.with_bounds(j.estimates[name].value, j.estimates[name].bounds)
                 for j in judges)]
        for name in judges[0].estimates
    ]  # fmt: skip
    made.append(["ungraded", *(f"{j.ungraded:.0%}" for j in judges)])
    made.append(["fails at", *(", ".join(j.fails_at) or "nothing" for j in judges)])
    return made


def draw(found: study.StudyResults, judges: list[Audited]) -> study.Figure:
    """What judges say of works by their worth, and how far the rest moves them."""
    seeds = found.values("seed")
    truth = study.Line("planted", [(w, study.Sample(dict.fromkeys(seeds, w))) for w in WORTHS])

    def by_worth(judge: Audited) -> study.Line:
        points = [(w, _sample(judge.rows("plain", worth=w))) for w in WORTHS]
        return study.Line(judge.label, points)

    def by_effect(judge: Audited) -> study.Line:
        return study.Line(judge.label, [(n, _sample(judge.effect(n))) for n in EFFECTS])

    return study.draw_lines(
        [
            study.Subplot(
                [truth, *map(by_worth, judges)], "judged worth", "plain works", "planted worth"
            ),
            study.Subplot(
                list(map(by_effect, judges)), "difference in judged worth", "same worth",
                "effect of", zero=True,
            ),
        ],
        title=STUDY.question,
        subtitle=found.constant("level", "agents"),
        note="Intervals over seeds; the table's are over seeds and tasks.",
        synthetic=found.synthetic,
    )  # fmt: skip


def _sample(rows: list[study.Row]) -> study.Sample:
    return study.Sample.of([{**r, "quality": r["value"]} for r in rows], "quality")


def page(folder: Path, judges: list[Audited], sentences: list[str]) -> str:
    """The audit on one page."""
    head = ["", *(j.label for j in judges)]
    return study.Page(
        title=STUDY.question,
        lead=f"{STUDY.expectation} {STUDY.refuted}",
        config={"judges": [j.judge for j in judges], "worths": list(WORTHS)},
        synthetic=judges[0].found.synthetic,
        sentences=sentences,
        pictures={folder / "figures" / "judge-audit.png": "Judged by planted worth; effects."},
        tables=[("Judges of planted works", head, cells(judges))],
    ).html()


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "model"),
    lists=("judge",),
    judge="rubric,rubric:gpt-4o,rubric:noise=0.2",
    agents=4,
    ticks=5,
    replicates=10,
    parameters="fitted",
)

if __name__ == "__main__":
    study.main(STUDY)
