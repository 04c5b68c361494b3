"""Finds scenarios by name: the scripts of the packages that entry points name, or a file."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from ....model.errors import PluginError, UnknownNameError, UsageError
from ....model.plugins.loading import import_path, load
from .study import Study


def scenario_paths() -> dict[str, Path]:
    """The file of every scenario, by name; the packages of the entry points are searched."""
    found: dict[str, Path] = {}
    for point in entry_points(group="unscripted.scenarios"):
        try:
            spec = find_spec(point.value)
        except (ImportError, ValueError) as error:
            cause = f"entry point {point.name}={point.value} fails to load: {error}"
            raise PluginError(cause) from None
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            for path in sorted(Path(folder).glob("[!_]*.py")):
                found[path.stem] = path
    return found


def study_of(name: str) -> Study:
    """The study of a scenario.

    Args:
        name: Of a scenario, or the path of a script.

    Raises:
        UnknownNameError: There is none of that name.
        UsageError: The script defines no STUDY.
    """
    paths = scenario_paths()
    wanted = name.replace("-", "_")
    if wanted not in paths and not name.endswith(".py"):
        raise UnknownNameError("scenario", name, paths)
    path = import_path(f"{paths.get(wanted, name)}:STUDY")
    assert path is not None
    study = load("scenario", path)
    if not isinstance(study, Study):
        raise UsageError(f"scenario={name}: STUDY is not an unscripted.Study; make it one")
    return study
