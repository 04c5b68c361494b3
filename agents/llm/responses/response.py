"""What a response says: one value for the forms of all providers.

LiteLLM turns them all into OpenAI's form, but refuses some answers and loses parts of others (a
choice's own error, a total that is more than its parts). So the body is read here as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..billing.tokens import Tokens, tokens_in
from .errors import ProviderError, error_in
from .parts import Parts, parts_of
from .speed import Speed, speed_in

CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "max_length"})
"""Reasons to stop that mean an answer was cut off, in lower case."""
FILTERED = frozenset({
    "content_filter", "content_filtered", "refusal", "safety", "prohibited_content", "recitation",
    "blocklist", "spii", "guardrail_intervened", "sensitive", "error_toxic", "image_safety",
})  # fmt: skip
"""Reasons to stop that mean there is no answer for its content, in lower case."""
BLOCKED = "the prompt was blocked"


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came: nothing in it has been checked, and nothing is missing.

    Attributes:
        parts: Text, arguments of tools, thoughts and refusal.
        finish: Why the model stopped, as its provider says; may be empty.
        tokens: As counted; None where it doesn't say, or nothing possible.
        error: In place of an answer; None where there is none.
        recognised: Whether it is a response of a model in any form known here.
        served_by: The model named in it.
        speed: As the server measured it.
    """

    parts: Parts = Parts()
    finish: str = ""
    tokens: Tokens | None = None
    error: ProviderError | None = None
    recognised: bool = True
    served_by: str = ""
    speed: Speed = Speed()

    @property
    def cut(self) -> bool:
        """Whether it says that it was cut off."""
        return self.finish.lower() in CUT

    @property
    def filtered(self) -> bool:
        """Whether it says that there is no answer for its content."""
        return self.finish.lower() in FILTERED

    @property
    def text(self) -> str:
        """The answer, wherever it stands: as text, as a tool's arguments, among the thoughts.

        Thoughts are an answer only where the model stopped of its own accord without another.
        """
        parts = self.parts
        if "{" in parts.arguments and "{" not in parts.text:
            return parts.arguments
        for said in (parts.text, parts.arguments, "" if self.cut else parts.thoughts):
            if said.strip():
                return said
        return ""


def read(body: Any) -> Response:
    """What a body says.

    Args:
        body: As JSON gave it; anything at all.
    """
    if not isinstance(body, Mapping):
        return Response(recognised=False)
    found = next((f for reader in _FORMS if (f := reader(body)) is not None), None)
    parts, finish, error = found if found is not None else (Parts(), "", None)
    return Response(
        parts,
        finish,
        tokens_in(body),
        error or error_in(body, answered=found is not None),
        found is not None,
        str(body.get("model") or body.get("modelVersion") or ""),
        speed_in(body),
    )


Found = tuple[Parts, str, ProviderError | None]


def _openai(body: Mapping[str, Any]) -> Found | None:
    """Chat completions, and the older completions with a text."""
    choices = body.get("choices")
    if not isinstance(choices, Sequence) or isinstance(choices, str) or not choices:
        return None
    choice = choices[0]
    if not isinstance(choice, Mapping):
        return None
    message = choice.get("message")
    if not isinstance(message, Mapping):
        message = {"content": choice.get("text")}
    error = error_in(choice, answered=True)
    return parts_of(message), _word(choice.get("finish_reason")), error


def _responses(body: Mapping[str, Any]) -> Found | None:
    """OpenAI's Responses: a list of items, some of them messages."""
    items = body.get("output")
    if not isinstance(items, Sequence) or isinstance(items, str):
        return None
    parts = Parts.joined(parts_of(item) for item in items if isinstance(item, Mapping))
    why = body.get("incomplete_details")
    finish = why.get("reason") if isinstance(why, Mapping) else None
    return parts, _word(finish or body.get("status")), None


def _anthropic(body: Mapping[str, Any]) -> Found | None:
    """Messages: content in blocks, at the top."""
    if not isinstance(body.get("content"), Sequence) or "stop_reason" not in body:
        return None
    return parts_of(body), _word(body.get("stop_reason")), None


def _gemini(body: Mapping[str, Any]) -> Found | None:
    """Candidates of parts; a blocked prompt has none."""
    candidates = body.get("candidates")
    feedback = body.get("promptFeedback")
    if isinstance(candidates, Sequence) and candidates and isinstance(candidates[0], Mapping):
        first = candidates[0]
        content = first.get("content")
        parts = parts_of(content) if isinstance(content, Mapping) else Parts()
        return parts, _word(first.get("finishReason")), None
    if isinstance(feedback, Mapping) and feedback.get("blockReason"):
        why = f"{BLOCKED}: {_word(feedback['blockReason'])}"
        return Parts(refusal=why), "content_filter", None
    return None


def _message(body: Mapping[str, Any]) -> Found | None:
    """One message at the top: Ollama's own form, and Cohere's."""
    message = body.get("message")
    if not isinstance(message, Mapping):
        return None
    return parts_of(message), _word(body.get("done_reason") or body.get("finish_reason")), None


def _converse(body: Mapping[str, Any]) -> Found | None:
    """Bedrock's Converse: a message below `output`."""
    output = body.get("output")
    message = output.get("message") if isinstance(output, Mapping) else None
    if not isinstance(message, Mapping):
        return None
    return parts_of(message), _word(body.get("stopReason")), None


def _plain(body: Mapping[str, Any]) -> Found | None:
    """A text under one name: Ollama's generate, llama.cpp's completion, Cloudflare's result."""
    result = body.get("result")
    where = result if isinstance(result, Mapping) else body
    for name in ("response", "generated_text", "content"):
        if isinstance(where.get(name), str):
            finish = body.get("done_reason") or ("length" if body.get("truncated") is True else "")
            return parts_of({"content": where[name]}), _word(finish), None
    return None


_FORMS = (_openai, _responses, _anthropic, _gemini, _message, _converse, _plain)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
