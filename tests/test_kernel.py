"""The kernel under stress: minds that fail in every way, deadlines, order, memory, Mesa."""

from __future__ import annotations

import asyncio
import random
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.decision import Answer, Assignment, Failure, Plan, Usage, WorkItem
from unscripted.model.judge import Judge
from unscripted.model.messages import Log, View
from unscripted.model.mind import Mind
from unscripted.model.record import State, TickRecord
from unscripted.testing import ArbitraryMind, DelayedMind, HangingMind, Scripted, seeds

WORK = un.Contribution("worker", "done")


def team(*minds, protocol="silent", **options):
    options = {"judge": "none", "tasks": "generated", "rng": 0, **options}
    return un.build(protocol=protocol, n_agents=len(minds), model=list(minds), **options)


class Blocks(Mind):
    """Sleeps in a plain function."""

    def decide(self, observation):
        time.sleep(0.05)
        return WORK


class Stubborn(Mind):
    """Swallows its cancellation."""

    async def decide(self, observation):
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue


class Liar(Mind):
    """Says it is instant and returns a coroutine."""

    instant = True

    def decide(self, observation):
        return asyncio.sleep(0)


@pytest.mark.parametrize(
    ("mind", "kind"),
    [
        (Scripted([ValueError("no idea")]), "error"),
        (Scripted([lambda o: None]), "reply"),
        (Scripted([lambda o: un.Intention("early")]), "reply"),
        (Scripted([un.Contribution(" ", "no role")]), "reply"),
        (Scripted([un.Contribution("r", "w", (), float("nan"))]), "reply"),
        (Scripted([un.Contribution("r", 7)]), "reply"),
        (Scripted([un.Contribution("r", "w", "ab")]), "reply"),
        (Scripted([un.Contribution("r", "w", None)]), "reply"),
        (Scripted([un.Contribution("r", "w", (), "sure")]), "reply"),
        (Scripted([un.Contribution("r", "w", (), 0.5, ("done",))]), "reply"),
        (Scripted([un.Abstention(None)]), "reply"),
        (Scripted([Answer(WORK, None)]), "reply"),
        (Scripted([lambda o: Answer(WORK, Usage(latency_s=float("nan")))]), "error"),
        (Scripted([lambda o: Answer(WORK, Usage(tokens_in=np.int64(3)))]), "error"),
        (Scripted([lambda o: un.Contribution("r", "w", (), 0.5, (WorkItem("a", 2.0),))]), "error"),
        (Scripted([un.Contribution("r", "w", (), np.float32(0.5))]), "reply"),
        (Liar(), "reply"),
        (HangingMind(), "timeout"),
        (HangingMind(blocking=True), "timeout"),
        (Stubborn(), "timeout"),
    ],
    ids=lambda x: getattr(x, "name", x),
)
def test_a_mind_that_fails_is_a_failed_member_and_the_team_goes_on(mind, kind):
    org = team(Scripted([WORK]), mind, Scripted([WORK]), timeout_s=0.2)
    for _ in range(3):
        began = time.monotonic()
        org.step()
        assert time.monotonic() - began < 5
        record = org.records[-1]
        states = [m.state for m in record.members]
        assert states[0] is states[2] is State.CONTRIBUTED
        assert states[1] is State.FAILED
        assert record.members[1].turns[0].reply.kind == kind
        assert record.members[1].note
    assert org.tick == len(org.records) == len(org.datacollector.model_vars["quality"]) == 3


def test_a_deadline_is_met_and_its_wait_is_the_latency():
    org = team(HangingMind(), Scripted([WORK]), timeout_s=0.3)
    began = time.monotonic()
    org.step()
    assert 0.25 < time.monotonic() - began < 2
    assert org.records[0].by_id[0].turns[0].usage == Usage(latency_s=0.3)
    assert org.measures["wall_s"] == 0.3


def test_many_slow_minds_are_in_flight_at_once():
    n = 200
    most = Counting()
    org = team(*[most] * n, concurrency=n)
    org.step()
    assert most.peak > n / 2
    assert org.measures["participation"] == 1


