"""From an observation to the messages of a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ....model.decision import Act
from ....model.observation import Charter, Observation
from ....model.spans import Span
from .bounds import bounded_name
from .context_window import ContextWindow, fit, render_assignment
from .templates import SCHEMA_OF, WITH_ANSWER, quoted, quoted_title, template

MOST_LISTED = 50
"""Numbers of agents that are named one by one."""
Messages = tuple[tuple[str, str], ...]
"""Pairs of role (`system`, `user`, `assistant`) and text."""
SILENCE = "(nothing)"
"""Stands for an answer without text, as an empty turn is refused by many."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and what had to be left out of it.

    Attributes:
        messages: Pairs of role and text: the system's, then the user's.
        read: About how many tokens of others' texts, own work and memory it holds.
        unread: Ids of messages of others that were left out.
        unrecalled: Ids of memory that were left out.
        shortened: Messages of which only the beginning is in it.
        unmarked: Marks that were left out.
        schema: Name of the answer's schema, with the bounds that this prompt sets.
    """

    messages: Messages
    read: int = 0
    unread: tuple[Span, ...] = ()
    unrecalled: tuple[Span, ...] = ()
    shortened: int = 0
    unmarked: int = 0
    schema: str = ""


def compose(observation: Observation, *, context_tokens: int, max_words: int) -> Prompt:
    """The prompt for a decision.

    The system message and the task come first and messages follow in the order they were said, so
    that members under Sequential share the beginning of their prompts and providers can cache it.

    Args:
        observation: What the member knows.
        context_tokens: For what others said, own work and memory together, four characters to one;
            0 or more.
        max_words: Longest work asked for, 1 or more.
    """
    window = fit(observation, context_tokens)
    sections = _sections(observation, window)
    asked = schema_name_of(observation)
    schema_name = _bounded(asked, observation, window, max_words)
    sections.append(template("number").substitute(member=observation.member))
    sections.append(_question(asked, observation, window, max_words))
    return Prompt(
        (("system", _system(observation.charter)), ("user", "".join(sections))),
        window.read,
        window.unread,
        window.unrecalled,
        window.shortened,
        window.unmarked,
        schema_name,
    )


def schema_name_of(observation: Observation) -> str:
    """Name of the answer's schema, and of the question's template.

    Args:
        observation: Says what is asked, and whether the task has an answer.
    """
    if observation.act is Act.CONTRIBUTE and observation.form is not None:
        return WITH_ANSWER
    return SCHEMA_OF[observation.act]


def repair(answer: str, fault: str, schema: str = "") -> Messages:
    """The turns that follow an answer which could not be used.

    Args:
        answer: What the model wrote; may be empty.
        fault: What is wrong with it, in our words.
        schema: The part of a prompt that states the schema; empty where it stands above already.
    """
    plea = template("repair").substitute(fault=fault) + schema
    return ("assistant", answer if answer.strip() else SILENCE), ("user", plea)


def _sections(observation: Observation, window: ContextWindow) -> list[str]:
    """The task and what the member knows of it."""
    brief = observation.brief
    sections = [_task(brief.title, brief.text)]
    if observation.private is not None:
        private = quoted(observation.private.text)
        sections.append(template("private").substitute(private=private))
    if len(observation.memory):
        sections.append(_section("memory", window.memory, _count(window.unrecalled)))
    if len(observation.messages):
        sections.append(_section("messages", window.messages, _count(window.unread)))
    if observation.marks:
        sections.append(_section("marks", window.marks, window.unmarked))
    if len(observation.own):
        sections.append(_section("own", window.own, len(observation.own) - len(window.own)))
    if observation.skills:
        levels = "\n".join(f"{level:.2f}:\n{quoted(topic)}" for topic, level in observation.skills)
        sections.append(template("practice").substitute(practice=levels))
    if observation.assignment is not None:
        given = render_assignment(observation.assignment)
        sections.append(template("assignment").substitute(assignment=given))
    return sections


def _count(spans: tuple[Span, ...]) -> int:
    return sum(end - start for start, end in spans)


@lru_cache(maxsize=4096)
def _system(charter: Charter) -> str:
    values = "\n".join(f"- {v}" for v in (*charter.values, *charter.standards))
    return template("system").substitute(mission=charter.mission, values=values)


@lru_cache(maxsize=256)
def _task(title: str, text: str) -> str:
    return template("task").substitute(title=quoted_title(title), task=quoted(text))


def _section(name: str, texts: tuple[str, ...], left_out: int) -> str:
    whole = "\n\n".join(texts)
    if left_out:
        whole = template("cut").substitute(n=left_out) + whole
    return template(name).substitute({name: whole})


def _bounded(name: str, observation: Observation, window: ContextWindow, max_words: int) -> str:
    """The name of an answer's schema, with what it may name here."""
    bounds: dict[str, object] = {}
    if name in ("plan", "say"):
        bounds["named"] = observation.roster
    if name in ("contribute", WITH_ANSWER):
        bounds["named"] = window.authors
    if name in ("contribute", WITH_ANSWER, "say"):
        bounds["words"] = max_words
    if observation.form is not None and name in (WITH_ANSWER, "answer", "move"):
        bounds["form"] = observation.form.text_schema
    return bounded_name(name, **bounds) if bounds else name


def _question(name: str, observation: Observation, window: ContextWindow, max_words: int) -> str:
    return template(name).substitute(
        member=observation.member,
        roster=", ".join(map(str, observation.roster)),
        words=max_words,
        named=template("named" if window.authors else "nobody")
        .substitute(authors=", ".join(map(str, window.authors[:MOST_LISTED])))
        .strip(),
        form=observation.form.words if observation.form is not None else "",
    )
