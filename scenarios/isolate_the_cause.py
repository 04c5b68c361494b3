"""Why does Sequential beat the Coordinator: what members see, their order, or free roles?

The two differ in three things at once. Here each is set apart: whether members see finished work,
whether turns come together, by lot or in the order that the planner's own phases state, and whether
roles are assigned by the plan or free. All combinations are played on the same tasks. Where nothing
is seen, turns can make no difference, so cells that are the same by construction share their runs.
The lead is then divided among the three causes by Shapley's value over all orders in which they
could be added, and along one path: a plan whose workers see finished work, then in the plan's own
order, then with free roles. Both sums are the whole lead. Intervals are 95 % bootstrap intervals
over seeds and tasks. Code-scored tasks are divided in their score (--tasks).

Expectation: finished work in view is what makes the lead. The same plan, carried out in its own
order with finished work in view, comes closer to sequential than the coordinator does; free choice
without any view falls behind the coordinator; and what arXiv:2603.28990 claims, that the freedom to
choose roles is worth something by itself, shows where members see the same in the same order: free
minus assigned is above 0.
Refuted where the whole 95 % interval of one of these speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from unscripted import study

Cell = tuple[str, str, str]
"""What is seen, how turns come, and how roles are given."""
SEES, TURNS, ROLES = ("none", "work"), ("together", "random", "dependency"), ("assigned", "free")
COORDINATOR, SEQUENTIAL = "coordinator", "sequential"
PHASED = "coordinator:sees=work,order=phases"
FACTORIAL: Mapping[Cell, str] = {
    ("none", "together", "assigned"): COORDINATOR,
    ("none", "random", "assigned"): COORDINATOR,
    ("none", "dependency", "assigned"): "coordinator:order=phases",
    ("work", "together", "assigned"): "coordinator:sees=work",
    ("work", "random", "assigned"): "sequential:order=random,roles=assigned",
    ("work", "dependency", "assigned"): "sequential:order=dependency,roles=assigned",
    ("none", "together", "free"): "silent",
    ("none", "random", "free"): "silent",
    ("none", "dependency", "free"): "silent",
    ("work", "together", "free"): "silent",
    ("work", "random", "free"): "sequential:order=random",
    ("work", "dependency", "free"): "sequential:order=dependency",
}
"""Who sees nothing decides the same whatever the turns; nor is there work to see without turns."""
GROUP = ("model", "level", "agents")
CAUSES = ("visibility", "order", "freedom")


def design(options: study.StudyOptions) -> list[study.Condition]:
    """The factorial, Sequential itself and the phased coordinator, for each model, level, size."""
    played = list(dict.fromkeys((*FACTORIAL.values(), SEQUENTIAL, PHASED)))
    return [
        study.Condition(options.base.replace(protocol=p, model=m, level=level, agents=n))
        for m in options.lists["model"] or ()
        for level in options.lists["level"] or (None,)
        for n in options.lists["agents"] or ()
        for p in played
    ]


@dataclass(frozen=True)
class Group:
    """One model on one level in one team size: all cells, resampled together.

    Attributes:
        name: In words.
        where: Its labels.
        found: Means of `protocols`, in their order.
        protocols: All that were played.
    """

    name: str
    where: Mapping[str, Any]
    found: study.Resampled
    protocols: tuple[str, ...]

    def weights(self, *parts: tuple[float, str]) -> list[float]:
        """Weights of the protocols' means, from parts that may name one more than once."""
        at = dict.fromkeys(self.protocols, 0.0)
        for weight, protocol in parts:
            at[protocol] += weight
        return list(at.values())

    @cached_property
    def parts(self) -> dict[str, list[float]]:
        """Of the lead: Shapley's shares, the path, effects and interactions, as weights."""
        cube = {
            frozenset(c for c, on in zip(CAUSES, (v, o, f), strict=True) if on):
            FACTORIAL[SEES[v], ("random", "dependency")[o], ROLES[f]]
            for v in (0, 1) for o in (0, 1) for f in (0, 1)
        }  # fmt: skip
        steps = [frozenset(CAUSES[:k]) for k in range(4)]
        found = {"lead": [(1.0, SEQUENTIAL), (-1.0, COORDINATOR)]}
        found |= {f"Shapley: {c}": list(shapley(cube, c)) for c in CAUSES}
        found |= {
            f"path: {'+ ' if k else ''}{CAUSES[k]}": [(1.0, cube[steps[k + 1]]), (-1.0, cube[s])]
            for k, s in enumerate(steps[:3])
        }
        found["turns by id, not by plan"] = [(1.0, SEQUENTIAL), (-1.0, cube[steps[3]])]
        found |= {
            f"effect: {' x '.join(c for c in CAUSES if c in some)}": list(effect(cube, some))
            for some in sorted(cube, key=lambda s: (len(s), sorted(map(CAUSES.index, s))))
            if some
        }
        return {name: self.weights(*weighted) for name, weighted in found.items()}

    def difference(self, first: str, second: str) -> tuple[float, tuple[float, float] | None]:
        """First minus second, and its interval."""
        return self.found.interval(self.weights((1.0, first), (-1.0, second)))

    def body(self, measure: str) -> dict[str, Any]:
        """For `--json`: every cell and every part, with intervals."""
        cells = [
            {"sees": s, "turns": t, "roles": r, "protocol": p, **self._said([(1.0, p)])}
            for (s, t, r), p in FACTORIAL.items()
        ]
        also = [{"protocol": p, **self._said([(1.0, p)])} for p in (SEQUENTIAL, PHASED)]
        parts = {name: self._interval(w) for name, w in self.parts.items()}
        head = {"measure": measure, "seeds": self.found.seeds, "tasks": self.found.tasks}
        return {**self.where, **head, "cells": cells, "beside": also, "parts": parts}

    def _said(self, parts: list[tuple[float, str]]) -> dict[str, Any]:
        return self._interval(self.weights(*parts))

    def _interval(self, weights: list[float]) -> dict[str, Any]:
        value, bounds = self.found.interval(weights)
        return {"mean": value, "ci95": bounds}


