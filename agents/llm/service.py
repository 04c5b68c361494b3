"""Minds and judges of real models that share one client: what a command makes once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...model.engine import event_loop as loop
from ...model.errors import Halt, RefusedError, UsageError
from ..local.trial import trial
from .calling.client import Client
from .calling.prober import Prober
from .capabilities.capabilities import Capabilities
from .journal.journal import Journal
from .judge import TEMPERATURE as JUDGES
from .judge import LanguageModelJudge
from .local_engines import Engines, is_local
from .mind import LanguageModel
from .models import ModelId, parse_model, tier_of
from .responses.speed import speed_in
from .settings import TEMPERATURE, Calls
from .transport.adapter import Adapter

RESUMABLE = frozenset({"interrupted", "budget", "limit"})
"""Reasons to stop that say nothing of a model: the command may be given again."""


class Service:
    """Makes minds and judges that call models through one client; `with Service(…)` closes it.

    While it calls, LiteLLM has the settings that calls need (`calling.host_process`); the last
    service of a process to close puts back what the first one found.

    Args:
        calls: Settings; None for the defaults.
        journal: Where calls are kept; None keeps them in memory.
        at_once: Decisions that may be asked for at once; None for as many as `calls` allow.
    """

    def __init__(
        self,
        calls: Calls | None = None,
        journal: Journal | None = None,
        at_once: int | None = None,
    ) -> None:
        calls = calls if calls is not None else Calls()
        journal = journal if journal is not None else Journal()
        self.client = Client(calls, journal, calls.limits, Adapter())
        self._prober = Prober(self.client)
        self._engines = Engines()
        self._at_once = min(at_once or calls.concurrency, calls.concurrency)
        self._runs = itertools.count()
        self._acting: set[str] = set()
        self._judging: set[str] = set()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal, stop engines, put back what calls changed in this process."""
        self.client.close()
        self._engines.close()

    @property
    def spending(self) -> dict[str, float]:
        """US dollars by `spent_usd`, the bills of all answered requests, and `held_usd`, the most
        that requests whose end nobody knows may have cost."""
        budget = self.client.budget
        return {"spent_usd": budget.spent_usd, "held_usd": budget.held_usd}

    def next_run(self) -> str:
        """The name of one more run: `0`, `1`, … in the order asked, so that a script can resume."""
        return str(next(self._runs))

    def mind(self, name: str, run: str = "") -> LanguageModel:
        """The mind of a model.

        Args:
            name: A model id, with options of its own.
            run: Which run of a comparison it belongs to; part of the key of its calls.

        Raises:
            UsageError: Malformed, of no known provider, or without a price under a budget.
        """
        self._acting.add(name)
        return LanguageModel(self._model(name), self.client, self._prober, run)

    def judge(self, names: Sequence[str], run: str = "") -> LanguageModelJudge:
        """The judge that several models are together.

        Args:
            names: Model ids, one at least; a temperature counts only behind an id of their own.
            run: As in `mind`.

        Raises:
            UsageError: As `mind`.
        """
        self._judging.update(names)
        models = [self._model(name, judging=True) for name in names]
        return LanguageModelJudge(models, self.client, self._prober, run)

    def _model(self, name: str, *, judging: bool = False) -> ModelId:
        client = self.client
        calls = replace(client.calls, temperature=None) if judging else client.calls
        model = parse_model(name, calls)
        if client.journal.strict:  # a replay needs neither provider nor price
            return model
        if is_local(model):
            model, engine = self._engines.served(model, self._at_once)
            client.sender.most_at[engine.address] = engine.slots
        client.adapter.provider_of(model.model)
        price = client.price(model.model, tier_of(model.options))
        if client.calls.budget_usd is not None and price is None:
            raise UsageError(
                f"budget={client.calls.budget_usd:g}: {model.model} has no listed price; "
                f"give --price '{model.model}=IN,OUT' in US dollars per million tokens"
            )
        return model

    def probe(self, names: Iterable[str]) -> dict[str, Capabilities]:
        """Find out what models are capable of, all at once, before anything depends on them.

        Args:
            names: Model ids.

        Returns:
            What each is capable of, by its id as given.

        Raises:
            UsageError: One can't be used: no key, no such model, nobody there.
            RefusedError: One refuses whatever it is asked.
            Halt: Stopped meanwhile.
        """
        judging = self._judging - self._acting
        models = {name: self._model(name, judging=name in judging) for name in names}
        probes = (
            self._prober.capabilities(m, JUDGES if name in judging else TEMPERATURE)
            for name, m in models.items()
        )
        try:
            found = loop.run(loop.gather_all(probes))
        except Halt as halt:
            if halt.reason in RESUMABLE:
                raise
            fault = RefusedError if halt.reason == "refused" else UsageError
            raise fault(str(halt)) from None
        for model in models.values():
            self._time(model)
        return dict(zip(models, found, strict=True))

    def _time(self, model: ModelId) -> None:
        """Learn how fast an engine is, where the journal answered all that was asked."""
        address = model.calls.api_base
        if address is None or not is_local(model) or self.client.journal.strict:
            return
        if model.model not in self.client.speeds:
            self.client.speeds[model.model] = speed_in(trial(address))

    def resume(self) -> None:
        """Send again after a `Halt`, once its cause is mended; a new tick does so by itself."""
        self.client.resume()

    def move_to(self, journal: Journal) -> None:
        """Keep calls in another journal from now on, and copy what is known into it.

        Args:
            journal: What it says was spent counts from now on, too.
        """
        self.client.move_to(journal)
