"""A bounded-rationality model of an LLM agent: free, instant, and openly synthetic.

It decides from its `Observation` alone. It never learns the protocol's name, the team's size or
the judge's weights, and no parameter is indexed by protocol: what differs between protocols is
only who sees what when. One decision is: perceive, estimate, choose or decline, work.

    notice      p = (floor + gain · reasoning) · attention, less for what is hidden
    estimate    skill' = skill · attention · burden · results at hand · conflicts in view
                + (overconfidence + noise + mood) · (1 - reflection)
    gain        (skill' - quality of the best work it can read on it) / versions it read
    choose      by gain, drawn towards the salient, away from what others announced
    decline     if the best gain is below a threshold
    work        skill · burden · results it needs · conflicts it can see · load · attention

The equations in full are in docs/synthetic-minds.md. It illustrates a mechanism and is no evidence
about any real model.
"""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ...model.decision import (
    Abstention,
    Act,
    Answer,
    Assignment,
    Contribution,
    Intention,
    Plan,
    Reply,
    Usage,
    WorkItem,
)
from ...model.mind import Mind
from ...model.observation import Observation
from .parameters import Faculties, Physics, within_unit
from .perception import NOBODY, TOKENS_ITEM, Impression, perceive
from .world import Scene, Spot, SyntheticWorld

TRADES = (
    "analyst", "architect", "auditor", "designer", "engineer", "examiner", "integrator",
    "investigator", "lead", "modeller", "planner", "reviewer", "strategist", "writer",
)  # fmt: skip
TOKENS_PER_S = 80.0
FIRST_TOKEN_S = 0.8


@dataclass(frozen=True, slots=True)
class Profile:
    """A synthetic model: three faculties and what its use costs.

    Attributes:
        name: As users type it, after `synthetic/`.
        faculties: Each 0 to 1.
        usd_in: US dollars per million prompt tokens.
        usd_out: US dollars per million completion tokens.
        verbosity: Factor on the length of its answers.
    """

    name: str
    faculties: Faculties
    usd_in: float
    usd_out: float
    verbosity: float = 1.0


class Luck(NamedTuple):
    """All the random draws of one decision, made at once from its seed."""

    notice: list[float]
    choice: list[float]
    skill: list[float]
    work: list[float]
    use: list[float]
    whim: list[float]


def draw(seed: int, n: int) -> Luck:
    """The draws of a decision over n spots: uniform but `choice`, `skill`, `work`: normal."""
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((3, n)).tolist()
    uniform = rng.random((3, n)).tolist()
    whim = rng.random(4).tolist()
    return Luck(uniform[0], normal[0], normal[1], normal[2], uniform[1], uniform[2] + whim)


@dataclass(slots=True)
class Desk:
    """What a mind has before it while it works.

    Attributes:
        member: Whose desk it is.
        seen: What it took in.
        luck: Its draws.
        own: The quality of what it has made at this decision, by spot.
        used: Whose work it built on.
    """

    member: int
    seen: Impression
    luck: Luck
    own: dict[int, float] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)


