"""A configuration as JSON: what a folder holds, and by what two of them are the same.

Two runs with equal configurations are the same run; a run folder holds exactly one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from numbers import Real
from pathlib import Path
from typing import Any

from ...._version import __version__
from ....model.errors import UsageError
from ....model.networks.files import is_network_file
from ....model.options import options_of
from ....model.plugins.loading import import_path
from ....model.relocation import located
from ..specs.tasks import BUILT_IN, names_family
from .advice import AdviceConfig
from .catalogue import OPTIONS, VARYING
from .checks import label_of
from .comparison import ComparisonConfig, Size
from .groups import Advising, Design
from .reading import group_of
from .run import RunConfig
from .study import Condition, StudyConfig

Config = RunConfig | ComparisonConfig | StudyConfig | AdviceConfig
Sweep = ComparisonConfig | StudyConfig | AdviceConfig

FREE = frozenset(name for name, (_, named) in OPTIONS.items() if named.option.free)
"""Options that can't change a result, so the same folder may be continued with another value."""
NEVER_IN_A_NAME = FREE - {"api_base"}
"""What doesn't choose the default folder: the address does, as another server is another model."""
VERSION = 1
"""Of `config.json`."""
LATER = {"parameters": "fitted"}
"""Options that earlier programs of this version didn't have, and how these played."""
KINDS: dict[type, str] = {
    RunConfig: "run", ComparisonConfig: "compare", StudyConfig: "scenario", AdviceConfig: "advise"
}  # fmt: skip


def to_json(config: Config) -> dict[str, Any]:
    """A configuration as it stands in `config.json`.

    Args:
        config: Of a run, comparison or scenario; objects stand there by their names.
    """
    body: dict[str, Any] = {
        "version": VERSION,
        "unscripted": __version__,
        "kind": KINDS[type(config)],
        **json.loads(json.dumps(_body(config))),
    }
    if objects := objects_in(config):
        body["objects"] = objects
    return body | {"inputs": inputs_of(config)}


def objects_in(config: Config) -> list[str]:
    """The options that hold objects given in Python, which stand in no file but by their names.

    Args:
        config: Of a run, comparison or scenario.
    """
    runs: Iterable[RunConfig] = (config,) if isinstance(config, RunConfig) else config.conditions
    held = {
        name: None
        for run in runs
        for name, value in run.options.items()
        if not (value is None or isinstance(value, str | Path | Real))
    }
    return list(held)


def _body(config: Config) -> dict[str, Any]:
    if isinstance(config, RunConfig):
        return options_as_text(config)
    if isinstance(config, StudyConfig):
        return _study_body(config)
    if isinstance(config, AdviceConfig):
        return _advice_body(config)
    matched = {"match": config.design.match, "sizes": [asdict(s) for s in config.sizes]}
    return {
        "base": options_as_text(config.base),
        "factors": {f: [_text(v) for v in config.values(f)] for f in VARYING},
        "replicates": config.replicates,
        **(matched if config.design.match else {}),
    }


def _advice_body(config: AdviceConfig) -> dict[str, Any]:
    """As of a comparison; what only decides when to stop stands apart, as it may change."""
    design = {n.name: getattr(config.design, n.field) for n in options_of(Advising)}
    return {
        "base": options_as_text(config.base),
        "factors": {f: [_text(v) for v in config.values(f)] for f in VARYING},
        "replicates": design.pop("replicates"),
        "options": design,
    }


def _study_body(config: StudyConfig) -> dict[str, Any]:
    """What all conditions share, then each one's own."""
    whole = [options_as_text(c) for c in config.conditions]
    base = {k: v for k, v in whole[0].items() if all(w[k] == v for w in whole)}
    cells = [
        {"labels": dict(cell.labels), **{k: v for k, v in w.items() if k not in base}}
        for cell, w in zip(config.cells, whole, strict=True)
    ]
    said = {k: list(v) if isinstance(v, tuple) else v for k, v in config.options.items()}
    return {
        "name": config.name,
        "script": config.script,
        "replicates": config.replicates,
        "options": said,
        "base": base,
        "cells": cells,
    }


def options_as_text(config: RunConfig) -> dict[str, Any]:
    """Every option of a run as JSON can hold it; objects by their names.

    Args:
        config: The run.
    """
    return {**config.options, **config.team.labels, **config.tasks.labels}


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else label_of(value)


def as_options(config: Config) -> tuple[dict[str, Any], str]:
    """The options that give this configuration, as a file for `--config` holds them.

    Args:
        config: Of a run, comparison or scenario.

    Returns:
        Options that are not at their default, by name; and the command that takes them.
    """
    if isinstance(config, StudyConfig):
        said = {k: list(v) if isinstance(v, tuple) else v for k, v in config.options.items()}
        return said, f"scenario {config.name}"
    base = config if isinstance(config, RunConfig) else config.base
    text = options_as_text(base)
    options = {name: text[name] for name in base.changed}
    if isinstance(config, RunConfig):
        return options, "run"
    lists = {f: [_text(v) for v in config.values(f)] for f in VARYING if f in config.factors}
    design = {n.name: getattr(config.design, n.field) for n in options_of(config.design)}
    return options | lists | design, KINDS[type(config)]


