"""Why what is not fitted has the value it has: twelve figures bear twenty numbers at most.

Fitted is what the figures depend on most (Morris' screening, `sensitivity`) and what no argument
gives. Everything else is here with its reason. No value was chosen for what a prediction says; for
`coupling.conflict` that must be taken on trust, since it was known that the teams of an earlier
version came out too good on L4.
"""

from __future__ import annotations

INSENSITIVE = "the figures hardly move over its range; rounded from an earlier fit"

FIXED: dict[str, str] = {
    "attention.span": "more than anybody posts in a team of 32",
    "attention.dilution": INSENSITIVE,
    "noticing.reasoning": "with the base it makes full reasoning notice nearly everything stated",
    "noticing.hidden": INSENSITIVE,
    "noticing.again": "half: bears on one mind working again and again, of which nothing is known",
    "noticing.consequence": INSENSITIVE,
    "skill.difficulty": "sets the scale on which skill is measured",
    "skill.practice": "bears on growing skills, of which nothing is published",
    "estimate.noise": INSENSITIVE,
    "estimate.swing": INSENSITIVE,
    "estimate.reading": "half a step of a four-point scale is a sixth of the range",
    "choice.noise": "sets the scale on which preferences are measured",
    "choice.slip": INSENSITIVE,
    "choice.capacity": "two to an agent: eight agents can then just cover a task of L3",
    "choice.yielding": INSENSITIVE,
    "choice.crowding": INSENSITIVE,
    "choice.deference": INSENSITIVE,
    "work.off_role": "bears on given roles, of which no figure is given; free, it sets a sign",
    "work.overload": "small, as two requirements are no great load",
    "work.sloppiness": "half of all work where instructions are not followed at all",
    "work.slip": INSENSITIVE,
    "work.noise": INSENSITIVE,
    "work.revision": "a quarter: an edit keeps most of a text",
    "coupling.dependence": "nearly all: who needs a result can do little without any",
    "coupling.uptake": "low enough for the flat hierarchies that are published",
    "coupling.conflict": "half: one side of two that ask for opposite things is served",
    "coupling.reconciling": INSENSITIVE,
}
"""Parameters of the world that are set, by name."""
FIXED_FACULTIES = "0.9 for the named models: no figure tells it from the other two faculties"
"""Instruction following; the three faculties of strong, medium and weak were chosen by hand."""
FIXED_REPETITION = "half of what is left of coherence: no figure bears on it"
