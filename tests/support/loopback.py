"""Prompts as the package renders them, and a client that sends them to the loopback server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
from loopback_server.server import LoopbackServer

from unscripted.agents.llm.capabilities.capabilities import Capabilities, in_form
from unscripted.agents.llm.prompting.composition import compose
from unscripted.agents.llm.prompting.templates import SCHEMA_OF, schema, schema_text
from unscripted.agents.llm.request import Mode
from unscripted.model.decision import Act, Assignment
from unscripted.model.messages import Content, Log
from unscripted.model.observation import Charter, Observation
from unscripted.model.tasks.task import Brief

Start = Callable[..., LoopbackServer]
Messages = list[dict[str, Any]]
HELLO: Messages = [{"role": "user", "content": "Say hello."}]
BRIEF = Brief(
    "t",
    "Open the harbour again",
    "The crane on the north quay stopped on Monday night. Nine ships wait outside the harbour.\n"
    "Insurance pays for delays of less than three days. Nobody has told the fishermen yet. The\n"
    "spare engine arrives on Thursday from Rotterdam. Two pilots are ill until Friday.",
    "L1",
)


def posed(
    act: Act = Act.CONTRIBUTE,
    said: list[tuple[int, Content]] | None = None,
    *,
    member: int = 1,
    assignment: Assignment | None = None,
    roster: tuple[int, ...] = (),
    mode: Mode = Mode.JSON_SCHEMA,
    brief: Brief = BRIEF,
) -> Messages:
    log = Log()
    for author, content in said or []:
        log.post(author, 0, 0, content)
    observation = Observation(
        act=act,
        member=member,
        tick=0,
        seed=5,
        charter=Charter(),
        brief=brief,
        messages=log.so_far().without(member),
        own=log.so_far().authored_by([member]),
        memory=Log().so_far(),
        assignment=assignment,
        roster=roster,
    )
    asked = compose(observation, context_tokens=8000, max_words=120)
    stated = schema_text(SCHEMA_OF[act])
    return as_dicts(in_form(asked.messages, Capabilities(mode=mode), stated))


def as_dicts(messages: tuple[tuple[str, str], ...]) -> Messages:
    return [{"role": role, "content": text} for role, text in messages]


def client(server: Any, key: str = "sk-test-1234", timeout: Any = 10.0) -> Any:
    """Without certificates, which take longer to load than a test to run."""
    transport = openai.DefaultHttpxClient(verify=False, trust_env=False)
    return openai.OpenAI(
        base_url=server.api_base,
        api_key=key,
        max_retries=0,
        timeout=timeout,
        http_client=transport,
    )


def complete(server: Any, messages: Messages = HELLO, **options: Any) -> Any:
    with client(server, options.pop("key", "sk-test-1234"), options.pop("timeout", 10.0)) as c:
        return c.chat.completions.create(model="loopback-1", messages=messages, **options)


def enforced(shape: str) -> dict[str, Any]:
    described = {"name": shape, "schema": schema(shape), "strict": True}
    return {"type": "json_schema", "json_schema": described}
