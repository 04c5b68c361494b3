"""From an observation to the messages of a request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from ....model.observation import Charter, Observation
from ....model.spans import Span
from ..calling.request import Mode
from ..parsing.answers import SHAPES
from .context_window import Reading, assigned, read
from .templates import quoted, schema, template

Messages = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and what had to be left out of it.

    Attributes:
        messages: Pairs of role and text.
        unread: Ids of messages of others that were left out.
        unrecalled: Ids of memory that were left out.
        shortened: Messages of which only the beginning is in it.
        unmarked: Marks that were left out.
    """

    messages: Messages
    unread: tuple[Span, ...]
    unrecalled: tuple[Span, ...]
    shortened: int
    unmarked: int


def ask(observation: Observation, mode: Mode, *, context_tokens: int, words: int) -> Asked:
    """The prompt for a decision.

    The system message and the task come first and messages follow in the order they were said, so
    that members under Sequential share the beginning of their prompts and providers can cache it.

    Args:
        observation: What the member knows.
        mode: Below `JSON_SCHEMA` the schema stands in the prompt.
        context_tokens: For what others said, own work and memory together.
        words: Longest work asked for.
    """
    reading = read(observation, context_tokens)
    text = "".join(_parts(observation, reading, mode, words))
    system = _system(observation.charter)
    return Asked(
        (("system", system), ("user", text)),
        reading.unread,
        reading.unrecalled,
        reading.shortened,
        reading.unmarked,
    )


def _parts(observation: Observation, reading: Reading, mode: Mode, words: int) -> list[str]:
    brief = observation.brief
    parts = [_task(brief.title, brief.text)]
    if len(observation.memory):
        left_out = sum(b - a for a, b in reading.unrecalled)
        parts.append(_block("memory", reading.memory, left_out))
    if len(observation.messages):
        left_out = sum(b - a for a, b in reading.unread)
        parts.append(_block("messages", reading.messages, left_out))
    if observation.marks:
        parts.append(_block("marks", reading.marks, reading.unmarked))
    if len(observation.own):
        left_out = len(observation.own) - len(reading.own)
        parts.append(_block("own", reading.own, left_out))
    if observation.skills:
        levels = "\n".join(f"{level:.2f}:\n{quoted(topic)}" for topic, level in observation.skills)
        parts.append(template("practice").substitute(practice=levels))
    if observation.assignment is not None:
        given = assigned(observation.assignment)
        parts.append(template("assignment").substitute(assignment=given))
    shape = SHAPES[observation.act]
    parts.append(template("number").substitute(member=observation.member))
    parts.append(_question(shape, observation.member, observation.roster, words))
    if mode is not Mode.JSON_SCHEMA:
        parts.append(schema_text(shape))
    return parts


@lru_cache(maxsize=4096)
def _system(charter: Charter) -> str:
    values = "\n".join(f"- {v}" for v in (*charter.values, *charter.standards))
    return template("system").substitute(mission=charter.mission, values=values)


@lru_cache(maxsize=256)
def _task(title: str, text: str) -> str:
    return template("task").substitute(title=quoted(title)[2:], task=quoted(text))


def _block(name: str, shown: tuple[str, ...], left_out: int) -> str:
    texts = "\n\n".join(shown)
    if left_out:
        texts = template("cut").substitute(n=left_out) + texts
    return template(name).substitute({name: texts})


def _question(shape: str, member: int, roster: tuple[int, ...], words: int) -> str:
    numbers = ", ".join(map(str, roster))
    return template(shape).substitute(member=member, roster=numbers, words=words)


@lru_cache(maxsize=8)
def schema_text(shape: str) -> str:
    """The part of a prompt that states the schema."""
    return template("schema").substitute(schema=json.dumps(schema(shape), indent=1))


def repair(asked: Messages, answer: str, fault: str) -> Messages:
    """The request that follows an answer which could not be used."""
    plea = template("repair").substitute(fault=fault)
    return (*asked, ("assistant", answer), ("user", plea))
