"""Every published figure beside ours, and the claims of the expectation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from unscripted import study
from unscripted.scenarios.campaign.design import (
    CLAUDE,
    DEEPSEEK,
    FINAL,
    GLM,
    MINI,
    NONE,
    PILOT,
    STRUCK,
    WEAK,
    first_shock,
)

claim = study.Claim.of


def claims(found: study.StudyResults) -> list[study.Claim]:
    """Every published figure."""
    return [*_pilot(found), *_final(found), *_roles(found), *_depth(found), *_threshold(found)]


def origin(*quantities: study.Quantity, inside: study.Origin = study.Origin.FITTED) -> study.Origin:
    """Where a figure comes from: what the loss reads is fitted, all else is predicted."""
    return inside if study.all_in_loss(*quantities) else study.Origin.PREDICTION


def pilot_quality(protocol: str) -> study.Quantity:
    """A quality of the pilot."""
    return study.quantity("quality", protocol=protocol, model=MINI, n=8)


def final_quality(model: str, protocol: str) -> study.Quantity:
    """A quality of the final series."""
    return study.quantity("quality", protocol=protocol, model=model, n=16)


def depth_of(agents: int) -> study.Quantity:
    """The depth of a team of a size."""
    return study.quantity("hierarchy_depth", protocol="sequential", model=CLAUDE, n=agents)


def _pilot(found: study.StudyResults) -> list[study.Claim]:
    section = "Pilot: 8 agents, GPT-4.1-mini, L3 and L4"
    made = []
    for p, (q, _, _) in PILOT.items():
        quality = found.sample("quality", series="pilot", protocol=p)
        made.append(claim(section, f"{p}, Q", q, quality, origin(pilot_quality(p))))
    for p, (_, b, _) in PILOT.items():
        balance = found.sample("balance", series="pilot", protocol=p)
        made.append(claim(section, f"{p}, balance index", b, balance))
    for p, (_, _, r) in PILOT.items():
        made.append(claim(section, f"{p}, resilience", r, resilience_of(found, p)))
    led = found.sample("quality", series="pilot", protocol="sequential")
    free = found.sample("quality", series="pilot", protocol="shared")
    lead = led / free - study.Sample(dict.fromkeys(led.values, 1.0))
    name = "sequential over shared, relative gain"
    follows = origin(*map(pilot_quality, ("sequential", "shared")), inside=study.Origin.FOLLOWS)
    made.append(claim(section, name, 0.44, lead, follows))
    d = cohens_d(found, "sequential", "shared")
    made.append(claim(section, "sequential against shared, Cohen's d over tasks", 1.86, d))
    return made


def _final(found: study.StudyResults) -> list[study.Claim]:
    section = "Final: 16 agents, L3, 120 tasks"
    made: list[study.Claim] = []
    q = {
        (m, p): found.sample("quality", series="final", model=f"synthetic/{m}", protocol=p)
        for m in FINAL
        for p in ("sequential", "coordinator")
    }
    for m, (sequential, coordinator) in FINAL.items():
        for p, published in (("sequential", sequential), ("coordinator", coordinator)):
            kind = origin(final_quality(m, p))
            made.append(claim(section, f"{m}, {p}, Q", published, q[m, p], kind))
    for m, gain in zip(FINAL, (0.141, 0.124, 0.122), strict=True):
        ratio = q[m, "sequential"] / q[m, "coordinator"]
        gained = ratio - study.Sample(dict.fromkeys(ratio.values, 1.0))
        name = f"{m}, relative gain of sequential"
        pair = (final_quality(m, "sequential"), final_quality(m, "coordinator"))
        kind = origin(*pair, inside=study.Origin.FOLLOWS)
        made.append(claim(section, name, gain, gained, kind))
    for m, share in ((CLAUDE, 0.086), (GLM, 0.008)):
        declined = found.sample(
            "abstention_rate", series="final", model=f"synthetic/{m}", protocol="sequential"
        )
        kind = origin(study.quantity("abstention_rate", protocol="sequential", model=m, n=16))
        made.append(claim(section, f"{m}, voluntary abstention", share, declined, kind))
    open_ones = (q[DEEPSEEK, "sequential"] - q[GLM, "sequential"] * -1.0) * 0.5
    name = "open models' share of Claude's Q"
    ratio = open_ones / q[CLAUDE, "sequential"]
    all_three = (final_quality(m, "sequential") for m in (CLAUDE, DEEPSEEK, GLM))
    kind = origin(*all_three, inside=study.Origin.FOLLOWS)
    made.append(claim(section, name, 0.95, ratio, kind))
    costs = [
        found.sample(
            "cost_usd_uncached", series="final", model=f"synthetic/{m}", protocol="sequential"
        )
        for m in (CLAUDE, DEEPSEEK)
    ]
    name = "price of Claude over DeepSeek's, per task, uncached"
    made.append(claim(section, name, 24.0, costs[0] / costs[1], study.Origin.INPUT))
    return made


def _roles(found: study.StudyResults) -> list[study.Claim]:
    section = "Roles: names, stability, use"
    names = Counter(names_of(found, agents=8))
    claude = Counter(
        names_of(found, series="final", protocol="sequential", model=f"synthetic/{CLAUDE}")
    )
    once = sum(c == 1 for c in names.values()) / len(names) if names else None
    stable = found.sample("role_stability", series="main", protocol="sequential")
    share = found.sample("unique_role_share", series="main", protocol="sequential", agents=4)
    return [
        claim(section, 'role stability, sequential ("near 0")', (0.0, 0.1), stable),
        claim(section, "names of roles of 8 agents, whole campaign", 5006.0, _count(names)),
        claim(section, "share of these names used once", 0.54, once),
        claim(section, "share of unique roles at 4 agents, sequential", 0.75, share),
        claim(section, "Claude's names of roles, final", 1272.0, _count(claude)),
        claim(section, "Gini of their use", 0.055, gini(claude)),
    ]


def _depth(found: study.StudyResults) -> list[study.Claim]:
    section = "Hierarchy depth: sequential, Claude, L1 to L4"
    sizes = [n for n in found.values("agents") if found.of(series="main", agents=n)]
    return [
        claim(section, f"depth of {n} agents", (1.0, 2.0), depth_at(found, n), origin(depth_of(n)))
        for n in sorted(sizes)
    ]


def _threshold(found: study.StudyResults) -> list[study.Claim]:
    section = "Capability threshold, an assumption: Q with free roles minus fixed ones"
    expected = {CLAUDE: (0.0, math.inf), WEAK: (-math.inf, 0.0)}
    return [
        claim(section, f"{m}, 8 agents, L3", sign, freedom(found, m), study.Origin.ASSUMED)
        for m, sign in expected.items()
    ]


def depth_at(found: study.StudyResults, agents: int) -> study.Sample:
    """Hierarchy depth of sequential."""
    return found.sample("hierarchy_depth", series="main", protocol="sequential", agents=agents)


def freedom(found: study.StudyResults, model: str) -> study.Sample:
    """Quality with free choice of role minus quality with fixed roles."""
    where = {"series": "shocks and rest", "event": NONE, "model": f"synthetic/{model}"}
    free = [r for r in found.of(**where, protocol="sequential") if r["judge_asked"] != "gpt-4o"]
    return study.Sample.of(free, "quality") - found.sample(
        "quality", **where, protocol="fixed-roles"
    )


def resilience_of(found: study.StudyResults, protocol: str) -> study.Sample:
    """Quality from the first shock on as a share of the best grade, by seed."""
    series: dict[int, list[float | None]] = {}
    for row in found.ticks_of(series="shocks and rest", event=STRUCK, protocol=protocol):
        if row["judge_asked"] == "gpt-4o":
            series.setdefault(row["seed"], []).append(row["quality"])
    values = {}
    for seed, struck in series.items():
        index = study.resilience(struck[first_shock(len(struck)) :])
        if index is not None:
            values[seed] = index
    return study.Sample(dict(sorted(values.items())), study.range_of("quality"))


def cohens_d(found: study.StudyResults, first: str, second: str) -> float | None:
    """Cohen's d of quality over single tasks of the pilot, pooled standard deviation."""
    sides = []
    for protocol in (first, second):
        rows = found.ticks_of(series="pilot", protocol=protocol)
        known = [r["quality"] for r in rows if r["quality"] is not None]
        if len(known) < 2:
            return None
        mean = math.fsum(known) / len(known)
        sides.append((mean, math.fsum((q - mean) ** 2 for q in known) / (len(known) - 1)))
    pooled = math.sqrt((sides[0][1] + sides[1][1]) / 2)
    return (sides[0][0] - sides[1][0]) / pooled if pooled else None


