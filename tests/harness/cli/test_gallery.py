"""The page of all scenarios, made of one that is small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unscripted.scenarios.harness.cli import gallery

SCRIPT = '''"""Is a team of two any good?

Expectation: it is. Refuted where it is not.
"""

from unscripted import study


def design(options):
    return [study.Condition(options.base)]


def report(found, options):
    quality = found.sample("quality")
    line = study.Line("teams", [("two", quality)])
    figure = lambda: study.draw_lines([study.Subplot([line])], title="Two", synthetic=True)
    return study.StudyReport(
        tables=[study.cells_table(found, ("protocol",), ("quality",))],
        figures={"small-one": figure, "more": figure},
        findings=[study.above("quality > 0", quality)],
    )


STUDY = study.Study(
    __file__, __doc__, design=design, report=report, agents=2, ticks=1, replicates=5
)

if __name__ == "__main__":
    study.main(STUDY)
'''


def test_a_gallery_shows_each_scenario(here, monkeypatch):
    Path("small_one.py").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.setattr(gallery, "scenario_paths", lambda: {"small_one": here / "small_one.py"})
    images = Path("docs") / gallery.IMAGES
    images.mkdir(parents=True)
    (images / "gone.png").touch()
    gallery.main(Path("docs"))
    page = Path("docs/scenarios.md").read_text(encoding="utf-8")
    assert page.startswith(gallery.HEAD)
    parts = ("## small_one", "**Is a team of two any good?**",
             "images/scenarios/small-one-more.png", "images/scenarios/small-one.png",
             "Expectation: it is.", "Refuted where it is not.", "Found: **held**, over 5 seeds.",
             "- held: quality > 0: 0.")  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert {p.name for p in images.iterdir()} == {"small-one.png", "small-one-more.png"}


def finding(claim: str, estimate: float | None, **other: Any) -> dict[str, Any]:
    """One claim as `--json` has it."""
    ci95 = None if estimate is None else [estimate, estimate + 0.1]
    usual = {"verdict": "held", "n": 6, "tasks": None, "status": "fitted", "source": "a term"}
    return {"claim": claim, "estimate": estimate, "ci95": ci95} | usual | other


def test_equal_claims_share_a_line():
    findings = [
        finding("weak: lead > 0", 0.1),
        finding("strong: lead > 0", 0.2),
        finding("best: lead > 0", 0.2),
        finding("cost: under a tenth", 0.3, n=4, tasks=2),
        finding("nobody asked", None, status=None, source=""),
    ]
    said = {"question": "Who?", "expectation": "", "refuted_where": "", "verdict": "held"}
    page = gallery.entry_of("who", said | {"findings": findings}, ())
    assert page.endswith("""
Found: **held**, over 6 seeds.

Fitted (a term):

- held: lead > 0: 0.100 [0.100, 0.200] (weak); 0.200 [0.200, 0.300] (strong; best)
- held: cost: under a tenth: 0.300 [0.300, 0.400] over 4 seeds and 2 tasks

- held: nobody asked: not measured
""")
