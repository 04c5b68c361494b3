"""What the site is made of beside docs/*.md: the notebooks, and pages from docstrings.

The home page is the README; a link to a file of the repository that the site doesn't hold becomes
plain text there.
"""

from __future__ import annotations

import inspect
import io
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

import unscripted
from unscripted.agents.synthetic.profiles import profiles
from unscripted.model.plugins.discovery import discover
from unscripted.scenarios.harness.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = "https://unpkg.com/iframe-worker/shim"
SHIM = "javascripts/iframe-worker.js"
"""Stands for what the theme would fetch from elsewhere, so that the search works from the disk."""
ROOMS = ("agents", "model", "protocols", "scenarios")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$([^$\n]+)\$")
COMMENT = re.compile(r"^\s*<!--.*?-->\s*?\n", re.MULTILINE)


def on_startup(command: str, dirty: bool) -> None:
    """Show the readers of docstrings the package under its name: the root folder is the package.

    Before they look for it, which they do once.

    Args:
        command: Of MkDocs.
        dirty: Whether it builds in part.
    """
    del command, dirty
    place = ROOT / "build" / ".package"
    (place / "unscripted").mkdir(parents=True, exist_ok=True)
    for name in ("__init__.py", "_version.py", "testing.py", *ROOMS):
        link = place / "unscripted" / name
        if not link.is_symlink():
            link.symlink_to(ROOT / name)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made.

    Args:
        files: Those of docs/.
        config: Of the site.
    """
    made = {
        "index.md": (ROOT / "README.md").read_text(encoding="utf-8").replace("docs/", ""),
        "reference/commands.md": _commands(),
        "reference/python.md": _python(),
        "reference/plugins.md": _plugins(),
    }
    for path in sorted((ROOT / "docs" / "tutorials").glob("*.ipynb")):
        made[f"tutorials/{path.stem}.md"] = _notebook(path)
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A page without notes to the tests, and without links to what the site does not hold.

    Args:
        markdown: Of the page.
        page: The page.
        config: Of the site.
        files: All pages.
    """
    here = os.path.dirname(page.file.src_uri)

    def kept(found: re.Match[str]) -> str:
        target = found[2].partition("#")[0]
        if not target or ":" in target:
            return found[0]
        link = found[2].replace(".ipynb", ".md")
        file = files.get_file_from_path(
            os.path.normpath(os.path.join(here, link.partition("#")[0]))
        )
        shown = file is not None and file.inclusion.is_included()
        return f"[{found[1]}]({link})" if shown else found[1]

    return LINK.sub(kept, COMMENT.sub("", _with_formulas(markdown)))


def _with_formulas(markdown: str) -> str:
    """A page with its formulas as MathML, which browsers draw by themselves; code stays."""
    parts = CODE.split(markdown)
    parts[::2] = [
        FORMULA.sub(lambda m: f"<span>{convert(m[1])}</span>", words) for words in parts[::2]
    ]
    return "".join(parts)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """A page whose search needs nothing from elsewhere.

    Args:
        output: As HTML.
        page: The page.
        config: Of the site.
    """
    return output.replace(FOREIGN, get_relative_url(SHIM, page.url))


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for pages without a source, as that for what is missing.

    Args:
        output: As HTML.
        template_name: Which.
        config: Of the site.
    """
    return output.replace(FOREIGN, f"/{SHIM}")


def _notebook(path: Path) -> str:
    """A notebook as a page: its words, and its code in fences."""
    cells = nbformat.read(path, as_version=4).cells
    parts = [
        c.source if c.cell_type == "markdown" else f"```python\n{c.source}\n```" for c in cells
    ]
    return "\n\n".join(parts)


def _commands() -> str:
    """Every command's help, as it prints it."""
    parts = ["# Commands\n"]
    os.environ["COLUMNS"] = "96"
    for name in ("run", "compare", *sorted(set(app) - {"run", "compare", "--help", "-h"})):
        if name.startswith("-"):
            continue
        said = io.StringIO()
        with redirect_stdout(said):
            app.help_print([name])
        parts.append(f"## unscripted {name}\n\n```text\n{said.getvalue().strip()}\n```\n")
    return "\n".join(parts)


def _python() -> str:
    """Every public name, from its docstring."""
    parts = ["# Python\n\nEvery name of `import unscripted as un`.\n"]
    for name in sorted(unscripted.__all__, key=str.lower):
        home = unscripted._HOMES.get(name)
        if home is None or name in ("build", "testing", "study"):
            continue
        parts.append(f"::: unscripted{home}.{name}\n    options:\n      heading_level: 2\n")
    for module in ("testing", "study"):
        parts.append(f"## un.{module}\n")
        value = getattr(unscripted, module)
        parts.append((value.__doc__ or "").replace("\n    ", "\n\n    ", 1) + "\n")
        parts += [f"::: {_where(value, name)}\n" for name in sorted(value.__all__)]
    return "\n".join(parts)


def _where(module: object, name: str) -> str:
    """The dotted path of what a module gives, where it is defined."""
    value = getattr(module, name)
    home = getattr(value, "__module__", None)
    if home and hasattr(import_module(home), name):
        return f"{home}.{name}"
    return f"{module.__name__}.{name}"  # type: ignore[attr-defined]


def _plugins() -> str:
    """Every protocol, network and synthetic model."""
    parts = ["# Protocols, networks, synthetic models\n", _protocols(), _topologies(), _models()]
    parts.append("## The protocols, each in its author's words\n")
    for name, kind in discover("protocols").items():
        parts.append(f"### `{name}`\n\n{_about(kind)}\n")
    return "\n\n".join(parts)


def _about(kind: type) -> str:
    """A protocol's module: the mechanism, its rounds and its references."""
    return inspect.cleandoc(import_module(kind.__module__).__doc__ or kind.__doc__ or "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in x) + " |" for x in lines)


def _first_line(value: object) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def _protocols() -> str:
    rows = [
        (f"`{name}`", _first_line(kind), str(kind().max_calls(8)))
        for name, kind in discover("protocols").items()
    ]
    return _table(("protocol", "what it does", "decisions per task at most, 8 agents"), rows)


def _topologies() -> str:
    rows = []
    for name, build in discover("topologies").items():
        given = inspect.signature(build).parameters.values()
        options = [f"`{p.name}={p.default:g}`" for p in given if p.kind is p.KEYWORD_ONLY]
        size = build.plugin.size
        rows.append(
            (f"`{name}`", _first_line(build), ", ".join(options), str(size) if size else "any")
        )
    return _table(("topology", "what it is", "options", "agents"), rows)


def _models() -> str:
    rows = []
    for name, p in profiles().items():
        f = p.faculties
        faculties = (f.reasoning, f.self_reflection, f.instruction_following)
        price = f"{p.usd_in:g} / {p.usd_out:g}"
        rows.append((f"`synthetic/{name}`", *(f"{x:.2f}" for x in faculties), price))
    head = ("model", "reasoning", "self-reflection", "instruction following")
    return _table((*head, "USD per million tokens in / out"), rows)
