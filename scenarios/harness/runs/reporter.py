"""What playing runs tells whoever listens; a terminal shows it, a notebook or a test may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ....model.organization import BaseOrganization

if TYPE_CHECKING:
    from ....agents.llm.service import Service
    from .forecast import Forecast

Ticked = Callable[[BaseOrganization], None]
"""Called with the organization before its first tick and after every one."""
Counted = Callable[[int, int], None]
"""Called with runs finished and runs in all."""


class Reporter:
    """Hears everything and says nothing; agrees to what it is asked."""

    def note(self, text: str) -> None:
        """Something worth knowing.

        Args:
            text: One sentence.
        """

    def warn(self, text: str) -> None:
        """Something that went otherwise than asked for.

        Args:
            text: One sentence.
        """

    def expect(self, expected: Forecast, spent_usd: float) -> None:
        """What the calls to models will come to.

        Args:
            expected: The forecast.
            spent_usd: What this folder's calls have cost already, in US dollars.
        """

    def confirm(self, question: str) -> bool:
        """Whether to go on.

        Args:
            question: What to ask.
        """
        return True

    @contextmanager
    def ticks(
        self, title: str, total: int, service: Service | None, calls: int
    ) -> Iterator[Ticked]:
        """Around one run.

        Args:
            title: What is played.
            total: Ticks in all.
            service: Calls models, where there are any.
            calls: Expected calls.
        """
        yield lambda organization: None

    @contextmanager
    def runs(self, service: Service | None) -> Iterator[Counted]:
        """Around many runs.

        Args:
            service: Calls models, where there are any.
        """
        yield lambda done, total: None

    def spent(self, service: Service) -> None:
        """What the calls came to.

        Args:
            service: Has made them.
        """
