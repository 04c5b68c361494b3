"""Does knowing who did what help, and whom?

Organizational memory tells members who took which role on which earlier task: nothing (off), their
own roles (own), or also those of everybody they hear (team), so many tasks back (the horizon) and
fading (the decay). Shared lives on it; here it is also opened to sequential and broadcast, which
have finished work or intentions to go by.

Expectation (arXiv:2603.28990, where shared, on role history alone, is the worst of four): memory of
roles is no substitute for seeing work, so what team memory adds to shared is less than the lead of
sequential without memory over shared without. Whoever sees more than roles has no use for it:
team minus off is within 0.02 for sequential and broadcast. And where everybody knows what others
tend to do, roles spread: shared has a larger share of unique roles with team memory than without.
Refuted where the whole 95 % interval of any of these lies on the other side, or outside the 0.02.
"""

from __future__ import annotations

from unscripted import study

SHARED, OTHERS = "shared", ("sequential", "broadcast")
OFF, OWN, TEAM = "off", "own", "team"
HORIZON = 8
HORIZONS = (1, 2, 4, HORIZON, 16)
DECAYS = (0.0, 0.2, 0.4, 0.7, 1.0)
MEASURES = ("quality", "unique_role_share", "role_stability")
WORDS = {"quality": "quality Q", "unique_role_share": "share of unique roles"}
AXES = {"horizon": "horizon (tasks back)", "decay": "decay (chance to be lost, per task)"}


def design(options: study.StudyOptions) -> list[study.Condition]:
    """Quality and roles with no memory, one's own and the team's, by horizon and decay."""
    base = options.base
    cells = [
        study.Condition(
            base.replace(protocol=p, memory=f"{scope},always=true" if ":" in scope else scope),
            {
                "scope": scope.partition(":")[0],
                "horizon": 0 if scope == OFF else HORIZON,
                "decay": 0.0,
            },
        )
        for p in (SHARED, *OTHERS)
        for scope in (OFF, f"{OWN}:horizon={HORIZON}", f"{TEAM}:horizon={HORIZON}")
    ]
    cells += [
        study.Condition(
            base.replace(protocol=SHARED, memory=f"{scope}:horizon={horizon},decay={decay}"),
            {"scope": scope, "horizon": horizon, "decay": decay},
        )
        for scope in (OWN, TEAM)
        for horizon, decay in settings()
    ]
    return cells


def settings() -> list[tuple[int, float]]:
    """Horizons without decay, and decays at one horizon."""
    turned = [(horizon, 0.0) for horizon in HORIZONS] + [(HORIZON, decay) for decay in DECAYS]
    return [pair for pair in dict.fromkeys(turned) if pair != (HORIZON, 0.0)]


def usual(found: study.StudyResults, **wanted: object) -> list[study.Row]:
    """Rows without memory, or with the usual horizon and no decay."""
    return [r for r in found.of(decay=0.0, **wanted) if r["horizon"] in (0, HORIZON)]


def report(found: study.StudyResults, options: study.StudyOptions) -> study.StudyReport:
    """What memory adds, against what seeing work adds."""

    def sample(protocol: str, scope: str, measure: str = "quality") -> study.Sample:
        return study.Sample.of(usual(found, protocol=protocol, scope=scope), measure)

    def added(protocol: str, scope: str, measure: str = "quality") -> study.Sample:
        return sample(protocol, scope, measure) - sample(protocol, OFF, measure)

    remembered = study.by_loss(
        study.quantity("quality", memory=TEAM), outside="no term of the loss opens memory to them"
    )
    lead = sample("sequential", OFF) - sample(SHARED, OFF)
    findings = [
        study.below(
            "shared, team minus off, less the lead of sequential over shared < 0",
            added(SHARED, TEAM) - lead,
            basis=remembered,
        ),
        *(
            study.between(
                f"{p}, team minus off within 0.02",
                added(p, TEAM),
                -0.02,
                0.02,
                basis=remembered,
            )
            for p in OTHERS
        ),
        study.above(
            "shared, share of unique roles, team minus off > 0",
            added(SHARED, TEAM, "unique_role_share"),
            basis=study.assumed("minds give way to roles they remember (choice.deference)"),
        ),
    ]
    whole = study.StudyResults(
        [r for p in found.values("protocol") for r in usual(found, protocol=p)],
        synthetic=found.synthetic,
    )
    turned = {
        f"horizon {h}, decay {d}": [
            found.sample("quality", protocol=SHARED, scope=scope, horizon=h, decay=d)
            for scope in (OWN, TEAM)
        ]
        for h, d in sorted({*settings(), (HORIZON, 0.0)}, key=lambda pair: (pair[1], pair[0]))
    }
    title = f"Quality of shared over {study.seeds_of(found)}, [95 % interval]"
    return study.StudyReport(
        tables=[
            study.cells_table(whole, ("protocol", "scope"), (*MEASURES, "tokens")),
            study.samples_table(title, ["memory", OWN, TEAM], turned),
        ],
        figures={
            "organizational-memory": lambda: draw(whole),
            "memory-horizon-decay": lambda: draw_turned(found),
        },
        findings=findings,
    )


def draw(whole: study.StudyResults) -> study.Figure:
    """Each measure without memory, with one's own and with the team's."""
    return study.draw_lines(
        [
            study.Subplot(
                [
                    study.Line.of(whole.of(protocol=p), "scope", m, p)
                    for p in whole.values("protocol")
                ],
                m,
            )
            for m in MEASURES
        ],
        title=STUDY.question,
        subtitle=whole.constant("model", "agents", "level", "topology"),
        xlabel="memory that members may read",
        note=f"The last {HORIZON} tasks, without decay.",
        synthetic=whole.synthetic,
    )


def draw_turned(found: study.StudyResults) -> study.Figure:
    """Shared over the horizon and the decay, seed by seed against itself without memory."""

    def panel(measure: str, along: str, **fixed: object) -> study.Subplot:
        off = found.sample(measure, protocol=SHARED, scope=OFF)
        lines = []
        for scope in (OWN, TEAM):
            rows = found.of(protocol=SHARED, scope=scope, **fixed)
            values = sorted({r[along] for r in rows})
            by_value = {
                v: study.Sample.of([r for r in rows if r[along] == v], measure) for v in values
            }
            lines.append(study.Line(scope, [(v, sample - off) for v, sample in by_value.items()]))
        what = f"difference in {WORDS[measure]}"
        return study.Subplot(lines, what, xlabel=AXES[along], zero=True)

    return study.draw_lines(
        [
            panel(measure, along, **fixed)
            for along, fixed in (("horizon", {"decay": 0.0}), ("decay", {"horizon": HORIZON}))
            for measure in WORDS
        ],
        title="Shared with memory minus shared without",
        subtitle=found.constant("model", "agents", "level", "topology"),
        note=f"Horizons without decay; decays at a horizon of {HORIZON}.",
        synthetic=found.synthetic,
    )


STUDY = study.Study(
    __file__,
    __doc__,
    design=design,
    report=report,
    sets=("protocol", "memory"),
    replicates=24,
    ticks=20,
)

if __name__ == "__main__":
    study.main(STUDY)
