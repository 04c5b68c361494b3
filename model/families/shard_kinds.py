"""Questions about data that is split among members: how it is dealt, what is asked, what is right.

Each is a small total function of the parts in the order of the members. Levels are those of the
original: 1 parts are aggregated, 2 neighbours in the order matter, 3 everything is reshuffled.

References:
    Silo-Bench, arXiv:2603.01045, whose tasks' numbers are given as `original`. Generators and texts
    here are our own.
"""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from ..ground_truth.forms import AnswerForm, Choice, Integer, ListOf, Number
from ..ground_truth.values import Value

Part = tuple[Any, ...]
Parts = Sequence[Part]
"""What each member holds, in the order of the members."""
Deal = Callable[[random.Random, int, int], list[Part]]
"""Draws the parts of so many members, of so many values each."""

VOTES = ("A", "B", "C", "D")
LETTERS = "ABCDXYZ"
BIG = 10**6
DAMPING = 0.85


@dataclass(frozen=True)
class ShardKind:
    """One question about split data.

    Attributes:
        original: Its number in Silo-Bench.
        asks: What everybody is told.
        deal: Draws the parts of `n` members, of so many values each.
        answer: What is right, from all parts in order; with `segments` one answer for each member.
        form: The form of an answer for `n` members.
        segments: Whether each member answers for its own segment.
        upto: Whether a segment needs the parts up to its own only, not all.
        floor: Expected score of the best constant or of chance, for so many values in all.
        size: Values in the original's parts, where others would do; 0 where they are fixed.
    """

    original: str
    asks: str
    deal: Deal
    answer: Callable[[Parts], Value]
    form: Callable[[int], AnswerForm]
    segments: bool = False
    upto: bool = False
    floor: Callable[[int], float] = lambda values: 0.0
    size: int = 0

    @property
    def level(self) -> int:
        """1 to 3."""
        return self.original.count("I", 0, self.original.index("-"))


def _ints(low: int, high: int, count: int = 0) -> Deal:
    """Deals whole numbers, so many to each where the question gives that."""

    def deal(draw: random.Random, n: int, size: int) -> list[Part]:
        return [tuple(draw.randint(low, high) for _ in range(count or size)) for _ in range(n)]

    return deal


def _fixed(deal: Callable[[random.Random, int], list[Part]]) -> Deal:
    """Deals parts whose size the question gives."""
    return lambda draw, n, size: deal(draw, n)


def _flat(parts: Parts) -> list[Any]:
    return [x for part in parts for x in part]


def _deal_votes(draw: random.Random, n: int, size: int) -> list[Part]:
    """A winner that nobody ties with."""
    while True:
        parts = [tuple(draw.choice(VOTES) for _ in range(size)) for _ in range(n)]
        counts = sorted(Counter(_flat(parts)).values(), reverse=True)
        if len(counts) == 1 or counts[0] > counts[1]:
            return parts


def _deal_values(draw: random.Random, n: int, size: int) -> list[Part]:
    return _ints(1, 15 * n)(draw, n, size)


def _deal_floats(draw: random.Random, n: int, size: int) -> list[Part]:
    return [tuple(round(draw.uniform(0, 100), 2) for _ in range(size)) for _ in range(n)]


def _deal_texts(draw: random.Random, n: int) -> list[Part]:
    """The original's are the same every time, so that no part has to travel; ours are drawn."""
    return [
        tuple(f"Block_{5 * i + k}_{''.join(draw.choices(LETTERS, k=4))}" for k in range(5))
        for i in range(n)
    ]


def _deal_letters(draw: random.Random, n: int) -> list[Part]:
    return [("".join(draw.choice(LETTERS) for _ in range(20)),) for _ in range(n)]


def _deal_edges(draw: random.Random, n: int) -> list[Part]:
    """Six edges each among 10 n nodes: enough to join many, too few to join all."""
    nodes = range(10 * n)
    return [tuple(tuple(sorted(draw.sample(nodes, 2))) for _ in range(6)) for _ in range(n)]


def _deal_arrows(draw: random.Random, n: int) -> list[Part]:
    """Four links from each node of one's own, by whoever holds the node."""
    nodes = range(4 * n)
    return [
        tuple(
            (4 * i + k, t) for k in range(4) for t in sorted(draw.sample(nodes, min(4, len(nodes))))
        )
        for i in range(n)
    ]