class Counting(Mind):
    """Counts how many of its decisions are under way."""

    def __init__(self):
        self.now = self.peak = 0

    async def decide(self, observation):
        self.now += 1
        self.peak = max(self.peak, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        return WORK


def test_concurrency_is_a_ceiling():
    most = Counting()
    team(*[most] * 30, concurrency=7).step()
    assert most.peak == 7


def test_plain_blocking_minds_overlap_in_threads():
    org = team(*[Blocks()] * 20)
    began = time.monotonic()
    org.step()
    assert time.monotonic() - began < 0.05 * 20 / 2
    assert org.measures["participation"] == 1


def test_there_is_one_loop_thread_for_all_ticks_and_organizations():
    for seed in range(3):
        team(*[DelayedMind(ArbitraryMind())] * 4, rng=seed).run(3)
    assert sum(t.name == "unscripted-loop" for t in threading.enumerate()) == 1


def test_step_works_inside_a_running_event_loop():
    async def notebook():
        org = team(*[DelayedMind(ArbitraryMind())] * 3)
        org.step()
        return org.tick

    assert asyncio.run(notebook()) == 1


@settings(max_examples=20, deadline=None)
@given(seeds(), st.sampled_from(["sequential", "coordinator", "broadcast", "shared"]))
def test_instant_blocking_and_async_minds_give_the_same_record(seed, protocol):
    class Threaded(Mind):
        name = "arbitrary"

        def decide(self, observation):
            return ArbitraryMind(0.2).decide(observation)

    kinds = [ArbitraryMind(0.2), DelayedMind(ArbitraryMind(0.2)), Threaded()]
    records = [
        [r.to_json() for r in team(*[k] * 5, protocol=protocol, rng=seed, concurrency=c).run(2)]
        for k, c in zip(kinds, (64, 64, 2), strict=True)
    ]
    assert records[0] == records[1] == records[2]


class Broken(un.Protocol):
    """Raises after its first round."""

    name = "broken"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members[:1])
        raise RuntimeError("the protocol is at fault")


class Endless(un.Protocol):
    """Never stops asking."""

    name = "endless"

    def rounds(self, team):
        while True:
            yield un.Round(un.Act.CONTRIBUTE, team.members)


class Smuggler(un.Protocol):
    """Shows a later tick what was said in an earlier one."""

    name = "smuggler"

    def rounds(self, team):
        old = getattr(self, "kept", None)
        self.kept = team.log
        yield un.Round(un.Act.CONTRIBUTE, team.members, sees=old.so_far() if old else None)


@pytest.mark.parametrize(
    ("protocol", "words"),
    [(Broken(), "at fault"), (Endless(), "rounds exceed"), (Smuggler(), "not a view")],
)
def test_a_protocol_that_breaks_is_recorded_and_later_ticks_run(protocol, words):
    org = team(*[Scripted([WORK])] * 3, protocol=protocol)
    org.run(3)
    assert any(words in r.error for r in org.records)
    assert org.tick == 3
    for m in org.records[-1].members:
        assert m.state in (State.CONTRIBUTED, State.FAILED)


@pytest.mark.parametrize("judge", ["raises", "nonsense", "hangs"])
def test_a_judge_that_fails_leaves_quality_missing_never_a_middle_grade(judge):
    class Bad(Judge):
        def appraise(self, submission):
            if judge == "raises":
                raise ValueError("can't read this")
            if judge == "hangs":
                threading.Event().wait()
            return 2.5

    org = team(Scripted([WORK]), judge=Bad(), timeout_s=0.2)
    org.run(2)
    assert org.measures["quality"] is None
    assert org.records[-1].verdict.reason


def test_references_to_what_was_not_seen_are_taken_out_and_counted():
    builder = Scripted([un.Contribution("b", "w", (0, 1, 5, 0, 2))])
    org = team(Scripted([WORK]), Scripted([un.Abstention("no")]), builder, protocol="sequential")
    org.step()
    turn = org.records[0].by_id[2].turns[0]
    assert turn.reply.builds_on == (0,)
    assert turn.dropped == 4
    assert org.measures["hierarchy_depth"] == 2


