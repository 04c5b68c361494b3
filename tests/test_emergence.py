"""Emergence against null models: teams whose answer is known, and p values that are honest."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import unscripted as un
from unscripted.model.decision import Abstention, Act, Contribution
from unscripted.model.errors import UsageError
from unscripted.model.judge import Verdict
from unscripted.model.metrics import emergence as emergence_module
from unscripted.model.metrics import null_model
from unscripted.model.metrics.attribution_null import subsets
from unscripted.model.metrics.emergence import (
    MEANING,
    NullTest,
    affordable,
    corrected,
    emergence,
)
from unscripted.model.metrics.null_model import p_value
from unscripted.model.metrics.paraphrases import collapse, split_name, stem
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.statistics.emergence import (
    HEAD,
    LABELS,
    emergence_lines,
    emergence_table,
)

SUBJECTS = ("law", "finance", "logistics", "chemistry", "privacy", "energy")
TITLES = ("analyst", "lead", "architect", "reviewer", "writer", "auditor")


def record(tick: int, *works: tuple[str | None, tuple[int, ...]]) -> TickRecord:
    """A tick in which members work one after another; each sees all work before its own."""
    members, rounds, posted = [], [], 0
    for i, (role, builds_on) in enumerate(works):
        seen = ((0, posted),) if posted else ()
        reply = Abstention("no") if role is None else Contribution(role, "work", builds_on)
        state = State.ABSTAINED if role is None else State.CONTRIBUTED
        members.append(MemberRecord(i, "m", state, (Turn(i, Act.CONTRIBUTE, reply, seen=seen),)))
        rounds.append(RoundRecord(Act.CONTRIBUTE, (i,)))
        posted += role is not None
    return TickRecord(tick, f"t{tick}", "L1", "x", tuple(members), tuple(rounds), Verdict())


def team(*names: tuple[str | None, ...]) -> list[TickRecord]:
    """A run by the names of its members' roles, task by task."""
    return [record(t, *((n, ()) for n in tick)) for t, tick in enumerate(names)]


def row(records, measure, null="", **options):
    found = [r for r in emergence(records, **options) if r.measure == measure and null in r.null]
    assert len(found) == 1, found
    return found[0]


# --- paraphrases -------------------------------------------------------------------------------

SAME = (
    "security analyst", "Security Analyst ", "SENIOR SECURITY ANALYSTS", "analyst of security",
    "security-analysis lead", "Lead, Security Architecture", "the Security Expert (chief)",
    "security_engineer", "security engineering manager",
)  # fmt: skip


def test_paraphrases_collapse_to_one_role():
    assert len(set(collapse(SAME).values())) == 1
    rows = {r.measure: r for r in emergence(team(SAME[:4], SAME[4:8]))}
    assert rows["unique_roles"].value == 1
    assert rows["unique_names"].value > 3
    assert rows["specialization"].p == rows["role_diversity"].p == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("security analyst", "finance analyst"),
        ("analyst", "editor"),
        ("risk manager", "crisis manager"),
        ("Prüfer für Straßen", "Prüfer für Brücken"),
        ("数据 分析", "数据 设计"),
        ("!!!", "???"),
    ],
)
def test_different_subjects_stay_different(one, other):
    assert len(set(collapse([one, other]).values())) == 2


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Senior Data Analyst", ("data", "", "analyst senior")),
        ("lead analyst", ("analyst", "", "lead")),
        ("chief", ("chief", "", "")),
        ("urban-planning specialist", ("urban", "planning", "specialist")),
        ("planning lead", ("planning", "", "lead")),
        ("", ("", "", "")),
        (" ?? ", ("??", "", "")),
    ],
)
def test_a_name_is_taken_apart(name, parts):
    expected = tuple(" ".join(sorted(map(stem, p.split()))) if p != "??" else p for p in parts)
    assert split_name(name) == expected


def test_stems():
    assert stem("planner") == stem("planning") == stem("planners") == "plan"
    assert stem("modeller") == stem("modeling") == stem("models")
    assert stem("logistics") == stem("logistic")
    assert stem("ai") == "ai"
    assert stem("law") != stem("lawn")


