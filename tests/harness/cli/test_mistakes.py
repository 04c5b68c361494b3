"""A user's mistake is one line with argument, value, rule and remedy, and leaves nothing behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MISTAKES = [
    ("run --protocol sequentail", "protocol='sequentail'", "did you mean sequential?"),
    ("run --protocol silent:x=1", "protocol=silent", "options: none"),
    ("run --protocol silent,solo", "protocol='silent,solo'", "known:"),
    ("run --topology moebius", "topology='moebius'", "known:"),
    ("run --topology watts-strogatz:q=4", "'q=4'", "options: k=, p="),
    ("run --topology watts-strogatz:k=four", "k='four'", "not a valid int"),
    ("run --topology karate-club", "karate-club has 34 nodes for n_agents=8", "--agents 34"),
    ("run --topology nowhere.graphml", "topology=nowhere.graphml", "give one of"),
    ("run --model synthetic/stronk", "model='synthetic/stronk'", "did you mean synthetic/strong?"),
    ("run --model nobody/x", "model='nobody/x'", "known:"),
    ("run --model synthetic/weak*3", "names 3 members for n_agents=8", "--agents 3"),
    ("run --model synthetic/weak*²", "model=", "use a team like"),
    ("run --level L5", "level='L5'", "known: L1, L2, L3, L4"),
    ("run --protocol dialogue:", "protocol='dialogue:'", "remove the colon"),
    ("run --topology ring:", "topology='ring:'", "remove the colon"),
    ("run --judge rubric:", "judge='rubric:'", "remove the colon"),
    ("run --memory team:", "memory='team:'", "remove the colon"),
    ("run --model synthetic/weak*0", "count 0 is below 1", "use 1 or more"),
    ("run --model synthetic/weak*0+synthetic/strong*8", "count 0 is below 1", "leave the part out"),
    ("run --out /dev/null", "out=/dev/null is not a folder", "use an empty or new folder"),
    ("run --judge rubric,noise=-1", "judge='rubric,noise=-1'", "use rubric:noise=-1"),
    ("run --judge rubric:noise=nan", "noise=nan must be 0 or more", "use e.g. noise=0.2"),
    ("run --topology watts-strogatz:p=inf", "p=inf is outside 0 to 1", "use e.g. p=0.1"),
    ("run --temperature inf", "temperature='inf' is not a number", "use a finite one"),
    ("run --judge harsh", "judge='harsh'", "known:"),
    ("run --judge rubric:harsh", "judge=rubric", "options: gpt-4o"),
    ("run --judge openai/a,openai/a", "names a judge twice", "name each once"),
    ("run --memory all", "memory='all'", "known: off, own, team"),
    ("run --memory team:depth=1", "memory=team", "options: horizon=, decay=, always="),
    ("run --skills none", "skills='none'", "known: auto, fixed, growing"),
    ("run --skills fixed:rate=1", "skills=fixed", "options: none"),
    ("run --tune batch", "tune='batch'", "use e.g. batch=1/4"),
    ("run --tune batch=1/4", "batch", "sequential"),
    ("run --shock remove", "shock='remove' has no tick", "use KIND@TICK"),
    ("run --shock remove@x", "shock='remove@x' has no tick", "use KIND@TICK"),
    ("run --shock rain@2", "shock='rain'", "known:"),
    ("run --shock remove@12", "shock=remove@12", "use a tick below 12"),
    ("run --shock remove@3-12", "shock=remove@12", "use a tick below 12"),
    ("run --agents 0", "agents=0", "use 1 or more"),
    ("run --agents eight", "agents='eight'", "is not a whole number"),
    ("run --agents 2.5", "agents='2.5'", "is not a whole number"),
    ("run --agents", "--agents", "run --help"),
    ("run --ticks 0", "ticks=0", "use 1 or more"),
    ("run --seed -1", "seed=-1", "use 0 or more"),
    ("run --budget 0", "budget=0.0", "use more"),
    ("run --budget nan", "budget='nan'", "is not a number"),
    ("run --temperature 3", "temperature=3.0", "0 to 2"),
    ("run --timeout 0", "timeout=0.0", "above 0"),
    ("run --concurrency 0", "concurrency=0", "at least 1"),
    ("run --max-failures -1", "max_failures=-1", "use 0 or more"),
    ("run --price free", "price='free'", "use"),
    ("run --tasks nowhere.yaml", "tasks=nowhere.yaml", "give a YAML task file"),
    ("run --json=maybe", "--json", "run --help"),
    ("run --ticks 1 --ticks 2", "--ticks", "run --help"),
    ("run --tick 3", "--tick", "--help"),
    ("run --replicates 3", "--replicates", "run --help"),
    ("run now", "'now' is neither a command nor an option", "see unscripted run --help"),
    ("rnu", "'rnu' is neither a command nor an option", "see unscripted --help"),
    ("compare --protocol solo,sollo", "protocol='sollo'", "did you mean solo?"),
    ("compare --protocol ,", "protocol=','", "remove the extra comma"),
    ("compare --agents 4,x", "agents='x'", "is not a whole number"),
    ("compare --agents=--5", "agents='--5'", "is not a whole number"),
    ("compare --agents 8,08", "agents names '8' twice", "give each once"),
    ("compare --level L1,L1", "level='L1,L1' names 'L1' twice", "name it once"),
    ("compare --topology star,karate-club", "karate-club has 34 nodes", "--agents 34"),
    ("compare --level L1,L9", "level='L9'", "known:"),
    ("compare --replicates 0", "replicates=0", "use 1 or more"),
    ("compare --match time", "match='time'", "known: calls, tokens, usd"),
    ("compare --match calls:ripple", "match='calls:ripple'", "calls:sequential"),
    ("compare --match calls --protocol solo", "match=calls needs two protocols", "name more"),
    ("compare --match calls --protocol silent", "match=calls needs two protocols", "name more"),
    ("compare --match calls --model synthetic/weak*2+synthetic/strong*6",
     "model='synthetic/weak*2+synthetic/strong*6' fixes one", "use one model"),
    ("list protocol", "list='protocol'", "did you mean protocols?"),
    ("list models tasks", "'tasks' is neither", "see unscripted list --help"),
    ("scenario protocol_comparision", "scenario='protocol_comparision'", "protocol_comparison"),
    ("scenario nowhere.py", "nowhere.py is not a file", "give the path of a Python file"),
    ("scenario team_scaling --nope", "--nope", "see unscripted scenario team_scaling --help"),
    ("scenario team_scaling --level L9", "level='L9'", "known:"),
    ("scenario team_scaling --replicates 0", "replicates=0", "use 1 or more"),
    ("scenario team_scaling --agents ,", "agents=','", "remove the extra comma"),
    ("scenario team_scaling --ticks 0", "ticks=0", "use 1 or more"),
    ("scenario task_complexity --protocol silent", "--protocol", "task_complexity --help"),
    ("scenario paper_campaign --scale 2", "scale=2.0", "1 is the whole campaign"),
    ("scenario paper_campaign --scale 0", "scale=0.0", "1 is the whole campaign"),
    ("scenario paper_campaign --agents 3", "agents=3", "use more"),
    ("replay", "FOLDER", "replay --help"),
    ("replay nowhere", "dir=nowhere", "give the folder of a run"),
    ("report nowhere", "dir=nowhere", "give the folder of a run"),
    ("check relay", "target='relay'", "use FILE.py:Class"),
    ("check nowhere.at.all:Relay", "target=nowhere.at.all:Relay", "run from the folder"),
    ("check unscripted.protocols.silent:Sylent", "has no Sylent; it defines", "Silent"),
    ("check os.path:join", "target='os.path:join' is no plug-in", "subclass one of unscripted."),
    ("check unscripted.protocols.silent:Silent --examples 0", "examples=0", "use 1 or more"),
    ("check unscripted.protocols.silent:Silent --examples x", "--examples", "check --help"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "named", "remedy"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_one_line(call, line, named, remedy):
    said = call(*line.split())
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("unscripted: ")
    assert named in said.err
    assert remedy in said.err
    assert list(Path.cwd().iterdir()) == []


OPTIONS = ("tasks", "topology", "protocol", "model", "level", "judge", "shock", "agents", "config")


@pytest.mark.parametrize("option", OPTIONS)
def test_a_wrong_value_drives_no_terminal(call, option):
    said = call("run", f"--{option}", "two\nlines \x1b[31mred\x9b2J \u202e")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert not UNPRINTABLE.search(said.err)
    assert "[31mred" in said.err
