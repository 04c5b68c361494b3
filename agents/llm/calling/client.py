"""Calls models: paced, retried, journaled, within the budget, and stopped when it must be.

A call's way: the journal (it may have been made before) → the budget → a slot and the rate's leave
→ sent → the journal → its agent. Whoever waits, wherever, holds no slot. A refusal that teaches
what the model doesn't take is followed by the same question without it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ....model.engine.driver import Limits
from ....model.errors import Halt
from ...local.engine import CONTEXT
from ..billing.bill import NOTHING, Bill, End
from ..billing.price import Price
from ..capabilities.context_length import lasting, window
from ..capabilities.known import Known
from ..capabilities.lessons import Refused, lesson
from ..journal.journal import Journal
from ..journal.rows import Earlier
from ..local_engines import is_local
from ..models import ModelId
from ..pacing.waiting import patience_s
from ..request import CallFailed, CallKey, Completion
from ..responses.speed import Speed
from ..settings import Calls
from ..transport.adapter import Adapter
from ..transport.call_errors import CallError, ErrorKind
from .call import Call
from .hopelessness import Hopelessness
from .notes import Notes
from .retry import Deadline, retrying
from .sender import Answered, Sender

MOST_LESSONS = 12
"""Times a call is put anew for what refusals of it teach."""
TEACHING = frozenset({ErrorKind.PARAMETER, ErrorKind.REQUEST})
PATIENCE = 2.0
"""How many times as long as its longest decision should take a local model is waited for."""
ON_THE_MACHINE = ("local", "limit")
"""Reasons to stop that a trial doesn't turn into a refusal of its model."""