def test_an_embedding_finds_paraphrases_without_a_common_word():
    vectors = {"barrister": (10, 0), "lawy": (0.99, 0.05), "chemist": (0, 1)}  # length is nothing
    asked = []

    def embed(names):
        asked.append(names)
        return [vectors[n] for n in names]

    names = ("barrister", "lawyer", "chemist")
    assert [stem(n) for n in names[1:]] == ["lawy", "chem"]
    vectors["chem"] = vectors.pop("chemist")
    vectors[stem("barrister")] = vectors.pop("barrister")
    found = collapse(names, embed=embed)
    assert found["barrister"] == found["lawyer"] != found["chemist"]
    assert asked == [sorted(map(stem, names))]
    assert len(set(collapse(names).values())) == 3
    assert len(set(collapse(names, embed=embed, similar=1.0).values())) == 3
    rows = emergence(team(names), embed=embed, draws=9)
    assert "unique_names" not in {r.measure for r in rows}
    assert rows[0].measure == "unique_roles"
    assert rows[0].value == 2
    with pytest.raises(UsageError, match="similar=2"):
        collapse(names, similar=2)
    with pytest.raises(UsageError, match="one finite vector for each"):
        collapse(names, embed=lambda names: np.ones((1, 2)))
    with pytest.raises(UsageError, match="one finite vector for each"):
        collapse(names, embed=lambda names: np.full((len(names), 2), np.nan))


def test_a_chain_of_similar_names_is_not_one_role():
    angles = {stem(n): np.radians(25 * i) for i, n in enumerate(("law", "contracts", "tenders"))}

    def embed(names):
        return [(np.cos(angles[n]), np.sin(angles[n])) for n in names]

    assert len(set(collapse(("law", "contracts", "tenders"), embed=embed).values())) == 2


# --- teams whose answer is known ---------------------------------------------------------------


def test_specialists_are_told_from_chance_and_generalists_are_not():
    specialists = team(*[[f"{s} {TITLES[(t + i) % 6]}" for i, s in enumerate(SUBJECTS)]
                         for t in range(8)])  # fmt: skip
    found = row(specialists, "specialization")
    assert found.value == pytest.approx(np.log2(6))
    assert found.z > 5
    assert found.p == pytest.approx(0.002)
    assert row(specialists, "role_stability").value == 1.0
    assert row(specialists, "role_stability").p == pytest.approx(0.002)
    rng = np.random.default_rng(3)
    lottery = team(*[rng.permutation(SUBJECTS) for _ in range(8)])
    assert row(lottery, "specialization").p > 0.05
    rotating = team(*[np.roll(SUBJECTS, t) for t in range(6)])
    assert row(rotating, "specialization").value == pytest.approx(0.0)
    assert row(rotating, "specialization").z < -3
    assert row(rotating, "role_stability").value == 0.0


def test_stability_skips_members_and_tasks_without_a_role():
    records = team(("law", "finance"), (None, None), ("law", "finance"), ("law", None))
    assert row(records, "role_stability", draws=9).value == 1.0
    assert row(records, "role_stability", draws=9).null_mean < 1.0
    apart = [replace(r, tick=2 * r.tick) for r in records]
    assert "role_stability" not in {r.measure for r in emergence(apart, draws=9)}


def test_division_of_labour_is_told_from_a_random_team():
    divided = team(*[np.roll(SUBJECTS, 2 * t) for t in range(10)])
    for null in ("shuffled", "random-role"):
        found = row(divided, "role_diversity", null)
        assert found.value == 1.0
        assert found.z > 5
    crowded = team(*[[SUBJECTS[t % 6]] * 6 for t in range(12)])
    for null in ("shuffled", "random-role"):
        found = row(crowded, "role_diversity", null)
        assert found.value == pytest.approx(1 / 6)
        assert found.z < -5
    for measure in ("specialization", "role_stability"):
        assert row(crowded, measure).null_sd == 0.0, "roles are dealt out anew within each task"


def test_a_control_gives_the_random_team_its_roles():
    divided = team(SUBJECTS, SUBJECTS)
    one = row(divided, "role_diversity", "random-role", control=team(("law", "lawyer analyst")))
    own = row(divided, "role_diversity", "random-role")
    assert own.null_mean > one.null_mean
    same = row(divided, "role_diversity", "random-role", control=team(("law", "law lead")))
    assert same.null_mean == pytest.approx(1 / 6)
    assert same.null_sd == 0.0
    assert same.z is None


