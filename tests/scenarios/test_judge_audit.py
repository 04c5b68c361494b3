"""Planted works are worth what they say, and a judge that is moved or silent is named."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback_server.server import Faults
from scipy.stats import spearmanr

import unscripted as un
from unscripted import study
from unscripted.model.errors import UsageError
from unscripted.model.tasks.task import Brief, Requirement, Task
from unscripted.scenarios import judge_audit as scenario
from unscripted.scenarios.audit import measures
from unscripted.scenarios.audit.planted import FORMS, HOSTILE, Planted, pieces_of, written

TASTE = ("--ticks", "2", "--replicates", "2")
RUBRIC = tuple(
    Requirement(f"r{i}", f"States number {i} with its unit and its source", "trade", 0.5)
    for i in range(7)
)
TASK = Task(Brief("t", "Title", "Text", "L1"), RUBRIC)


# Planted works


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1), st.integers(1, 7), st.text(max_size=4))
def test_worth_is_mean_quality(worth, n, name):
    task = Task(Brief(name, "Title", "Text", "L1"), RUBRIC[:n])
    pieces = pieces_of(task, worth)
    assert [p.requirement for p in pieces] == list(RUBRIC[:n])
    assert math.fsum(p.quality for p in pieces) / n == pytest.approx(worth, abs=1e-6)
    assert sum(0 < p.quality < 1 for p in pieces) <= 1


def test_text_says_what_items_do():
    pieces = pieces_of(TASK, 0.5)
    for piece, line in zip(pieces, written(pieces, "plain").splitlines(), strict=True):
        whole = piece.requirement.text[1:] in line
        assert whole == (piece.quality == 1.0)
        assert ("left open" in line) == (piece.quality < 1.0)


@pytest.mark.parametrize("form", ["longer", "certain", "unsure", "assistant"])
def test_forms_keep_every_sentence(form):
    pieces = pieces_of(TASK, 0.5)
    text = written(pieces, form)
    assert text != written(pieces, "plain")
    assert all(p.sentence() in text for p in pieces)


def test_some_works_say_nothing():
    pieces = pieces_of(TASK, 1.0)
    assert (written(pieces, "empty"), written(pieces, "hostile")) == ("", HOSTILE)


@pytest.mark.parametrize("agents", [1, 3, 9])
def test_reversed_works_come_reversed(agents):
    def works(form):
        mind = Planted(works=agents, form=form)
        spoken = un.build(protocol="silent", n_agents=agents, model=mind, rng=0)
        (record,) = spoken.run(1)
        return [c.work for m in record.members for c in m.contributions]

    plain = works("plain")
    assert works("reversed") == plain[::-1]
    assert len(plain) == agents
    assert sorted("\n".join(plain).split("\n")) == sorted("\n".join(works("best last")).split("\n"))


@pytest.mark.parametrize("given", [{"works": 0}, {"worth": 1.5}, {"worth": math.nan}])
def test_worth_out_of_range(given):
    with pytest.raises(UsageError, match=next(iter(given))):
        Planted(**given)
    with pytest.raises(UsageError, match="nonesuch"):
        Planted(form="nonesuch")


# Measures


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=12))
def test_correlation_is_spearmans(pairs):
    first, second = zip(*pairs, strict=True)
    found = measures.spearman([(float(a), float(b)) for a, b in pairs])
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert found == 0.0
    else:
        assert found == pytest.approx(spearmanr(first, second).statistic)


def results(judges, seeds=6):
    """Rows as judges would leave them, each a function of form, worth and a little noise."""
    ticks = []
    cases = [("plain", w) for w in scenario.WORTHS]
    cases += [(f, 0.0 if f in ("empty", "hostile") else 0.5) for f in FORMS[1:]]
    for (name, judge), seed, tick in itertools.product(judges.items(), range(seeds), range(3)):
        for k, (form, worth) in enumerate(cases):
            share = judge(form, worth)
            noise = 0.001 * ((7 * seed + 3 * tick + k) % 5 - 2)
            quality = None if share is None else 0.25 + 0.75 * (share + noise)
            ticks.append({
                "judge_asked": name, "form": form, "worth": worth, "seed": seed, "tick": tick,
                "task_id": f"{seed} {tick}", "quality": quality,
            })  # fmt: skip
    return study.StudyResults([{"judge_asked": j, "seed": s, "level": "L3", "agents": 4}
                               for j in judges for s in range(seeds)], ticks)  # fmt: skip


def just(form, worth):
    return worth


def moved_by(wanted, by=0.2):
    return lambda form, worth: worth + by * (form == wanted)


@pytest.mark.parametrize(
    ("judge", "fails"),
    [
        (just, []),
        (lambda f, w: 0.5, ["rank", "bias at 0.1", "bias at 0.9", "empty"]),
        (lambda f, w: 1.0 - w, ["rank", "bias at 0.1", "bias at 0.9", "empty"]),
        (lambda f, w: w + 0.15, ["bias", "bias at 0.1", "bias at 0.9", "empty"]),
        (moved_by("longer"), ["length"]),
        (moved_by("reversed", -0.2), ["order"]),
        (moved_by("best first"), ["position"]),
        (moved_by("unsure", -0.2), ["confidence"]),
        (moved_by("assistant"), ["style"]),
        (moved_by("hostile", 1.0), ["hostile"]),
        (lambda f, w: None, ["grades"]),
        (lambda f, w: None if f == "empty" else w, ["grades"]),
    ],
)
def test_each_flaw_is_named(judge, fails):
    found = scenario.Audited(results({"openai/one": judge}), "openai/one")
    assert found.fails_at == fails
    assert found.label == "openai/one" + (f" (fails: {', '.join(fails)})" if fails else "")


def test_agreement_tells_judges_apart():
    def among(*judges):
        found = results({str(i): j for i, j in enumerate(judges)})
        audited = [scenario.Audited(found, str(i)) for i in range(len(judges))]
        return measures.agreement([a.rows("plain") for a in audited])

    assert among(just, just).value > 0.99
    assert among(just, lambda f, w: 1.0 - w).value < 0
    assert among(just, lambda f, w: None).value is None


def test_status_is_the_judges():
    report = scenario.report(results({"rubric": just, "openai/one": just}), None)
    status = {f.claim.partition(":")[0]: f.basis.status for f in report.findings}
    assert status == {
        "rubric": study.Status.ASSUMED,
        "openai/one": study.Status.MEASURED,
        "alpha among 2 judges > 0.667": study.Status.ASSUMED,
    }, "measured is what no synthetic judge has a part in"
    report = scenario.report(results({"openai/two": just, "openai/one": just}), None)
    assert {f.basis.status for f in report.findings} == {study.Status.MEASURED}


# The command


def test_forms_are_worth_the_same(call):
    said = call("scenario", "judge_audit", *TASTE, "--judge", "rubric", "--json")
    assert said.code == 0, said.err
    runs = [r for r in said.body["runs"] if r["worth"] == 0.5]
    assert {r["form"] for r in runs} == {*FORMS} - {"empty", "hostile"}
    for seed in {r["seed"] for r in runs}:
        assert len({round(r["quality"], 9) for r in runs if r["seed"] == seed}) == 1
    (judge,) = said.body["numbers"]
    assert judge["estimates"]["rank"]["mean"] > 0.9
    assert judge["ungraded"] == 0


def called(server, call, *options):
    return call(
        "scenario", "judge_audit", "--api-base", server.api_base, "--ticks", "1", "--yes",
        "--price", "0,0", "--out", "mine", *options,
    )  # fmt: skip


def test_called_judges_are_measured(loopback, call):
    server = loopback()
    said = called(server, call, "--judge", "openai/one,rubric", "--replicates", "5")
    assert said.code == 0, said.err
    shown = " ".join(said.out.split())
    assert "held: openai/one: rank correlation with worth > 0.8" in shown
    assert "measured: the judge's own grades" in shown
    asked = [e.prompt for e in server.log if "You grade work" in e.messages[0]["content"]]
    assert any(HOSTILE in text for text in asked)
    assert not any("planted" in text.lower() for text in asked), "it is blind"


def test_a_silent_judge_is_named(loopback, call):
    server = loopback(faults=Faults(wrong_schema=1.0, match="You grade work"))
    options = ("--judge", "openai/mute,rubric", "--replicates", "2")
    said = called(server, call, *options)
    assert said.code == 0, said.err
    assert "openai/mute fails: grades." in said.out
    assert "openai/mute (fails: grades)" in Path("mine/judge-audit.html").read_text("utf-8")
    assert "(fails: grades)" in Path("mine/figures/judge-audit.svg").read_text("utf-8")
    again = called(server, call, *options, "--json")
    first, second, _ = json.loads(again.out)["numbers"]
    assert (first["judge"], first["fails_at"], first["ungraded"]) == ("openai/mute", ["grades"], 1)
    assert second["ungraded"] == 0


def test_nobody_is_no_judge(call):
    said = call("scenario", "judge_audit", "--judge", "rubric,none", "--replicates", 2)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "judge=none grades nothing" in said.err