def files_of(config: Config) -> list[str]:
    """The files and folders a configuration reads, as the user named them.

    Args:
        config: Whose.
    """
    runs: Iterable[RunConfig] = (config,) if isinstance(config, RunConfig) else config.conditions
    named: dict[str, None] = {}
    if isinstance(config, StudyConfig) and config.script:
        named[config.script] = None
    for run in runs:
        team, tasks = run.team, run.tasks
        if isinstance(team.topology, str | Path) and is_network_file(team.topology):
            named[str(team.topology)] = None
        source = str(tasks.source) if isinstance(tasks.source, str | Path) else ""
        family = source if names_family(source) else None
        if source and source not in BUILT_IN and family is None:
            named[source] = None
        for spec in (team.protocol, team.topology, tasks.judge, family, *run.acting):
            path = import_path(spec) if isinstance(spec, str) else None
            if path is not None and path.is_file:
                named[path.home] = None
    return [name for name in named if located(name).exists()]


def inputs_of(config: Config) -> dict[str, dict[str, str]]:
    """What `config.json` says of a configuration's files.

    Args:
        config: Whose.

    Returns:
        By name as typed: the digest of what is there now, and where its copy lies in the folder.
    """
    return {
        name: {"sha256": digest(located(name)), "copy": f"inputs/{place}-{Path(name).name}"}
        for place, name in enumerate(files_of(config))
    }


def digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files in order, so that an edit is another input.

    Args:
        path: Of the file or folder.
    """
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()


def refuse_unknown(body: Mapping[str, Any], path: Path) -> None:
    """Refuse a `config.json` of a later version, or of no command.

    Args:
        body: What the file holds.
        path: Of the file.

    Raises:
        UsageError: It is one.
    """
    version = body.get("version", VERSION)
    if version != VERSION:
        raise UsageError(
            f"{path} is of version {version!r:.40}, this program knows {VERSION}; "
            "use the program that wrote it, or another folder"
        )
    if body.get("kind") not in KINDS.values():
        said = f"is of kind {body['kind']!r:.40}" if "kind" in body else "names no kind"
        known = ", ".join(KINDS.values())
        raise UsageError(
            f"{path} is not a run's configuration of version {VERSION}: it {said}, kinds: {known}; "
            "use another folder"
        )


def from_json(body: Mapping[str, Any], path: Path = Path("config.json")) -> Config:
    """The configuration of a `config.json`.

    Args:
        body: What the file holds.
        path: Of the file, for errors.

    Raises:
        UsageError: It is not one.
    """
    refuse_unknown(body, path)
    if objects := body.get("objects"):
        given = ", ".join(map(str, objects))
        raise UsageError(
            f"{path} stands for objects given in Python ({given}), which no file holds; "
            "give the same ones again, with the same `out`"
        )
    try:
        kind = body["kind"]
        if kind == "run":
            there = [name for name in OPTIONS if name in body or name not in LATER]
            return RunConfig.of(**{name: body[name] for name in there})
        if kind == "scenario":
            return _study_from(body)
        if kind == "advise":
            return _advice_from(body)
        design, _ = group_of(Design, body)
        sizes = tuple(Size(**size) for size in body.get("sizes", ()))
        factors = {name: tuple(values) for name, values in body["factors"].items()}
        return ComparisonConfig(RunConfig.of(**body["base"]), factors, design, sizes)
    except (KeyError, TypeError, AttributeError) as error:
        lacks = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(
            f"{path} is not a run's configuration of version {VERSION}: {lacks}; use another folder"
        ) from None


def _advice_from(body: Mapping[str, Any]) -> AdviceConfig:
    design, _ = group_of(Advising, {**body["options"], "replicates": body["replicates"]})
    factors = {name: tuple(values) for name, values in body["factors"].items()}
    return AdviceConfig(RunConfig.of(**body["base"]), factors, design)


def _study_from(body: Mapping[str, Any]) -> StudyConfig:
    base = RunConfig.of(**body["base"])
    cells = [
        Condition(base.replace(**{k: v for k, v in cell.items() if k != "labels"}), cell["labels"])
        for cell in body["cells"]
    ]
    return StudyConfig(
        body["name"],
        tuple(cells),
        body["replicates"],
        body.get("options", {}),
        body.get("script", ""),
    )


def default_folder(config: Config) -> Path:
    """Where a command without `--out` puts its files: the same for the same configuration.

    Args:
        config: Of the command.
    """
    digest = hashlib.sha256(json.dumps(_named(to_json(config)), sort_keys=True).encode())
    short = digest.hexdigest()[:8]
    if isinstance(config, ComparisonConfig | AdviceConfig):
        return Path("runs") / f"{KINDS[type(config)]}-{short}"
    if isinstance(config, StudyConfig):
        return Path("runs") / f"{config.name.replace('_', '-')}-{short}"
    labels = config.team.labels
    words = f"{labels['protocol']}-{labels['agents']}-{labels['model']}".lower()
    plain = re.sub(r"[^a-z0-9.]+", "-", words).strip("-")[:60]
    return Path("runs") / f"{plain}-seed{config.tasks.seed}-{short}"


def _named(body: Any) -> Any:
    """Without what can't change a result."""
    if isinstance(body, dict):
        return {k: _named(v) for k, v in body.items() if k not in NEVER_IN_A_NAME}
    return [_named(v) for v in body] if isinstance(body, list) else body