def test_more_names_than_roles_is_paraphrase_noise_only_where_titles_come_by_lot():
    rng = np.random.default_rng(0)
    noise = team(*[[f"{rng.choice(SUBJECTS)} {rng.choice(TITLES)}" for _ in range(6)]
                   for _ in range(12)])  # fmt: skip
    found = row(noise, "unique_names")
    assert found.value > 25
    assert found.p > 0.05
    fixed = dict(zip(SUBJECTS, TITLES, strict=True))
    meant = team(*[[f"{s} {fixed[s]}" for s in rng.permutation(SUBJECTS)] for _ in range(12)])
    told = row(meant, "unique_names")
    assert told.value == 6
    assert told.z < -5
    lines = emergence_lines(emergence(meant))
    assert lines[0].startswith("6 names of roles are 6 roles once paraphrases are one; fewer than")
    assert "not to be told from what titles by lot" in emergence_lines(emergence(noise))[0]


CHAIN = [record(t, *((s, (i - 1,) if i else ()) for i, s in enumerate(SUBJECTS)))
         for t in range(5)]  # fmt: skip


def test_a_built_chain_is_deeper_than_random_attribution():
    found = row(CHAIN, "hierarchy_depth")
    assert found.value == 6.0
    assert 2.0 < found.null_mean < 4.0
    assert found.z > 5
    assert found.p == pytest.approx(0.002)
    star = [record(t, *((s, (0,) if i else ()) for i, s in enumerate(SUBJECTS))) for t in range(5)]
    flat = row(star, "hierarchy_depth")
    assert flat.value == 2.0
    assert flat.z < -3


def test_the_null_of_depth_is_exact():
    """Four works, each on one earlier work: all attributions counted."""
    depths = []
    for b in (0,):
        for c in (0, 1):
            for d in (0, 1, 2):
                depths.append(hierarchy_depth(record(0, ("a", ()), ("b", (b,)), ("c", (c,)),
                                                     ("d", (d,)))))  # fmt: skip
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    found = row([made], "hierarchy_depth", draws=20_000)
    assert found.null_mean == pytest.approx(np.mean(depths), abs=0.02)
    assert found.null_sd == pytest.approx(np.std(depths), abs=0.02)
    assert found.p == pytest.approx(2 * np.mean(np.array(depths) >= 4), abs=0.02)


def test_who_used_all_it_read_has_nothing_to_draw():
    full = [record(0, *((s, tuple(range(i))) for i, s in enumerate(SUBJECTS)))]
    found = row(full, "hierarchy_depth")
    assert (found.value, found.null_mean, found.null_sd) == (6.0, 6.0, 0.0)
    assert (found.z, found.p) == (None, 1.0)


def test_only_works_are_drawn_that_the_author_had_read():
    """Member 3 read member 2 alone; had it been able to draw 0 or 1, depth would vary."""
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    *others, last = made.members
    turn = replace(last.turns[0], seen=((2, 3),))
    blinkered = replace(made, members=(*others[:2], replace(others[2], turns=(
        replace(others[2].turns[0], seen=((1, 2),)),)), replace(last, turns=(turn,))))  # fmt: skip
    assert row([blinkered], "hierarchy_depth").null_sd == 0.0
    assert row([made], "hierarchy_depth").null_sd > 0.0


def test_a_reference_to_what_was_not_read_stays_as_it_is():
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    deaf = replace(made, members=tuple(
        replace(m, turns=(replace(m.turns[0], seen=()),)) for m in made.members))  # fmt: skip
    found = row([deaf], "hierarchy_depth")
    assert (found.value, found.null_mean, found.null_sd) == (4.0, 4.0, 0.0)


def played(*works: tuple[int, int, tuple[int, ...], tuple[tuple[int, int], ...]]) -> TickRecord:
    """A tick from (round, member, builds_on, seen) of each work."""
    turns: dict[int, list[Turn]] = {}
    for round_, member, builds_on, seen in works:
        reply = Contribution("law", "work", builds_on)
        turns.setdefault(member, []).append(Turn(round_, Act.CONTRIBUTE, reply, seen=seen))
    members = tuple(MemberRecord(m, "m", State.CONTRIBUTED, tuple(turns[m])) for m in sorted(turns))
    actors: dict[int, list[int]] = {}
    for round_, member, *_ in works:
        actors.setdefault(round_, []).append(member)
    rounds = tuple(RoundRecord(Act.CONTRIBUTE, tuple(a)) for _, a in sorted(actors.items()))
    return TickRecord(0, "t", "L1", "x", members, rounds, Verdict())


