"""Golden transcripts: the same seed gives the same record on every machine, Python and Mesa.

A change that moves one of these digests changes results; say so in the change log and renew them
with `python tests/model/test_golden.py`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import unscripted as un
from unscripted.testing import Scripted

FILE = Path(__file__).with_name("golden.json")
RUNS = {
    "sequential": {"protocol": "sequential", "n_agents": 8},
    "coordinator": {"protocol": "coordinator", "n_agents": 6, "topology": "star"},
    "broadcast": {"protocol": "broadcast", "n_agents": 6, "model": "synthetic/medium"},
    "shared": {"protocol": "shared", "n_agents": 6, "topology": "watts-strogatz:k=2,p=0.3"},
    "fixed-roles": {"protocol": "fixed-roles", "n_agents": 7, "level": "L4"},
    "random": {"protocol": "random", "n_agents": 5, "tasks": "generated"},
    "solo": {"protocol": "solo", "n_agents": 5, "level": "L1"},
    "silent": {"protocol": "silent", "n_agents": 5, "judge": "rubric:gpt-4o,noise=0.1"},
    "mixed": {"n_agents": 4, "model": "synthetic/weak*3+synthetic/strong*1", "level": "L2"},
}


def digest(options):
    org = un.build(rng=20261122, **options)
    text = "\n".join(r.to_json() for r in org.run(3))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", RUNS)
def test_golden_runs_stay_the_same(name):
    assert digest(RUNS[name]) == json.loads(FILE.read_text(encoding="utf-8"))[name]


def test_hash_seeds_change_nothing():
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import test_golden as g;"
        "print(g.digest(g.RUNS['shared']))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == digest(RUNS["shared"])


def test_scripted_morning_of_four():
    """The whole story of one tick, as an exact log."""
    minds = [
        Scripted([un.Contribution("chair", "an agenda")]),
        Scripted([un.Contribution("scribe", "minutes of the agenda", (0,))]),
        Scripted([un.Abstention("nothing to add")]),
        Scripted([un.Contribution("critic", "a doubt about the minutes", (1, 2))]),
    ]
    org = un.build(protocol="sequential", n_agents=4, model=minds, topology="chain", judge="none")
    org.step()
    story = [
        (m.member, str(m.state), m.role, m.builds_on, [t.seen for t in m.turns], m.note)
        for m in org.records[0].members
    ]
    assert story == [
        (0, "contributed", "chair", (), [()], ""),
        (1, "contributed", "scribe", (0,), [((0, 1),)], ""),
        (2, "abstained", None, (), [((1, 2),)], "nothing to add"),
        (3, "contributed", "critic", (), [()], ""),
    ]
    assert [(m.author, m.content.work) for m in org.records[0].log] == [
        (0, "an agenda"), (1, "minutes of the agenda"), (3, "a doubt about the minutes"),
    ]  # fmt: skip
    assert org.records[0].by_id[3].turns[0].dropped == 2
    assert org.measures["hierarchy_depth"] == 2
    assert org.measures["abstention_rate"] == 0.25


if __name__ == "__main__":
    FILE.write_text(json.dumps({n: digest(o) for n, o in RUNS.items()}, indent=1) + "\n")
