"""Fewer collections of garbage while runs are played.

A run makes hundreds of thousands of small values that live until it is over; looking through them
again and again for circles costs a sixth of its time and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (200_000, 20, 20)
"""Values made between two looks, and how much rarer the older ones are looked at."""


def collect_rarely() -> None:
    """From now on, in a process that does nothing but play."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """While inside; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
