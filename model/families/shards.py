"""Shards: data is split among members, and the question is about all of it.

Nobody can answer from its own part; how much has to travel, and whether order matters, differs by
kind. Everything is checked by code.

References:
    Silo-Bench, arXiv:2603.01045 (ACL 2026). Generators, texts and scorers here are our own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import networkx as nx

from ..errors import UnknownNameError, UsageError
from ..ground_truth.family import Layout, ScoredTask, TaskFamily
from ..ground_truth.forms import AnswerForm
from ..ground_truth.scoring import Answers, Bounds, Score, check_rule, grade
from ..ground_truth.values import Fact, Known, Private, Value
from .shard_kinds import KINDS, ShardKind
from .shard_scores import partly, same, same_text

CREDITS = ("exact", "partial")


class Shards(TaskFamily):
    """Data in parts, and a question about the whole.

    Args:
        kind: Which question, one of `KINDS`.
        credit: `exact` scores the share of right answers, `partial` how right they are.
        rule: Who answers: `each` for itself, the team by `plurality`, or the `last` word. Kinds
            that ask each member for its own segment know only `each`.
        scoring: `strict`, or `compat` with the original's comparison and its partial score.
        size: Values in each part, fewer than the original's for easier tasks, where a kind has
            that choice; 0 for the original's.
    """

    name = "shards"

    def __init__(
        self,
        *,
        kind: str = "max",
        credit: str = "exact",
        rule: str = "each",
        scoring: str = "strict",
        size: int = 0,
    ) -> None:
        super().__init__(scoring=scoring)
        if kind not in KINDS:
            raise UnknownNameError(f"tasks={self.name}: kind", kind, KINDS)
        most = KINDS[kind].size
        if size and not most:
            sized = ", ".join(name for name, k in KINDS.items() if k.size)
            raise UsageError(
                f"tasks={self.name}: size={size!r} is not for kind={kind}; use it with {sized}"
            )
        if type(size) is not int or not 0 <= size <= most:
            raise UsageError(
                f"tasks={self.name}: size={size!r} is outside 0 (the original's) to {most} for "
                f"kind={kind}; use e.g. 3"
            )
        if credit not in CREDITS:
            raise UnknownNameError(f"tasks={self.name}: credit", credit, CREDITS)
        self.kind = kind
        self.credit = credit
        self.size = size
        self.rule = check_rule(rule)
        if self._kind.segments and rule != "each":
            raise UnknownNameError(f"tasks={self.name}:kind={kind}: rule", rule, ("each",))

    @property
    def _kind(self) -> ShardKind:
        return KINDS[self.kind]

    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """Parts in the order of the members' numbers.

        Args:
            draw: All chance comes from it.
            graph: The members.
        """
        members, kind = sorted(graph), self._kind
        dealt = kind.deal(draw, len(members), self.size or kind.size)
        private = {}
        for place, (member, part) in enumerate(zip(members, dealt, strict=True), 1):
            text = ", ".join(map(str, part))
            said = f"Your part, the {place}. of {len(members)} in order: {text}"
            words = tuple(dict.fromkeys(w for x in part for w in _words(x)))
            private[member] = Private(said, (Fact(member, "part", part, words),))
        return Layout(
            f"A question about data in {len(members)} parts",
            f"{_numbered(members)} Each holds one part of some data, which nobody else sees "
            f"unless it is said. {kind.asks}",
            private,
            {m: self._form(len(members)) for m in members},
            tuple(members),
            dict(zip(members, _truths(kind, dealt), strict=True)),
        )

    def _form(self, n: int) -> AnswerForm:
        return self._kind.form(n) if self.scoring == "strict" else _Lenient(self._kind.form(n))

    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """The answer from the parts that are known, as if there were no others.

        Args:
            task: Of this family.
            member: Who answers.
            known: Parts.
        """
        kind, members = self._kind, task.public
        if kind.upto:
            members = members[: members.index(member) + 1]
        held = {m: known[m, "part"] for m in members if (m, "part") in known}
        sure = len(held) == len(members)
        if not held or (kind.segments and member not in held):
            return None, False
        try:
            parts = [p for p in held.values() if isinstance(p, tuple)]
            truths = dict(zip(held, _truths(kind, parts), strict=True))
            return task.layout.forms[member].read(
                truths.get(member, next(iter(truths.values())))
            ), sure
        except Exception:  # what is held to be true need not make sense
            return None, False

    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """The share of right answers; with `credit=partial`, how right they are.

        Args:
            task: Of this family.
            answers: By member.
        """
        strict, level = self.scoring == "strict", self._kind.level

        def worth(member: int, given: Value) -> float:
            true = task.truth[member]
            if self.credit == "partial":
                return partly(_untyped(given), true, level, strict=strict)
            return float(same(_untyped(given), true) if strict else same_text(given, true))

        return grade(task.members, answers, worth, self.rule, task.seed)

    def measure_bounds(self, graph: nx.Graph[int]) -> Bounds:
        """The floor by formula, where answers are right or wrong.

        Args:
            graph: Of the team.
        """
        sampled = super().measure_bounds(graph)
        floor = self._kind.floor((self.size or self._kind.size) * len(graph))
        return Bounds(floor, max(floor, sampled.own), sampled.ceiling)


@dataclass(frozen=True)
class _Lenient(AnswerForm):
    """Takes what the original takes: anything, compared later as it is."""

    form: AnswerForm

    def read(self, given: Any) -> Value | None:
        """A text as it is, else what the strict form reads.

        Args:
            given: Anything at all.
        """
        return given.strip() or None if isinstance(given, str) else self.form.read(given)

    @property
    def schema(self) -> dict[str, Any]:
        """The strict form's."""
        return self.form.schema

    @property
    def text_schema(self) -> dict[str, Any]:
        """The strict form's."""
        return self.form.text_schema

    @property
    def words(self) -> str:
        """The strict form's."""
        return self.form.words


def _truths(kind: ShardKind, parts: list[Any]) -> list[Value]:
    found = kind.answer(parts)
    if kind.segments:
        assert isinstance(found, tuple)
        return list(found)
    return [found] * len(parts)


def _untyped(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


def _words(item: Any) -> list[str]:
    return [str(x) for x in item] if isinstance(item, tuple) else [str(item)]


def _numbered(members: list[int]) -> str:
    return f"{len(members)} members take part, with the numbers {', '.join(map(str, members))}."
