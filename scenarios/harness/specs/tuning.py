"""Trials from what users type: `PARAMETER=A/B/…[,measure=quality,every=4,looks=3,alpha=0.05]`."""

from __future__ import annotations

from functools import cache

from ....model.errors import UsageError
from ....model.governance.constitution import Constitution
from ....model.governance.trial import Tuning
from ....model.plugins.grammar import read_options


@cache
def parse_tuning(text: str) -> Tuning | None:
    """A trial; None for an empty text.

    Args:
        text: As users type it.

    Raises:
        UsageError: No values, or an unknown option or value.
    """
    if not text.strip():
        return None
    head, _, options = text.partition(",")
    parameter, equals, values = head.partition("=")
    if not equals or not parameter.strip():
        raise UsageError(f"tune={text!r} is not PARAMETER=A/B; use e.g. batch=1/4")

    def tuning(
        *, measure: str = "quality", every: int = 4, looks: int = 3, alpha: float = 0.05
    ) -> Tuning:
        tried = tuple(v.strip() for v in values.split("/"))
        return Tuning(parameter.strip().replace("-", "_"), tried, measure, every, looks, alpha)

    return tuning(**read_options(f"tune={parameter}", options, tuning))


def constitution_for(tuning: Tuning | None) -> Constitution:
    """The constitution of a run from the command line: nobody is there to approve ring 2.

    Args:
        tuning: The trial under way; None where there is none.
    """
    open_to_trials = () if tuning is None else (tuning.parameter,)
    return Constitution(tunable=frozenset(open_to_trials))
