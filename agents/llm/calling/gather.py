"""Many coroutines at once, none cut off because another must stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def all_of(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in order; the first error only when everything has come to its end."""
    found = await asyncio.gather(*work, return_exceptions=True)
    done: list[T] = []
    for one in found:
        if isinstance(one, BaseException):
            raise one
        done.append(one)
    return done