def names_of(found: study.StudyResults, **wanted: object) -> Iterable[str]:
    """Names of roles as taken, one for each member and task."""
    return (row["role"] for row in found.members_of(**wanted) if row["role"] is not None)


def paraphrases(found: study.StudyResults) -> list[str]:
    """What becomes of the names of roles once paraphrases are one; see docs/emergence.md."""
    names = set(names_of(found, agents=8))
    if not names:
        return []
    roles = len(set(study.collapse(names).values()))
    return [
        f"the {len(names):,} names of roles of 8 agents are {roles} roles once paraphrases are one "
        f"(synthetic minds know {len(study.ROLE_TITLES)} titles: too few for the paper's count)"
    ]


NOT_PRINTED = (
    "how the balance index is normalised and what resilience is are our own choices, as the paper "
    "prints neither: their order between protocols can be compared, their level can't"
)


def gini(counts: Counter[str]) -> float | None:
    """Inequality of use, 0 (all alike) to below 1."""
    uses = sorted(counts.values())
    k = len(uses)
    if not k:
        return None
    return sum((2 * i - k + 1) * c for i, c in enumerate(uses)) / (k * sum(uses))


def _count(names: Counter[str]) -> float | None:
    return float(len(names)) or None


def findings_in(found: study.StudyResults) -> list[study.Finding]:
    """The claims of the expectation."""

    def lead(series: str, first: str, second: str, **where: object) -> study.Sample:
        return found.sample("quality", series=series, protocol=first, **where) - found.sample(
            "quality", series=series, protocol=second, **where
        )

    def in_loss(*quantities: study.Quantity) -> study.Basis:
        return study.by_loss(
            *quantities,
            inside="both qualities are terms of the loss",
            outside="a quality of it is no term of the loss",
        )

    threshold = study.assumed("scenario capability_threshold: what fixed roles cost was set")
    orders = [
        study.above(
            "pilot: sequential minus coordinator > 0",
            lead("pilot", "sequential", "coordinator"),
            basis=in_loss(pilot_quality("sequential"), pilot_quality("coordinator")),
        ),
        study.above(
            "pilot: coordinator minus broadcast > 0",
            lead("pilot", "coordinator", "broadcast"),
            basis=in_loss(pilot_quality("coordinator"), pilot_quality("broadcast")),
        ),
        *(
            study.above(
                f"final, {m}: sequential minus coordinator > 0",
                lead("final", "sequential", "coordinator", model=f"synthetic/{m}"),
                basis=in_loss(final_quality(m, "sequential"), final_quality(m, "coordinator")),
            )
            for m in FINAL
            if found.of(series="final", model=f"synthetic/{m}")
        ),
        study.above(
            f"{CLAUDE}: free minus fixed roles > 0", freedom(found, CLAUDE), basis=threshold
        ),
        study.below(f"{WEAK}: free minus fixed roles < 0", freedom(found, WEAK), basis=threshold),
    ]  # fmt: skip
    return [*orders, *(c.finding() for c in claims(found) if c.ours is not None)]
