"""Whether a private part reaches others only through what its owner said, under any protocol."""

from __future__ import annotations

import random
import re

import networkx as nx

from ....model.decision import (
    Abstention,
    Act,
    Contribution,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
)
from ....model.decision import Assignment as Part
from ....model.ground_truth.family import Layout, ScoredTask, TaskFamily
from ....model.ground_truth.forms import Choice
from ....model.ground_truth.scoring import Answers, Score, mean
from ....model.ground_truth.stream import FamilyTasks
from ....model.ground_truth.values import Fact, Known, Private, Value
from ....model.messages import text_of
from ....model.mind import Mind
from ....model.observation import Observation
from ....model.protocol import Protocol
from ..build.organization import build
from .strategies import Case
from .witness import Witness

_SECRET = re.compile(r"secret-(\d+)-\d+")


class Secrets(TaskFamily):
    """Everybody holds a word that nobody could guess, and answers yes or no."""

    name = "secrets"

    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """A word for each.

        Args:
            draw: All chance comes from it.
            graph: The members.
        """
        members = sorted(graph)
        words = {m: f"secret-{m}-{draw.getrandbits(64)}" for m in members}
        parts = {m: Private(w, (Fact(m, "word", w, (w,)),)) for m, w in words.items()}
        forms = dict.fromkeys(members, Choice(("yes", "no")))
        return Layout("Secrets", "Everybody holds a word.", parts, forms)

    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """Yes; nobody needs to know anything.

        Args:
            task: Plays no part.
            member: Plays no part.
            known: Plays no part.
        """
        del task, member, known
        return "yes", True

    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """The share that answered.

        Args:
            task: Of this family.
            answers: By member.
        """
        given = {m: float(answers.get(m) is not None) for m in task.members}
        return Score(mean(given), given)


class Gossip(Mind):
    """Tells its secret, some that it heard, or nothing, by lot; to all, or to a few."""

    instant = True
    name = "gossip"

    def decide(self, observation: Observation) -> Reply:
        """Tell something in whatever form is asked for.

        Args:
            observation: All it may know.
        """
        draw = random.Random(observation.seed)
        assert observation.private is not None
        said = [observation.private.text, *_words(observation)]
        text = " ".join(["hm", *(w for w in said if draw.random() < 0.5)])
        match observation.act:
            case Act.SAY:
                return Saying(text, tuple(m for m in observation.roster if draw.random() < 0.5))
            case Act.INTEND:
                return Intention(f"role {draw.randrange(3)}", (text,))
            case Act.PLAN:
                chosen = (m for m in observation.roster if draw.random() < 0.7)
                return Plan(tuple(Part(m, "role", (text,)) for m in chosen))
            case Act.CONTRIBUTE:
                answer = draw.choice(["yes", None])
                return Contribution("role", text, confidence=draw.random(), answer=answer)
            case Act.ANSWER:
                return FinalAnswer("yes")
            case Act.MOVE:
                return Move("yes", text)
        return Abstention("nothing to change")


def privacy(case: Case) -> None:
    """A private part is shown to its member alone, and reaches others only by what was said by
    somebody who knew it; what is said to some is heard by nobody else.

    Args:
        case: The organization to play; its mind gives way to one that gossips.
    """
    witness = Witness(Gossip())
    graph = case.organization().network.G
    org = build(
        protocol=case.make(), n_agents=case.n_agents, model=witness,
        topology=graph if case.n_agents > 1 else "complete",
        tasks=FamilyTasks(Secrets(), case.seed), rng=case.seed,
    )  # fmt: skip
    records = org.run(case.ticks)
    shown, narrow = iter(witness.shown), type(case.make()).sees_at_close is Protocol.sees_at_close
    for record in records:
        assert not record.error, record.error
        assert record.ground_truth is not None
        answered = [a for a in record.ground_truth.answers if a.value is not None]
        assert len(answered) == len(record.members), "somebody was never asked for its answer"
        knows = {m.member: {m.member} for m in record.members}
        read: dict[int, set[int]] = {m.member: set() for m in record.members}
        for played in record.rounds:
            heard: dict[int, set[int]] = {}
            for actor in played.actors:
                observation = next(shown)
                own, ids = observation.private, {m.id for m in observation.messages}
                assert own is not None
                if played.act is Act.ANSWER and narrow:
                    assert ids <= read[actor], f"{actor} was shown more when asked to answer"
                read[actor] |= ids
                assert set(_owners(own.text)) == {actor}, f"{actor} was given another's part"
                for message in observation.messages:
                    told = set(_owners(text_of(message.content)))
                    assert told <= knows[message.author], "told what its author did not know"
                    assert message.to in (None, actor), f"{actor} read what was for {message.to}"
                reached = {o for word in _words(observation) for o in _owners(word)}
                elsewhere = set(_owners(repr((observation.brief, observation.roster))))
                assert not elsewhere, "a part is in what everybody reads"
                boards = {o for mark in observation.marks for o in _owners(mark.work)}
                heard[actor] = reached | boards
            for actor, owners in heard.items():
                knows[actor] |= owners


def _owners(text: str) -> list[int]:
    return [int(owner) for owner in _SECRET.findall(text)]


def _words(observation: Observation) -> list[str]:
    """Every secret in what reached a member."""
    texts = [text_of(m.content) for m in (*observation.messages, *observation.own)]
    texts += [mark.work for mark in observation.marks]
    if observation.assignment is not None:
        texts.append(text_of(observation.assignment))
    return [found[0] for text in texts for found in _SECRET.finditer(text)]
