"""Null models of roles: the names, and who had which role on which task, with one thing by lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ...record import TickRecord
from ..paraphrases import Embed, collapse, split_name
from .null_model import Codes, Floats, Statistic, coded, distinct, portions


@dataclass(frozen=True)
class Wording:
    """Which wording goes with what else a name says, name by name.

    Attributes:
        subject: What the name is about, as a number.
        wording: Its titles and ranks, as a number.
    """

    subject: Codes
    wording: Codes

    @classmethod
    def of(cls, records: Sequence[TickRecord]) -> Wording:
        """Every name that a member had, in order of task and member.

        Args:
            records: Of a run, with at least one role.
        """
        parts = [split_name(name) for r in records for name in r.roles.values()]
        told = [f"{p.subject}|{p.activity}" for p in parts]
        return cls(coded(told), coded([p.wording for p in parts]))

    def count(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Distinct names.

        Args:
            rng: Draws; None measures the run itself.
            n: How many draws.
        """
        width = int(self.wording.max()) + 1
        if rng is None:
            return distinct((self.subject * width + self.wording)[None]).astype(float)
        found = []
        for k in portions(n, len(self.subject)):
            drawn = rng.permuted(np.broadcast_to(self.wording, (k, len(self.wording))), axis=1)
            found.append(distinct(self.subject * width + drawn))
        return np.concatenate(found).astype(float)


@dataclass(frozen=True)
class Roles:
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
    def of(cls, records: Sequence[TickRecord], embed: Embed | None) -> Roles:
        """The roles of a run, paraphrases as one.

        Args:
            records: Of a run.
            embed: As in `emergence`.
        """
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
            np.array(role, dtype=np.intp), coded(member), tuple(starts), tuple(follows), names
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
        return np.concatenate([measured(draw(k)) for k in portions(n, size)])

    def _diversity(self, roles: Codes) -> Floats:
        shares = [distinct(roles[:, task]) / (task.stop - task.start) for task in self.tasks]
        return np.mean(shares, axis=0)

    def shuffled(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Distinct roles per member with one, mean over tasks; roles shuffled over the run.

        Args:
            rng: Draws; None measures the run itself.
            n: How many draws.
        """

        def draw(k: int) -> Codes:
            assert rng is not None
            return rng.permuted(np.broadcast_to(self.role, (k, len(self))), axis=1)

        return self._over(n, None if rng is None else draw, self._diversity)

    def drawn_from(self, pool: Codes) -> Statistic:
        """The same, every role drawn from a pool.

        Args:
            pool: Roles as numbers, each as often as it should come up.
        """

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
        """Mutual information of member and role over all places, in bits.

        Args:
            rng: Draws; None measures the run itself.
            n: How many draws.
        """
        members = int(self.member.max()) + 1
        sides = _entropy(np.bincount(self.member)[None]) + _entropy(np.bincount(self.role)[None])

        def measured(roles: Codes) -> Floats:
            width = members * self.kinds
            joint = roles * members + self.member + np.arange(len(roles))[:, None] * width
            counts = np.bincount(joint.ravel(), minlength=len(roles) * width)
            return sides - _entropy(counts.reshape(len(roles), width))

        return self._dealt(rng, n, measured)

    def stability(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Share of members with the role they had on the task before, mean over tasks.

        Args:
            rng: Draws; None measures the run itself.
            n: How many draws.
        """

        def measured(roles: Codes) -> Floats:
            kept = [(roles[:, a] == roles[:, b]).mean(axis=1) for a, b in self.pairs]
            return np.mean(kept, axis=0)

        return self._dealt(rng, n, measured)


def _entropy(counts: Codes) -> Floats:
    """Shannon entropy of each row of counts, in bits."""
    total = counts.sum(axis=1)
    logs = counts * np.log2(np.maximum(counts, 1))
    return np.asarray(np.log2(total) - logs.sum(axis=1) / total, dtype=np.float64)


def role_pool(roles: Roles, control: Sequence[TickRecord], embed: Embed | None) -> Codes:
    """What a random-role team draws from.

    Args:
        roles: Of the run; each equally often where there is no control.
        control: Ticks of a run whose roles are drawn from instead.
        embed: As in `emergence`.
    """
    theirs = [name for r in control for name in r.roles.values()]
    if not theirs:
        return np.arange(roles.kinds, dtype=np.intp)
    same = collapse(theirs, embed=embed)
    return coded([same[name] for name in theirs])
