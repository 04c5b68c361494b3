"""What local models make of each act: usable at once, after a repair, or lost; and how fast.

    python tests/benchmarks/local_models.py smollm2-135m qwen-0.5b --decisions 50 --out now.json

    python tests/benchmarks/local_models.py --folder first           of a recorded comparison

Every model gets the same observations: members at four seats of a team on tasks of the corpus,
whose colleagues have passed on sentences of the brief. How an answer is judged:

- usable at once: the first answer was read as a reply to the act; after a repair: the second was;
  lost: neither, or the call failed.
- announcement: a contribution whose work speaks of what its author will do (`ANNOUNCES`).
- empty: a contribution of fewer than eight words.
- named: of the works that a contribution could build on, it names one or more; used: of those that
  name some, each named work shares four words in a row with the contribution.
- reason: an abstention whose reason is eight words or more and no copy of a line of the prompt.
- copied: a contribution more than half of whose words stand in the prompt in runs of four.
- cached: the share of prompt tokens that the engine had read before, by its own count.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
import time
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import unscripted as un
from unscripted.model.decision import Act
from unscripted.model.engine import event_loop
from unscripted.model.mind import Mind
from unscripted.model.observation import Observation

ANNOUNCES = re.compile(
    r"\b(I|we)(['’]ll| will| would| am going to| plan to| intend to)\b|\bwill (be )?provide",
    re.IGNORECASE,
)
ACTS = tuple(Act)
TEAMS = {
    Act.INTEND: {"protocol": "broadcast", "level": "L1"},
    Act.PLAN: {"protocol": "coordinator", "level": "L1"},
    Act.SAY: {"protocol": "dialogue:rounds=2", "tasks": "hidden-profile"},
    Act.ANSWER: {"protocol": "dialogue:rounds=2", "tasks": "hidden-profile"},
    Act.MOVE: {"protocol": "dialogue:rounds=2", "tasks": "philosophers"},
}
"""Where each act is asked for."""
AGENTS = 4


class Passing(Mind):
    """Passes on a sentence of the brief as its work, and keeps what it saw."""

    instant = True
    name = "passing"

    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def decide(self, observation: Observation) -> object:
        self.seen.append(observation)
        sentences = re.split(r"(?<=[.;:?])\s+", " ".join(observation.brief.text.split()))
        said = sentences[observation.member % len(sentences)]
        if observation.act is Act.INTEND:
            return un.Intention("reader", (said[:60],))
        if observation.act is Act.PLAN:
            return un.Plan(tuple(un.Assignment(m, "reader", ("facts",)) for m in range(AGENTS)))
        if observation.act in (Act.SAY, Act.ANSWER, Act.MOVE):
            return un.Abstention("nothing to say yet")
        return un.Contribution("reader", f"From the brief: {said}", (), 0.5)


def observations(act: Act, count: int) -> Iterator[Observation]:
    """What members of teams see when they are asked for an act."""
    team = TEAMS.get(act, {"protocol": "sequential", "level": "L1"})
    given = 0
    for seed in range(1000):
        mind = Passing()
        org = un.build(n_agents=AGENTS, model=mind, judge="none", rng=seed, **team)
        org.run(3)
        asked = Act.CONTRIBUTE if act is Act.AMEND else act
        for observation in (o for o in mind.seen if o.act is asked):
            yield replace(observation, act=act)
            given += 1
            if given == count:
                return


def judged(reply: object, observation: Observation) -> dict[str, bool | None]:
    """What can be said of a usable reply by rule."""
    said: dict[str, bool | None] = {}
    if isinstance(reply, un.Abstention):
        said["abstained"] = True
        words = reply.reason.split()
        said["reason"] = len(words) >= 8 and reply.reason not in observation.brief.text
    elif isinstance(reply, un.Contribution):
        said["announcement"] = ANNOUNCES.search(reply.work) is not None
        said["empty"] = len(reply.work.split()) < 8
        works = {
            m.author: m.content.work
            for m in observation.messages
            if isinstance(m.content, un.Contribution)
        }
        if works:
            named = [works[i] for i in reply.builds_on if i in works]
            said["named"] = bool(named)
            if named:
                said["used"] = all(_share(work, reply.work) for work in named)
    return said


def _share(work: str, other: str, words: int = 4) -> bool:
    def runs(text: str) -> set[tuple[str, ...]]:
        found = re.findall(r"\w+", text.lower())
        return set(zip(*(found[k:] for k in range(words)), strict=False))

    return bool(runs(work) & runs(other))


def copied(work: str, prompt: str, words: int = 4) -> bool:
    """Whether more than half of a work's words stand in its prompt, in runs of some words."""
    said, there = (re.findall(r"\w+", text.lower()) for text in (work, prompt))
    known = set(zip(*(there[k:] for k in range(words)), strict=False))
    inside: set[int] = set()
    for start in range(len(said) - words + 1):
        if tuple(said[start : start + words]) in known:
            inside.update(range(start, start + words))
    return len(inside) > len(said) / 2


