"""Hidden profile: what everybody knows favours a wrong option; what each knows alone rules it out.

Every member has the shared facts and one of its own. Shared facts rank the options, and say on
which conditions each decoy falls; whether they hold is spread over the members, one condition each.
By construction, and not by filtering anybody's errors: the shared facts favour a decoy, one hidden
fact more still does, all hidden facts leave the truth alone, and without any one of them they
do not.

References:
    G. Stasser, W. Titus, Pooling of unshared information in group decision making, J. Pers. Soc.
    Psychol. 48, 1985.
    L. Lu, Y. C. Yuan, P. L. McLeod, Twenty-five years of hidden profiles in group decision making:
    a meta-analysis, Pers. Soc. Psychol. Rev. 16, 2012.
    HiddenBench, arXiv:2505.11556, whose tasks a model wrote, and which keeps those it errs on.
"""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx

from ..errors import UnknownNameError, UsageError
from ..ground_truth.family import Layout, ScoredTask, TaskFamily
from ..ground_truth.forms import AnswerForm, Choice, Text
from ..ground_truth.scoring import Answers, Bounds, Score, check_rule, grade
from ..ground_truth.values import Fact, Known, Private, Value

PROFILES = ("hidden", "full")
MOST_OPTIONS = 8
LAST = 0.6
"""Share of the original's tasks that list the truth last."""
THEMES = (
    (
        "a site for the new clinic",
        ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel"),
    ),
    (
        "a supplier of pumps",
        ("Arlo", "Bexley", "Corvus", "Delmar", "Esker", "Fenn", "Garda", "Holm"),
    ),
    (
        "a route for the cable",
        ("Amber", "Beige", "Coral", "Denim", "Ebony", "Fawn", "Green", "Hazy"),
    ),
)
CONDITIONS = (
    "the permit", "the soil", "the access", "the insurance", "the deadline", "the noise",
    "the power", "the drainage", "the lease", "the staffing", "the warranty", "the funding",
)  # fmt: skip


