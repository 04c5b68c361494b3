"""Conclusions, sentence by sentence: each says what its contrast shows and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.runs import BARE, QUALITY, by_pair, cell, cells, noisy, played

from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.conclusions import conclusions, listed
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.mixed_model import Effect, MixedModel
from unscripted.scenarios.harness.statistics.summary import summarize

SHARED = np.random.default_rng(1).normal(0.6, 0.05, 20)
CLOSE = cells(a=noisy(0.52, 8, 1, 0.1), b=noisy(0.5, 8, 2, 0.1))
NOT_BETTER = (
    "L3, 8 agents, complete, m: b has the highest quality and is not clearly better than a: by "
    "0.005 [-0.108, 0.117] (p = 0.93; d = 0.04 [-0.79, 0.86], negligible; 8 seeds)"
)
LEADS = "by 0.397 [0.357, 0.437]; the evidence is very strong (p = 1.9e-10; d = 8.14 [4.71, 11.56]"


def said(runs, rule=QUALITY):
    return conclusions(summarize(runs, rule=rule), rule=rule)


def sized(large, small, agents=(64, 256)):
    return cell("a", large, agents=agents[0]) + cell("a", small, agents=agents[1])


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        (
            cells(a=[0.9], b=[0.1]),
            "L3, 8 agents, complete, m: a has the highest quality, and 1 seed is too few "
            "replicates to tell it from b; use --replicates 10 or more",
        ),
        (
            sized([0.9, None], [0.1, 0.2], (8, 4)),
            "L3, complete, m, a: 8 agents have the highest quality, and 1 seed is too few "
            "replicates to tell them from 4 agents; use --replicates 10 or more",
        ),
        (
            cells(a=[0.9, 0.8, None, None], b=[None, None, 0.1, 0.2]),
            "L3, 8 agents, complete, m: a has the highest quality, and 2 seeds are too few "
            "replicates to tell it from b; use --replicates 10 or more",
        ),
        (
            cells(a=[0.5, 0.7, 0.6], b=[0.55, 0.58, 0.61]),
            "L3, 8 agents, complete, m: a has the highest quality, 0.020 above b, but 3 seeds are "
            "too few replicates to conclude: at least 2 more are needed (--replicates 5), and "
            "about 27 in all to find a difference of 0.05",
        ),
        (
            sized(*([q + 0.2 + k / 1e4 for k, q in enumerate((0.1, 0.2, 0.3, 0.4))],
                    [0.1, 0.2, 0.3, 0.4]), (8, 4)),
            "L3, complete, m, a: 8 agents have the highest quality, 0.200 above 4 agents, but 4 "
            "seeds are too few replicates to conclude: at least 1 more are needed (--replicates 5)",
        ),
        (
            cells(a=noisy(0.5, 12, 4), b=noisy(0.5, 12, 4)),
            "L3, 8 agents, complete, m: a and b have the same quality in each of 12 seeds",
        ),
        (
            cells(a=noisy(0.75, 12, 4), b=noisy(0.5, 12, 4)),
            "L3, 8 agents, complete, m: a and b lead in quality and differ by the same 0.250 in "
            "each of 12 seeds, so there is nothing to test",
        ),
        (
            cells(slow=noisy(0.4, 12, 1), quick=noisy(0.8, 12, 2)),
            f"L3, 8 agents, complete, m: quick beats slow in quality {LEADS}, large; 12 seeds)",
        ),
        (
            cell("a", noisy(0.4, 12, 1), topology="ring") + cell("a", noisy(0.8, 12, 2)),
            "L3, 8 agents, m, a: the complete network beats the ring network in quality "
            f"{LEADS}, large; 12 seeds)",
        ),
        (
            cell("a", noisy(0.4, 12, 1), level="L1") + cell("a", noisy(0.8, 12, 2), level="L2"),
            "8 agents, complete, m, a: level L2 beats level L1 in quality "
            f"{LEADS}, large; 12 seeds)",
        ),
        (
            sized(SHARED + noisy(0, 20, 2, 0.02), SHARED + noisy(0, 20, 5, 0.02)),
            "L3, complete, m, a: 256 agents and 64 agents do equally well in quality: they differ "
            "by 0.002 [-0.012, 0.016], within the 0.05 that counts as none; the evidence is very "
            "strong (equivalence test, p = 5e-07; 20 seeds)",
        ),
        (
            sized(SHARED + 0.01 + noisy(0, 20, 2, 0.004), SHARED + noisy(0, 20, 3, 0.004)),
            "L3, complete, m, a: 64 agents beat 256 agents in quality by 0.009 [0.006, 0.012]; "
            "the evidence is very strong (p = 3.1e-06; d = 0.30 [0.17, 0.43], small; 20 seeds); "
            "but it is smaller than 0.05, which counts as none in practice",
        ),
        (
            CLOSE,
            f"{NOT_BETTER}; the two are not shown to be equal within 0.05 either, so it is "
            "undecided, and about 66 replicates would decide it if the difference stays as it is",
        ),
    ],
)  # fmt: skip
def test_each_conclusion_has_its_sentence(runs, sentence):
    assert said(runs) == [sentence]


def test_without_margins_nothing_is_equal():
    assert said(CLOSE, BARE) == [NOT_BETTER]


def test_certainty_has_a_floor():
    (clear,) = said(cells(a=noisy(0.9, 40, 1, 0.01), b=noisy(0.1, 40, 2, 0.01)))
    assert "(p < 1e-12; d = " in clear
    (flat,) = said(cells(a=[0.5] * 6, b=noisy(0.4, 6, 1, 1e-13)))
    assert "nothing to test" in flat


@pytest.mark.parametrize(
    ("d", "size"),
    [(0.19, "negligible"), (0.2, "small"), (0.49, "small"), (0.5, "medium"), (0.79, "medium"),
     (0.8, "large"), (9.0, "large"), (-0.3, "small")],
)  # fmt: skip
def test_sizes_are_cohens(d, size):
    best, second = summarize(CLOSE[8:] + CLOSE[:8], rule=BARE)
    changed = replace(best.contrasts[0], cohens_d=d, cohens_d_ci95=None)
    (sentence,) = conclusions([replace(best, contrasts=(changed,)), second])
    assert f"; d = {d:.2f}, {size}; 8 seeds)" in sentence


def test_the_others_follow():
    runs = cells(a=noisy(0.92, 12, 1), b=noisy(0.9, 12, 2), c=noisy(0.87, 12, 3),
                 d=noisy(0.2, 12, 4))  # fmt: skip
    (sentence,) = said(runs)
    assert sentence.startswith("L3, 8 agents, complete, m: a has the highest quality and is not")
    assert "(p = 0.57 after Holm's correction over 6 contrasts; " in sentence
    assert sentence.endswith("; c is not clearly behind, d is")
    assert said([r for r in runs if r["protocol"] in "abd"])[0].endswith("; d is clearly behind")
    worse = [*runs[:24], *cells(x=noisy(0.1, 12, 5), y=noisy(0.2, 12, 6))]
    assert said(worse)[0].endswith("; y and x are clearly behind")
    many = [*runs[:24], *(r for k in range(5) for r in cell(f"z{k}", noisy(0.1, 12, 9 + k)))]
    assert said(many)[0].endswith("; 5 others are clearly behind")
    sizes = [r for n in (4, 8, 16) for r in cell("a", noisy(n / 20, 12, n), agents=n)]
    assert said(sizes)[0].endswith("; 4 agents are clearly behind")


def test_names_are_listed():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed(list("abcde")) == "5 others"


def test_each_block_has_its_own():
    runs = []
    for agents in (4, 8):
        runs += cell("a", noisy(0.4, 5, agents), agents=agents)
        runs += cell("b", noisy(0.6, 5, 50 + agents), agents=agents)
    runs += cell("a", [None] * 5, agents=16) + cell("b", [None] * 5, agents=16)
    assert [s.split(":")[0] for s in said(runs)] == [
        "L3, 4 agents, complete, m", "L3, 8 agents, complete, m",
        "L3, complete, m, a", "L3, complete, m, b",
    ]  # fmt: skip


def test_minor_blocks_are_counted():
    runs = [
        r
        for p in range(8)
        for n in (4, 8)
        for r in cell(f"p{p}", noisy(0.5, 2, 9 * p + n), agents=n)
    ]
    sentences = said(runs, BARE)
    assert len(sentences) == 2 + 6 + 1
    assert sentences[-1] == "2 more blocks compared by agents are in the JSON"


def test_who_leads_is_decided_in_pairs():
    shared = noisy(0.5, 12, 3)
    runs = cells(a=[None, *shared[1:]],
                 b=[5.0, *(q - 0.1 - i / 1e4 for i, q in enumerate(shared[1:]))])  # fmt: skip
    summary = summarize(runs, rule=QUALITY)
    assert summary[1].mean("quality") > summary[0].mean("quality")
    assert "a beats b in quality by 0.10" in conclusions(summary)[0]


def test_uncorrected_p_is_no_victory():
    for seed in range(200):
        names = {n: noisy(0.5 + i / 99, 8, seed + i) for i, n in enumerate("abcdef")}
        summary = summarize(cells(**names), rule=BARE)
        best, second = sorted(summary, key=lambda r: -r.mean("quality"))[:2]
        c = by_pair(summary)[best.cell.protocol, second.cell.protocol]
        if c.p < 0.05 < c.p_corrected:
            break
    assert "not clearly better" in conclusions(summary)[0]
    assert "beats" not in conclusions(summary)[0]


def test_rule_is_the_callers():
    clear = cells(a=noisy(0.9, 4, 1, 0.001), b=noisy(0.1, 4, 2, 0.001))
    assert "at least 1 more are needed (--replicates 5)" in said(clear)[0]
    assert "a beats b" in said(clear, replace(QUALITY, fewest_pairs=4))[0]
    strict = replace(QUALITY, fewest_pairs=9)
    assert "at least 5 more are needed (--replicates 9)" in said(clear, strict)[0]


def test_tasks_are_not_promised():
    alone = analyse([*played("a", [0.5, 0, 0, 0, 0, 0]), *played("b", [0.0] * 6)], QUALITY)
    contrast = alone.summary[0].contrasts[0]
    task = contrast.by_task
    assert (contrast.conclusion, contrast.decided_by) == ("undecided", "tasks")
    assert contrast.p < 0.05 < contrast.p_corrected
    assert (
        f"by {task.difference:.3f} [{task.ci95[0]:.3f}, {task.ci95[1]:.3f}]"
        in (alone.conclusions[0])
    )
    assert "6 seeds, 6 tasks" in alone.conclusions[0]
    assert alone.conclusions[0].endswith(
        f"it changes from task to task: about {task.tasks_for_80} different tasks would find a "
        "difference that counts (--tasks corpus:fresh)"
    )
    everywhere = analyse([*played("a", [0.1] * 6), *played("b", [0.0] * 6)], QUALITY)
    assert "; but " not in everywhere.conclusions[0]


@pytest.mark.parametrize(
    ("reference", "value", "high", "heard"),
    [("a", "b", 0.01, True), ("a", "b", 0.0, True), ("a", "b", -0.01, False),
     ("b", "a", 0.01, False), ("a", "c", 0.01, False)],
)  # fmt: skip
def test_disagreeing_models_are_heard(reference, value, high, heard):
    found = analyse([*played("a", [0.1] * 6), *played("b", [0.0] * 6)], QUALITY)
    assert "mixed model" not in found.conclusions[0]
    against = MixedModel(reference, (Effect(value, -0.01, (-0.03, high), 0.3),), {}, 72)
    test = replace(found.tests[0], mixed_model=against)
    doubt = f"; but a mixed model of the single tasks puts it at 0.010 [{-high:.3f}, 0.030]"
    (sentence,) = conclusions(found.summary, [test])
    assert sentence.endswith(doubt) is heard
    for other in (replace(test, factor="agents"), replace(test, block=test.block | {"agents": 9})):
        assert conclusions(found.summary, [other]) == found.conclusions


def test_doubts_are_joined():
    shared = [0.006, 0.0061, 0.0062, 0.006, 0.0059, 0.0061]
    runs = [*played("a", shared, noise=1e-4), *played("b", [0.0] * 6, noise=1e-4)]
    found = analyse(runs, QUALITY)
    against = MixedModel("a", (Effect("b", -0.01, (-0.03, 0.01), 0.3),), {}, 72)
    (sentence,) = conclusions(found.summary, [replace(found.tests[0], mixed_model=against)])
    assert "counts as none in practice, and a mixed model" in sentence


def test_nothing_to_compare_says_nothing():
    assert said(cells(a=noisy(0.5, 6, 1))) == []
    assert said([]) == []
    assert Rule().alpha == 0.05
