"""Pins what the program computes, command by command, so that a change of code can prove itself.

    python tests/pins/play.py write [NAME…]   play the commands and keep what they computed
    python tests/pins/play.py check [NAME…]   play them again; exit 1 if anything came out otherwise

A refactoring must change no result. The other tests say what results must be like; this script
knows what they were, for every protocol, network, shock, option and scenario, through nothing but
the command line, so that the code behind it is free to move. Names may hold `*`; no name means all.
`--jobs N` plays so many commands at once.

Each command of `PINS` plays in an empty folder of its own. Kept are, in full: exit codes; the JSON
on standard output; the records of ticks and the results of runs in the journal. Left out are format
versions, pages, figures and `config.json`; and where models are called, whatever follows from the
measured time of a call (`TIMED`) and the address of the server. Synthetic minds' times are modelled
and kept. `pins.json` holds a digest for each part, which makes a change visible in a diff;
`pins.json.gz` holds what was digested, to say where a difference begins.

Numbers are kept exactly. Python 3.12 sums floats more exactly than 3.11, so measures may differ in
the last digit there (records don't): pins are those of one version, which `pins.json` names.
`check --close` takes numbers for equal that differ by less than a billionth.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import os
import platform
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

# --- what is played ------------------------------------------------------------------------------

CODE = "code"
"""Exit codes alone; the other parts are kept beside them."""
JSON = "json"
"""Standard output of the commands with `--json`, parsed."""
TEXT = "text"
"""Standard output of the other commands, by line."""
NAMES = "names"
"""The first word of each of those lines."""
TICKS = "ticks"
"""Records of a run, from its journal."""
RUNS = "runs"
"""Results of a comparison or scenario, from its journal, in an order that no key decides."""
RUN, COMPARE = f"{JSON} {TICKS}", f"{JSON} {RUNS}"

THEN = " THEN "
"""Stands between commands that are played in the same folder, one after another."""

WORDS = {
    "out": "--out out --json",
    "cmp": "compare --out out --json",
    "say": "--json --seed 3",
    "called": "--model openai/first --api-base {server} --price 1,10 --yes",
    "server": "{server}",
}
"""What stands in braces in a command; `{server}` is the address of a server of the tests."""


class Pin(NamedTuple):
    """A named command.

    Attributes:
        name: Its name.
        command: Arguments of `python -m unscripted`; several commands are joined by `THEN`.
        parts: What is kept beside the exit codes.
        faults: What goes wrong at the server, for models that are called.
    """

    name: str
    command: str
    parts: str = RUN
    faults: Mapping[str, Any] | None = None


PINS = (
    # every protocol, with and without options
    Pin("sequential", "run {out} --ticks 4"),
    Pin("coordinator", "run {out} --ticks 4 --protocol coordinator --agents 12"),
    Pin("broadcast", "run {out} --ticks 4 --protocol broadcast --agents 6 --seed 1"),
    Pin("shared", "run {out} --ticks 5 --protocol shared --agents 7 --seed 2"),
    Pin("batched", "run {out} --ticks 3 --protocol batched-sequential --agents 10"),
    Pin("batched-options", "run {out} --ticks 3 --protocol batched-sequential:batch=3 --agents 8 "
        "--level L2"),
    Pin("clonal", "run {out} --ticks 4 --protocol clonal --agents 9"),
    Pin("clonal-options", "run {out} --ticks 4 --agents 12 --topology watts-strogatz --protocol "
        "clonal:naive=0.3,generations=3,select=2,rho=1.5,newcomers=0.4,memory=3"),
    Pin("mean-field", "run {out} --ticks 3 --protocol mean-field"),
    Pin("mean-field-options", "run {out} --ticks 3 --agents 9 --level L4 --protocol "
        "mean-field:congestion=3,temperature=0.4"),
    Pin("morphogenetic", "run {out} --ticks 3 --protocol morphogenetic"),
    Pin("morphogenetic-options", "run {out} --ticks 3 --agents 10 --topology ring --protocol "
        "morphogenetic:organizers=2,diffusion=0.7,decay=0.2,inhibition=0.5"),
    Pin("ripple", "run {out} --ticks 3 --protocol ripple --topology tree:branching=3"),
    Pin("ripple-options", "run {out} --ticks 3 --protocol ripple:origins=2,fanout=2 --agents 14 "
        "--topology barabasi-albert"),
    Pin("sparse-graph", "run {out} --ticks 3 --protocol sparse-graph --agents 10 "
        "--topology erdos-renyi:p=0.4"),
    Pin("spectral", "run {out} --ticks 6 --protocol spectral-hierarchy"),
    Pin("spectral-options", "run {out} --ticks 6 --agents 9 --topology watts-strogatz --protocol "
        "spectral-hierarchy:span=3,horizon=3,discount=0.6"),
    Pin("stigmergic", "run {out} --ticks 3 --protocol stigmergic"),
    Pin("stigmergic-options", "run {out} --ticks 3 --agents 10 --topology grid:columns=4 "
        "--protocol stigmergic:group=3,evaporation=0.3"),
    Pin("fixed-roles", "run {out} --ticks 4 --protocol fixed-roles"),
    Pin("random", "run {out} --ticks 4 --protocol random"),
    Pin("silent", "run {out} --ticks 4 --protocol silent"),
    Pin("solo", "run {out} --ticks 4 --protocol solo"),
    # networks
    Pin("networks", "{cmp} --protocol sequential --agents 12 --replicates 2 --ticks 2 --topology "
        "star,chain,ring,tree:branching=3,grid:columns=4,erdos-renyi:p=0.5,"
        "watts-strogatz:k=4,p=0.3,barabasi-albert:m=3,"
        "stochastic-block:blocks=3,p_in=0.9,p_out=0.2", COMPARE),
    Pin("karate-club", "run --json --ticks 2 --topology karate-club --agents 34", JSON),
    Pin("florentine", "run --json --ticks 2 --topology florentine-families --agents 15", JSON),
    Pin("southern-women", "run --json --ticks 2 --topology davis-southern-women --agents 32 "
        "--protocol ripple", JSON),
    Pin("les-miserables", "run --json --ticks 2 --topology les-miserables --agents 77 "
        "--protocol shared", JSON),
    Pin("graphml", "run {out} --ticks 2 --topology team.graphml --agents 6"),
    Pin("edgelist", "run {out} --ticks 2 --topology team.edgelist --agents 5 --protocol ripple"),
    # tasks and levels
    Pin("level-1", "run {out} --ticks 4 --level L1 --agents 16"),
    Pin("level-2", "run --json --ticks 22 --level L2 --agents 5", JSON),
    Pin("level-4", "run {out} --ticks 3 --level L4"),
    Pin("generated", "run {out} --ticks 3 --tasks generated --agents 6"),
    Pin("generated-1", "run --json --ticks 6 --tasks generated --level L1 --agents 4", JSON),
    Pin("generated-4", "run {out} --ticks 3 --tasks generated --level L4 --seed 9"),
    Pin("own-tasks", "run {out} --ticks 4 --tasks tasks.yaml --agents 5"),
    Pin("own-tasks-level", "run --json --ticks 2 --tasks tasks.yaml --level L2 --agents 5", JSON),
    # minds and judges
    Pin("medium", "run --json --ticks 6 --model synthetic/medium --agents 6", JSON),
    Pin("weak", "run --json --ticks 6 --model synthetic/weak --agents 6 --protocol broadcast",
        JSON),
    Pin("deepseek", "run --json --ticks 6 --model synthetic/deepseek-v3.2 --agents 6", JSON),
    Pin("custom", "run --json --ticks 6 --agents 6 --model 'synthetic/custom?reasoning=0.4"
        "&self_reflection=0.7&instruction_following=0.8'", JSON),
    Pin("mixed", "run {out} --ticks 3 --model 'synthetic/strong*4+synthetic/weak*4'"),
    Pin("mixed-coordinator", "run {out} --ticks 3 --protocol coordinator "
        "--model 'synthetic/claude-sonnet-4.6*1+synthetic/glm-5*3+synthetic/custom?reasoning=0.2*2'"
        " --agents 6"),
    Pin("judge-noise", "run --json --ticks 6 --judge rubric:gpt-4o,noise=0.1 --agents 6", JSON),
    Pin("judge-severe", "run --json --ticks 6 --judge rubric:gpt-5.4 --protocol silent", JSON),
    Pin("judge-none", "run --json --ticks 4 --judge none --agents 6", JSON),
    # memory, skills, trials
    Pin("memory-off", "run --json --ticks 6 --protocol shared --memory off --agents 6", JSON),
    Pin("memory-own", "run {out} --ticks 5 --protocol shared --memory own:horizon=2 --agents 6"),
    Pin("memory-decay", "run {out} --ticks 6 --protocol shared --topology ring "
        "--memory team:horizon=4,decay=0.3"),
    Pin("memory-always", "run {out} --ticks 4 --memory team:horizon=3,always=true --agents 5"),
    Pin("skills-growing", "run {out} --ticks 6 --protocol fixed-roles "
        "--skills growing:rate=0.5,forgetting=0.1"),
    Pin("skills-fixed", "run --json --ticks 6 --protocol spectral-hierarchy --skills fixed", JSON),
    Pin("tune", "run {out} --ticks 18 --protocol batched-sequential --agents 12 "
        "--tune batch=12/2,every=4,looks=2,alpha=0.2"),
    Pin("tune-three", "run {out} --ticks 14 --protocol stigmergic --agents 5 --judge none "
        "--tune group=1/2/5,measure=unique_role_share,every=2,looks=2"),
    # shocks
    Pin("shock-remove", "run {out} --ticks 3 --shock remove:k=2@1"),
    Pin("shock-hub", "run {out} --ticks 3 --topology barabasi-albert --shock remove-hub@1"),
    Pin("shock-substitute", "run {out} --ticks 3 "
        "--shock substitute:share=0.5,model=synthetic/medium@1"),
    Pin("shock-newcomers", "run {out} --ticks 3 --topology ring "
        "--shock 'newcomers@1;newcomers:k=2,model=synthetic/weak,links=3@2'"),
    Pin("shock-links", "run {out} --ticks 4 --topology grid "
        "--shock 'cut:share=0.4@1;rewire:share=0.4@2'"),
    Pin("shock-mission", "run {out} --ticks 3 --level L2 "
        "--shock 'mission:text=Be brief, and be kind.@1;priorities@2'"),
    Pin("shock-regulation", "run {out} --ticks 3 "
        "--shock 'regulation@1;regulation:domain=tax,difficulty=0.8@2'"),
    Pin("shock-drawn", "run {out} --ticks 6 --protocol shared --topology watts-strogatz --seed 4 "
        "--shock 'remove-hub@1-4;substitute@2-5;cut@0-3'"),
    # budgets, going on, playing again
    Pin("budget", "run {out} --ticks 4 --budget 0.25" + THEN + "run {out} --ticks 4"),
    Pin("resume", "run {out} --ticks 3 --protocol shared" + THEN
        + "run {out} --ticks 3 --protocol shared"),
    Pin("max-failures", "run --json --ticks 2 --agents 3 --max-failures 0", JSON),
    Pin("replay", "run {out} --ticks 4 --protocol shared --shock remove@2"
        + THEN + "replay out" + THEN + "report out", f"{RUN} {TEXT}"),
    # comparisons
    Pin("compare", "{cmp} --replicates 6 --ticks 3", COMPARE),
    Pin("compare-factors", "{cmp} --protocol sequential,shared --agents 3,5 --level L1,L3 "
        "--model synthetic/strong,synthetic/weak --replicates 2 --ticks 1", COMPARE),
    Pin("compare-networks", "{cmp} --protocol sequential,ripple --agents 9 --replicates 5 --ticks 2"
        " --topology complete,star,grid", COMPARE),
    Pin("compare-options", "{cmp} --protocol shared,fixed-roles --agents 4 --replicates 3 --ticks 4"
        " --memory own:horizon=3 --skills growing:rate=0.4 --shock remove@2 --seed 5"
        " --judge rubric:gpt-4o,noise=0.1 --tasks generated --level L2", COMPARE),
    Pin("compare-match-calls", "{cmp} --protocol sequential,broadcast,solo,silent --agents 4 "
        "--match calls --replicates 3 --ticks 2", COMPARE),
    Pin("compare-match-tokens", "{cmp} --protocol sequential,coordinator --agents 4,6 "
        "--match tokens:sequential --replicates 2 --ticks 1", COMPARE),
    Pin("compare-match-usd", "{cmp} --protocol sequential,shared --agents 4 --level L2 "
        "--model synthetic/medium --match usd --replicates 5 --ticks 2", COMPARE),
    Pin("compare-budget", "{cmp} --protocol sequential,solo --replicates 2 --ticks 3 --budget 0.2"
        + THEN + "{cmp} --protocol sequential,solo --replicates 2 --ticks 3", COMPARE),
    Pin("compare-max-failures", "compare --json --protocol solo,silent --agents 3 --replicates 1 "
        "--ticks 1 --max-failures 0", JSON),
    # scenarios
    Pin("capability-threshold", "scenario capability_threshold {say} --agents 3 --ticks 2 "
        "--replicates 5", JSON),
    Pin("constitution-ab", "scenario constitution_ab {say} --agents 8 --ticks 24 "
        "--replicates 5 --checks 1", JSON),
    Pin("model-economics", "scenario model_economics {say} --agents 4 --ticks 2 --replicates 5",
        JSON),
    Pin("organizational-memory", "scenario organizational_memory {say} --agents 4 --ticks 4 "
        "--replicates 5", JSON),
    Pin("protocol-comparison", "scenario protocol_comparison {say} --agents 4 --ticks 2 "
        "--replicates 3", JSON),
    Pin("shock-resilience", "scenario shock_resilience {say} --agents 6 --ticks 6 --replicates 3 "
        "--protocol sequential,coordinator", JSON),
    Pin("specialization", "scenario specialization {say} --agents 4 --ticks 8 --replicates 5",
        JSON),
    Pin("task-complexity", "scenario task_complexity {say} --agents 4 --ticks 2 --replicates 3",
        JSON),
    Pin("team-scaling", "scenario team_scaling {out} --agents 2,4,8 --ticks 2 --replicates 5",
        COMPARE),
    Pin("topology-sweep", "scenario topology_sweep {say} --agents 6 --ticks 2 --replicates 3 "
        "--protocol sequential,ripple,silent --topology complete,chain,star", JSON),
    Pin("paper-campaign", "scenario paper_campaign {say} --scale 0.001 --agents 4 --ticks 2 "
        "--replicates 2", JSON),
    # models that are called
    Pin("called-sequential", "run {out} {called} --agents 4 --ticks 2 --judge none"),
    Pin("called-coordinator", "run {out} {called} --agents 6 --ticks 2 --protocol coordinator "
        "--judge openai/judge"),
    Pin("called-broadcast", "run {out} {called} --agents 4 --ticks 2 --protocol broadcast "
        "--judge openai/judge,openai/second --level L2"),
    Pin("called-shared", "run {out} {called} --agents 4 --ticks 3 --protocol shared --judge none "
        "--memory team:horizon=2,always=true --context-tokens 50"),
    Pin("called-stigmergic", "run {out} {called} --agents 6 --ticks 2 --protocol stigmergic "
        "--context-tokens 250"),
    Pin("called-mean-field", "run {out} {called} --agents 4 --ticks 2 --protocol mean-field "
        "--judge none"),
    Pin("called-growing", "run {out} {called} --agents 3 --ticks 3 --protocol fixed-roles "
        "--skills growing:rate=0.5 --judge none"),
    Pin("called-mixed", "run {out} {called} --agents 6 --ticks 2 --judge openai/judge --model "
        "'openai/first*2+openai/second?temperature=0.2&max_tokens=300*2+synthetic/medium*2'"),
    Pin("called-shocks", "run {out} {called} --agents 4 --ticks 4 --judge none --protocol "
        "batched-sequential --tune batch=1/2 --shock 'substitute:model=openai/second@1;remove@2;"
        "newcomers@3;mission:text=Be brief.@3;regulation@2'"),
    Pin("called-short", "run {out} {called} --agents 6 --ticks 2 --judge none "
        "--context-tokens 250 --max-tokens 200 --temperature 0"),
    Pin("called-plainly", "run {out} {called} --agents 3 --ticks 2 --judge openai/judge", RUN,
        {"no_json_schema": True, "no_json_object": True, "no_temperature": True, "no_seed": True}),
    Pin("called-repairs", "run {out} {called} --agents 4 --ticks 2 --judge openai/judge" + THEN
        + "replay out", f"{RUN} {TEXT}", {"broken_json": 0.2, "wrong_schema": 0.3, "prose": 0.2,
                                 "seed": 1}),
    Pin("called-retries", "run {out} {called} --agents 4 --ticks 2 --judge none", RUN,
        {"server_error": 0.3, "empty_choices": 0.2, "no_usage": 0.2, "only_once": True}),
    Pin("called-failures", "run {out} {called} --agents 4 --ticks 2 --judge none "
        "--protocol shared --max-failures 1" + THEN + "replay out", f"{RUN} {TEXT}",
        {"content_filter": 1.0, "match": "\nYou are agent 1.\n"}),
    Pin("called-budget", "run {out} {called} --agents 3 --ticks 2 --judge none --max-tokens 400 "
        "--budget 0.02" + THEN
        + "run {out} {called} --agents 3 --ticks 2 --judge none --max-tokens 400 --budget 1"),
    Pin("called-no-key", "run {out} {called} --agents 3 --ticks 1", CODE, {"auth": "another"}),
    Pin("called-compare", "{cmp} {called} --protocol sequential,shared --agents 3 --ticks 2 "
        "--replicates 3 --judge openai/judge", COMPARE),
    Pin("called-compare-match", "{cmp} {called} --protocol sequential,broadcast --agents 4 "
        "--ticks 1 --replicates 2 --judge none --match tokens:sequential", COMPARE),
    Pin("called-scenario", "scenario team_scaling --out out --json --agents 2,3 --protocol "
        "sequential,solo --model openai/first --api-base {server} --ticks 1 --replicates 2 --yes",
        COMPARE),
    # what there is
    Pin("list", "list", NAMES),
    Pin("conformance", "check unscripted.protocols.sequential:Sequential --examples 3", CODE),
    # mistakes
    Pin("wrong-option", "run --nonesuch", CODE),
    Pin("wrong-command", "nonesuch", CODE),
    Pin("wrong-protocol", "run --protocol nonesuch", CODE),
    Pin("wrong-protocol-option", "run --protocol batched-sequential:batch=0", CODE),
    Pin("wrong-agents", "run --agents 0", CODE),
    Pin("wrong-level", "run --level L5", CODE),
    Pin("wrong-model", "run --model synthetic/nonesuch", CODE),
    Pin("wrong-team", "run --model 'synthetic/weak*3+synthetic/strong*3' --agents 8", CODE),
    Pin("wrong-network-size", "run --topology karate-club --agents 8", CODE),
    Pin("wrong-network-file", "run --topology nowhere.graphml", CODE),
    Pin("wrong-task-file", "run --tasks broken.yaml", CODE),
    Pin("wrong-judge", "run --judge nonesuch", CODE),
    Pin("wrong-memory", "run --memory everybody", CODE),
    Pin("wrong-shock-tick", "run --ticks 4 --shock remove@4", CODE),
    Pin("wrong-trial", "run --protocol batched-sequential --tune batch=4", CODE),
    Pin("wrong-budget", "run --budget 0", CODE),
    Pin("wrong-replicates", "compare --replicates 0", CODE),
    Pin("wrong-match", "compare --match effort", CODE),
    Pin("wrong-scenario", "scenario nonesuch", CODE),
    Pin("wrong-scenario-option", "scenario team_scaling --agents 2,x", CODE),
    Pin("wrong-folder", "run {out} --ticks 1 --agents 2" + THEN
        + "run {out} --ticks 1 --agents 2 --seed 1"),
    Pin("wrong-replay", "replay nowhere", CODE),
)  # fmt: skip

FILES = {
    "team.graphml": """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">
