"""What makes a task one of its level: requirements, domains, dependencies, conflicts."""

from __future__ import annotations

from collections.abc import Sequence

from .task import Requirement, Task

DOMAINS = {"L1": "1", "L2": "2", "L3": "3 or more", "L4": "3 or more"}
SIZES = {"L1": (3, 5), "L2": (5, 10), "L3": (10, 20), "L4": (10, 20)}


def chain_length(rubric: Sequence[Requirement]) -> int | None:
    """Requirements in the longest chain of dependencies; None where they go in a circle.

    Args:
        rubric: Of a task; its references are known.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph((d, r.id) for r in rubric for d in r.depends_on)
    if not nx.is_directed_acyclic_graph(graph):
        return None
    return len(nx.dag_longest_path(graph)) or 1


def broken_level_rule(task: Task) -> str | None:
    """What keeps a task from being of its level; None where nothing does.

    Args:
        task: With known references and no circle.
    """
    rubric, level = task.rubric, task.level
    n, n_domains = len(rubric), len(task.domains)
    low, high = SIZES[level]
    depends = any(r.depends_on for r in rubric)
    conflicts = sum(len(r.conflicts_with) for r in rubric)
    hidden = sum(r.hidden for r in rubric)
    domain = {r.id: r.domain for r in rubric}
    crossing = any(domain[d] != r.domain for r in rubric for d in r.depends_on)
    if not low <= n <= high:
        return f"has {n} requirements; use {low} to {high}"
    wanted = {"L1": n_domains == 1, "L2": n_domains == 2}.get(level, n_domains >= 3)
    if not wanted:
        return f"has {n_domains} domains; use {DOMAINS[level]}"
    if level == "L1" and depends:
        return "has dependencies; remove them or use L2 or above"
    if level == "L2" and not crossing:
        return "has no dependency across its two domains; add one or use L1"
    if level in ("L3", "L4") and (chain_length(rubric) or 0) < 3:
        return "has no chain of 3 dependent requirements; add one or use L2"
    if level == "L4" and (conflicts == 0 or hidden == 0):
        return "needs conflicts and hidden requirements; add both or use L3"
    if level != "L4" and (conflicts or hidden):
        return "has conflicts or hidden requirements; remove them or use L4"
    return None
