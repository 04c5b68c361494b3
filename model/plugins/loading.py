"""A user's own plug-in by where it is written: `FILE.py:Class` or `package.module:Class`.

The one place where text becomes a Python object. Whatever takes the name of a protocol, mind,
judge, network or task family takes such a path too, with options after a second colon.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from ..errors import UsageError
from ..relocation import located

OWN = "unscripted_user_"
"""Begins the name of a module that is a user's file; other processes know none of them."""
_FILE = re.compile(r"(?P<home>.+\.py):(?P<name>[^\W\d]\w*)(?::(?P<options>.*))?", re.DOTALL)
_MODULE = re.compile(
    r"(?P<home>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*)(?::(?P<options>.*))?", re.DOTALL
)


class NoSuchModuleError(UsageError):
    """There is no module of that name; the text may have meant something else."""


class ImportPath(NamedTuple):
    """Where a user's object is written.

    Attributes:
        home: A file that ends in `.py`, or a dotted module name.
        name: The object in it.
        options: What follows a second colon; empty for none.
    """

    home: str
    name: str
    options: str

    @property
    def is_file(self) -> bool:
        """Whether `home` is a file."""
        return self.home.endswith(".py")


def import_path(text: str) -> ImportPath | None:
    """Take `FILE.py:Class` or `module:Class` apart; None where the text is neither.

    Args:
        text: As users type it, options included.
    """
    found = _FILE.fullmatch(text) or _MODULE.fullmatch(text)
    return (
        None if found is None else ImportPath(found["home"], found["name"], found["options"] or "")
    )


def load(what: str, path: ImportPath) -> Any:
    """The object at an import path; modules are also searched in the current folder.

    Args:
        what: What is being set, for the error.
        path: Where it is.

    Raises:
        NoSuchModuleError: No such module.
        UsageError: No such file, it fails to import, or has no such name.
    """
    where = f"{what}={path.home}:{path.name}"
    try:
        module = _of_file(located(path.home), where) if path.is_file else _of_name(path.home)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        kind = NoSuchModuleError if error.name == path.home.partition(".")[0] else UsageError
        raise kind(f"{where}: {error}; run from the folder that holds it") from None
    except SyntaxError as error:
        line = "" if error.lineno is None else f"line {error.lineno}: "
        raise UsageError(f"{where}: {line}{error.msg}; mend the file") from None
    except (Exception, SystemExit) as error:  # a script ends like that where it has no main guard
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(f"{where} fails to import: {cause}") from None
    if not hasattr(module, path.name):
        own = [n for n, v in vars(module).items() if getattr(v, "__module__", 0) == module.__name__]
        listed = ", ".join(own[:12])
        there = f"{listed}; use one of these" if own else f"nothing; define {path.name} in it"
        raise UsageError(f"{where}: {path.home} has no {path.name}; it defines {there}")
    return getattr(module, path.name)


def _of_name(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    return import_module(name)


def _of_file(path: Path, where: str) -> ModuleType:
    try:
        there = path.is_file()
    except OSError:  # as where its name is too long
        there = False
    if not there:
        raise UsageError(f"{where}: {path} is not a file; give the path of a Python file")
    whole = path.resolve()
    return _loaded(whole, whole.stat().st_mtime_ns)


@cache
def _loaded(path: Path, changed_ns: int) -> ModuleType:
    """A file as a module under a name of its own; read anew after it has changed."""
    if str(path.parent) not in sys.path:  # at the end: what it imports beside itself is found
        sys.path.append(str(path.parent))
    name = f"{OWN}{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
