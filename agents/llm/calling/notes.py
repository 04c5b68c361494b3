"""What a person should be told of models once all is done: found out in the run, each once."""

from __future__ import annotations

from collections.abc import Iterator

from ..capabilities.capabilities import Capabilities
from .call import Call

LONG_PROMPT, FAR_BELOW = 1500, 0.4
"""A prompt of more tokens of which fewer than this share are counted was cut."""


class Notes:
    """Sentences, in the order in which they were first said."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._said))

    def taught(self, call: Call, latest: Capabilities) -> None:
        """A refusal in the run taught what a model takes.

        Args:
            call: As it was put before; a trial's lessons are told elsewhere.
            latest: What the model is known to take now.
        """
        for missing in latest.missing() if not call.trial else ():
            if missing not in call.capabilities.missing():
                self._said[f"found out in the run: {call.model.name} takes {missing}"] = None

    def counted(self, call: Call, tokens: int) -> None:
        """A provider counted so many prompt tokens: some servers cut prompts in silence.

        Args:
            call: That was answered.
            tokens: As counted, 0 or more.
        """
        sent, told = call.request.likely_tokens_in, f"{call.model.name} read "
        if sent <= LONG_PROMPT or tokens >= FAR_BELOW * sent:
            return
        if not any(note.startswith(told) for note in self._said):
            said = f"{told}{tokens:,} tokens of a prompt of about {sent:,}"
            self._said[f"{said}: does its server cut prompts? Give it a larger window"] = None
