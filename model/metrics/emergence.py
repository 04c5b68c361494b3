"""Emergence against null models: is it more than chance and wording would give?

A team with many role names, with members that keep to a subject, or with long chains of work may
look organized and be noise. Each measure is put beside the same measure of the same run after one
thing was drawn by lot and everything else kept:

    measure              what is drawn by lot
    unique_names         which title ("lead", "analyst") goes with which subject
    role_diversity       which member on which task has which of the run's roles
    role_diversity       every role, from the run's pool or a control's: a random-role team
    specialization       which member has which role, within each task
    role_stability       the same
    hierarchy_depth      whose work each work builds on, among those its author had read

Value, mean and standard deviation under the null, z, and the Monte Carlo p of B. Phipson &
G. K. Smyth, two-sided: p = min(1, 2 (1 + min(g, l)) / (n + 1)), where g of n draws are at least
and l at most the value. It is never 0, and where the null is true it is at most x with a chance of
at most x. `p_holm` is corrected over the tests of the run (S. Holm).

References:
    B. Phipson & G. K. Smyth, "Permutation p-values should never be zero", Statistical
    Applications in Genetics and Molecular Biology 9, 2010.
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from ..decision import Contribution
from ..errors import UsageError
from ..messages import Span
from ..record import TickRecord
from .paraphrases import Embed, collapse, split_name
from .structure import hierarchy_depth

DRAWS = 999
CELLS = 4_000_000
"""Numbers held at once: draws are made in portions of so many."""
TIE = 1e-9
"""Values closer than this are equal: a draw that gives the same team again may round otherwise."""

Codes = np.ndarray[Any, np.dtype[np.intp]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of a run beside its null model.

    Attributes:
        measure: Its name; see `MEANING`.
        null: What was drawn by lot; empty where nothing can be.
        value: Of the run.
        null_mean: Over draws; None without a null model.
        null_sd: Over draws.
        z: (value - null_mean) / null_sd; None where no draw differs from another.
        p: Two-sided; None without a null model.
        p_holm: Corrected over the run's tests.
        draws: How many.
    """

    measure: str
    null: str
    value: float
    null_mean: float | None = None
    null_sd: float | None = None
    z: float | None = None
    p: float | None = None
    p_holm: float | None = None
    draws: int = 0

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "sided": "two"}


MEANING = {
    "unique_names": "distinct names of roles, spelling and order of words evened out",
    "unique_roles": "distinct roles once paraphrases are one",
    "role_diversity": "roles per member with a role, task by task",
    "specialization": "mutual information of member and role, bits",
    "role_stability": "members that kept their role",
    "hierarchy_depth": "longest chain of works, task by task",
}
"""What each measure is; all but the first count paraphrases as one role."""


def emergence(
    records: Sequence[TickRecord],
    *,
    seed: int = 0,
    draws: int = DRAWS,
    embed: Embed | None = None,
    control: Sequence[TickRecord] = (),
) -> list[Row]:
    """Every measure of a run beside its null model.

    Args:
        records: The run's ticks.
        seed: Of the draws; the same seed gives the same rows.
        draws: Permutations for each test, 1 or more; 999 reach p = 0.002.
        embed: Vectors of role names, to find paraphrases that share no word; None compares words.
        control: Ticks of a run of the protocol `random`, whose roles the random-role team draws
            from; none draws from the run's own, each role equally often.

    Returns:
        Rows in the order of the table above; those that can't be measured are left out.

    Raises:
        UsageError: `draws` is below 1.
    """
    if draws < 1:
        raise UsageError(f"draws={draws} is below 1; use 999")
    roles = _Roles.of(records, embed)
    streams = iter(np.random.default_rng(np.random.SeedSequence(seed)).spawn(6))
    rows: list[Row] = []
    if len(roles):
        rows.append(Row("unique_roles", "", float(roles.kinds)))
        if embed is None:
            names = _Wording.of(records)
            rows.insert(0, _row("unique_names", "titles by lot", names.count, draws, streams))
        else:
            next(streams)
        pool = _pool(roles, control, embed)
        rows += [
            _row("role_diversity", "names shuffled over the run", roles.shuffled, draws, streams),
            _row("role_diversity", "random-role team", roles.drawn_from(pool), draws, streams),
            _row("specialization", "roles by lot in each task", roles.information, draws, streams),
        ]
        if roles.pairs:
            lot = "roles by lot in each task"
            rows.append(_row("role_stability", lot, roles.stability, draws, streams))
    attributions = [_Attribution(r) for r in records if _works(r)]
    if attributions:

        def depth(rng: np.random.Generator | None, n: int) -> Floats:
            return np.mean([a.depths(rng, n) for a in attributions], axis=0)

        rows.append(_row("hierarchy_depth", "attribution by lot", depth, draws, streams))
    return _corrected(rows)


