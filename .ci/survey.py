"""Measures the house: how long files, functions and names are, and fails where a limit is passed.

    python .ci/survey.py           print the table; exit 1 where a limit of `LIMITS` is passed

Functions are counted without their docstrings, files with everything. Circles between files are
import-linter's business (`lint-imports`); here they are only counted, tests left out.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("agents", "model", "protocols", "scenarios")
LIMITS = {
    "files in a folder": 16,
    "lines of a test file": 600,
    "words in a test's name": 6,
    "public functions without Args": 0,
    "import circles": 0,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Spread(NamedTuple):
    """Median, ninth decile and largest of some counts."""

    median: int
    p90: int
    largest: int

    @classmethod
    def of(cls, values: Sequence[int]) -> Spread:
        """From counts; at least one."""
        ordered = sorted(values)
        last = len(ordered) - 1
        return cls(ordered[last // 2], ordered[round(0.9 * last)], ordered[last])

    def __str__(self) -> str:
        return f"{self.median} / {self.p90} / {self.largest}"


def python_files() -> list[Path]:
    """Every Python file git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split() if (path := ROOT / name).exists()]


def is_script(path: Path) -> bool:
    """Whether it is a scenario's own code, whose docstring says what its few functions are for."""
    parts = path.relative_to(ROOT).parts
    return parts[0] == "scenarios" and parts[1] != "harness"


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    assert function.end_lineno is not None
    whole = function.end_lineno - function.lineno + 1
    first = function.body[0]
    doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if not (doc and ast.get_docstring(function) is not None):
        return whole
    assert first.end_lineno is not None
    return whole - (first.end_lineno - first.lineno + 1)


def parameters(function: Function) -> list[str]:
    """Names of what a caller passes."""
    a = function.args
    named = [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return [name for name in named if name not in ("self", "cls")]


def documented_methods(trees: Iterable[ast.Module]) -> set[str]:
    """Names of methods that some class documents with `Args:`; who overrides one need not."""
    classes = (n for tree in trees for n in tree.body if isinstance(n, ast.ClassDef))
    methods = (f for c in classes for f in c.body if isinstance(f, Function))
    return {f.name for f in methods if "Args:" in (ast.get_docstring(f) or "")}


def public_without_args(tree: ast.Module, known: set[str]) -> list[str]:
    """Public functions and methods with arguments whose docstring has no `Args:`."""
    found = []
    for owner in (tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))):
        if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
            continue
        for f in (n for n in owner.body if isinstance(n, Function)):
            if f.name.startswith("_") or not parameters(f):
                continue
            overrides = isinstance(owner, ast.ClassDef) and bool(owner.bases) and f.name in known
            if not overrides and "Args:" not in (ast.get_docstring(f) or ""):
                found.append(f"{f.name} (line {f.lineno})")
    return found


def imports_of(path: Path, tree: ast.AST, known: set[str]) -> set[str]:
    """The project's own modules a file names in its import statements."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[:-1]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = package[: len(package) - (node.level - 1)]
            base = ".".join((*home, *(node.module or "").split("."))).strip(".")
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return found & known


def circles(graph: dict[str, set[str]]) -> int:
    """Groups of files that import each other, directly or around."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(node: str, arrows: dict[str, set[str]], into: list[str]) -> None:
        stack = [(node, iter(sorted(arrows[node])))]
        seen.add(node)
        while stack:
            here, following = stack[-1]
            after = next((n for n in following if n not in seen), None)
            if after is None:
                into.append(here)
                stack.pop()
            else:
                seen.add(after)
                stack.append((after, iter(sorted(arrows[after]))))

    for node in sorted(graph):
        if node not in seen:
            visit(node, graph, order)
    back: dict[str, set[str]] = {node: set() for node in graph}
    for node, targets in graph.items():
        for target in targets:
            back[target].add(node)
    seen.clear()
    count = 0
    for node in reversed(order):
        if node not in seen:
            group: list[str] = []
            visit(node, back, group)
            count += len(group) > 1
    return count


def main() -> int:
    """Print the table and what is beyond a limit."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in python_files()}
    source = {p: t for p, t in trees.items() if p.relative_to(ROOT).parts[0] in ROOMS}
    tests = {p: t for p, t in trees.items() if p.relative_to(ROOT).parts[0] == "tests"}
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in trees}
    every = [f for tree in source.values() for f in functions(tree)]
    names = [f.name for t in tests.values() for f in functions(t) if f.name.startswith("test_")]
    words = [len(name.removeprefix("test_").split("_")) for name in names]
    modules = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in source}
    graph = {m: imports_of(p, source[p], set(modules)) - {m} for m, p in modules.items()}
    folders = Counter(p.parent for p in source if p.name != "__init__.py")
    known = documented_methods(source.values())
    lacking = {p: public_without_args(t, known) for p, t in source.items() if not is_script(p)}
    rows = {
        "lines per file": Spread.of([lines[p] for p in source]),
        "lines per function": Spread.of([body_lines(f) for f in every]),
        "parameters": Spread.of([len(parameters(f)) for f in every]),
        "files in a folder": max(folders.values()),
        "words in a test's name": Spread.of(words),
        "lines of a test file": Spread.of([lines[p] for p in tests]),
        "public functions without Args": sum(map(len, lacking.values())),
        "import circles": circles(graph),
        "lines of source, in all": sum(lines[p] for p in trees if p not in tests),
        "lines of tests, in all": sum(lines[p] for p in tests),
    }
    for name, value in rows.items():
        print(f"{name:<32}{value}")
    largest = {n: v.largest if isinstance(v, Spread) else v for n, v in rows.items()}
    broken = [name for name, limit in LIMITS.items() if largest[name] > limit]
    for name in broken:
        print(f"beyond its limit: {name} is {largest[name]}, at most {LIMITS[name]}")
    if "public functions without Args" in broken:
        for path, found in lacking.items():
            for function in found:
                print(f"  {path.relative_to(ROOT)}: {function}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
