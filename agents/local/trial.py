"""A request of no account, to learn how fast an engine reads and writes.

Whoever resumes a run finds all answers in its journal and asks nothing new, so the forecast and the
deadlines would have no speed to go by.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

WORDS = " ".join(f"Line {k} of a text that is read and not answered." for k in range(12))
"""About 150 tokens, enough to see how fast they are read."""
LONGEST, WAIT_S = 16, 300.0


def trial(address: str) -> dict[str, Any]:
    """An engine's answer to a short request, with its own timings.

    Args:
        address: Of its OpenAI-compatible server.

    Returns:
        The answer's body; empty where there was none.
    """
    body = {"messages": [{"role": "user", "content": WORDS}], "max_tokens": LONGEST}
    headers = {"Content-Type": "application/json"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/chat/completions", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            said = json.load(answer)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
