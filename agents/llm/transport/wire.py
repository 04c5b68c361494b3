"""What crossed the wire for one request of ours, whatever LiteLLM makes of it.

LiteLLM gives up on answers it can't read, drops what it doesn't know, and tells a refused
connection, a broken one and a refusal apart by words alone. So status, headers and body are noted
where they pass, by a wrapper around LiteLLM's one transport. Bodies are read no further than
answers can reach, compressed ones included.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx

MOST_BYTES = 4 * 2**20
"""Of a body, beside what the longest completion needs."""
BYTES_PER_TOKEN = 64
"""More than any text takes, reasoning and escapes included."""
CHARSETS = ("utf-8", "cp1252", "latin-1")
"""Tried in turn where a body is not in the character set it says."""
COMPRESSED = ("gzip", "x-gzip", "deflate")
EITHER = 32 + zlib.MAX_WBITS
"""Tells zlib to see for itself which of them it is."""


class BodyTooLongError(Exception):
    """A body goes on beyond what any answer can be."""


@dataclass
class Wire:
    """One request and what came back, noted while it comes.

    Attributes:
        most_bytes: Of a body that are read.
        status: HTTP status; None until a response begins.
        headers: Of the response, lower-case names.
        body: As far as it came, decompressed.
        complete: Whether it came to its end.
        too_long: Whether it was cut off here.
    """

    most_bytes: int = MOST_BYTES
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    too_long: bool = False

    def begins(self, response: httpx.Response) -> None:
        """Note a response and watch its body.

        Args:
            response: Before its body is read.
        """
        self.status = response.status_code
        self.headers = {k.lower(): v for k, v in response.headers.items()}
        self.body.clear()
        self.complete = self.too_long = False
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding and encoding != "identity":
            del response.headers["content-encoding"]
        response.stream = _Watched(stream, self, encoding.replace("identity", ""))

    @property
    def answered(self) -> bool:
        """Whether a whole response came that is no refusal."""
        return self.complete and self.status is not None and self.status < 300

    def parsed(self) -> Any:
        """The body as JSON, in whichever character set; None where it is none."""
        try:
            try:
                return json.loads(self.body)
            except UnicodeDecodeError:
                return json.loads(self.text())
        except (ValueError, RecursionError):
            return None

    def text(self) -> str:
        """The body as text."""
        for charset in CHARSETS:
            try:
                return self.body.decode(charset)
            except UnicodeError:
                continue
        return ""


class _Watched(httpx.AsyncByteStream):
    """A body that is noted while it is read, and ends with an error where it goes on too long.

    Args:
        stream: As the transport gives it.
        wire: Takes the notes.
        encoding: How it is compressed though nobody asked for it; it is handed on decompressed.
    """

    def __init__(self, stream: httpx.AsyncByteStream, wire: Wire, encoding: str) -> None:
        self._stream = stream
        self._wire = wire
        self._encoding = encoding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        wire = self._wire
        if self._encoding not in ("", *COMPRESSED):
            raise httpx.DecodingError(f"its body is compressed by {self._encoding!r}, unasked")
        unpack = zlib.decompressobj(EITHER) if self._encoding else None
        async for chunk in self._stream:
            if unpack is not None:
                chunk = unpack.decompress(chunk, wire.most_bytes + 1)
            if len(wire.body) + len(chunk) > wire.most_bytes:
                wire.too_long = True
                raise BodyTooLongError(f"its body is longer than {wire.most_bytes:,} bytes")
            wire.body += chunk
            yield chunk
        wire.complete = unpack is None or unpack.eof

    async def aclose(self) -> None:
        await self._stream.aclose()


our_request: ContextVar[Wire | None] = ContextVar("our_request", default=None)
"""The request being sent, if it is one of ours; tasks and threads of LiteLLM inherit it."""