<node id="ann"/><node id="ben"/><node id="cem"/><node id="dee"/><node id="eva"/><node id="fay"/>
<edge source="ann" target="ben"/><edge source="ann" target="cem"/><edge source="ben" target="dee"/>
<edge source="cem" target="dee"/><edge source="dee" target="eva"/><edge source="fay" target="ann"/>
</graph></graphml>
""",
    "team.edgelist": "10 20\n20 30\n30 40\n40 10\n30 50\n",
    "tasks.yaml": """schema: 1
tasks:
- id: bakery-hygiene
  title: "Answer an inspector's letter to a bakery"
  level: L1
  brief: |
    The food inspector found 14 degrees in the cream store of our bakery on three of five mornings
    and gives us ten days to answer. The door seal is torn, the fitter can come in eight days, and
    the thermometer was never calibrated. Write the answer that the owner is to sign.
  requirements:
  - {id: admit, text: "Admits the three mornings", domain: food-safety, difficulty: 0.2}
  - {id: discard, text: "Says what cream is discarded", domain: food-safety, difficulty: 0.5}
  - {id: calibrate, text: "Dates the calibration of the thermometer", domain: food-safety,
     difficulty: 0.7, mandatory: true}
- id: village-shop-roof
  title: "Decide on solar cells for the roof of a village shop"
  level: L2
  brief: |
    The cooperative owns a shop with a roof of 180 square metres that faces south-west and was
    last mended in 1994. A grant pays 40 percent of solar cells if they are ordered by June. The
    members ask for one page: is the roof fit, what does it yield, and who pays what and when.
  requirements:
  - {id: roof-first, text: "Has the roof inspected first", domain: building, difficulty: 0.3,
     mandatory: true}
  - {id: load, text: "Names the load the rafters must carry", domain: building, difficulty: 0.6,
     depends_on: [roof-first]}
  - {id: yield, text: "Estimates the yearly yield", domain: energy, difficulty: 0.5,
     depends_on: [load]}
  - {id: deadline, text: "Orders before the grant ends", domain: energy, difficulty: 0.3}
  - {id: shares, text: "Splits the cost after the grant", domain: energy, difficulty: 0.8,
     depends_on: [yield]}
