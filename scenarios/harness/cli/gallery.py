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
from pathlib import Path
from typing import Any

from ..folders.safe_files import write_text
from ..study.discovery import scenario_paths

IMAGES = Path("images") / "scenarios"
COLUMN = "column"
"""The outcome alone, for papers."""
HEAD = """# Scenarios

Each is one readable script: a question, what is expected, what would refute it, and the runs that
decide. All numbers and pictures on this page are of **synthetic minds**: they illustrate a
mechanism and are no evidence about any real model. A finding is judged by its 95 % interval over
seeds: *held* where all of it agrees with the claim, *refuted* where all of it speaks against it,
else *undecided*. How to write one: [writing-a-scenario.md](writing-a-scenario.md).

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
            pictures.append(f"![{said['question']}]({IMAGES / kept.name})")
    findings = [f"- {f['line']}" for f in said["findings"]]
    lines = [
        f"## {name.replace('_', ' ').capitalize()}",
        f"**{said['question']}**",
        f"<!-- no-run: half a minute -->\n```console\nunscripted scenario {name}\n```",
        *pictures,
        said["expectation"],
        said["refuted_where"],
        f"Found: **{said['verdict']}**.",
        "\n".join(findings),
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Run every scenario and write the gallery.")
    options.add_argument("folder", nargs="?", default="docs", type=Path)
    main(options.parse_args().folder)
