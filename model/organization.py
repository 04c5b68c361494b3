"""The organization: a Mesa model that holds members on a network and steps them under a protocol.

org = BaseOrganization(Setup(minds, graph, protocol, stream), rng=0)
org.step()                                    # one tick: one task, worked on by the team
org.datacollector.get_model_vars_dataframe()  # every measure of every tick
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from .engine.driver import drive
from .engine.tick import Stage, Tick
from .errors import UsageError, require, whole
from .experience.memory import RoleHistory
from .experience.skills import topics_of
from .governance.rules import InForce, Rules
from .history.events import Event, Events, Proposed, Restated, ShocksApplied, TasksChanged
from .history.records import Followed, Records
from .history.replay import replay
from .history.snapshot import Snapshot, as_it_began
from .history.spill import Spilled
from .messages import Log
from .metrics.catalogue import measure_tick, of_ticks
from .mind import Mind
from .observation import Charter
from .population.mesa_model import checked_reporters, data_collector
from .population.notebook import organization_html
from .population.population import Population
from .protocol import Protocol
from .record import TickRecord
from .ruling import Amendment, Ruling
from .setup import AGENT_REPORTERS, Setup
from .shocks.schedule import ShockSchedule
from .tasks.task import Task, TaskChange


class BaseOrganization(Population):
    """A team of agents on a network, stepped under a coordination protocol.

    A subclass may override `step`, calling `super().step()`, keep attributes of its own and report
    more: see `model_reporters`. A copy by `copy.deepcopy` or `pickle` goes on exactly as the
    original does, where minds, protocol and what a subclass holds can be copied.

    Args:
        setup: Minds, network, protocol, tasks, judge.
        rng: Seed of everything random: a non-negative integer, or None for a fresh one.

    Attributes:
        seed, setup, streams, members, network: As in `Population`.
        tick: Ticks played.
        records: One `TickRecord` per tick: a list, or with `setup.keep` a sequence that reads
            earlier ones back from a temporary file.
        measures: Every measure of the last tick by name; None where undefined.
        measured: The same of every tick.
        datacollector: The Mesa collector of the same, tick by tick.
    """

    def __init__(self, setup: Setup, rng: int | None = None) -> None:
        super().__init__(setup, rng)
        keep = setup.keep
        self._kept: list[TickRecord] | Spilled[TickRecord] = [] if keep is None else Spilled(keep)
        self.records: Sequence[TickRecord] = (
            self._kept if isinstance(self._kept, list) else Records(self._kept)
        )
        self._measures = of_ticks(setup.own_measures)
        self.measures: dict[str, float | None] = dict.fromkeys(self._measures)
        self.measured: list[dict[str, float | None]] = []
        in_force = InForce(setup.charter, setup.scales, setup.protocol)
        self._rules = Rules(in_force, setup.constitution, self.streams)
        if setup.tuning is not None:
            self._rules.begin(setup.tuning, self._measures)
        self._notes = RoleHistory(setup.memory, self.streams, whole=keep is None)
        self._task_changes: list[TaskChange] = []
        self._proposed: list[Ruling] = []  # between ticks; they go into the next record
        self._shocks = ShockSchedule(setup.shocks, self.streams)
        self._recorded: TickRecord | None = None
        own = checked_reporters(setup.agent_reporters, self.members.values())
        self.datacollector = data_collector(
            self.model_reporters(), {**AGENT_REPORTERS, **own}, keep
        )

    def __repr__(self) -> str:
        name, n = type(self).__name__, len(self.members)
        team = f"{self.protocol.label}, {n} member{'s' * (n != 1)}"
        return f"<{name}: {team}, tick {self.tick}, seed {self.seed}>"

    def _repr_html_(self) -> str:
        return organization_html(
            repr(self)[1:-1], self.records[-1] if self.records else None, self.measures
        )

    def step(self) -> None:
        """Play one tick: take a task, run the protocol, judge, record, measure."""
        record = self._recorded if self._recorded is not None else self._play()
        scales = self._rules.in_force.scales
        measures = measure_tick(self._until(record), scales, self._measures)
        task = self.task_at(self.tick) if self.setup.growth is not None else None
        # Until here nothing has changed, so a step that raised can be played again.
        decided = self._rules.take_in(record.tick, measures, record.rulings)
        if decided is not None and self._recorded is None:
            record = replace(record, rulings=(*record.rulings, decided))
        self._proposed.clear()
        self._kept.append(record)
        self._events.append(record.tick)
        for own in record.members:
            self.members[own.member].take_in(record, own)
        if task is not None:
            self._practise(record, task)
        self.measures = measures
        self.measured.append(measures)
        self.tick += 1

    def run(self, ticks: int) -> Sequence[TickRecord]:
        """Play some ticks.

        Args:
            ticks: How many, 0 or more.

        Returns:
            Their records.
        """
        ticks = whole("ticks", ticks)
        for _ in range(ticks):
            self.step()
        return self.records[len(self.records) - ticks :]

    def model_reporters(self) -> dict[str, str | Callable[[Any], Any]]:
        """What the `DataCollector` reports of the organization at every tick.

        A subclass adds its own: `{**super().model_reporters(), "morale": "morale"}`, an attribute's
        name or a function of the organization. Mesa calls some twice: they change nothing.
        """
        return {name: partial(_value, name=name) for name in self._measures}

    def restate(self, charter: Charter) -> None:
        """State mission, values and standards anew. For those outside: no member can.

        Args:
            charter: In force from now on.
        """
        require("charter", charter, Charter, "use a Charter")
        self._rules.restate(charter)
        self._happened(Restated(charter))

    def change_tasks(self, change: TaskChange) -> None:
        """Change every later task, after the changes made before.

        Args:
            change: Gives the task as it is from now on.
        """
        require("change", change, Callable, "use a function of a task")  # type: ignore[arg-type]
        self._task_changes.append(change)
        self._happened(TasksChanged(change))

    def propose(self, amendment: Amendment) -> Ruling:
        """Propose a change of the rules; the ruling also stands in the next tick's record.

        Args:
            amendment: What is proposed.
        """
        require("amendment", amendment, Amendment, "use an Amendment")
        ruling = self._rules.rule(amendment, None)
        self.take_in_proposal(ruling)
        return ruling

    def take_in_proposal(self, ruling: Ruling) -> None:
        """Keep what became of a user's proposal for the next tick's record.

        Args:
            ruling: As it was made.
        """
        self._proposed.append(ruling)
        self._happened(Proposed(ruling))

    @property
    def charter(self) -> Charter:
        """Mission, values and standards in force."""
        return self._rules.in_force.charter

    @property
    def protocol(self) -> Protocol:
        """The protocol in force; in a trial, with the parameter's value in force."""
        return self._rules.in_force.protocol

    @property
    def trial_rule(self) -> str:
        """The stopping rule of the trial under way; empty where there is none."""
        trial = self._rules.trial
        return trial.tuning.rule if trial is not None else ""

    @property
    def memory(self) -> Log:
        """Who took which role on which task; brought up to date when read."""
        return self._notes.all_of(self.records)

    def task_at(self, tick: int) -> Task:
        """The task of a tick, as changed by what has happened until now.

        Args:
            tick: From 0.
        """
        task = self.setup.stream.task_on(whole("tick", tick), self.network.G)
        for change in self._task_changes:
            task = change(task)
        return task

    def snapshot(self) -> Snapshot:
        """This moment as values, to come back to with other minds or another protocol."""
        graph = as_it_began(self.network.G, self._reversals)
        events = Events(tuple(self._events), self._until_now())
        return Snapshot(replace(self.setup, graph=graph), self.seed, events)

    @staticmethod
    def restore(snapshot: Snapshot) -> BaseOrganization:
        """The organization of that moment, as if it had never stopped; decides nothing anew.

        What a subclass added is not in a snapshot; `copy.deepcopy` and `pickle` keep it.

        Args:
            snapshot: The moment.
        """
        require("snapshot", snapshot, Snapshot, "use what snapshot() gave")
        graph = snapshot.setup.graph.copy()
        org = BaseOrganization(replace(snapshot.setup, graph=graph), rng=snapshot.seed)
        for event in snapshot.events:
            org.replay(event)
        return org

    def replay(self, event: Event) -> None:
        """Let something happen again that happened before: a recorded tick, a change of the team.

        Args:
            event: What.

        Raises:
            UsageError: A recorded tick that does not follow the last one or names other members.
        """
        replay(self, event)

    def step_as_recorded(self, record: TickRecord) -> None:
        """Play a tick that was played before; nobody decides anything anew.

        Args:
            record: Of the tick.

        Raises:
            UsageError: It does not follow the last one or names other members.
        """
        require("record", record, TickRecord, "use a TickRecord")
        self.apply_shocks()
        if record.tick != self.tick or set(record.by_id) != set(self.members):
            raise UsageError(f"record of tick={record.tick} does not follow this run")
        self._recorded = record
        try:
            self.step()
        finally:
            self._recorded = None

    def apply_shocks(self) -> tuple[str, ...]:
        """Let what is due at this tick happen, once; say what happened.

        What shocks did is no event: it follows from the setup and the seed, and happens again when
        the run is restored.
        """
        if self._shocks.applied_at != self.tick and self._shocks.apply(self):
            self._events.append(ShocksApplied())
        return self._shocks.said

    def _play(self) -> TickRecord:
        shocks = self.apply_shocks()
        task = self.task_at(self.tick)
        minds = {member: agent.mind for member, agent in self.members.items()}
        for mind in dict.fromkeys(minds.values()):
            mind.rejoin()
        for world in dict.fromkeys(mind.world for mind in minds.values()):
            if world is not None:
                world.open(task)
        record = drive(Tick(self._stage(minds, shocks), task).play(), self.setup.limits)
        if self._proposed:
            record = replace(record, rulings=(*self._proposed, *record.rulings))
        return record

    def _stage(self, minds: Mapping[int, Mind], shocks: tuple[str, ...]) -> Stage:
        setup, growth = self.setup, self.setup.growth
        open_notes = cache(lambda: self._notes.open(self.records))
        return Stage(
            tick=self.tick,
            protocol=self._rules.protocol_at(self.tick),
            minds=minds,
            network=self.network,
            streams=self.streams,
            charter=self.charter,
            domains=setup.stream.domains,
            recall=lambda reader: self._notes.read_by(reader, open_notes(), self.network),
            judge=setup.judge,
            remembers=setup.memory.always,
            past=self._until_now(),
            skills={m: growth.levels(a.practice) for m, a in self.members.items() if a.practice}
            if growth is not None
            else {},
            rule=self._rules.rule,
            shocks=shocks,
        )

    def _until_now(self) -> Sequence[TickRecord]:
        """The records as they are, whatever follows."""
        return tuple(self._kept) if isinstance(self._kept, list) else self.records[:]

    def _until(self, record: TickRecord) -> Sequence[TickRecord]:
        """The records and one more."""
        kept = self._kept
        return [*kept, record] if isinstance(kept, list) else Followed(self.records, record)

    def _happened(self, event: Event) -> None:
        """Keep a change, unless a shock made it."""
        if not self._shocks.applying:
            super()._happened(event)

    def _practise(self, record: TickRecord, task: Task) -> None:
        growth = self.setup.growth
        assert growth is not None
        for own in record.members:
            agent = self.members[own.member]
            agent.practice = growth.after(agent.practice, topics_of(own, task))


def _value(org: BaseOrganization, name: str) -> float | None:
    """A model reporter; at the level of the module, so that organizations pickle."""
    return org.measures[name]
