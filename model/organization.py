"""The organization: a Mesa model that holds members on a network and steps them under a protocol.

org = Organization(Ingredients(minds, graph, protocol, stream), rng=0)
org.step()                                    # one tick: one task, worked on by the team
org.datacollector.get_model_vars_dataframe()  # every measure of every tick
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import mesa
import numpy as np

from .driver import drive
from .errors import UsageError
from .history import Event, Joined, Left, Reversal, Rewired, Snapshot
from .ingredients import Ingredients
from .member import Member
from .messages import Log, RoleNote, View
from .metrics import MEASURES, measure
from .mind import Mind
from .network import TeamNetwork
from .randomness import Streams
from .record import TickRecord
from .tick import Stage, Tick

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
        self.measures: dict[str, float | None] = dict.fromkeys(MEASURES)
        self._memory = Log()
        self._memory_starts: list[int] = []
        self._next_member = 0
        self._events: list[Event] = []
        self._undo: list[Reversal] = []  # the way back to the first graph
        self._fault: BaseException | None = None
        self._past: TickRecord | None = None
        for mind in ingredients.minds:
            self._seat(mind)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_read, name=name) for name in MEASURES},
            agent_reporters=AGENT_REPORTERS,
        )
        self._mesa_step = self.step
        self.step = self._raising_step  # type: ignore[method-assign]  # as Mesa itself does

    def step(self) -> None:
        """Play one tick: take a task, run the protocol, judge, record, measure."""
        try:
            record = self._past if self._past is not None else self._play()
            previous = self.records[-1] if self.records else None
            measures = measure(record, previous, self.ingredients.scales)
        except BaseException as fault:
            self._fault = fault  # nothing has changed yet; `_raising_step` raises it
            return
        self.records.append(record)
        self._events.append(record)
        for own in record.members:
            self.members[own.member].take_in(record, own)
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
        self._events.append(Joined(mind, tuple(neighbours)))
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
        self._events.append(Left(member))

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
        self._events.append(Rewired(tuple(cut), tuple(made)))

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
            case TickRecord():
                if event.tick != self.tick or set(event.by_id) != set(self.members):
                    raise UsageError(f"record of tick={event.tick} does not follow this run")
                self._past = event
                try:
                    self.step()
                finally:
                    self._past = None

    def _play(self) -> TickRecord:
        made_of = self.ingredients
        task = made_of.stream.task(self.tick)
        minds = {member: agent.mind for member, agent in self.members.items()}
        for mind in dict.fromkeys(minds.values()):
            mind.rejoin()
        for world in dict.fromkeys(mind.world for mind in minds.values()):
            if world is not None:
                world.open(task)
        stage = Stage(
            tick=self.tick,
            protocol=made_of.protocol,
            minds=minds,
            network=self.network,
            streams=self.streams,
            charter=made_of.charter,
            domains=made_of.stream.domains,
            recall=self._recall,
            judge=made_of.judge,
        )
        return drive(Tick(stage, task).play(), made_of.limits)

    @property
    def memory(self) -> Log:
        """Who took which role on which task; brought up to date when read."""
        for record in self.records[len(self._memory_starts) :]:
            self._memory_starts.append(len(self._memory))
            for own in record.members:
                if own.role is not None:
                    note = RoleNote(own.role, record.task_id)
                    self._memory.post(own.member, record.tick, 0, note)
        return self._memory

    def _recall(self) -> View:
        """What of organizational memory is not too old to be open to a protocol."""
        memory, reach = self.memory, self.ingredients.memory_ticks
        starts = self._memory_starts[-reach:] if reach else []
        return memory.since(starts[0]) if starts else memory.only(())

    def _seat(self, mind: Mind) -> int:
        member = self._next_member
        self._next_member += 1
        self.members[member] = Member(self, member, mind)
        return member

    def _require(self, member: int) -> None:
        if member not in self.members:
            raise UsageError(f"member={member} is not in the team; members: {sorted(self.members)}")


def seed_from(rng: Any) -> int:
    """A seed as a plain integer; a fresh one for None.

    Raises:
        UsageError: Not a whole number of 0 or more.
    """
    if rng is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        raise UsageError(f"rng={rng!r} is not a seed; use a whole number of 0 or more")
    return int(rng)


def _read(organization: Organization, name: str) -> float | None:
    """A model reporter: pure, and a module-level function so that models pickle."""
    return organization.measures[name]
