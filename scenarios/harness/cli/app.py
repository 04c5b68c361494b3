"""The command line. Commands import what they need when they run, so that help is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import cyclopts

from ....agents.llm.settings import Calls
from ....model.options import options_of
from ..config.catalogue import COMPARED, VARYING
from ..config.groups import ADVISED, Advising, Design, Execution, Tasks, Team
from .ending import guarded
from .parameters import CommandOptions, Panel, takes

RUN_HELP = """Play one organization for some ticks: live progress, a table and figures.

For example:
    unscripted run
    unscripted run --protocol coordinator --agents 16 --topology star
    unscripted run --level L4 --ticks 20 --seed 7 --out runs/mine
    unscripted run --json > run.json
    unscripted run --model openai/gpt-4.1-mini --ticks 2 --budget 0.50
    unscripted run --model openai/llama3.2 --api-base http://127.0.0.1:11434/v1

The same command in the same folder continues where it stopped.
Exit codes: 0 done, 2 usage, 3 more failures than --max-failures,
4 stopped at the budget, 130 interrupted."""

COMPARE_HELP = """Compare protocols, team sizes, models, networks and levels: all combinations.

For example:
    unscripted compare --protocol sequential,coordinator,broadcast,shared --replicates 30
    unscripted compare --agents 4,8,16,32 --level L1,L3 --json > compare.json
    unscripted compare --protocol sequential,broadcast,solo --match calls

Replicates are paired by seed: every cell works on the same tasks.
Exit codes as for run."""


ADVISE_HELP = """Find the team to use: protocol, size, network and model, within a budget.

For example:
    unscripted advise --model openai/gpt-4.1-mini --budget 20 --out advice/mini
    unscripted advise --model openai/gpt-4.1-mini --tasks mine.yaml --agents 4,8,16 --budget 20
    unscripted advise --model local/smollm2-135m --tasks hidden-profile --max-calls 2000
    unscripted advise --json > advice.json