def test_works_of_one_round_do_not_build_on_each_other():
    """Member 1 builds on what 0 did in the first round, not on what 0 does at the same time."""
    tick = played((0, 0, (), ()), (0, 2, (), ()), (1, 0, (2,), ((1, 2),)), (1, 1, (0,), ((0, 1),)))
    found = row([tick], "hierarchy_depth", draws=9)
    assert (found.value, found.null_mean, found.null_sd) == (2.0, 2.0, 0.0)


def test_rounds_and_not_ids_say_who_came_first():
    tick = played((0, 2, (), ()), (1, 1, (2,), ((0, 1),)), (2, 0, (1,), ((1, 2),)))
    found = row([tick], "hierarchy_depth", draws=9)
    assert (found.value, found.null_mean, found.null_sd) == (3.0, 3.0, 0.0)


def test_subsets_are_uniform():
    drawn = subsets(np.random.default_rng(0), 30_000, 5, 3)
    assert all(len(set(d)) == 3 for d in drawn[:100].tolist())
    counts = dict.fromkeys(combinations(range(5), 3), 0)
    for d in np.sort(drawn, axis=1).tolist():
        counts[tuple(d)] += 1
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


# --- p values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "p"), [(0, 2 / 11), (11, 2 / 11), (1, 4 / 11), (5, 1.0), (5.5, 1.0), (9.5, 4 / 11)]
)
def test_a_p_counts_the_run_among_the_draws_and_both_tails(value, p):
    assert p_value(value, list(range(1, 11))) == pytest.approx(p)


def test_ties_by_rounding_are_ties():
    assert p_value(0.1 + 0.2, [0.3] * 9) == 1.0


RUNS, DRAWS = 300, 99


def lottery(rng):
    """A run where every null is true: subjects, titles and whose work is used all come by lot."""
    pool = [f"{s} {t}" for s in SUBJECTS for t in TITLES]
    ticks = []
    for t in range(6):
        works = []
        for i in range(8):
            k = min(i, int(rng.integers(0, 3)))
            works.append((pool[rng.integers(36)], tuple(rng.permutation(i)[:k].tolist())))
        ticks.append(record(t, *works))
    return ticks


@dataclass
class Calibration:
    """What many runs of the lottery gave, test by test.

    Attributes:
        p: As the rows say.
        ranks: Of the run among its draws, 0 to 1, ties broken by lot: uniform if and only if the
            run can't be told from its draws.
    """

    p: dict[str, list[float]]
    ranks: dict[str, list[float]]


def calibrate(runs: int, draws: int) -> Calibration:
    rng = np.random.default_rng(11)
    seen: list[float] = []

    def ranked(value, drawn):
        below, ties = np.sum(drawn < value - 1e-9), np.sum(np.abs(drawn - value) <= 1e-9)
        seen.append((below + rng.uniform(0, ties + 1)) / (len(drawn) + 1))
        return p_value(value, drawn)

    found = Calibration({}, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emergence_module, "p_value", ranked)
        for seed in range(runs):
            seen.clear()
            rows = [r for r in emergence(lottery(rng), seed=seed, draws=draws) if r.p is not None]
            for r, rank in zip(rows, seen, strict=True):
                found.p.setdefault(f"{r.measure}, {r.null}", []).append(r.p)
                found.ranks.setdefault(f"{r.measure}, {r.null}", []).append(rank)
    return found


@pytest.fixture(scope="module")
def calibration():
    found = calibrate(RUNS, DRAWS)
    assert len(found.p) == 6
    return found


def test_a_run_can_not_be_told_from_its_draws_where_the_null_is_true(calibration):
    for test, ranks in calibration.ranks.items():
        assert stats.kstest(ranks, "uniform").pvalue > 0.001, test


