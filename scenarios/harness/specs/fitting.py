"""Which parameters synthetic minds and their judge have, from what users type.

parameters   fitted | ensemble
"""

from __future__ import annotations

from ....agents.rubric import SEVERITY, Rubric
from ....agents.synthetic.ensemble import ParameterSet, set_of
from ....agents.synthetic.mind import Synthetic
from ....model.errors import UnknownNameError
from ....model.judge import Judge
from ....model.mind import Mind

PARAMETERS = ("fitted", "ensemble")


class Fitting:
    """Puts minds and judges under one set of parameters; those that are not synthetic stay.

    Args:
        chosen: The set; None leaves everything as it ships.
    """

    def __init__(self, chosen: ParameterSet | None) -> None:
        self._chosen = chosen
        self._made: dict[int, Synthetic] = {}

    def mind(self, mind: Mind) -> Mind:
        """A mind under the set; equal ones stay one.

        Args:
            mind: Of any kind.
        """
        if self._chosen is None or type(mind) is not Synthetic:
            return mind
        if id(mind) not in self._made:
            self._made[id(mind)] = self._chosen.mind(mind)
        return self._made[id(mind)]

    def judge(self, judge: Judge | None) -> Judge | None:
        """A judge under the set, where its severity is a fitted one.

        Args:
            judge: Of any kind.
        """
        if self._chosen is None or type(judge) is not Rubric:
            return judge
        fitted = {value: self._chosen.severity.get(name, value) for name, value in SEVERITY.items()}
        severity = fitted.get(judge.severity, judge.severity)
        return Rubric(
            severity=severity, noise=judge.noise, repetition=judge.repetition, name=judge.name
        )


def check_parameters(word: str) -> None:
    """Refuse an unknown word.

    Args:
        word: As users type it.

    Raises:
        UnknownNameError: It is none of `PARAMETERS`.
    """
    if word not in PARAMETERS:
        raise UnknownNameError("parameters", word, PARAMETERS)


def parse_parameters(word: str, seed: int) -> Fitting:
    """What a run's minds and judge are put under.

    Args:
        word: One of `PARAMETERS`.
        seed: Of the run, which chooses the set of an ensemble.

    Raises:
        UnknownNameError: It is none of them.
    """
    check_parameters(word)
    return Fitting(set_of(seed) if word == "ensemble" else None)
