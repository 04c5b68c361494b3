"""Does the paper's whole campaign, all 25,000 task runs of it, come out again?

Plays a campaign of the size and kind of arXiv:2603.28990 with synthetic minds and writes one page
with every published figure beside ours. The paper counts its task runs (660 in the pilot, 8,020 and
12,130 in its two large series, 25,000 in all) and does not print its design. This one adds up to
the same counts, with ten seeds for each cell; what fills them is our choice:

    series       task runs  cells
    pilot              660  its 4 protocols × L3, L4; 8 agents, gpt-4.1-mini, judge gpt-4o
    main             8,020  its 4 protocols × L1 to L4 × 4, 8, 16, 32, 64 agents; Claude
    foundation      12,130  sequential, mean-field, sparse-graph on 3 networks, spectral-hierarchy
                            × L1 to L4 × 4 to 256 agents; Claude
    final              720  sequential, coordinator × 3 models; 16 agents, L3, 120 tasks each
    shocks and rest  3,470  the pilot's protocols with five shocks and their twins without;
                            sequential and fixed-roles × 5 models; bio-inspired ones and controls

What a count leaves over goes to a series' first cells, one task more for each seed. Resilience is
ours: the area under quality from the first shock on, over that of the twin without shocks.

Eight of the ten Q of the pilot and the final series and two abstention rates were fitted; ratios of
them follow; all else is a prediction, Coordinator of deepseek-v3.2 and of glm-5 among it.

Expectation: in the pilot sequential > coordinator > broadcast in quality; in the final series
sequential > coordinator for each model; hierarchy depth between 1 and 2 from 4 to 64 agents; free
choice of role beats fixed roles with Claude, and fixed roles win with a weak model.
Refuted where the whole 95 % interval of any of these lies on the other side.
"""

from __future__ import annotations

import math
import resource
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import active_children
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure
from rich.table import Table

from unscripted.agents.synthetic.situation import ROLE_TITLES
from unscripted.model.errors import UsageError
from unscripted.model.metrics.paraphrases import collapse
from unscripted.model.metrics.resilience import resilience
from unscripted.model.tasks.task import LEVELS
from unscripted.scenarios.harness.build.organization import is_family
from unscripted.scenarios.harness.cli import options as o
from unscripted.scenarios.harness.config.run import Cell, RunConfig, StudyConfig
from unscripted.scenarios.harness.figures.lines import Line, Panel, draw_lines
from unscripted.scenarios.harness.figures.published import draw_published
from unscripted.scenarios.harness.report.page import Page
from unscripted.scenarios.harness.report.pages import AGAIN, AGAIN_REAL
from unscripted.scenarios.harness.runs.folder import Folder
from unscripted.scenarios.harness.runs.play import Exit
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.runs.sweep import run_key
from unscripted.scenarios.harness.specs.lineup import PAPER
from unscripted.scenarios.harness.statistics.findings import Finding, above, below, between
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.study.published import HEAD, Claim, Kind, sections, summary
from unscripted.scenarios.harness.study.script import script
from unscripted.scenarios.harness.study.study import Answer, Found, Study
from unscripted.scenarios.harness.study.tables import seeds_of
from unscripted.scenarios.harness.terminal.screen import TIGHT, plain, terminal

STUDY = Study(__file__, __doc__)
PAGE = "campaign.html"
SEEDS = 10
FEWEST_SEEDS = 3
CLAUDE, DEEPSEEK, GLM = "claude-sonnet-4.6", "deepseek-v3.2", "glm-5"
MINI, WEAK = "gpt-4.1-mini", "weak"
FINAL = {CLAUDE: (0.875, 0.767), DEEPSEEK: (0.829, 0.738), GLM: (0.800, 0.713)}
"""Published Q of sequential and coordinator."""
HELD_BACK = {(DEEPSEEK, "coordinator"), (GLM, "coordinator")}
"""Which of them the calibration did not use."""
PILOT = {
    "coordinator": (0.640, 0.478, 0.774),
    "sequential": (0.724, 0.510, 0.829),
    "broadcast": (0.510, 0.363, 0.580),
    "shared": (0.503, 0.369, 0.589),
}
"""Published Q, balance index and resilience."""
SIZES, LARGE = (4, 8, 16, 32, 64), (4, 8, 16, 32, 64, 128, 256)
FOUNDATION = (
    ("sequential", "complete"), ("mean-field", "complete"), ("sparse-graph", "complete"),
    ("sparse-graph", "chain"), ("sparse-graph", "barabasi-albert"),
    ("spectral-hierarchy", "complete"),
)  # fmt: skip
OTHERS = ("ripple", "morphogenetic", "clonal", "stigmergic", "batched-sequential", "solo", "silent",
          "random")  # fmt: skip
