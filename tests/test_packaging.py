"""The package is what the folders say, and the five folders are where they belong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_folder_of_code_or_data_is_a_listed_package():
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    found = {"unscripted"}
    for top in ("agents", "model", "protocols", "scenarios"):
        folders = [ROOT / top, *(p for p in (ROOT / top).rglob("*") if p.is_dir())]
        found |= {
            ".".join(("unscripted", *folder.relative_to(ROOT).parts))
            for folder in folders
            if not {p for p in folder.relative_to(ROOT).parts if p.startswith((".", "__"))}
        }
    assert listed == found


def test_every_data_file_is_listed():
    data = PROJECT["tool"]["setuptools"]["package-data"]
    for top in ("agents", "model", "protocols", "scenarios"):
        for path in (ROOT / top).rglob("*"):
            hidden = {p for p in path.relative_to(ROOT).parts if p.startswith((".", "__pycache__"))}
            if path.is_file() and path.suffix != ".py" and not hidden:
                package = ".".join(("unscripted", *path.parent.relative_to(ROOT).parts))
                patterns = data.get(package, [])
                assert any(path.match(p) for p in patterns), f"{path} is not in package-data"


def test_versions_agree():
    import unscripted

    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["project"]["version"] == unscripted.__version__
    assert f"\nversion: {unscripted.__version__}\n" in citation


def test_no_file_names_a_registry_or_a_home_folder():
    named = ["files.pythonhosted", "pypi.org/simple", "--index-url", "/home/", "/root/", "/work/"]
    texts = [p for p in ROOT.rglob("*") if p.suffix in (".py", ".md", ".toml", ".txt", ".yaml")]
    skipped = {".venv", ".venv-3.12", "runs", "build"}
    for path in texts:
        if skipped & set(path.relative_to(ROOT).parts) or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        assert not [n for n in named if n in text], path


@pytest.mark.parametrize("folder", ["model", "agents", "protocols", "scenarios", "tests"])
def test_the_five_folders_stand_at_the_root(folder):
    assert (ROOT / folder).is_dir()
