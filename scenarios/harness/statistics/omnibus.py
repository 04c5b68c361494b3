"""Tests over all cells of a block at once: ranks, ranks within blocks, and a mixed model.

They check the paired contrasts from other assumptions: ranks need no normal distribution, and the
mixed model uses every single task. Conclusions rest on the contrasts; a check is mentioned where it
does not agree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from ....model.metrics.multiple_testing import holm
from ....model.metrics.scored import outcome
from ..results.factors import FACTORS, Block, Cell
from ..results.rows import Row
from .evidence import RULE, Rule
from .intervals import exact_mean
from .mixed_model import MixedModel, Unfitted, mixed_model

MOST_MODELS = 4
"""Blocks of protocols that get a mixed model."""


@dataclass(frozen=True)
class KruskalWallis:
    """A test that groups have the same distribution; pairs are not used.

    Attributes:
        h: The statistic.
        df: Groups minus 1.
        p: That all are alike.
        epsilon_squared: Share of the variance of ranks between groups, 0 to 1.
    """

    h: float
    df: int
    p: float
    epsilon_squared: float


@dataclass(frozen=True)
class Friedman:
    """A test on ranks within each seed, so that its tasks are a block.

    Attributes:
        chi2: The statistic.
        df: Cells minus 1.
        p: That all are alike.
        seeds: How many all cells have in common.
        w: Kendall's, the agreement of the seeds on the order, 0 to 1.
    """

    chi2: float
    df: int
    p: float
    seeds: int
    w: float


@dataclass(frozen=True)
class DunnPair:
    """One pair of Dunn's test.

    Attributes:
        first: A value of the factor.
        second: Another.
        z: Positive where the first ranks higher.
        p: Two-sided.
        p_corrected: By Holm, over all pairs.
    """

    first: Any
    second: Any
    z: float
    p: float
    p_corrected: float


@dataclass(frozen=True)
class OmnibusTest:
    """All tests of one factor in one block of equal other factors.

    Attributes:
        measure: What was tested.
        factor: By what.
        values: Of the factor, the best mean first.
        block: The other factors.
        kruskal: None where all values are equal.
        dunn: Of every pair; empty where all values are equal.
        friedman: None with fewer than three cells, or too few seeds in common.
        mixed_model: Or why there is none.
    """

    measure: str
    factor: str
    values: Sequence[Any]
    block: Mapping[str, Any]
    kruskal: KruskalWallis | None
    dunn: Sequence[DunnPair]
    friedman: Friedman | None
    mixed_model: MixedModel | Unfitted

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "measure": self.measure,
            "factor": self.factor,
            "values": list(self.values),
            **self.block,
            "kruskal": self.kruskal and asdict(self.kruskal),
            "dunn": [asdict(pair) for pair in self.dunn],
            "friedman": self.friedman and asdict(self.friedman),
            "mixed_model": self.mixed_model.body(),
        }


def block_tests(
    runs: Sequence[Row], ticks: Sequence[Row] = (), rule: Rule = RULE
) -> list[OmnibusTest]:
    """Tests of each factor that varies, in each block of equal other factors.

    Args:
        runs: Rows of runs.
        ticks: Rows of their ticks with the factors and seeds of the runs.
        rule: How many replicates it takes.
    """
    found: list[OmnibusTest] = []
    measure = outcome(row.get("score") for row in runs)
    for factor in FACTORS:
        blocks: dict[Block, dict[Any, dict[int, float]]] = {}
        for row in runs:
            if row[measure] is not None:
                cell = Cell.of(row)
                groups = blocks.setdefault(cell.block(factor), {})
                groups.setdefault(cell.value(factor), {})[row["seed"]] = float(row[measure])
        others = [f for f in FACTORS if f != factor]
        for key, groups in blocks.items():
            if len(groups) < 2 or min(map(len, groups.values())) < rule.fewest_pairs:
                continue
            ranked = sorted(groups, key=lambda v: -exact_mean(groups[v].values()))
            samples = {v: list(groups[v].values()) for v in ranked}
            block = dict(zip(others, key, strict=True))
            model = _model(factor, len(found), ticks, block, ranked)
            across = None
            if factor != "level":  # another level has other tasks
                across = friedman([groups[v] for v in ranked], rule.fewest_pairs)
            found.append(
                OmnibusTest(measure, factor, ranked, block, kruskal(samples), dunn(samples),
                            across, model)
            )  # fmt: skip
    return found


def _model(
    factor: str, before: int, ticks: Sequence[Row], block: Mapping[str, Any], ranked: Sequence[Any]
) -> MixedModel | Unfitted:
    """The block's mixed model; `before` counts the blocks of protocols that came first."""
    if factor != "protocol":
        return Unfitted("only for protocols")
    if before >= MOST_MODELS:
        return Unfitted(f"only for the first {MOST_MODELS} blocks")
    of_block = [t for t in ticks if all(t[f] == v for f, v in block.items())]
    return mixed_model(of_block, factor, ranked)


def kruskal(groups: Mapping[Any, Sequence[float]]) -> KruskalWallis | None:
    """Kruskal and Wallis's test that groups have the same distribution; pairs are not used.

    Args:
        groups: Two or more.

    Returns:
        None where all values are equal.

    References:
        W. H. Kruskal & W. A. Wallis, J. Am. Stat. Assoc. 47, 1952.
    """
    from scipy import stats

    values = [v for g in groups.values() for v in g]
    if min(values) == max(values):
        return None
    h, p = stats.kruskal(*groups.values())
    return KruskalWallis(float(h), len(groups) - 1, float(p), float(h) / (len(values) - 1))


def friedman(cells: Sequence[Mapping[int, float]], fewest_seeds: int) -> Friedman | None:
    """Friedman's test: ranks within each seed, so that its tasks are a block.

    Args:
        cells: Values by seed.
        fewest_seeds: In common to all cells.

    Returns:
        None with fewer than three cells, with fewer seeds, or where no seed tells cells apart.

    References:
        M. Friedman, J. Am. Stat. Assoc. 32, 1937.
    """
    from scipy import stats

    seeds = sorted(set.intersection(*(set(c) for c in cells)))
    if len(cells) < 3 or len(seeds) < fewest_seeds:
        return None
    if all(len({c[s] for c in cells}) == 1 for s in seeds):
        return None
    chi2, p = stats.friedmanchisquare(*([c[s] for s in seeds] for c in cells))
    df = len(cells) - 1
    w = float(chi2) / (len(seeds) * df)
    return Friedman(float(chi2), df, float(p), len(seeds), w)


def dunn(groups: Mapping[Any, Sequence[float]]) -> list[DunnPair]:
    """Dunn's test of every pair after Kruskal and Wallis's, on the same ranks, with Holm.

    Written here because neither scipy nor statsmodels has it; the ranks and the correction for
    ties are scipy's.

    Args:
        groups: Two or more.

    Returns:
        Nothing where all values are equal.

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
    scores = {}
    for a, b in combinations(groups, 2):
        error = math.sqrt(variance * (1 / len(groups[a]) + 1 / len(groups[b])))
        scores[a, b] = (places[a] - places[b]) / error
    p_values = [2 * float(stats.norm.sf(abs(z))) for z in scores.values()]
    return [
        DunnPair(a, b, z, p, corrected)
        for ((a, b), z), p, corrected in zip(scores.items(), p_values, holm(p_values), strict=True)
    ]