NONE, STRUCK = "none", "five shocks"


@dataclass(frozen=True)
class Series:
    """A part of the campaign.

    Attributes:
        name: As in the docstring.
        task_runs: In all, at full size.
        cells: What is played, with its event; ticks are set when it is laid out.
        fewest: Tasks for each cell and seed, however small the scale.
    """

    name: str
    task_runs: int
    cells: tuple[tuple[RunConfig, str], ...]
    fewest: int = 2


def campaign(base: RunConfig, most: int | None, model: str | None) -> list[Series]:
    """The five series.

    Args:
        base: What all have in common.
        most: Largest team; None for the paper's.
        model: In place of all models; None for the paper's.
    """

    def sizes(wanted: Sequence[int]) -> list[int]:
        return list(dict.fromkeys(min(n, most or n) for n in wanted))

    def run(protocol: str, name: str, n: int, level: str = "L3", judge: str = "gpt-5.4",
            topology: str = "complete") -> RunConfig:  # fmt: skip
        chosen = model if model is not None else f"synthetic/{name}"
        judged = f"rubric:{judge}" if is_family(chosen) else None
        return replace(
            base, protocol=protocol, model=chosen, agents=sizes([n])[0], level=level, judge=judged,
            topology=topology,
        )  # fmt: skip

    pilot = [run(p, MINI, 8, level, "gpt-4o") for level in ("L3", "L4") for p in PAPER]
    main = [run(p, CLAUDE, n, x) for x in LEVELS for n in sizes(SIZES) for p in PAPER]
    foundation = [
        run(p, CLAUDE, n, x, topology=t)
        for x in LEVELS for n in sizes(LARGE) for p, t in FOUNDATION
    ]  # fmt: skip
    final = [run(p, m, 16) for m in FINAL for p in ("sequential", "coordinator")]
    struck = [(run(p, MINI, 8, judge="gpt-4o"), e) for p in PAPER for e in (NONE, STRUCK)]
    capable = [run(p, m, 8) for m in (*FINAL, MINI, WEAK) for p in ("sequential", "fixed-roles")]
    others = [run(p, CLAUDE, 16) for p in OTHERS]

    def quiet(runs: Iterable[RunConfig]) -> tuple[tuple[RunConfig, str], ...]:
        return tuple((r, NONE) for r in runs)

    return [
        Series("pilot", 660, quiet(pilot), 4),
        Series("main", 8_020, quiet(main)),
        Series("foundation", 12_130, quiet(foundation)),
        Series("final", 720, quiet(final), 4),
        Series("shocks and rest", 3_470, (*struck, *quiet(capable), *quiet(others)), 4),
    ]


def spread(total: int, cells: int, fewest: int = 1) -> list[int]:
    """Tasks of each cell: as even as whole tasks allow, the first cells one more."""
    each, over = divmod(total, cells)
    return [max(fewest, each + (i < over)) for i in range(cells)]


def laid_out(
    series: Sequence[Series], scale: float, replicates: int, ticks: int | None
) -> list[Cell]:
    """Cells with their tasks for each seed."""
    cells = []
    for part in series:
        total = round(part.task_runs * scale / max(1, replicates))
        if ticks is not None:
            each = [ticks] * len(part.cells)
        else:
            each = spread(total, len(part.cells), part.fewest)
            if any(event == STRUCK for _, event in part.cells):
                each = _twinned(each, total, part.fewest)
        for (config, event), n in zip(part.cells, each, strict=True):
            shocks = schedule(n, config.model) if event == STRUCK else ""
            judge = (config.judge or "").partition(":")[2]
            labels = {"series": part.name, "event": event, "judge_asked": judge}
            cells.append(Cell(replace(config, ticks=n, shocks=shocks), labels))
    return cells


