"""A judge, or a panel of several, that asks language models.

Blind: it gets finished texts without author, role or order; their order is drawn by seed. It goes
through the task's rubric as a checklist, then gives five grades on anchored scales with a reason
for each. An answer that can't be read gives no grades; there is no middle grade by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from string import ascii_uppercase

import numpy as np

from ...model.decision import Usage
from ...model.judge import CRITERIA, Judge, Submission, Verdict, Vote
from ...model.tasks.task import Requirement
from .calling.capabilities import Probes, Takes
from .calling.client import Client
from .calling.gather import all_of
from .calling.request import CallFailed, Mode, Request, Site
from .calling.retry import Clock
from .mind import REPAIRS, Spent
from .models import ModelId
from .parsing.answers import Unusable, VerdictAnswer, parse
from .prompting.composition import Messages, repair, schema_text
from .prompting.templates import prompts_id, quoted, template

CONTEXT_TOKENS = 48_000
FEWEST_TOKENS = 3_000
TEMPERATURE = 0.0
SHORTENED = "\n[… shortened for length]"
UNMET = {"yes": 0.0, "partly": 0.5, "no": 1.0}


class LanguageModelJudge(Judge):
    """Grades with one model or with several; then each grade is the mean over those that gave one.

    Args:
        models: Which, at least one; each at temperature 0.
        client: Calls them.
        probes: Knows what they take.
        run: Which run of a comparison it judges; part of the key of its calls.
    """

    paced = True

    def __init__(
        self, models: Sequence[ModelId], client: Client, probes: Probes, run: str = ""
    ) -> None:
        self.name = ",".join(m.name for m in models)
        self.models = tuple(models)
        self.client = client
        self._probes = probes
        self._run = run

    async def appraise(self, submission: Submission) -> Verdict:
        """Ask every model on the panel, at once."""
        if not submission.works:
            return Verdict(reason="there is no work to grade")
        found = await all_of(self._ask(i, m, submission) for i, m in enumerate(self.models))
        usage = sum_of([spent for _, _, spent in found])
        votes = tuple(vote for vote, _, _ in found)
        if len(votes) == 1:
            grades = dict(zip(CRITERIA, votes[0].grades, strict=True))
            reason = votes[0].reason
        else:
            grades = {c: _mean([v.grades[i] for v in votes]) for i, c in enumerate(CRITERIA)}
            reason = f"means over {sum(v.grades[0] is not None for v in votes)} judges"
        return Verdict(
            **grades,
            violations=_mean([share for _, share, _ in found]),
            reason=reason,
            usage=usage,
            votes=votes if len(votes) > 1 else (),
            prompts=prompts_id(),
        )

    async def _ask(
        self, index: int, model: ModelId, submission: Submission
    ) -> tuple[Vote, float | None, Spent]:
        takes = await self._probes.takes(model)
        tokens, repairs, call = CONTEXT_TOKENS, 0, -1
        asked = messages = question(submission, index, takes.mode, tokens)
        spent = Spent()
        nothing = (None,) * len(CRITERIA)
        clock = Clock(self.client.timeout_s)
        fault = ""
        while repairs <= REPAIRS:
            call += 1
            site = Site(self._run, submission.tick, f"judge {index}", submission.seed, call)
            request = _request(model, messages, takes, submission.seed)
            try:
                answer = await self.client.complete(site, request, model.calls.api_base, clock)
            except CallFailed as failed:
                spent.add_failure(failed)
                if failed.kind == "length" and tokens > FEWEST_TOKENS:
                    tokens //= 2
                    asked = messages = question(submission, index, takes.mode, tokens)
                    continue
                return Vote(model.name, nothing, f"no answer: {failed}"), None, spent
            spent.add(answer)
            try:
                if answer.finish == "length":
                    raise Unusable(f"it was cut off after {model.calls.max_tokens} tokens")
                graded = parse(answer.text, VerdictAnswer)
            except Unusable as error:
                fault = str(error)
                messages = repair(asked, answer.text, fault)
                repairs += 1
                continue
            grades = tuple(float(g) for g in graded.grades().values())
            reason = " ".join(f"{c}: {getattr(graded, c).reason}" for c in CRITERIA)
            met = {check.id: UNMET[check.met] for check in graded.checklist}
            return Vote(model.name, grades, reason), _violations(submission.task.rubric, met), spent
        return Vote(model.name, nothing, f"the verdict could not be used: {fault}"), None, spent


def question(
    submission: Submission, index: int, mode: Mode, tokens: int = CONTEXT_TOKENS
) -> Messages:
    """The prompt for a verdict.

    Args:
        submission: What is judged.
        index: Place on the panel; each judge gets an order of its own.
        mode: Below `JSON_SCHEMA` the schema stands in the prompt.
        tokens: For all works together, four characters to one; each gets an equal part.
    """
    task = submission.task
    order = np.random.default_rng([submission.seed, index]).permutation(len(submission.works))
    room = 4 * tokens // len(submission.works)
    works = [
        f"Work {_letters(place)}:\n{quoted(_within(submission.works[int(i)].text, room))}"
        for place, i in enumerate(order)
    ]
    checklist = "\n".join(f"- [{r.id}] {' '.join(r.text.split())}" for r in task.rubric)
    text = template("judge").substitute(
        mission=submission.mission,
        title=quoted(task.brief.title)[2:],
        task=quoted(task.brief.text),
        works="\n\n".join(works),
        checklist=checklist,
    )
    if mode is not Mode.JSON_SCHEMA:
        text += schema_text("verdict")
    return (("system", template("judge_system").substitute()), ("user", text))


def _request(model: ModelId, messages: Messages, takes: Takes, seed: int) -> Request:
    return Request(
        model.model,
        messages,
        "verdict",
        takes.mode,
        model.calls.max_tokens,
        _temperature(model) if takes.temperature else None,
        seed % 2**31 if takes.seed else None,
    )


def _temperature(model: ModelId) -> float:
    given = model.calls.temperature
    return TEMPERATURE if given is None else given


def _violations(rubric: Sequence[Requirement], unmet: dict[str, float]) -> float | None:
    """Share of mandatory requirements unmet; None where there are none, or one wasn't checked."""
    mandatory = [unmet.get(r.id) for r in rubric if r.mandatory]
    known = [share for share in mandatory if share is not None]
    return fmean(known) if known and len(known) == len(mandatory) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return fmean(known) if known else None


def sum_of(spent: Sequence[Spent]) -> Usage:
    """What several judges cost together; they answer at once, so the slowest counts."""
    whole = Spent(latency_s=max(s.latency_s for s in spent))
    for one in spent:
        whole.join(one)
    return whole.usage


def _within(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[:characters] + SHORTENED


def _letters(place: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    label = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        label = ascii_uppercase[rest] + label
    return label
