"""The command line. Commands import what they need when they run, so that help is quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import options as o

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An open laboratory for self-organizing teams of LLM agents.",
    epilog="Start with: unscripted run",
    rich_markup_mode="rich",
)

RUN_HELP = """Play one organization for some ticks: live progress, a table and figures.

\b
    unscripted run
    unscripted run --protocol coordinator --agents 16 --topology star
    unscripted run --level L4 --ticks 20 --seed 7 --out runs/mine
    unscripted run --json > run.json
    unscripted run --model openai/gpt-4.1-mini --ticks 2 --budget 0.50
    unscripted run --model openai/llama3.2 --api-base http://127.0.0.1:11434/v1

The same command in the same folder continues where it stopped. Exit codes: 0 done, 2 usage,
3 more failures than --max-failures, 4 stopped at the budget, 130 interrupted.
"""

COMPARE_HELP = """Compare protocols, team sizes, models, networks and levels: all combinations.

\b
    unscripted compare --protocol sequential,coordinator,broadcast,shared --replicates 30
    unscripted compare --agents 4,8,16,32 --level L1,L3 --json > compare.json
    unscripted compare --protocol sequential,broadcast,solo --match calls

Replicates are paired by seed: every cell works on the same tasks. Exit codes as for run.
"""


@app.command(help=RUN_HELP)
def run(
    protocol: o.Protocol = "sequential",
    agents: o.Agents = 8,
    model: o.Model = "synthetic/strong",
    topology: o.Topology = "complete",
    level: o.Level = None,
    ticks: o.Ticks = 12,
    seed: o.Seed = 0,
    tasks: o.Tasks = "corpus",
    judge: o.Judge = None,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    concurrency: o.Concurrency = 64,
    temperature: o.Temperature = None,
    timeout: o.Timeout = 120.0,
    max_tokens: o.MaxTokens = 2048,
    context_tokens: o.ContextTokens = 16_000,
    rpm: o.Rpm = None,
    tpm: o.Tpm = None,
    price: o.Price = None,
    memory: o.Memory = "team",
    skills: o.Skills = "auto",
    shock: o.Shock = "",
    tune: o.Tune = "",
    yes: o.Yes = False,
    max_failures: o.MaxFailures = None,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Play one organization."""
    from ..config.run import RunConfig
    from .commands import run_command

    config = RunConfig(
        protocol, agents, model, topology, level, ticks, seed, tasks, judge, api_base, budget,
        concurrency, temperature, timeout, max_tokens, context_tokens, rpm, tpm, price,
        memory, skills, shock, tune,
    )  # fmt: skip
    code = run_command(config, out, as_json=json, max_failures=max_failures, yes=yes)
    raise typer.Exit(code)


@app.command(help=COMPARE_HELP)
def compare(
    protocol: o.Protocols = "sequential,coordinator,broadcast,shared",
    agents: o.AgentsList = "8",
    model: o.Models = "synthetic/strong",
    topology: o.Topologies = "complete",
    level: o.Levels = None,
    replicates: o.Replicates = 10,
    ticks: o.Ticks = 12,
    seed: o.Seed = 0,
    tasks: o.Tasks = "corpus",
    judge: o.Judge = None,
    api_base: o.ApiBase = None,
    budget: o.Budget = None,
    concurrency: o.Concurrency = 64,
    temperature: o.Temperature = None,
    timeout: o.Timeout = 120.0,
    max_tokens: o.MaxTokens = 2048,
    context_tokens: o.ContextTokens = 16_000,
    rpm: o.Rpm = None,
    tpm: o.Tpm = None,
    price: o.Price = None,
    memory: o.Memory = "team",
    skills: o.Skills = "auto",
    shock: o.Shock = "",
    tune: o.Tune = "",
    match: o.Match = None,
    yes: o.Yes = False,
    max_failures: o.MaxFailures = None,
    out: o.Out = None,
    json: o.Json = False,
) -> None:
    """Compare cells."""
    from ..config.run import RunConfig, SweepConfig
    from ..specs.lists import split_list, whole_numbers
    from .commands import compare_command

    sizes = whole_numbers("agents", agents)
    levels = split_list(level) if level is not None else (None,)
    protocols, models = split_list(protocol), split_list(model)
    base = RunConfig(
        ticks=ticks, seed=seed, tasks=tasks, judge=judge, api_base=api_base, budget=budget,
        concurrency=concurrency, temperature=temperature, timeout=timeout, max_tokens=max_tokens,
        context_tokens=context_tokens, rpm=rpm, tpm=tpm, price=price,
        memory=memory, skills=skills, shocks=shock, tune=tune,
    )  # fmt: skip
    config = SweepConfig(base, protocols, sizes, models, split_list(topology), levels, replicates)
    if match is not None:
        from ..runs.matching import matched

        config = matched(config, match)
    code = compare_command(config, out, as_json=json, max_failures=max_failures, yes=yes)
    raise typer.Exit(code)


