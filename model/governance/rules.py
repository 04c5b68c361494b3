"""The rules an organization lives by right now, and how they came to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import UnknownNameError, UsageError
from ..metrics.catalogue import of_ticks
from ..metrics.scales import Scales
from ..observation import Charter
from ..protocol import Protocol
from ..randomness import Streams
from .constitution import Constitution, Ring, enact, parameter_of
from .ruling import STAYS, WON, Amendment, Ruling
from .trial import Outcome, Trial, Tuning


class Rules:
    """Charter, scales and protocol in force; the trial under way, if any.

    Args:
        charter: Mission, values and standards at the start.
        scales: Weights of the objective at the start.
        protocol: In force at the start.
        constitution: Who may change what.
        tuning: A trial that begins with the first tick.
        streams: Draws the order of trials.

    Raises:
        UsageError: The protocol has no such parameter, or a value of it is wrong.
    """

    def __init__(
        self,
        charter: Charter,
        scales: Scales,
        protocol: Protocol,
        constitution: Constitution,
        tuning: Tuning | None,
        streams: Streams,
    ) -> None:
        self.charter = charter
        self.scales = scales
        self.protocol = protocol
        self.constitution = constitution
        self.trial: Trial | None = None
        self._streams = streams
        if tuning is not None:
            if tuning.measure not in of_ticks():
                raise UnknownNameError("measure", tuning.measure, of_ticks())
            for value in tuning.values:
                with_parameter(protocol, tuning.parameter, value)
            self.protocol = with_parameter(protocol, tuning.parameter, tuning.values[0])
            self.trial = Trial(tuning, 0, streams)

    def protocol_at(self, tick: int) -> Protocol:
        """What plays a tick: the protocol in force, or the value whose turn it is in a trial."""
        if self.trial is None:
            return self.protocol
        return with_parameter(self.protocol, self.trial.tuning.parameter, self.trial.value_at(tick))

    def rule(self, amendment: Amendment, by: int | None) -> Ruling:
        """Grant or refuse a proposal; what is granted holds from the next tick on."""
        ruling = self.constitution.rule(amendment, by=by, trial_runs=self.trial is not None)
        if ruling.granted and ruling.ring == Ring.PRACTICE:
            try:
                self._trial_of(amendment, 0)
            except UsageError as error:
                return replace(ruling, granted=False, reason=str(error))
        return ruling

    def take_in(
        self, tick: int, measures: Mapping[str, float | None], rulings: tuple[Ruling, ...]
    ) -> Ruling | None:
        """Let a finished tick have its effect.

        Args:
            tick: Which.
            measures: Its measures.
            rulings: Those made in it.

        Returns:
            The trial's ruling, if the tick decided it.
        """
        decided = None
        if self.trial is not None:
            outcome = self.trial.take_in(measures[self.trial.tuning.measure])
            if outcome is not None:
                decided = self._end(self.trial, outcome)
        for ruling in rulings:
            self.charter, self.scales = enact(self.charter, self.scales, ruling)
            starts = ruling.granted and ruling.ring == Ring.PRACTICE and not ruling.ends_trial
            if starts and self.trial is None and decided is None:
                self.trial = self._trial_of(ruling.amendment, tick + 1)
        return decided

    def _end(self, trial: Trial, outcome: Outcome) -> Ruling:
        self.trial = None
        tuning = trial.tuning
        self.protocol = with_parameter(self.protocol, tuning.parameter, outcome.winner)
        changed = outcome.winner != tuning.values[0]
        amendment = Amendment(f"protocol.{tuning.parameter}", outcome.winner, outcome.reason)
        return Ruling(amendment, changed, WON if changed else STAYS, int(Ring.PRACTICE))

    def _trial_of(self, amendment: Amendment, start: int) -> Trial:
        parameter = parameter_of(amendment.article)
        now = self.protocol.parameters.get(parameter)
        with_parameter(self.protocol, parameter, amendment.text)
        return Trial(Tuning(parameter, (str(now), amendment.text.strip())), start, self._streams)


def with_parameter(protocol: Protocol, parameter: str, value: str) -> Protocol:
    """The same protocol with one parameter changed, its value read as the present one's type.

    Raises:
        UsageError: It has no such parameter, or the value is wrong.
    """
    known = protocol.parameters
    if parameter not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(
            f"tune={parameter}: protocol {protocol.name} has no such parameter; it has: {listed}"
        )
    try:
        changed = {**known, parameter: type(known[parameter])(value)}
        made: Protocol = type(protocol)(**changed)
    except UsageError:
        raise
    except (TypeError, ValueError) as error:
        raise UsageError(f"tune={parameter}: value {value!r} is wrong: {error}") from None
    return made
