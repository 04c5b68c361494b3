"""Which names of roles are paraphrases."""

from __future__ import annotations

import numpy as np
import pytest
from support.histories import team

import unscripted as un
from unscripted.model.metrics.emergence import emergence
from unscripted.model.metrics.paraphrases import collapse, split_name, stem

SAME = (
    "security analyst", "Security Analyst ", "SENIOR SECURITY ANALYSTS", "analyst of security",
    "security-analysis lead", "Lead, Security Architecture", "the Security Expert (chief)",
    "security_engineer", "security engineering manager",
)  # fmt: skip


def test_paraphrases_collapse():
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
def test_name_is_taken_apart(name, parts):
    expected = tuple(" ".join(sorted(map(stem, p.split()))) if p != "??" else p for p in parts)
    assert split_name(name) == expected


def test_stems():
    assert stem("planner") == stem("planning") == stem("planners") == "plan"
    assert stem("modeller") == stem("modeling") == stem("models")
    assert stem("logistics") == stem("logistic")
    assert stem("ai") == "ai"
    assert stem("law") != stem("lawn")


STEMS = {
    "organizational": "organiz", "operational": "oper", "engineering": "engin",
    "professionals": "prof", "historical": "hist", "criticalness": "crit",
    "editorials": "editori", "physicists": "phys", "security": "secur", "as": "as",
}  # fmt: skip


@pytest.mark.parametrize("word", STEMS)
def test_longest_endings_go_first(word):
    assert stem(word) == STEMS[word]


def test_embedding_finds_wordless_paraphrases():
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
    with pytest.raises(un.UsageError, match="similar=2"):
        collapse(names, similar=2)
    with pytest.raises(un.UsageError, match="one finite vector for each"):
        collapse(names, embed=lambda names: np.ones((1, 2)))
    with pytest.raises(un.UsageError, match="one finite vector for each"):
        collapse(names, embed=lambda names: np.full((len(names), 2), np.nan))


def test_chains_of_similarity_do_not_merge():
    angles = {stem(n): np.radians(25 * i) for i, n in enumerate(("law", "contracts", "tenders"))}

    def embed(names):
        return [(np.cos(angles[n]), np.sin(angles[n])) for n in names]

    assert len(set(collapse(("law", "contracts", "tenders"), embed=embed).values())) == 2
