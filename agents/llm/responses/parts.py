"""What a message holds: text, arguments of tools, thoughts, a refusal, in one piece or in many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_text", "thought")
"""Fields that hold what a model thought."""
THOUGHT_TYPES = frozenset({
    "thinking", "reasoning", "redacted_thinking", "thought", "reasoning_content", "summary_text",
    "reasoning_text",
})  # fmt: skip
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """What a message holds.

    Attributes:
        text: What is meant to be read.
        arguments: Of calls to tools, each on a line.
        thoughts: What a thinking model thought.
        refusal: Why it won't answer, in its words.
    """

    text: str = ""
    arguments: str = ""
    thoughts: str = ""
    refusal: str = ""

    @classmethod
    def joined(cls, parts: Iterable[Parts]) -> Parts:
        """Several as one, in order.

        Args:
            parts: Any number.
        """
        listed = list(parts)
        return cls(
            "".join(p.text for p in listed),
            "\n".join(p.arguments for p in listed if p.arguments),
            "\n".join(p.thoughts for p in listed if p.thoughts),
            "\n".join(p.refusal for p in listed if p.refusal),
        )


def parts_of(message: Mapping[str, Any], depth: int = 0) -> Parts:
    """What a message, or a part of one, holds.

    Args:
        message: Of any provider's form.
        depth: How deep in the message it lies.
    """
    kind = message.get("type")
    if (isinstance(kind, str) and kind in THOUGHT_TYPES) or message.get("thought") is True:
        return Parts(thoughts=_plain(message))
    if kind == "refusal":
        return Parts(refusal=_plain(message))
    own = Parts(
        arguments="\n".join(_arguments(message)),
        thoughts="\n".join(filter(None, (_plain(message.get(n)) for n in THOUGHTS))),
        refusal=_plain(message.get("refusal")),
    )
    whole = [own]
    for name in ("content", "parts", "text", "value"):
        whole.append(_content(message.get(name), depth))
    if isinstance(message.get("parsed"), Mapping) and not any(p.text for p in whole):
        whole.append(Parts(text=json.dumps(message["parsed"], ensure_ascii=False)))
    if isinstance(message.get("reasoningContent"), Mapping):
        whole.append(Parts(thoughts=_plain(message["reasoningContent"])))
    return Parts.joined(whole)


def _content(content: Any, depth: int) -> Parts:
    if isinstance(content, str):
        return Parts(text=content)
    if depth >= DEEPEST:
        return Parts()
    if isinstance(content, Mapping):
        found = parts_of(content, depth + 1)
        whole = content if found == Parts() and content else None
        return found if whole is None else Parts(text=json.dumps(whole, ensure_ascii=False))
    if isinstance(content, Sequence):
        return Parts.joined(_content(part, depth + 1) for part in content)
    return Parts()


def _arguments(message: Mapping[str, Any]) -> Iterable[str]:
    """The arguments of all calls to tools in a message or part."""
    calls = message.get("tool_calls")
    listed = list(calls) if isinstance(calls, Sequence) and not isinstance(calls, str) else []
    listed += [message.get("function_call"), message.get("functionCall"), message.get("toolUse")]
    if message.get("type") in ("tool_use", "function_call", "tool_call"):
        listed.append(message)
    for call in listed:
        if not isinstance(call, Mapping):
            continue
        function = call.get("function")
        where = function if isinstance(function, Mapping) else call
        for name in ("arguments", "input", "args", "parameters"):
            said = where.get(name)
            if isinstance(said, str) and said.strip():
                yield said
            elif isinstance(said, Mapping) and said:
                yield json.dumps(said, ensure_ascii=False)


def _plain(value: Any, depth: int = 0) -> str:
    """The text anywhere in a value."""
    if isinstance(value, str):
        return value
    if depth >= DEEPEST:
        return ""
    if isinstance(value, Mapping):
        names = ("text", "thinking", "reasoning", "content", "summary", "refusal", "reasoningText")
        return "\n".join(filter(None, (_plain(value.get(n), depth + 1) for n in names)))
    if isinstance(value, Sequence):
        return "\n".join(filter(None, (_plain(v, depth + 1) for v in value)))
    return ""
