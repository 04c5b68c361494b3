"""Minds and judges of real models that share one client: what a command makes once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...model.engine import event_loop as loop
from ...model.errors import Halt, UsageError
from .calling import adapter as door
from .calling.capabilities import Probes, Takes
from .calling.client import Client
from .calling.gather import all_of
from .calling.journal import Journal
from .judge import LanguageModelJudge
from .mind import LanguageModel
from .models import ModelId, parse_model
from .settings import Calls


class Service:
    """Makes minds and judges that call models through one client.

    Args:
        calls: Settings.
        journal: Where calls are kept; None keeps them in memory.
        concurrency: Requests in flight at once, at most.
        timeout_s: Deadline of one decision.
    """

    def __init__(
        self,
        calls: Calls | None = None,
        journal: Journal | None = None,
        *,
        concurrency: int = 64,
        timeout_s: float = 120.0,
    ) -> None:
        self.client = Client(calls, journal, concurrency=concurrency, timeout_s=timeout_s)
        self.probes = Probes(self.client)
        self._runs = itertools.count()

    def next_run(self) -> str:
        """The name of one more run: `0`, `1`, … in the order asked, so that a script can resume."""
        return str(next(self._runs))

    def mind(self, name: str, run: str = "") -> LanguageModel:
        """The mind of a model id.

        Raises:
            UsageError: Malformed, of no known provider, or without a price under a budget.
        """
        return LanguageModel(self._model(name), self.client, self.probes, run)

    def judge(self, names: Sequence[str], run: str = "") -> LanguageModelJudge:
        """The judge that several model ids are together.

        Raises:
            UsageError: As `mind`.
        """
        models = [self._model(name, judging=True) for name in names]
        return LanguageModelJudge(models, self.client, self.probes, run)

    def _model(self, name: str, *, judging: bool = False) -> ModelId:
        client = self.client
        # A judge has the temperature written behind its own id, or 0; not that of the agents.
        calls = replace(client.calls, temperature=None) if judging else client.calls
        model = parse_model(name, calls)
        if client.journal.strict:  # a replay needs neither provider nor price
            return model
        door.provider_of(model.model)
        if client.calls.budget_usd is not None and client.price(model.model) is None:
            raise UsageError(
                f"budget={client.calls.budget_usd:g}: {model.model} has no listed price; "
                f"give --price '{model.model}=IN,OUT' in US dollars per million tokens"
            )
        return model

    def probe(self, names: Iterable[str]) -> dict[str, Takes]:
        """Find out what models take, all at once, before anything depends on them.

        Raises:
            UsageError: One can't be used: no key, no such model, nobody there.
            Halt: Stopped meanwhile.
        """
        models = [self._model(name) for name in names]

        async def ask() -> list[Takes]:
            return await all_of(self.probes.takes(m) for m in models)

        try:
            found = loop.run(ask())
        except Halt as halt:
            if halt.reason == "interrupted":
                raise
            raise UsageError(str(halt)) from None
        return {m.name: takes for m, takes in zip(models, found, strict=True)}

    def resume(self) -> None:
        """Send again after a `Halt`, once its cause is mended; a new tick does so by itself."""
        self.client.resume()

    def keep_in(self, journal: Journal) -> None:
        """Keep calls in another journal from now on, and what was found out with them."""
        self.probes.adopt(journal.keep_takes)
        client = self.client
        client.budget.spent_usd += journal.spent_usd()
        client.journal.hand_over(journal)
        client.journal.close()
        client.journal = journal
