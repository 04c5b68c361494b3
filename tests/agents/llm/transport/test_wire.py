"""What crosses the wire: noted as it came, in any character set, and no longer than it may be."""

from __future__ import annotations

import asyncio
import gzip
import json

import httpx
import pytest

from unscripted.agents.llm.transport.wire import BodyTooLongError, Wire


class Chunks(httpx.AsyncByteStream):
    """A body in pieces, endless if asked for; counts what was taken."""

    def __init__(self, *chunks, endless=False):
        self.chunks = chunks
        self.endless = endless
        self.taken = 0

    async def __aiter__(self):
        for chunk in self.chunks:
            self.taken += len(chunk)
            yield chunk
        while self.endless:
            self.taken += 1000
            yield b"x" * 1000

    async def aclose(self):
        """Nothing is held."""


def crossed(stream, status=200, most_bytes=10_000, **headers):
    wire = Wire(most_bytes)
    response = httpx.Response(status, headers=headers, stream=stream)

    async def story():
        wire.begins(response)
        return await response.aread()

    return wire, asyncio.run(story())


def test_status_headers_and_body_are_noted():
    wire, body = crossed(Chunks(b'{"a"', b": 1}"), **{"X-Limit": "7"})
    assert (wire.status, wire.headers["x-limit"], wire.parsed()) == (200, "7", {"a": 1})
    assert (wire.answered, body) == (True, b'{"a": 1}')
    wire, _ = crossed(Chunks(b"{}"), status=503)
    assert (wire.answered, wire.parsed()) == (False, {})


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "latin-1"])
def test_any_character_set_is_read(charset):
    wire, _ = crossed(Chunks('{"a": "é"}'.encode(charset)))
    assert wire.parsed() == {"a": "é"}


def test_endless_bodies_are_cut():
    stream = Chunks(endless=True)
    with pytest.raises(BodyTooLongError, match="longer than 10,000 bytes"):
        crossed(stream)
    assert stream.taken <= 12_000


def test_compressed_bodies_are_capped_too():
    bomb = gzip.compress(b"x" * 50_000_000)
    with pytest.raises(BodyTooLongError):
        crossed(Chunks(bomb), **{"content-encoding": "gzip"})
    small = gzip.compress(json.dumps({"a": 1}).encode())
    wire, body = crossed(Chunks(small[:9], small[9:]), **{"content-encoding": "gzip"})
    assert (wire.parsed(), wire.answered, body) == ({"a": 1}, True, b'{"a": 1}')


def test_unknown_encodings_are_refused():
    with pytest.raises(httpx.DecodingError, match="compressed by 'br', unasked"):
        crossed(Chunks(b"x"), **{"content-encoding": "br"})


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_none(body):
    wire, _ = crossed(Chunks(body), most_bytes=10**6)
    assert wire.parsed() is None
