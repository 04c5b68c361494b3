"""Ctrl-C while calls are in flight: the first lets them finish, the second breaks them off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from ....model.engine.event_loop import permanent_loop
from ....model.errors import Halt
from ..exits import ENDING

if TYPE_CHECKING:
    from ....agents.llm.service import Service


@contextmanager
def graceful(service: Service | None, say: Callable[[str], None]) -> Iterator[None]:
    """While inside, Ctrl-C stops a service before it stops the program.

    Args:
        service: Whose calls may finish; None leaves Ctrl-C as it is.
        say: Called with what is happening.
    """
    if service is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    client = service.client
    presses = 0

    def pressed(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses > 2:
            raise KeyboardInterrupt
        at_once = presses == 2
        halt = Halt("interrupted", "interrupted")
        permanent_loop().call_soon_threadsafe(lambda: client.stop(halt, at_once=at_once))
        flying = client.meter.in_flight
        with suppress(Exception):  # the reader of what we say may have gone with the same Ctrl-C
            if at_once:
                say("breaking off what is in flight")
            else:
                say(f"stopping: {flying} calls in flight may finish; Ctrl-C again breaks them off")

    names = [s for name in ENDING if (s := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, pressed) for number in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
