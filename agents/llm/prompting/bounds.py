"""Bounds of an answer to one question: what it may name, how many, and how long.

A model that is held to a schema by a grammar goes on while the schema lets it, a small one to the
limit of its answer. So lists have a most, and what is named is one of what can be named. Bounds are
part of a schema's name (`contribute?{"named":[0,2],"words":150}`), so a request says them in full.
"""

from __future__ import annotations

import copy
import json
from typing import Any

MOST_NAMED = 200
"""Ids that are listed one by one; providers limit how many. Of more, any number is taken."""
MOST_BUILT_ON = 12
MOST_FOCUS = 5
LABEL, SENTENCE, CHARACTERS_PER_WORD = 60, 160, 7
"""Characters of a role or a part of a task, of a reason, and of a word with the space behind."""
SHORTEST_WORK = 30
CONFIDENCES = [k / 10 for k in range(11)]
TIGHT = "tight"


def bounded_name(name: str, **bounds: Any) -> str:
    """A schema's name with its bounds.

    Args:
        name: Of the schema.
        bounds: `named`, ids that an answer may name; `words` of the longest work; `form` of the
            answer to a task, as the JSON schema of its text; `tight`.
    """
    return f"{name}?{json.dumps(bounds, sort_keys=True, separators=(',', ':'))}"


def tightened(name: str) -> str:
    """A schema's name with the bounds that only grammars of local engines take: lengths, branches.

    Args:
        name: With or without bounds.
    """
    bare, _, bounds = name.partition("?")
    return bounded_name(bare, **{**json.loads(bounds or "{}"), TIGHT: True})


def bare_name(name: str) -> str:
    """A schema's name without its bounds.

    Args:
        name: With or without them.
    """
    return name.partition("?")[0]


def bounded(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A schema with the bounds of its name.

    Args:
        schema: As its file has it; left as it is.
        name: With bounds.
    """
    bare, _, text = name.partition("?")
    bounds = json.loads(text)
    found = copy.deepcopy(schema)
    properties = found["properties"]
    if "form" in bounds:
        _formed(properties, bounds["form"], bare, tight=bounds.get(TIGHT, False))
    named = bounds.get("named")
    match bare:
        case "contribute" | "contribute_answer" if named is not None:
            _listed(properties["builds_on"], named, MOST_BUILT_ON)
        case "say" if named is not None:
            _listed(properties["to"], named, MOST_NAMED)
        case "plan" if named is not None:
            _listed_parts(properties["assignments"], "agent", named)
        case "verdict" if named is not None:
            _listed_parts(properties["checklist"], "id", named)
    return _tight(found, bare, bounds) if bounds.get(TIGHT) else found


def _formed(properties: dict[str, Any], form: dict[str, Any], name: str, *, tight: bool) -> None:
    """The answer or action as its form has it, written as text; empty where none is allowed."""
    field = properties["action" if name == "move" else "answer"]
    # Under a grammar only a contribution lacks an answer: declining is a branch of its own.
    empty = name == "contribute_answer" or not tight
    options = [*form.get("enum", []), *([""] if empty else [])]
    if "enum" in form and len(options) <= MOST_NAMED:
        field["enum"] = options
    elif tight and "pattern" in form:
        field["pattern"] = f"^({form['pattern'][1:-1]})?$" if empty else form["pattern"]
    elif tight and "maxLength" in form:
        field["maxLength"] = form["maxLength"]


def _listed(array: dict[str, Any], ids: list[int], most: int) -> None:
    array["maxItems"] = min(len(ids), most)
    if 0 < len(ids) <= MOST_NAMED:
        array["items"]["enum"] = ids


def _listed_parts(array: dict[str, Any], field: str, ids: list[Any]) -> None:
    array["maxItems"] = len(ids)
    if 0 < len(ids) <= MOST_NAMED:
        array["items"]["properties"][field]["enum"] = ids


def _tight(schema: dict[str, Any], name: str, bounds: dict[str, Any]) -> dict[str, Any]:
    """With lengths, and to decline is a branch of its own, without the fields of taking part."""
    for part in _strings(schema):
        part.setdefault("maxLength", SENTENCE)
    if "role" in schema["properties"]:
        schema["properties"]["role"] |= {"minLength": 2, "maxLength": LABEL}
    for label in _labels(schema):
        label |= {"minLength": 2, "maxLength": LABEL}
    if name == "verdict":
        return schema
    properties = schema["properties"]
    longest = max(SHORTEST_WORK, CHARACTERS_PER_WORD * bounds.get("words", 100))
    if name == "say":
        properties["text"] |= {"minLength": 2, "maxLength": longest}
    if name in ("contribute", "contribute_answer"):
        properties["work"] |= {"minLength": SHORTEST_WORK, "maxLength": longest}
        properties["confidence"] = {"enum": CONFIDENCES}
    if name == "plan":
        assignments = properties["assignments"]
        assignments["minItems"] = min(1, assignments.get("maxItems", 1))
        phase = assignments["items"]["properties"]["phase"]
        phase["enum"] = list(range(1, 1 + max(1, assignments.get("maxItems", 1))))
    properties["reason"]["minLength"] = 2
    doing, declining = properties["decision"]["enum"]
    return {
        "anyOf": [
            _branch(schema, doing, list(properties)),
            _branch(schema, declining, ["decision", "reason"]),
        ]
    }


def _branch(schema: dict[str, Any], decision: str, names: list[str]) -> dict[str, Any]:
    properties = {name: schema["properties"][name] for name in names}
    properties["decision"] = {"type": "string", "enum": [decision]}
    return {**schema, "properties": properties, "required": names}


def _strings(schema: Any) -> list[dict[str, Any]]:
    """Every text without a list of values, at any depth."""
    if isinstance(schema, list):
        return [s for part in schema for s in _strings(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "string" and "enum" not in schema else []
    return own + [s for part in schema.values() for s in _strings(part)]


def _labels(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What names a part of the task or a role, in lists."""
    found = []
    properties = schema["properties"]
    if "focus" in properties:
        found.append(properties["focus"]["items"])
    if "assignments" in properties:
        part = properties["assignments"]["items"]["properties"]
        found += [part["role"], part["focus"]["items"]]
    return found