""",
    "broken.yaml": "schema: 1\ntasks:\n- id: Not A Slug\n",
}
"""Input files, written where a command names them."""

TIMED = frozenset({"latency_s", "wall_s", "objective", "balance"})
"""What follows from the measured time of calls: left out where models are called."""
FREE = frozenset({"version"})
"""Says nothing about results."""


@contextmanager
def serving(faults: Mapping[str, Any]) -> Iterator[str]:
    """Start the stand-in for a provider that the tests have; gives its address."""
    if (tests := str(Path(__file__).resolve().parents[1])) not in sys.path:
        sys.path.insert(0, tests)
    from loopback_server.server import Faults, LoopbackProcess

    with LoopbackProcess(faults=Faults(**faults)) as server:
        yield server.api_base


# --- playing -------------------------------------------------------------------------------------

HERE = Path(__file__).resolve().parent
DIGESTS, WHOLE = HERE / "pins.json", HERE / "pins.json.gz"
JOURNAL = "out/journal.sqlite"
TABLES = {
    TICKS: "SELECT record FROM ticks ORDER BY tick",
    RUNS: "SELECT result FROM runs",
}
CELL = ("protocol", "topology", "model", "agents", "level", "seed")
PATIENCE_S = 300.0
CLOSE = 1e-9

Parts = dict[str, Any]
"""What a command gave, by part."""


class Played(NamedTuple):
    """What a pin gave, and what helps to understand it.

    Attributes:
        parts: Everything that is compared.
        told: The last line on standard error of each of its commands.
        seconds: How long it took.
    """

    parts: Parts
    told: list[str]
    seconds: float


def play(pin: Pin) -> Played:
    """Play a pin's commands one after another in an empty folder."""
    began = time.monotonic()
    called = "{called}" in pin.command or "{server}" in pin.command
    without = TIMED | FREE if called else FREE
    with tempfile.TemporaryDirectory(prefix=f"pin-{pin.name}-") as name:
        folder = Path(name)
        for file, text in FILES.items():
            if file in pin.command:
                (folder / file).write_text(text, encoding="utf-8")
        done = [command(folder, step, pin.faults or {}) for step in pin.command.split(THEN)]
        parts: Parts = {CODE: [d.returncode for d in done]}
        for part in pin.parts.split():
            if part != CODE:
                found = tidied(taken(part, done, folder), without)
                parts[part] = sorted(found, key=cell) if part == RUNS else found
    told = [(d.stderr.strip().splitlines() or [""])[-1] for d in done]
    return Played(parts, told, time.monotonic() - began)