@pytest.mark.parametrize("level", [0.05, 0.1, 0.2, 0.5])
def test_p_is_honest_where_the_null_is_true(calibration, level):
    for test, p in calibration.p.items():
        hits = int(np.sum(np.array(p) <= level))
        assert stats.binomtest(hits, RUNS, level, alternative="greater").pvalue > 0.001, test


def test_holms_correction_by_hand():
    rows = [NullTest("x", "", 0.0, p=p) for p in (0.01, 0.04, 0.03, None, 0.9)]
    found = [r.p_holm for r in corrected(rows)]
    assert found == [pytest.approx(0.04), pytest.approx(0.09), pytest.approx(0.09), None, 0.9]
    rows = [NullTest("x", "", 0.0, p=p) for p in (0.2, 0.3)]
    assert [r.p_holm for r in corrected(rows)] == [0.4, 0.4]


def test_holms_correction_spares_the_chance_of_any_false_alarm():
    rng = np.random.default_rng(5)
    alarms = 0
    for seed in range(100):
        rows = [r for r in emergence(lottery(rng), seed=seed, draws=199) if r.p is not None]
        assert all(r.p_holm >= r.p for r in rows)
        assert max(r.p_holm for r in rows) >= max(r.p for r in rows)
        alarms += any(r.p_holm <= 0.1 for r in rows)
    assert stats.binomtest(alarms, 100, 0.1, alternative="greater").pvalue > 0.001


# --- mutations: what a wrong implementation would do -------------------------------------------


def test_rows_depend_on_the_seed_alone():
    assert emergence(CHAIN, seed=1) == emergence(CHAIN, seed=1)
    assert emergence(CHAIN, seed=1) != emergence(CHAIN, seed=2)
    values = [[r.value for r in emergence(CHAIN, seed=s)] for s in (1, 2)]
    assert values[0] == values[1]


def test_portions_change_nothing_but_memory(monkeypatch):
    whole = emergence(CHAIN, draws=50)
    monkeypatch.setattr(null_model, "CELLS", 1)
    for a, b in zip(whole, emergence(CHAIN, draws=50), strict=True):
        assert (a.measure, a.value, a.draws) == (b.measure, b.value, b.draws)
        assert a.null_mean is None or a.null_mean == pytest.approx(b.null_mean, rel=0.2)


def test_nothing_done_is_nothing_tested():
    assert emergence([]) == []
    assert emergence(team((None, None))) == []
    assert emergence_lines([]) == []
    with pytest.raises(UsageError, match="draws=0"):
        emergence(CHAIN, draws=0)


def test_one_member_and_one_draw():
    rows = emergence(team(("law",)), draws=1)
    assert {r.p for r in rows} == {None, 1.0}
    assert json.dumps([r.body() for r in rows], allow_nan=False)


def test_very_large_runs_get_fewer_draws():
    assert affordable(CHAIN) == 999
    assert affordable(CHAIN, most=30 * 200) == 200
    assert affordable(CHAIN, most=1) == 99


@pytest.mark.parametrize("protocol", ["sequential", "broadcast", "clonal", "solo", "silent"])
def test_every_kind_of_run_has_rows(protocol):
    records = un.build(protocol=protocol, n_agents=5, rng=2).run(3)
    rows = emergence(records, draws=19)
    depth = next(r for r in rows if r.measure == "hierarchy_depth")
    assert depth.value == pytest.approx(np.mean([hierarchy_depth(r) for r in records]))
    assert {r.measure for r in rows} <= set(MEANING)
    assert all(r.p is None or 0 < r.p <= r.p_holm <= 1 for r in rows)
    assert all(len(line) == len(HEAD) for line in emergence_table(rows))
    assert set(LABELS) == set(MEANING)


def test_a_run_says_it_in_json_and_on_its_page(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["unscripted", "run", "--ticks", "3", "--json"])
    assert run_app(app) == 0
    body = json.loads(capsys.readouterr().out)
    assert {r["measure"] for r in body["emergence"]} == set(MEANING)
    assert all(r["sided"] == "two" for r in body["emergence"])
    monkeypatch.setattr("sys.argv", ["unscripted", "run", "--ticks", "3", "--out", "mine"])
    assert run_app(app) == 0
    page = (tmp_path / "mine" / "report.html").read_text()
    assert "Emergence against null models" in page
    assert "names of roles are" in page
