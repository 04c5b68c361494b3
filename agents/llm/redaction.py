"""Keys never leave the environment: whatever quotes one gets it taken out."""

from __future__ import annotations

import os
import re

_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)S?($|_)", re.IGNORECASE)
_SHAPES = re.compile(
    r"(?<![\w\-])(?:sk|rk|gsk|xai|hf|ghp)[-_](?P<key>[\w\-]{12,})"
    r"|(?<!\w)AIza[\w\-]{30,}"
    r"|(?<=[Bb]earer )(?P<token>[\w.\-]{8,})"
    r"|(?<=://)[^/\s:@\"'{}]+:[^/\s@\"'{}]+(?=@)"
)
"""Runs that may be keys. Each is matched whole, so that no text is gone over twice."""
_DIGIT = re.compile(r"\d")
_WORDY = re.compile(r"[A-Za-z]{16}")
REDACTED = "[secret]"
SHORTEST = 8
"""Characters; a shorter value is no secret, and would be found in ordinary words."""
_last_read: tuple[str, ...] | None = None


def read_secrets() -> tuple[str, ...]:
    """The values of all environment variables whose names say that they hold a secret.

    Longest first, so that no part of one is left behind.
    """
    global _last_read
    values = {
        value
        for name, value in os.environ.items()
        if _NAMES.search(name) and len(value) >= SHORTEST
    }
    _last_read = tuple(sorted(values, key=len, reverse=True))
    return _last_read


def known_secrets() -> tuple[str, ...]:
    """The secrets as they were when last read, which every new client does."""
    return read_secrets() if _last_read is None else _last_read


def redact_known(text: str, secrets: tuple[str, ...]) -> str:
    """A text without some secrets.

    Args:
        text: Anything.
        secrets: Longest first.
    """
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


def redact(text: str, secrets: tuple[str, ...] | None = None) -> str:
    """A text without secrets, nor what merely looks like one: providers quote keys in part.

    Args:
        text: Anything; the time it takes grows as its length does.
        secrets: Longest first; None reads them from the environment.
    """
    known = redact_known(text, read_secrets() if secrets is None else secrets)
    return _SHAPES.sub(_unless_words, known)


def _unless_words(found: re.Match[str]) -> str:
    """A run with a digit, or longer than any word, is a key."""
    run = found["key"] or found["token"]
    if run is None or _DIGIT.search(run) or (found["key"] and _WORDY.search(run)):
        return REDACTED
    return found[0]
