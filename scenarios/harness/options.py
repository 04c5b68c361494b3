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
        "Model id, or a mixed team like 'synthetic/strong*2+synthetic/weak*6'.", _TEAM, metavar="ID"
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
        "rubric[:gpt-4o|:gpt-5.4][,noise=SD] for synthetic work, or none.", _TASK, metavar="NAME"
    ),
]
ApiBase = Annotated[
    str | None, _option("Address of an OpenAI-compatible server.", _MODEL, metavar="URL")
]
Budget = Annotated[
    float | None, _option("Stop a run before it costs more than this.", _MODEL, metavar="USD")
]
Concurrency = Annotated[int, _option("Decisions in flight at once, at most.", _MODEL, metavar="N")]
Temperature = Annotated[
    float | None, _option("Sampling temperature of the agents, 0 to 2.", _MODEL, metavar="T")
]
Timeout = Annotated[float, _option("Deadline of one decision.", _MODEL, metavar="S")]
MaxFailures = Annotated[
    int | None, _option("Exit 3 if more decisions failed than this.", _MODEL, metavar="N")
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
