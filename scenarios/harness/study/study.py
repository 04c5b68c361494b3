"""A scenario: a question, what is expected, the runs that decide, and what they say.

A script states its question and expectation in its docstring, which runs decide it in one function
and what they mean in another. Everything else is here, and the same as in `unscripted compare`:
every option that applies, worker processes, consent and budget, a folder, and going on where an
earlier command stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from ....model.errors import UnknownNameError, UsageError
from ....model.options import Named, Option, options_of
from ..api.comparison import Comparison
from ..config.catalogue import OPTIONS
from ..config.comparison import ComparisonConfig
from ..config.groups import Execution
from ..config.reading import checked, group_of, read_value
from ..config.run import RunConfig
from ..config.study import Condition, StudyConfig
from ..exits import Exit
from ..format import counted, number
from ..results.run_result import RunResult
from ..results.shortfall import shortfall
from ..runs.judged import judging_in
from ..runs.keys import run_key
from ..runs.many import check_buildable, play_many
from ..runs.matched_results import analysed
from ..runs.reporter import Reporter
from ..runs.session import Session, folder_path
from ..statistics.findings import MEASURED, Finding, overall
from ..statistics.study_results import StudyResults
from .headline import study_headline
from .results import results_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class StudyOptions:
    """What the user set.

    Attributes:
        base: Every option of a run that the scenario doesn't vary.
        lists: Values of those it takes lists of; None where nothing was said and the scenario
            has no default.
        replicates: Seeds per condition.
        own: The scenario's own options.
        given: What was said, by option, as values.
    """

    base: RunConfig
    lists: Mapping[str, tuple[Any, ...] | None]
    replicates: int
    own: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyReport:
    """What a scenario makes of what it found.

    Attributes:
        tables: Shown in this order.
        figures: By file name; drawn when the tables are on screen.
        findings: One per claim of the expectation.
        notes: Further sentences for the screen.
        pages: Further files by name, written last; each is given the folder, figures and all.
        numbers: What tables show, for `--json`.
    """

    tables: Sequence[RenderableType] = ()
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    pages: Mapping[str, Callable[[Path], str]] = field(default_factory=dict)
    numbers: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, repr=False)
class PlayedStudy:
    """A scenario as far as it came.

    Attributes:
        study: The scenario.
        options: What the user set.
        config: What was played.
        results: Rows of its whole runs.
        report: What it makes of them; None where there are none.
        ending: What the exit code says.
        played: Runs played now, not found in the folder.
        folder: Where it is kept; None for nowhere.
        comparison: The same as a comparison, where the scenario is a full factorial.
        kept: Its finished runs, by key.
    """

    study: Study
    options: StudyOptions
    config: StudyConfig | ComparisonConfig
    results: StudyResults
    report: StudyReport | None
    ending: Exit
    played: int = 0
    folder: Path | None = None
    comparison: Comparison | None = None
    kept: Mapping[str, RunResult] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """One per claim of the expectation; none where nothing was played."""
        return self.report.findings if self.report is not None else ()

    @property
    def numbers(self) -> Sequence[Mapping[str, Any]]:
        """What its tables show, where the scenario says it in numbers."""
        return self.report.numbers if self.report is not None else ()

    @property
    def headline(self) -> list[str]:
        """It in three sentences: what was found, what failed, what it took and calls for."""
        return study_headline(self.findings, self.results.rows, self.config.replicates)

    @cached_property
    def trouble(self) -> str:
        """What is missing of it and why, in one line; empty where every run is whole."""
        wanted = len({run_key(run) for run in self.config.runs()})
        return "; ".join(filter(None, [shortfall(self.kept, wanted), *self.judging]))

    @cached_property
    def judging(self) -> list[str]:
        """Where judges failed; none where they did not."""
        return judging_in(self.config.runs(), self.kept)

    def __repr__(self) -> str:
        runs = counted(len(self.results.rows), "run")
        trouble = f"; {self.trouble}" if self.trouble else ""
        return f"<Scenario {self.study.name}: {overall(self.findings)}, {runs}{trouble}>"

    def _repr_html_(self) -> str:
        from ..transcripts.html import fragment

        rows = [[f.support, f.claim, number(f.estimate), str(f.n)] for f in self.findings]
        lines = [self.study.question, *(self.headline if self.results.rows else []), *self.judging]
        return fragment(lines, rows, ["", "claim", "estimate", "seeds"])

    def body(self, *, runs: bool = True) -> dict[str, Any]:
        """What `--json` says.

        Args:
            runs: With the rows of the runs.
        """
        return {
            "version": 1,
            "synthetic": self.results.synthetic,
            "scenario": self.study.name,
            "question": self.study.question,
            "expectation": self.study.expectation,
            "refuted_where": self.study.refuted,
            **({"runs": list(self.results.rows)} if runs else {}),
            "verdict": str(overall(self.findings)),
            **({"judging": self.judging} if self.judging else {}),
            "findings": [f.body() for f in self.findings],
            **({"numbers": list(self.numbers)} if self.numbers else {}),
        }


Design = Callable[[StudyOptions], Sequence[Condition] | StudyConfig | ComparisonConfig]
"""Which runs decide the question."""
Reporting = Callable[[StudyResults, StudyOptions], StudyReport]
"""What their rows mean; where some are missing (a budget, a fault), those that are there."""


class Study:
    """The question of a scenario script.

    Args:
        file: The script's `__file__`; its name is the scenario's.
        text: The script's docstring: the question as its first line, a part that begins with
            "Expectation", and one that begins with "Refuted", up to the next empty line.
        design: Which runs decide it.
        report: What their rows mean.
        sets: Options of a run that the scenario decides itself; users can't set them.
        lists: Options of a run that it takes a comma-separated list of.
        own: A frozen dataclass of options that only this scenario has, or that it has in place
            of those of a run.
        **defaults: Of options, `replicates` among them, where they are not those of `run`; of
            lists as users type them, or None.
    """

    def __init__(
        self,
        file: str,
        text: str | None,
        *,
        design: Design,
        report: Reporting,
        sets: Sequence[str] = (),
        lists: Sequence[str] = (),
        own: type | None = None,
        **defaults: Any,
    ) -> None:
        self.file = Path(file)
        self.name = self.file.stem
        self.question, self.expectation, self.refuted = _parts(file, text)
        self.design = design
        self.report = report
        self.lists = tuple(lists)
        self._sets = frozenset(sets)
        self._own = own
        self._defaults = {"replicates": 10, "parameters": "ensemble", **defaults}
        wrong = ({*lists, *defaults} - self.options.keys()) | (self._sets - OPTIONS.keys())
        if wrong:
            raise ValueError(f"{file}: {', '.join(sorted(wrong))}: no option of that name")

    @cached_property
    def options(self) -> dict[str, Named]:
        """Every option a user can set, by name, with this scenario's defaults."""
        own = {n.name: n for n in options_of(self._own)} if self._own is not None else {}
        found = {n: named for n, (_, named) in OPTIONS.items() if n not in self._sets}
        seeds = Option("Seeds per condition: SEED, SEED+1, …", "R")
        found |= {"replicates": Named("replicates", "replicates", "int", 10, seeds), **own}
        return {
            name: replace(named, default=self._defaults.get(name, named.default))
            for name, named in found.items()
        }

    def options_from(self, **given: Any) -> StudyOptions:
        """What the user set, defaults in place of the rest.

        Args:
            **given: Values by option; lists as tuples.

        Raises:
            UsageError: An unknown option, or a value that breaks a rule.
        """
        for name in given:
            if name not in self.options:
                raise UnknownNameError("option", name, self.options)
        values = {name: given.get(name, named.default) for name, named in self.options.items()}
        replicates = values.pop("replicates")
        if replicates is not None:
            replicates = checked(self.options["replicates"], replicates)
            if replicates < 1:
                raise UsageError(f"replicates={replicates} is below 1; use 1 or more")
        lists = {name: self._list(name, values.pop(name)) for name in self.lists}
        own: Any = None
        if self._own is not None:
            own, values = group_of(self._own, values)
        return StudyOptions(RunConfig.of(**values), lists, replicates, own, given)

    def _list(self, name: str, value: Any) -> tuple[Any, ...] | None:
        """The values of a list; a default may stand as users type it."""
        if isinstance(value, str):
            found: tuple[Any, ...] = read_value(self.options[name], value, several=True)
            return found
        return value

    def play(self, options: StudyOptions, execution: Execution, reporter: Reporter) -> PlayedStudy:
        """Play what isn't there yet, keep it, and say what it means.

        Args:
            options: What the user set.
            execution: Folder and consent.
            reporter: Hears what goes on.
        """
        config = self.config_of(options)
        check_buildable(config, reporter)
        path = folder_path(config, execution)
        with Session(config, path, reporter) as session:
            before = session.folder.finished() if session.folder is not None else set()
            played = play_many(session, execution)
            results = results_in(config, played.results)
            report = self._reported(results, options) if results.rows else None
            fresh = sum(r.whole for key, r in played.results.items() if key not in before)
            if session.service is not None:
                reporter.spent(session.service)
        comparison = None
        if isinstance(config, ComparisonConfig) and results.rows:
            compared, analysis = analysed(config, played.results)
            comparison = Comparison(config, compared, analysis, played.ending, path)
        return PlayedStudy(
            self, options, config, results, report, played.ending, fresh, path, comparison,
            played.results,
        )  # fmt: skip

    def _reported(self, results: StudyResults, options: StudyOptions) -> StudyReport:
        """What it makes of its rows; nothing is assumed or fitted where no mind is synthetic."""
        report = self.report(results, options)
        if results.synthetic:
            return report
        return replace(report, findings=[replace(f, basis=MEASURED) for f in report.findings])

    def config_of(self, options: StudyOptions) -> StudyConfig | ComparisonConfig:
        """The runs that decide.

        Args:
            options: What the user set.
        """
        designed = self.design(options)
        if isinstance(designed, ComparisonConfig):
            return designed
        if not isinstance(designed, StudyConfig):
            designed = StudyConfig(self.name, tuple(designed), options.replicates)
        script = "" if (self.file.parent / "harness").is_dir() else str(self.file)
        return replace(designed, options=dict(options.given), script=script)


def _parts(file: str, text: str | None) -> tuple[str, str, str]:
    """Question, expectation and refutation of a docstring, each in one line."""
    found = re.search(
        r"\A(?P<question>[^\n]+)\n.*?(?P<expectation>\bExpectation\b.*?)"
        r"(?P<refuted>\bRefuted\b.*?)(?:\n\s*\n|\Z)",
        text or "",
        re.DOTALL,
    )
    if found is None:
        raise ValueError(f"{file}: the docstring lacks a question, 'Expectation' or 'Refuted'")
    question, expectation, refuted = (
        " ".join(found[part].split()) for part in ("question", "expectation", "refuted")
    )
    return question, expectation, refuted