def test_a_planner_can_only_assign_members_the_network_reaches():
    plan = Plan(tuple(Assignment(m, "r") for m in (1, 2, 3, 1)))
    planner = Scripted([WORK], plans=[plan])
    org = team(planner, *[Scripted([WORK])] * 3, protocol="coordinator", topology="chain")
    org.step()
    assert [m.state for m in org.records[0].members] == [
        State.EXCLUDED, State.CONTRIBUTED, State.EXCLUDED, State.EXCLUDED,
    ]  # fmt: skip
    assert org.records[0].by_id[0].turns[0].dropped == 3


def test_a_failed_planner_leaves_everyone_else_excluded():
    org = team(Scripted(plans=[RuntimeError("x")]), Scripted([WORK]), protocol="coordinator")
    org.step()
    assert [m.state for m in org.records[0].members] == [State.FAILED, State.EXCLUDED]


@settings(max_examples=30, deadline=None)
@given(seeds(), st.integers(1, 12))
def test_one_more_member_changes_nothing_in_what_the_others_do_in_silence(seed, n):
    small = un.build(protocol="silent", n_agents=n, rng=seed, tasks="generated").run(2)
    large = un.build(protocol="silent", n_agents=n + 1, rng=seed, tasks="generated").run(2)
    for a, b in zip(small, large, strict=True):
        assert a.members == b.members[:n]


def test_a_later_change_alters_no_earlier_record():
    plain = un.build(rng=3, n_agents=5)
    changed = un.build(rng=3, n_agents=5)
    first = [r.to_json() for r in plain.run(2)]
    assert [r.to_json() for r in changed.run(2)] == first
    changed.remove_member(2)
    changed.add_member(Scripted([WORK]), neighbours=(0, 1))
    changed.step()
    assert [r.to_json() for r in changed.records[:2]] == first


def test_memory_reaches_back_as_far_as_it_should_and_no_further():
    org = team(*[Scripted([WORK])] * 3, protocol="shared", memory="team:horizon=2")
    org.run(4)
    ticks = {
        org.memory[i].tick
        for a, b in org.records[-1].by_id[0].turns[0].recalled
        for i in range(a, b)
    }
    assert ticks == {1, 2}


def test_the_memory_of_a_departed_member_is_not_carried_any_more():
    org = team(*[Scripted([WORK])] * 3, protocol="shared")
    org.step()
    org.remove_member(2)
    org.step()
    recalled = org.records[-1].by_id[0].turns[0].recalled
    assert {org.memory[i].author for a, b in recalled for i in range(a, b)} == {0, 1}


def test_a_member_keeps_what_reached_it_in_its_mailbox():
    org = team(*[Scripted([WORK])] * 3, protocol="sequential")
    assert list(org.members[2].mailbox) == []
    org.step()
    assert [m.author for m in org.members[2].mailbox] == [0, 1]
    assert list(org.members[0].mailbox) == []


def test_members_are_mesa_agents_on_a_mesa_network():
    import mesa
    from mesa.discrete_space import Network

    org = un.build(n_agents=6, topology="ring", rng=1)
    assert isinstance(org, mesa.Model)
    assert isinstance(org.network, Network)
    assert len(org.agents) == 6
    neighbours = {a.member for cell in org.members[0].cell.neighborhood for a in cell.agents}
    assert neighbours == {1, 5}
    org.rewire(cut=[(0, 1)], made=[(0, 3)])
    assert set(org.members[0].cell.connections) == {3, 5}


def test_global_random_state_is_never_touched():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    un.build(n_agents=30, topology="watts-strogatz", rng=1).run(2)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002


def test_measures_are_collected_every_tick_at_both_levels():
    org = un.build(n_agents=4, rng=1)
    org.run(3)
    frame = org.datacollector.get_model_vars_dataframe()
    assert len(frame) == 3
    assert frame["quality"].iloc[-1] == org.measures["quality"]
    assert frame["role_stability"].isna().tolist() == [True, False, False]
    agents = org.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 12
    assert set(agents["state"]) <= {s.value for s in State}


@pytest.mark.parametrize("rng", [-1, 1.5, "7", True])
def test_a_seed_that_is_none_is_refused(rng):
    with pytest.raises(ValueError, match="is not a seed"):
        un.build(rng=rng)


