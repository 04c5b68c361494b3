"""One self-contained HTML page per folder: configuration, figures, tables, and what they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ....agents.llm.models import parse_model
from ....agents.llm.settings import TEMPERATURE
from ....model.record import TickRecord
from ..build.organization import is_family, judge_models
from ..config.run import RunConfig, SweepConfig, to_json
from ..format import SYNTHETIC, number, plain, with_interval
from ..results import labels
from ..results.chronicle import chronicle
from ..results.emergence import HEAD as EMERGENCE_HEAD
from ..results.emergence import TITLE as EMERGENCE
from ..results.emergence import emergence_lines, emergence_of, emergence_table
from ..results.rows import measured
from ..runs.folder import write_text
from ..runs.matching import HEAD as MATCH_HEAD
from ..runs.matching import TITLE as MATCH
from ..runs.matching import match_rows
from ..statistics.analysis import Analysis
from ..statistics.intervals import interval
from ..terminal.screen import agreement_line
from .statistics_tables import CONTRASTS_HEAD, OMNIBUS_HEAD, contrasts_table, omnibus_table

AGAIN = "The same configuration gives the same numbers."
AGAIN_REAL = (
    "Models answer differently each time: the record replays exactly, playing it anew does not."
)


def write_run_page(folder: Path, config: RunConfig, records: Sequence[TickRecord]) -> Path:
    """The page of a run."""
    ticks = measured(records)
    judged = [agreement_line(records)] if any(r.verdict.votes for r in records) else []
    table = []
    for measure in labels.run_table():
        found = interval(t[measure.name] for t in ticks)
        mean_and_sd = (None, None) if found is None else (found.mean, found.sd)
        table.append([measure.label, *map(number, mean_and_sd), measure.scale])
    last = [
        [str(m.member), m.state.value, plain(m.role or m.note), ", ".join(map(str, m.builds_on))]
        for m in records[-1].members
    ]
    emergent = emergence_of(records, config.seed)
    return _write(
        folder,
        title=f"{config.protocol}, {config.agents} agents, {config.model}",
        lead=f"{len(records)} ticks over {len({r.task_id for r in records})} different tasks "
        f"on a {config.topology} network, seed {config.seed}.{_asked(config, records)}",
        synthetic=config.synthetic,
        sentences=[*chronicle(records), *judged, *emergence_lines(emergent)],
        tables=[
            ("Means over ticks", ["measure", "mean", "sd over ticks", "unit"], table),
            (
                f"Last task: {records[-1].task_id}",
                ["agent", "state", "role, or why not", "built on"],
                last,
            ),
            (EMERGENCE, EMERGENCE_HEAD, emergence_table(emergent)),
        ],
        config=config,
    )


def _all_called(config: SweepConfig) -> list[str]:
    runs = {r.model: r for r in config.runs()[:: config.replicates] if r.called}
    return list(dict.fromkeys(_called(run) for run in runs.values()))


def _asked(config: RunConfig, records: Sequence[TickRecord]) -> str:
    """Where models were called: which, how, and in which words."""
    if not config.called:
        return ""
    prompts = {t.trace.prompts for r in records for m in r.members for t in m.turns if t.trace}
    costs = [r.verdict.usage.cost_usd for r in records if r.verdict.usage.calls]
    known = [c for c in costs if c is not None]
    cost = f"${sum(known):.4f}" if len(known) == len(costs) else "an unknown sum"
    judged = f", which cost {cost}" if costs else ""
    return f" {_called(config)}{judged}; prompts {', '.join(sorted(prompts)) or '–'}."


def _called(config: RunConfig) -> str:
    """Which models were called and how, in words."""
    calls = config.calls
    agents = [parse_model(m, calls) for m in config.models if not is_family(m)]
    warmth = {m.calls.temperature for m in agents}
    said = ", ".join(f"{TEMPERATURE if t is None else t:g}" for t in warmth) or "–"
    judges = ", ".join(judge_models(config.judge, config.models, calls)) or config.judge
    return f"Agents at temperature {said} where their model takes one; judged by {judges}"


def write_comparison_page(
    folder: Path, config: SweepConfig, found: Analysis, *, synthetic: bool
) -> Path:
    """The page of a comparison."""
    head = ["level", "network", "model", "agents", "protocol", "seeds"]
    head += [m.short for m in labels.compare_table()]
    body = []
    for row in found.summary:
        factors = ("level", "topology", "model", "agents", "protocol")
        cells = [str(row.cell.value(f)) for f in factors]
        cells.append(str(row.replicates))
        cells += [with_interval(row.measure(m.name)) for m in labels.compare_table()]
        body.append(cells)
    return _write(
        folder,
        title="Comparison of " + ", ".join(config.protocols),
        lead=f"{config.replicates} seeds per cell from {config.base.seed}, paired by seed; "
        f"{config.base.ticks} tasks per run. Brackets are 95 % intervals over seeds, each on its "
        "own; docs/statistics.md has the rule by which the sentences are worded."
        + "".join(f" {said}." for said in _all_called(config)),
        synthetic=synthetic,
        sentences=found.conclusions,
        tables=[
            ("Means per task", head, body),
            (MATCH, MATCH_HEAD, match_rows(config, found.summary)),
            ("Paired contrasts of quality", CONTRASTS_HEAD, contrasts_table(found.summary)),
            (
                "Tests of quality over all cells of a block",
                OMNIBUS_HEAD,
                omnibus_table(found.tests),
            ),
        ],
        config=config,
    )


def _write(folder: Path, *, config: RunConfig | SweepConfig, synthetic: bool, **parts: Any) -> Path:
    loader = PackageLoader("unscripted.scenarios.harness.report", ".")
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    text = page.get_template("page.html.jinja").render(
        pictures=[_inline(p) for p in _pictures(folder)],
        config=json.dumps(_shown(config), indent=2),
        again=AGAIN_REAL if _calls_models(config) else AGAIN,
        note=SYNTHETIC if synthetic else "",
        **parts,
    )
    path = folder / "report.html"
    write_text(path, text)
    return path


def _calls_models(config: RunConfig | SweepConfig) -> bool:
    runs = [config] if isinstance(config, RunConfig) else config.runs()[:: config.replicates]
    return any(run.called for run in runs)


def _shown(config: RunConfig | SweepConfig) -> dict[str, Any]:
    """A configuration as readers need it: without defaults for what a comparison varies."""
    body = to_json(config)
    if isinstance(config, SweepConfig):
        varied = ("protocol", "agents", "model", "topology", "level")
        body["base"] = {k: v for k, v in body["base"].items() if k not in varied}
    return body


def _pictures(folder: Path) -> list[Path]:
    order = ("comparison", "team", "roles", "measures")
    found = (folder / "figures" / f"{name}.png" for name in order)
    return [p for p in found if p.exists()]


def _inline(path: Path) -> dict[str, str]:
    data = base64.b64encode(path.read_bytes()).decode()
    captions = {
        "comparison": "Protocols compared; dots are means over seeds, bars 95 % intervals.",
        "team": "The team on its last task: who contributed, who declined, who built on whom.",
        "roles": "Roles by agent and task.",
        "measures": "Measures task by task.",
    }
    return {"src": f"data:image/png;base64,{data}", "caption": captions[path.stem]}
