"""Which protocols carry a team over a shock?

Every run has a twin: the same seed without the shock, so the same tasks, and the same record until
the shock strikes. *Resilience* is the area under quality from the shock on over that under a target
that is the same for all, the best grade there is: what a struck team still delivers. *Retention* is
the area over that under the twin's: 1 where nothing is lost. A protocol under which members hardly
hear each other has little to lose, so it retains much and delivers little.

Expectation (arXiv:2603.28990, whose pilot gives sequential 0.829, coordinator 0.774, shared 0.589
and broadcast 0.580 on an index it doesn't define, and which says that quality recovers within one
task): over the shocks that strike members (some removed, the hub removed, minds replaced)
resilience has that order: sequential above coordinator, coordinator above shared and broadcast.
Without the hub a plan reaches fewer, and the planner itself may be gone: there the coordinator
retains the least of the paper's four. From the task after such a shock on, sequential and
coordinator are at 95 % of their twins' quality or more.
Refuted where the whole 95 % interval of any of these lies on the other side: of 0 for differences,
of 0.95 for what is left after one task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rich.table import Table
from rich.text import Text

from unscripted import study

PROTOCOLS = ",".join((*study.COMPARED, "batched-sequential", "ripple", "spectral-hierarchy"))
NONE = "none"
REMOVED, HUB, SUBSTITUTED = "members removed", "hub removed", "minds replaced"
MEMBERS = (REMOVED, HUB, SUBSTITUTED)
"""Shocks that strike members."""
PUBLISHED_ORDER = (
    ("sequential", "coordinator"), ("coordinator", "shared"), ("coordinator", "broadcast"),
)  # fmt: skip
QUALITY = study.range_of("quality")
TOLERANCE, HOLD = 0.05, 2
DRAWS = 200


@dataclass(frozen=True, kw_only=True)
class Options:
    """Beside those of every run."""

    substitute: str | None = study.option(
        None, "Model of replaced minds; synthetic/weak for synthetic teams.", "ID"
    )


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality after eight shocks, relative to the same run without; after a third of the ticks."""
    base, substitute = options.base, options.own.substitute
    if substitute is None and not any(map(study.is_called, base.team.models)):
        substitute = study.DEFAULT_SUBSTITUTE
    at = base.tasks.ticks // 3
    schedules = {NONE: "", **{e: f"{s}@{at}" for e, s in shocks(substitute).items()}}
    return [
        study.Condition(base.replace(protocol=p, shock=schedule), {"event": event, "at": at})
        for event, schedule in schedules.items()
        for p in study.lineup(options.lists["protocol"])
    ]


def shocks(substitute: str | None) -> dict[str, str]:
    """Each shock as users type it, by its name here; no minds are replaced where none are named."""
    replaced = {SUBSTITUTED: f"substitute:model={substitute},share=0.25"}
    return {
        REMOVED: "remove:k=2",
        HUB: "remove-hub",
        **(replaced if substitute is not None else {}),
        "newcomers": "newcomers:k=2",
        "links cut": "cut:share=0.25",
        "links rewired": "rewire:share=0.25",
        "priorities": "priorities",
        "regulation": "regulation",
    }


