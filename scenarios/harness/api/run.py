"""One run as a value: its records, tables and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....model.errors import UnknownNameError, UsageError, whole
from ....model.metrics.emergence import NullTest
from ....model.metrics.nulls.deafened import HeardTest
from ....model.organization import BaseOrganization
from ....model.record import TickRecord
from ..build.from_config import organization_of
from ..config.groups import Execution
from ..config.run import RunConfig
from ..exits import Exit
from ..format import counted, number
from ..results.chronicle import chronicle, shock_ticks
from ..results.deafened import deafened_of
from ..results.emergence import emergence_of
from ..results.headline import run_headline
from ..results.judging import judging_of
from ..results.outline import outlines
from ..results.rows import Measured, Row, agent_rows, run_row, tick_rows
from ..results.shortfall import failed_line
from ..runs.play import PlayedRun
from ..runs.reporter import Reporter
from ..runs.session import Session, folder_path
from ..runs.single import play_single, tell_networks, tell_notes, title_of
from ..statistics.summary import summarize

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ..transcripts.telling import TickTold


IN_NOTEBOOKS = (
    "tick", "task_id", "quality", "score", "abstention_rate", "hierarchy_depth", "tokens",
    "cost_usd",
)  # fmt: skip
"""Columns of the table that notebooks show."""
MOST_ROWS = 12
MOST_AGENT_ROWS = 16_384
"""Of a part of the table of agents."""
KINDS = ("measures", "team", "roles", "reach")
"""Of figures."""


@dataclass(frozen=True, repr=False)
class Run:
    """A run as far as it came.

    Attributes:
        played: Its organization and how it ended.
        folder: Where it is kept; None for nowhere.
        spending: US dollars that its calls cost, `spent_usd` and `held_usd`, unfinished ticks
            included; None where none were made.
        damage: What of its folder could not be read, in words; empty where all could.
    """

    played: PlayedRun
    folder: Path | None = None
    spending: Mapping[str, float] | None = None
    damage: tuple[str, ...] = ()

    @property
    def config(self) -> RunConfig:
        """What was played."""
        return self.played.config

    @property
    def organization(self) -> BaseOrganization:
        """As it stands after the last tick; `step()` plays on."""
        return self.played.organization

    @property
    def records(self) -> Sequence[TickRecord]:
        """One per tick, the whole truth about it."""
        return self.played.records

    @property
    def ending(self) -> Exit:
        """How it ended, as the command's exit code."""
        return self.played.ending

    @property
    def trouble(self) -> str:
        """How it ended and why, in one line; empty where it is simply done and work came of it."""
        cause = "" if self.ending is Exit.INTERRUPTED else self.played.cause
        said = [cause, self.stopped_at, failed_line(self.records), *self.judging]
        return "; ".join(filter(None, said))

    @cached_property
    def judging(self) -> list[str]:
        """Where its judge failed; none where it did not."""
        return judging_of(self.config, self.records)

    @property
    def stopped_at(self) -> str:
        """Where it stopped and how it goes on; empty where it is simply done."""
        ticks = f"{len(self.records)} of {self.config.tasks.ticks} tasks"
        cause_known = self.ending is Exit.FAILURES and self.played.cause
        said = {
            Exit.USAGE: f"stopped after {ticks}; the same command continues",
            Exit.BUDGET: f"stopped at the budget after {ticks}; "
            "the same command with a higher --budget continues",
            Exit.INTERRUPTED: f"interrupted after {ticks}; "
            "the same command continues, `unscripted report` draws what is there",
            Exit.FAILURES: "done, with more failed decisions than --max-failures",
        }
        return said.get(Exit.USAGE if cause_known else self.ending, "")

    @property
    def title(self) -> str:
        """What was played, in one line."""
        return title_of(self.config)

    @property
    def measured(self) -> Measured:
        """Every measure of every tick."""
        return self.organization.measured

    @property
    def outlines(self) -> Sequence[TickRecord]:
        """The records without turns: what happened to the organization, and verdicts."""
        known = self._outlines
        known += outlines(self.records[len(known) :])
        return known

    @cached_property
    def _outlines(self) -> list[TickRecord]:
        return []

    @property
    def headline(self) -> list[str]:
        """It in three sentences: what it came to, who took part, what it cost and calls for."""
        return run_headline(self.records, self.measured, synthetic=self.config.synthetic)

    @cached_property
    def row(self) -> Row:
        """Factors, and each measure's mean over the ticks."""
        return run_row(self.config, self.records, level=self.played.level, ticks=self.measured)

    @cached_property
    def ticks(self) -> pd.DataFrame:
        """One row per tick, with every measure."""
        import pandas as pd

        return pd.DataFrame(tick_rows(self.outlines, ticks=self.measured))

    @cached_property
    def agents(self) -> pd.DataFrame:
        """One row per member and tick."""
        import pandas as pd

        return pd.DataFrame(agent_rows(self.records))

    def agents_in_parts(self) -> Iterator[pd.DataFrame]:
        """The same in parts of some ticks each, for runs that are too long for one table."""
        import pandas as pd

        step = max(1, MOST_AGENT_ROWS // self.config.team.agents)
        for first in range(0, len(self.records), step):
            yield pd.DataFrame(agent_rows(self.records[first : first + step]))

    @cached_property
    def deafened(self) -> list[HeardTest]:
        """Its measures beside those of the same minds that hear nobody; none where models act."""
        return deafened_of(self.config, self.records)

    @cached_property
    def emergent(self) -> list[NullTest]:
        """Its measures beside lotteries."""
        return emergence_of(self.records, self.config.tasks.seed)

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        emergent = [r.body() for r in self.emergent]
        return {
            "version": 1,
            "synthetic": self.config.synthetic,
            "runs": [self.row],
            "summary": [cell.body() for cell in summarize([self.row])],
            "emergence": emergent,
            "deafened": [r.body() for r in self.deafened],
            **({"judging": self.judging} if self.judging else {}),
            **(self.spending or {}),
        }

    def events(self) -> list[str]:
        """Shocks and rulings, in sentences with their ticks."""
        return chronicle(self.outlines)

    def told(self, tick: int | None = None) -> list[TickTold]:
        """Ticks with their tasks, to be told in words.

        Args:
            tick: Which one, from 0; None for all.

        Raises:
            UsageError: It is not played.
        """
        if tick is None:
            return list(self.each_told())
        tick = whole("tick", tick, None)
        if not 0 <= tick < len(self.records):
            raise UsageError(f"tick={tick} is not played; ticks: 0 to {len(self.records) - 1}")
        return list(self.each_told(tick, tick + 1))

    def each_told(self, first: int = 0, stop: int | None = None) -> Iterator[TickTold]:
        """Some ticks with their tasks, one by one: a long run need not fit into memory.

        Args:
            first: From 0; negative ones count from the end.
            stop: The tick after the last; None for the run's end.
        """
        from ..transcripts.telling import TickTold

        for record in self.records[first:stop]:
            yield TickTold.of(record, self.organization.task_at(record.tick))

    def transcript(self, tick: int | None = None, agent: int | None = None) -> str:
        """What was asked, who saw what, what each said and why, and what it was worth, as text.

        Args:
            tick: Which one, from 0; None for all.
            agent: Turns of this member alone, with what it saw; None for all.

        Raises:
            UsageError: There is no such tick or member.
        """
        from ..transcripts.as_text import text_of_tick

        if agent is not None:
            known = sorted({m for r in self.records for m in r.by_id})
            if agent not in known:
                some = ", ".join(map(str, known))
                raise UsageError(f"agent={agent} is no member; members: {some}")
        told = self.each_told() if tick is None else self.told(tick)
        return "\n\n".join(text_of_tick(t, agent) for t in told)

    def plot(self, kind: str = "measures", tick: int = -1) -> Figure:
        """A figure, to be shown, changed or saved.

        Args:
            kind: `measures` over ticks, `team` on a tick, `roles` over ticks, or `reach` of private
                parts, for tasks that code scores.
            tick: Of `team`: its place among the records.

        Raises:
            UsageError: No such kind, or no tick.
        """
        synthetic, records = self.config.synthetic, self.records
        if not records:
            raise UsageError("the run has no tick; play one first")
        match kind:
            case "measures":
                return self._plot_measures()
            case "team":
                from ..figures.team import draw_team

                last = len(records) - 1
                if type(tick) is not int or not -len(records) <= tick <= last:
                    raise UsageError(f"tick={tick!r} is no place among the ticks; use 0 to {last}")
                return draw_team(records[tick], self.organization.network.G, synthetic=synthetic)
            case "roles":
                from ..figures.roles import draw_role_mosaic

                return draw_role_mosaic(records, synthetic=synthetic)
            case "reach":
                from ..figures.reach import draw_reach

                return draw_reach(records, synthetic=synthetic)
        raise UnknownNameError("kind", kind, KINDS)

    def _plot_measures(self) -> Figure:
        from ..figures.measures import draw_measures

        return draw_measures(
            self.measured,
            title=self.title,
            synthetic=self.config.synthetic,
            shocks=shock_ticks(self.outlines),
        )

    def __repr__(self) -> str:
        decides = self.row.get("outcome", "quality")
        value = self.row.get(decides)
        worth = f"{decides} not measured" if value is None else f"{decides} {value:.3f}"
        trouble = f"; {self.trouble}" if self.trouble else ""
        return f"<Run: {self.title}; ticks {len(self.records)}, {worth}{trouble}>"

    def _repr_html_(self) -> str:
        from ..transcripts.html import fragment

        lines = [f"{self.title}, {counted(len(self.records), 'tick')}"]
        lines += self.headline if self.records else []
        shown = self.ticks[[c for c in IN_NOTEBOOKS if c in self.ticks]].tail(MOST_ROWS)
        rows = [[_cell(v) for v in row] for row in shown.itertuples(index=False)]
        return fragment(lines, rows, list(shown.columns))


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else number(None if value != value else value)


def play_run(config: RunConfig, execution: Execution, reporter: Reporter) -> Run:
    """Play a run, or what is missing of it.

    Args:
        config: What to play.
        execution: Folder, consent and failures.
        reporter: Hears what goes on.

    Raises:
        UsageError: It can't be built, a model can't be reached, or the folder is another run's.
    """
    tell_notes(config, reporter)
    tell_networks([config], reporter)
    if not config.called:
        organization_of(config)  # what can't be built is refused before a folder is made
    path = folder_path(config, execution)
    with Session(config, path, reporter) as session:
        played = play_single(session, execution)
        spending = session.spent()
    return Run(played, path, spending)
