"""Which team gives the most quality for its money?

Teams of one model, and teams of one closed model with cheaper colleagues: under the coordinator
the dear one plans, under sequential it goes first.

Expectation (arXiv:2603.28990): open models come close at a fraction of the price. Under sequential,
deepseek-v3.2 reaches at least 0.9 of the quality of claude-sonnet-4.6, for less than a tenth of its
cost at full price. And a strong planner lifts cheap workers: under the coordinator, one
claude-sonnet-4.6 with seven gpt-4.1-mini does better than eight gpt-4.1-mini.
Refuted where the whole 95 % interval of one of these lies on the other side.
"""

from __future__ import annotations

from unscripted import study

CACHING = (
    "No cache is modelled for synthetic minds, so both prices are one. With a provider's discount "
    "for prompts that begin alike, protocols whose members read the same works in turn get cheaper "
    "than those whose members read nothing in common: the order by cost may turn."
)
DEAR = "claude-sonnet-4.6"
CHEAP = ("deepseek-v3.2", "glm-5", "gpt-4.1-mini")


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality against cost for teams of one model and mixed ones."""
    agents = options.base.team.agents
    return [
        study.Condition(
            options.base.replace(protocol=p, model=team), {"team": name_of(team, agents)}
        )
        for team in options.lists["model"] or default_teams(agents)
        for p in study.lineup(options.lists["protocol"])
    ]


def default_teams(agents: int) -> tuple[str, ...]:
    """Each named model alone, and the dear one with each of the cheap ones."""
    alone = [f"synthetic/{name}" for name in (DEAR, *CHEAP)]
    mixed = [f"synthetic/{DEAR}*1+synthetic/{name}*{agents - 1}" for name in CHEAP]
    return (*alone, *(mixed if agents > 1 else ()))


def name_of(team: str, agents: int) -> str:
    """A team as it is read: models without their provider, first member first."""
    parts = [(model.rpartition("/")[2], count) for model, count in study.parse_team(team, agents)]
    if len(parts) == 1:
        return parts[0][0]
    return " + ".join(f"{count} {name}" for name, count in parts)


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """Ratios to the dear team, the planner's lift, and the front."""

    def sample(measure: str, team: str, protocol: str) -> study.Sample:
        return found.sample(measure, team=team, protocol=protocol)

    def ratio(measure: str) -> study.Sample:
        return sample(measure, "deepseek-v3.2", "sequential") / sample(measure, DEAR, "sequential")

    worker = "gpt-4.1-mini"
    planned = next((t for t in found.values("team") if t.endswith(f" {worker}") and DEAR in t), "")
    lift = sample("quality", planned, "coordinator") - sample("quality", worker, "coordinator")
    findings = [
        study.above(
            "sequential, quality of deepseek-v3.2 over that of claude-sonnet-4.6 > 0.9",
            ratio("quality"),
            0.9,
            basis=study.by_loss(
                *(
                    study.quantity("quality", protocol="sequential", model=m)
                    for m in ("deepseek-v3.2", DEAR)
                ),
                inside="both qualities are terms of the loss",
                outside="a quality of it is no term of the loss",
            ),
        ),
        study.below(
            "sequential, cost (uncached) of deepseek-v3.2 over claude-sonnet-4.6's < 0.1",
            ratio("cost_usd_uncached"),
            0.1,
            basis=study.assumed("prices are set, as published"),
        ),
        study.above(
            f"coordinator, {planned or 'planner with cheap workers'} minus {worker} > 0",
            lift,
            basis=study.by_loss(
                study.quantity("quality", protocol="coordinator", team=planned),
                outside="no mixed team is in the loss",
            ),
        ),
    ]
    offers = offers_in(found)
    full = {(x.name, x.series): x.cost for x in offers_in(found, "cost_usd_uncached")}
    rows = {
        f"{x.name}, {x.series}": [
            x.quality, x.cost * 100, full[x.name, x.series] * 100, x.quality / x.cost,
            x.quality / full[x.name, x.series],
        ]
        for x in offers
    }  # fmt: skip
    head = ["team and protocol", "quality Q", "USD billed per 100 tasks",
            "USD uncached per 100 tasks", "quality per USD billed", "uncached"]  # fmt: skip
    best = "; ".join(f"{x.name} ({x.series})" for x in study.front(offers))
    return study.StudyReport(
        tables=[
            study.samples_table(f"Means over {study.seeds_of(found)}, [95 % interval]", head, rows)
        ],
        figures={"model-economics": lambda: draw(found)},
        findings=findings,
        notes=[f"No other team is cheaper, as billed, and better than: {best}.", CACHING],
    )


def offers_in(found: study.StudyResults, cost: str = "cost_usd") -> list[study.Offer]:
    """Every team under every protocol with its cost, as billed or at full price, and quality."""
    return [
        study.Offer(
            team, p,
            found.sample(cost, team=team, protocol=p),
            found.sample("quality", team=team, protocol=p),
        )
        for team in found.values("team")
        for p in found.values("protocol")
    ]  # fmt: skip


def draw(found: study.StudyResults) -> study.Figure:
    """Cost against quality."""
    return study.draw_front(
        offers_in(found),
        title=STUDY.question,
        subtitle=found.constant("agents", "level", "topology"),
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    lists=("model", "protocol"),
    model=None,
    protocol=("sequential", "coordinator"),
    replicates=16,
)

if __name__ == "__main__":
    study.main(STUDY)
