"""What a provider says went wrong, in a refusal or in place of an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 4096
"""Characters of an error that are looked at."""
SENTENCE = ("message", "error_message", "msg", "detail", "error", "reason", "description")
"""Where its sentence stands, most telling first."""
DEEPEST = 5


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error as its provider states it.

    Attributes:
        sentence: Its own words.
        status: The HTTP status it names; None where it names none.
        words: All it says, names and codes included, in lower case.
    """

    sentence: str
    status: int | None
    words: str


def error_in(body: Any, *, answered: bool) -> ProviderError | None:
    """The error that a body holds.

    Args:
        body: As JSON gave it.
        answered: Whether there is an answer beside it; then only an `error` that is one counts.

    Returns:
        None where it holds none.
    """
    if not isinstance(body, Mapping):
        return None
    error = body.get("error") or body.get("errors")
    if error and not (answered and not isinstance(error, str | Mapping)):
        return _stated(error, body)
    failed = body.get("type") == "error" or body.get("object") == "error"
    failed = failed or body.get("success") is False or body.get("status") == "failed"
    words = (body.get(name) for name in ("detail", "message", "msg"))
    if failed or (not answered and any(w and not isinstance(w, Mapping) for w in words)):
        return _stated(body, body) if not answered else None
    return None


def _stated(error: Any, body: Mapping[str, Any]) -> ProviderError:
    sentence = _sentence(error) or _sentence(body) or "an error without words"
    words = json.dumps(error, ensure_ascii=False, default=str)[:LONGEST].lower()
    status = _status(error)
    return ProviderError(sentence[:LONGEST], status if status is not None else _status(body), words)


def _sentence(error: Any, depth: int = 0) -> str:
    """The words meant for people, wherever they stand."""
    if isinstance(error, str):
        return _unpacked(error, depth)
    if depth >= DEEPEST:
        return ""
    if isinstance(error, Mapping):
        found = next((s for n in SENTENCE if (s := _sentence(error.get(n), depth + 1))), "")
        more = error.get("metadata")
        raw = _sentence(more.get("raw"), depth + 1) if isinstance(more, Mapping) else ""
        return f"{found}: {raw}" if raw and raw not in found else found
    if isinstance(error, Sequence):
        return "; ".join(filter(None, (_sentence(e, depth + 1) for e in error[:3])))
    return ""


def _unpacked(text: str, depth: int) -> str:
    """A text, or the sentence of the JSON object that it is."""
    if text.lstrip()[:1] == "{" and depth < DEEPEST:
        try:
            return _sentence(json.loads(text), depth + 1) or text
        except (ValueError, RecursionError):
            return text
    return text


def _status(error: Any) -> int | None:
    """The HTTP status that an error names itself."""
    if not isinstance(error, Mapping):
        return None
    for name in ("code", "status", "status_code", "statusCode", "http_status"):
        value = error.get(name)
        if isinstance(value, str) and len(value) == 3 and value.isdecimal():
            value = int(value)
        if type(value) is int and 400 <= value <= 599:
            return value
    return None
