"""Texts of minds, files and users are texts on every kind of page, in the written file too."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from support.own import Relay

import unscripted as un
from unscripted import study
from unscripted.scenarios.harness.config.groups import Execution
from unscripted.scenarios.harness.report import page as page_module
from unscripted.scenarios.harness.report.publish import publish
from unscripted.scenarios.harness.runs.reporter import Reporter

EVIL = "<img src=x onerror=\"alert('&')\"><script>alert(1)</script>"


class Seen(HTMLParser):
    """Elements with what they can do, and all text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.handlers, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


class Refusing(un.Mind):
    """Takes a hostile role, or refuses with a hostile reason."""

    instant = True
    name = f"mind-{EVIL}"

    def decide(self, observation):
        if observation.member:
            return un.Abstention(f"because {EVIL}")
        return un.Contribution(f"role {EVIL}\u200b\x1b[2J\u202e", f"work {EVIL}")


class Hostile(Relay):
    """Has a hostile name."""

    name = f"protocol-{EVIL}"


def of_run(out):
    run = un.run(agents=2, ticks=1, model=Refusing(), protocol=Hostile(), out=out)
    return run, (f"role {EVIL}", f"because {EVIL}", f"mind-{EVIL}", f"protocol-{EVIL}")


def of_comparison(out):
    protocols = [Hostile(), "solo"]
    played = un.compare(protocol=protocols, agents=[2], ticks=1, replicates=2, out=out)
    return played, (f"protocol-{EVIL}",)


def of_study(out):
    def design(options):
        return [study.Condition(options.base.replace(agents=2), {"kind": f"label {EVIL}"})]

    def report(found, options):
        claim = study.above(f"claim {EVIL}", found.sample("quality"))
        table = study.cells_table(found, ("kind",), ("quality",), title=f"table {EVIL}")
        return study.StudyReport(tables=[table], findings=[claim], notes=[f"note {EVIL}"])

    text = f"Is {EVIL} so?\n\nExpectation: yes. Refuted where no."
    made = study.Study("mine.py", text, design=design, report=report)
    options = made.options_from(replicates=1, ticks=1)
    played = made.play(options, Execution(json=True, out=out), Reporter())
    return played, (f"Is {EVIL} so?", f"label {EVIL}", f"claim {EVIL}", f"table {EVIL}",
                    f"note {EVIL}")  # fmt: skip


@pytest.mark.parametrize("made", [of_run, of_comparison, of_study])
def test_nothing_foreign_is_markup(made, here):
    value, said = made(here / "out")
    publish(value)
    html = (here / "out" / "report.html").read_text(encoding="utf-8")
    seen = Seen(html)
    assert "script" not in seen.tags
    assert seen.handlers == []
    assert (
        seen.tags.count("img")
        == len(list((here / "out").glob("figures/[!c]*.png")))
        + (here / "out/figures/comparison.png").exists()
    )
    for text in said:
        assert text in seen.text
    assert not set("\x1b\u200b\u202e") & set(html)


def test_no_template_trusts_a_text():
    loader = page_module._template().environment.loader
    for name in loader.list_templates():
        if name.endswith(".jinja"):
            source = loader.get_source(None, name)[0]
            assert "|safe" not in source.replace(" ", "")
            assert "autoescape" not in source
    assert page_module._template().environment.autoescape is True


def test_runs_in_notebooks_are_text(here):
    run, _ = of_run(None)
    compared, _ = of_comparison(None)
    for html in (run._repr_html_(), compared._repr_html_()):
        assert "script" not in Seen(html).tags
        assert Seen(html).handlers == []