Statistic = Callable[[np.random.Generator | None, int], Floats]
"""A measure under n draws by lot, or, without a generator, of the run itself."""


def _row(
    measure: str,
    null: str,
    statistic: Statistic,
    draws: int,
    streams: Iterator[np.random.Generator],
) -> Row:
    value = float(statistic(None, 1)[0])
    drawn = statistic(next(streams), draws)
    mean, sd = float(drawn.mean()), float(drawn.std(ddof=1)) if draws > 1 else 0.0
    sd = sd if sd > TIE else 0.0
    z = (value - mean) / sd if sd else None
    return Row(measure, null, value, mean, sd, z, p_value(value, drawn), None, draws)


def p_value(value: float, drawn: Sequence[float] | Floats) -> float:
    """Two-sided Monte Carlo p: twice the smaller tail, the run counted among the draws."""
    them = np.asarray(drawn)
    above = int((them >= value - TIE).sum())
    below = int((them <= value + TIE).sum())
    return min(1.0, 2.0 * (1 + min(above, below)) / (len(them) + 1))


def _corrected(rows: list[Row]) -> list[Row]:
    """Holm's correction over the rows that have a p."""
    tested = sorted((r.p, i) for i, r in enumerate(rows) if r.p is not None)
    worst = 0.0
    for rank, (p, i) in enumerate(tested):
        worst = max(worst, min(1.0, (len(tested) - rank) * p))
        rows[i] = replace(rows[i], p_holm=worst)
    return rows


def _portions(n: int, size: int) -> Iterator[int]:
    """How many draws to make at once, of so many numbers each."""
    most = max(1, CELLS // max(1, size))
    while n > 0:
        yield min(n, most)
        n -= most


def _distinct(codes: Codes) -> Codes:
    """How many different numbers stand in each row."""
    ordered = np.sort(codes, axis=1)
    return 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1)


