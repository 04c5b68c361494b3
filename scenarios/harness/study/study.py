"""A scenario as a command: cells are played, kept, answered by the script, and shown.

A script says what it asks and expects in its docstring, which cells decide it, and in one function
how rows become a table, figures and findings. Everything else is here, and the same as in
`unscripted compare`: worker processes, consent and budget for real models, a folder with a
journal, and going on where an earlier command stopped.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType

from ..cli import commands
from ..config.run import Cell, StudyConfig, SweepConfig
from ..exits import Exit
from ..format import SYNTHETIC, plain
from ..runs.folder import Folder, write_text
from ..runs.session import Showing, playing, print_json
from ..runs.sweep import run_key
from ..statistics.findings import Finding, overall
from ..terminal.screen import terminal
from .found import Found, found_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Answer", "Found", "Study"]


@dataclass(frozen=True)
class Answer:
    """What a scenario makes of what it found.

    Attributes:
        tables: Shown in this order.
        figures: By file name; drawn when the tables are on screen.
        findings: One per claim of the expectation.
        notes: Further sentences for the screen.
        pages: Further files by name, written last; each is given the folder, figures and all.
    """

    tables: Sequence[RenderableType]
    figures: Mapping[str, Callable[[], Figure]]
    findings: Sequence[Finding]
    notes: Sequence[str] = field(default=())
    pages: Mapping[str, Callable[[Path], str]] = field(default_factory=dict)


class Study:
    """The question of a scenario script.

    Args:
        file: The script's `__file__`; its name is the scenario's.
        text: The script's docstring: the question as its first line, a part that begins with
            "Expectation", and one that begins with "Refuted", up to the next empty line.
    """

    def __init__(self, file: str, text: str | None) -> None:
        self.name = Path(file).stem
        found = re.search(
            r"\A(?P<question>[^\n]+)\n.*?(?P<expectation>\bExpectation\b.*?)"
            r"(?P<refuted>\bRefuted\b.*?)(?:\n\s*\n|\Z)",
            text or "",
            re.DOTALL,
        )
        if found is None:
            raise ValueError(f"{file}: the docstring lacks a question, 'Expectation' or 'Refuted'")
        self.question, self.expectation, self.refuted = (
            " ".join(found[part].split()) for part in ("question", "expectation", "refuted")
        )

    def play(
        self,
        cells: Sequence[Cell],
        replicates: int,
        showing: Showing,
        answer: Callable[[Found], Answer],
    ) -> Exit:
        """Play what isn't there yet, keep it, answer, show it; returns the exit code.

        Args:
            cells: Conditions; their rows carry their labels.
            replicates: Seeds per cell; cells are paired by seed.
            showing: Folder, JSON, consent.
            answer: Makes tables, figures and findings of the rows of whole runs; where some are
                missing (a budget, a fault), of what is there.
        """
        config = StudyConfig(self.name, tuple(cells), replicates)
        with playing(config, showing, terminal(stderr=True)) as played:
            if played.ending is Exit.INTERRUPTED:
                return played.ending
            found = found_in(config, played.results)
            return self._finish(found, answer, played.folder, showing, played.ending)

    def compare(
        self,
        config: SweepConfig,
        showing: Showing,
        judge: Callable[[Found], Sequence[Finding]],
    ) -> Exit:
        """Run `compare_command`, then say what its runs mean for the expectation.

        Args:
            config: A full factorial.
            showing: Folder, JSON, consent.
            judge: Makes findings of the rows of whole runs.
        """
        said = io.StringIO()
        with redirect_stdout(said) if showing.as_json else nullcontext():
            ending = commands.compare_command(
                config, showing.out, as_json=showing.as_json, yes=showing.yes
            )
        runs = config.runs()
        rows = json.loads(said.getvalue())["runs"] if said.getvalue() else []
        path = showing.folder(config, paid=any(r.called for r in runs[:: config.replicates]))
        if not showing.as_json and path is not None and (path / "config.json").exists():
            with Folder(path, config) as folder:
                kept = folder.results()
            rows = [kept[key]["row"] for key in map(run_key, runs) if key in kept]
        whole = [row for row in rows if row["ticks"] == config.base.ticks]
        found = Found(whole, (), any(r.synthetic for r in runs[:: config.replicates]))
        if whole and ending is not Exit.INTERRUPTED:
            findings = judge(found)
            if showing.as_json:
                self.print_json(found, findings)
            self.conclude(terminal(stderr=showing.as_json), findings)
        return ending

    def _finish(
        self,
        found: Found,
        answer: Callable[[Found], Answer],
        folder: Folder | None,
        showing: Showing,
        ending: Exit,
    ) -> Exit:
        if not found.rows:
            if showing.as_json:
                self.print_json(found, ())
            return ending
        made = answer(found)
        if showing.as_json:
            self.print_json(found, made.findings)
        console = terminal(stderr=showing.as_json)
        for table in made.tables:
            console.print(table)
        try:
            pictures = self._keep(folder, found, made) if folder is not None else []
        except KeyboardInterrupt:
            console.print("interrupted while drawing; the same command draws it")
            return Exit.INTERRUPTED
        self.conclude(console, made.findings, made.notes)
        if found.synthetic:
            console.print(SYNTHETIC, style="italic", markup=False, soft_wrap=True)
        for picture in pictures:
            console.print(f"  {picture}", markup=False, highlight=False, soft_wrap=True)
        return ending

    def _keep(self, folder: Folder, found: Found, made: Answer) -> list[Path]:
        """Write tables, findings, figures and pages; returns the PNG figures and the pages."""
        from ..figures.style import save

        folder.export("runs", found.rows)
        folder.export("ticks", found.tick_rows)
        findings = self.body(found, made.findings, runs=False)
        write_text(folder.path / "findings.json", json.dumps(findings, indent=2) + "\n")
        drawn = [save(draw(), folder.path / "figures", n) for n, draw in made.figures.items()]
        for name, page in made.pages.items():
            write_text(folder.path / name, page(folder.path))
        pages = [folder.path / name for name in made.pages]
        return [*(path for paths in drawn for path in paths if path.suffix == ".png"), *pages]

    def conclude(
        self, console: Console, findings: Sequence[Finding], notes: Sequence[str] = ()
    ) -> None:
        """Print what was expected, and claim by claim what was found."""
        lines = [*notes, self.expectation, self.refuted]
        lines.append(f"Found: {overall(findings)}.")
        lines += [f"• {finding.line()}" for finding in findings]
        for line in lines:
            console.print(plain(line), markup=False, highlight=False, soft_wrap=True)

    def body(self, found: Found, findings: Sequence[Finding], *, runs: bool) -> dict[str, Any]:
        """What `--json` says, with or without the rows of the runs."""
        return {
            "version": 1,
            "synthetic": found.synthetic,
            "scenario": self.name,
            "question": self.question,
            "expectation": self.expectation,
            "refuted_where": self.refuted,
            **({"runs": list(found.rows)} if runs else {}),
            "verdict": str(overall(findings)),
            "findings": [f.body() for f in findings],
        }

    def print_json(self, found: Found, findings: Sequence[Finding]) -> None:
        """One object on standard output."""
        print_json(self.body(found, findings, runs=True))
