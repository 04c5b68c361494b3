"""What a model is expected to make of each question: how often it declines, how much it writes.

The numbers of `USUAL` are means over recorded answers of two small models to tasks of the corpus
and to code-scored ones (`docs/recorded`; tests/benchmarks/forecast_truth.py counts them and says
how well a forecast does on those that they were not taken from). They are by question, not by
model: where a folder holds answers of the very model, `learning.py` puts those in their place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ....agents.llm.prompting.bounds import bare_name

TOKENS_PER_WORD = 1.4
PER_ASSIGNMENT = 52
"""Tokens of one assignment of a plan."""
PER_REQUIREMENT = 20
"""Tokens that a judge writes about each requirement, beside its grades."""
DECLINED = 53
"""Tokens of declining: the reason, and what stands around it."""
FIRST_TOKEN_S, TOKENS_PER_S = 1.0, 60.0
"""A guess at a hosted model's pace; probing it would measure the network."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How one question is answered.

    Attributes:
        declines: Share of answers that decline, 0 to 1.
        beside: Tokens of an answer that takes part, its text or its parts not counted.
        share: Words of its text, of the longest that is asked for, 0 to 1; 0 without a text.
        most_words: Of its text, however much is asked for.
    """

    declines: float
    beside: float
    share: float = 0.0
    most_words: float = 90.0

    def words(self, longest: int) -> int:
        """Words of its text, 1 or more.

        Args:
            longest: That are asked for.
        """
        return max(1, round(min(self.share * longest, self.most_words)))


USUAL: dict[str, Habit] = {
    "contribute": Habit(0.3, 80, 0.3),
    "contribute_answer": Habit(0.3, 80, 0.3),
    "say": Habit(0.3, 54, 0.25),
    "intend": Habit(0.2, 80),
    "plan": Habit(0.1, 30),
    "answer": Habit(0.5, 52),
    "move": Habit(0.0, 52),
    "amend": Habit(0.5, 70),
    "verdict": Habit(0.0, 200),
}
"""By name of the answer's schema."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long calls take.

    Attributes:
        first_s: Seconds before anything else.
        read_s: Seconds for a token of the prompt that was not read before.
        write_s: Seconds for a token of the answer.
        known: Whether it was measured.
    """

    first_s: float = FIRST_TOKEN_S
    read_s: float = 0.0
    write_s: float = 1.0 / TOKENS_PER_S
    known: bool = False

    def seconds(self, tokens_in: float, tokens_out: float) -> float:
        """Of one call.

        Args:
            tokens_in: Of the prompt, not read before.
            tokens_out: Of the answer.
        """
        return self.first_s + tokens_in * self.read_s + tokens_out * self.write_s


@dataclass(frozen=True)
class Habits:
    """What is expected of one model.

    Attributes:
        by_question: By name of the answer's schema, without its bounds.
        declined: Tokens of declining.
        per_assignment: Tokens of one assignment of a plan.
        unseen: Tokens of a prompt that its text doesn't show, as of the schema.
        per_token: Tokens that its provider counts for one that we do.
        calls: For one decision; above 1 where answers had to be asked for again.
        pace: How long calls take.
        answers: From which they were learned; 0 for the usual ones.
    """

    by_question: Mapping[str, Habit] = field(default_factory=lambda: USUAL)
    declined: float = DECLINED
    per_assignment: float = PER_ASSIGNMENT
    unseen: float = 0.0
    per_token: float = 1.0
    calls: float = 1.0
    pace: Pace = Pace()
    answers: int = 0

    def of(self, schema: str) -> Habit:
        """How a question is answered.

        Args:
            schema: Name of the answer's schema, with bounds or without.
        """
        return self.by_question[bare_name(schema)]

    def tokens_in(self, estimated: float) -> float:
        """Tokens of a prompt as the provider counts them.

        Args:
            estimated: As we do.
        """
        return self.unseen + self.per_token * estimated

    def bent(self, declines: float, words: float) -> Habits:
        """Those of a model that takes part less or more often, and writes less or more.

        Args:
            declines: Share that declines to work or to speak, 0 to 1.
            words: Factor of the words written, above 0.
        """
        bent = {
            name: replace(
                habit,
                declines=declines if habit.share else habit.declines,
                share=min(1.0, habit.share * words),
                most_words=habit.most_words * words,
                beside=habit.beside * math.sqrt(words),
            )
            for name, habit in self.by_question.items()
        }
        return replace(self, by_question=bent, declined=self.declined * math.sqrt(words))
