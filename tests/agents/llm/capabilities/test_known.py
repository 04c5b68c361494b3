"""What is known of models: the latest holds, the rest finds calls that were made before."""

from __future__ import annotations

from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.capabilities.known import Known
from unscripted.agents.llm.journal.journal import Journal

LESS = Capabilities().lowered("no", seed=False)
LEAST = LESS.lowered("no", temperature=False)


def test_a_trial_is_kept_afterwards():
    journal = Journal()
    known = Known(journal)
    known.learn("m", LESS)
    assert (known.latest("m"), known.settled("m"), journal.capabilities("m")) == (LESS, False, [])
    known.settle("m", LESS)
    assert (known.settled("m"), known.history("m")) == (True, [LESS])
    assert Known(journal).history("m") == [LESS]


def test_later_lessons_are_revisions():
    journal = Journal()
    known = Known(journal)
    known.settle("m", LESS)
    for _ in range(2):
        known.learn("m", LEAST)
    assert known.history("m") == Known(journal).history("m") == [LESS, LEAST]
    assert (known.latest("m"), known.latest("other")) == (LEAST, Capabilities())


def test_what_is_known_moves_along():
    known, other = Known(Journal()), Journal()
    known.settle("m", LESS)
    known.learn("m", LEAST)
    known.move_to(other)
    assert Known(other).history("m") == [LESS, LEAST]
