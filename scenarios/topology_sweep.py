"""Which protocol suits which network?

A protocol says who may hear whom, the network says who can: both are varied independently.

Expectation: what lives on finished work loses it with the links, so sequential is worse on a chain
and on a ring than on a complete network, yet still ahead of silent there. A plan can only reach
the planner's neighbours, so the coordinator loses more than sequential from complete to chain. And
silent, where nobody hears anybody, does not depend on the network: complete minus chain is within
0.01.
Refuted where the whole 95 % interval of any of these differences speaks against it.
"""

from __future__ import annotations

from unscripted import study

TOPOLOGIES = (
    "complete,star,chain,ring,grid,tree,erdos-renyi,watts-strogatz,barabasi-albert,stochastic-block"
)


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality and critical path of every protocol on every network."""
    chosen = study.lineup(options.lists["protocol"], controls=("fixed-roles", "random", "silent"))
    return [
        study.Condition(options.base.replace(protocol=p, topology=t))
        for p in chosen
        for t in options.lists["topology"] or ()
    ]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """What is lost from the complete network to sparse ones, and by whom."""

    def quality(protocol: str, topology: str) -> study.Sample:
        return found.sample("quality", protocol=protocol, topology=topology)

    def lost(protocol: str, topology: str) -> study.Sample:
        return quality(protocol, "complete") - quality(protocol, topology)

    basis = study.by_loss(
        study.quantity("quality", topology="chain"),
        outside="the loss knows the complete network alone",
    )
    findings = [
        study.above(
            "sequential, complete minus chain > 0", lost("sequential", "chain"), basis=basis
        ),
        study.above("sequential, complete minus ring > 0", lost("sequential", "ring"), basis=basis),
        study.above(
            "on a chain, sequential minus silent > 0",
            quality("sequential", "chain") - quality("silent", "chain"),
            basis=basis,
        ),
        study.above(
            "on a ring, sequential minus silent > 0",
            quality("sequential", "ring") - quality("silent", "ring"),
            basis=basis,
        ),
        study.above(
            "loss from complete to chain, coordinator minus sequential > 0",
            lost("coordinator", "chain") - lost("sequential", "chain"),
            basis=basis,
        ),
        study.between(
            "silent, complete minus chain within 0.01",
            lost("silent", "chain"),
            -0.01,
            0.01,
            basis=study.assumed("who hears nobody has no network"),
        ),
    ]
    best: dict[str, list[str]] = {}
    for t in found.values("topology"):
        ranked = [(quality(p, t).mean or 0.0, p) for p in found.values("protocol")]
        best.setdefault(max(ranked)[1], []).append(t)
    leads = "; ".join(f"{p} on {', '.join(where)}" for p, where in best.items())
    return study.StudyReport(
        tables=[study.grid_table(found, "quality", rows="protocol", columns="topology")],
        figures={"topology-sweep": lambda: draw(found)},
        findings=findings,
        notes=[f"Highest mean quality: {leads}."],
    )


def draw(found: study.StudyResults) -> study.Figure:
    """Protocols by networks: quality, and the time that the longest chain of decisions takes."""
    return study.draw_heat(
        found, ("quality", "wall_s"), rows="protocol", columns="topology",
        title=STUDY.question, subtitle=found.constant("model", "agents", "level"),
    )  # fmt: skip


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    lists=("protocol", "topology"),
    protocol=None,
    topology=TOPOLOGIES,
    agents=12,
    replicates=6,
    ticks=6,
)

if __name__ == "__main__":
    study.main(STUDY)
