"""The command line's options, said once; `run` and `compare` share them.

Only typer is imported here, so that `--help` is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_TEAM = "Team"
_TASK = "Task"
_MODEL = "Model calls"
_OUT = "Output"


def _option(
    text: str, panel: str, *names: str, metavar: str | None = None
) -> typer.models.OptionInfo:
    made: typer.models.OptionInfo = typer.Option(
        *names, help=text, rich_help_panel=panel, metavar=metavar
    )
    return made


Protocol = Annotated[
    str, _option("Coordination protocol, options after a colon.", _TEAM, metavar="NAME")
]
Agents = Annotated[int, _option("Members of the team.", _TEAM, metavar="N")]
Model = Annotated[
    str,
    _option(
        "synthetic/NAME, any LiteLLM id (openai/gpt-4.1-mini, ollama/llama3.2), or a mixed team "
        "'a*2+b*6'; 'ID?temperature=0.2' sets options of one model.",
        _TEAM,
        metavar="ID",
    ),
]
Topology = Annotated[
    str,
    _option(
        "Network: a name (watts-strogatz:k=4,p=0.1) or a GraphML or edge-list file.",
        _TEAM,
        metavar="NAME",
    ),
]
Level = Annotated[
    str | None, _option("Task level L1 to L4; L3, or all of a task file.", _TASK, metavar="L")
]
Protocols = Annotated[
    str, _option("Protocols, comma-separated.", _TEAM, "--protocol", metavar="A,B")
]
AgentsList = Annotated[
    str, _option("Team sizes, comma-separated.", _TEAM, "--agents", metavar="N,M")
]
Models = Annotated[str, _option("Model ids, comma-separated.", _TEAM, "--model", metavar="A,B")]
Topologies = Annotated[
    str, _option("Networks, comma-separated.", _TEAM, "--topology", metavar="A,B")
]
Levels = Annotated[
    str | None, _option("Task levels, comma-separated.", _TASK, "--level", metavar="A,B")
]
Replicates = Annotated[int, _option("Seeds per cell: SEED, SEED+1, …", _TASK, metavar="R")]
Ticks = Annotated[int, _option("Tasks to work on, one per tick.", _TASK, metavar="T")]
Seed = Annotated[int, _option("Seed of everything random.", _TASK, metavar="S")]
Tasks = Annotated[
    str, _option("'corpus', 'generated', or a YAML task file or folder.", _TASK, metavar="FILE")
]
Judge = Annotated[
    str | None,
    _option(
        "rubric[:gpt-4o|:gpt-5.4][,noise=SD] for synthetic work, one or more model ids, or none.",
        _TASK,
        metavar="NAME",
    ),
]
ApiBase = Annotated[
    str | None, _option("Address of an OpenAI-compatible server.", _MODEL, metavar="URL")
]
Budget = Annotated[
    float | None, _option("Stop before it costs more than this.", _MODEL, metavar="USD")
]
Concurrency = Annotated[int, _option("Calls in flight at once, at most.", _MODEL, metavar="N")]
MaxTokens = Annotated[int, _option("Longest answer of a model.", _MODEL, metavar="N")]
ContextTokens = Annotated[
    int, _option("Most an agent reads of others' messages, newest first.", _MODEL, metavar="N")
]
Rpm = Annotated[
    float | None, _option("Requests a minute to a model; else learnt.", _MODEL, metavar="N")
]
Tpm = Annotated[
    float | None, _option("Tokens a minute to a model; else learnt.", _MODEL, metavar="N")
]
Price = Annotated[
    str | None,
    _option(
        "US dollars per million tokens, IN,OUT or ID=IN,OUT;…, in place of LiteLLM's list.",
        _MODEL,
        metavar="IN,OUT",
    ),
]
Yes = Annotated[bool, _option("Don't ask before a paid run starts.", _MODEL, "--yes")]
Temperature = Annotated[
    float | None,
    _option("Sampling temperature of the agents, 0 to 2; 0.7 if left out.", _MODEL, metavar="T"),
]
Timeout = Annotated[
    float, _option("Deadline of one decision; one attempt gets half of it.", _MODEL, metavar="S")
]
MaxFailures = Annotated[
    int | None, _option("Exit 3 if more decisions failed than this.", _MODEL, metavar="N")
]
Memory = Annotated[
    str,
    _option(
        "What of earlier tasks may be read where it is open: off, own or team[:horizon=8,decay=0.1,"
        "always=true].",
        _TEAM,
        metavar="SCOPE",
    ),
]
Skills = Annotated[
    str,
    _option(
        "fixed, growing[:rate=0.3,forgetting=0.05] with practice, or auto (as the protocol says).",
        _TEAM,
        metavar="WORD",
    ),
]
Shock = Annotated[
    str,
    _option(
        "What happens and when: remove:k=2@6, remove-hub@6-8 (drawn by seed), substitute, "
        "newcomers, cut, rewire, mission, priorities, regulation; several joined by ';'.",
        _TASK,
        "--shock",
        metavar="KIND@TICK",
    ),
]
Tune = Annotated[
    str,
    _option(
        "Let the team try values of a protocol's parameter on its own tasks, as batch=1/4.",
        _TEAM,
        metavar="NAME=A/B",
    ),
]
Match = Annotated[
    str | None,
    _option(
        "Give every protocol the same calls, tokens or usd per task, by team size: the cheapest's "
        "at --agents, or a protocol's: calls:sequential. Rows say the size played.",
        _TEAM,
        metavar="WHAT",
    ),
]
Out = Annotated[
    Path | None,
    _option(
        "Folder for results; continues what is there. Default under runs/.", _OUT, metavar="DIR"
    ),
]
Json = Annotated[
    bool, _option("One JSON object on standard output, all else on standard error.", _OUT, "--json")
]
