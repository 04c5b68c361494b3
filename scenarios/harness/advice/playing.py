"""Plays a race seed by seed until it is decided, or a budget is spent, and reads one again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ....model.errors import UsageError
from ..build.from_config import organization_of
from ..config.advice import AdviceConfig
from ..config.groups import Execution
from ..exits import Exit, exit_of, going_on
from ..folders.folder import Archive, Folder
from ..format import counted
from ..results.run_result import RunResult
from ..runs.interrupts import graceful
from ..runs.keys import calls_key
from ..runs.many import check_buildable
from ..runs.reporter import Counted, Reporter
from ..runs.session import Session, folder_path
from ..runs.sweep import play_jobs
from ..specs.minds import is_called
from .advice import Advice
from .course import Course, arm_of, calls_of, cost_usd, is_counted, most_calls
from .race import FEWEST
from .remarks import left_out_lines
from .words import Voice


class _OverError(Exception):
    """A race is over before it is decided."""

    def __init__(self, ending: Exit, cause: str) -> None:
        super().__init__(cause)
        self.ending = ending


def play_advice(config: AdviceConfig, execution: Execution, reporter: Reporter) -> Advice:
    """Race the arms, or go on with a race that was stopped.

    Args:
        config: What is asked for.
        execution: Folder, consent and failures.
        reporter: Hears what goes on.

    Raises:
        UsageError: Nothing can be raced, or the folder is another command's.
    """
    config = playable(config)
    for line in left_out_lines(config.left_out):
        reporter.warn(line)
    check_buildable(config, reporter)
    path = folder_path(config, execution)
    with Session(config, path, reporter, lambda folder: _is_over(config, folder)) as session:
        course = Course(config)
        _check_prices(config, session)
        ending, cause = _play(course, session, execution)
        if session.service is not None:
            course.count_cut(session.service.client.journal.took)
        session.tell()
        spending = session.spent()
    most = math.inf if execution.max_failures is None else execution.max_failures
    failed = sum(r.failures for r in course.results.values())
    if ending is Exit.DONE and (failed > most or course.hopeless):
        ending = Exit.FAILURES
    return Advice(course, ending, cause, path, spending)


def _is_over(config: AdviceConfig, folder: Folder) -> bool:
    """Whether a folder's runs decide a race."""
    course, kept = Course(config), folder.results()
    while due := course.race.due():
        jobs = course.jobs(due)
        if not kept.keys() >= jobs.keys():
            return False
        course.take(due, kept)
    return True


def _check_prices(config: AdviceConfig, session: Session) -> None:
    """Refuse to weigh dollars that nobody knows, before any is spent."""
    if not config.design.per_dollar or session.service is None:
        return
    from ....agents.llm.models import parse_model

    for run in config.arms:
        for model in filter(is_called, run.acting):
            price = session.service.client.price(parse_model(model, run.calls).model)
            if price is None or not (price.usd_in or price.usd_out):
                raise UsageError(
                    f"per_dollar: nobody knows what {model} costs; use --price IN,OUT, above 0"
                )


def playable(config: AdviceConfig) -> AdviceConfig:
    """The same, without the arms that can't be built.

    Args:
        config: What is asked for.

    Raises:
        UsageError: None but solo is left.
    """
    unplayable: dict[int, str] = {}
    for place, run in zip(config.places, config.arms, strict=True):
        if run.keeps_answers:  # built when models are reached; a network costs nothing to try
            run = run.replace(model="synthetic/medium", judge="none")
        try:
            organization_of(run)
        except UsageError as error:
            unplayable[place] = str(error)
    return replace(config, unplayable=unplayable) if unplayable else config


def _play(course: Course, session: Session, execution: Execution) -> tuple[Exit, str]:
    """Play until it is over; how it ended, and why where it isn't decided."""
    reporter, service = session.reporter, session.service
    kept = session.folder.results() if session.folder is not None else {}
    first = [job.config for job in course.jobs(course.race.due()).values()]
    opening = [run.replace(seed=run.tasks.seed + k) for k in range(FEWEST) for run in first]
    session.agree([(run, run.tasks.ticks) for run in opening], yes=execution.yes)
    try:
        with reporter.runs(service) as watch, graceful(service, reporter.note):
            while due := course.race.due():
                _seed(course, session, _Turn(due, kept, execution.executor), watch)
    except _OverError as over:
        ending, cause = over.ending, str(over)
    except KeyboardInterrupt:
        ending, cause = Exit.INTERRUPTED, "interrupted"
    else:
        return Exit.DONE, ""
    if ending is Exit.INTERRUPTED:
        count = len(session.folder.finished()) if session.folder is not None else 0
        reporter.note(f"interrupted with {counted(count, 'run')} kept; the same command continues")
    return ending, cause


class _Turn(NamedTuple):
    """The arms that are due, what is kept of earlier commands, and where runs are played."""

    due: list[int]
    kept: Mapping[str, RunResult]
    executor: str

    @property
    def workers(self) -> int | None:
        """Instant runs of one seed are too few to start processes for, unless they are asked
        for."""
        return 1 if self.executor == "processes" else None


