"""The correction for having tested many things at once, the same for all that is tested here."""

from __future__ import annotations

from collections.abc import Iterable


def holm(p_values: Iterable[float]) -> list[float]:
    """P values corrected so that the chance of any false alarm among them stays what one test's is.

    Args:
        p_values: Of all tests of a family, each 0 to 1.

    Returns:
        In the same order; below alpha where Holm's step-down procedure rejects at alpha.

    References:
        S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
        Statistics 6, 1979.
    """
    tested = list(p_values)
    corrected, highest = [0.0] * len(tested), 0.0
    for rank, i in enumerate(sorted(range(len(tested)), key=tested.__getitem__)):
        highest = max(highest, min(1.0, (len(tested) - rank) * tested[i]))
        corrected[i] = highest
    return corrected