def _deal_jobs(draw: random.Random, n: int) -> list[Part]:
    """The first member holds the long jobs."""
    return [
        tuple(draw.randint(50, 100) if i == 0 else draw.randint(1, 10) for _ in range(6))
        for i in range(n)
    ]


def xor(parts: Parts) -> Value:
    """All bytes, exclusive or.

    Args:
        parts: Of bytes.
    """
    found = 0
    for byte in _flat(parts):
        found ^= byte
    return found


def winner(parts: Parts) -> Value:
    """The option with most votes.

    Args:
        parts: Of votes.
    """
    return str(Counter(_flat(parts)).most_common(1)[0][0])


def prefix_sums(parts: Parts) -> Value:
    """Running sums over all parts, a segment for each member.

    Args:
        parts: Of whole numbers.
    """
    total, found = 0, []
    for part in parts:
        segment = []
        for x in part:
            total += x
            segment.append(total)
        found.append(tuple(segment))
    return tuple(found)


def chain_hashes(parts: Parts) -> Value:
    """Each text's sum of characters, exclusive or with the hash before it, mod 10⁴, from 0.

    Args:
        parts: Of texts.
    """
    last, found = 0, []
    for part in parts:
        segment = []
        for text in part:
            last = (sum(map(ord, text)) ^ last) % 10_000
            segment.append(last)
        found.append(tuple(segment))
    return tuple(found)


def trapped_water(parts: Parts) -> Value:
    """Units of water that stay between bars of these heights.

    Args:
        parts: Of heights.
    """
    bars = _flat(parts)
    left, right = list(bars), list(bars)
    for i in range(1, len(bars)):
        left[i] = max(left[i], left[i - 1])
        right[-1 - i] = max(right[-1 - i], right[-i])
    return sum(min(a, b) - h for a, b, h in zip(left, right, bars, strict=True))


def patterns(parts: Parts) -> Value:
    """How often A, then B, then C comes along, counted greedily.

    Args:
        parts: Each of one text.
    """
    wanted, found = 0, 0
    for letter in "".join(_flat(parts)):
        if letter == "ABC"[wanted]:
            wanted = (wanted + 1) % 3
            found += wanted == 0
    return found


def sorted_blocks(parts: Parts) -> Value:
    """All numbers sorted, cut into blocks of the parts' sizes.

    Args:
        parts: Of whole numbers.
    """
    whole, found, start = sorted(_flat(parts)), [], 0
    for part in parts:
        found.append(tuple(whole[start : start + len(part)]))
        start += len(part)
    return tuple(found)


def components(parts: Parts) -> Value:
    """Connected components among ten nodes a member.

    Args:
        parts: Of pairs of nodes.
    """
    graph: nx.Graph[int] = nx.empty_graph(10 * len(parts))
    graph.add_edges_from(_flat(parts))
    return nx.number_connected_components(graph)


def page_rank(links: Sequence[tuple[int, int]], nodes: int) -> tuple[float, ...]:
    """One step of PageRank from equal shares; what dangles is lost. Six decimals.

    Args:
        links: From one node to another, each once.
        nodes: How many, from 0.
    """
    out = Counter(a for a, _ in links)
    rank = [(1 - DAMPING) / nodes] * nodes
    for a, b in links:
        rank[b] += DAMPING / nodes / out[a]
    return tuple(round(r, 6) for r in rank)


def balanced(jobs: Sequence[int], workers: int) -> tuple[float, ...]:
    """Longest job first to the least loaded: variance of the loads, the largest, the smallest.

    Args:
        jobs: Lengths.
        workers: How many, 1 or more.
    """
    loads = [0] * workers
    for job in sorted(jobs, reverse=True):
        loads[loads.index(min(loads))] += job
    return (round(statistics.pvariance(loads), 2), float(max(loads)), float(min(loads)))


def _whole(low: int, high: int) -> Callable[[int], AnswerForm]:
    return lambda n: Integer(low, high)


def _list_of(count: int) -> Callable[[int], AnswerForm]:
    return lambda n: ListOf(Integer(0, BIG), count)


