"""The page of a run: what was played, what happened, and each measure's mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from ....agents.llm.models import parse_model
from ....agents.llm.settings import TEMPERATURE
from ....model.record import TickRecord
from ..api.run import Run
from ..config.identity import to_json
from ..config.run import RunConfig
from ..format import UNKNOWN, counted, plain
from ..results.deafened import HEAD as DEAFENED_HEAD
from ..results.deafened import TITLE as DEAFENED
from ..results.deafened import deafened_lines, deafened_table
from ..results.emergence import HEAD as EMERGENCE_HEAD
from ..results.emergence import TITLE as EMERGENCE
from ..results.emergence import emergence_lines, emergence_table
from ..specs.minds import is_called
from ..terminal.tables import agreement_line, run_rows, undelivered_on
from ..transcripts.html import TickShown, shown
from .citation import bibtex, played_of
from .page import Page

MOST_TURNS = 400
"""Decisions whose words are on a page."""
MEANS_HEAD = ["measure", "mean", "sd over ticks", "unit"]
CAPTIONS = {
    "team": "The team on its last task: who contributed, who declined, who built on whom.",
    "roles": "Roles by agent and task.",
    "measures": "Measures task by task.",
    "reach": "How far each private part travelled: the share of others that had seen it.",
}


def run_page(run: Run, pictures: Mapping[str, Path]) -> Page:
    """The page of a run.

    Args:
        run: With at least one tick.
        pictures: PNG files by the names of `CAPTIONS`.
    """
    config, records, outlines = run.config, run.records, run.outlines
    labels = config.team.labels
    judged = [agreement_line(outlines)] if any(r.verdict.votes for r in outlines) else []
    last = [
        [str(m.member), m.state.value, plain(m.role or m.note), ", ".join(map(str, m.builds_on))]
        for m in records[-1].members
    ]
    played = played_of(config, run.folder)
    over = f"{len(records)} ticks over {len({r.task_id for r in outlines})} different tasks"
    over += undelivered_on(run.measured)
    ticks = shown_ticks(run)
    return Page(
        title=f"{labels['protocol']}, {labels['agents']} agents, {labels['model']}",
        lead=f"{over} on a {labels['topology']} network, seed {config.tasks.seed}."
        + _asked(config, records),
        config=to_json(config),
        synthetic=config.synthetic,
        headline=run.headline,
        kind="Run",
        on=played.day,
        citation=bibtex(played),
        ticks=ticks,
        told=_told(run, len(ticks)),
        called=bool(config.called),
        sentences=[
            *run.judging,
            *run.events(),
            *judged,
            *deafened_lines(run.deafened),
            *emergence_lines(run.emergent),
        ],
        pictures={path: CAPTIONS[name] for name, path in pictures.items()},
        tables=[
            ("Means over ticks", MEANS_HEAD, run_rows(records, run.measured)),
            (
                f"Last task: {records[-1].task_id}",
                ["agent", "state", "role, or why not", "built on"],
                last,
            ),
            *([(DEAFENED, DEAFENED_HEAD, deafened_table(run.deafened))] if run.deafened else []),
            (EMERGENCE, EMERGENCE_HEAD, emergence_table(run.emergent)),
        ],
    )


def shown_ticks(run: Run) -> list[TickShown]:
    """Ticks with their words, the last one unfolded; of a long run or a large team the last ones.

    Args:
        run: With at least one tick.
    """
    left, chosen = MOST_TURNS, 0
    for record in reversed(run.records):
        left -= sum(len(m.turns) for m in record.members)
        if left < 0 and chosen:
            break
        chosen += 1
    told = list(run.each_told(-chosen))
    return [shown(t, unfolded=t is told[-1]) for t in told]


def _told(run: Run, ticks: int) -> str:
    n = counted(ticks, "tick")
    if run.folder is None:
        return f"The words of {n}."
    return f"The words of {n}; in the terminal: unscripted show {run.folder}"


def _asked(config: RunConfig, records: Sequence[TickRecord]) -> str:
    """Where models were called: which, how, and in which words."""
    if not config.called:
        return ""
    prompts = {t.trace.prompts for r in records for m in r.members for t in m.turns if t.trace}
    costs = [r.verdict.usage.cost_usd for r in records if r.verdict.usage.calls]
    known = [c for c in costs if c is not None]
    cost = f"${math.fsum(known):.4f}" if len(known) == len(costs) else "an unknown sum"
    judged = f", which cost {cost}" if costs else ""
    return f" {how_called(config)}{judged}; prompts {', '.join(sorted(prompts)) or UNKNOWN}."


def how_called(config: RunConfig) -> str:
    """Which models were called and how, in words.

    Args:
        config: Of a run that calls any.
    """
    agents = [parse_model(m, config.calls) for m in config.team.models if is_called(m)]
    warmth = {m.calls.temperature for m in agents}
    said = ", ".join(f"{TEMPERATURE if t is None else t:g}" for t in warmth) or UNKNOWN
    judges = ", ".join(config.judges) or config.tasks.labels["judge"]
    return f"Agents at temperature {said} where their model takes one; judged by {judges}"
