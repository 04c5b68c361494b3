"""A completion, and the ways in which one can be spoilt though it arrives."""

from __future__ import annotations

import json
import time
from typing import Any

THOUGHTS = 1500
MODELS = ("loopback-1", "loopback-1-mini")
ABSURD = {"prompt_tokens": 987_654_321_987, "completion_tokens": -1, "total_tokens": 0}
OTHER_FORM = '{"decision": "perhaps", "verdict": 17, "work": ["not", {"text": null}]}'


def completion(body: dict[str, Any], text: str, prompt: str, number: int) -> dict[str, Any]:
    """The reply to a request, cut where its `max_tokens` says; four characters to a token."""
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    finish = "stop"
    if most is not None and len(text) > 4 * most:
        text, finish = text[: 4 * most], "length"
    tokens_in, tokens_out = max(1, len(prompt) // 4), max(1, len(text) // 4)
    message = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    return {
        "id": f"chatcmpl-{number:012d}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
        "service_tier": "default",
        "system_fingerprint": "fp_app",
    }


def spoil(reply: dict[str, Any], fault: str | None) -> None:
    """Spoil a completion, in place; faults of another nature leave it as it is."""
    message = reply["choices"][0]["message"]
    text = message["content"]
    match fault:
        case "empty_choices":
            reply["choices"] = []
        case "null_content":
            message["content"] = None
        case "wrong_schema":
            message["content"] = OTHER_FORM
        case "prose":
            message["content"] = f"Of course! Here it is:\n\n```json\n{text}\n```\n\nAll the best."
        case "broken_json":
            message["content"] = text[: max(1, 2 * len(text) // 3)]
        case "wrong_usage":
            reply["usage"] = dict(ABSURD)
        case "no_usage":
            del reply["usage"]
        case "error_ok":
            reply.clear()
            reply["error"] = "model requires more system memory (5.6 GiB) than is available"
        case "cached":
            read = 9 * reply["usage"]["prompt_tokens"] // 10
            reply["usage"]["prompt_tokens_details"] = {"cached_tokens": read}
        case "hidden_thoughts":
            reply["usage"]["total_tokens"] += THOUGHTS
        case _:
            _spoil_text(reply["choices"][0], text, fault)


def _spoil_text(choice: dict[str, Any], text: str, fault: str | None) -> None:
    """Put a text where few look for it."""
    message = choice["message"]
    match fault:
        case "parts":
            thought = {"type": "thinking", "thinking": "Let me see."}
            message["content"] = [thought, {"type": "text", "text": text}]
        case "draft":
            draft = json.dumps({**json.loads(text), "role": "draft", "work": "A DRAFT"})
            message["content"] = f"First try: {draft} is weak.\n</think>\n\n{text}"
        case "odd_fields":
            odd = {**json.loads(text), "confidence": "85 %", "builds_on": None, "reason": 7}
            message["content"] = json.dumps({k.upper(): v for k, v in odd.items()})
        case "refusal":
            message["content"], message["refusal"] = None, "I can't help with that."
        case "tool_call":
            message["content"] = None
            message["tool_calls"] = [{"type": "function", "function": {"arguments": text}}]
        case "reasoning_field":
            message["content"], message["reasoning_content"] = None, text
        case "cut_quietly":
            message["content"] = text[: 2 * len(text) // 3]


def models() -> dict[str, Any]:
    """The reply to a question for the models there are."""
    data = [{"id": m, "object": "model", "created": 0, "owned_by": "loopback"} for m in MODELS]
    return {"object": "list", "data": data}


def dumped(reply: dict[str, Any]) -> bytes:
    """A reply as it goes over the wire."""
    return json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace")
