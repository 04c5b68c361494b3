"""All the random draws of one decision, made at once from its seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Draws(NamedTuple):
    """The draws of a decision: lists have one for each requirement of the task.

    Attributes:
        notice: Uniform on 0..1: whether it is noticed.
        choice: Standard normal: noise of the preference for it.
        estimate: Standard normal: noise of the estimate of one's skill at it.
        work: Standard normal: noise of the work on it.
        uptake: Uniform on 0..1: whether its result is built on, or a planner keeps it in view.
        slip: Uniform on 0..1: whether the work on it is sloppy.
        swing: Uniform on 0..1: where all estimates are off to.
        title: Uniform on 0..1: the title of the role.
        yielding: Uniform on 0..1: whether the mind gives way.
        relay: Uniform on 0..1: whether word of the work on it is passed on.
        errors: So many further standard normals: how far each work read is misjudged.
    """

    notice: list[float]
    choice: list[float]
    estimate: list[float]
    work: list[float]
    uptake: list[float]
    slip: list[float]
    swing: float
    title: float
    yielding: float
    relay: list[float]
    errors: Callable[[int], list[float]]


def draw(seed: int, n: int) -> Draws:
    """The draws of a decision.

    Args:
        seed: Of the decision, 64 bits.
        n: Requirements of the task, 0 or more.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    choice, estimate, work = rng.standard_normal((3, n)).tolist()
    uniform: list[float] = rng.random(4 * n + 3).tolist()
    notice, uptake, slip = uniform[:n], uniform[n : 2 * n], uniform[2 * n : 3 * n]
    swing, title, yielding = uniform[3 * n : 3 * n + 3]

    def errors(count: int) -> list[float]:
        found: list[float] = rng.standard_normal(count).tolist() if count else []
        return found

    return Draws(
        notice, choice, estimate, work, uptake, slip, swing, title, yielding,
        uniform[3 * n + 3 :], errors,
    )  # fmt: skip
