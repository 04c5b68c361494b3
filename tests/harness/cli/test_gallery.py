"""The page of all scenarios, made of one that is small."""

from __future__ import annotations

from pathlib import Path

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
    parts = ("## Small one", "**Is a team of two any good?**", "unscripted scenario small_one",
             "images/scenarios/small-one-more.png", "images/scenarios/small-one.png",
             "Expectation: it is.", "Refuted where it is not.", "Found: **held**.",
             "- held: quality > 0")  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert {p.name for p in images.iterdir()} == {"small-one.png", "small-one-more.png"}