def shapley(cube: Mapping[frozenset[str], str], cause: str) -> Iterator[tuple[float, str]]:
    """What a cause adds, on average over the orders in which causes could be added.

    Args:
        cube: The protocol of each set of causes.
        cause: One of them.

    References:
        L. S. Shapley, "A value for n-person games", 1953.
    """
    for some, protocol in cube.items():
        if cause not in some:
            weight = {0: 1 / 3, 1: 1 / 6, 2: 1 / 3}[len(some)]
            yield weight, cube[some | {cause}]
            yield -weight, protocol


def effect(
    cube: Mapping[frozenset[str], str], causes: frozenset[str]
) -> Iterator[tuple[float, str]]:
    """A main effect or an interaction: half the difference of differences, averaged.

    Main effects and the interaction of all three add up to the last cell minus the first.

    Args:
        cube: The protocol of each set of causes.
        causes: One for a main effect.
    """
    for some, protocol in cube.items():
        yield (-1.0) ** len(causes - some) / 4, protocol


def groups(found: study.StudyResults) -> list[Group]:
    """Each model, level and size of which every cell was played."""
    measure, made = measured(found), []
    for key in dict.fromkeys(tuple(r[name] for name in GROUP) for r in found.rows):
        where = dict(zip(GROUP, key, strict=True))
        protocols = tuple(dict.fromkeys(r["protocol"] for r in found.of(**where)))
        wanted = {*FACTORIAL.values(), SEQUENTIAL, PHASED}
        samples = [found.crossed(measure, protocol=p, **where) for p in protocols]
        resampled = study.resampled_crossed(samples) if wanted <= {*protocols} else None
        if resampled is not None:
            name = f"{str(where['model']).rpartition('/')[2]}, {where['level']}, N = {key[2]}"
            made.append(Group(name, where, resampled, protocols))
    return made


def measured(found: study.StudyResults) -> str:
    """What is divided: the score where code scored anything, else quality."""
    return "score" if any(r["score"] is not None for r in found.rows) else "quality"


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """The cells, the lead taken apart, and what was expected of it."""
    measure, some = measured(found), groups(found)
    return study.StudyReport(
        tables=[*(cells_of(g, measure) for g in some), *(shares(some, measure) if some else ())],
        figures={"isolate-the-cause": lambda: draw(found)},
        findings=[finding for g in some for finding in findings_of(g, measure)],
        notes=[
            "Shapley's shares and the turns add up to the lead; so do the path and the turns.",
            "Turns by id, not by plan: sequential itself against the same with the planner's "
            "order, one call more; what is left between the factorial and the lead.",
        ],
        numbers=[g.body(measure) for g in some],
    )


