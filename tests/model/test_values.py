"""What is passed around in the kernel are values: nobody can change them."""

from __future__ import annotations

import dataclasses
import pkgutil
from importlib import import_module

import unscripted.model
import unscripted.protocols


def test_every_dataclass_is_frozen():
    found = []
    for package in (unscripted.model, unscripted.protocols):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(info.name)
            found += [
                value
                for value in vars(module).values()
                if dataclasses.is_dataclass(value) and value.__module__ == info.name
            ]
    assert len(found) > 50
    assert [c.__qualname__ for c in found if not c.__dataclass_params__.frozen] == []
