"""A Mesa model whose step may raise, with what has changed between Mesa's versions in one place.

Mesa wraps `step`. Up to 3.4 the wrapper counts and calls; from 3.5 on it runs a schedule, and an
exception that passes it unschedules every later step in silence: a notebook would go on after
Ctrl-C with a model that does nothing. So the step runs inside a guard, and what it raised is raised
again outside the wrapper.

Mesa is touched here, in `member.py` (`FixedAgent`) and in `model/networks/team_network.py`
(`Network`, `Cell`), and nowhere else in the package. Neither `steps` nor `seed=` is used, which
Mesa 4 has no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import mesa

from ..errors import UsageError
from ..history.spill import Spilled

NUMBERS_AGENTS = "agent_id_counter"
"""An attribute of models in Mesa versions that number all agents of a model together."""


class GuardedModel(mesa.Model):  # type: ignore[misc]
    """A Mesa model that goes on after a step that raised; collects data when a step is done.

    Args:
        rng: Seed of Mesa's own generators, a non-negative integer.

    Attributes:
        tick: Ticks played.
        datacollector: What is reported of every tick.
        collects: Whether it is; off where nobody will look.
    """

    datacollector: mesa.DataCollector
    collects: bool = True

    def __init__(self, rng: int) -> None:
        self._fault: BaseException | None = None
        self._agents_made = 0
        self.tick = 0
        super().__init__(rng=rng)

    @property
    def _user_step(self) -> Callable[[], None]:
        """What Mesa's wrapper calls: the guard, in the place of `step`."""
        return self._guarded_step

    @_user_step.setter
    def _user_step(self, step: Callable[[], None]) -> None:
        """Mesa keeps `step` here before it wraps it; the guard finds it by the class."""

    def _guarded_step(self) -> None:
        if self._fault is not None:  # raised earlier in the same stretch of Mesa's time
            return
        before = self.tick
        try:
            try:
                type(self).step(self)
            finally:
                if self.tick > before and self.collects:  # a subclass's part is done, too
                    self.datacollector.collect(self)
        except BaseException as fault:
            self._fault = fault

    def _raise_fault(self) -> None:
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def _wrapped_step(self, *args: Any, **kwargs: Any) -> None:
        """Mesa's wrapper, which puts this method in the place of `step`."""
        super()._wrapped_step(*args, **kwargs)
        self._raise_fault()

    def _advance_time(self, until: float) -> None:
        """What `run_for` and `run_until` go through, where Mesa has them."""
        super()._advance_time(until)
        self._raise_fault()

    def register_agent(self, agent: mesa.Agent) -> None:
        """Register an agent and number it, from 1 on.

        Mesa 3.3 counts by class and model in a dictionary that a copy of the model is not in.

        Args:
            agent: A new one.
        """
        super().register_agent(agent)
        if not hasattr(self, NUMBERS_AGENTS):
            self._agents_made += 1
            agent.unique_id = self._agents_made


class Unnumbered:
    """In the place of `Agent._ids`, by which Mesa 3.3 numbers agents before a model registers them.

    Mesa's own is a dictionary of models that it never empties: a process that plays thousands of
    runs would keep them all.
    """

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return repeat(0)


class AgentRows(MutableMapping[float, list[tuple[Any, ...]]]):
    """Mesa's agent-level rows by time, the last ones held and earlier ones read back from a file.

    Args:
        keep: Times held.
    """

    def __init__(self, keep: int) -> None:
        self._rows: Spilled[list[tuple[Any, ...]]] = Spilled(keep)
        self._places: dict[float, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[float]:
        return iter(self._places)

    def __getitem__(self, time: float) -> list[tuple[Any, ...]]:
        return self._rows[self._places[time]]

    def __setitem__(self, time: float, rows: list[tuple[Any, ...]]) -> None:
        self._places[time] = len(self._rows)
        self._rows.append(rows)

    def __delitem__(self, time: float) -> None:
        del self._places[time]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An agent reporter that pickles, as Mesa's own for attributes does not.

    Attributes:
        name: Of the attribute; agents without it report None.
    """

    name: str

    def __call__(self, agent: mesa.Agent) -> Any:
        """The value now."""
        return getattr(agent, self.name, None)


@dataclass(frozen=True, slots=True)
class Reporter:
    """An agent reporter whose errors are its author's one line; pickles where its function does.

    Attributes:
        name: Of the column.
        function: Of an agent.
    """

    name: str
    function: Callable[[Any], Any]

    def __call__(self, agent: mesa.Agent) -> Any:
        """The value now."""
        try:
            return self.function(agent)
        except Exception as error:
            raised = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(
                f"agent_reporters[{self.name!r}] raised {raised}; give None instead"
            ) from error


def checked_reporters(given: Mapping[str, Any], agents: Iterable[mesa.Agent]) -> dict[str, Any]:
    """A user's own agent reporters: attributes' names, and functions whose errors are one line.

    Args:
        given: By name, as the user gave them.
        agents: Have the attributes.

    Raises:
        UsageError: One is neither a function nor the name of an attribute.
    """
    some = list(agents)
    for name, what in given.items():
        where = f"agent_reporters[{name!r}]={what!r}"
        if not isinstance(what, str):
            if not callable(what):
                raise UsageError(f"{where} is neither; use an attribute's name or a function")
        elif not any(hasattr(agent, what) for agent in some):
            raise UsageError(f"{where}: members have no such attribute; use one, or a function")
    return {n: r if isinstance(r, str) else Reporter(n, r) for n, r in given.items()}


def data_collector(
    model_reporters: Mapping[str, Any],
    agent_reporters: Mapping[str, Any],
    keep: int | None = None,
) -> mesa.DataCollector:
    """Mesa's collector, with agent reporters that pickle.

    Args:
        model_reporters: By name: an attribute's name, or a function of the model.
        agent_reporters: By name: an attribute's name, or a function of an agent.
        keep: Ticks whose agent rows are held; None for all.
    """
    agents = {n: Attribute(r) if isinstance(r, str) else r for n, r in agent_reporters.items()}
    collector = mesa.DataCollector(model_reporters=dict(model_reporters), agent_reporters=agents)
    if keep is not None:
        collector._agent_records = AgentRows(keep)
    return collector