class Synthetic(Mind):
    """A synthetic mind with a model's faculties.

    Args:
        profile: The model.
        world: The world it perceives and works in; the organization opens tasks in it.
        physics: The world's parameters.
    """

    instant = True

    def __init__(
        self, profile: Profile, world: SyntheticWorld, physics: Physics | None = None
    ) -> None:
        self.name = f"synthetic/{profile.name}"
        self.profile = profile
        self.world: SyntheticWorld = world
        self.physics = physics if physics is not None else Physics()

    def decide(self, observation: Observation) -> Answer:
        """Perceive, then plan, announce or work as asked."""
        scene = self.world.scene(observation.brief.task_id)
        luck = draw(observation.seed, len(scene.spots))
        faculties, physics = self.profile.faculties, self.physics
        seen = perceive(observation, scene, faculties, physics, luck.notice)
        if observation.act is Act.AMEND:
            reply: Reply = Abstention("I am synthetic and have no opinion on the rules.")
        elif observation.act is Act.PLAN:
            reply = self._plan(observation, scene, seen, luck)
        else:
            chosen = self._choose(observation, scene, seen, luck)
            if not chosen:
                reply = Abstention("I see nothing left that I could do well enough to add.")
            elif observation.act is Act.INTEND:
                focus = tuple(scene.spots[i].id for i in chosen)
                reply = Intention(_role(scene.spots[chosen[0]], luck), focus)
            else:
                reply = self._work(observation, scene, seen, luck, chosen)
        return Answer(reply, self._usage(reply, seen))

    def _skill(self, spot: Spot) -> float:
        p, f = self.physics, self.profile.faculties
        odds = (
            p.skill_offset + p.skill_reasoning * f.reasoning - p.skill_difficulty * spot.difficulty
        )
        return 1.0 / (1.0 + math.exp(-odds))

    def _practised(self, work: float, level: float) -> float:
        """Work that practice of its domain has made better, by what it lacks."""
        return work + (1.0 - work) * self.physics.practice * level

    def _burden(self, observation: Observation) -> float:
        """What is left of its strength after directing itself; all of it under orders."""
        if observation.assignment is not None:
            return 1.0
        return 1.0 - self.physics.choice_burden * (1.0 - self.profile.faculties.judgement) ** 2

    def _readiness(self, results: list[float]) -> float:
        """How well work can go on these results of others; 1 where it needs none."""
        if not results:
            return 1.0
        return 1.0 - self.physics.need_weight * (1.0 - sum(results) / len(results))

    def _peace(self, spot: Spot, known: Container[int]) -> float:
        """What conflicts leave of work: most is lost on a side unseen, less on one in view."""
        p = self.physics
        in_view = 1.0 - p.conflict_loss * (1.0 - p.reconcile * self.profile.faculties.reasoning)
        left = 1.0
        for c in spot.conflicts:
            left *= in_view if c in known else 1.0 - p.conflict_loss
        return left

    def _choose(
        self, observation: Observation, scene: Scene, seen: Impression, luck: Luck
    ) -> list[int]:
        """The spots it will work on, the first giving the role; empty if it declines."""
        given = observation.assignment
        if given is not None:
            told = [i for i in seen.noticed if _in_focus(scene.spots[i], given)]
            named = [scene.index[x] for x in given.focus if x in scene.index]
            if named:
                return named[: self.physics.capacity]
            if told:
                worth = self._worth(observation, scene, seen, luck, told, 1.0)
                return self._take(scene, worth, same_domain=True)
        off_role = self.physics.off_role if given is not None else 1.0
        worth = self._worth(observation, scene, seen, luck, seen.noticed, off_role)
        return self._take(scene, worth, same_domain=True)

    def _worth(
        self,
        observation: Observation,
        scene: Scene,
        seen: Impression,
        luck: Luck,
        spots: list[int],
        factor: float,
    ) -> dict[int, tuple[float, float]]:
        """By spot: what it thinks working there would gain, and how much it wants to."""
        p, f = self.physics, self.profile.faculties
        blind = 1.0 - f.self_reflection
        bias = blind * (p.overconfidence + p.mood * (2.0 * luck.whim[-3] - 1.0))
        noise = blind * p.estimate_noise
        spread = p.choice_noise + p.choice_slip * (1.0 - f.instruction_following)
        gives_way = bool(seen.claims) and luck.whim[-1] < p.yielding
        factor *= seen.attention * self._burden(observation)
        practised = dict(observation.skills)
        known, versions, habits = seen.done, seen.versions, seen.habits
        found: dict[int, tuple[float, float]] = {}
        for i in spots:
            spot = scene.spots[i]
            skill = self._skill(spot) * factor
            skill *= self._readiness([self._in_view(n, known) for n in spot.needs])
            if spot.conflicts:
                skill *= self._peace(spot, known)
            if spot.domain in practised:
                skill = self._practised(skill, practised[spot.domain])
            done = known.get(i, 0.0)
            gain = min(1.0, skill + bias + noise * luck.skill[i]) - done
            if gain < 0.0:
                gain = 0.0
            elif i in versions:
                gain /= versions[i]
            want = gain + p.salience_pull * spot.salience * (1.0 - done) + spread * luck.choice[i]
            if gives_way and i in seen.claims:
                want -= p.crowding * seen.claims[i]
            if habits:
                want -= p.deference * habits.get(spot.domain, 0.0)
            found[i] = (gain, want)
        return found

    def _take(
        self, scene: Scene, worth: dict[int, tuple[float, float]], *, same_domain: bool
    ) -> list[int]:
        able = [i for i, (gain, _) in worth.items() if gain >= self.physics.worth]
        if not able:
            return []
        able.sort(key=lambda i: (-worth[i][1], i))
        first = able[0]
        domain = scene.spots[first].domain
        rest = [i for i in able[1:] if not same_domain or scene.spots[i].domain == domain]
        return [first, *rest[: self.physics.capacity - 1]]

    def _work(
        self,
        observation: Observation,
        scene: Scene,
        seen: Impression,
        luck: Luck,
        chosen: list[int],
    ) -> Contribution:
        p, f = self.physics, self.profile.faculties
        given = observation.assignment
        desk = Desk(observation.member, seen, luck)
        load = 1.0 - p.overload * (len(chosen) - 1)
        strength = self._burden(observation) * seen.attention * load
        sloppy = (1.0 - f.instruction_following) * p.sloppiness
        practised = dict(observation.skills)
        for i in sorted(chosen):
            spot = scene.spots[i]
            skill = self._skill(spot) * strength
            if given is not None and not _in_focus(spot, given):
                skill *= p.off_role
            uptake = 0.0 if i in seen.done else p.uptake  # who redoes a thing does it its own way
            skill *= self._readiness([self._result(n, desk, uptake) for n in spot.needs])
            if spot.conflicts:
                skill *= self._peace(spot, desk.own.keys() | seen.done.keys())
            if spot.domain in practised:
                skill = self._practised(skill, practised[spot.domain])
            if luck.whim[i] < sloppy:
                skill *= 1.0 - p.slip
            desk.own[i] = within_unit(skill + p.work_noise * luck.work[i])
        own = desk.own
        role = given.role if given is not None else _role(scene.spots[chosen[0]], luck)
        items = tuple(WorkItem(scene.spots[i].id, q) for i, q in own.items())
        confidence = within_unit(
            sum(own.values()) / len(own) + p.overconfidence * (1.0 - f.self_reflection)
        )
        text = "[synthetic] " + "; ".join(f"{item.requirement}: done" for item in items)
        return Contribution(role, text, tuple(sorted(desk.used)), confidence, items)

    def _result(self, spot: int, desk: Desk, uptake: float) -> float:
        """The worth of a result it needs: its own, built upon, merely read, or guessed."""
        if spot in desk.own:
            return desk.own[spot]
        done = desk.seen.done.get(spot)
        if done is None:
            return self.physics.blind_guess
        author = desk.seen.author[spot]
        if author == desk.member:
            return done
        if author != NOBODY and desk.luck.use[spot] < uptake:
            desk.used.add(author)
            return done
        return self._heeded(done)

    def _in_view(self, spot: int, known: dict[int, float]) -> float:
        """The worth to expect of a result: read and not built on, or guessed."""
        return self._heeded(known[spot]) if spot in known else self.physics.blind_guess

    def _heeded(self, result: float) -> float:
        """What a result is worth to a mind that has read it and does not build on it."""
        p = self.physics
        return p.blind_guess + p.heed * (result - p.blind_guess)

    def _plan(self, observation: Observation, scene: Scene, seen: Impression, luck: Luck) -> Reply:
        """Deal out what it noticed, domain by domain, as evenly as the roster allows."""
        roster = observation.roster
        view = self.physics.plan_view
        todo = sorted(
            (i for i in seen.noticed if luck.use[i] < view),
            key=lambda i: (scene.domains.index(scene.spots[i].domain), i),
        )
        if not todo:
            return Abstention("I see nothing in this request to hand out.")
        each = max(1, min(self.physics.capacity, -(-len(todo) // len(roster))))
        parts = [todo[k : k + each] for k in range(0, len(todo), each)][: len(roster)]
        order = sorted(range(len(parts)), key=lambda k: max(_depth(scene, i) for i in parts[k]))
        phase = {k: 1 + place for place, k in enumerate(order)}
        return Plan(
            tuple(
                Assignment(
                    member,
                    _role(scene.spots[part[0]], luck),
                    tuple(scene.spots[i].id for i in part),
                    phase[k],
                )
                for k, (member, part) in enumerate(zip(roster, parts, strict=False))
            )
        )

    def _usage(self, reply: Reply, seen: Impression) -> Usage:
        """Modelled, not measured: tokens by what was read and written, price and pace from them."""
        match reply:
            case Contribution(items=items):
                written = 60 + TOKENS_ITEM * len(items)
            case Plan(assignments=parts):
                written = 40 + 45 * len(parts)
            case _:
                written = 40
        out = round(written * self.profile.verbosity)
        usd = (seen.tokens * self.profile.usd_in + out * self.profile.usd_out) / 1e6
        return Usage(
            1, seen.tokens, out, round(usd, 9), round(FIRST_TOKEN_S + out / TOKENS_PER_S, 6)
        )


def _in_focus(spot: Spot, given: Assignment) -> bool:
    return spot.id in given.focus or spot.domain in given.focus


def _role(spot: Spot, luck: Luck) -> str:
    """A role in the mind's own words: the domain, and a title it fancies today."""
    return f"{spot.domain} {TRADES[int(luck.whim[-2] * len(TRADES))]}"


def _depth(scene: Scene, i: int) -> int:
    return 1 + max((_depth(scene, j) for j in scene.spots[i].needs), default=0)