@app.command("list")
def list_(
    what: Annotated[
        str | None,
        typer.Argument(help="protocols, topologies, models, tasks or scenarios; all if left out"),
    ] = None,
) -> None:
    """Say what there is, one line each, plug-ins included.

    unscripted list protocols
    """
    from .listing import list_command

    raise typer.Exit(list_command(what))


@app.command()
def check(
    target: Annotated[str, typer.Argument(help="module:Protocol, importable from here")],
    examples: Annotated[int, typer.Option(help="Cases per property.", metavar="N")] = 40,
) -> None:
    """Run the conformance suite on a protocol of your own; exit 1 if it breaks a rule.

    unscripted check mypackage.relay:Relay
    """
    from ..conformance.checking import check_command

    raise typer.Exit(check_command(target, examples))


@app.command()
def replay(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Play a recorded run again and compare, offline; exit 1 if anything differs.

    unscripted replay runs/mine
    """
    from .commands import replay_command

    raise typer.Exit(replay_command(folder))


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Write the HTML report and the figures of a run or comparison anew.

    unscripted report runs/mine
    """
    from .commands import report_command

    raise typer.Exit(report_command(folder))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def scenario(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="See: unscripted list scenarios")],
) -> None:
    """Run a scenario script with its own options.

    unscripted scenario protocol_comparison --replicates 5
    """
    if name in ("-h", "--help"):  # the options after a name are the scenario's own
        print(context.get_help())
        raise typer.Exit
    from .listing import scenario_command

    raise typer.Exit(scenario_command(name, context.args))


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if context.invoked_subcommand is None and not version:
        print(context.get_help())
    if version:
        from .... import __version__

        print(f"unscripted {__version__}")
        raise typer.Exit


def main() -> None:
    """Entry point: a user's mistake is one clear line and exit 2, never a traceback."""
    sys.exit(run_app(app))


# The parser's own usage error: click's, or that of the click inside newer typers.
_PARSER_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


def run_app(app: typer.Typer) -> int:
    """Run a command-line app and turn what goes wrong into one line and an exit code."""
    from ....model.errors import PluginError, UsageError

    if sys.stdout is None:
        return _complain("standard output is closed; leave it open or send it to a file", 2)
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except _PARSER_ERROR as error:
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else "unscripted"
        return _complain(f"{_said(error)}; see {where} --help", 2)
    except (UsageError, PluginError) as error:
        return _complain(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        return 0
    except OSError as error:
        return _complain(f"{error}; what was finished is kept", 2)
    except (MemoryError, OverflowError) as error:
        return _complain(f"too large for this machine ({type(error).__name__}); use less", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", 130)
    return int(code or 0)


def _said(error: Exception) -> str:
    """The parser's words in one line, with the value it can't take."""
    words = " ".join(getattr(error, "format_message", lambda: str(error))().split())
    options = getattr(getattr(error, "param", None), "opts", ())
    given = [b for a, b in zip(sys.argv, sys.argv[1:], strict=False) if a in options]
    return f"{given[0]!r}: {words.rstrip('.')}" if given else words.rstrip(".")


def _complain(words: str, code: int) -> int:
    """Say it in one line, with what could drive a terminal spelled out."""
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
    print(f"unscripted: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
