"""What a role's name says once its wording is taken off: which names are paraphrases.

arXiv:2603.28990 counts 5,006 roles by their names, so "Senior Security Analyst" and "security
analysis lead" are two. Here a name's *subject*, what the role is about, is told from titles,
ranks and little words, and names with the same subject are one role. That errs on the side of too
few roles, as an auditor and an architect of the same subject are one; for names that share meaning
and no word, give `collapse` an embedding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import UsageError

Embed = Callable[[list[str]], Any]
"""Vectors of names: an array of shape (names, dimensions)."""

SIMILAR = 0.85
"""Cosine similarity above which two embedded names are one role."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LITTLE = _words(
    "a an and as at by for from in into of on or our the their this to with und der die"
)
RANKS = _words("senior junior chief head deputy principal lead leading main key primary")
TITLES = _words(
    "agent advisor adviser analyst architect assessor assistant associate auditor builder checker "
    "consultant coordinator critic designer developer director editor engineer evaluator examiner "
    "expert facilitator integrator investigator leader manager member modeller modeler moderator "
    "officer owner planner professional researcher reviewer role scientist specialist strategist "
    "synthesizer synthesiser verifier writer"
)
ACTIVITIES = _words(
    "analysis analytics architecture assessment design development engineering evaluation "
    "integration management modelling modeling planning research review strategy synthesis "
    "verification writing"
)
"""What somebody with a title does: a planning specialist is a planner."""
SUFFIXES = (
    "ations", "ation", "ements", "ement", "ments", "ment", "ions", "ion", "ings", "ing", "ysis",
    "ytics", "ytic", "ysts", "yst", "ists", "ist", "ers", "er", "ors", "or", "ities", "ity",
    "ness", "ical", "ics", "ic", "al", "ies", "es", "ed", "s", "e", "y",
)  # fmt: skip
"""Endings that are cut, the longest first, again and again, while four letters are left."""
SHORTEST = 4
_WORD = re.compile(r"[^\W_]+")


def stem(word: str) -> str:
    """A word without its endings: planning, planner and planners are `plan`. Crude, and ours.

    Args:
        word: Case folded.
    """
    while True:
        for suffix in SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST:
                word = word[: -len(suffix)]
                break
        else:
            break
    if len(word) > SHORTEST and word[-1] == word[-2]:  # plann, modell
        word = word[:-1]
    return word


def _is_in(word: str, words: frozenset[str]) -> bool:
    return word in words or word.removesuffix("s") in words


class Name(NamedTuple):
    """A role's name, taken apart; each part stemmed words in order of the alphabet.

    Attributes:
        subject: What the role is about. Names with the same subject are one role.
        activity: What is done about it, as far as the name says.
        wording: Titles and ranks.
    """

    subject: str
    activity: str
    wording: str


def split_name(name: str) -> Name:
    """Take a role's name apart; case, punctuation, order of words and little words don't count.

    Where no subject is named ("lead analyst"), the subject is the activity, else the title, else
    the rank; a name without any word is its own subject.

    Args:
        name: As a member said it.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = [w for w in _WORD.findall(folded) if w not in LITTLE]
    kinds = [[w for w in words if _is_in(w, kind)] for kind in (ACTIVITIES, TITLES, RANKS)]
    about = [w for w in words if not any(w in kind for kind in kinds)]
    subject = next((kind for kind in (about, *kinds) if kind), None)
    if subject is None:
        return Name(" ".join(folded.split()), "", "")
    rest = [[w for w in kind if w not in subject] for kind in kinds]
    return Name(_stemmed(subject), _stemmed(rest[0]), _stemmed(rest[1] + rest[2]))


def _stemmed(words: Iterable[str]) -> str:
    return " ".join(sorted({stem(w) for w in words}))


def collapse(
    names: Iterable[str], *, embed: Embed | None = None, similar: float = SIMILAR
) -> dict[str, str]:
    """Each name's role once paraphrases are one.

    Args:
        names: As members said them.
        embed: Vectors of the distinct subjects; then those are one that lie together in
            average-linkage clusters. None compares words alone. Nothing is sent anywhere.
        similar: Cosine similarity at which clusters are cut, above 0 up to 1.

    Returns:
        Subject by name; with `embed` that of the cluster's first in order of the alphabet.

    Raises:
        UsageError: `similar` is out of its range, or the vectors are not one per name.
    """
    if not 0 < similar <= 1:
        raise UsageError(f"similar={similar} is outside 0 to 1; use e.g. similar={SIMILAR}")
    subjects = {name: split_name(name).subject for name in names}
    distinct = sorted(set(subjects.values()))
    if embed is None or len(distinct) < 2:
        return subjects
    same = _clustered(distinct, embed, similar)
    return {name: same[subject] for name, subject in subjects.items()}


def _clustered(names: Sequence[str], embed: Embed, similar: float) -> dict[str, str]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    vectors = np.asarray(embed(list(names)), dtype=float)
    if vectors.ndim != 2 or len(vectors) != len(names) or not np.isfinite(vectors).all():
        raise UsageError(
            f"embed gave an array of shape {vectors.shape} for {len(names)} names; "
            "give one finite vector for each"
        )
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1.0)
    distance = np.clip(1.0 - unit @ unit.T, 0.0, 2.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average")
    groups = fcluster(tree, 1.0 - similar + 1e-12, "distance")
    first: dict[int, str] = {}
    for name, group in zip(names, groups, strict=True):
        first.setdefault(int(group), name)
    return {name: first[int(group)] for name, group in zip(names, groups, strict=True)}
