"""Where a schema is enforced no answer can break it, so what it lacks is filled in.

The probe, for one, asks for two fields of a schema that has more: a provider that enforces the
schema returns them all.
"""

from __future__ import annotations

import json
from typing import Any

EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}


def conforming(text: str, response_format: dict[str, Any] | None) -> str:
    """The text as the response format wants it."""
    kind = (response_format or {}).get("type", "text")
    if kind == "text":
        return text
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if kind == "json_object":
        return text if isinstance(said, dict) else json.dumps({"answer": text})
    schema = (response_format or {})["json_schema"].get("schema") or {}
    required = schema.get("required", ())
    if isinstance(said, dict) and all(name in said for name in required):
        return text
    return json.dumps(_fit(said if isinstance(said, dict) else text, schema), ensure_ascii=False)


def _fit(value: Any, schema: dict[str, Any]) -> Any:
    """A value of the schema's form, with what fits of the given one in it."""
    kind = schema.get("type", "object")
    if kind == "object":
        said = value if isinstance(value, dict) else {}
        spoken = None if isinstance(value, dict) else value
        parts = schema.get("properties", {})
        return {name: _fit(said.get(name, spoken), part) for name, part in parts.items()}
    options = schema.get("enum")
    if options:
        return value if value in options else options[0]
    if kind == "string":
        return value if isinstance(value, str) else ""
    return EMPTY.get(kind)