def test_changes_to_the_team_name_what_is_wrong():
    org = un.build(n_agents=2, topology="chain", rng=1)
    with pytest.raises(ValueError, match="member=7 is not in the team"):
        org.remove_member(7)
    org.rewire(cut=[(0, 1)])
    with pytest.raises(ValueError, match="not links"):
        org.rewire(cut=[(0, 1)])
    with pytest.raises(ValueError, match="with itself"):
        org.rewire(made=[(1, 1)])
    org.remove_member(1)
    with pytest.raises(ValueError, match="the last one"):
        org.remove_member(0)


def test_a_failed_reply_keeps_what_it_cost():
    costly = Scripted([Answer(Failure("error", "bad gateway"), Usage(3, 10, 5, 0.5, 2.0))])
    org = team(costly)
    org.step()
    assert (org.measures["calls"], org.measures["tokens"]) == (3, 15)
    assert org.measures["cost_usd"] == 0.5
    assert org.measures["failure_rate"] == 1


def test_a_record_survives_json_byte_for_byte():
    for record in un.build(protocol="coordinator", n_agents=5, rng=2).run(2):
        again = TickRecord.from_json(record.to_json())
        assert again == record
        assert again.to_json() == record.to_json()
        assert list(again.log) == list(record.log)


class Forger(Mind):
    """Writes into the log it was shown, in somebody else's name."""

    instant = True
    name = "forger"

    def decide(self, observation):
        log = observation.messages._log
        log.post(0, observation.tick, 0, un.Contribution("boss", "do as I say"))
        return WORK


def test_a_mind_that_writes_into_the_log_is_found_out():
    org = team(Scripted([WORK]), Forger(), Scripted([WORK]), protocol="sequential")
    org.step()
    assert "the log was written to" in org.records[0].error
    assert [m.state for m in org.records[0].members] == ["contributed", "failed", "failed"]


class Exits(Mind):
    """Ends the interpreter, or tries to."""

    name = "exits"

    def __init__(self, kind):
        self.instant = kind == "instant"
        self.kind = kind

    def decide(self, observation):
        if self.kind == "async":
            return self.later()
        raise SystemExit("enough")

    async def later(self):
        raise SystemExit("enough")


@pytest.mark.parametrize("kind", ["instant", "thread", "async"])
def test_a_mind_that_exits_fails_alone_and_the_loop_lives(kind):
    org = team(Exits(kind), Scripted([WORK]), DelayedMind(Scripted([WORK])), timeout_s=5)
    org.run(2)
    assert [m.state for m in org.records[-1].members] == ["failed", "contributed", "contributed"]
    assert "SystemExit" in org.records[-1].members[0].note


def test_a_forked_child_gets_a_loop_of_its_own():
    import multiprocessing

    team(DelayedMind(ArbitraryMind())).step()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_one_async_tick).get(timeout=30) == 1


def _one_async_tick():
    org = team(DelayedMind(ArbitraryMind()))
    org.step()
    return org.tick


def test_a_step_that_raises_changes_nothing_and_the_next_one_works():
    from unscripted.model.tasks.files import corpus
    from unscripted.model.tasks.stream import TaskStream

    class Unlucky(TaskStream):
        domains = ("law",)
        level = "L1"
        failures = 1

        def task(self, tick):
            if tick == 1 and self.failures:
                self.failures -= 1
                raise KeyboardInterrupt
            return corpus()[0]

    org = team(Scripted([WORK]), tasks=Unlucky())
    org.step()
    with pytest.raises(KeyboardInterrupt):
        org.step()
    assert (org.tick, len(org.records), len(org.datacollector.model_vars["calls"])) == (1, 1, 1)
    org.step()
    org.step()
    assert (org.tick, len(org.records), len(org.datacollector.model_vars["calls"])) == (3, 3, 3)


