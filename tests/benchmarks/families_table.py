"""Every protocol on every family of code-scored tasks, and perfect relays on random graphs.

    python tests/benchmarks/families_table.py --agents 4 16
    python tests/benchmarks/families_table.py --relays 600

The first plays each protocol once with each family, with synthetic minds: runs, failures, the score
as a share of what lies between floor and ceiling, and calls against the corpus with the same
protocol. The second draws connected graphs, has a team of relays talk for one round fewer than the
diameter and for as many, and counts where all is known.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from typing import Any

import networkx as nx

import unscripted as un
from unscripted.model.plugins.discovery import discover

FAMILIES = (
    "hidden-profile", "shards:kind=max", "shards:kind=xor", "shards:kind=sort",
    "agentsnet:problem=coloring", "agentsnet:problem=consensus", "philosophers",
)  # fmt: skip


def play(protocol: str, tasks: str, agents: int) -> dict[str, Any]:
    """One run of three ticks as a row."""
    given = {"protocol": protocol, "n_agents": agents, "rng": 1}
    org = un.build(model="synthetic/strong", tasks=tasks, **given)
    records = org.run(3)
    verdicts = [r.verdict for r in records]
    calls = sum(r.totals.calls for r in records) / len(records)
    row = {"calls": calls, "failures": sum(r.totals.failures for r in records)}
    if all(v.score is not None for v in verdicts):
        family = un.task_family(tasks)
        floor, ceiling = family.floor(agents), family.ceiling(agents)
        mean = sum(v.score for v in verdicts if v.score is not None) / len(verdicts)
        row |= {"score": mean, "share": (mean - floor) / (ceiling - floor)}
    return row


def table(agents: int) -> Iterator[dict[str, Any]]:
    """A row for each protocol and family."""
    for protocol in sorted(discover("protocols")):
        corpus = play(protocol, "corpus", agents)["calls"]
        for tasks in FAMILIES:
            row = play(protocol, tasks, agents)
            calls = round(row["calls"] / corpus, 2) if corpus else None
            yield {
                "protocol": protocol,
                "tasks": tasks,
                "agents": agents,
                "failures": row["failures"],
                "score": round(row["score"], 3),
                "of what lies between": round(row["share"], 2),
                "calls against the corpus": calls,
            }


def relays(graphs: int) -> dict[str, int]:
    """Teams of relays that knew all after so many rounds as the diameter, and one fewer."""
    draw, found = random.Random(0), {"graphs": 0, "reached": 0, "reached a round earlier": 0}
    while found["graphs"] < graphs:
        graph = nx.gnp_random_graph(
            draw.randrange(3, 13), draw.uniform(0.2, 0.9), draw.randrange(2**31)
        )
        if not nx.is_connected(graph):
            continue
        found["graphs"] += 1
        diameter = nx.diameter(graph)
        found["reached"] += all_known(graph, diameter, found["graphs"])
        if diameter > 1:
            found["reached a round earlier"] += all_known(graph, diameter - 1, found["graphs"])
    return found


def all_known(graph: nx.Graph, rounds: int, seed: int) -> bool:
    """Whether relays reach the ceiling after some rounds of dialogue."""
    org = un.build(
        protocol=f"dialogue:rounds={rounds}", n_agents=len(graph), model="reference/relay",
        topology=graph, tasks="shards:kind=xor", rng=seed,
    )  # fmt: skip
    (record,) = org.run(1)
    return record.verdict.score == 1


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--agents", nargs="*", type=int, default=[])
    parser.add_argument("--relays", type=int, default=0)
    given = parser.parse_args()
    for agents in given.agents:
        for row in table(agents):
            print(json.dumps(row), flush=True)
    if given.relays:
        print(json.dumps(relays(given.relays)))


if __name__ == "__main__":
    main()
