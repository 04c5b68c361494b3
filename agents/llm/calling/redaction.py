"""Keys never leave the environment: whatever quotes one gets it taken out."""

from __future__ import annotations

import os
import re

_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)S?($|_)", re.IGNORECASE)
_SHAPES = re.compile(
    r"\b(?:sk|rk|gsk|xai|hf|ghp)[-_](?:(?=[\w\-]*\d)[\w\-]{12,}|[A-Za-z]{16,})"
    r"|\bAIza[\w\-]{30,}"
    r"|(?<=[Bb]earer )(?=[\w.\-]*\d)[\w.\-]{8,}"
    r"|(?<=://)[^/\s:@\"'{}]+:[^/\s@\"'{}]+(?=@)"
)
HIDDEN = "[secret]"
SHORTEST = 8
_snapshot: tuple[str, ...] | None = None


def known_secrets() -> tuple[str, ...]:
    """The values of all environment variables whose names say that they hold a secret.

    Longest first, so that no part of one is left behind.
    """
    found = {
        value
        for name, value in os.environ.items()
        if _NAMES.search(name) and len(value) >= SHORTEST
    }
    global _snapshot
    _snapshot = tuple(sorted(found, key=len, reverse=True))
    return _snapshot


def snapshot() -> tuple[str, ...]:
    """The secrets as they were when last looked for, which every new client does."""
    return known_secrets() if _snapshot is None else _snapshot


def hidden(text: str, known: tuple[str, ...]) -> str:
    """A text without these secrets."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    return text


def without_secrets(text: str, known: tuple[str, ...] | None = None) -> str:
    """A text with all known secrets taken out, and what merely looks like a key.

    Providers quote a key that they refuse, in part.
    """
    return _SHAPES.sub(HIDDEN, hidden(text, known_secrets() if known is None else known))
