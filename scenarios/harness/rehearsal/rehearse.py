"""A team's tasks played by minds with the habits of models, while real prompts are measured.

Whether a member takes part and how much it writes is drawn by its model's habits
(`habits.py`); whom a plan names and where a move goes is a synthetic mind's choice. For every
decision the real prompt is written. So a rehearsal knows the tasks, the protocol, the network and
the growth of the context, and guesses only what models do. Shocks and trials are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....agents.llm.local_engines import is_local
from ....agents.llm.local_models import MOST_WORDS
from ....agents.llm.models import ModelId, parse_model
from ....agents.llm.prompting.composition import compose, schema_name_of
from ....agents.llm.prompting.verdict import VerdictRequest, compose_verdict
from ....model.decision import (
    Abstention,
    Act,
    Answer,
    Contribution,
    FinalAnswer,
    Intention,
    Plan,
    Reply,
    Saying,
    Usage,
)
from ....model.ground_truth.values import Value
from ....model.judge import Judge, Submission, Verdict
from ....model.mind import Mind
from ....model.observation import Observation
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..specs.minds import is_called, keeps_answers, own_mind, parse_team
from .habits import PER_REQUIREMENT, TOKENS_PER_WORD
from .tally import Expectations, Tally, Used

REHEARSED_BY = "synthetic/strong"
DECISIONS = 96
"""Of each kind of run that are rehearsed, about; one task of one run at least."""
SEEDS = 2.0**64


def stand_in(mind: Mind) -> Mind:
    """What rehearses for a mind that isn't called: itself, unless it may cost something.

    Args:
        mind: Of a family, or a user's own.
    """
    return own_mind(REHEARSED_BY) if keeps_answers([mind]) else mind


class _Rehearsing(Mind):
    """Decides by a model's habits and measures the prompt that it would get."""

    instant = True

    def __init__(self, model: ModelId, tally: Tally) -> None:
        self._inner = own_mind(REHEARSED_BY)
        self.world = self._inner.world
        self.name = model.name
        self._model = model
        self._habits = tally.expected.of(model.model)
        self._tally = tally

    def decide(self, observation: Observation) -> Answer:
        calls = self._model.calls
        longest = min(calls.max_words, MOST_WORDS) if is_local(self._model) else calls.max_words
        prompt = compose(observation, context_tokens=calls.context_tokens, max_words=longest)
        said, tokens_out = self._said(observation, longest)
        tokens_out = min(tokens_out, calls.max_tokens)
        schema = schema_name_of(observation)
        tokens_in, seconds = self._tally.add(self._model, prompt.messages, schema, tokens_out)
        usage = Usage(1, round(tokens_in), round(tokens_out), None, seconds)
        return Answer(said, usage)

    def _said(self, observation: Observation, longest: int) -> tuple[Reply, float]:
        """A reply as the habits have it, and its tokens."""
        habits = self._habits
        habit = habits.of(schema_name_of(observation))
        if observation.seed / SEEDS < habit.declines:
            return Abstention("word " * 24), habits.declined
        inner = self._inner.decide(observation)
        assert isinstance(inner, Answer)
        words = habit.words(longest) if habit.share else 0
        said = _taking_part(inner.reply, observation, "word " * words)
        tokens = habit.beside + TOKENS_PER_WORD * words
        if isinstance(said, Plan):
            tokens += habits.per_assignment * len(said.assignments)
        return said, tokens


def _taking_part(reply: object, observation: Observation, text: str) -> Reply:
    """A reply that takes part, with a text as long as expected."""
    match observation.act:
        case Act.CONTRIBUTE:
            done = reply if isinstance(reply, Contribution) else Contribution("contributor", "")
            return replace(done, work=text, answer=_some_answer(observation))
        case Act.SAY:
            return Saying(text, reply.to if isinstance(reply, Saying) else ())
        case Act.INTEND if not isinstance(reply, Intention):
            return Intention("contributor", ("part of the task",))
        case Act.ANSWER:
            value = _some_answer(observation)
            return FinalAnswer(value) if value is not None else Abstention("no answer")
    assert isinstance(reply, Reply)
    return reply


def _some_answer(observation: Observation) -> Value | None:
    """Any answer of the form asked for; none where no answer is."""
    form = observation.form
    if form is None:
        return None
    tried = (*form.text_schema.get("enum", ()), getattr(form, "low", 0), "0", "word")
    return next((value for given in tried if (value := form.read(given)) is not None), None)


class _RehearsingJudge(Judge):
    """Measures the prompts of a panel."""

    instant = True

    def __init__(self, models: Sequence[ModelId], tally: Tally) -> None:
        self._models = models
        self._tally = tally

    def appraise(self, submission: Submission) -> Verdict:
        for i, model in enumerate(self._models if submission.works else ()):
            prompt = compose_verdict(VerdictRequest(submission, i))
            graded = self._tally.expected.of(model.model).of("verdict").beside
            tokens_out = graded + PER_REQUIREMENT * len(submission.task.rubric)
            self._tally.add(model, prompt.messages, "verdict", tokens_out)
        return Verdict()


@dataclass(frozen=True)
class Rehearsed:
    """What one run takes, on average over those rehearsed.

    Attributes:
        used: By LiteLLM id.
        path_s: Seconds of the calls that wait for each other.
        busy_s: Seconds of all calls together.
        here_s: Seconds that the cores of this machine are busy for.
    """

    used: dict[str, Used]
    path_s: float
    busy_s: float
    here_s: float


def rehearse(
    runs: Sequence[RunConfig], ticks: int, expected: Expectations | None = None, most: int = 0
) -> Rehearsed:
    """Play some runs by habit; what one takes on average.

    Args:
        runs: One at least, alike but for their seeds; the first ones are played.
        ticks: Of each, 1 or more; of longer runs the first ones are, and the rest is like them.
        expected: Of the models.
        most: Decisions that are played, about; 0 for the usual number.
    """
    tally = Tally(expected)
    decisions = most or DECISIONS
    played = max(1, min(ticks, decisions // runs[0].team.agents))
    chosen = runs[: max(1, decisions // (played * runs[0].team.agents))]
    path_s = math.fsum(_play(run, played, tally) for run in chosen)
    share = len(chosen) * played / ticks
    return Rehearsed(
        {name: used.over(share) for name, used in tally.used.items()},
        path_s / share,
        tally.busy_s / share,
        tally.here_s / share,
    )


def _play(run: RunConfig, ticks: int, tally: Tally) -> float:
    """Play the first ticks of a run; the seconds of calls that wait for each other."""
    run = run.replace(ticks=ticks, shock="", tune="", budget=None)
    judges = [parse_model(j, run.calls) for j in run.judges]
    org = organization_of(
        run,
        minds=_minds(run, tally),
        judge=_RehearsingJudge(judges, tally) if judges else "none",
    )
    return math.fsum(record.totals.critical_path_s for record in org.run(ticks))


def _minds(config: RunConfig, tally: Tally) -> list[Mind]:
    """The members' minds: called ones by their habits, others as they are."""
    calls, team = config.calls, config.team
    if isinstance(team.model, Mind):
        return [stand_in(team.model)] * team.agents
    if not isinstance(team.model, str):
        return [stand_in(mind) for mind in team.model]
    made: dict[str, Mind] = {
        name: _Rehearsing(parse_model(name, calls), tally)
        if is_called(name)
        else stand_in(own_mind(name))
        for name in team.models
    }
    parts = parse_team(team.model, team.agents)
    return [made[part.model] for part in parts for _ in range(part.members)]
