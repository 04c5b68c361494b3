"""The rules an organization lives by right now, and how they came to be changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ..errors import UnknownNameError, UsageError
from ..metrics.scales import Scales
from ..observation import Charter
from ..protocol import Protocol
from ..randomness import Streams
from ..ruling import STAYS, WON, Amendment, Ruling
from .constitution import Constitution, Ring, enact, parameter_of
from .trial import Trial, TrialResult, Tuning


@dataclass(frozen=True)
class InForce:
    """What holds right now.

    Attributes:
        charter: Mission, values and standards.
        scales: Weights of the objective, references of the balance index.
        protocol: What coordinates; in a trial, with the parameter's value in force.
    """

    charter: Charter
    scales: Scales
    protocol: Protocol


class Rules:
    """What is in force, who may change it, and the trial under way, if any.

    Args:
        in_force: At the start.
        constitution: Who may change what.
        streams: Draws the order of trials.
    """

    def __init__(self, in_force: InForce, constitution: Constitution, streams: Streams) -> None:
        self.in_force = in_force
        self.constitution = constitution
        self.trial: Trial | None = None
        self._streams = streams

    def begin(self, tuning: Tuning, measures: Collection[str]) -> None:
        """Begin a trial with the first tick; its first value is in force from now on.

        Args:
            tuning: What is tried, and when to stop.
            measures: Names of those that can decide.

        Raises:
            UsageError: The protocol has no such parameter, a value of it is wrong, or there is no
                such measure.
        """
        if tuning.measure not in measures:
            raise UnknownNameError("measure", tuning.measure, measures)
        protocol = self.in_force.protocol
        for value in tuning.values:
            with_parameter(protocol, tuning.parameter, value)
        self._adopt(tuning.parameter, tuning.values[0])
        self.trial = Trial(tuning, 0, self._streams)

    def restate(self, charter: Charter) -> None:
        """Put another charter in force, from outside.

        Args:
            charter: From now on.
        """
        self.in_force = replace(self.in_force, charter=charter)

    def _adopt(self, parameter: str, value: str) -> None:
        protocol = with_parameter(self.in_force.protocol, parameter, value)
        self.in_force = replace(self.in_force, protocol=protocol)

    def protocol_at(self, tick: int) -> Protocol:
        """What plays a tick: the protocol in force, or the value whose turn it is in a trial.

        Args:
            tick: From 0.
        """
        protocol, trial = self.in_force.protocol, self.trial
        if trial is None:
            return protocol
        return with_parameter(protocol, trial.tuning.parameter, trial.value_at(tick))

    def rule(self, amendment: Amendment, by: int | None) -> Ruling:
        """Grant or refuse a proposal; what is granted holds from the next tick on.

        Args:
            amendment: What is proposed.
            by: The member that proposes it; None for a protocol or a user.
        """
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
            result = self.trial.take_in(measures[self.trial.tuning.measure])
            if result is not None:
                decided = self._end(self.trial, result)
        for ruling in rulings:
            charter, scales = enact(self.in_force.charter, self.in_force.scales, ruling)
            self.in_force = replace(self.in_force, charter=charter, scales=scales)
            starts = ruling.granted and ruling.ring == Ring.PRACTICE and not ruling.ends_trial
            if starts and self.trial is None and decided is None:
                self.trial = self._trial_of(ruling.amendment, tick + 1)
        return decided

    def _end(self, trial: Trial, result: TrialResult) -> Ruling:
        self.trial = None
        tuning = trial.tuning
        self._adopt(tuning.parameter, result.winner)
        changed = result.winner != tuning.values[0]
        amendment = Amendment(f"protocol.{tuning.parameter}", result.winner, result.reason)
        reason = WON if changed else STAYS
        return Ruling(amendment, changed, reason, int(Ring.PRACTICE))

    def _trial_of(self, amendment: Amendment, start: int) -> Trial:
        parameter = parameter_of(amendment.article)
        protocol = self.in_force.protocol
        now = protocol.parameters.get(parameter)
        with_parameter(protocol, parameter, amendment.text)
        return Trial(Tuning(parameter, (str(now), amendment.text.strip())), start, self._streams)


def with_parameter(protocol: Protocol, parameter: str, value: str) -> Protocol:
    """The same protocol with one parameter changed, its value read as the present one's type.

    Args:
        protocol: As it is.
        parameter: Its name.
        value: The new value, as users type it.

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