@pytest.mark.parametrize(
    "verdict",
    [
        un.Verdict(accuracy=9.0),
        un.Verdict(accuracy=float("nan")),
        un.Verdict(coherence="good"),
        un.Verdict(violations=-0.1),
        un.Verdict(usage=None),
        un.Verdict(reason=None),
    ],
)
def test_a_verdict_outside_its_ranges_is_no_verdict(verdict):
    class Bad(Judge):
        instant = True
        name = "bad"

        def appraise(self, submission):
            return verdict

    org = team(Scripted([WORK]), judge=Bad())
    org.step()
    assert org.measures["quality"] is None
    assert org.records[0].verdict.reason.startswith("judge bad: ")
    org.records[0].to_json()


def test_a_plain_judge_may_return_an_awaitable():
    class Later(Judge):
        def appraise(self, submission):
            return asyncio.sleep(0, un.Verdict(2.0, 2.0, 2.0, 2.0, 2.0))

    org = team(Scripted([WORK]), judge=Later())
    org.step()
    assert org.measures["quality"] == 0.5


def test_a_judge_learns_the_mission_and_nobodys_name():
    seen = []

    class Curious(Judge):
        instant = True

        def appraise(self, submission):
            seen.append(submission)
            return un.Verdict()

    team(Scripted([WORK]), judge=Curious(), mission="Feed the city.").step()
    assert seen[0].mission == "Feed the city."
    assert [w.text for w in seen[0].works] == ["done"]
    assert not {"author", "role", "builds_on"} & set(dir(seen[0].works[0]))


def test_the_mission_reaches_every_mind():
    told = []
    team(Scripted([lambda o: told.append(o.charter.mission) or WORK]), mission="Feed us.").step()
    assert told == ["Feed us."]


def test_a_protocols_own_stream_does_not_depend_on_the_team():
    drawn = []

    class Draws(un.Protocol):
        name = "draws"

        def rounds(self, team):
            drawn.append(team.rng.random(3).tolist())
            yield un.Round(un.Act.CONTRIBUTE, team.members)

    for n in (2, 5):
        team(*[Scripted([WORK])] * n, protocol=Draws()).step()
    assert drawn[0] == drawn[1]


def test_one_way_links_carry_one_way():
    import networkx as nx

    graph = nx.DiGraph([(0, 1), (2, 1), (1, 3)])
    org = team(*[Scripted([WORK])] * 4, protocol="sequential", topology=graph)
    org.step()
    heard = {m: [x.author for x in org.members[m].mailbox] for m in range(4)}
    assert heard == {0: [], 1: [0], 2: [], 3: [1]}


def test_a_newcomer_on_a_directed_network_hears_and_is_heard():
    import networkx as nx

    org = team(*[Scripted([WORK])] * 2, topology=nx.DiGraph([(0, 1)]))
    org.add_member(Scripted([WORK]), [0])
    assert set(org.network.G.edges) == {(0, 1), (0, 2), (2, 0)}


def test_the_record_says_which_role_was_given():
    org = team(*[Scripted([WORK])] * 2, protocol="fixed-roles")
    org.step()
    given = [m.turns[0].assignment.role for m in org.records[0].members]
    assert all(role.endswith(" specialist") for role in given)


@pytest.mark.parametrize("protocol", ["sequential", "coordinator", "broadcast", "shared", "solo"])
def test_a_team_with_a_mind_that_never_answers_plays_on_under_every_protocol(protocol):
    everyone = [HangingMind(), Scripted([WORK]), HangingMind(blocking=True)]
    org = team(*everyone, protocol=protocol, timeout_s=0.1)
    org.run(2)
    for record in org.records:
        assert not record.error
        assert record.by_id[0].state is State.FAILED


@pytest.mark.parametrize(
    "reply",
    [
        Plan((Assignment(1, "r", (), "late"),)),
        Plan((Assignment(1, "r", (5,)),)),
        Plan(("me",)),
        Plan(None),
    ],
)
def test_a_plan_that_is_none_fails_its_planner(reply):
    org = team(Scripted(plans=[reply]), Scripted([WORK]), protocol="coordinator")
    org.step()
    assert org.records[0].by_id[0].state is State.FAILED
    org.records[0].to_json()


def test_text_that_no_file_can_hold_is_refused():
    org = team(
        Scripted([un.Contribution("critic \ud800", "w")]), Scripted([un.Abstention("\udfff")])
    )
    org.step()
    assert [m.state for m in org.records[0].members] == ["failed", "failed"]
    org.records[0].to_json().encode("utf-8")


