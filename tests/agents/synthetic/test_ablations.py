"""One cause at a time: remove it, and what it is said to cause must go while the rest stays."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import networkx as nx
import pytest

import unscripted as un
from unscripted.agents.rubric import Rubric
from unscripted.agents.synthetic.faculties import Profile
from unscripted.agents.synthetic.mind import Synthetic
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.profiles import profile
from unscripted.agents.synthetic.world import SyntheticWorld
from unscripted.model.decision import Act, WorkItem
from unscripted.model.judge import CRITERIA
from unscripted.model.protocol import Protocol, Round
from unscripted.model.record import State, TickRecord

N, SEEDS, TICKS = 16, range(3), 10
KNOWS_ITSELF, DOES_NOT = "claude-sonnet-4.6", "one that knows itself as little as glm-5"


class SharedSeeingWork(Protocol):
    """Shared, but one after another and with the finished outputs in view."""

    name = "shared-seeing-work"

    def rounds(self, team):
        for member in team.members:
            yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far(), remembers=True)

    def max_calls(self, n_members):
        return n_members


class Shuffled(Protocol):
    """Sequential in an order by lot."""

    name = "shuffled"

    def rounds(self, team):
        for member in team.rng.permutation(len(team.members)).tolist():
            yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far())

    def max_calls(self, n_members):
        return n_members


def nobody_linked(n: int, seed: int) -> nx.Graph:
    return nx.empty_graph(n)


def mind(model: str, parameters: Mapping[str, float]) -> Synthetic:
    known = profile(KNOWS_ITSELF).faculties
    if model == DOES_NOT:  # the same but for this faculty
        known = replace(known, self_reflection=profile("glm-5").faculties.self_reflection)
    return Synthetic(
        Profile(model, known, 1.0, 1.0), SyntheticWorld(), Parameters().changed(parameters)
    )


@dataclass(frozen=True)
class Ablation:
    """What is taken away: nothing by default.

    Attributes:
        blind: Nobody sees anybody's work.
        all_seeing: The planner overlooks nothing.
        parameters: Parameters changed.
    """

    blind: bool = False
    all_seeing: bool = False
    parameters: tuple[tuple[str, float], ...] = ()


NOTHING = Ablation()
ABLATIONS = {
    "visibility": Ablation(blind=True),
    "dependencies": Ablation(parameters=(("coupling.dependence", 0.0),)),
    "self-reflection": Ablation(
        parameters=(
            ("estimate.overconfidence", 0.0),
            ("estimate.noise", 0.0),
            ("estimate.swing", 0.0),
        )
    ),
    "planner error": Ablation(all_seeing=True),
}


@dataclass(frozen=True)
class Played:
    """What came of one setting, over all seeds and ticks.

    Attributes:
        quality: Mean grade as a share, severity 1.
        abstention: Share of members that declined.
        repeats: Share of pieces on a requirement that another piece is on.
        covered: Share of requirements worked on.
        coupling: Mean quality of pieces that need results, relative to those that need none.
    """

    quality: float
    abstention: float
    repeats: float
    covered: float
    coupling: float


@cache
def played(
    protocol: str | type[Protocol], model: str = KNOWS_ITSELF, without: Ablation = NOTHING
) -> Played:
    ticks = []
    for seed in SEEDS:
        worker = mind(model, dict(without.parameters))
        wider = {**dict(without.parameters), "noticing.base": 1.0, "choice.plan_view": 1.0}
        planner = mind(model, wider) if without.all_seeing else worker
        org = un.build(
            protocol=protocol if isinstance(protocol, str) else protocol(),
            n_agents=N,
            model=[planner, *[worker] * (N - 1)],
            level="L3",
            judge=Rubric(severity=1.0),
            topology=nobody_linked if without.blind else "complete",
            rng=seed,
        )
        ticks += [(org.task_at(r.tick), r) for r in org.run(TICKS)]
    pieces = [(t, item) for t, r in ticks for item in items(r)]
    needing = {(t.id, q.id) for t, _ in ticks for q in t.rubric if q.depends_on}
    quality: dict[bool, list[float]] = {True: [], False: []}
    for t, item in pieces:
        quality[(t.id, item.requirement) in needing].append(item.quality)
    different = sum(len({i.requirement for i in items(r)}) for _, r in ticks)
    grades = [(getattr(r.verdict, c) - 1) / 3 for _, r in ticks for c in CRITERIA[:4]]
    declined = [m.state is State.ABSTAINED for _, r in ticks for m in r.members]
    return Played(
        quality=statistics.fmean(grades),
        abstention=statistics.fmean(declined),
        repeats=1 - different / len(pieces),
        covered=different / sum(len(t.rubric) for t, _ in ticks),
        coupling=statistics.fmean(quality[True]) / statistics.fmean(quality[False]),
    )


def items(record: TickRecord) -> list[WorkItem]:
    return [item for m in record.members for work in m.contributions for item in work.items]


def duplication(without: Ablation) -> float:
    blind, seeing = (played(p, without=without) for p in ("silent", "sequential"))
    return blind.repeats - seeing.repeats


def broken_needs(without: Ablation) -> float:
    seeing, parallel = (played(p, without=without) for p in ("sequential", "coordinator"))
    return seeing.coupling - parallel.coupling


def over_confidence(without: Ablation) -> float:
    knowing, not_knowing = (
        played("sequential", m, without).abstention for m in (KNOWS_ITSELF, DOES_NOT)
    )
    return knowing - not_knowing


def single_view(without: Ablation) -> float:
    choosing, planned = (played(p, without=without) for p in ("sequential", "coordinator"))
    return choosing.covered - planned.covered


TRACES: dict[str, Callable[[Ablation], float]] = {
    "duplication": duplication,
    "broken needs": broken_needs,
    "over-confidence": over_confidence,
    "single view": single_view,
}
WITHOUT_SIGHT = ("duplication", "over-confidence")
"""What a network without links takes away: nobody sees work to leave alone, or to decline for. (The
other two compare with a planner, who needs links to be heard.)"""


GOES = {
    "dependencies": "broken needs",
    "self-reflection": "over-confidence",
    "planner error": "single view",
}


def table() -> str:
    """The traces under every ablation."""
    lines = [f"{'removed':18}" + "".join(f"{t:>18}" for t in TRACES)]
    for name, without in {"nothing": NOTHING, **ABLATIONS}.items():
        traces = (
            f"{f(without):18.3f}" if not without.blind or t in WITHOUT_SIGHT else f"{'-':>18}"
            for t, f in TRACES.items()
        )
        lines.append(f"{name:18}" + "".join(traces))
    return "\n".join(lines)


@pytest.mark.parametrize("trace", TRACES)
def test_every_phenomenon_is_there(trace):
    assert TRACES[trace](NOTHING) > 0.04


@pytest.mark.parametrize("trace", WITHOUT_SIGHT)
def test_without_sight_nobody_declines(trace):
    assert TRACES[trace](ABLATIONS["visibility"]) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("removed", GOES)
def test_a_cause_takes_its_phenomenon(removed, trace):
    whole, left = TRACES[trace](NOTHING), TRACES[trace](ABLATIONS[removed])
    if trace == GOES[removed]:
        assert left < 0.35 * whole
    else:
        assert left > 0.6 * whole


def test_sequential_order_changes_nothing():
    assert played(Shuffled).quality == pytest.approx(played("sequential").quality, abs=0.015)


def test_blind_sequential_is_silent():
    blind = played("sequential", without=ABLATIONS["visibility"])
    assert blind == played("silent")
    assert played("sequential").quality - blind.quality > 0.2


def test_shared_with_outputs_is_sequential():
    shared, seeing, free = (played(p).quality for p in ("shared", SharedSeeingWork, "sequential"))
    assert seeing - shared > 0.8 * (free - shared)


if __name__ == "__main__":
    print(table())
    for p in ("sequential", Shuffled, "silent", "shared", SharedSeeingWork, "coordinator"):
        print(p, played(p))
