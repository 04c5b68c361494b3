"""Conclusions of a comparison in plain sentences, by the rule of docs/statistics.md.

A sentence says no more than its contrast shows: too few replicates conclude nothing, and what is
not told apart is either shown to be equivalent or called undecided, with what would decide it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..format import counted
from ..results.factors import FACTORS, Block
from .closer import ByTask
from .contrasts import Contrast
from .evidence import RULE, Conclusion, Rule
from .intervals import STILL, Bounds
from .mixed_model import MixedModel
from .omnibus import OmnibusTest
from .summary import CellSummary, outcome_of

MOST_SAID = 6
"""Blocks spoken of for each factor but the protocol, of which every block is."""
MOST_LISTED = 4
"""Names that a sentence lists; more are counted."""
SIZES = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"), (float("inf"), "large"))
"""Cohen's words for |d| below each bound.

J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition, 1988.
"""
NAMES = {"agents": "{} agents", "topology": "the {} network", "level": "level {}"}


def conclusions(
    summary: Sequence[CellSummary], tests: Sequence[OmnibusTest] = (), rule: Rule = RULE
) -> list[str]:
    """For each factor that varies and each block of the others, the best cell against the next.

    Args:
        summary: As `summarize` makes it.
        tests: As `block_tests` makes them; their mixed models are spoken of where they disagree.
        rule: By which the contrasts were judged.
    """
    said: list[str] = []
    measure = outcome_of(summary)
    for factor in FACTORS:
        blocks: dict[Block, list[CellSummary]] = {}
        for row in summary:
            blocks.setdefault(row.cell.block(factor), []).append(row)
        lines = []
        for rows in blocks.values():
            graded = [(mean, r) for r in rows if (mean := r.mean(measure)) is not None]
            if len(graded) < 2:
                continue
            ranked = [r for _, r in sorted(graded, key=lambda pair: -pair[0])]
            best, second = _leading(factor, measure, *ranked[:2])
            sentence = _Sentence(factor, best, second, rule, measure)
            test = next((t for t in tests if t.factor == factor and _is_of(t, best)), None)
            lines.append(f"{best.cell.where(factor)}: {sentence.text(ranked[2:], test)}")
        most = len(lines) if factor == "protocol" else MOST_SAID
        said += lines[:most]
        if len(lines) > most:
            said.append(f"{len(lines) - most} more blocks compared by {factor} are in the JSON")
    return said


def _is_of(test: OmnibusTest, row: CellSummary) -> bool:
    return all(row.cell.value(f) == value for f, value in test.block.items())


def _leading(
    factor: str, measure: str, first: CellSummary, second: CellSummary
) -> tuple[CellSummary, CellSummary]:
    """The two cells, the better first over the seeds that both were graded on."""
    c = first.contrast(factor, second.cell.value(factor), measure)
    return (second, first) if c is not None and c.difference < 0 else (first, second)


@dataclass(frozen=True)
class _Sentence:
    """What is said of the two leading cells of a block, with its grammar."""

    factor: str
    best: CellSummary
    second: CellSummary
    rule: Rule
    measure: str

    def text(self, others: Sequence[CellSummary], test: OmnibusTest | None) -> str:
        c = self._against(self.second)
        if c is None:
            return self._no_pairs()
        match c.conclusion:
            case Conclusion.TOO_FEW:
                return self._too_few(c)
            case Conclusion.CONSTANT:
                said = self._constant(c)
            case Conclusion.DIFFERENCE:
                said = self._difference(c) + self._doubts(c, test)
            case Conclusion.EQUIVALENT:
                said = self._equivalent(c)
            case Conclusion.UNDECIDED:
                said = self._undecided(c)
        return said + self._rest(others)

    def _against(self, other: CellSummary) -> Contrast | None:
        return self.best.contrast(self.factor, other.cell.value(self.factor), self.measure)

    def _named(self, row: CellSummary) -> str:
        return NAMES.get(self.factor, "{}").format(row.cell.value(self.factor))

    @property
    def _plural(self) -> bool:
        return self.factor == "agents"

    @property
    def _leads(self) -> str:
        have = "have" if self._plural else "has"
        return f"{self._named(self.best)} {have} the highest {self.measure}"

    @property
    def _both(self) -> str:
        return f"{self._named(self.best)} and {self._named(self.second)}"

    def _no_pairs(self) -> str:
        n = min(i.n for r in (self.best, self.second) if (i := r.measure(self.measure)) is not None)
        few = "seed is" if n == 1 else "seeds are"
        it = "them" if self._plural else "it"
        return (
            f"{self._leads}, and {n} {few} too few replicates to tell {it} from "
            f"{self._named(self.second)}; use --replicates 10 or more"
        )

    def _too_few(self, c: Contrast) -> str:
        fewest = self.rule.fewest_pairs
        said = (
            f"{self._leads}, {c.difference:.3f} above {self._named(self.second)}, "
            f"but {_seeds(c)} are too few replicates to conclude: at least "
            f"{fewest - c.pairs} more are needed (--replicates {fewest})"
        )
        power = c.power
        if power and power.replicates_for_80 and power.replicates_for_80 > fewest:
            said += (
                f", and about {power.replicates_for_80} in all to find a difference of "
                f"{power.effect:g}"
            )
        return said

    def _constant(self, c: Contrast) -> str:
        if abs(c.difference) < STILL:
            return f"{self._both} have the same {self.measure} in each of {_seeds(c)}"
        return (
            f"{self._both} lead in {self.measure} and differ by the same {c.difference:.3f} in "
            f"each of {_seeds(c)}, so there is nothing to test"
        )

    def _difference(self, c: Contrast) -> str:
        beats = "beat" if self._plural else "beats"
        return (
            f"{self._named(self.best)} {beats} {self._named(self.second)} in {self.measure} by "
            f"{_span(c.difference, c.widest)}; the evidence is {c.evidence} "
            f"({_p(c.p_corrected)}{_corrected(c)}; {_effect(c)}; {_seeds(c)})"
        )

    def _doubts(self, c: Contrast, test: OmnibusTest | None) -> str:
        """What to hold against a difference, if anything."""
        said: list[str] = []
        equivalence = c.equivalence
        if equivalence and equivalence.equivalent:
            said.append(
                f"it is smaller than {equivalence.bound:g}, which counts as none in practice"
            )
        best, second = (r.cell.value(self.factor) for r in (self.best, self.second))
        model = None if test is None else test.mixed_model
        if isinstance(model, MixedModel) and model.reference == best:
            effect = model.effect(second)
            if effect is not None and effect.ci95[1] >= 0:
                low, high = effect.ci95
                seen = _span(-effect.difference, (-high, -low))
                said.append(f"a mixed model of the single tasks puts it at {seen}")
        return "; but " + ", and ".join(said) if said else ""

    def _equivalent(self, c: Contrast) -> str:
        found = c.equivalence
        assert found is not None  # it was tested
        return (
            f"{self._both} do equally well in {self.measure}: they differ by "
            f"{_span(c.difference, c.widest)}, within the {found.bound:g} that counts as none; "
            f"the evidence is {c.evidence} (equivalence test, {_p(found.p_corrected)}"
            f"{_corrected(c)}; {_seeds(c)})"
        )

    def _undecided(self, c: Contrast) -> str:
        said = (
            f"{self._leads} and {'are' if self._plural else 'is'} not clearly better than "
            f"{self._named(self.second)}: by {_span(c.difference, c.widest)} "
            f"({_p(c.p_corrected)}{_corrected(c)}; {_effect(c)}; {_seeds(c)})"
        )
        if c.equivalence is None:
            return said
        said += (
            f"; the two are not shown to be equal within {c.equivalence.bound:g} either, so it "
            "is undecided"
        )
        if c.decided_by == "tasks" and c.by_task is not None:
            return said + self._more_tasks(c.by_task)
        if c.power is None or c.power.replicates_to_decide is None:
            return said
        return said + (
            f", and about {c.power.replicates_to_decide} replicates would decide it if the "
            "difference stays as it is"
        )

    def _more_tasks(self, over: ByTask) -> str:
        """What decides where tasks differ more than seeds do: other tasks, not more seeds."""
        if over.tasks_for_80 is None or over.tasks_for_80 <= over.tasks:
            return "; it changes from task to task, and more seeds of these tasks won't decide it"
        return (
            f"; it changes from task to task: about {over.tasks_for_80} different tasks would find "
            "a difference that counts (--tasks corpus:fresh)"
        )

    def _rest(self, others: Sequence[CellSummary]) -> str:
        """How the best fares against all the others."""
        behind: list[str] = []
        level: list[str] = []
        for other in others:
            c = self._against(other)
            clear = c is not None and c.conclusion is Conclusion.DIFFERENCE
            (behind if clear else level).append(self._named(other))
        if not level:
            return f"; {listed(behind)} {self._be(behind)} clearly behind" if behind else ""
        said = f"; {listed(level)} {self._be(level)} not clearly behind"
        return f"{said}, {listed(behind)} {self._be(behind)}" if behind else said

    def _be(self, names: Sequence[str]) -> str:
        return "are" if self._plural or len(names) > 1 else "is"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them, `a, b and c`; counted where they are many.

    Args:
        names: One or more.
    """
    if len(names) > MOST_LISTED:
        return f"{len(names)} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _seeds(c: Contrast) -> str:
    seeds = counted(c.pairs, "seed")
    return seeds if c.by_task is None else f"{seeds}, {counted(c.by_task.tasks, 'task')}"


def _span(value: float, bounds: Bounds) -> str:
    low, high = bounds
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _p(p: float | None) -> str:
    assert p is not None  # it was tested
    return f"p = {p:.2g}" if p >= 1e-12 else "p < 1e-12"


def _corrected(c: Contrast) -> str:
    return f" after Holm's correction over {c.family} contrasts" if c.family > 1 else ""


def _effect(c: Contrast) -> str:
    d = c.cohens_d
    if d is None:
        return "d undefined"
    size = next(word for bound, word in SIZES if abs(d) < bound)
    bounds = c.cohens_d_ci95
    around = "" if bounds is None else f" [{bounds[0]:.2f}, {bounds[1]:.2f}]"
    return f"d = {d:.2f}{around}, {size}"