def of_folder(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """What a recorded comparison's answers are, by protocol, and by model and act."""
    found: dict[str, dict[str, Counter[str]]] = {"protocols": {}, "acts": {}}
    with closing(sqlite3.connect(f"file:{folder / 'journal.sqlite'}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT run, call, request, text, failed, tokens_in, tokens_cached, latency_s"
            " FROM calls WHERE tick >= 0"
        )
        for run, call, request, text, failed, *spent in rows.fetchall():
            protocol, _, model, *_ = run.split("|")
            _, messages, schema, *_ = json.loads(zlib.decompress(request))
            tally = answer_tally(text, failed, call, " ".join(m[1] for m in messages))
            tally |= dict(zip(("tokens in", "tokens from cache", "seconds"), spent, strict=True))
            act = schema.partition("?")[0]
            found["protocols"].setdefault(protocol, Counter()).update(tally)
            found["acts"].setdefault(f"{model} {act}", Counter()).update(tally)
    return {
        table: {name: {k: round(v, 1) for k, v in tally.items()} for name, tally in rows.items()}
        for table, rows in found.items()
    }


def answer_tally(text: str, failed: str | None, call: int, prompt: str) -> dict[str, int]:
    """What can be said of one recorded answer by rule, as counts of 0 and 1."""
    try:
        said = json.loads(text) if failed is None else {}
    except ValueError:
        said = {"decision": "no object"}  # cut off; asked for once more
    decision, work = said.get("decision", "nothing"), said.get("work", "")
    tally = {"calls": 1, "repairs": call > 0, "lost": failed is not None, decision: 1}
    if decision == "abstain":
        reason = said.get("reason", "")
        tally["with a reason"] = len(reason.split()) >= 8 and reason not in prompt
    if decision == "contribute":
        tally["names a work it built on"] = bool(said["builds_on"])
        tally["announcements"] = ANNOUNCES.search(work) is not None
        tally["copied"] = copied(work, prompt)
        tally["empty"] = len(work.split()) < 8
    return {name: int(count) for name, count in tally.items()}


def read_anew(address: str) -> int:
    """Prompt tokens the engine has computed so far."""
    page = urllib.request.urlopen(f"{address.removesuffix('/v1')}/metrics").read().decode()
    return int(float(re.findall(r"^llamacpp:prompt_tokens_total (\S+)", page, re.M)[0]))


def measure(model: str, act: Act, count: int) -> dict[str, object]:
    """Ask for one act, one decision after another."""
    with un.Service(un.Calls(timeout_s=600.0), at_once=1) as service:
        mind = service.mind(f"local/{model}")
        service.probe([f"local/{model}"])
        address = mind.model.calls.api_base
        before, began = read_anew(address), time.perf_counter()
        tally = {"once": 0, "repaired": 0, "lost": 0}
        rules: dict[str, list[bool]] = {}
        causes: list[str] = []
        tokens_in = tokens_out = 0
        for observation in observations(act, count):
            answer = event_loop.run(mind.decide(observation))
            tokens_in += answer.usage.tokens_in or 0
            tokens_out += answer.usage.tokens_out or 0
            if isinstance(answer.reply, un.Failure):
                tally["lost"] += 1
                causes.append(str(answer.reply)[:120])
                continue
            tally["repaired" if answer.trace.repairs else "once"] += 1
            for name, holds in judged(answer.reply, observation).items():
                rules.setdefault(name, []).append(bool(holds))
        seconds = time.perf_counter() - began
        new = read_anew(address) - before
    return {
        "model": model,
        "act": act.value,
        "decisions": count,
        **tally,
        "seconds": round(seconds / count, 2),
        "tokens_in": tokens_in // count,
        "tokens_out": tokens_out // count,
        "cached": round(1 - new / tokens_in, 2) if tokens_in else None,
        "rules": {name: f"{sum(held)}/{len(held)}" for name, held in rules.items()},
        "causes": causes[:3],
    }


def main() -> None:
    """Print a row for each model and act."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="*")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--decisions", type=int, default=50)
    parser.add_argument("--acts", nargs="*", default=[act.value for act in ACTS])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.folder is not None:
        print(json.dumps(of_folder(given.folder), indent=1))
    rows = []
    for model in given.models:
        for act in map(Act, given.acts):
            rows.append(measure(model, act, given.decisions))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
            if given.out is not None:
                given.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
