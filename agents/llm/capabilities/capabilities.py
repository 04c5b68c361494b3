"""What a model is capable of, and how a request is put so that it takes it.

No list says reliably which model behind which server accepts a JSON schema, a seed, a temperature
or a system message, and how long its answers may be. So it is found out, by a trial request and by
every refusal, and kept with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..request import Mode

FEWEST_TOKENS = 64
"""Of a completion: fewer are never asked for."""
FIELDS = ("max_tokens", "max_completion_tokens")
"""Names under which the longest completion is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model is capable of.

    Attributes:
        mode: The strictest form of answers it can be held to.
        system: Whether it takes a system message; else that is put before the user's.
        temperature: Whether it can be set.
        most_temperature: The highest it takes; None for any.
        seed: Whether it can be set.
        max_field: Under which name it takes the longest completion.
        most_tokens: The longest completion it takes; None for any.
        context: Tokens that prompt and completion may have together; None where nobody said.
        reads: Prompt tokens per second, as measured; None where they were not.
        writes: Completion tokens per second, likewise.
        why: The provider's words for each that is not at its best, by name.
    """

    mode: Mode = Mode.JSON_SCHEMA
    system: bool = True
    temperature: bool = True
    most_temperature: float | None = None
    seed: bool = True
    max_field: str = FIELDS[0]
    most_tokens: int | None = None
    context: int | None = None
    reads: float | None = None
    writes: float | None = None
    why: Mapping[str, str] = field(default_factory=dict)

    def lowered(self, reason: str, **changed: Any) -> Capabilities:
        """What is left after a refusal.

        Args:
            reason: The provider's words.
            changed: What it takes instead, by name.
        """
        said = {**self.why, **dict.fromkeys(changed, reason)}
        return replace(self, **changed, why=said)

    def to_json(self) -> str:
        """As the journal keeps it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Capabilities:
        """The inverse of `to_json`; what an earlier version didn't know is at its best.

        Args:
            text: A JSON object.
        """
        body = json.loads(text)
        known = {f.name: body[f.name] for f in fields(cls) if f.name in body}
        return cls(**{**known, "mode": Mode(known["mode"])})

    def tokens_of(self, asked: int, prompt: int) -> int:
        """The longest completion that is asked for behind a prompt.

        Args:
            asked: What is wanted, in tokens.
            prompt: About how many tokens the prompt has.
        """
        most = min(asked, self.most_tokens or asked)
        if self.context is not None:
            left = self.context - prompt - prompt // 8 - FEWEST_TOKENS
            most = min(most, max(left, FEWEST_TOKENS))
        return most

    def temperature_of(self, asked: float) -> float | None:
        """The temperature that is sent where one is wanted; None for the model's own.

        Args:
            asked: 0 to 2.
        """
        if not self.temperature:
            return None
        return asked if self.most_temperature is None else min(asked, self.most_temperature)

    def missing(self) -> list[str]:
        """What it takes instead, in words that follow "takes"."""
        said = {
            "mode": f"no JSON schema (answers are held to form by {self.mode.value})",
            "system": "no system message (it is put before the user's)",
            "temperature": "no temperature (it runs at its own)",
            "most_temperature": f"no temperature above {self.most_temperature} (it gets that)",
            "seed": "no seed",
            "most_tokens": f"no more than {self.most_tokens} tokens in an answer",
            "context": f"no more than {self.context} tokens, prompt and answer together",
        }
        best = Capabilities()
        return [
            f"{words}: {self.why[name]!r}" if self.why.get(name) else words
            for name, words in said.items()
            if getattr(self, name) != getattr(best, name)
        ]


def in_form(
    messages: tuple[tuple[str, str], ...], capabilities: Capabilities, schema: str
) -> tuple[tuple[str, str], ...]:
    """Messages as a model takes them: with the schema where it isn't enforced, and folded.

    Args:
        messages: Pairs of role and text; the first may be the system's, the next is the user's.
        capabilities: Of the model.
        schema: The part of a prompt that states the schema.
    """
    listed = list(messages)
    if capabilities.mode is not Mode.JSON_SCHEMA:
        first = next(i for i, (role, _) in enumerate(listed) if role == "user")
        listed[first] = ("user", listed[first][1] + schema)
    if not capabilities.system and listed[0][0] == "system":
        (_, rules), (_, question), *rest = listed
        listed = [("user", f"{rules}\n{question}"), *rest]
    return tuple(listed)