def _seed(course: Course, session: Session, turn: _Turn, watch: Counted) -> None:
    """Play one seed of the arms that are due; what was played before is taken as it is."""
    due, kept, executor = turn
    jobs = course.jobs(due)
    results = {key: kept[key] for key in jobs if key in kept}
    todo = {key: job for key, job in jobs.items() if key not in kept}
    if todo:  # what is there is taken as it is, whatever may be spent now
        _limit_calls(course, session, turn)
    service = session.service
    done = len(course.results)
    watch(done + len(results), done + len(jobs))
    workers = turn.workers if service is None else None
    for key, result in play_jobs(todo, service, workers, executor):
        results[key] = result
        if service is not None:
            _keep(session, key, result)
            watch(done + sum(r.whole for r in results.values()), done + len(jobs))
    if service is None and todo:
        _check_calls(course, results)
        _check_modelled(course, results)
        for key in todo:
            _keep(session, key, results[key])
        watch(done + len(jobs), done + len(jobs))
    whole = course.take(due, results)
    for arm in due:
        if arm in course.broken:
            named = Voice().arm(arm_of(course.config.arms[arm]))
            session.reporter.warn(f"left out from now on: {named}: {course.broken[arm]}")
    if not whole:
        raise _stopped(course, session)


def _keep(session: Session, key: str, result: RunResult) -> None:
    if session.folder is not None and result.whole:
        session.folder.keep_result(key, result)


def _stopped(course: Course, session: Session) -> _OverError:
    """Why some runs were not played to their end."""
    client = session.service.client if session.service is not None else None
    halt = client.halt if client is not None else None
    most = course.config.design.max_calls
    if halt is not None and most is not None and halt.reason == "calls":
        if not course.uncounted:
            return _OverError(Exit.BUDGET, _used_up(most, most))
        said = "all are made, or set aside for minds that can't be stopped at the last"
        return _OverError(
            Exit.BUDGET, f"max_calls={most}: {said}; the same command with more continues"
        )
    if halt is None:
        return _OverError(Exit.USAGE, "runs were stopped; the same command continues")
    return _OverError(exit_of(halt), going_on(halt))


def _limit_calls(course: Course, session: Session, turn: _Turn) -> None:
    """Let the next seed make as many calls as are left; a called model is stopped at the last.

    Calls of other minds can't be stopped there, so that as many as they may make are set aside.
    """
    most, service = course.config.design.max_calls, session.service
    if most is None or service is None:
        return
    earlier = calls_of(result.row for result in turn.kept.values())
    others = {key: r for key, r in course.results.items() if key not in turn.kept}
    jobs = course.jobs(turn.due)
    left = most - earlier
    left -= calls_of(r.row for key, r in others.items() if key in course.uncounted)
    uncounted = {key: job for key, job in jobs.items() if not is_counted(job.config)}
    begun = [calls_key(j.config) for k, j in jobs.items() if k not in {*turn.kept, *uncounted}]
    recalled = service.client.recall(begun)
    course.uncounted |= uncounted.keys()
    service.client.uncounted |= {calls_key(job.config) for job in uncounted.values()}
    made = service.client.made
    done = most - left + made
    aside = sum(most_calls(job.config) for key, job in uncounted.items() if key not in turn.kept)
    left -= aside
    service.client.most_calls = left
    if left < made + (bool(begun) and not recalled):
        raise _OverError(Exit.BUDGET, _used_up(most, done, aside))


def _used_up(most: int, made: int, aside: int = 0) -> str:
    """What is used up, where the next seed may take more than is left."""
    more = f", and the next seed may take {aside}" if aside else ""
    return f"max_calls={most}: {made} are made{more}; the same command with more continues"


def _check_calls(course: Course, results: Mapping[str, RunResult]) -> None:
    """Stop where minds of this process would make too many calls; that seed is taken back."""
    most = course.config.design.max_calls
    if most is None:
        return
    more = calls_of(result.row for result in results.values())
    if course.calls + more > most:
        raise _OverError(
            Exit.BUDGET,
            f"max_calls={most}: {course.calls} are made, and the next seed takes {more}; "
            "the same command with more continues",
        )


def _check_modelled(course: Course, results: Mapping[str, RunResult]) -> None:
    """Stop where modelled money would be overspent; the seed that would do it is taken back."""
    budget = course.config.base.calls.budget_usd
    if budget is None:
        return
    spent = course.cost_usd or 0.0
    more = cost_usd(r.row for r in results.values() if r.row is not None) or 0.0
    if spent + more > budget:
        raise _OverError(
            Exit.BUDGET,
            f"budget={budget:g}: {spent:.4f} US dollars are spent, and the next seed costs "
            f"{more:.4f}; the same command with a higher --budget continues",
        )


def advice_of(folder: Archive, config: AdviceConfig) -> Advice:
    """The advice of a folder; nothing is played.

    Args:
        folder: Open for reading.
        config: What it holds.

    Raises:
        UsageError: Nothing is finished.
    """
    kept = folder.results()
    if not kept:
        raise folder.nothing("run")
    course = Course(playable(config))
    last = max(r.row["seed"] for r in kept.values() if r.row is not None)
    ending = Exit.DONE
    while due := course.race.due():
        there = {key: kept[key] for key in course.jobs(due) if key in kept}
        if not there:
            ending = Exit.INTERRUPTED
            course.cut |= {calls_key(job.config) for job in course.jobs(due).values()}
            break
        lost = [a for a in due if not any(k in there for k in course.jobs([a]))]
        went_on = config.base.tasks.seed + course.race.seeds < last
        if went_on:  # without these
            there |= dict.fromkeys(course.jobs(lost), _BROKE)
        if not course.take(due, there) and not went_on:
            ending = Exit.INTERRUPTED
            break
    course.count_cut(folder.took)
    most, cause = config.design.max_calls, ""
    if ending is Exit.INTERRUPTED and most is not None and course.calls >= most:
        ending, cause = Exit.BUDGET, _used_up(most, course.calls)
    return Advice(course, ending, cause, Path(folder.folder))


_BROKE = RunResult(error="it broke while it was played")
