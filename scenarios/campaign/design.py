"""What the campaign plays: five series of cells that add up to the paper's counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unscripted import study

SEEDS = 10
FEWEST_SEEDS = 5
CLAUDE, DEEPSEEK, GLM = "claude-sonnet-4.6", "deepseek-v3.2", "glm-5"
MINI, WEAK = "gpt-4.1-mini", "weak"
FINAL = {CLAUDE: (0.875, 0.767), DEEPSEEK: (0.829, 0.738), GLM: (0.800, 0.713)}
"""Published Q of sequential and coordinator."""
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
    cells: tuple[tuple[study.RunConfig, str], ...]
    fewest: int = 2


def campaign(base: study.RunConfig, most: int | None, model: str | None) -> list[Series]:
    """The five series.

    Args:
        base: What all have in common.
        most: Largest team; None for the paper's.
        model: In place of all models; None for the paper's.
    """

    def sizes(wanted: Sequence[int]) -> list[int]:
        return list(dict.fromkeys(min(n, most or n) for n in wanted))

    def run(protocol: str, name: str, n: int, level: str = "L3", judge: str = "gpt-5.4",
            topology: str = "complete") -> study.RunConfig:  # fmt: skip
        chosen = model if model is not None else f"synthetic/{name}"
        judged = f"rubric:{judge}" if not study.is_called(chosen) else None
        return base.replace(
            protocol=protocol, model=chosen, agents=sizes([n])[0], level=level, judge=judged,
            topology=topology,
        )  # fmt: skip

    pilot = [run(p, MINI, 8, level, "gpt-4o") for level in ("L3", "L4") for p in study.COMPARED]
    main = [
        run(p, CLAUDE, n, x) for x in study.LEVELS for n in sizes(SIZES) for p in study.COMPARED
    ]
    foundation = [
        run(p, CLAUDE, n, x, topology=t)
        for x in study.LEVELS for n in sizes(LARGE) for p, t in FOUNDATION
    ]  # fmt: skip
    final = [run(p, m, 16) for m in FINAL for p in ("sequential", "coordinator")]
    struck = [(run(p, MINI, 8, judge="gpt-4o"), e) for p in study.COMPARED for e in (NONE, STRUCK)]
    capable = [run(p, m, 8) for m in (*FINAL, MINI, WEAK) for p in ("sequential", "fixed-roles")]
    others = [run(p, CLAUDE, 16) for p in OTHERS]

    def quiet(runs: Iterable[study.RunConfig]) -> tuple[tuple[study.RunConfig, str], ...]:
        return tuple((r, NONE) for r in runs)

    return [
        Series("pilot", 660, quiet(pilot), 4),
        Series("main", 8_020, quiet(main)),
        Series("foundation", 12_130, quiet(foundation), 1),
        Series("final", 720, quiet(final), 4),
        Series("shocks and rest", 3_470, (*struck, *quiet(capable), *quiet(others)), 4),
    ]


def spread(total: int, cells: int, fewest: int = 1) -> list[int]:
    """Tasks of each cell: as even as whole tasks allow, the first cells one more."""
    each, over = divmod(total, cells)
    return [max(fewest, each + (i < over)) for i in range(cells)]


def laid_out(
    series: Sequence[Series], scale: float, replicates: int, ticks: int | None
) -> list[study.Condition]:
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
            shocks = schedule(n, str(config.team.model)) if event == STRUCK else ""
            judge = str(config.tasks.judge or "").partition(":")[2]
            labels = {"series": part.name, "event": event, "judge_asked": judge}
            cells.append(study.Condition(config.replace(ticks=n, shock=shocks), labels))
    return cells


def _twinned(each: list[int], total: int, fewest: int) -> list[int]:
    """A twin gets as many tasks as its struck run; the last cell makes up for it."""
    pairs = [each[i - i % 2] for i in range(len(each))]
    return [*pairs[:-1], max(fewest, pairs[-1] + total - sum(pairs))]


def schedule(ticks: int, model: str) -> str:
    """The paper's shocks, one after another over the last three quarters of a run."""
    kinds = ["remove", "remove-hub", "regulation", "priorities"]
    if not study.is_called(model):
        kinds.insert(2, "substitute:model=synthetic/weak,share=0.25")
    first = first_shock(ticks)
    step = (ticks - first) / len(kinds)
    return ";".join(f"{kind}@{first + int(i * step)}" for i, kind in enumerate(kinds))


def first_shock(ticks: int) -> int:
    """The tick of the first."""
    return min(ticks // 4, ticks - 1)
