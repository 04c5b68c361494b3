"""Can an organization find its own batch size, and does it leave alone what makes no difference?

Ring 3 of the constitution lets an organization try values of its protocol's parameters on its own
tasks and keep the winner. Here batched-sequential tries a large against a small batch: the members
of a batch don't see each other's work, so a large one is quick and blind. The trial is compared
with teams whose batch is fixed, on the same tasks. And it is put to a test of its own: batches of
N and of 2N members are the same thing for a team of N, so every change between them is a mistake.

Expectation: a trial that starts with the large batch ends with the small one in more than half of
the runs, and after it quality is higher than had the large one stayed. One that starts with the
small batch keeps it: less than a tenth of the runs change. And one between two equal values changes
in at most alpha of the runs, however often it looks at the results.
Refuted where the whole 95 % interval (Wilson's for shares of runs) lies on the other side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from rich.table import Table
from rich.text import Text

import unscripted as un
from unscripted import study

PROTOCOL = "batched-sequential"
QUALITY = study.range_of("quality")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Beside those of every run."""

    checks: int = study.option(
        10, "Trials between equal values, in multiples of the replicates.", "N"
    )


def design(options: study.StudyOptions) -> list[study.Condition]:
    """How trials of the batch size end, beside fixed batches; and how often they err."""
    base = options.base.replace(protocol=PROTOCOL)
    agents, ticks, seed = base.team.agents, base.tasks.ticks, base.tasks.seed
    large, small = max(2, agents // 2), max(1, agents // 8)
    fixed = [
        study.Condition(base.replace(protocol=f"{PROTOCOL}:batch={b}"), {"trial": "", "batch": b})
        for b in (large, small)
    ]
    trials = [
        study.Condition(
            base.replace(tune=f"batch={a}/{b}"), {"trial": f"batch={a}/{b}", "batch": a}
        )
        for a, b in ((large, small), (small, large))
    ]
    equal = f"batch={agents}/{2 * agents}"
    rule = _tuning(equal)
    least = min(ticks, rule.every * rule.looks * len(rule.values))
    nulls = [
        study.Condition(
            base.replace(tune=equal, ticks=least, seed=seed + k * options.replicates),
            {"trial": equal, "batch": agents},
        )
        for k in range(options.own.checks)
    ]
    return [*fixed, *trials, *nulls]


@dataclass(frozen=True)
class Trials:
    """The runs of one trial, or those of one fixed batch.

    Attributes:
        found: All runs of the study.
        trial: As users type it; empty for a fixed batch.
        batch: The value in force at the start.
    """

    found: study.StudyResults
    trial: str
    batch: int

    @property
    def name(self) -> str:
        """In the legend."""
        return f"trial {self.trial}" if self.trial else f"always batch={self.batch}"

    @property
    def equal(self) -> bool:
        """Whether its values are the same thing: one batch holds the whole team."""
        whole = min(r["agents"] for r in self.found.rows)
        return bool(self.trial) and min(map(int, _tuning(self.trial).values)) >= whole

    @cached_property
    def quality(self) -> Mapping[int, list[float | None]]:
        """By seed and tick."""
        column: dict[int, list[float | None]] = {}
        for row in self.found.ticks_of(trial=self.trial, batch=self.batch):
            column.setdefault(row["seed"], []).append(row["quality"])
        return column

    @cached_property
    def ends(self) -> dict[int, tuple[int, str]]:
        """By seed: the first tick after the trial, and the value that stays; only decided ones."""
        ended = self.found.rulings_of(trial=self.trial, batch=self.batch, ends_trial=True)
        return {row["seed"]: (row["tick"] + 1, row["text"]) for row in ended}

    @property
    def changed(self) -> dict[int, int]:
        """The first tick after the change, by seed, where there was one."""
        return {s: tick for s, (tick, value) in self.ends.items() if value != str(self.batch)}

    def from_end_of(self, trials: Trials, *, after: bool) -> study.Sample:
        """Mean quality after, or until, the end of each of some trials, by their seeds."""
        means = {}
        for seed, (tick, _) in trials.ends.items():
            series = self.quality.get(seed, ())
            means[seed] = study.mean(series[tick:] if after else series[:tick])
        return study.Sample({s: m for s, m in sorted(means.items()) if m is not None}, QUALITY)


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """What the trials chose, what it brought, and how often they erred."""
    cases = [Trials(found, t, b) for t, b in dict.fromkeys((r["trial"], r["batch"])
             for r in found.rows)]  # fmt: skip
    trials = [c for c in cases if c.trial]
    stays = {c.batch: c for c in cases if not c.trial}
    table = _table(
        "Trials: which value stays, and the quality it brings (means, [95 % interval])",
        ("trial", "runs", "changed", "decided after", "until then", "after it", "had it stayed"),
    )
    for case in trials:
        fixed = stays.get(case.batch)
        ended = [tick for tick, _ in case.ends.values()]
        table.add_row(
            Text(case.trial),
            str(len(case.quality)),
            _share(len(case.changed), len(case.quality)),
            f"{median(ended):.0f} tasks" if ended else "–",
            study.number(case.from_end_of(case, after=False).mean),
            *(study.with_interval(c.from_end_of(case, after=True).interval) if c and fixed else "–"
              for c in (case, fixed)),
        )  # fmt: skip
    return study.StudyReport(
        tables=[table, rings()],
        figures={"constitution-ab": lambda: draw(cases)} if trials else {},
        findings=judge(trials, stays),
        notes=[
            f"The rule, fixed before the first task: {_tuning(c.trial).rule}." for c in trials[:1]
        ],
    )


def judge(trials: list[Trials], stays: dict[int, Trials]) -> list[study.Finding]:
    """The claims: the large batch goes, the small one stays, equal ones are left alone."""
    findings: list[study.Finding] = []
    by_test = study.predicted("the level of the trial's own test")
    mechanism = study.by_loss(
        study.quantity("quality", groups=True),
        outside="no term of the loss has groups; docs/organizations.md",
    )
    for case in trials:
        tuning = _tuning(case.trial)
        first, second = map(int, tuning.values)
        if case.equal:
            claim = f"{case.trial}: runs that change <= {tuning.alpha:g}"
            findings.append(share(claim, case, 0, tuning.alpha, by_test))
        elif first < second:
            findings.append(share(f"{case.trial}: runs that change < 0.1", case, 0, 0.1, mechanism))
        else:
            stayed = stays.get(first, Trials(case.found, "", first))
            gain = case.from_end_of(case, after=True) - stayed.from_end_of(case, after=True)
            findings += [
                share(f"{case.trial}: runs that change > 0.5", case, 0.5, 1, mechanism),
                study.above(
                    f"{case.trial}: quality after the trial minus had {first} stayed > 0",
                    gain,
                    basis=mechanism,
                ),
            ]
    return findings


def share(claim: str, case: Trials, low: float, high: float, basis: study.Basis) -> study.Finding:
    """Judge that the share of runs that change lies between two bounds, by Wilson's interval."""
    k, n = len(case.changed), len(case.quality)
    if not n:
        return study.Finding(claim, study.Support.UNDECIDED, basis=basis)
    bounds = _wilson(k, n)
    return study.Finding(claim, study.supported(bounds, low, high), k / n, bounds, n, basis)


def rings() -> Table:
    """What one organization says to a proposal of each ring; members are scripted, no model."""
    tuning = _tuning("batch=1/2")
    org = un.build(
        f"{PROTOCOL}:batch=1",
        1,
        un.testing.Scripted([un.Contribution("writer", "done")]),
        judge="none",
        constitution=study.constitution_for(tuning),
        rng=0,
    )
    for article, text in (
        ("mission", "Be quick above all."),
        ("abstention", "Nobody may decline."),
        ("standards", "Name a source for every number."),
        ("protocol.batch", "2"),
    ):
        org.propose(un.Amendment(article, text))
    org.step()
    table = _table(
        "The three rings: what becomes of proposals where no human is there to ask",
        ("article", "ring", "ruling", "reason"),
    )
    for ruling in org.records[0].rulings:
        said = "granted" if ruling.granted else "refused"
        table.add_row(ruling.amendment.article, str(ruling.ring), said, ruling.reason)
    return table


def draw(cases: list[Trials]) -> study.Figure:
    """Quality between the looks at the results, and the share of runs that have changed."""
    trials = [c for c in cases if c.trial]
    rule = _tuning(trials[0].trial)
    looks = rule.every * len(rule.values)
    shown = [c for c in cases if not c.equal]

    def periods(case: Trials) -> study.Line:
        length = max(map(len, case.quality.values()))
        cuts = [(a, min(a + looks, length)) for a in range(0, length, looks)]
        return study.Line(
            case.name,
            [
                ((a + b - 1) / 2, study.Sample({s: m for s, q in sorted(case.quality.items())
                                          if (m := study.mean(q[a:b])) is not None}, QUALITY))
                for a, b in cuts
            ],
        )  # fmt: skip

    def shares(case: Trials) -> study.Line:
        length = max(map(len, case.quality.values()))
        return study.Line(
            case.name,
            [
                (
                    t,
                    study.Sample(
                        {s: float(case.changed.get(s, math.inf) <= t) for s in case.quality},
                        (0.0, 1.0),
                    ),
                )
                for t in range(length + 1)
            ],
        )

    return study.draw_lines(
        [
            study.Subplot([periods(c) for c in shown], f"quality Q, mean of {looks} tasks"),
            study.Subplot(
                [shares(c) for c in trials], "share of runs that changed", xlabel="tasks done"
            ),
        ],
        title="A team tries two batch sizes on its own tasks",
        subtitle=cases[0].found.constant("model", "agents", "level", "topology"),
        xlabel="task",
        note=f"A trial begins with its first value in force, and may end every {looks} tasks.",
        synthetic=cases[0].found.synthetic,
    )


def _tuning(trial: str) -> study.Tuning:
    tuning = study.parse_tuning(trial)
    assert tuning is not None
    return tuning


def _wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of k in n.

    References:
        E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    from scipy import stats

    found = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def _share(k: int, n: int) -> str:
    low, high = _wilson(k, n)
    return f"{k / n:.2f} [{low:.2f}, {high:.2f}]"


def _table(title: str, head: tuple[str, ...]) -> Table:
    table = study.titled_table(title)
    for name in head:
        table.add_column(study.plain(name), overflow="fold")
    return table


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "tune"),
    own=Options,
    agents=16,
    replicates=40,
    ticks=36,
)

if __name__ == "__main__":
    study.main(STUDY)
