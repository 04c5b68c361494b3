"""Faults below the level of replies: connections that break, drip, hang or speak HTML."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def reset(request: web.Request) -> web.Response:
    """Reset the connection: the client sees RST where it waits for a reply."""
    transport = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()
    return web.Response()  # for the caller's sake; there is nobody left to read it


def page(status: int) -> web.Response:
    """A page for humans, as proxies in front of providers send it."""
    return web.Response(status=status, text=PAGE, content_type="text/html")


async def truncated(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise a whole body, send half of it, and end the connection.

    Without a reset: that could overtake the half, which the client is to see.
    """
    response = await _begin(request, body)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response


async def drip(request: web.Request, body: bytes, pause_s: float) -> web.StreamResponse:
    """Send a body byte by byte: every read succeeds, and the whole takes for ever."""
    response = await _begin(request, body)
    for i in range(len(body)):
        if i:  # none after the last: whoever has it all may leave
            await asyncio.sleep(pause_s)
        await response.write(body[i : i + 1])
    return response


async def hang() -> None:
    """Wait until the client leaves, which cancels the handler."""
    await asyncio.Event().wait()


async def _begin(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "application/json"
    response.content_length = len(body)
    await response.prepare(request)
    return response
