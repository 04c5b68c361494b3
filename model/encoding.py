"""Frozen values as plain JSON data and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any


def encode(value: Any) -> Any:
    """A frozen value as plain JSON data; fields at their default are left out.

    Args:
        value: A dataclass of records, a tuple of such, or what JSON writes as it is.
    """
    if is_dataclass(value):
        body = {"_": type(value).__name__}
        for f in fields(value):
            if not f.init:
                continue
            item = getattr(value, f.name)
            if f.default is MISSING or item != f.default:
                body[f.name] = encode(item)
        return body
    if isinstance(value, tuple):
        return [encode(v) for v in value]
    return value


def decode(data: Any, types: Mapping[str, type], enums: Mapping[str, type[StrEnum]]) -> Any:
    """The inverse of `encode`.

    Args:
        data: As `json.loads` gives it.
        types: The dataclasses it may hold, by name.
        enums: The fields that hold an enumeration, by name.
    """
    if isinstance(data, list):
        return tuple(decode(v, types, enums) for v in data)
    if isinstance(data, dict):
        body = {k: decode(v, types, enums) for k, v in data.items() if k != "_"}
        for name, enum in enums.items():
            if name in body:
                body[name] = enum(body[name])
        return types[data["_"]](**body)
    return data
