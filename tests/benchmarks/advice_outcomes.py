"""Outcomes of many synthetic models under every arm, played once, so that advice can be rehearsed.

    python -m tests.benchmarks.advice_outcomes outcomes.npz --models 200

Each model has faculties drawn at random; it is played at each level by every arm with the same
seeds, a run of four tasks a seed. The file holds mean quality and calls by case, arm and seed. It
is written anew after every model, so a table that was broken off is a smaller one, and the same
command goes on.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import unscripted as un
from unscripted.model.metrics.performance import quality

PROTOCOLS = ("sequential", "coordinator", "broadcast", "shared", "fixed-roles")
SIZES = (3, 6)
ARMS = (*((p, n) for n in SIZES for p in PROTOCOLS), ("solo", max(SIZES)))
LEVELS = ("L1", "L2", "L3", "L4")
TICKS = 4
SEEDS = 40
"""The first half is what advice may play, the other half says what is true."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcomes:
    """What was played.

    Attributes:
        faculties: By model: reasoning, self-reflection, instruction following.
        quality: By model, level, arm and seed: mean over the tasks of a run.
        calls: Likewise, of a run.
    """

    faculties: Array
    quality: Array
    calls: Array

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        beside = path.with_suffix(".part.npz")
        np.savez_compressed(
            beside, faculties=self.faculties, quality=self.quality, calls=self.calls
        )
        beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Outcomes:
        """From a file that `save` wrote."""
        with np.load(path) as found:
            return cls(found["faculties"], found["quality"], found["calls"])


def faculties_of(model: int) -> Array:
    """Three faculties of 0.05 to 0.95, each model's from its own stream."""
    return np.round(np.random.default_rng([18, model]).uniform(0.05, 0.95, 3), 3)


def played(faculties: Array, level: str, arm: tuple[str, int], seed: int) -> tuple[float, float]:
    """Mean quality and calls of one run."""
    names = ("reasoning", "self_reflection", "instruction_following")
    said = "&".join(f"{name}={value}" for name, value in zip(names, faculties, strict=True))
    org = un.build(
        protocol=arm[0], n_agents=arm[1], model=f"synthetic/custom?{said}", level=level, rng=seed
    )
    records = org.run(TICKS)
    calls = math.fsum(r.totals.calls for r in records)
    return math.fsum(quality(r) or 0.0 for r in records) / TICKS, calls


def one_model(model: int) -> tuple[Array, Array, Array]:
    """Faculties, qualities and calls of one model, by level, arm and seed."""
    faculties = faculties_of(model)
    shape = (len(LEVELS), len(ARMS), SEEDS)
    qualities, calls = np.empty(shape), np.empty(shape)
    for place in np.ndindex(shape):
        level, arm, seed = place
        qualities[place], calls[place] = played(faculties, LEVELS[level], ARMS[arm], seed)
    return faculties, qualities, calls


def main(arguments: Sequence[str] | None = None) -> None:
    """Play what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first model")
    options = parser.parse_args(arguments)
    parts: list[tuple[Array, Array, Array]] = []
    if options.path.exists():
        there = Outcomes.load(options.path)
        parts = list(zip(there.faculties, there.quality, there.calls, strict=True))
    for model in range(len(parts), options.models):
        parts.append(one_model(options.first + model))
        Outcomes(*(np.stack(column) for column in zip(*parts, strict=True))).save(options.path)
        print(f"{model + 1} of {options.models} models", flush=True)


if __name__ == "__main__":
    main()
