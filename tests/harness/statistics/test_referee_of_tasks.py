"""Conclusions about tasks like these: tasks are drawn anew for every comparison, as a sample.

Protocols are equal, or differ by so much, in the *population* of tasks, while on single tasks one
or the other does better. Then seeds say how sure a mean is for ten tasks, and only the wider
interval keeps its word. Once simulated; once with synthetic minds on fresh tasks like the corpus's,
whose mean difference over the whole population is taken out.

The table of all rates: `python -m pytest -m slow -s` and this file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from support.runs import QUALITY, by_pair, row

import unscripted as un
from unscripted.model.tasks.generator import generate
from unscripted.model.tasks.stream import CycledTasks
from unscripted.scenarios.harness.statistics.conclusions import conclusions
from unscripted.scenarios.harness.statistics.summary import summarize

TASKS, SEEDS = 10, 10
INTERACTION_SD = 0.03  # of the true difference, from task to task; sequential's over coordinator's
PLAY_SD = 0.05  # of a single play of one protocol on one task
MARGIN = 0.05


@dataclass(frozen=True)
class World:
    """Where comparisons come from: a difference in the population, and how it scatters."""

    lead: float = 0.0
    interaction_sd: float = INTERACTION_SD
    tasks: int = TASKS
    crossed: bool = True  # every seed plays the same tasks; else each has its own

    def draw(self, rng):
        """Qualities of both protocols, by seed and task."""
        shape = (1 if self.crossed else SEEDS, self.tasks)
        task = rng.normal(0.6, 0.04, shape)
        lead = self.lead + rng.normal(0, self.interaction_sd, shape)
        noise = rng.normal(0, PLAY_SD, (2, SEEDS, self.tasks))
        return task + lead + noise[0], task + noise[1]

    @property
    def power(self):
        """Of the t test over tasks that finds the lead."""
        per_task = math.hypot(self.interaction_sd, PLAY_SD * math.sqrt(2 / SEEDS))
        return float(TTestPower().power(self.lead / per_task, self.tasks, 0.05))


def summary(a, b, crossed=True):
    """The comparison of two tables of seeds by tasks."""
    runs, ticks = [], []
    for name, table in (("a", a), ("b", b)):
        for seed, qualities in enumerate(table):
            runs.append(row(name, seed, quality=float(np.mean(qualities))))
            head = {k: runs[-1][k] for k in ("protocol", "topology", "model", "agents", "level")}
            ticks += [
                {**head, "seed": seed, "tick": t, "quality": float(q),
                 "task_id": f"t{t}" if crossed else f"t{seed}-{t}"}
                for t, q in enumerate(qualities)
            ]  # fmt: skip
    return summarize(runs, ticks, rule=QUALITY)


def verdicts(draw, times, seed, crossed=True):
    """How often one beats the other, as said, and by seeds alone."""
    rng = np.random.default_rng(seed)
    said = by_seeds = 0
    for _ in range(times):
        found = summary(*draw(rng), crossed)
        said += " beat" in conclusions(found)[0]
        by_seeds += by_pair(found)["a", "b"].p < 0.05
    return said, by_seeds


def minds(tasks, seeds):
    """Sequential and coordinator on fresh tasks, by seed and task, equal in the mean over all."""
    made = [generate("L3", np.random.default_rng([7, k]), f"fresh-{k}") for k in range(tasks)]
    tables = []
    for protocol in ("sequential", "coordinator"):
        table = np.empty((seeds, tasks))
        for seed in range(seeds):
            org = un.build(
                protocol=protocol, n_agents=8, tasks=CycledTasks(made, seed), rng=seed,
                model="synthetic/claude-sonnet-4.6",
            )  # fmt: skip
            for record in org.run(tasks):
                grades = (record.verdict.accuracy, record.verdict.completeness,
                          record.verdict.coherence, record.verdict.actionability)  # fmt: skip
                table[seed, int(record.task_id.rpartition("-")[2])] = sum(grades) / 16
        tables.append(table)
    a, b = tables
    return a - (a - b).mean(), b


def drawn_from(a, b):
    """Comparisons of ten of those tasks, drawn with replacement and told apart."""

    def draw(rng):
        tasks = rng.integers(a.shape[1], size=TASKS)
        return a[:, tasks], b[:, tasks]

    return draw


def within(said, times, nominal, level=0.99):
    low, high = proportion_confint(said, times, 1 - level, method="beta")
    return low <= nominal <= high


def line(what, said, times, nominal):
    low, high = proportion_confint(said, times, 0.05, method="beta")
    return f"{what:70} {said / times:.3f} [{low:.3f}, {high:.3f}]  {nominal}"


@pytest.mark.parametrize(
    ("times", "pool"), [(120, 0), pytest.param(1000, 100, marks=pytest.mark.slow)]
)
def test_verdicts_hold_for_other_tasks(times, pool):
    lines = []
    false, seeds = verdicts(World().draw, times, 1)
    lines.append(line("equal over tasks, differing on each: 'beats'", false, times, "= 0.050"))
    lines.append(line("  by seeds alone it would be", seeds, times, ""))
    assert within(false, times, 0.05)
    assert seeds > 3 * false

    false, _ = verdicts(World(interaction_sd=0.0).draw, times, 2)
    lines.append(line("equal on every task: 'beats'", false, times, "≤ 0.050"))
    assert false <= 0.05 * times or within(false, times, 0.05)

    own = World(crossed=False)
    false, _ = verdicts(own.draw, times, 3, crossed=False)
    lines.append(line("fresh tasks for each seed: 'beats'", false, times, "= 0.050"))
    assert within(false, times, 0.05)

    for lead in (0.03, MARGIN):
        world = World(lead)
        found, _ = verdicts(world.draw, times, 4)
        nominal = world.power
        lines.append(line(f"true difference {lead}: 'beats'", found, times, f"= {nominal:.3f}"))
        assert within(found, times, nominal, 0.999) or abs(found / times - nominal) < 0.03

    if pool:
        a, b = minds(pool, SEEDS)
        false, seeds = verdicts(drawn_from(a, b), times, 5)
        lines.append(line("minds, equal over fresh tasks: 'beats'", false, times, "= 0.050"))
        lines.append(line("  by seeds alone it would be", seeds, times, ""))
        assert within(false, times, 0.05, 0.999)
    print("\n" + "\n".join(lines))


def test_planned_tasks_have_their_power():
    """The number of tasks that a contrast names finds a difference of the margin with 80 %."""
    rng = np.random.default_rng(3)
    needed = [
        by_pair(summary(*World().draw(rng)))["a", "b"].by_task.tasks_for_80 for _ in range(40)
    ]
    world = World(MARGIN, tasks=int(np.median(needed)))
    assert 0.6 < world.power < 0.97


def test_single_tasks_measure_the_effect():
    """d is counted in the spread of single tasks, so more tasks don't make it larger."""
    rng = np.random.default_rng(0)
    few, many = (
        by_pair(summary(*World(0.05, tasks=k).draw(rng)))["a", "b"].cohens_d for k in (6, 60)
    )
    assert few == pytest.approx(many, rel=0.5)
    assert 0.3 < many < 1.5


def test_wider_interval_decides():
    rng = np.random.default_rng(1)
    for world in (World(), World(0.1), World(interaction_sd=0.0)):
        c = by_pair(summary(*world.draw(rng)))["a", "b"]
        over_tasks, over_seeds = (hi - lo for lo, hi in (c.by_task.ci95, c.ci95))
        assert c.decided_by == ("tasks" if over_tasks > over_seeds else "seeds")
        assert c.widest[1] - c.widest[0] == pytest.approx(max(over_tasks, over_seeds))
        assert c.p_corrected == pytest.approx(max(c.p, c.by_task.p))
        assert c.body()["decided_by"] == c.decided_by
        low, high = c.cohens_d_ci95
        assert low <= c.cohens_d <= high
