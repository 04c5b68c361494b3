"""A comparison as a value: its runs, cells and contrasts as tables, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.comparison import ComparisonConfig
from ..config.groups import Execution
from ..exits import Exit
from ..format import number, with_interval
from ..results.factors import FACTORS
from ..results.run_result import RunResult
from ..results.shortfall import shortfall
from ..runs.judged import judging_in
from ..runs.keys import cell_key, run_key
from ..runs.many import check_buildable, play_many
from ..runs.matched_results import analysed
from ..runs.matching import matched
from ..runs.reporter import Reporter
from ..runs.session import Session, folder_path
from ..statistics.analysis import Analysis
from ..statistics.contrasts import Contrast
from ..statistics.headline import Plays, headline
from ..statistics.summary import CellSummary, outcome_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Comparison:
    """A comparison as far as it came.

    Attributes:
        config: What was played, with the sizes of matched budgets.
        results: Of its runs, by key, under the sizes asked for.
        analysis: What they say; of what is there, where some are missing.
        ending: How it ended, as the command's exit code.
        folder: Where it is kept; None for nowhere.
        spending: US dollars that its calls cost, `spent_usd` and `held_usd`, unfinished runs
            included; None where none were made.
        damage: What of its folder could not be read, in words; empty where all could.
        synthetic: Whether synthetic minds took part in any run.
    """

    config: ComparisonConfig
    results: Mapping[str, RunResult]
    analysis: Analysis
    ending: Exit = Exit.DONE
    folder: Path | None = None
    spending: Mapping[str, float] | None = None
    damage: tuple[str, ...] = ()
    synthetic: bool = field(init=False)

    def __post_init__(self) -> None:
        """Ask files of minds while a folder's copies of them can be found."""
        object.__setattr__(self, "synthetic", any(r.synthetic for r in self.config.conditions))

    @property
    def conclusions(self) -> list[str]:
        """What it shows, in plain sentences."""
        return list(self.analysis.conclusions)

    @property
    def headline(self) -> list[str]:
        """It in three sentences: which cell, how sure, what it costs and what to do next."""
        plays = Plays(self.config.base.tasks.ticks, self.synthetic)
        return headline(self.analysis.summary, plays)

    @cached_property
    def trouble(self) -> str:
        """What is missing of it and why, in one line; empty where every run is whole."""
        runs = self.config.runs()
        alone = self.config.design.match is None  # else a run may stand in several cells
        wanted = len({run_key(r) for r in runs}) if alone else len(runs)
        said = [shortfall(self.results, wanted), *self.judging]
        if self.ending is Exit.INTERRUPTED:
            said = ["interrupted", *said]
        if self.ending is Exit.FAILURES and not any(said):
            said = ["more failed decisions than max_failures"]
        return "; ".join(filter(None, said))

    @cached_property
    def judging(self) -> list[str]:
        """Where judges failed; none where they did not."""
        config, played = self.config, self.results
        if config.design.match is not None:
            played = {
                run_key(run): played[key]
                for cell, condition in zip(config.cells, config.conditions, strict=True)
                for run in condition.seeds(config.replicates)
                if (key := cell_key(run, cell["agents"])) in played
            }
        return judging_in(config.runs(), played)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run: factors, and each measure's mean over its ticks."""
        import pandas as pd

        return pd.DataFrame(list(self.analysis.runs))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per cell: factors, then mean, `_sd`, `_low` and `_high` of each measure."""
        import pandas as pd

        return pd.DataFrame([_flat(cell) for cell in self.analysis.summary])

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """One row per pair of cells that differ in one factor, and measure: it minus `against`."""
        import pandas as pd

        found, told = [], set()
        for cell in self.analysis.summary:
            for c in cell.contrasts:  # each stands with both of its cells
                if (cell.cell._replace(**{c.factor: c.against}), cell.cell, c.measure) not in told:
                    told.add((cell.cell, cell.cell._replace(**{c.factor: c.against}), c.measure))
                    found.append(_flat_contrast(cell, c))
        return pd.DataFrame(found)

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        return {
            "version": 1,
            "synthetic": self.synthetic,
            **self.analysis.body(),
            **({"judging": self.judging} if self.judging else {}),
            **(self.spending or {}),
        }

    def plot(self, *, column: bool = False) -> Figure:
        """Its cells by their outcome and what comes with it.

        Args:
            column: The outcome alone, as wide as a column of a paper, without a title.
        """
        from ..figures.comparison import draw_comparison

        return draw_comparison(self.analysis.summary, column=column, synthetic=self.synthetic)

    def __repr__(self) -> str:
        cells, runs = len(self.analysis.summary), len(self.analysis.runs)
        minds = "synthetic" if self.synthetic else "called models"
        trouble = f"; {self.trouble}" if self.trouble else ""
        return f"<Comparison: {cells} cells, {runs} runs, {minds}{trouble}>"

    def __str__(self) -> str:
        return "\n".join(
            (repr(self), *(f"  {line}" for line in [*self.judging, *self.conclusions]))
        )

    def _repr_html_(self) -> str:
        from ..transcripts.html import fragment

        decides = outcome_of(self.analysis.summary)
        rows = [
            [
                *(str(row.cell.value(f)) for f in FACTORS),
                str(row.replicates),
                with_interval(row.measure(decides)),
                *(number(row.mean(m)) for m in ("tokens", "cost_usd")),
            ]
            for row in self.analysis.summary
        ]
        head = [*FACTORS, "replicates", f"{decides} [95 %]", "tokens", "cost_usd"]
        return fragment([*self.headline, *self.judging, *self.conclusions], rows, head)


def _flat(cell: CellSummary) -> dict[str, Any]:
    """A cell's factors, then four columns for each measure."""
    row: dict[str, Any] = {**cell.cell._asdict(), "replicates": cell.replicates}
    for name, found in cell.measures.items():
        low, high = (None, None) if found is None or found.ci95 is None else found.ci95
        row[name] = None if found is None else found.mean
        row[f"{name}_sd"] = None if found is None else found.sd
        row[f"{name}_low"], row[f"{name}_high"] = low, high
    if cell.spending is not None:
        row |= asdict(cell.spending)
    return row


def _flat_contrast(cell: CellSummary, contrast: Contrast) -> dict[str, Any]:
    """A contrast's numbers with the cell it is of; bounds in columns of their own."""
    row: dict[str, Any] = dict(cell.cell._asdict())
    for name, value in contrast.body().items():
        if name.startswith("ci95") or name.endswith("ci95"):
            row[f"{name}_low"], row[f"{name}_high"] = (None, None) if value is None else value
        elif name not in ("equivalence", "power", "by_task"):  # in `body`, with all their parts
            row[name] = value
    return row


def play_comparison(
    config: ComparisonConfig, execution: Execution, reporter: Reporter
) -> Comparison:
    """Play a full factorial, or what is missing of it.

    Args:
        config: What to play.
        execution: Folder, consent and failures.
        reporter: Hears what goes on.

    Raises:
        UsageError: Something can't be built, or the folder is another comparison's.
    """
    config = matched(config, reporter)
    check_buildable(config, reporter)
    path = folder_path(config, execution)
    with Session(config, path, reporter) as session:
        played = play_many(session, execution)
        compared, analysis = analysed(config, played.results)
        spending = session.spent()
    return Comparison(config, compared, analysis, played.ending, path, spending)
