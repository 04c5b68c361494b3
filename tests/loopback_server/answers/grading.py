"""A judge that compares words: crude, but it reads, so better work gets better grades."""

from __future__ import annotations

from typing import Any

from .writing import words_of

CRITERIA = ("accuracy", "completeness", "coherence", "actionability", "mission_relevance")
MET, PARTLY = 0.5, 0.25


def verdict(checklist: tuple[tuple[str, str], ...], works: tuple[str, ...]) -> dict[str, Any]:
    """What `verdict.json` describes."""
    vocabulary = {w for work in works for w in words_of(work)}
    met = [(name, _met(text, vocabulary)) for name, text in checklist]
    n = len(met) or 1
    full = sum(m == "yes" for _, m in met) / n
    some = sum(m != "no" for _, m in met) / n
    distinct = len(set(works)) / len(works) if works else 0.0
    shares = {
        "accuracy": (2 * full + some) / 3,
        "completeness": (full + some) / 2,
        "coherence": distinct * (1 + some) / 2,
        "actionability": full,
        "mission_relevance": some,
    }
    graded = {
        c: {
            "reason": f"A share of {shares[c]:.2f} speaks for the {c.replace('_', ' ')} of it.",
            "grade": 1 + round(3 * shares[c]),
        }
        for c in CRITERIA
    }
    return {"checklist": [{"id": name, "met": m} for name, m in met], **graded}


def _met(requirement: str, vocabulary: set[str]) -> str:
    wanted = words_of(requirement)
    share = sum(w in vocabulary for w in wanted) / len(wanted) if wanted else 0.0
    return "yes" if share >= MET else "partly" if share >= PARTLY else "no"