def _twinned(each: list[int], total: int, fewest: int) -> list[int]:
    """A twin gets as many tasks as its struck run; the last cell makes up for it."""
    pairs = [each[i - i % 2] for i in range(len(each))]
    return [*pairs[:-1], max(fewest, pairs[-1] + total - sum(pairs))]


def schedule(ticks: int, model: str) -> str:
    """The paper's shocks, one after another over the last three quarters of a run."""
    kinds = ["remove", "remove-hub", "regulation", "priorities"]
    if is_family(model):
        kinds.insert(2, "substitute:model=synthetic/weak,share=0.25")
    first = first_shock(ticks)
    step = (ticks - first) / len(kinds)
    return ";".join(f"{kind}@{first + int(i * step)}" for i, kind in enumerate(kinds))


def first_shock(ticks: int) -> int:
    """The tick of the first."""
    return min(ticks // 4, ticks - 1)


def main(
    scale: Annotated[
        float, typer.Option(help="Share of the campaign's 25,000 task runs; 1 is all of it.")
    ] = 0.02,
    model: Annotated[
        str | None, typer.Option(help="In place of all the paper's models.", metavar="ID")
    ] = None,
    agents: Annotated[
        int | None, typer.Option(help="Largest team; the paper's if left out.", metavar="N")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Seeds per cell; by scale if left out.", metavar="R")
    ] = None,
    ticks: Annotated[
        int | None, typer.Option(help="Tasks per run; by scale if left out.", metavar="T")
    ] = None,
    seed: o.Seed = 0,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    yes: o.Yes = False,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Play the paper's series and put its figures beside ours, on one page."""
    if not 0 < scale <= 1:
        raise UsageError(f"scale={scale} is outside 0 to 1; 1 is the whole campaign")
    if agents is not None and agents < 4:
        raise UsageError(f"agents={agents} is below 4; shocks remove two; use 4 or more")
    if replicates is None:
        replicates = max(FEWEST_SEEDS, min(SEEDS, math.ceil(SEEDS * math.sqrt(scale))))
    base = RunConfig(seed=seed, api_base=api_base, budget=budget)
    cells = laid_out(campaign(base, agents, model), scale, replicates, ticks)
    showing = Showing(out, as_json=json, yes=yes)
    config = StudyConfig(STUDY.name, tuple(cells), replicates)
    kept = _finished(config, showing)
    began = time.perf_counter()
    code = STUDY.play(cells, replicates, showing, lambda found: answer(found, config))
    wall_s = time.perf_counter() - began
    there = _finished(config, showing)
    if code is Exit.DONE and not there:  # nothing is kept: all was played
        there = set(map(run_key, config.runs()))
    say_speed(config, kept, there, wall_s)
    raise typer.Exit(code)


def _finished(config: StudyConfig, showing: Showing) -> set[str]:
    """The keys of the runs that are in the folder."""
    path = showing.folder(config, paid=any(c.config.called for c in config.cells))
    if path is None or not (path / "config.json").exists():
        return set()
    with Folder(path, config) as folder:
        return folder.finished()


def say_speed(config: StudyConfig, before: set[str], after: set[str], wall_s: float) -> None:
    """How long it took and what it needed, on standard error.

    Args:
        config: The campaign.
        before: Keys of the runs that were finished when it began.
        after: Of those that are now.
        wall_s: How long it took.
    """
    for worker in active_children():  # only who has ended is counted
        worker.join(5)
    different = list(dict.fromkeys(config.runs()))  # equal ones are played once
    played = [r for r in different if run_key(r) in after - before]
    runs, kept, tasks = len(played), len(before), sum(r.ticks for r in played)
    whole = sum(r.ticks for r in different)
    peak = [resource.getrusage(w).ru_maxrss / 1024 for w in
            (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]  # fmt: skip
    speed = (
        f": {runs / wall_s:.1f} runs and {tasks / wall_s:.0f} task runs per second" if runs else ""
    )
    terminal(stderr=True).print(
        f"{runs:,} runs ({kept:,} more were there), {tasks:,} of {whole:,} task runs, in "
        f"{wall_s:.1f} s{speed}; peak memory {peak[0]:.0f} MB, largest worker {peak[1]:.0f} MB",
        highlight=False,
        soft_wrap=True,
    )


# --- ours beside theirs --------------------------------------------------------------------------


def claims(found: Found) -> list[Claim]:
    """Every published figure."""
    return [*_pilot(found), *_final(found), *_roles(found), *_depth(found), *_threshold(found)]


def _pilot(found: Found) -> list[Claim]:
    section = "Pilot: 8 agents, GPT-4.1-mini, L3 and L4"
    made = []
    for p, (q, _, _) in PILOT.items():
        quality = found.sample("quality", series="pilot", protocol=p)
        made.append(Claim.of(section, f"{p}, Q", q, quality, Kind.FITTED))
    for p, (_, b, _) in PILOT.items():
        balance = found.sample("balance", series="pilot", protocol=p)
        made.append(Claim.of(section, f"{p}, balance index", b, balance))
    for p, (_, _, r) in PILOT.items():
        made.append(Claim.of(section, f"{p}, resilience", r, resilience_of(found, p)))
    led = found.sample("quality", series="pilot", protocol="sequential")
    free = found.sample("quality", series="pilot", protocol="shared")
    lead = led / free - Sample(dict.fromkeys(led.values, 1.0))
    name = "sequential over shared, relative gain"
    made.append(Claim.of(section, name, 0.44, lead, Kind.FOLLOWS))
    d = cohens_d(found, "sequential", "shared")
    made.append(Claim.of(section, "sequential against shared, Cohen's d over tasks", 1.86, d))
    return made


def _final(found: Found) -> list[Claim]:
    section = "Final: 16 agents, L3, 120 tasks"
    made: list[Claim] = []
    q = {(m, p): found.sample("quality", series="final", model=f"synthetic/{m}", protocol=p)
         for m in FINAL for p in ("sequential", "coordinator")}  # fmt: skip
    for m, (sequential, coordinator) in FINAL.items():
        for p, published in (("sequential", sequential), ("coordinator", coordinator)):
            kind = Kind.PREDICTION if (m, p) in HELD_BACK else Kind.FITTED
            made.append(Claim.of(section, f"{m}, {p}, Q", published, q[m, p], kind))
    for m, gain in zip(FINAL, (0.141, 0.124, 0.122), strict=True):
        ratio = q[m, "sequential"] / q[m, "coordinator"]
        gained = ratio - Sample(dict.fromkeys(ratio.values, 1.0))
        name = f"{m}, relative gain of sequential"
        kind = Kind.PREDICTION if (m, "coordinator") in HELD_BACK else Kind.FOLLOWS
        made.append(Claim.of(section, name, gain, gained, kind))
    for m, share in ((CLAUDE, 0.086), (GLM, 0.008)):
        declined = found.sample(
            "abstention_rate", series="final", model=f"synthetic/{m}", protocol="sequential"
        )
        made.append(Claim.of(section, f"{m}, voluntary abstention", share, declined, Kind.FITTED))
    open_ones = (q[DEEPSEEK, "sequential"] - q[GLM, "sequential"] * -1.0) * 0.5
    name = "open models' share of Claude's Q"
    ratio = open_ones / q[CLAUDE, "sequential"]
    made.append(Claim.of(section, name, 0.95, ratio, Kind.FOLLOWS))
    costs = [found.sample("cost_usd", series="final", model=f"synthetic/{m}", protocol="sequential")
             for m in (CLAUDE, DEEPSEEK)]  # fmt: skip
    name = "price of Claude over DeepSeek's, per task"
    made.append(Claim.of(section, name, 24.0, costs[0] / costs[1], Kind.INPUT))
    return made


def _roles(found: Found) -> list[Claim]:
    section = "Roles: names, stability, use"
    names = Counter(names_of(found, agents=8))
    claude = Counter(names_of(found, series="final", protocol="sequential",
                              model=f"synthetic/{CLAUDE}"))  # fmt: skip
    once = sum(c == 1 for c in names.values()) / len(names) if names else None
    stable = found.sample("role_stability", series="main", protocol="sequential")
    share = found.sample("unique_role_share", series="main", protocol="sequential", agents=4)
    return [
        Claim.of(section, "role stability, sequential (\"near 0\")", (0.0, 0.1), stable),
        Claim.of(section, "names of roles of 8 agents, whole campaign", 5006.0, _count(names)),
        Claim.of(section, "share of these names used once", 0.54, once),
        Claim.of(section, "share of unique roles at 4 agents, sequential", 0.75, share),
        Claim.of(section, "Claude's names of roles, final", 1272.0, _count(claude)),
        Claim.of(section, "Gini of their use", 0.055, gini(claude)),
    ]  # fmt: skip


def _depth(found: Found) -> list[Claim]:
    section = "Hierarchy depth: sequential, Claude, L1 to L4"
    sizes = [n for n in found.values("agents") if found.of(series="main", agents=n)]
    return [Claim.of(section, f"{n} agents", (1.0, 2.0), depth_at(found, n)) for n in sorted(sizes)]


def _threshold(found: Found) -> list[Claim]:
    section = "Capability threshold: Q with free roles minus fixed ones"
    expected = {CLAUDE: (0.0, math.inf), WEAK: (-math.inf, 0.0)}
    return [
        Claim.of(section, f"{m}, 8 agents, L3", sign, freedom(found, m))
        for m, sign in expected.items()
    ]


def depth_at(found: Found, agents: int) -> Sample:
    """Hierarchy depth of sequential."""
    return found.sample("hierarchy_depth", series="main", protocol="sequential", agents=agents)


def freedom(found: Found, model: str) -> Sample:
    """Quality with free choice of role minus quality with fixed roles."""
    where = {"series": "shocks and rest", "event": NONE, "model": f"synthetic/{model}"}
    free = [r for r in found.of(**where, protocol="sequential") if r["judge_asked"] != "gpt-4o"]
    return Sample.of(free, "quality") - found.sample("quality", **where, protocol="fixed-roles")


def resilience_of(found: Found, protocol: str) -> Sample:
    """Area under quality from the first shock on, over that of the twin, by seed."""
    series: dict[tuple[str, int], list[float | None]] = {}
    for event in (NONE, STRUCK):
        for row in found.ticks_of(series="shocks and rest", event=event, protocol=protocol):
            if row["judge_asked"] == "gpt-4o":
                series.setdefault((event, row["seed"]), []).append(row["quality"])
    values = {}
    for (event, seed), struck in series.items():
        twin = series.get((NONE, seed))
        if event == STRUCK and twin is not None and len(twin) == len(struck):
            at = first_shock(len(struck))
            index = resilience(struck[at:], twin[at:])
            if index is not None:
                values[seed] = index
    return Sample(dict(sorted(values.items())))


def cohens_d(found: Found, first: str, second: str) -> float | None:
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


def names_of(found: Found, **wanted: object) -> Iterable[str]:
    """Names of roles as taken, one for each member and task."""
    return (row["role"] for row in found.members_of(**wanted) if row["role"] is not None)


def _paraphrases(found: Found) -> list[str]:
    """What becomes of the names of roles once paraphrases are one; see docs/emergence.md."""
    names = set(names_of(found, agents=8))
    if not names:
        return []
    roles = len(set(collapse(names).values()))
    return [
        f"the {len(names):,} names of roles of 8 agents are {roles} roles once paraphrases are one "
        f"(synthetic minds know {len(ROLE_TITLES)} titles, so they can't reach the paper's count)"
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


def findings(found: Found) -> list[Finding]:
    """The claims of the expectation."""

    def lead(series: str, first: str, second: str, **where: object) -> Sample:
        return found.sample("quality", series=series, protocol=first, **where) - found.sample(
            "quality", series=series, protocol=second, **where
        )

    sizes = [n for n in found.values("agents") if n <= max(SIZES)]
    return [
        above("pilot: sequential minus coordinator > 0",
              lead("pilot", "sequential", "coordinator")),
        above("pilot: coordinator minus broadcast > 0", lead("pilot", "coordinator", "broadcast")),
        *(above(f"final, {m}: sequential minus coordinator > 0",
                lead("final", "sequential", "coordinator", model=f"synthetic/{m}"))
          for m in FINAL if found.of(series="final", model=f"synthetic/{m}")),
        *(between(f"hierarchy depth of {n} agents from 1 to 2", depth_at(found, n), 1.0, 2.0)
          for n in sorted(sizes) if found.of(series="main", agents=n)),
        above(f"{CLAUDE}: free minus fixed roles > 0", freedom(found, CLAUDE)),
        below(f"{WEAK}: free minus fixed roles < 0", freedom(found, WEAK)),
    ]  # fmt: skip


# --- what is shown -------------------------------------------------------------------------------


def answer(found: Found, config: StudyConfig) -> Answer:
    """Tables, figures, findings and the page."""
    made = claims(found)
    return Answer(
        tables=[_table(section, some) for section, some in sections(made).items()],
        figures={
            "published": lambda: draw_published(
                made, title="Published figures and ours", subtitle=over(found, config),
                synthetic=found.synthetic,
            ),
            "scaling": lambda: draw(found),
        },
        findings=findings(found),
        notes=[f"{line}." for line in (*summary(made), NOT_PRINTED, *_paraphrases(found))],
        pages={PAGE: lambda folder: page(found, config, made, folder)},
    )  # fmt: skip


def over(found: Found, config: StudyConfig) -> str:
    """How much was played."""
    return f"{len(found.tick_rows):,} task runs in {len(config.cells)} cells, {seeds_of(found)}"


def _table(section: str, some: Sequence[Claim]) -> Table:
    table = Table(title=section, title_justify="left", title_style="bold", **TIGHT)
    for i, name in enumerate(HEAD):
        table.add_column(name, justify="left" if i in (0, 4, 5) else "right", overflow="fold")
    for claim in some:
        table.add_row(*map(plain, claim.line()))
    return table


def draw(found: Found) -> Figure:
    """Quality and hierarchy depth by team size, the paper's protocols and sequential to 256."""

    def lines(measure: str) -> list[Line]:
        mains = [p for p in PAPER if p != "sequential"]
        of_main = [Line.of(found.of(series="main", protocol=p), "agents", measure, p)
                   for p in mains]  # fmt: skip
        large = [r for r in found.of(series="foundation") if r["topology"] == "complete"]
        # on a complete network sparse-graph is sequential
        names = [p for p in dict.fromkeys(r["protocol"] for r in large) if p != "sparse-graph"]
        rest = [Line.of([r for r in large if r["protocol"] == p], "agents", measure, p)
                for p in names]  # fmt: skip
        return [line for line in (*of_main, *rest) if line.points]

    return draw_lines(
        [Panel(lines(m), m) for m in ("quality", "hierarchy_depth")],
        title="Quality and hierarchy depth by team size",
        subtitle="main and foundation series, means over L1 to L4",
        xlabel="agents",
        log=True,
        synthetic=found.synthetic,
    )


def page(found: Found, config: StudyConfig, made: Sequence[Claim], folder: Path) -> str:
    """Every published figure beside ours, on one page."""
    played: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for row in found.rows:
        played[row["series"]] += row["ticks"]
    for cell in config.cells:
        cells[str(cell.labels["series"])] += 1
    counts = {s.name: s.task_runs for s in campaign(RunConfig(), None, None)}
    design = [[name, str(cells[name]), f"{played[name]:,}", f"{counts[name]:,}"] for name in cells]
    design.append(["in all", str(sum(cells.values())), f"{sum(played.values()):,}",
                   f"{sum(counts.values()):,}"])  # fmt: skip
    called = any(cell.config.called for cell in config.cells)
    return Page(
        title="The paper's campaign, its figures beside ours",
        lead=f"arXiv:2603.28990, {over(found, config)}. The paper counts its task runs and does "
        "not print its design; the layout is ours and adds up to the same counts. “Fitted” figures "
        "are what the synthetic minds were fitted to; “predictions” were not. A published value "
        "agrees where it lies in our 95 % interval over seeds, a range where the interval lies in "
        "it; open is what intervals are too wide to tell, near is within 0.02.",
        sentences=[
            *(f"{line}." for line in (*summary(made), NOT_PRINTED, *_paraphrases(found))),
            *(f.line() for f in findings(found)),
        ],
        pictures={
            folder / "figures" / "published.png": "Published figures of 0 to 1 and ours.",
            folder / "figures" / "scaling.png": "By team size; bands are 95 % intervals.",
        },
        tables=[
            *((name, HEAD, [c.line() for c in some]) for name, some in sections(made).items()),
            ("Task runs", ["series", "cells", "played", "at full size"], design),
        ],
        config={
            "cells": len(config.cells),
            "replicates": config.replicates,
            "seed": config.base.seed,
        },
        again=AGAIN_REAL if called else AGAIN,
        synthetic=found.synthetic,
    ).html()  # fmt: skip


if __name__ == "__main__":
    script(main)
