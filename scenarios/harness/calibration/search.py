"""The search for the setting that fits best.

Loss: the sum of squared residuals of `targets` (figures in units of 0.01; statements in words as
hinges) plus (`PRIOR` · (z - z0))² for every parameter, where z is the logit of its place within its
plausible range and z0 where the search began: what no target asks for stays where it was, and
nothing ends at a bound. Method: `scipy.optimize.least_squares` (trust region), Jacobian by
differences with common random numbers, wide steps because decisions are discrete, Broyden's update
in between.

References:
    K. Levenberg, 1944; D. Marquardt, 1963; C. G. Broyden, 1965.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

from .accuracy import rms
from .bench import Bench
from .setting import Setting, grouped, inward, outward, values
from .targets import FIGURES, Means, Numbers, figures, residuals, words

PRIOR = 0.25
STEP = 0.3  # of z, for differences
STALE = 2  # steps with an updated Jacobian before it is measured anew


@dataclass
class Search:
    """The loss and its Jacobian, for `least_squares`.

    Attributes:
        bench: Where settings are played.
        start: Where the search begins.
        hold_back: Whether held-back figures are left out.
        until: Time after which it stops, in seconds since the epoch.
        out: Where the best values so far are written.
    """

    bench: Bench
    start: Setting
    hold_back: bool
    until: float
    out: Path
    best: tuple[float, Setting] = field(init=False)
    z0: Numbers = field(init=False)
    _at: tuple[Numbers, Numbers] = field(init=False)  # the last z measured, and its residuals
    _jacobian: tuple[int, Numbers, Numbers, Numbers] | None = None  # age, z, residuals, J

    def __post_init__(self) -> None:
        self.best = (math.inf, self.start)
        self.z0 = inward(self.start)

    def loss(self, z: Numbers) -> Numbers:
        """Residuals at z, the prior's included.

        Args:
            z: One logit for each of `BOUNDS`.

        Raises:
            TimeoutError: The time is up.
        """
        if time.time() > self.until:
            raise TimeoutError
        setting = outward(z, self.start)
        (means,) = self.bench.means([setting])
        found = self._residuals(means, z)
        self._at = z.copy(), found
        cost = float(found @ found)
        if cost < self.best[0]:
            self.best = (cost, setting)
            self.out.write_text(
                yaml.safe_dump({"values": grouped(values(setting))}), encoding="utf-8"
            )
            print(f"{time.strftime('%H:%M:%S')} loss {cost:.1f}, {_in_short(means)}")
        return found

    def jacobian(self, z: Numbers) -> Numbers:
        """Measured by differences every few steps, updated from what the steps gave in between.

        Args:
            z: Where it is wanted; the loss was measured there last.
        """
        if self._jacobian is not None and self._jacobian[0] < STALE and (self._at[0] == z).all():
            age, z_old, r_old, old = self._jacobian
            dz, dr = z - z_old, self._at[1] - r_old
            new = old + np.outer(dr - old @ dz, dz) / (dz @ dz)
            self._jacobian = age + 1, z.copy(), self._at[1], new
            return new
        points = [z, *(z + STEP * np.eye(len(z)))]
        means = self.bench.means([outward(p, self.start) for p in points])
        rows = [self._residuals(m, p) for m, p in zip(means, points, strict=True)]
        self.bench.known.clear()
        new = np.array([(r - rows[0]) / STEP for r in rows[1:]]).T
        self._jacobian = 0, z.copy(), rows[0], new
        return new

    def _residuals(self, means: Means, z: Numbers) -> Numbers:
        of_targets = residuals(means, hold_back=self.hold_back)
        return np.concatenate([of_targets, PRIOR * (z - self.z0)])


def _in_short(means: Means) -> str:
    found = figures(means)
    misses = [found[f.name] - f.published for f in FIGURES]
    short = {k: round(a / b, 1) for k, (a, b) in words(means).items() if a}
    return f"rmse {rms(misses):.4f}, {' '.join(f'{e:+.3f}' for e in misses)}, {short}"
