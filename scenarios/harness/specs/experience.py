"""Memory and skills from what users type.

memory   off | own | team[:horizon=8,decay=0.1,always=true]
skills   auto | fixed | growing[:rate=0.3,forgetting=0.05]
"""

from __future__ import annotations

from functools import cache

from ....model.errors import UnknownNameError
from ....model.experience.memory import SCOPES, Memory
from ....model.experience.skills import Growth
from ....model.plugins.grammar import read_options, refuse_bare_colon, split_spec
from ....model.protocol import Protocol

SKILLS = ("auto", "fixed", "growing")


@cache
def parse_memory(text: str) -> Memory:
    """Organizational memory from `scope` or `scope:option=value,…`.

    Args:
        text: As users type it.

    Raises:
        UsageError: An unknown scope, option or value.
    """
    refuse_bare_colon("memory", text)
    scope, options = split_spec(text)
    if scope not in SCOPES:
        raise UnknownNameError("memory", scope, SCOPES)

    def memory(*, horizon: int = 8, decay: float = 0.0, always: bool = False) -> Memory:
        return Memory(scope, horizon, decay, always)

    return memory(**read_options(f"memory={scope}", options, memory))


def parse_skills(text: str, protocol: Protocol) -> Growth | None:
    """How skills grow; None where they don't.

    Args:
        text: As users type it.
        protocol: Decides where the text is `auto`.

    Raises:
        UsageError: An unknown word, option or value.
    """
    refuse_bare_colon("skills", text)
    word, options = split_spec(text)
    if word not in SKILLS:
        raise UnknownNameError("skills", word, SKILLS)

    def growth(*, rate: float = 0.3, forgetting: float = 0.05) -> Growth:
        return Growth(rate, forgetting)

    if word != "growing":
        read_options(f"skills={word}", options, lambda: None)
        return Growth() if word == "auto" and protocol.grows else None
    return growth(**read_options("skills=growing", options, growth))
