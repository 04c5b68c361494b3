"""The commands that are pinned, by name, and the files they read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

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
    Pin("called-mixed", "run {out} --api-base {server} --price 1,10 --yes --agents 6 --ticks 2 "
        "--judge openai/judge --model "
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
ADDED = frozenset(
    {
        "tasks", "outcome", "score", "score_floor", "score_own", "score_ceiling", "answered",
        "parts_reached",
    }
)  # fmt: skip
"""Columns that came after the pins were written: no difference where a pin has none of them."""
