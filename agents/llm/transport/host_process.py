"""What calls to models change in the process that hosts them, and how it is put back.

A program may use LiteLLM itself beside ours. So nothing of it is changed for good: `borrowed`
settings hold while a client is open, and the last one to close puts back what the first one found.
A wrapper around LiteLLM's one transport notes what comes back (`wire`) and refuses redirects, since
LiteLLM's clients are told to follow them; it lets every request pass that isn't ours.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

READ_AT_IMPORT = {
    "LITELLM_OFFLINE_MODE": "true",  # fetches nothing at import; older versions know the next
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # prices are those of the installed version
    "LITELLM_MODE": "PRODUCTION",  # reads no .env file
    "LITELLM_LOG": "CRITICAL",
    "AIOHTTP_CONNECTOR_LIMIT_PER_HOST": "1024",
    "AIOHTTP_CONNECTOR_LIMIT": "4096",
}
FLAGS = {
    "suppress_debug_info": True,
    "telemetry": False,
    "drop_params": False,  # it would drop in silence what was asked for
}
SWITCH_INTERVAL_S = 0.0005
GC_THRESHOLDS = (50_000, 20, 20)

_lock = threading.Lock()
_borrowers = 0
_settings = ExitStack()


def borrow() -> None:
    """Hold LiteLLM's settings as calls need them; every `borrow` wants one `give_back`."""
    global _borrowers
    with _lock:
        if _borrowers == 0:
            for settings in (_flags(), _quiet_pydantic(), _watched()):
                _settings.enter_context(settings)
        _borrowers += 1


def give_back() -> None:
    """Put everything back, if nobody else holds it."""
    global _borrowers
    with _lock:
        _borrowers -= 1
        if _borrowers == 0:
            _settings.close()


def import_litellm() -> Any:
    """LiteLLM, imported without reading or fetching what a library has no business with.

    It reads its environment once, at its first import in a process, so the variables that say so
    are there only meanwhile. Half of the import's two seconds would go into garbage collections.
    """
    if "litellm" in sys.modules:
        return sys.modules["litellm"]
    added = {k: v for k, v in READ_AT_IMPORT.items() if k not in os.environ}
    os.environ.update(added)
    collecting = gc.isenabled()
    gc.disable()
    try:
        import litellm
    finally:
        if collecting:
            gc.enable()
        for name in added:
            os.environ.pop(name, None)
    return litellm


@contextmanager
def tuned_for_calls() -> Iterator[None]:
    """Tune the process for hundreds of calls in flight; a command does it, a library never.

    Garbage collections of all that is loaded find nothing and take a third of a call's time, so
    they come seldom. And the event loop, which lets go of the interpreter lock at every journal
    entry, gets it back from LiteLLM's own threads ten times sooner.
    """
    interval_s, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval_s)
        gc.set_threshold(*thresholds)


@contextmanager
def _flags() -> Iterator[None]:
    litellm = import_litellm()
    before = {name: getattr(litellm, name) for name in FLAGS if hasattr(litellm, name)}
    for name in before:  # no version has all of them
        setattr(litellm, name, FLAGS[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(litellm, name, value)


@contextmanager
def _quiet_pydantic() -> Iterator[None]:
    """Of a response's odd fields pydantic would print the values, and one might be a key."""
    before = list(warnings.filters)
    warnings.filterwarnings("ignore", category=UserWarning, module=r"pydantic\b.*")
    ours = [f for f in warnings.filters if f not in before]
    try:
        yield
    finally:
        warnings.filters[:] = [f for f in warnings.filters if f not in ours]  # type: ignore[index]


@contextmanager
def _watched() -> Iterator[None]:
    """Note what comes back for our requests, and follow no redirect of them: not all of their keys
    would be left behind.
    """
    import httpx
    from litellm.llms.custom_httpx.aiohttp_transport import LiteLLMAiohttpTransport

    from .wire import our_request

    original = LiteLLMAiohttpTransport.handle_async_request

    async def watched(self: Any, request: httpx.Request) -> httpx.Response:
        wire = our_request.get()
        if wire is None:
            return await original(self, request)
        request.headers["accept-encoding"] = "identity"
        response: httpx.Response = await original(self, request)
        if response.has_redirect_location:
            target = httpx.URL(response.headers["location"]).host or "another address"
            raise httpx.UnsupportedProtocol(
                f"redirects are refused: {request.url.host} sends us to {target}; use its address",
                request=request,
            )
        wire.begins(response)
        return response

    LiteLLMAiohttpTransport.handle_async_request = watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        LiteLLMAiohttpTransport.handle_async_request = original  # type: ignore[method-assign]