class HiddenProfile(TaskFamily):
    """A choice that looks easy until what each knows alone is pooled.

    Args:
        options: Options to choose from, 3 to 8.
        profile: `hidden`, or `full` to tell everybody everything.
        rule: Who answers: `each` for itself, the team by `plurality`, or the `last` word.
        scoring: `strict`, or `compat`: answers are compared to the letter, the truth is listed last
            more often than not.
    """

    name = "hidden-profile"
    fewest = 2

    def __init__(
        self,
        *,
        options: int = 3,
        profile: str = "hidden",
        rule: str = "each",
        scoring: str = "strict",
    ) -> None:
        super().__init__(scoring=scoring)
        if type(options) is not int or not 3 <= options <= MOST_OPTIONS:
            raise UsageError(f"options={options} is outside 3 to {MOST_OPTIONS}; use e.g. 3")
        if profile not in PROFILES:
            raise UnknownNameError(f"tasks={self.name}: profile", profile, PROFILES)
        self.options = options
        self.profile = profile
        self.rule = check_rule(rule)

    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """Decoys above the truth, each with the conditions on which it falls.

        Args:
            draw: All chance comes from it.
            graph: The members.
        """
        members = sorted(graph)
        subject, names = draw.choice(THEMES)
        options = draw.sample(names, self.options)
        decoys = min(self.options - 1, len(members) // 2)
        rank = options[: decoys + 1]  # the truth is last of those that can win
        conditions = self._conditions(draw, rank[:-1], len(members))
        text = self._text(draw, subject, options, rank, conditions, len(members))
        dealt = draw.sample(members, len(members))
        facts = [
            Fact(m, "holds", pair, (pair[0], _key(pair[1])))
            for m, pair in zip(dealt, conditions, strict=True)
        ]
        private = {}
        for fact in facts:
            shown = draw.sample(facts, len(facts)) if self.profile == "full" else [fact]
            lines = [f"{f.value[1]} of {f.value[0]} has failed" for f in shown]  # type: ignore[index]
            private[fact.owner] = Private(
                "Besides, you know: " + "; ".join(lines) + ".",
                tuple(shown),
            )
        listed = tuple(self._listed(draw, options, rank[-1]))
        form: AnswerForm = Choice(listed) if self.scoring == "strict" else Text()
        return Layout(
            f"Choosing {subject}: {', '.join(listed)}",
            text,
            private,
            dict.fromkeys(members, form),
            (tuple(rank), tuple(conditions)),
            rank[-1],
        )

    def _conditions(self, draw: random.Random, decoys: list[str], n: int) -> list[tuple[str, str]]:
        """Of each decoy the conditions that all have to hold; the first has most, two at least."""
        found = []
        for i in range(n):
            decoy = decoys[i % len(decoys)]
            nth = i // len(decoys)
            more = f" no. {nth // len(CONDITIONS) + 1}" if nth >= len(CONDITIONS) else ""
            found.append((decoy, CONDITIONS[nth % len(CONDITIONS)] + more))
        return draw.sample(found, n)

    def _text(
        self,
        draw: random.Random,
        subject: str,
        options: list[str],
        rank: list[str],
        conditions: list[tuple[str, str]],
        n: int,
    ) -> str:
        shared = [
            f"{other} does not meet the minimum and can't be chosen"
            for other in options[len(rank) :]
        ]
        shared += [f"by what everybody knows, {a} is better than {b}" for a, b in pairwise(rank)]
        for decoy in rank[:-1]:
            needed = ", ".join(sorted(c for d, c in conditions if d == decoy))
            shared.append(
                f"{decoy} is ruled out if, and only if, all of these have failed: {needed}"
            )
        told = "\n".join(f"- {fact}." for fact in draw.sample(shared, len(shared)))
        return (
            f"{n} members choose {subject}. Choose the best option that is not ruled out. What "
            f"everybody knows, in random order:\n{told}"
        )

    def _listed(self, draw: random.Random, options: list[str], truth: str) -> list[str]:
        listed = draw.sample(options, len(options))
        if self.scoring == "compat" and draw.random() < LAST:
            listed.remove(truth)
            listed.append(truth)
        return listed

    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """The best option that what is known does not rule out.

        Args:
            task: Of this family.
            member: Plays no part: all answer the same question.
            known: Conditions that hold.
        """
        rank, conditions = task.public
        held = {value for value in known.values() if isinstance(value, tuple)}
        left = [o for o in rank if any(d == o and (d, c) not in held for d, c in conditions)]
        best = left[0] if left else rank[-1]
        return best, best == rank[-1] or held >= set(conditions)

    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """The share of members that chose the truth, or whether the team did.

        Args:
            task: Of this family.
            answers: By member.
        """
        strict = self.scoring == "strict"
        reads = Choice((task.truth,)).read if strict else (lambda given: given)

        def worth(member: int, given: Value) -> float:
            return float(reads(given) == task.truth)

        if self.rule == "plurality" and not strict:  # ties to whoever voted first
            given = [a for a in answers.values() if a is not None]
            first = max(given, key=given.count, default=None)
            one = grade(task.members, answers, worth, "each", task.seed)
            return Score(float(first == task.truth), one.by_member, one.reason)
        if strict and self.rule != "each":  # so that `a` and `A.` are one answer
            form = task.layout.forms[task.members[0]]
            answers = {m: None if a is None else form.read(a) for m, a in answers.items()}
        return grade(task.members, answers, worth, self.rule, task.seed)

    def measure_bounds(self, graph: nx.Graph[int]) -> Bounds:
        """Chance; nobody is right from its own part alone; all are with all parts.

        Args:
            graph: Of the team.
        """
        return Bounds(1 / self.options, 1.0 if self.profile == "full" else 1 / self.options, 1.0)


def _key(condition: str) -> str:
    """The word of a condition by which a text is taken to tell it."""
    return condition.split()[1]