@dataclass(frozen=True)
class _Wording:
    """Which wording goes with what else a name says, name by name."""

    subject: Codes
    wording: Codes

    @classmethod
    def of(cls, records: Sequence[TickRecord]) -> _Wording:
        parts = [split_name(name) for r in records for name in r.roles.values()]
        told = [f"{p.subject}|{p.activity}" for p in parts]
        return cls(_coded(told), _coded([p.wording for p in parts]))

    def count(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Distinct names."""
        width = int(self.wording.max()) + 1
        if rng is None:
            return _distinct((self.subject * width + self.wording)[None]).astype(float)
        found = []
        for k in _portions(n, len(self.subject)):
            drawn = rng.permuted(np.broadcast_to(self.wording, (k, len(self.wording))), axis=1)
            found.append(_distinct(self.subject * width + drawn))
        return np.concatenate(found).astype(float)


@dataclass(frozen=True)
class _Roles:
    """Who had which role on which task, as numbers in order of task and member.

    Attributes:
        role: By place.
        member: By place.
        starts: Where each task with roles begins, and the end.
        follows: By task with roles, whether it comes right after the one before.
        names: Of the roles.
    """

    role: Codes
    member: Codes
    starts: tuple[int, ...]
    follows: tuple[bool, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, records: Sequence[TickRecord], embed: Embed | None) -> _Roles:
        said = {n for r in records for n in r.roles.values()}
        same = collapse(said, embed=embed)
        names = tuple(sorted(set(same.values())))
        number = {name: i for i, name in enumerate(names)}
        role, member, starts, follows = [], [], [0], []
        last: int | None = None
        for r in records:
            if not r.roles:
                continue
            role += [number[same[name]] for name in r.roles.values()]
            member += list(r.roles)
            starts.append(len(role))
            follows.append(last is not None and r.tick == last + 1)
            last = r.tick
        return cls(
            np.array(role, dtype=np.intp), _coded(member), tuple(starts), tuple(follows), names
        )

    def __len__(self) -> int:
        return len(self.role)

    @property
    def kinds(self) -> int:
        """Distinct roles."""
        return len(self.names)

    @property
    def tasks(self) -> list[slice]:
        """The places of each task."""
        return [slice(a, b) for a, b in pairwise(self.starts)]

    @cached_property
    def pairs(self) -> list[tuple[Codes, Codes]]:
        """For each task and the one before it, the places of the members with a role on both."""
        found = []
        tasks = self.tasks
        for before, now, follows in zip(tasks, tasks[1:], self.follows[1:], strict=False):
            _, a, b = np.intersect1d(self.member[before], self.member[now], return_indices=True)
            if follows and len(a):
                found.append((a + before.start, b + now.start))
        return found

    def _over(
        self, n: int, draw: Callable[[int], Codes] | None, measured: Callable[[Codes], Floats]
    ) -> Floats:
        if draw is None:
            return measured(self.role[None])
        size = max(len(self), (int(self.member.max()) + 1) * self.kinds)
        return np.concatenate([measured(draw(k)) for k in _portions(n, size)])

    def _diversity(self, roles: Codes) -> Floats:
        shares = [_distinct(roles[:, task]) / (task.stop - task.start) for task in self.tasks]
        return np.mean(shares, axis=0)

    def shuffled(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Distinct roles per member with one, mean over tasks; roles shuffled over the run."""

        def draw(k: int) -> Codes:
            assert rng is not None
            return rng.permuted(np.broadcast_to(self.role, (k, len(self))), axis=1)

        return self._over(n, None if rng is None else draw, self._diversity)

    def drawn_from(self, pool: Codes) -> Statistic:
        """The same, every role drawn from a pool."""

        def statistic(rng: np.random.Generator | None, n: int) -> Floats:
            def draw(k: int) -> Codes:
                assert rng is not None
                return pool[rng.integers(len(pool), size=(k, len(self)))]

            return self._over(n, None if rng is None else draw, self._diversity)

        return statistic

    def _within(self, rng: np.random.Generator, k: int) -> Codes:
        """Roles dealt out anew among the members of each task."""
        drawn = np.empty((k, len(self)), dtype=np.intp)
        for task in self.tasks:
            here = self.role[task]
            drawn[:, task] = rng.permuted(np.broadcast_to(here, (k, len(here))), axis=1)
        return drawn

    def _dealt(
        self, rng: np.random.Generator | None, n: int, measured: Callable[[Codes], Floats]
    ) -> Floats:
        return self._over(n, None if rng is None else lambda k: self._within(rng, k), measured)

    def information(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Mutual information of member and role over all places, in bits."""
        members = int(self.member.max()) + 1
        sides = _entropy(np.bincount(self.member)[None]) + _entropy(np.bincount(self.role)[None])

        def measured(roles: Codes) -> Floats:
            width = members * self.kinds
            joint = roles * members + self.member + np.arange(len(roles))[:, None] * width
            counts = np.bincount(joint.ravel(), minlength=len(roles) * width)
            return sides - _entropy(counts.reshape(len(roles), width))

        return self._dealt(rng, n, measured)

    def stability(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Share of members with the role they had on the task before, mean over tasks."""

        def measured(roles: Codes) -> Floats:
            kept = [(roles[:, a] == roles[:, b]).mean(axis=1) for a, b in self.pairs]
            return np.mean(kept, axis=0)

        return self._dealt(rng, n, measured)


def _entropy(counts: Codes) -> Floats:
    """Shannon entropy of each row of counts, in bits."""
    total = counts.sum(axis=1)
    logs = counts * np.log2(np.maximum(counts, 1))
    return np.asarray(np.log2(total) - logs.sum(axis=1) / total, dtype=np.float64)


def _coded(values: Sequence[Any]) -> Codes:
    """Values as numbers from 0."""
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.intp).ravel()


def _pool(roles: _Roles, control: Sequence[TickRecord], embed: Embed | None) -> Codes:
    """What a random-role team draws from."""
    theirs = [name for r in control for name in r.roles.values()]
    if not theirs:
        return np.arange(roles.kinds, dtype=np.intp)
    same = collapse(theirs, embed=embed)
    return _coded([same[name] for name in theirs])


def _works(record: TickRecord) -> bool:
    return any(m.contributions for m in record.members)


class _Attribution:
    """Who could have built on whom in a tick: as many as it did, of those it had read.

    Args:
        record: The tick; what each work's author had seen is in its turns.
    """

    def __init__(self, record: TickRecord) -> None:
        place = {m.member: i for i, m in enumerate(record.members)}
        authors = np.array(  # of each message; -1 where it is no work
            [place[m.author] if isinstance(m.content, Contribution) else -1 for m in record.log],
            dtype=np.intp,
        )
        works = []
        for m in record.members:
            for turn in m.turns:
                if isinstance(turn.reply, Contribution):
                    used = np.array([place[a] for a in turn.reply.builds_on if a in place], np.intp)
                    read = _authors_in(authors, turn.seen if len(used) else ())
                    known = np.isin(used, read)
                    works.append(
                        (turn.round, place[m.member], used[~known], read, int(known.sum()))
                    )
        works.sort(key=itemgetter(0, 1))
        self.rounds = [list(same) for _, same in groupby(works, key=itemgetter(0))]
        self.members = len(record.members)
        self.depth = float(hierarchy_depth(record))

    def depths(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Hierarchy depth under n draws; of the tick itself without a generator."""
        if rng is None:
            return np.array([self.depth])
        depths = np.zeros((n, self.members), dtype=np.int32)
        rows = np.arange(n)[:, None]
        for same_round in self.rounds:
            finished = []
            for _, author, fixed, read, k in same_round:
                deepest = np.zeros(n, dtype=np.int32)
                if len(fixed):
                    deepest = depths[:, fixed].max(axis=1)
                if k:
                    chosen = read[_subsets(rng, n, len(read), k)]
                    deepest = np.maximum(deepest, depths[rows, chosen].max(axis=1))
                finished.append((author, deepest + 1))
            for author, depth in finished:
                depths[:, author] = np.maximum(depths[:, author], depth)
        return np.asarray(depths.max(axis=1), dtype=np.float64)


def _authors_in(authors: Codes, spans: Sequence[Span]) -> Codes:
    """Whose work stands in these spans, each author once."""
    parts = [authors[start:stop] for start, stop in spans]
    found = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)
    return found[found >= 0]


def _subsets(rng: np.random.Generator, n: int, size: int, k: int) -> Codes:
    """k different numbers below `size`, n times (R. Floyd's algorithm), shape (n, k)."""
    chosen = np.empty((n, k), dtype=np.intp)
    for place, last in enumerate(range(size - k, size)):
        drawn = rng.integers(last + 1, size=n)
        taken = (chosen[:, :place] == drawn[:, None]).any(axis=1)
        chosen[:, place] = np.where(taken, last, drawn)
    return chosen


def affordable(records: Sequence[TickRecord], most: int = 20_000_000) -> int:
    """Draws that keep a run's tests to seconds: 999, fewer for very large runs, 99 at least."""
    places = sum(len(r.roles) for r in records)
    return max(99, min(DRAWS, most // max(1, places)))


__all__ = ["DRAWS", "MEANING", "Row", "affordable", "emergence", "p_value"]
