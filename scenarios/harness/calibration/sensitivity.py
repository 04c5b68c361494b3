"""Which parameters of the synthetic world matter: Morris' elementary effects.

Every fitted parameter of the world is moved within a fifth of its plausible range around its
fitted value, one at a time along random trajectories. The mean absolute effect mu* of a move over
the whole band ranks the parameters; sigma, its spread, tells of curvature and interaction.

References:
    M. D. Morris, Technometrics 33(2):161-174, 1991.
    F. Campolongo, J. Cariboni & A. Saltelli, Environmental Modelling & Software 22, 2007 (mu*).
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
from matplotlib.figure import Figure
from SALib.analyze import morris as effects
from SALib.sample import morris as trajectories_of

from ..figures.style import BLUE, FAINT, VERMILLION, finish, new_figure, save, styled
from .bench import Bench
from .setting import PARAMETER_BOUNDS, Setting
from .targets import CLAUDE, DEEPSEEK, FEW, GLM, MINI, Condition, Means, residuals

BAND = 0.2  # of the plausible range, on either side
LEVELS = 4
SEED = 20261122
OUTPUTS = {
    "misfit": "rms residual, small misses",
    "gain": "Sequential less Coordinator, Q",
    "abstention": "claude-sonnet-4.6, share",
    "depth": "gpt-4.1-mini, N = 64",
}


Effects = list[dict[str, float | str]]
"""One row for each parameter: mu* and sigma of each output."""


def outputs(m: Means) -> tuple[float, float, float, float]:
    """Misfit, gain, abstention, depth.

    Args:
        m: Gives the means of a condition.
    """

    def gain(model: str) -> float:
        pair = (m(Condition(p, model, 16))[0] for p in ("sequential", "coordinator"))
        return float(next(pair) - next(pair))

    return (
        float(np.sqrt(np.mean(residuals(m, hold_back=False) ** 2))),
        fmean(map(gain, (CLAUDE, DEEPSEEK, GLM))),
        float(m(Condition("sequential", CLAUDE, 16))[1]),
        float(m(Condition("sequential", MINI, 64, share=FEW))[2]),
    )


def screen(setting: Setting, bench: Bench, trajectories: int, out: Path) -> Effects:
    """Play the trajectories; write `sensitivity.csv`, `.png` and `.svg`.

    Args:
        setting: Whose parameters are moved.
        bench: Plays what they give.
        trajectories: How many, 2 or more; each plays as many settings as there are parameters.
        out: A folder, made if it isn't there.

    Returns:
        The table, the parameters that matter most for the misfit first.
    """
    here = setting.parameters.values()
    bands = []
    for name, (low, high) in PARAMETER_BOUNDS.items():
        reach = BAND * (high - low)
        bands.append([max(low, here[name] - reach), min(high, here[name] + reach)])
    names = list(PARAMETER_BOUNDS)
    problem = {"num_vars": len(names), "names": names, "bounds": bands}
    points = trajectories_of.sample(problem, trajectories, num_levels=LEVELS, seed=SEED)
    found = []
    for point in points:
        moved = dict(zip(names, (round(float(x), 4) for x in point), strict=True))
        (means,) = bench.means([replace(setting, parameters=setting.parameters.changed(moved))])
        found.append(outputs(means))
        bench.known.clear()
    rows: Effects = [{"parameter": name} for name in names]
    for column, key in zip(np.array(found).T, OUTPUTS, strict=True):
        of = effects.analyze(problem, points, column, num_levels=LEVELS, seed=SEED)
        for row, mu_star, sigma in zip(rows, of["mu_star"], of["sigma"], strict=True):
            row[f"{key}_mu_star"] = round(float(mu_star), 4)
            row[f"{key}_sigma"] = round(float(sigma), 4)
    rows.sort(key=lambda row: -float(row["misfit_mu_star"]))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "sensitivity.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    save(draw(rows, len(points)), out, "sensitivity")
    return rows


@styled
def draw(rows: Effects, n_points: int) -> Figure:
    """A subplot for each output: mu* as bars, sigma as dots, parameters in the order of the rows.

    Args:
        rows: The table.
        n_points: Settings that were played.
    """
    subtitle = f"Morris screening, {n_points} settings, each a fifth of its range about the fit"
    figure = new_figure(10.5, 1.9 + 0.2 * len(rows), "What the calibration hangs on", subtitle)
    subplots = figure.subplots(1, len(OUTPUTS), sharey=True)
    place = np.arange(len(rows))[::-1]
    for axes, (key, what) in zip(subplots, OUTPUTS.items(), strict=True):
        sizes = [float(row[f"{key}_mu_star"]) for row in rows]
        spread = [float(row[f"{key}_sigma"]) for row in rows]
        axes.barh(place, sizes, height=0.62, color=BLUE, label="mu*")
        axes.plot(spread, place, "o", ms=3.2, color=VERMILLION, label="sigma")
        axes.set_title(key, loc="left")
        axes.set_xlabel(what, color=FAINT)
        axes.grid(axis="x")
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.tick_params(axis="y", length=0)
    subplots[0].set_yticks(place, [str(row["parameter"]) for row in rows])
    subplots[0].legend(loc="lower right")
    note = "Bars: mean absolute effect of moving a parameter over its band (mu*). Dots: its spread."
    return finish(figure, synthetic=True, note=note)
