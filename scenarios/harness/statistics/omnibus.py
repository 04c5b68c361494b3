"""Tests over all cells of a block at once: ranks, ranks within blocks, and a mixed model.

They check the paired contrasts from other assumptions: ranks need no normal distribution, and the
mixed model uses every single task. Conclusions rest on the contrasts; a check is mentioned where it
does not agree.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..results.rows import Row
from .contrasts import FACTORS, FEWEST_PAIRS, holm

MEASURE = "quality"
MOST_ROWS = 1500
"""Of tasks in a mixed model; above it only the leading cells are in it, two at least."""
MOST_MODELS = 4
MOST_LEVELS = 120
"""Of tasks and seeds in a mixed model: one with hundreds takes minutes to fit."""


def block_tests(runs: Sequence[Row], ticks: Sequence[Row] = ()) -> list[Row]:
    """Tests of each factor that varies, in each block of equal other factors.

    Args:
        runs: Rows of runs.
        ticks: Rows of their ticks with the factors and seeds of the runs.

    Returns:
        Rows with the measure, the factor, the block's other factors, the factor's `values` best
        first, and `kruskal`, `friedman`, `dunn` and `mixed_model`. What could not be computed is
        None, or has a `reason`.
    """
    rows: list[Row] = []
    models = 0
    for factor in FACTORS:
        others = [f for f in FACTORS if f != factor]
        blocks: dict[tuple[Any, ...], dict[Any, dict[int, float]]] = {}
        for r in runs:
            if r[MEASURE] is not None:
                block = blocks.setdefault(tuple(r[f] for f in others), {})
                block.setdefault(r[factor], {})[r["seed"]] = float(r[MEASURE])
        for key, cells in blocks.items():
            if len(cells) < 2 or min(map(len, cells.values())) < FEWEST_PAIRS:
                continue
            ranked = sorted(cells, key=lambda v: -_mean(cells[v].values()))
            row: Row = {"measure": MEASURE, "factor": factor, "values": ranked}
            row |= dict(zip(others, key, strict=True))
            groups = {v: list(cells[v].values()) for v in ranked}
            row |= {"kruskal": kruskal(groups), "dunn": dunn(groups)}
            row["friedman"] = None if factor == "level" else friedman([cells[v] for v in ranked])
            of_block = [t for t in ticks if all(t[f] == row[f] for f in others)]
            models += factor == "protocol"
            if factor != "protocol":
                row["mixed_model"] = _unfit("only for protocols")
            elif models > MOST_MODELS:
                row["mixed_model"] = _unfit(f"only for the first {MOST_MODELS} blocks")
            else:
                row["mixed_model"] = mixed_model(of_block, factor, ranked)
            rows.append(row)
    return rows


def kruskal(groups: Mapping[Any, Sequence[float]]) -> Row | None:
    """Kruskal and Wallis's test that groups have the same distribution; pairs are not used.

    Returns:
        `h`, `df`, `p` and `epsilon_squared` (share of the variance of ranks, 0 to 1); None where
        all values are equal.

    References:
        W. H. Kruskal & W. A. Wallis, J. Am. Stat. Assoc. 47, 1952.
    """
    from scipy import stats

    values = [v for g in groups.values() for v in g]
    if min(values) == max(values):
        return None
    h, p = stats.kruskal(*groups.values())
    return {
        "h": float(h),
        "df": len(groups) - 1,
        "p": float(p),
        "epsilon_squared": float(h) / (len(values) - 1),
    }


def friedman(cells: Sequence[Mapping[int, float]]) -> Row | None:
    """Friedman's test: ranks within each seed, so that its tasks are a block.

    Returns:
        `chi2`, `df`, `p`, `seeds` and Kendall's `w` (agreement of the seeds on the order, 0 to 1);
        None with fewer than three cells, or fewer seeds in common than conclusions need.

    References:
        M. Friedman, J. Am. Stat. Assoc. 32, 1937.
    """
    from scipy import stats

    seeds = sorted(set.intersection(*(set(c) for c in cells)))
    if len(cells) < 3 or len(seeds) < FEWEST_PAIRS:
        return None
    if all(len({c[s] for c in cells}) == 1 for s in seeds):
        return None
    chi2, p = stats.friedmanchisquare(*([c[s] for s in seeds] for c in cells))
    df = len(cells) - 1
    w = float(chi2) / (len(seeds) * df)
    return {"chi2": float(chi2), "df": df, "p": float(p), "seeds": len(seeds), "w": w}


def dunn(groups: Mapping[Any, Sequence[float]]) -> list[Row]:
    """Dunn's test of every pair after Kruskal and Wallis's, on the same ranks, with Holm.

    Written here because neither scipy nor statsmodels has it; the ranks and the correction for
    ties are scipy's.

    Returns:
        `first`, `second`, `z` (positive where the first ranks higher), `p`, `p_corrected`.

    References:
        O. J. Dunn, "Multiple comparisons using rank sums", Technometrics 6, 1964.
    """
    from scipy import stats

    values = [v for g in groups.values() for v in g]
    n = len(values)
    ranks = stats.rankdata(values)
    variance = stats.tiecorrect(ranks) * n * (n + 1) / 12
    if variance <= 0:
        return []
    places, begins = {}, 0
    for name, group in groups.items():
        places[name] = float(ranks[begins : begins + len(group)].mean())
        begins += len(group)
    rows = []
    for a, b in combinations(groups, 2):
        error = math.sqrt(variance * (1 / len(groups[a]) + 1 / len(groups[b])))
        z = (places[a] - places[b]) / error
        rows.append({"first": a, "second": b, "z": z, "p": 2 * float(stats.norm.sf(abs(z)))})
    for row, p in zip(rows, holm(r["p"] for r in rows), strict=True):
        row["p_corrected"] = p
    return rows


def mixed_model(ticks: Sequence[Row], factor: str, ranked: Sequence[Any]) -> Row:
    """Quality of every task by one factor, with task and seed as crossed random effects.

    Args:
        ticks: Rows of ticks of a block.
        factor: The fixed effect.
        ranked: Its values, the best first: the reference, and the first to be in the model where
            `MOST_ROWS` is not enough for all.

    Returns:
        `reference`, `effects` (of each other `value`: `difference` to it, `ci95`, `p`), `sd` (of
        `task`, `seed` and `residual`), `rows` and `reason` None; or `effects` None and a `reason`.

    References:
        R. H. Baayen, D. J. Davidson & D. M. Bates, "Mixed-effects modeling with crossed random
        effects for subjects and items", Journal of Memory and Language 59, 2008.
    """
    taken: list[Row] = []
    names: list[Any] = []
    for value in ranked:
        of_value = [t for t in ticks if t[factor] == value and t[MEASURE] is not None]
        if len(names) >= 2 and len(taken) + len(of_value) > MOST_ROWS:
            break
        taken += of_value
        names.append(value)
    counts = {name: len({t[name] for t in taken}) for name in ("task_id", "seed")}
    if min(counts.values()) < 2:
        return _unfit("needs two tasks and two seeds or more")
    if sum(counts.values()) > MOST_LEVELS:
        return _unfit(f"{counts['task_id']} tasks and {counts['seed']} seeds are too many for it")
    if len(taken) > 2 * MOST_ROWS:
        return _unfit(f"{len(taken)} tasks played are too many for it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a variance of 0 is an answer, not a fault
            return _fitted(taken, factor, names)
    except Exception as error:  # a check that can't be made stops nobody
        return _unfit(f"{type(error).__name__}: {error}")


def _fitted(taken: Sequence[Row], factor: str, names: Sequence[Any]) -> Row:
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    table = pd.DataFrame(
        {
            "quality": [float(t[MEASURE]) for t in taken],
            "level": [names.index(t[factor]) for t in taken],
            "task": [t["task_id"] for t in taken],
            "seed": [t["seed"] for t in taken],
        }
    )
    # crossed effects: one group that holds everything, and a variance component for each
    fit = MixedLM.from_formula(
        "quality ~ C(level)",
        table,
        groups=[0] * len(table),
        re_formula="0",
        vc_formula={"task": "0 + C(task)", "seed": "0 + C(seed)"},
    ).fit(method=["powell", "lbfgs"])
    errors = [float(e) for e in fit.bse_fe]
    if not fit.converged or not all(map(math.isfinite, errors)):
        return _unfit("did not converge")
    bounds, p_values = fit.conf_int(), fit.pvalues
    effects = [
        {
            "value": name,
            "difference": float(fit.fe_params.iloc[i]),
            "ci95": [float(bounds.iloc[i, 0]), float(bounds.iloc[i, 1])],
            "p": float(p_values.iloc[i]),
        }
        for i, name in enumerate(names)
        if i
    ]
    variances = dict(zip(fit.model.exog_vc.names, fit.vcomp, strict=True))
    sd = {name: math.sqrt(max(0.0, float(v))) for name, v in variances.items()}
    sd["residual"] = math.sqrt(float(fit.scale))
    return {
        "reference": names[0],
        "effects": effects,
        "sd": sd,
        "rows": len(taken),
        "reason": None,
    }


def _unfit(reason: str) -> Row:
    return {"effects": None, "reason": reason}


def _mean(values: Any) -> float:
    known = list(values)
    return math.fsum(known) / len(known)