def command(folder: Path, step: str, faults: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """One command, with a server of its own where it calls models."""
    arguments = step.format(**WORDS)
    with serving(faults) if "{server}" in arguments else nullcontext("") as address:
        words = [sys.executable, "-m", "unscripted", *shlex.split(arguments.format(server=address))]
        try:
            done = subprocess.run(
                words, cwd=folder, env=surroundings(), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(words, -1, "", str(error))
    if address:
        done.stdout = done.stdout.replace(address, "http://server")
    return done


def surroundings() -> dict[str, str]:
    """The environment without what could change an answer, and with a key that is none."""
    unwanted = re.compile(
        r".*_API_(KEY|BASE)|.*_BASE_URL|LITELLM_.*|.*_PROXY|PYTHON.*|COLUMNS|FORCE_COLOR",
        re.IGNORECASE,
    )
    kept = {k: v for k, v in os.environ.items() if not unwanted.fullmatch(k)}
    return {**kept, "OPENAI_API_KEY": "sk-none-0123456789", "PYTHONUTF8": "1"}


def taken(part: str, done: list[subprocess.CompletedProcess[str]], folder: Path) -> Any:
    """One part of what commands left behind."""
    as_json, plain = [], []
    for d in done:
        (as_json if "--json" in d.args else plain).append(d.stdout)
    match part:
        case "json":
            return [parsed(text) for text in as_json]
        case "text":
            return [text.splitlines() for text in plain]
        case "names":
            return [[line.split()[0] for line in text.splitlines() if line] for text in plain]
    return [json.loads(row) for row in journal(folder, TABLES[part])]


def parsed(text: str) -> Any:
    """JSON; the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def journal(folder: Path, question: str) -> list[str]:
    """Rows of one column of a folder's journal; none where there is no journal."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as db:
        return [row for (row,) in db.execute(question)]


def cell(result: Any) -> tuple[Any, ...]:
    """Orders results of runs by what was played; workers finish in any order."""
    row = result.get("row", {})
    return (*(str(row.get(factor)) for factor in CELL), canonical(result))


def tidied(value: Any, without: frozenset[str]) -> Any:
    """A value without some fields, and without rows about one of them as a measure."""
    if isinstance(value, dict):
        return {k: tidied(v, without) for k, v in value.items() if k not in without}
    if isinstance(value, list):
        return [tidied(v, without) for v in value if not is_about(v, without)]
    return value


def is_about(row: Any, measures: frozenset[str]) -> bool:
    """Whether a row of statistics is about one of some measures."""
    return isinstance(row, dict) and row.get("measure") in measures


# --- comparing -----------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """Of a part; exit codes stand for themselves."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def digests(parts: Parts) -> Parts:
    """What `pins.json` says of a pin."""
    return {part: v if part == CODE else digest(v) for part, v in parts.items()}


def first_difference(old: Any, new: Any, path: str, closeness: float = 0.0) -> str | None:
    """Where two values differ first, and how; None where they are equal.

    Args:
        old: What was kept.
        new: What came out.
        path: Leads to both.
        closeness: Relative difference of numbers that counts as none.
    """
    if type(old) is type(new) and isinstance(old, dict):
        for key in sorted(old.keys() | new.keys()):
            where = f"{path}.{key}"
            if key not in new:
                return f"{where}: {shown(old[key])} is gone"
            if key not in old:
                return f"{where}: {shown(new[key])} is new"
            if (found := first_difference(old[key], new[key], where, closeness)) is not None:
                return found
        return None
    if type(old) is type(new) and isinstance(old, list):
        for i, (a, b) in enumerate(zip(old, new, strict=False)):
            if (found := first_difference(a, b, f"{path}[{i}]", closeness)) is not None:
                return found
        return None if len(old) == len(new) else f"{path}: {len(old)} entries, now {len(new)}"
    same = type(old) is type(new) and old == new
    if isinstance(old, float) and isinstance(new, float):
        same = math.isclose(old, new, rel_tol=closeness, abs_tol=closeness)
    return None if same else f"{path}: {shown(old)} → {shown(new)}"


def shown(value: Any, most: int = 160) -> str:
    """A value in a line."""
    text = canonical(value)
    return text if len(text) <= most else f"{text[:most]}…"


def differences(old: Parts, new: Parts, closeness: float) -> list[str]:
    """One line for each part of a pin that differs."""
    found = []
    for part in dict.fromkeys((*old, *new)):
        where = first_difference(old.get(part), new.get(part), part, closeness)
        if where is not None:
            found.append(where)
    return found


# --- keeping -------------------------------------------------------------------------------------


def version() -> str:
    """Of Python, as far as sums depend on it."""
    return ".".join(platform.python_version_tuple()[:2])


def kept() -> dict[str, Parts]:
    """What was kept of every pin; nothing before the first `write`."""
    if not WHOLE.exists():
        return {}
    whole: dict[str, Parts] = json.loads(gzip.decompress(WHOLE.read_bytes()))
    said = json.loads(DIGESTS.read_text(encoding="utf-8"))
    if said["pins"] != {name: digests(parts) for name, parts in whole.items()}:
        sys.exit(f"{DIGESTS.name} and {WHOLE.name} don't belong together; write both anew")
    if said["python"] != version():
        print(f"note: pinned on Python {said['python']}, this is {version()}: sums may differ")
    return whole


def keep(whole: dict[str, Parts]) -> None:
    """Write both files, in the order of the table; the same pins give the same bytes."""
    ordered = {pin.name: whole[pin.name] for pin in PINS if pin.name in whole}
    said = {"python": version(), "pins": {name: digests(p) for name, p in ordered.items()}}
    lines = ",\n".join(f"  {json.dumps(n)}: {json.dumps(d)}" for n, d in said["pins"].items())
    DIGESTS.write_text(
        f'{{\n "python": {json.dumps(said["python"])},\n "pins": {{\n{lines}\n }}\n}}\n',
        encoding="utf-8",
    )
    WHOLE.write_bytes(gzip.compress(canonical(ordered).encode(), mtime=0))


def chosen(names: list[str]) -> list[Pin]:
    """The pins of these names, which may hold `*`; all where there are none."""
    for name in names:
        if not any(fnmatchcase(pin.name, name) for pin in PINS):
            sys.exit(f"there is no pin {name}; there are: {', '.join(p.name for p in PINS)}")
    return [p for p in PINS if not names or any(fnmatchcase(p.name, n) for n in names)]


def write(pins: list[Pin], jobs: int) -> int:
    """Play pins and keep what they give; those that are not played stay as they are."""
    whole = {} if len(pins) == len(PINS) else kept()
    with ThreadPoolExecutor(jobs) as pool:
        for pin, played in zip(pins, pool.map(play, pins), strict=True):
            whole[pin.name] = played.parts
            print(f"{pin.name:24} {played.parts[CODE]}  {played.seconds:.1f} s", flush=True)
    keep(whole)
    sizes = ", ".join(f"{p.name} {p.stat().st_size / 1024:.0f} kB" for p in (DIGESTS, WHOLE))
    print(f"{len(pins)} written: {sizes}")
    return 0


def check(pins: list[Pin], jobs: int, closeness: float) -> int:
    """Play pins and say what differs from what was kept; 1 if anything does."""
    whole, changed = kept(), []
    with ThreadPoolExecutor(jobs) as pool:
        for pin, played in zip(pins, pool.map(play, pins), strict=True):
            old = whole.get(pin.name)
            found = ["it is not pinned"]
            if old is not None:
                found = differences(old, played.parts, closeness)
            said = "DIFFERS" if found else "same"
            print(f"{said:8} {pin.name}  {played.seconds:.1f} s", flush=True)
            for line in found:
                print(f"         {line}")
            if found:
                changed.append(pin.name)
                print(*(f"         said: {line}" for line in played.told if line), sep="\n")
    print(f"{len(pins) - len(changed)} of {len(pins)} the same", end="")
    print(f"; different: {', '.join(changed)}" if changed else "")
    return 1 if changed else 0


def main() -> int:
    """Read the command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("what", choices=("write", "check"))
    options.add_argument("names", nargs="*", metavar="NAME", help="of pins; may hold *")
    options.add_argument("--jobs", type=int, default=2, help="commands played at once")
    options.add_argument("--close", action="store_true", help="overlook last digits")
    given = options.parse_intermixed_args()
    installed = find_spec("unscripted")
    if installed is None:
        sys.exit("unscripted is not installed for this Python; use that of the project's .venv")
    print(f"playing {installed.origin}")
    pins, jobs = chosen(given.names), max(1, given.jobs)
    began = time.monotonic()
    if given.what == "write":
        code = write(pins, jobs)
    else:
        code = check(pins, jobs, CLOSE if given.close else 0.0)
    print(f"{time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