class Client:
    """One command's calls to models. Its coroutines run on the permanent loop.

    Args:
        calls: Settings shared by all models.
        journal: Where calls are kept.
        limits: Deadline of one decision, and requests in flight at once.
        adapter: The way to LiteLLM.

    Attributes:
        known: What each model was found capable of.
        speeds: Of models whose servers say it, by LiteLLM id.
        made: Calls of members so far, those that the journal answers included; of runs that were
            `recalled`, all it has of them from the start.
        most_calls: At which of them everything stops; None for never.
        uncounted: Runs whose calls don't count, as calls name them.
        notes: What a person should be told when all is done, each once, in order.
    """

    def __init__(self, calls: Calls, journal: Journal, limits: Limits, adapter: Adapter) -> None:
        self.calls = calls
        self.limits = limits
        self.adapter = adapter
        self.sender = Sender(calls, journal, limits, adapter)
        self.meter = self.sender.meter
        self.budget = self.sender.budget
        self.switch = self.sender.switch
        self.known = Known(journal)
        self.notes = Notes()
        self.speeds: dict[str, Speed] = {}
        self.made = 0
        self.most_calls: int | None = None
        self.uncounted: set[str] = set()
        self._hopelessness = Hopelessness(patience_s(self.limits.deadline_s))
        self._unfinished: dict[CallKey, Earlier] = {}
        self._recalled: set[CallKey] = set()

    def __deepcopy__(self, memo: dict[int, object]) -> Client:
        """Itself: copies of a team share its budget, its pace and its journal."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """By its settings and its journal; what holds a connection is made anew."""
        return _client, (self.calls, self.journal, self.limits)

    @property
    def journal(self) -> Journal:
        """Where calls are kept."""
        return self.sender.journal

    @property
    def prices(self) -> dict[str, Price]:
        """The prices given, by LiteLLM id; `*` for every other."""
        return self.sender.prices

    @property
    def unpriced(self) -> list[str]:
        """Models met so far whose price nobody knows."""
        return self.sender.unpriced

    @property
    def waits(self) -> list[str]:
        """What calls wait for at providers, and until when, in words; empty while for nothing."""
        return self.sender.waits

    @property
    def halt(self) -> Halt | None:
        """Why nothing more is sent; None while calls may be."""
        return self.switch.halt

    def price(self, model: str, tier: str = "") -> Price | None:
        """A model's price; None where nobody knows it.

        Args:
            model: LiteLLM id.
            tier: The provider's tier of service that is asked for; empty for the usual one.
        """
        return self.sender.price(model, tier)

    def stop(self, halt: Halt, *, at_once: bool = False) -> Halt:
        """Send nothing more: who waits is told so, who is in flight may finish.

        Args:
            halt: Why.
            at_once: Break off what is in flight too.

        Returns:
            The reason that counts: the first.
        """
        return self.switch.stop(halt, at_once=at_once)

    def resume(self) -> None:
        """Send again after a `Halt`, where nothing is left of what it stopped."""
        if self.switch.resume():
            self._hopelessness = Hopelessness(patience_s(self.limits.deadline_s))

    def move_to(self, journal: Journal) -> None:
        """Keep calls in another journal from now on, and copy what is known into it.

        Args:
            journal: What it says was spent counts from now on, too.
        """
        self.budget.spent_usd += journal.spent_usd()
        self.budget.held_usd += journal.held_usd()
        self.known.move_to(journal)
        self.journal.copy_to(journal)
        self.journal.close()
        self.sender.keep_in(journal)

    def close(self) -> None:
        """Close the journal, and put back what calls changed in this process."""
        self.journal.close()
        self.adapter.close()

    async def complete(self, call: Call, deadline: Deadline | None = None) -> Completion:
        """The answer to a call, from the journal or from the model.

        Args:
            call: What is asked, where in the run, of whom; afterwards it says how it was put.
            deadline: Of the decision it is part of; None where it is all of it.

        Raises:
            CallFailed: There is none, in all the time a decision has.
            Halt: The run must stop: nothing more may be sent.
        """
        with self.switch.halting():
            recalled = call.key in self._recalled
            self._recalled.discard(call.key)
            if not recalled:
                self._count(call)
            found = self._found(call)
            if recalled and found is None:  # it is made again
                self._count(call)
        if found is not None:
            self.meter.replayed += 1
            return found
        if self.journal.strict:
            where = f"tick {call.key.tick}, {call.key.who}"
            raise Halt("journal", f"{where}: not in the journal, and a replay sends nothing")
        deadline = deadline if deadline is not None else Deadline(self.limits.deadline_s)
        deadline.begin_call()
        answers = self._hopelessness.answers
        try:
            answered = await self._persist(call, deadline)
        except CallError as error:
            failure = self._given_up(error, call, deadline)
            with self.switch.halting():
                self.journal.keep_failure(call.key, call.request, failure)
            self._stop_if_hopeless(error, call, answers)
            raise failure from None
        except Halt:
            self.journal.continued = True  # who steps again may ask otherwise
            raise
        with self.switch.halting():
            self.journal.keep(call.key, call.request, answered.completion, answered.sent)
        self._unfinished.pop(call.key, None)
        self._hopelessness.answered(call.model.model)
        self.notes.counted(call, answered.sent.bill.tokens.prompt)
        self.meter.answered += not call.trial
        self._learn_speed(call.model, answered.completion.speed)
        return answered.completion

    def _count(self, call: Call) -> None:
        """One more call of a member; where it would be one too many, everybody stops.

        Raises:
            Halt: It would.
        """
        if not call.key.who.startswith("member") or call.key.run in self.uncounted:
            return
        if self.most_calls is not None and self.made >= self.most_calls:
            raise Halt("calls", "no more calls may be made")
        self.made += 1

    def recall(self, runs: Iterable[str]) -> bool:
        """Count what was asked in runs that were cut, before any of them goes on.

        Runs go on side by side. Counted one by one as they are read again, one run's old calls
        would leave room for another's new ones.

        Args:
            runs: As calls name them; each is recalled once.

        Returns:
            Whether the journal has any of their calls.
        """
        found = {key for run in runs for key in self.journal.of_members(run)}
        self.made += len(found - self._recalled)
        self._recalled |= found
        return bool(found)

    def _learn_speed(self, model: ModelId, found: Speed) -> None:
        """Keep the fastest reading, as a prompt that was read before says little, and the last
        writing."""
        before = self.speeds.get(model.model, Speed())
        reads = max(filter(None, (before.reads, found.reads)), default=None)
        self.speeds[model.model] = Speed(reads, found.writes or before.writes)

    def deadline_of(self, model: ModelId) -> Deadline:
        """The deadline of a decision: as set, and never too short for a model on this machine.

        Nobody else makes that one slow, so it is waited for in proportion to the speed it showed.

        Args:
            model: That decides.
        """
        speed = self.speeds.get(model.model, Speed())
        if not is_local(model) or not speed.reads or not speed.writes:
            return Deadline(self.limits.deadline_s)
        longest_s = CONTEXT / speed.reads + model.calls.max_tokens / speed.writes
        return Deadline(max(self.limits.deadline_s, PATIENCE * longest_s), trial=True)

    def _found(self, call: Call) -> Completion | None:
        """The answer from the journal, however the question was put.

        Raises:
            CallFailed: It failed, and isn't made again.
        """
        for capabilities in reversed(self.known.history(call.model.name)):
            digest = call.take(capabilities).request.digest
            if (found := self.journal.find(call.key, digest)) is not None:
                return found
        call.take(self.known.latest(call.model.name))
        return None

    async def _persist(self, call: Call, deadline: Deadline) -> Answered:
        """Try until there is an answer, an error that won't pass, or no time left."""
        earlier = self._unfinished.get(call.key) or self.journal.earlier(call.key)
        call.attempts, call.bills = earlier.attempts, [earlier.bill]

        async def attempt() -> Answered:
            deadline.attempts += 1
            return await self.sender.attempt(call, deadline)

        try:
            for _ in range(MOST_LESSONS):
                try:
                    return await retrying(deadline, self.sender.sleep)(attempt)
                except CallError as error:
                    if not self._learnt(error, call):
                        raise
            raise CallError(ErrorKind.PARAMETER, f"refused in {MOST_LESSONS} forms")
        finally:
            self._unfinished[call.key] = Earlier(call.attempts, Bill.together(call.bills))

    def _learnt(self, error: CallError, call: Call) -> bool:
        """Whether a refusal teaches how to put the question; then it is put anew.

        Another call may have been taught meanwhile.
        """
        name, before = call.model.name, call.request
        latest = self.known.latest(name)
        if error.kind is ErrorKind.TOO_LONG:
            limit = window(str(error)) if lasting(str(error)) else None
            if limit is not None and limit < (latest.context or limit + 1):
                self.known.learn(name, latest.lowered(str(error), context=limit))
                self.notes.taught(call, self.known.latest(name))
            return False
        if error.kind not in TEACHING or error.end is not End.REFUSED:
            return False
        if latest == call.capabilities:
            own = any(option in error.text for option, _ in before.options)
            refused = Refused(before, latest, str(error), error.text)
            found = lesson(refused, guess=call.trial and not own)
            if found is None:
                return False
            self.known.learn(name, found)
            self.notes.taught(call, self.known.latest(name))
        after = call.take(self.known.latest(name)).request
        return after.json != before.json or after.max_field != before.max_field

    def _given_up(self, error: CallError, call: Call, deadline: Deadline) -> CallFailed:
        """A call's last error as the failure of its decision."""
        self.meter.failed += not call.trial
        return CallFailed(
            error.kind.value,
            str(error),
            attempts=call.attempts,
            bill=Bill.together(call.bills),
            latency_s=round(deadline.call_s, 4),
            status=error.status,
        )

    def beside(self, key: CallKey, bills: list[Bill]) -> Bill:
        """What is owed for a decision beside the calls that led to it.

        After a stop a decision may be asked otherwise, since others fared otherwise; what was
        answered before is owed all the same.

        Args:
            key: Of one of its calls.
            bills: Of the calls that led to it.
        """
        if not self.journal.continued:
            return NOTHING
        whole, known = self.journal.billed(key), Bill.together(bills)
        return NOTHING if whole.tokens == known.tokens else whole.less(known)

    def lost(self, call: Call, failed: CallFailed) -> None:
        """A decision was lost as its request is too long and nothing is left to leave out.

        Args:
            call: Its last.
            failed: Why.

        Raises:
            Halt: It is one of many in a row.
        """
        halt = self._hopelessness.refused(call.model.model, str(failed))
        if halt is not None and not self.journal.strict:
            raise self.stop(halt)

    def _stop_if_hopeless(self, error: CallError, call: Call, answers: int) -> None:
        """Stop the run where no decision could fare better.

        Raises:
            Halt: So it is.
        """
        elsewhere = self._hopelessness.answers > answers
        halt = self._hopelessness.halt(error, call.model.model, elsewhere=elsewhere)
        if halt is not None and (not call.trial or halt.reason in ON_THE_MACHINE):
            raise self.stop(halt)


def _client(calls: Calls, journal: Journal, limits: Limits) -> Client:
    """A client that was pickled."""
    return Client(calls, journal, limits, Adapter())