KINDS: dict[str, ShardKind] = {
    "max": ShardKind(
        "I-01", "What is the largest of all numbers?", _ints(-1000, 1000),
        lambda parts: max(_flat(parts)), _whole(-1000, 1000),
        floor=lambda values: 1 - (2000 / 2001) ** values, size=20,
    ),
    "sum": ShardKind(
        "I-00", "What is the sum of all numbers?", _ints(0, 100),
        lambda parts: sum(_flat(parts)), lambda n: Integer(0, 2000 * n), size=20,
    ),
    "vote": ShardKind(
        "I-03", "Which option has most votes?", _deal_votes, winner, lambda n: Choice(VOTES),
        floor=lambda values: 1 / len(VOTES), size=25,
    ),
    "xor": ShardKind(
        "I-06", "What is the bitwise exclusive or of all bytes?", _ints(0, 255), xor,
        _whole(0, 255), floor=lambda values: 1 / 256, size=20,
    ),
    "mean": ShardKind(
        "I-07", "What is the mean of all numbers, to two decimals?", _deal_floats,
        lambda parts: round(math.fsum(_flat(parts)) / len(_flat(parts)), 2),
        lambda n: Number(0, 100), size=25,
    ),
    "distinct": ShardKind(
        "I-08", "How many distinct values are there in all?", _deal_values,
        lambda parts: len(set(_flat(parts))), lambda n: Integer(1, 30 * n), size=30,
    ),
    "top": ShardKind(
        "I-09", "What are the ten largest of all numbers, largest first?", _ints(1, 1000, 30),
        lambda parts: tuple(sorted(_flat(parts), reverse=True)[:10]), _list_of(10),
    ),
    "prefix": ShardKind(
        "II-11",
        "The numbers of all members, in the order of the members' numbers, are one list. Answer "
        "with the running sums at the places of your own part: each the sum of all numbers of "
        "earlier members and of yours up to there.",
        _ints(1, 50, 15), prefix_sums, _list_of(15), segments=True, upto=True,
    ),
    "pattern": ShardKind(
        "II-15",
        "The letters of all members, in the order of the members' numbers, are one text. Read it "
        "once from left to right: wait for an A, then for a B, then for a C, then for an A again. "
        "How many times do you get to the C?",
        _fixed(_deal_letters), patterns, lambda n: Integer(0, 20 * n),
    ),
    "water": ShardKind(
        "II-16",
        "The heights of all members, in the order of the members' numbers, are bars side by side. "
        "How many units of water stay between them after rain?",
        _ints(0, 9), trapped_water, lambda n: Integer(0, 90 * n), size=10,
    ),
    "chain": ShardKind(
        "II-20",
        "The texts of all members, in the order of the members' numbers, are one list. The hash of "
        "a text is (the sum of its characters' codes) XOR (the hash before it), modulo 10000; the "
        "hash before the first is 0. Answer with the hashes of your own texts.",
        _fixed(_deal_texts), chain_hashes, _list_of(5), segments=True, upto=True,
    ),
    "sort": ShardKind(
        "III-21",
        "Sort all numbers, smallest first, and cut the sorted list into equal blocks. Answer with "
        "the block at your place in the order of the members' numbers.",
        _ints(1, 1000, 20), sorted_blocks, _list_of(20), segments=True,
    ),
    "components": ShardKind(
        "III-23",
        "Each member holds some edges of one graph with ten nodes for each member, numbered from "
        "0. How many connected components has it, single nodes included?",
        _fixed(_deal_edges), components, lambda n: Integer(1, 10 * n),
    ),
    "pagerank": ShardKind(
        "III-28",
        "Each member holds some links (from, to) of one graph with four nodes for each member, "
        "numbered from 0. Do one step of PageRank: all nodes start with equal shares, damping is "
        "0.85, what has no links out is lost. Answer with all shares, to six decimals.",
        _fixed(_deal_arrows), lambda parts: page_rank(_flat(parts), 4 * len(parts)),
        lambda n: ListOf(Number(0, 1), 4 * n),
    ),
    "balance": ShardKind(
        "III-29",
        "Deal all jobs to as many workers as there are members: always the longest job left, to "
        "the worker with the least load, of equals the first. Answer with the variance of the "
        "loads (two decimals), the largest and the smallest load.",
        _fixed(_deal_jobs), lambda parts: balanced(_flat(parts), len(parts)),
        lambda n: ListOf(Number(0, BIG), 3),
    ),
}  # fmt: skip
"""By the name users type."""