@dataclass(frozen=True)
class Twins:
    """The runs of a study beside their twins without a shock."""

    found: study.StudyResults

    @cached_property
    def series(self) -> dict[tuple[str, str, int], list[float | None]]:
        """Quality by tick, by protocol, event and seed."""
        series: dict[tuple[str, str, int], list[float | None]] = {}
        for row in self.found.tick_rows:
            series.setdefault((row["protocol"], row["event"], row["seed"]), []).append(
                row["quality"]
            )
        return series

    @cached_property
    def at(self) -> int:
        """The tick of the shock."""
        return int(self.found.values("at")[0])

    @cached_property
    def events(self) -> list[str]:
        """The shocks, in the order of the cells."""
        return [e for e in self.found.values("event") if e != NONE]

    @cached_property
    def struck(self) -> study.StudyResults:
        """A row for each run that was struck and has its twin: what the shock cost it."""
        rows: list[study.Row] = []
        for row in self.found.rows:
            key = row["protocol"], row["event"], row["seed"]
            twin = row["protocol"], NONE, row["seed"]
            if row["event"] == NONE or twin not in self.series:
                continue
            q, r = self.series[key][self.at :], self.series[twin][self.at :]
            rows.append(
                {
                    **row,
                    "resilience": study.resilience(q),
                    "retention": study.retention(q, r),
                    "adaptation": study.adaptation(q, r),
                    "after one task": study.retention(q[1:], r[1:]),
                }
            )
        return study.StudyResults(rows, synthetic=self.found.synthetic)

    def left(self, protocol: str, event: str) -> study.Sample:
        """Quality from the shock on, by seed."""
        runs = {s: q for (p, e, s), q in self.series.items() if (p, e) == (protocol, event)}
        means = {s: study.mean(q[self.at :]) for s, q in sorted(runs.items())}
        return study.Sample({s: m for s, m in means.items() if m is not None}, QUALITY)

    def ticks(self, protocol: str, event: str) -> list[study.Sample]:
        """Quality by seed at each tick."""
        runs = {s: q for (p, e, s), q in self.series.items() if (p, e) == (protocol, event)}
        length = max(map(len, runs.values()), default=0)
        return [
            study.Sample(
                {s: v for s, q in sorted(runs.items()) if (v := q[t]) is not None}, QUALITY
            )
            for t in range(length)
        ]

    def recovery(self, protocol: str, event: str) -> list[int | None]:
        """Recovery time of the means over seeds, once for each resample of the seeds.

        A single run can't tell: its tasks scatter by more than the tolerance.
        """
        struck = self.ticks(protocol, event)[self.at :]
        twin = self.ticks(protocol, NONE)[self.at :]
        if not struck or len(struck) != len(twin):
            return []
        means = study.resampled([*struck, *twin], DRAWS)
        if np.isnan(means).any():
            return []
        halves = np.split(means, 2, axis=1)
        return [
            study.recovery_time(q.tolist(), r.tolist(), tolerance=TOLERANCE, hold=HOLD)
            for q, r in zip(*halves, strict=True)
        ]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Indices against each other, and what is left one task later."""
    twins = Twins(found)
    struck = twins.struck

    def index(measure: str, protocol: str, *events: str) -> study.Sample:
        rows = [r for r in struck.of(protocol=protocol) if r["event"] in events]
        return study.Sample.of(rows, measure)

    published = study.predicted("arXiv:2603.28990, order of its pilot's index")
    mechanism = study.by_loss(
        study.quantity("quality", shock=True), outside="no term of the loss has a shock"
    )
    findings: list[study.Finding] = [
        *(
            study.above(
                f"members struck: resilience of {better} minus {worse} > 0",
                index("resilience", better, *MEMBERS) - index("resilience", worse, *MEMBERS),
                basis=published,
            )
            for better, worse in PUBLISHED_ORDER
        ),
        *(
            study.above(
                f"{HUB}: retention of {p} minus coordinator > 0",
                index("retention", p, HUB) - index("retention", "coordinator", HUB),
                basis=mechanism,
            )
            for p in study.COMPARED
            if p != "coordinator"
        ),
        *(
            study.above(
                f"{e}: {p} keeps 95 % from the next task on",
                struck.sample("after one task", protocol=p, event=e),
                0.95,
                basis=study.predicted("arXiv:2603.28990: quality recovers within one task"),
            )
            for e in MEMBERS
            if e in twins.events
            for p in ("sequential", "coordinator")
        ),
    ]
    over = study.seeds_of(found)
    never = f"never within {1 + max(r['tick'] for r in found.tick_rows) - twins.at} tasks"
    return study.StudyReport(
        tables=[
            grid(
                twins,
                f"Resilience (target 1), means over {over} with 95 % intervals",
                lambda p, e: with_width(struck.sample("resilience", protocol=p, event=e)),
            ),
            grid(
                twins,
                "Retention: quality from the shock on over the twin's",
                lambda p, e: with_width(struck.sample("retention", protocol=p, event=e)),
            ),
            grid(
                twins,
                "Quality from the shock on; first the twin's",
                lambda p, e: with_width(twins.left(p, e)),
                NONE,
            ),
            grid(
                twins,
                f"Tasks until quality is back at {1 - TOLERANCE:.0%} of the twin's for "
                f"{HOLD} tasks, median and 95 % range over resamples; – is {never}",
                lambda p, e: with_range(twins.recovery(p, e)),
            ),
            grid(
                twins,
                "Adaptation: retention of the last third of the ticks minus the first's",
                lambda p, e: with_width(struck.sample("adaptation", protocol=p, event=e)),
            ),
        ],
        figures={
            "shock-resilience": lambda: draw_index(twins),
            "shock-recovery": lambda: draw_recovery(twins),
        }
        if struck.rows
        else {},
        findings=findings,
        notes=notes(twins),
    )


def notes(twins: Twins) -> list[str]:
    """How often the hub was the planner, and what that made of the coordinator."""
    told = twins.found.ticks_of(tick=twins.at, event=HUB, protocol="coordinator")
    planners = {
        row["seed"]
        for row, members in twins.found.teams_of(event=HUB, protocol="coordinator")
        if not any((m["tick"], m["member"]) == (twins.at, 0) for m in members)  # it has left
    }
    rows = twins.struck.of(event=HUB, protocol="coordinator")
    if not told or not rows:
        return []
    by_case = {
        "the hub was the planner": [r for r in rows if r["seed"] in planners],
        "it was another": [r for r in rows if r["seed"] not in planners],
    }
    said = [
        f"{study.number(study.Sample.of(of_case, 'retention').mean)} where {case} "
        f"({len(of_case)} of {len(rows)} networks)"
        for case, of_case in by_case.items()
        if of_case
    ]
    return [f"{HUB}, retention of coordinator: {'; '.join(said)}."]


def grid(twins: Twins, title: str, cell: Callable[[str, str], str], *more: str) -> Table:
    """Protocols by shocks, and before these by what else is given."""
    table = study.titled_table(title)
    table.add_column("protocol", overflow="fold")
    events = (*more, *twins.events)
    for event in events:
        table.add_column(study.plain(event).replace(" ", "\n"), justify="right")
    for protocol in twins.found.values("protocol"):
        cells = [cell(protocol, event) for event in events]
        table.add_row(Text(study.plain(str(protocol))), *cells)
    return table


def with_width(sample: study.Sample) -> str:
    """A mean and half the width of its interval."""
    if sample.mean is None:
        return "–"
    shown = f"{round(sample.mean, 3) + 0.0:.3f}"  # no -0.000
    if sample.bounds is None:
        return shown
    return f"{shown}\n±{(sample.bounds[1] - sample.bounds[0]) / 2:.3f}"


def with_range(times: list[int | None]) -> str:
    """The median of recovery times and their 95 % range; – is later than all."""
    if not times:
        return "–"
    ranked = sorted(times, key=lambda t: np.inf if t is None else t)
    low, middle, high = (ranked[round(q * (len(ranked) - 1))] for q in (0.025, 0.5, 0.975))
    shown = ["–" if t is None else str(t) for t in (middle, low, high)]
    return shown[0] if len(set(shown)) == 1 else f"{shown[0]}\n{shown[1]} to {shown[2]}"


def draw_index(twins: Twins) -> study.Figure:
    """The index of every protocol after every shock."""
    return study.draw_heat(
        twins.struck,
        ("resilience", "retention"),
        rows="protocol",
        columns="event",
        title=STUDY.question,
        subtitle=twins.found.constant("model", "agents", "level", "topology"),
        note="From the shock on: quality over the best grade; over the twin's quality.",
    )


def draw_recovery(twins: Twins) -> study.Figure:
    """Quality relative to the twin around each shock."""

    def line(protocol: str, event: str) -> study.Line:
        pairs = zip(twins.ticks(protocol, event), twins.ticks(protocol, NONE), strict=False)
        return study.Line(protocol, [(t - twins.at, q / r) for t, (q, r) in enumerate(pairs)])

    drawn = [
        p for p in twins.found.values("protocol") if p in study.COMPARED
    ] or twins.found.values("protocol")
    panels = [
        study.Subplot(
            [line(p, e) for p in drawn],
            "quality over the twin's",
            title=e,
            crossing=(-0.5, -0.5, -0.5),
        )
        for e in twins.events
    ]
    return study.draw_lines(
        panels,
        title="Quality before and after a shock, relative to the twin without it",
        subtitle=twins.found.constant("model", "agents", "level", "topology"),
        xlabel="tasks since the shock",
        note="Dashed: the shock. Before it both are the same run.",
        synthetic=twins.found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("shock",),
    lists=("protocol",),
    own=Options,
    protocol=PROTOCOLS,
    topology="barabasi-albert",
    agents=16,
    replicates=12,
    ticks=18,
)

if __name__ == "__main__":
    study.main(STUDY)
