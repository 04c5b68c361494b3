"""What OpenAI would not accept is not accepted here, or a client's mistakes would go unseen."""

from __future__ import annotations

import json
import re
from typing import Any

from .answers.prompt import text_of
from .faults import Faults
from .refusals import Refusal, no_format, no_seed, no_temperature

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def body_in(raw: bytes) -> dict[str, Any]:
    """The body of a request.

    Raises:
        Refusal: It is no JSON object.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "We could not parse the JSON body of your request.")
    return body


def validate(body: dict[str, Any]) -> None:
    """Check a body.

    Raises:
        Refusal: As OpenAI would refuse it.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refusal(400, "you must provide a model parameter")
    if "messages" not in body:
        message = "Missing required parameter: 'messages'."
        raise Refusal(400, message, code="missing_required_parameter", param="messages")
    _messages(body["messages"])
    _number(body, "temperature", 0, 2)
    _number(body, "top_p", 0, 1)
    _whole(body, "max_tokens", 1)
    _whole(body, "max_completion_tokens", 1)
    _whole(body, "seed", -(2**63))
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is no option."
        raise Refusal(400, message, code="invalid_parameter_combination")
    if body.get("stream"):
        raise _invalid("stream", "this server sends whole answers only")
    if body.get("n") not in (None, 1):
        raise _invalid("n", "this server sends one choice only")
    _response_format(body)


def supported(body: dict[str, Any], faults: Faults) -> None:
    """Check that the model knows what is asked of it.

    Raises:
        Refusal: It doesn't.
    """
    kind = (body.get("response_format") or {}).get("type")
    if (kind == "json_schema" and faults.no_json_schema) or (
        kind == "json_object" and faults.no_json_object
    ):
        raise no_format(kind)
    if faults.no_temperature and body.get("temperature") not in (None, 1):
        raise no_temperature(body["temperature"])
    if faults.no_seed and body.get("seed") is not None:
        raise no_seed()
    if faults.no_system and any(m["role"] == "system" for m in body["messages"]):
        raise Refusal(400, "System role not supported")
    if faults.no_max_tokens and body.get("max_tokens") is not None:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead."
        )
        raise Refusal(400, message, code="unsupported_parameter", param="max_tokens")
    longest = body.get("max_completion_tokens") or body.get("max_tokens") or 0
    if faults.most_tokens is not None and longest > faults.most_tokens:
        message = f"max_tokens is too large: this model supports at most {faults.most_tokens}"
        raise Refusal(400, message, param="max_tokens")
    hottest = faults.most_temperature
    if hottest is not None and (body.get("temperature") or 0) > hottest:
        raise Refusal(400, f"temperature: range: 0..{hottest:g}", param="temperature")


def _invalid(param: str, why: str) -> Refusal:
    return Refusal(400, f"Invalid '{param}': {why}.", code="invalid_value", param=param)


def _messages(messages: object) -> None:
    if not isinstance(messages, list) or not messages:
        raise _invalid("messages", "an array with at least one object is expected")
    for i, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise _invalid(f"messages[{i}].role", f"one of {sorted(ROLES)} is expected")
        content = message.get("content")
        if not isinstance(content, (str, list)) and message["role"] != "assistant":
            raise _invalid(f"messages[{i}].content", "a string or an array is expected")


def _number(body: dict[str, Any], name: str, low: float, high: float) -> None:
    value = body.get(name)
    if value is not None and (type(value) not in (int, float) or not low <= value <= high):
        raise _invalid(name, f"a number of {low} to {high} is expected")


def _whole(body: dict[str, Any], name: str, low: int) -> None:
    value = body.get(name)
    if value is not None and (type(value) is not int or not low <= value < 2**63):
        raise _invalid(name, f"an integer of {low} or more is expected")


def _response_format(body: dict[str, Any]) -> None:
    form = body.get("response_format")
    if form is None:
        return
    kind = form.get("type") if isinstance(form, dict) else None
    if kind == "json_object":
        if not any("json" in text_of(m).lower() for m in body["messages"]):
            why = "'messages' must contain the word 'json' to use type 'json_object'"
            raise _invalid("response_format", why)
    elif kind == "json_schema":
        described = form.get("json_schema")
        name = described.get("name") if isinstance(described, dict) else None
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise _invalid("response_format.json_schema.name", "a name is expected")
        if described.get("strict"):
            _strict(described.get("schema"), name)
    elif kind != "text":
        raise _invalid("response_format", "type text, json_object or json_schema is expected")


def _strict(schema: object, name: str) -> None:
    """Under `strict` every object lists all its fields as required and allows no others."""
    if not isinstance(schema, dict):
        raise _invalid("response_format", f"schema '{name}' is missing")
    if schema.get("type") == "object":
        listed = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise _invalid("response_format", f"'{name}': additionalProperties must be false")
        if set(schema.get("required", ())) != set(listed):
            raise _invalid("response_format", f"'{name}': all fields must be required")
        for part in listed.values():
            _strict(part, name)
    if "items" in schema:
        _strict(schema["items"], name)