All arms work on the same tasks; those that can't be the best drop out. Solo is always an arm. The
answer is to use one, a tie of several, or undecided. The same command in the same folder continues.
Exit codes as for run; 4 where the budget or --max-calls ended it undecided."""


def _panels(*groups: type) -> list[Panel]:
    return [Panel(group.__name__, list(options_of(group))) for group in groups]


RUN_OPTIONS = CommandOptions(_panels(Team, Tasks, Calls, Execution))
COMPARE_OPTIONS = CommandOptions(
    _panels(Team, Tasks, Calls, Design, Execution), VARYING, {"protocol": ",".join(COMPARED)}
)
ADVISE_OPTIONS = CommandOptions(
    _panels(Team, Tasks, Calls, Advising, Execution),
    VARYING,
    {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in ADVISED.items()
    },
)

app = cyclopts.App(
    name="unscripted",
    help="An open laboratory for self-organizing teams of LLM agents.\n\n"
    "Start with: unscripted run",
    help_format="plaintext",
    version_flags=(),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

Json = Annotated[
    bool,
    cyclopts.Parameter(help="One JSON object on standard output.", negative=(), show_default=False),
]
Folder = Annotated[
    Path, cyclopts.Parameter(metavar="DIR", help="Of a run, comparison or scenario.")
]
PageFolder = Annotated[
    Path | None,
    cyclopts.Parameter(metavar="DIR", help="Write a page of what was equal, here."),
]


def _command(name: str, text: str, options: CommandOptions) -> Callable[[Any], Any]:
    def register(function: Callable[..., int]) -> Callable[..., int]:
        app.command(takes(options)(function), name=name, help=text)
        return function

    return register


@_command("run", RUN_HELP, RUN_OPTIONS)
def run(**given: Any) -> int:
    """Play one organization."""
    from .commands import run_command

    return run_command(given)


@_command("compare", COMPARE_HELP, COMPARE_OPTIONS)
def compare(**given: Any) -> int:
    """Compare cells."""
    from .commands import compare_command

    return compare_command(given)


@_command("advise", ADVISE_HELP, ADVISE_OPTIONS)
def advise(**given: Any) -> int:
    """Say which team to use."""
    from .advise import advise_command

    return advise_command(given)


@app.command(name="list")
def _list(
    what: Annotated[
        str | None,
        cyclopts.Parameter(
            help="protocols, topologies, models, tasks, judges, measures, shocks or scenarios; "
            "all of these if left out. Or runs: run folders.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        Path, cyclopts.Parameter(metavar="DIR", help="Where run folders are, for runs.")
    ] = Path("runs"),
    /,
    *,
    json: Json = False,
) -> int:
    """Say what there is, one line each, plug-ins included.

    For example:
        unscripted list protocols
        unscripted list runs
        unscripted list runs elsewhere
    """
    from .listing import list_command

    return list_command(what, folder, as_json=json)


@app.command(name="check")
def _check(
    target: Annotated[
        str,
        cyclopts.Parameter(
            help="FILE.py:Class or module:Class, importable from here, or FILE.py:function for a "
            "topology; or a task file."
        ),
    ],
    /,
    *,
    examples: Annotated[int, cyclopts.Parameter(help="Cases per property.", metavar="N")] = 40,
    json: Json = False,
) -> int:
    """Run the conformance suite on a plug-in of your own; exit 1 if it breaks a rule.

    For example:
        unscripted check mypackage.relay:Relay
        unscripted check relay.py:Relay
    """
    from .check import check_command

    return check_command(target, examples, as_json=json)


@app.command(name="replay")
def _replay(folder: Folder, /, *, out: PageFolder = None, json: Json = False) -> int:
    """Play a recorded run again and compare, offline; exit 1 if anything differs.

    For example:
        unscripted replay runs/mine
        unscripted replay runs/mine --out runs/mine-again
    """
    from .commands import replay_command

    return replay_command(folder, out, as_json=json)


@app.command(name="report")
def _report(folder: Folder, /, *, json: Json = False) -> int:
    """Write the HTML report and the figures of a run, comparison or scenario anew.

    For example:
        unscripted report runs/mine
    """
    from .commands import report_command

    return report_command(folder, as_json=json)


@app.command(name="show")
def _show(
    folder: Folder,
    /,
    *,
    tick: Annotated[
        int | None, cyclopts.Parameter(metavar="T", help="This one alone, from 0.")
    ] = None,
    agent: Annotated[
        int | None,
        cyclopts.Parameter(
            metavar="A", help="Decisions of this member alone, with the words it saw; from 0."
        ),
    ] = None,
    run: Annotated[
        int | None,
        cyclopts.Parameter(
            metavar="ROW", help="Of a comparison or scenario, one run as the list numbers them."
        ),
    ] = None,
    format: Annotated[
        str, cyclopts.Parameter(metavar="FORMAT", help="text, markdown or jsonl.")
    ] = "text",
    json: Json = False,
) -> int:
    """Show who said what: task, rounds, what each saw, did and why, what it cost and was worth.

    Of a comparison or scenario it shows the cells and lists the runs; --run ROW shows one. Runs in
    progress are shown as far as they came.

    For example:
        unscripted show runs/mine --tick 0
        unscripted show runs/mine --agent 2 --format markdown
        unscripted show runs/compared --run 4 --tick 0
    """
    from .transcript import Wanted, show_command

    return show_command(folder, Wanted(tick, agent, run, format, json))


@app.command(name="cite")
def _cite(folder: Folder | None = None, /, *, json: Json = False) -> int:
    """Say how to cite the program, the paper and a run, as BibTeX.

    For example:
        unscripted cite
        unscripted cite runs/mine > run.bib
    """
    from .cite import cite_command

    return cite_command(folder, as_json=json)


@app.command(name="dashboard")
def _dashboard(
    folder: Annotated[
        Path | None,
        cyclopts.Parameter(
            metavar="DIR",
            help="Of a run or comparison to follow; nothing to play.",
            show_default=False,
        ),
    ] = None,
    /,
    *,
    port: Annotated[
        int, cyclopts.Parameter(metavar="N", help="On 127.0.0.1; 0 takes a free one.")
    ] = 8765,
) -> int:
    """Serve a live page on this machine: play synthetic teams, or follow a folder as it grows.

    It calls no model: start a paid run with `unscripted run`, and follow it from another terminal.
    Needs: pip install 'unscripted[viz]'. Ctrl-C ends it, with exit code 130.

    For example:
        unscripted dashboard
        unscripted dashboard runs/mine --port 8800
    """  # fmt: skip
    from .dashboard import dashboard_command

    return dashboard_command(folder, port)


@app.command(name="fetch")
def _fetch(
    name: Annotated[
        str, cyclopts.Parameter(help="See: unscripted list models; those that begin with local/.")
    ],
    /,
    *,
    json: Json = False,
) -> int:
    """Bring a small language model onto this machine, its digest checked.

    It is kept in the user's cache folder; UNSCRIPTED_CACHE names another. What broke off is
    continued by the same command.

    For example:
        unscripted fetch smollm2-135m
        unscripted run --model local/smollm2-135m --judge none --agents 4 --level L1 --ticks 1
    """
    from .fetch import fetch_command

    return fetch_command(name, as_json=json)


@app.command(help_flags=())
def scenario(
    *tokens: Annotated[
        str,
        cyclopts.Parameter(
            allow_leading_hyphen=True,
            metavar="NAME [OPTIONS]",
            help="See: unscripted list scenarios.",
        ),
    ],
) -> int:
    """Run a scenario with its own options.

    For example:
        unscripted scenario protocol_comparison --replicates 5
        unscripted scenario protocol_comparison --help
    """
    from .scenario import scenario_by_name

    if not tokens or tokens[0] in ("-h", "--help"):  # options after a name are the scenario's own
        app.help_print(["scenario"])
        return 0
    return scenario_by_name(tokens[0], tokens[1:])


@app.default
def _start(
    *, version: Annotated[bool, cyclopts.Parameter(help="Print the version.", negative=())] = False
) -> int:
    if version:
        from ...._version import __version__

        print(f"unscripted {__version__}")
    else:
        app.help_print([])
    return 0


def main() -> None:
    """Entry point: a user's mistake is one clear line and exit 2, never a traceback."""
    sys.exit(guarded(lambda: app(sys.argv[1:], exit_on_error=False, print_error=False)))


if __name__ == "__main__":
    main()
