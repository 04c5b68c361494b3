"""When shocks happen: each at its tick, once, whatever is played again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..randomness import Purpose, Streams
from .shock import Shock
from .target import ShockTarget


@dataclass(frozen=True)
class Scheduled:
    """A shock and when it happens: before the tick `first`, or one of `first` to `last` by seed.

    Attributes:
        shock: What happens.
        first: The earliest tick, from 0.
        last: The latest; the same for a fixed tick.
    """

    shock: Shock
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise UsageError(
                f"shock={self.shock.name}@{self.first}-{self.last}: use a tick from 0, "
                "or FIRST-LAST"
            )

    def tick(self, streams: Streams, place: int) -> int:
        """The tick it happens at, in the run of this seed.

        Args:
            streams: Of the run.
            place: Of the shock in its schedule, from 0.
        """
        if self.first == self.last:
            return self.first
        rng = streams.generator(Purpose.SHOCK, place)
        return int(rng.integers(self.first, self.last + 1))


class ShockSchedule:
    """The shocks of one run, each at its tick.

    Args:
        shocks: What happens, and when.
        streams: Draws the ticks of those that have a range, and gives each its generator.

    Attributes:
        applying: Whether shocks are being applied right now.
        applied_at: The last tick whose shocks have been applied; -1 before the first.
        said: What they did, in words.
    """

    def __init__(self, shocks: Sequence[Scheduled], streams: Streams) -> None:
        self.applying = False
        self.applied_at = -1
        self.said: tuple[str, ...] = ()
        self._streams = streams
        self._due: dict[int, list[tuple[int, Shock]]] = {}
        for place, scheduled in enumerate(shocks):
            tick = scheduled.tick(streams, place)
            self._due.setdefault(tick, []).append((place, scheduled.shock))

    def apply(self, org: ShockTarget) -> tuple[str, ...]:
        """Let what is due at the organization's tick happen; say what happened.

        Args:
            org: To whom.
        """
        tick = org.tick
        self.applying = True
        try:
            said = [
                shock.apply(org, self._streams.generator(Purpose.SHOCK, place, tick))
                for place, shock in self._due.get(tick, ())
            ]
        finally:
            self.applying = False
        self.applied_at, self.said = tick, tuple(said)
        return self.said
