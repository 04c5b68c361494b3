"""The gallery: every scenario run at its default size, and a page of what each asked and found.

    python -m unscripted.scenarios.harness.cli.gallery docs

writes `scenarios.md` and `images/scenarios/*.png` into that folder. Nothing on the page is written
by hand: questions, expectations and refutations are the scripts' docstrings, findings and figures
their output.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..folders.safe_files import write_text
from ..format import counted, number
from ..study.discovery import scenario_paths

IMAGES = Path("images") / "scenarios"
COLUMN = "column"
"""The outcome alone, for papers."""
HEAD = """# Scenarios

Each is one readable script: a question, what is expected, what would refute it, and the runs that
decide; `unscripted scenario NAME` plays it. All numbers and pictures on this page are of
**synthetic minds**: they illustrate a mechanism and are no evidence about any real model. Brackets
are 95 % intervals. A finding is *held* where all of its interval agrees with the claim, *refuted*
where all of it speaks against it, else *undecided*; what its outcome rests on stands above it. How
to write one: [writing-a-scenario.md](writing-a-scenario.md).

This page is made by `make gallery`, which runs every scenario at its default size.
"""


def main(folder: Path) -> None:
    """Run all scenarios and write the page.

    Args:
        folder: Of the documentation.
    """
    images = folder / IMAGES
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.png"):
        old.unlink()
    parts = [HEAD]
    for name, path in scenario_paths().items():
        print(name, file=sys.stderr, flush=True)
        parts.append(_entry(name, path, images))
    write_text(folder / "scenarios.md", "\n".join(parts))


def _entry(name: str, path: Path, images: Path) -> str:
    """A scenario's part of the page; its figures go to the images."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "out"
        command = [sys.executable, str(path), "--json", "--out", str(out)]
        done = subprocess.run(command, cwd=work, stdout=subprocess.PIPE, text=True, check=True)
        said: dict[str, Any] = json.loads(done.stdout)
        pictures = []
        for picture in sorted((out / "figures").glob("*.png")):
            if picture.stem.endswith(COLUMN):
                continue
            slug = name.replace("_", "-")
            kept = images / (picture.name if slug in picture.name else f"{slug}-{picture.name}")
            shutil.copyfile(picture, kept)
            pictures.append(f"![{kept.stem}]({IMAGES / kept.name})")
    return entry_of(name, said, pictures)


def entry_of(name: str, said: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """A scenario's part of the page, as Markdown.

    Args:
        name: As it is typed.
        said: Its `--json`.
        pictures: Links to its figures.
    """
    findings: list[dict[str, Any]] = said["findings"]
    most = Counter(_sample(f) for f in findings).most_common(1)
    usual = most[0][0] if most else ""
    lines = [
        f"## {name}",
        f"**{said['question']}**",
        *pictures,
        said["expectation"],
        said["refuted_where"],
        f"Found: **{said['verdict']}**" + (f", over {usual}." if usual else "."),
        *_by_basis(findings, usual),
    ]
    return "\n\n".join(lines) + "\n"


def _by_basis(findings: Sequence[Mapping[str, Any]], usual: str) -> Iterator[str]:
    """The findings, listed below what they rest on; a claim made of several things is one line."""
    times = Counter(_parted(f["claim"])[1] for f in findings)
    lists: dict[str, dict[str, dict[str, list[str]]]] = {}
    for found in findings:
        where, what = _parted(found["claim"])
        if times[what] == 1:
            where, what = "", found["claim"]
        claim = f"- {found['verdict']}: {what}: "
        seen = lists.setdefault(_basis(found), {}).setdefault(claim, {})
        seen.setdefault(_seen(found, usual), []).append(where)
    for basis, claims in lists.items():
        told = "\n".join(
            claim + "; ".join(map(_told, s, s.values())) for claim, s in claims.items()
        )
        yield f"{basis}:\n\n{told}" if basis else told


def _told(seen: str, where: Sequence[str]) -> str:
    named = "; ".join(filter(None, where))
    return f"{seen} ({named})" if named else seen


def _parted(claim: str) -> tuple[str, str]:
    """What a claim is made of, which stands before its first colon, and the claim."""
    where, colon, what = claim.partition(": ")
    return (where, what) if colon else ("", claim)


def _basis(found: Mapping[str, Any]) -> str:
    status = (found["status"] or "").capitalize()
    return f"{status} ({found['source']})" if found["source"] else status


def _sample(found: Mapping[str, Any]) -> str:
    """What its interval is over."""
    seeds = counted(found["n"], "seed")
    return f"{seeds} and {counted(found['tasks'], 'task')}" if found["tasks"] else seeds


def _seen(found: Mapping[str, Any], usual: str) -> str:
    """Estimate and interval; over what, where that is not the usual."""
    if found["estimate"] is None:
        return "not measured"
    if found["ci95"] is None:
        return number(found["estimate"])
    low, high = found["ci95"]
    seen = f"{number(found['estimate'])} [{number(low)}, {number(high)}]"
    return seen if _sample(found) == usual else f"{seen} over {_sample(found)}"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Run every scenario and write the gallery.")
    options.add_argument("folder", nargs="?", default="docs", type=Path)
    main(options.parse_args().folder)