def test_a_subclass_of_a_reply_is_refused_because_no_record_can_name_it():
    class Mine(un.Contribution):
        pass

    org = team(Scripted([Mine("critic", "w")]))
    org.step()
    assert org.records[0].by_id[0].state is State.FAILED


def test_a_synthetic_mind_ignores_topics_in_words_of_others():
    minds = [Scripted([WORK], intentions=[un.Intention("networker", ("networking",))])]
    minds += list(un.build(n_agents=3).ingredients.minds)
    org = un.build(protocol="broadcast", n_agents=4, model=minds, rng=0)
    org.step()
    assert org.measures["failure_rate"] == 0


def test_what_shared_costs_does_not_grow_with_the_history():
    from unscripted.model.messages import Log

    log = Log()
    for tick in range(500):
        for author in range(8):
            log.post(author, tick, 0, un.Intention("r"))
    recent = log.since(len(log) - 16)

    class Counting(list):
        reads = 0

        def __getitem__(self, key):
            Counting.reads += (
                1 if not isinstance(key, slice) else len(range(*key.indices(len(self))))
            )
            return super().__getitem__(key)

    log._by_author = {a: Counting(ids) for a, ids in log._by_author.items()}
    assert len(recent.authored_by(range(4))) == 8
    assert Counting.reads < 200


# Marks on a board


class Board(un.Protocol):
    """Member 0 works; then the others find a mark of it."""

    name = "board"

    def __init__(self, **changes):
        self._changes = changes

    def rounds(self, team):
        first, *rest = team.members
        yield un.Round(un.Act.CONTRIBUTE, (first,))
        found = {"shown": (un.Mark("the plan", 0.5, "half of it"),), "sources": team.log.so_far()}
        found |= {k: v for k, v in self._changes.items() if k in found}
        readers = self._changes.get("readers", rest)
        yield un.Round(
            un.Act.CONTRIBUTE, tuple(rest), marks={m: un.Marks(**found) for m in readers}
        )


def test_marks_are_shown_and_recorded_and_credit_nobody():
    shown = []

    def look(observation):
        shown.append((len(observation.messages), observation.marks))
        return un.Contribution("worker", "done", builds_on=(0,))

    org = team(*[Scripted([look])] * 3, protocol=Board())
    org.step()
    mark = un.Mark("the plan", 0.5, "half of it")
    assert shown == [(0, ()), (0, (mark,)), (0, (mark,))]
    record = org.records[0]
    assert record.by_id[1].builds_on == ()  # it saw no author
    assert record.by_id[1].turns[0].marks == (mark,)
    assert record.by_id[1].turns[0].marks_from == ((0, 1),)
    assert TickRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"shown": (un.Mark("", 0.5),)}, "topic"),
        ({"shown": (un.Mark("plan", 1.5),)}, "strength"),
        ({"shown": ("plan",)}, "mark="),
        ({"sources": View(Log())}, "this tick's messages"),
        ({"readers": (0,)}, "does not act"),
    ],
)
def test_marks_that_break_a_rule_stop_the_protocol(changes, fault):
    org = team(*[Scripted([WORK])] * 3, protocol=Board(**changes))
    org.step()
    assert fault in org.records[0].error
    assert org.records[0].by_id[0].state == "contributed"


def test_a_mark_tells_nobody_what_the_network_does_not_carry():
    org = team(*[Scripted([WORK])] * 3, protocol=Board(), topology="chain")
    org.step()
    assert "does not carry" in org.records[0].error  # 2 is no neighbour of 0
    near = team(*[Scripted([WORK])] * 3, protocol=Board(readers=(1,)), topology="chain")
    near.step()
    assert not near.records[0].error


def test_a_finished_organization_does_not_stay_in_memory():
    import gc
    import weakref

    org = team(*[Scripted([WORK])] * 3)
    org.step()
    assert [a.unique_id for a in org.members.values()] == [1, 2, 3]
    seen = weakref.ref(org)
    del org
    gc.collect()
    assert seen() is None
