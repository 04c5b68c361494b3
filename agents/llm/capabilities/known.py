"""What is known of every model of a client, as it was found out: the latest holds, the rest finds.

A request depends on what its model takes, and so does its digest. So a resumed run and a replay
look for a call under every revision, as one may have been learnt in the middle of the run.
"""

from __future__ import annotations

from ..journal.journal import Journal
from .capabilities import Capabilities


class Known:
    """Capabilities by model, with their history.

    Args:
        journal: Where they are kept.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._revisions: dict[str, list[Capabilities]] = {}
        self._trials: dict[str, Capabilities] = {}

    def history(self, model: str) -> list[Capabilities]:
        """Every revision, oldest first; empty while nothing is known.

        Args:
            model: As the user wrote it.
        """
        if model not in self._revisions:
            kept = self.journal.capabilities(model)
            self._revisions[model] = [Capabilities.from_json(text) for text in kept]
        return self._revisions[model]

    def settled(self, model: str) -> bool:
        """Whether its trial is over.

        Args:
            model: As the user wrote it.
        """
        return bool(self.history(model))

    def latest(self, model: str) -> Capabilities:
        """What holds now; everything, while its trial has shown nothing else.

        Args:
            model: As the user wrote it.
        """
        history = self.history(model)
        return history[-1] if history else self._trials.get(model, Capabilities())

    def learn(self, model: str, found: Capabilities) -> None:
        """Take over what was found out: for the trial while it lasts, then as a revision.

        Args:
            model: As the user wrote it.
            found: From now on.

        Raises:
            Halt: It can't be kept.
        """
        if not self.settled(model):
            self._trials[model] = found
        elif found != self.latest(model):
            self._keep(model, found)

    def settle(self, model: str, found: Capabilities) -> None:
        """End a model's trial.

        Args:
            model: As the user wrote it.
            found: What came of it.

        Raises:
            Halt: It can't be kept.
        """
        self._trials.pop(model, None)
        self._keep(model, found)

    def _keep(self, model: str, found: Capabilities) -> None:
        history = self.history(model)
        self.journal.keep_capabilities(model, len(history), found.to_json())
        history.append(found)

    def move_to(self, journal: Journal) -> None:
        """Keep them in another journal from now on, which has those known so far or gets them.

        Args:
            journal: The other.

        Raises:
            Halt: They can't be kept.
        """
        self.journal = journal
        for model, revisions in self._revisions.items():
            if not journal.capabilities(model):
                for number, found in enumerate(revisions):
                    journal.keep_capabilities(model, number, found.to_json())
