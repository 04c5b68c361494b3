"""The organization: a Mesa model that holds members on a network and steps them under a protocol.

org = Organization(Ingredients(minds, graph, protocol, stream), rng=0)
org.step()                                    # one tick: one task, worked on by the team
org.datacollector.get_model_vars_dataframe()  # every measure of every tick
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import mesa

from .engine.driver import drive
from .engine.tick import Stage, Tick
from .errors import UsageError
from .events import (
    Amended,
    Event,
    Joined,
    Left,
    Restated,
    Reversal,
    Rewired,
    Snapshot,
    Struck,
    Substituted,
)
from .experience.memory import RoleHistory
from .experience.skills import topics_of
from .governance.rules import Rules
from .governance.ruling import Amendment, Ruling
from .member import Member
from .messages import Log
from .metrics.catalogue import measure_tick, of_ticks
from .mind import Mind
from .networks.team_network import TeamNetwork
from .observation import Charter
from .protocol import Protocol
from .randomness import Streams, seed_from
from .record import TickRecord
from .setup import Ingredients
from .shocks import Amend, ShockSchedule
from .tasks.task import Task

AGENT_REPORTERS = {
    "member": "member",
    "state": "state",
    "role": "role",
    "builds_on": "builds_on",
    "confidence": "confidence",
    # Not the model's names: Mesa's batch_run puts both levels into one row.
    "member_calls": "calls",
    "member_tokens": "tokens",
    "member_cost_usd": "cost_usd",
    "member_latency_s": "latency_s",
}
"""Columns of the agent-level data, and the attribute of `Member` each is read from."""


class Organization(mesa.Model):  # type: ignore[misc]
    """A team of agents on a network, stepped under a coordination protocol.

    Args:
        ingredients: Minds, network, protocol, tasks, judge.
        rng: Seed of everything random: a non-negative integer, or None for a fresh one.

    Attributes:
        tick: Ticks played.
        seed: The seed in use.
        members: The Mesa agents by member id, ascending.
        network: The `mesa.discrete_space.Network` they sit on.
        records: One `TickRecord` per tick.
        measures: Every measure of the last tick by name; None where undefined.
        datacollector: The Mesa collector of the same, tick by tick.
    """

    def __init__(self, ingredients: Ingredients, rng: int | None = None) -> None:
        seed = seed_from(rng)
        super().__init__(rng=seed)
        self.seed = seed
        self.ingredients = ingredients
        self.tick = 0
        self.streams = Streams(seed)
        self.network = TeamNetwork(ingredients.graph, self.random)
        self.members: dict[int, Member] = {}
        self.records: list[TickRecord] = []
        self.measures: dict[str, float | None] = dict.fromkeys(of_ticks())
        self._rules = Rules(
            ingredients.charter,
            ingredients.scales,
            ingredients.protocol,
            ingredients.constitution,
            ingredients.tuning,
            self.streams,
        )
        self._history = RoleHistory(ingredients.memory, self.streams)
        self._amendments: list[Amend] = []
        self._proposed: list[Ruling] = []  # between ticks; they go into the next record
        self._shocks = ShockSchedule(ingredients.shocks, self.streams)
        self._next_member = 0
        self._events: list[Event] = []
        self._undo: list[Reversal] = []  # the way back to the first graph
        self._fault: BaseException | None = None
        self._past: TickRecord | None = None
        for mind in ingredients.minds:
            self._seat(mind)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_read, name=name) for name in self.measures},
            agent_reporters=AGENT_REPORTERS,
        )
        self._mesa_step = self.step
        self.step = self._raising_step  # type: ignore[method-assign]  # as Mesa itself does

    def step(self) -> None:
        """Play one tick: take a task, run the protocol, judge, record, measure."""
        try:
            record = self._past if self._past is not None else self._play()
            measures = measure_tick([*self.records, record], self._rules.scales)
            task = self.task_at(self.tick) if self.ingredients.growth is not None else None
        except BaseException as fault:
            self._fault = fault  # nothing has changed yet; `_raising_step` raises it
            return
        decided = self._rules.take_in(record.tick, measures, record.rulings)
        if decided is not None and self._past is None:
            record = replace(record, rulings=(*record.rulings, decided))
        self._proposed.clear()
        self.records.append(record)
        self._events.append(record)
        for own in record.members:
            self.members[own.member].take_in(record, own)
        if task is not None:
            self._practise(record, task)
        self.measures = measures
        self.tick += 1
        self.datacollector.collect(self)

    def _raising_step(self) -> None:
        """Step inside Mesa's wrapper, raise outside it.

        On Mesa 3.5 an exception that passes the wrapper unschedules every later step in silence:
        a notebook would go on after Ctrl-C with a model that does nothing.
        """
        self._mesa_step()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def run(self, ticks: int) -> list[TickRecord]:
        """Play so many ticks and return their records."""
        for _ in range(ticks):
            self.step()
        return self.records[len(self.records) - ticks :]

    def add_member(self, mind: Mind, neighbours: Sequence[int] = ()) -> int:
        """Seat a newcomer and return its id; ids are never used twice.

        Args:
            mind: What decides for it.
            neighbours: Members it is linked with.
        """
        for other in neighbours:
            self._require(other)
        graph, member = self.network.G, self._next_member
        graph.add_node(member)
        self._seat(mind)
        graph.add_edges_from((member, other) for other in neighbours)
        if graph.is_directed():
            graph.add_edges_from((other, member) for other in neighbours)
        self._undo.append(Reversal(newcomer=member))
        self.network.changed()
        self._happened(Joined(mind, tuple(neighbours)))
        return member

    def remove_member(self, member: int) -> None:
        """Take a member and its links out of the team.

        Raises:
            UsageError: It is not a member, or the last one.
        """
        self._require(member)
        if len(self.members) == 1:
            raise UsageError(f"member={member} is the last one; a team keeps at least one")
        graph = self.network.G
        data = dict(graph.nodes[member])
        edges = list(graph.edges(member))
        if graph.is_directed():
            edges += list(graph.in_edges(member))
        self._undo.append(Reversal(leaver=(member, data), cut=tuple(edges)))
        self.members.pop(member).remove()
        self.network.unseat(member)
        self._happened(Left(member))

    def rewire(
        self, cut: Sequence[tuple[int, int]] = (), made: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Cut links and make links, in that order.

        Raises:
            UsageError: An unknown member, a link that isn't there, or a link to oneself.
        """
        for a, b in (*cut, *made):
            self._require(a)
            self._require(b)
            if a == b:
                raise UsageError(f"link={(a, b)} joins a member with itself")
        missing = [(a, b) for a, b in cut if not self.network.G.has_edge(a, b)]
        if missing:
            raise UsageError(f"cut={missing} are not links of the network")
        graph = self.network.G
        graph.remove_edges_from(cut)
        new = [edge for edge in made if not graph.has_edge(*edge)]
        graph.add_edges_from(new)
        self._undo.append(Reversal(made=tuple(new), cut=tuple(cut)))
        self.network.changed()
        self._happened(Rewired(tuple(cut), tuple(made)))

    def substitute(self, member: int, mind: Mind) -> None:
        """Give a member another mind; it keeps its seat, its links and its practice."""
        self._require(member)
        self.members[member].mind = mind
        self._happened(Substituted(member, mind))

    def restate(self, charter: Charter) -> None:
        """State mission, values and standards anew. For those outside: no member can."""
        self._rules.charter = charter
        self._happened(Restated(charter))

    def amend_tasks(self, amend: Amend) -> None:
        """Change every later task in this way, after the changes made before."""
        self._amendments.append(amend)
        self._happened(Amended(amend))

    def propose(self, amendment: Amendment) -> Ruling:
        """Propose a change of the rules; the ruling also stands in the next tick's record."""
        ruling = self._rules.rule(amendment, None)
        self._proposed.append(ruling)
        return ruling

    @property
    def charter(self) -> Charter:
        """Mission, values and standards in force."""
        return self._rules.charter

    @property
    def protocol(self) -> Protocol:
        """The protocol in force; in a trial, with the parameter's value in force."""
        return self._rules.protocol

    @property
    def trial_rule(self) -> str:
        """The stopping rule of the trial under way; empty where there is none."""
        trial = self._rules.trial
        return trial.tuning.rule if trial is not None else ""

    def task_at(self, tick: int) -> Task:
        """The task of a tick, as changed by what has happened until now."""
        task = self.ingredients.stream.task(tick)
        for amend in self._amendments:
            task = amend(task)
        return task

    def snapshot(self) -> Snapshot:
        """This moment, to come back to."""
        graph = self.network.G.copy()
        for undo in reversed(self._undo):
            undo.apply(graph)
        fields = {**vars(self.ingredients), "graph": graph}
        return Snapshot(Ingredients(**fields), self.seed, tuple(self._events))

    @classmethod
    def restore(cls, snapshot: Snapshot) -> Organization:
        """The organization of that moment, as if it had never stopped; decides nothing anew."""
        fields = {**vars(snapshot.ingredients), "graph": snapshot.ingredients.graph.copy()}
        org = cls(Ingredients(**fields), rng=snapshot.seed)
        for event in snapshot.events:
            org.relive(event)
        return org

    def relive(self, event: Event) -> None:
        """Apply something that happened before: a recorded tick or a change of the team.

        Raises:
            UsageError: A recorded tick that does not follow the last one or names other members.
        """
        match event:
            case Joined(mind, neighbours):
                self.add_member(mind, neighbours)
            case Left(member):
                self.remove_member(member)
            case Rewired(cut, made):
                self.rewire(cut, made)
            case Substituted(member, mind):
                self.substitute(member, mind)
            case Restated(charter):
                self.restate(charter)
            case Amended(amend):
                self.amend_tasks(amend)
            case Struck():
                self._strike()
            case TickRecord():
                self._strike()
                if event.tick != self.tick or set(event.by_id) != set(self.members):
                    raise UsageError(f"record of tick={event.tick} does not follow this run")
                self._past = event
                try:
                    self.step()
                finally:
                    self._past = None

    def _play(self) -> TickRecord:
        made_of = self.ingredients
        shocks = self._strike()
        task = self.task_at(self.tick)
        minds = {member: agent.mind for member, agent in self.members.items()}
        for mind in dict.fromkeys(minds.values()):
            mind.rejoin()
        for world in dict.fromkeys(mind.world for mind in minds.values()):
            if world is not None:
                world.open(task)
        protocol, growth = self._rules.protocol_at(self.tick), made_of.growth
        open_notes = cache(lambda: self._history.open(self.records))
        stage = Stage(
            tick=self.tick,
            protocol=protocol,
            minds=minds,
            network=self.network,
            streams=self.streams,
            charter=self._rules.charter,
            domains=made_of.stream.domains,
            recall=lambda reader: self._history.read_by(reader, open_notes(), self.network),
            judge=made_of.judge,
            remembers=made_of.memory.always,
            past=tuple(self.records),
            skills={m: growth.levels(a.practice) for m, a in self.members.items() if a.practice}
            if growth is not None
            else {},
            rule=self._rules.rule,
            shocks=shocks,
        )
        record = drive(Tick(stage, task).play(), made_of.limits)
        if self._proposed:
            record = replace(record, rulings=(*self._proposed, *record.rulings))
        return record

    def _strike(self) -> tuple[str, ...]:
        """Let what is due at this tick happen, once; say what happened.

        What shocks did is no event: it follows from the ingredients and the seed, and happens
        again when the run is restored.
        """
        if self._shocks.struck_at != self.tick and self._shocks.strike(self):
            self._events.append(Struck())
        return self._shocks.said

    def _happened(self, event: Event) -> None:
        if not self._shocks.striking:
            self._events.append(event)

    def _practise(self, record: TickRecord, task: Task) -> None:
        growth = self.ingredients.growth
        assert growth is not None
        for own in record.members:
            agent = self.members[own.member]
            agent.practice = growth.after(agent.practice, topics_of(own, task))

    @property
    def memory(self) -> Log:
        """Who took which role on which task; brought up to date when read."""
        return self._history.of(self.records)

    def _seat(self, mind: Mind) -> int:
        member = self._next_member
        self._next_member += 1
        self.members[member] = Member(self, member, mind)
        return member

    def _require(self, member: int) -> None:
        if member not in self.members:
            raise UsageError(f"member={member} is not in the team; members: {sorted(self.members)}")


def _read(organization: Organization, name: str) -> float | None:
    """A model reporter: pure, and a module-level function so that models pickle."""
    return organization.measures[name]
