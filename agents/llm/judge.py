"""A judge, or a panel of several, that asks language models.

Each goes through the task's rubric as a checklist, then gives five grades on anchored scales with a
reason for each. An answer that can't be read gives no grades; there is no middle grade by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ...model.engine.event_loop import gather_all
from ...model.judge import CRITERIA, Judge, Submission, Verdict, Vote, undelivered
from ...model.tasks.task import Requirement
from .calling.client import Client
from .calling.prober import Prober
from .exchange import Question, ask
from .models import ModelId
from .parsing.answers import Read, VerdictAnswer, parse
from .parsing.json_objects import UnusableAnswer
from .prompting.composition import Prompt
from .prompting.templates import prompts_id
from .prompting.verdict import CONTEXT_TOKENS, VerdictRequest, compose_verdict
from .request import CallFailed, CallKey
from .usage import UsageTotal

TEMPERATURE = 0.0
FEWEST_TOKENS = 500
"""Of works: a judge that reads less of them grades something else."""
UNMET = {"yes": 0.0, "partly": 0.5, "no": 1.0}
"""Share of a requirement that is unmet, by what a judge says of it."""
NO_GRADES = (None,) * len(CRITERIA)


@dataclass(frozen=True)
class _Ballot:
    """What one judge of the panel gave.

    Attributes:
        vote: Its grades.
        violations: Share of mandatory requirements unmet, 0 to 1; None where it is not known.
        spent: On its calls.
        mended: Places in which its answer had to be put right.
    """

    vote: Vote
    violations: float | None
    spent: UsageTotal
    mended: int = 0


class LanguageModelJudge(Judge):
    """Grades with one model or with several; then each grade is the mean over those that gave one.

    Args:
        models: Which, at least one; each at temperature 0 unless its own id says another.
        client: Calls them.
        prober: Knows what they are capable of.
        run: Which run of a comparison it judges; part of the key of its calls.
    """

    paced = True

    def __init__(
        self, models: Sequence[ModelId], client: Client, prober: Prober, run: str = ""
    ) -> None:
        self.name = ",".join(m.name for m in models)
        self.models = tuple(models)
        self.client = client
        self._prober = prober
        self._run = run

    async def appraise(self, submission: Submission) -> Verdict:
        """Ask every model on the panel, at once.

        Args:
            submission: The works of a tick, without authors.

        Returns:
            Grades None where no judge gave one; the lowest where there is no work.
        """
        if not submission.works:
            return undelivered(submission.task.rubric)
        asked = (self._ask(i, m, submission) for i, m in enumerate(self.models))
        ballots = await gather_all(asked)
        votes = tuple(b.vote for b in ballots)
        if len(votes) == 1:
            grades = dict(zip(CRITERIA, votes[0].grades, strict=True))
            reason = votes[0].reason
        else:
            grades = {c: _mean([v.grades[i] for v in votes]) for i, c in enumerate(CRITERIA)}
            reason = f"means over {sum(v.grades[0] is not None for v in votes)} judges"
        return Verdict(
            **grades,
            violations=_mean([b.violations for b in ballots]),
            reason=reason,
            usage=UsageTotal.concurrent([b.spent for b in ballots]).usage,
            votes=votes if len(votes) > 1 else (),
            prompts=prompts_id(),
            mended=sum(b.mended for b in ballots),
        )

    async def _ask(self, index: int, model: ModelId, submission: Submission) -> _Ballot:
        def prompt(tokens: int) -> Prompt:
            return compose_verdict(VerdictRequest(submission, index, tokens))

        who = f"judge {index}"
        question = Question(
            model=model,
            key=CallKey(self._run, submission.tick, who, submission.seed),
            schema="verdict",
            temperature=TEMPERATURE,
            tokens=CONTEXT_TOKENS,
            compose=prompt,
            parse=_verdict,
            least=FEWEST_TOKENS,
        )
        exchange = await ask(question, self.client, self._prober)
        match exchange.answer:
            case CallFailed() as failed:
                reason = f"no answer: {failed}"
            case UnusableAnswer() as fault:
                reason = f"the verdict could not be used: {fault}"
            case answer:
                assert answer is not None
                grades = tuple(float(g) for g in answer.grades().values())
                reason = " ".join(f"{c}: {getattr(answer, c).reason}" for c in CRITERIA)
                unmet = {check.id: UNMET[check.met] for check in answer.checklist}
                violations = _violations(submission.task.rubric, unmet)
                vote = Vote(model.name, grades, reason)
                return _Ballot(vote, violations, exchange.spent, exchange.mended)
        return _Ballot(Vote(model.name, NO_GRADES, reason), None, exchange.spent)


def _verdict(text: str, cut: bool) -> Read[VerdictAnswer]:
    """The verdict in a text; one without a checklist still grades.

    Raises:
        UnusableAnswer: It breaks the schema, or was cut off.
    """
    read = parse(text, VerdictAnswer, lambda answer: answer, cut=cut)
    without = "checklist" not in read.value.model_fields_set
    return Read(read.value, read.mended + without)


def _violations(rubric: Sequence[Requirement], unmet: dict[str, float]) -> float | None:
    """Share of mandatory requirements unmet; None where there are none, or one wasn't checked."""
    shares = [unmet.get(r.id) for r in rubric if r.mandatory]
    return None if None in shares else _mean(shares)


def _mean(values: Sequence[float | None]) -> float | None:
    """Over those that are known; None where none is."""
    known = [v for v in values if v is not None]
    return fmean(known) if known else None
