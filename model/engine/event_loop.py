"""One event loop in one thread for the whole life of the process.

A new loop per tick leaks the sockets of every client built in it; so there is a single loop, in
a daemon thread, and everything asynchronous runs there.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def permanent_loop() -> asyncio.AbstractEventLoop:
    """The process's loop, started on first use."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="unscripted-loop", daemon=True).start()
        return _loop


def _forget() -> None:
    """A forked child inherits the loop object and not its thread; it needs one of its own."""
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the permanent loop and wait for it; Ctrl-C cancels it.

    Args:
        coroutine: Not yet begun.

    Raises:
        RuntimeError: Called from the loop itself, where waiting would never end.
    """
    loop = permanent_loop()
    try:
        inside = asyncio.get_running_loop() is loop
    except RuntimeError:
        inside = False
    if inside:
        coroutine.close()
        raise RuntimeError("step() called from the permanent loop; call it from another thread")
    future: Future[T] = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


async def gather_all(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Await all to their end, then return their results in order, or raise the first error.

    Args:
        coroutines: Run at once; none is cut off because another failed.
    """
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    done: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done


def in_thread(call: Callable[[], T]) -> Awaitable[T]:
    """Run a blocking call in a daemon thread of its own, awaitable from the loop.

    A pool would be cheaper and would hang the interpreter's exit on a call that never returns.

    Args:
        call: Takes no arguments; may never return.
    """
    future: Future[T] = Future()

    def work() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = call()
        except Exception as error:
            future.set_exception(error)
        except BaseException as error:  # sys.exit in a mind ends its decision, not the loop
            future.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))
        else:
            future.set_result(result)

    threading.Thread(target=work, name="unscripted-mind", daemon=True).start()
    return asyncio.wrap_future(future)