def findings_of(group: Group, measure: str) -> list[study.Finding]:
    """What was expected, of one group."""
    arranged = FACTORIAL["work", "dependency", "assigned"]
    free = FACTORIAL["work", "dependency", "free"]
    both = (study.quantity(measure, protocol=p) for p in (SEQUENTIAL, COORDINATOR))
    scored = "no such task has a term in the loss"
    quality = measure == "quality"
    fit = study.by_loss(
        *both,
        inside="qualities of both protocols are terms of the loss",
        outside="qualities of both protocols are not in the loss" if quality else scored,
    )
    blind = study.by_loss(
        study.quantity(measure, protocol="silent"),
        outside="silent is no term of the loss" if quality else scored,
    )
    mechanism = study.by_loss(
        study.quantity(measure, protocol=arranged), outside="no term of the loss has this cell"
    )
    paper = study.predicted("arXiv:2603.28990, here with all else equal")
    differences = [
        ("sequential minus coordinator > 0", SEQUENTIAL, COORDINATOR, False, fit),
        ("the plan in its order, work in view, minus coordinator > 0", arranged, COORDINATOR,
         False, mechanism),
        ("free minus assigned roles, same view and order > 0", free, arranged, False, paper),
        ("free but blind (silent) minus coordinator < 0", "silent", COORDINATOR, True, blind),
    ]  # fmt: skip
    made = []
    for words, first, second, less, basis in differences:
        value, bounds = group.difference(first, second)
        ends = (float("-inf"), 0.0) if less else (0.0, float("inf"))
        enough = group.found.seeds >= study.FEWEST_SEEDS
        support = study.supported(bounds if enough else None, *ends)
        claim, n, tasks = f"{group.name}: {words}", group.found.seeds, group.found.tasks
        made.append(study.Finding(claim, support, value, bounds, n, basis, tasks))
    return made


def cells_of(group: Group, measure: str) -> study.Table:
    """The factorial as a table, with what stands beside it."""
    title = f"{group.name}: {measure}, [95 % interval over {group.found.seeds} seeds and "
    table = study.titled_table(f"{title}{group.found.tasks} tasks]")
    table.add_column("roles", no_wrap=True)
    table.add_column("sees", no_wrap=True)
    for turns in TURNS:
        table.add_column(turns, justify="right")
    for roles in ROLES:
        for sees in SEES:
            cells = [FACTORIAL[sees, turns, roles] for turns in TURNS]
            table.add_row(roles, sees, *(_text(group, [(1.0, c)]) for c in cells))
    table.add_row("free", "work", "", "by id:", _text(group, [(1.0, SEQUENTIAL)]))
    table.add_row("assigned", "work", "", "in phases:", _text(group, [(1.0, PHASED)]))
    return table


def shares(some: list[Group], measure: str) -> list[study.Table]:
    """The lead of sequential over the coordinator taken apart in three ways, a row each group."""
    rest = "turns by id, not by plan"
    kinds = {
        "Shapley": ["lead", *(f"Shapley: {c}" for c in CAUSES), rest],
        "path": ["lead", *(p for p in some[0].parts if p.startswith("path: ")), rest],
        "effect": [p for p in some[0].parts if p.startswith("effect: ")],
    }
    titles = {
        "Shapley": f"Sequential minus coordinator in {measure}: Shapley's shares, and turns",
        "path": "The same along a path, each step upon the one before, and turns",
        "effect": "Main effects and interactions (x); main effects and that of all three add up",
    }
    made = []
    for kind, parts in kinds.items():
        table = study.titled_table(titles[kind])
        table.add_column("team", no_wrap=True)
        for part in parts:
            table.add_column(part.removeprefix(f"{kind}: "), justify="right")
        for group in some:
            texts = [study.with_bounds(*group.found.interval(group.parts[p])) for p in parts]
            table.add_row(group.name, *texts)
        made.append(table)
    return made


def _text(group: Group, parts: list[tuple[float, str]]) -> str:
    return study.with_bounds(*group.found.interval(group.weights(*parts)))


def draw(found: study.StudyResults) -> study.Figure:
    """The cells over the three kinds of turns, a line for each view and way of giving roles."""
    measure = measured(found)
    panels = []
    for key in dict.fromkeys(tuple(r[name] for name in GROUP) for r in found.rows):
        where = dict(zip(GROUP, key, strict=True))
        lines = [
            study.Line(f"{roles}, {'work in view' if sees == 'work' else 'blind'}", [
                (t, found.sample(measure, protocol=FACTORIAL[sees, t, roles], **where))
                for t in TURNS
            ])
            for roles in ROLES for sees in SEES
        ]  # fmt: skip
        name = f"{str(key[0]).rpartition('/')[2]}, {key[1]}, {key[2]} agents"
        panels.append(study.Subplot(lines, measure, name))
    return study.draw_lines(
        panels,
        title=STUDY.question,
        subtitle=found.constant("model", "level", "agents", "topology"),
        xlabel="turns",
        note="Intervals over seeds; the table's are over seeds and tasks.",
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol",),
    lists=("model", "level", "agents"),
    model="synthetic/claude-sonnet-4.6,synthetic/deepseek-v3.2,synthetic/glm-5",
    level=None,
    agents="8,16",
    ticks=10,
    replicates=10,
)

if __name__ == "__main__":
    study.main(STUDY)
