"""The server's application: requests come in, and answers, refusals or accidents go out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from aiohttp import web

from . import refusals, wire
from .answers.answer import answer
from .answers.schema_fit import conforming
from .completion import completion, dumped, models, spoil
from .fault_draw import FaultDraw
from .faults import Faults
from .refusals import Refusal
from .request_log import LEFT, Entry, RequestLog
from .validation import body_in, supported, validate

Replies = Callable[[list[dict[str, Any]]], str | None]
"""Scripted answers: a text sent as it is, or None where `answers` is to answer."""

MOST_BYTES = 64 * 2**20
NO_DAY_LEFT = {
    "x-ratelimit-limit-requests": "50",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "23h59m0s",
}


class App:
    """What the handlers share.

    Args:
        latency_s: Before every answer; refusals come at once.
        faults: What goes wrong.
        replies: Scripted answers.
    """

    def __init__(
        self,
        latency_s: float = 0.0,
        faults: Faults | None = None,
        replies: Replies | None = None,
    ) -> None:
        self.latency_s = latency_s
        self.replies = replies
        self.draw = FaultDraw(faults or Faults())
        self.requests = RequestLog()

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/control/faults", self._set_faults)
        app.router.add_post("/control/reset", self._reset)
        app.router.add_get("/control/faults", self._get_faults)
        app.router.add_get("/control/log", self._log)
        app.router.add_get("/control/counts", self._counts)
        return app

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        entry = self.requests.arrive(request.headers)
        status = LEFT
        try:
            response, status = await self._served(request, entry)
            return response
        except Exception:  # a mistake in here or in a script
            entry.fault, status = "bug", 500
            raise
        finally:
            self.requests.depart(entry, status)

    async def _served(self, request: web.Request, entry: Entry) -> tuple[web.StreamResponse, int]:
        """The reply and its status; 0 for a connection that was reset."""
        draw = self.draw
        raw = await request.read()
        entry.digest = blake2b(raw, digest_size=16).hexdigest()
        if draw.down(self.requests.age):
            return self._outage(request, entry)
        try:
            body = entry.body = body_in(raw)
            prompt = self._admit(request, entry, body, draw)
        except Refusal as refusal:
            entry.fault = entry.fault or "invalid"
            return refusal.response(draw.headers()), refusal.status
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
            if draw.down(self.requests.age):
                return self._outage(request, entry)
        return await self._answered(request, entry, prompt, draw)

    def _admit(
        self, request: web.Request, entry: Entry, body: dict[str, Any], draw: FaultDraw
    ) -> str:
        """The prompt of a request that gets an answer, or an accident on the way.

        Raises:
            Refusal: It gets none.
        """
        faults = draw.faults
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if faults.auth is not None and key != faults.auth:
            entry.fault = "auth"
            raise refusals.wrong_key()
        if draw.bucket is not None and (wait := draw.bucket.take()):
            entry.fault = "limit"
            raise refusals.rate_limited(draw.wait(wait))
        validate(body)
        prompt = entry.prompt
        kind = entry.fault = draw.fault(entry.digest, prompt)
        if refusal := self._drawn_refusal(kind, body, prompt, faults):
            raise refusal
        try:
            supported(body, faults)
        except Refusal:
            entry.fault = "unsupported"
            raise
        most = faults.context_characters
        if most is not None and len(prompt) > most:
            entry.fault = "context_overflow"
            raise refusals.context_overflow(len(prompt) // 4, most // 4)
        return prompt

    def _drawn_refusal(
        self, kind: str | None, body: dict[str, Any], prompt: str, faults: Faults
    ) -> Refusal | None:
        match kind:
            case "rate_limited":
                return refusals.rate_limited({"Retry-After": f"{faults.retry_after_s:g}"})
            case "rate_limited_silent":
                return refusals.rate_limited({})
            case "quota":
                return refusals.quota()
            case "server_error":
                return refusals.server_error()
            case "overloaded":
                return Refusal(529, "Overloaded", "overloaded_error")
            case "auth":
                return refusals.wrong_key()
            case "no_model":
                return refusals.no_model(body["model"])
            case "content_filter":
                return refusals.content_filter()
            case "context_overflow":
                return refusals.context_overflow(len(prompt) // 4, len(prompt) // 8)
        return None

    async def _answered(
        self, request: web.Request, entry: Entry, prompt: str, draw: FaultDraw
    ) -> tuple[web.StreamResponse, int]:
        match entry.fault:
            case "reset":
                return wire.reset(request), 0
            case "html":
                return wire.page(502), 502
            case "html_ok":
                return wire.page(200), 200
            case "hang":
                await wire.hang()
        body = entry.body
        entry.answer = self._answer(body)
        reply = completion(body, entry.answer, prompt, entry.number)
        spoil(reply, entry.fault)
        sent = dumped(reply)
        if entry.fault == "truncated":
            return await wire.truncated(request, sent), 0
        if entry.fault == "drip":
            return await wire.drip(request, sent, draw.faults.drip_s), 200
        headers = {**draw.headers(), "x-request-id": f"req_{entry.number}"}
        if draw.faults.no_day_left:
            headers.update(NO_DAY_LEFT)
        return web.Response(body=sent, content_type="application/json", headers=headers), 200

    def _answer(self, body: dict[str, Any]) -> str:
        scripted = self.replies(body["messages"]) if self.replies else None
        if scripted is not None:
            return scripted
        text = answer(body["messages"], seed=body.get("seed"))
        return conforming(text, body.get("response_format"))

    def _outage(self, request: web.Request, entry: Entry) -> tuple[web.Response, int]:
        entry.fault = "outage"
        return wire.reset(request), 0

    async def _models(self, request: web.Request) -> web.StreamResponse:
        draw = self.draw
        if draw.down(self.requests.age):
            return wire.reset(request)
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if draw.faults.auth is not None and key != draw.faults.auth:
            return refusals.wrong_key().response({})
        return web.json_response(models())

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self.draw = FaultDraw(Faults.from_json(await request.json()))
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(self.draw.faults.to_json())

    async def _get_faults(self, _: web.Request) -> web.Response:
        return web.json_response(self.draw.faults.to_json())

    async def _reset(self, _: web.Request) -> web.Response:
        self.reset()
        return web.json_response({})

    def reset(self) -> None:
        """Forget what happened; the faults stay and begin anew."""
        self.requests.clear()
        self.draw = FaultDraw(self.draw.faults)

    async def _log(self, _: web.Request) -> web.Response:
        return web.json_response([asdict(e) for e in self.requests.entries])

    async def _counts(self, _: web.Request) -> web.Response:
        return web.json_response(self.requests.counts())


async def serve(app: App, port: int) -> tuple[web.AppRunner, int]:
    """Begin to serve on loopback; the runner to clean up and the port."""
    runner = web.AppRunner(
        app.application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    app.requests.began = time.monotonic()
    return runner, runner.addresses[0][1]
