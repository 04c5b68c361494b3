"""Models on this machine, called as any other: under an id of LiteLLM's, at an address of ours.

`local/NAME` is called as `openai/local/NAME`. Where its engine listens is found out when the first
mind is made; the rest of the client, journal and budget included, knows of no difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from ..local.catalogue import LITELLM_ID, SUFFIX, check_name
from ..local.engine import CONTEXT
from .settings import Calls

MOST_WORDS = 100
"""Of a work: it fits an answer even where each character is a token, as with digits."""
MOST_ANSWER_TOKENS = 1000
MOST_READ_TOKENS = 2000
"""Of others' messages; rules, task and question take up to `CONTEXT - MOST_ANSWER_TOKENS` less."""
assert MOST_ANSWER_TOKENS + MOST_READ_TOKENS < CONTEXT


def local_id(name: str, calls: Calls) -> tuple[str, Calls]:
    """The LiteLLM id of a local model, and its settings, so that all fits its context.

    Args:
        name: What follows `local/`.
        calls: As the user set them.

    Raises:
        UnknownNameError: It names no local model.
    """
    check_name(name)
    stem = PurePath(name).name if name.lower().endswith(SUFFIX) else name
    fitted = replace(
        calls,
        max_tokens=min(calls.max_tokens, MOST_ANSWER_TOKENS),
        context_tokens=min(calls.context_tokens, MOST_READ_TOKENS),
    )
    return f"{LITELLM_ID}{stem}", fitted
