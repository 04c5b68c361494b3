"""Every measure once, in the order in which all tables give them; undefined is None, never 0.

Built-in measures stand here, each with all that is said about it. An installed package adds its
own by an entry point of the group `unscripted.measures` that names a `Measure`; a user by
`un.build(measures=…)`. Formulas and what is missing when are in docs/metrics.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..errors import UnknownNameError, UsageError
from ..plugins.discovery import discover
from ..record import TickRecord
from .agreement import judge_alpha
from .measure import Measure, OfTick, as_measures
from .participation import abstention_rate, exclusion_rate, failure_rate, participation
from .performance import (
    balance,
    calls,
    cost_usd,
    cost_usd_uncached,
    delivered,
    judge_cost_usd,
    mission_relevance,
    objective,
    quality,
    risk,
    rounds,
    tokens,
    tokens_cached,
    wall_s,
)
from .roles import (
    role_entropy,
    role_gini,
    role_stability,
    roles_of_run,
    unique_role_share,
    unique_roles,
)
from .scales import Scales
from .scored import answered, parts_reached, score, score_ceiling, score_floor, score_own
from .structure import hierarchy_depth, spectral_gap

OF_TEAM = "share of members"

BUILT_IN = (
    Measure(
        "quality", OfTick(quality), "quality Q", "", 0.25, 1.0, "more",
        "Accuracy, completeness, coherence and actionability of the work, as graded.",
        "Q", contrasted=True, margin=0.05,
    ),
    Measure(
        "mission_relevance", OfTick(mission_relevance), "mission relevance M", "", 0.25, 1.0,
        "more", "How well the work fits the organization's mission, as graded.",
        "M", contrasted=True,
    ),
    Measure(
        "score", OfTick(score), "score", "", 0, 1, "more",
        "What code makes of the team's answers, for tasks that code scores.",
        "score", contrasted=True, margin=0.05,
    ),
    Measure(
        "score_floor", OfTick(score_floor), "floor of the score", "", 0, 1,
        about="Expected score of the best constant answer, or of chance.",
    ),
    Measure(
        "score_own", OfTick(score_own), "score from own parts", "", 0, 1,
        about="Expected score where members answer from their own parts alone.",
    ),
    Measure(
        "score_ceiling", OfTick(score_ceiling), "ceiling of the score", "", 0, 1,
        about="Expected score with all private parts pooled.",
    ),
    Measure(
        "answered", OfTick(answered), "answered", OF_TEAM, 0, 1,
        about="Members whose answer had the form asked for.",
    ),
    Measure(
        "parts_reached", OfTick(parts_reached), "reach of private parts", "share of others", 0, 1,
        about="Other members that got to see a private part, as a mean over parts.",
        short="reach",
    ),
    Measure(
        "role_stability", role_stability, "role stability", OF_TEAM, 0, 1,
        about="Members with a role on this task and the last that kept it, in whatever words.",
    ),
    Measure(
        "unique_roles", OfTick(unique_roles), "unique roles", "roles", 1,
        about="Distinct names of roles, case and spacing evened out.",
    ),
    Measure(
        "unique_role_share", OfTick(unique_role_share), "unique role share", "", 0, 1,
        about="Distinct roles per member with a role; 1 where all differ.",
    ),
    Measure(
        "role_gini", OfTick(role_gini), "role Gini", "", 0, 1,
        about="How unequally often the roles in use are taken; 0 where equally often.",
    ),
    Measure(
        "role_entropy", OfTick(role_entropy), "role entropy", "", 0, 1,
        about="Normalised Shannon entropy of roles; 0 where all are the same, 1 where all differ.",
    ),
    Measure(
        "participation", OfTick(participation), "participation", OF_TEAM, 0, 1,
        about="Members that delivered work.",
    ),
    Measure(
        "abstention_rate", OfTick(abstention_rate), "abstention", OF_TEAM, 0, 1,
        about="Members that declined of their own accord (voluntary).",
        short="abstained", contrasted=True,
    ),
    Measure(
        "exclusion_rate", OfTick(exclusion_rate), "exclusion", OF_TEAM, 0, 1,
        about="Members that were never asked to work (directed).", short="excluded",
    ),
    Measure(
        "failure_rate", OfTick(failure_rate), "failure", OF_TEAM, 0, 1, "less",
        "Members that were asked and gave nothing usable.",
    ),
    Measure(
        "hierarchy_depth", OfTick(hierarchy_depth), "hierarchy depth", "works in a chain", 0,
        about="Longest chain of works that built on one another; 0 without work, 1 where flat.",
        short="depth", contrasted=True,
    ),
    Measure(
        "spectral_gap", OfTick(spectral_gap), "spectral gap", "Laplacian eigenvalue", 0,
        about="Algebraic connectivity of who heard whom; 0 where groups don't hear each other.",
    ),
    Measure(
        "risk", OfTick(risk), "risk R", "", 0, 1, "less",
        "Chance that something picked at random went wrong.", "risk", contrasted=True,
    ),
    Measure(
        "rounds", OfTick(rounds), "rounds", "per task", 0, None, "less",
        "Rounds played one after another; everybody in a round decides at once.",
    ),
    Measure(
        "wall_s", OfTick(wall_s), "execution time T", "s per task", 0, None, "less",
        "The slowest decision of each round, summed over rounds.", "T (s)", contrasted=True,
    ),
    Measure(
        "calls", OfTick(calls), "model calls", "per task", 0, None, "less",
        "Model calls of the team, the judge's not included.",
    ),
    Measure(
        "tokens", OfTick(tokens), "tokens", "per task", 0, None, "less",
        "Prompt and completion tokens of the team, the judge's not included.",
        "tokens", contrasted=True,
    ),
    Measure(
        "tokens_cached", OfTick(tokens_cached), "tokens cached", "per task", 0, None, "more",
        "Prompt tokens that the provider read from a cache, the judge's not included.",
    ),
    Measure(
        "cost_usd", OfTick(cost_usd), "cost billed", "USD per task", 0, None, "less",
        "What the team's decisions cost as billed, discounts for what was cached included.",
        "USD billed", contrasted=True,
    ),
    Measure(
        "cost_usd_uncached", OfTick(cost_usd_uncached), "cost uncached", "USD per task", 0, None,
        "less", "What they would cost without discounts for what was cached.",
        "USD uncached", contrasted=True,
    ),
    Measure(
        "delivered", OfTick(delivered), "delivered", "share of tasks", 0, 1, "more",
        "Tasks for which any work was delivered; the others are graded lowest.", "delivered",
    ),
    Measure(
        "objective", objective, "objective J", "per task", None, None, "more",
        "Quality and mission relevance less time, cost and risk, weighed by the scales.",
    ),
    Measure(
        "balance", balance, "balance index B", "", 0, 1, "more",
        "Quality, mission relevance, time, cost and risk in one number.", "B", contrasted=True,
    ),
    Measure(
        "unique_roles", roles_of_run, "unique roles", "roles over the run", 1,
        about="Distinct names of roles over the whole run.", per="run",
    ),
    Measure(
        "judge_alpha", judge_alpha, "agreement of the judges", "Krippendorff's alpha", None, 1.0,
        "more", "How far several judges of the same work agree on its quality.", per="run",
    ),
    Measure(
        "judge_cost_usd", judge_cost_usd, "cost of judging", "USD per task", 0, None, "less",
        "What the judge's work cost, where its price is known.", per="run",
    ),
)  # fmt: skip
"""Those that come with the package. A run's number takes the place of a tick's of that name."""


def of_ticks(own: Mapping[str, Measure] | None = None) -> dict[str, Measure]:
    """What every tick is measured by: built-in measures, installed ones, one's own.

    Args:
        own: By name.

    Raises:
        UsageError: A name is taken, or one's own is measured per run.
    """
    found = {m.name: m for m in BUILT_IN if m.per == "tick"}
    for name, measure in {**_installed("tick"), **(own or {})}.items():
        if name in found:
            raise UsageError(f"measure={name} is taken by one that comes with the package")
        if measure.per != "tick":
            raise UsageError(f"measure={name} is measured per run; use per='tick'")
        found[name] = measure
    return found


def of_runs(own: Mapping[str, Measure] | None = None) -> dict[str, Measure]:
    """What a run is measured by: each tick's measure as a mean, and those measured per run.

    Args:
        own: Of ticks, by name.
    """
    runs = {m.name: m for m in BUILT_IN if m.per == "run"} | _installed("run")
    ticks = {name: m for name, m in of_ticks(own).items() if name not in runs}
    return {**ticks, **runs}


def find(name: str) -> Measure:
    """The measure of a name, a tick's before a run's.

    Args:
        name: As in `Measure.name`.

    Raises:
        UnknownNameError: There is none.
    """
    known = {**of_runs(), **of_ticks()}
    if name not in known:
        raise UnknownNameError("measure", name, known)
    return known[name]


def measure_tick(
    records: Sequence[TickRecord],
    scales: Scales | None = None,
    measures: Mapping[str, Measure] | None = None,
) -> dict[str, float | None]:
    """Every measure of the last tick, by name.

    Args:
        records: Of the run up to that tick; at least one.
        scales: Weights and references; the defaults where None.
        measures: Which; `of_ticks()` where None.
    """
    scales = scales if scales is not None else Scales()
    measures = measures if measures is not None else of_ticks()
    return {name: m.value(records, scales) for name, m in measures.items()}


def measure_ticks(
    records: Sequence[TickRecord],
    scales: Scales | None = None,
    measures: Mapping[str, Measure] | None = None,
) -> list[dict[str, float | None]]:
    """Every measure of every tick; the arguments are those of `measure_tick`.

    Args:
        records: Of a whole run.
        scales: Weights and references; the defaults where None.
        measures: Which; `of_ticks()` where None.
    """
    measures = measures if measures is not None else of_ticks()
    return [measure_tick(records[: k + 1], scales, measures) for k in range(len(records))]


def measure_run(
    records: Sequence[TickRecord],
    scales: Scales | None = None,
    own: Mapping[str, Measure] | None = None,
    *,
    ticks: Sequence[Mapping[str, float | None]] | None = None,
) -> dict[str, float | None]:
    """The numbers of a run: means over the ticks where something was measured, or measured once.

    Args:
        records: Of a whole run; at least one.
        scales: Weights and references; the defaults where None.
        own: Of ticks, by name, beside those of the catalogue.
        ticks: What `measure_ticks` gives, where it is known already.
    """
    scales = scales if scales is not None else Scales()
    if ticks is None:
        ticks = measure_ticks(records, scales, of_ticks(own))
    return {
        name: m.value(records, scales) if m.per == "run" else _mean([t[name] for t in ticks])
        for name, m in of_runs(own).items()
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return math.fsum(known) / len(known) if known else None


def _installed(per: str) -> dict[str, Measure]:
    found: dict[str, Measure] = discover("measures")
    return {name: m for name, m in found.items() if m.per == per}


__all__ = [
    "BUILT_IN", "Measure", "OfTick", "as_measures", "find", "measure_run", "measure_tick",
    "measure_ticks", "of_runs", "of_ticks",
]  # fmt: skip
