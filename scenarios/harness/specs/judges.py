"""Judges from what users type: a plug-in with options, one or more model ids, or `none`."""

from __future__ import annotations

from collections.abc import Sequence

from ....agents.llm.local_engines import is_local
from ....agents.llm.models import parse_model, presets
from ....agents.llm.settings import Calls
from ....model.errors import UnknownNameError, UsageError
from ....model.judge import Judge
from ....model.plugins.discovery import Found, discover, instance
from ....model.plugins.grammar import refuse_bare_colon, split_commas
from ....model.plugins.loading import NoSuchModuleError, import_path, load
from .minds import is_called

DEFAULT_JUDGES = ("gpt-5.4", "gpt-4o", "claude-sonnet-4.6")
"""The paper's final and pilot judge, and one more; the first that isn't in the team judges it."""
NONE = "none"


def asks_no_model(judge: str) -> bool:
    """Whether a judge is `none`, a plug-in's or a user's own: no model is called for it.

    Args:
        judge: As users type it.
    """
    known = judge == NONE or judge.partition(":")[0] in discover("judges")
    return known or (import_path(judge) is not None and "," not in judge)


def judge_models(judge: str | None, team: Sequence[str], calls: Calls) -> tuple[str, ...]:
    """The models that judge a team, where models do.

    Where nothing is said, a team of called models is judged by another model than its own: the
    paper's final judge, or its pilot judge. Behind an address of one's own no other is known; a
    team of local models has no judge, so that quality stays unmeasured.

    Args:
        judge: As users type it; None where nothing was said.
        team: The ids of the team's models.
        calls: How models are called.

    Raises:
        UsageError: An unknown name or option, or a judge named twice.
    """
    if judge is not None:
        return () if asks_no_model(judge) else _named(judge, calls)
    called = [parse_model(m, calls) for m in team if is_called(m)]
    if not called:
        return ()
    if calls.api_base is not None:
        return (called[0].name,)
    if all(map(is_local, called)):
        return ()  # who works without a key is asked for none
    acting = {m.model for m in called}
    return (next(j for j in DEFAULT_JUDGES if parse_model(j, calls).model not in acting),)


def _named(judge: str, calls: Calls) -> tuple[str, ...]:
    first, comma, options = judge.partition(",")
    if comma and first.strip() in discover("judges"):
        raise UsageError(
            f"judge={judge!r} has options after a comma; use {first.strip()}:{options.strip()}"
        )
    models = tuple(filter(None, (part.strip() for part in split_commas(judge))))
    for model in models:
        bare = model.partition("?")[0]
        if "/" not in bare and bare not in presets():
            known = [*discover("judges"), NONE, *presets(), "provider/model"]
            raise UnknownNameError("judge", judge, known)
        parse_model(model, calls)
    if len(set(models)) < len(models):
        raise UsageError(f"judge={judge!r} names a judge twice; name each once")
    return models


def check_judge(judge: str | None, calls: Calls) -> None:
    """Refuse a judge that can't be made.

    Args:
        judge: As users type it; None where nothing was said.
        calls: How models are called.

    Raises:
        UsageError: An unknown name or option.
    """
    if judge is not None and not asks_no_model(judge):
        judge_models(judge, (), calls)
    elif judge is not None:
        make_judge(judge)


def make_judge(judge: str | Judge | None) -> Judge | None:
    """A judge that asks no model; the rubric judge where nothing is said.

    Args:
        judge: `NAME:options`, `FILE.py:Class`, `module:Class`, `none`, or one that is made already.

    Raises:
        UsageError: An unknown name or option.
    """
    if judge is None:
        return _made("rubric")
    if isinstance(judge, Judge):
        return judge
    if not isinstance(judge, str):
        raise UsageError(f"judge={judge!r} is neither; use a name or a Judge instance")
    return None if judge == NONE else _made(judge)


def _made(judge: str) -> Judge:
    name, _, options = judge.partition(":")
    known = discover("judges")
    if name in known:
        refuse_bare_colon("judge", judge)
        made: Judge = known[name](options)
        return made
    path = import_path(judge)
    try:
        if path is None:
            raise NoSuchModuleError
        plugin = load("judge", path)
    except NoSuchModuleError:
        raise UnknownNameError("judge", judge, [*known, NONE]) from None
    found = Found(plugin, f"{path.home}:{path.name}", path.options)
    return instance(found, "judge", Judge)  # type: ignore[type-abstract]
