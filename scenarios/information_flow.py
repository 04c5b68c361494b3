"""How far does what each member alone knows travel, and is that worth anything?

Three families of tasks that code scores, on networks of different diameter, under protocols that
talk in different ways. A member's answer takes what others alone were told; so a team can score
only what reaches it. Relays tell all they know, every time, and answer when they are sure: what
they miss, network and protocol withhold. Against them stand minds that lose things.

Expectation: relays that talk for as many rounds as the network's diameter reach the ceiling in
every family, and with fewer they don't (one half of the diameter, on a ring). Diameter and not
links decides: with two rounds relays on a star beat those on a ring, which has more links. Who
speaks once in turn (sequential) reaches fewer than two rounds of dialogue do, even where everybody
hears everybody. Minds that lose things fall behind relays on a chain by more than on a complete
network, as every link loses some.
Refuted where the whole 95 % interval of any of these differences speaks against it.
"""

from __future__ import annotations

from dataclasses import replace

from matplotlib.figure import Figure

from unscripted import study

FAMILIES = ("hidden-profile", "shards:kind=xor", "agentsnet:problem=coloring")
RELAY = "reference/relay"
ROUNDS = (1, 2, 4, 8)
OTHERS = ("silent", "broadcast", "sequential", "ripple")


def diameter(topology: str, agents: int) -> int | None:
    """Links between the two members farthest from each other; None where it is drawn by seed.

    Args:
        topology: Its name.
        agents: Members, 3 or more.
    """
    known = {"complete": 1, "star": 2, "ring": agents // 2, "chain": agents - 1}
    return known.get(topology)


def dialogue(rounds: int) -> str:
    """The protocol that talks for so many rounds.

    Args:
        rounds: 1 or more.
    """
    return f"dialogue:rounds={rounds}"


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Families by networks by protocols, for relays and for the minds asked for."""
    base = options.base
    far = base.team.agents // 2
    rounds = sorted({*ROUNDS, max(1, far // 2), max(1, far)})
    protocols = (*map(dialogue, rounds), *OTHERS)
    models = dict.fromkeys((RELAY, str(base.team.model)))
    return [
        study.Condition(
            base.replace(protocol=p, topology=t, tasks=f, model=m),
            {"family": f, "mind": m, "talk": _rounds(p)},
        )
        for m in models
        for f in FAMILIES
        for t in options.lists["topology"] or ()
        for p in protocols
    ]


def _rounds(protocol: str) -> int | None:
    """Rounds of talk; None where there is no talk but work."""
    return int(protocol.partition("=")[2]) if protocol.startswith("dialogue") else None


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Score and reach against diameter and rounds."""
    agents, mind = options.base.team.agents, str(options.base.team.model)
    far = max(1, agents // 2)  # the diameter of a ring

    def score(who: str, topology: str, protocol: str, **more: object) -> study.Sample:
        wanted = {"mind": who, "topology": topology, "protocol": protocol, **more}
        return found.sample("score", **wanted)

    def lost(topology: str) -> study.Sample:
        most = dialogue(max(ROUNDS))
        return score(RELAY, topology, most) - score(mind, topology, most)

    theorem = study.predicted("LOCAL model (N. Linial, 1992); relays are scripted")
    findings = [
        study.between(
            f"relays on a ring, {far} rounds (its diameter), {family}: score 1",
            score(RELAY, "ring", dialogue(far), family=family), 0.999, 1.001,
            basis=theorem,
        )
        for family in FAMILIES
    ]  # fmt: skip
    findings += [
        study.above(
            f"relays on a ring, score with {far} rounds minus {max(1, far // 2)} > 0",
            score(RELAY, "ring", dialogue(far)) - score(RELAY, "ring", dialogue(max(1, far // 2))),
            basis=theorem,
        ),
        study.above(
            "relays, two rounds, star minus ring > 0",
            score(RELAY, "star", dialogue(2)) - score(RELAY, "ring", dialogue(2)),
            basis=theorem,
        ),
        study.above(
            "relays on a complete network, two rounds minus sequential > 0",
            score(RELAY, "complete", dialogue(2)) - score(RELAY, "complete", "sequential"),
            basis=theorem,
        ),
        study.above(
            f"relays minus {mind}, chain minus complete > 0",
            lost("chain") - lost("complete"),
            basis=study.by_loss(study.quantity("score"), outside="no such task is in the loss"),
        ),
    ]
    return study.StudyReport(
        tables=[
            study.grid_table(_of(found, RELAY), "score", rows="protocol", columns="topology"),
            study.grid_table(_of(found, mind), "score", rows="protocol", columns="topology"),
            study.grid_table(
                _of(found, mind), "parts_reached", rows="protocol", columns="topology"
            ),
        ],
        figures={"information-flow": lambda: draw(found, options)},
        findings=findings,
        notes=[f"Tables: first relays, then {mind}; means over {len(FAMILIES)} families."],
    )


def _of(found: study.StudyResults, mind: str) -> study.StudyResults:
    """The results of one kind of mind."""
    return replace(found, rows=found.of(mind=mind))


def draw(found: study.StudyResults, options: study.StudyOptions) -> Figure:
    """Score over rounds of talk, a line for each network; families across, then reach."""
    agents = options.base.team.agents
    topologies = found.values("topology")

    talked = sorted(r for r in found.values("talk") if r is not None)

    def line(topology: str, measure: str, **wanted: object) -> study.Line:
        samples = [found.sample(measure, topology=topology, talk=r, **wanted) for r in talked]
        return study.Line(named(topology), list(zip(talked, samples, strict=True)))

    def lines(measure: str, **wanted: object) -> list[study.Line]:
        return [line(t, measure, **wanted) for t in topologies]

    def named(topology: str) -> str:
        far = diameter(topology, agents)
        return topology if far is None else f"{topology} (diameter {far})"

    minds = found.values("mind")
    subplots = [
        study.Subplot(lines("score", mind=m, family=f), "score", f"{_short(f)}, {_short(m)}")
        for m in minds
        for f in FAMILIES
    ]
    subplots += [
        study.Subplot(lines("parts_reached", mind=m), "parts_reached", f"all, {_short(m)}")
        for m in minds
    ]
    return study.draw_lines(
        subplots, title=STUDY.question, subtitle=found.constant("agents"),
        xlabel="rounds of talk", log=True, synthetic=found.synthetic,
        note="Relays reach 1 as soon as rounds reach the diameter.",
    )  # fmt: skip


def _short(name: str) -> str:
    """A family without its options, a mind without where it is from."""
    return name.partition(":")[0].rpartition("/")[2]


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "tasks", "level", "judge"),
    lists=("topology",),
    topology="complete,star,ring,chain",
    agents=8,
    replicates=6,
    ticks=2,
)

if __name__ == "__main__":
    study.main(STUDY)
