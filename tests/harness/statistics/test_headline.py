"""Three sentences say which, how sure and what next, and no more than the contrast shows."""

from __future__ import annotations

from support.runs import cells, noisy, row

import unscripted as un
from unscripted.scenarios.harness.format import number
from unscripted.scenarios.harness.statistics.headline import Plays, headline
from unscripted.scenarios.harness.statistics.summary import summarize

ONE = Plays(ticks=2, synthetic=False)


def of(rows, plays=ONE):
    return headline(summarize(rows), plays)


def test_a_clear_difference_is_told():
    rows = cells(good=noisy(0.8, 12, 1, 0.01), bad=noisy(0.5, 12, 2, 0.01))
    which, sure, then = of(rows)
    (best, _) = summarize(rows)
    gap = number(best.contrast("protocol", "bad").difference)
    assert which == (
        f"good did best: quality {number(best.mean('quality'))}, {gap} above bad, which comes next."
    )
    assert sure.startswith("The evidence that it is better is very strong: ")
    assert then == (
        "What it costs is not known. Next: use good, and try it on tasks of your own "
        "(--tasks FILE.yaml)."
    )
    assert "ask a real model" in of(rows, Plays(2, True))[2]


def test_too_few_name_the_price():
    rows = [
        row(p, seed, quality=q + seed / 50, cost_usd=0.25, wall_s=3.0)
        for p, q in (("a", 0.5), ("b", 0.6)) for seed in range(3)
    ]  # fmt: skip
    which, sure, then = of(rows)
    assert which.startswith("b did best")
    assert sure == "That is not sure at all: 3 seeds are too few to conclude anything."
    # 2 cells, 2 more seeds, 2 tasks each, a quarter dollar a task
    assert then == (
        "It costs $0.2500 ($0.2500 for a) and 3.0 s a task. Next: --replicates 5 "
        "(2 more per cell, about $2.00)."
    )
    assert of(rows, Plays(2, True))[2].endswith("(2 more per cell, which costs nothing).")


def test_undecided_says_what_decides():
    rows = cells(a=noisy(0.62, 8, 1, 0.1), b=noisy(0.6, 8, 2, 0.1))
    _, sure, then = of(rows)
    assert sure.startswith("It is undecided whether it is better: ")
    assert "if the difference stays as it is" in then


def test_equal_takes_the_cheaper():
    rows = [
        r | {"cost_usd": {"a": 0.5, "b": 0.1}[r["protocol"]]}
        for r in cells(a=noisy(0.6005, 20, 1, 0.01), b=noisy(0.6, 20, 2, 0.01))
    ]
    _, sure, then = of(rows)
    assert sure.startswith("The two do equally well in practice: ")
    assert then.endswith("Next: use the cheaper, b.")


def test_levels_are_no_merit():
    rows = [
        row(p, s, quality=q + s / 99, level=level)
        for level, easy in (("L1", 0.3), ("L3", 0.0))
        for p, q in (("a", 0.4), ("b", 0.5))
        for s in range(5)
    ]
    which = of(rows)[0]
    assert which.startswith("On L3: b did best")
    assert "On L1 b leads" in which


def test_nothing_graded_is_said():
    assert of(cells(a=[None] * 5, b=[None] * 5))[0].startswith("Nothing was graded")
    rows = [
        row(p, s, abstention_rate=a, wall_s=t)
        for p, a, t in (("a", 0.5, 9.0), ("b", 0.25, 3.0)) for s in range(2)
    ]  # fmt: skip
    assert of(rows)[1] == (
        "Members declined most under a (50 %) and least under b (25 %), and b was fastest "
        "(3.0 s a task)."
    )
    assert of(cells(a=[0.5, 0.6]))[1] == "There is nothing to compare it with."


def test_one_pair_is_not_paired():
    rows = cells(a=[0.5, None], b=[None, 0.6])
    assert "no two seeds of both were graded" in of(rows)[1]


# Of a run


def test_a_run_in_three_sentences():
    run = un.run(agents=3, ticks=2)
    worth, who, then = run.headline
    assert worth.startswith(f"The team reached quality {number(run.row['quality'])} over 2 tasks")
    assert who == "Every member contributed to every task."
    assert ", as modelled. Next: " in then
    assert number(run.row["quality"]) in worth


def test_a_run_says_who_did_not():
    class Declining(un.Mind):
        instant = True
        synthetic = False

        def decide(self, observation):
            return un.Abstention("no")

    run = un.run(agents=4, ticks=1, model=Declining(), judge="none")
    worth, who, then = run.headline
    assert worth == "The work on 1 task was not graded."
    assert who == "0 % of the turns of members ended in work; 100 % declined."
    assert "What it cost is not known" in then
