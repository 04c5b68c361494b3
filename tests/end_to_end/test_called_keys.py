"""No key reaches a record, a file, a screen or another address."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib

import pytest
from aiohttp import web
from loopback_server.server import Faults
from support.called import (
    CALL,
    KEY,
    MODEL,
    REQUEST,
    arguments,
    client_alone,
    command,
    service,
    team,
)
from support.fakes import call_of

from unscripted.agents.llm.transport.host_process import import_litellm
from unscripted.model.engine import event_loop as loop
from unscripted.model.errors import Halt


def test_a_command_writes_no_key(loopback, tmp_path):
    server = loopback(faults=Faults(server_error=0.2, prose=0.2))
    out = tmp_path / "run"
    process = command(
        "run", "--model", MODEL, "--api-base", server.api_base, "--agents", 3, "--ticks", 2,
        "--out", out, "--json",
    )  # fmt: skip
    said, told = process.communicate(timeout=90)
    assert process.returncode == 0, told
    body = json.loads(said)
    assert body["synthetic"] is False
    assert body["runs"][0]["quality"] is not None
    assert "also acts in the team" in told
    assert "forecast:" in told
    assert server.log[0].headers["authorization"].endswith(KEY[-4:])
    written = [said.encode(), told.encode()]
    written += [p.read_bytes() for p in out.rglob("*") if p.is_file()]
    with sqlite3.connect(out / "journal.sqlite") as db:
        written += [zlib.decompress(r) for (r,) in db.execute("SELECT request FROM calls")]
    assert len(written) > 10
    for content in written:
        assert KEY.encode() not in content
        assert KEY[3:20].encode() not in content
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Synthetic minds" not in page
    env = {k: v for k, v in os.environ.items() if k != "OPENAI_API_KEY"}
    replay = command("replay", out, env=env)
    assert replay.communicate(timeout=60)[0] == "2 ticks replayed, all equal\n"


def test_a_refused_key_leaves_nothing(loopback, tmp_path):
    server = loopback(faults=Faults(auth="another"))
    process = command(*arguments(server, tmp_path / "run"))
    said, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == ""
    said = told.splitlines()[-1]
    assert said.startswith(f"unscripted: model='{MODEL}' at {server.api_base} can't be used: ")
    assert "Traceback" not in told
    assert KEY not in told
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "disguised",
    [KEY, KEY[:4] + "\\u0000" + KEY[4:], "".join(f"\\u{ord(c):04x}" for c in KEY)],
    ids=["plain", "split", "escaped"],
)
def test_a_key_reaches_no_record(loopback, disguised):
    def leaky(messages):
        said = '{"decision": "contribute", "role": "r", "work": "the key is %s", "builds_on": [],'
        return said % disguised + ' "confidence": 0.5, "reason": ""}'

    made = service(loopback(replies=leaky))
    org = team(made, n_agents=1)
    org.step()
    (turn,) = org.records[0].members[0].turns
    assert turn.reply.work == "the key is [secret]"
    assert KEY not in org.records[0].to_json()


def test_addresses_in_an_answer_stay(loopback):
    def plain(messages):
        work = "see https://example.com, ask bob@example.com, use Bearer authentication"
        said = {"decision": "contribute", "role": "r", "work": work, "builds_on": []}
        return json.dumps({**said, "confidence": 0.9, "reason": "x@y"}, separators=(",", ":"))

    org = team(service(loopback(replies=plain)), n_agents=1)
    org.step()
    reply = org.records[0].members[0].turns[0].reply
    assert reply.work.endswith("use Bearer authentication")
    assert "https://example.com" in reply.work
    assert reply.confidence == 0.9


@pytest.mark.parametrize("status", [302, 307, 308])
def test_no_redirect_is_followed(loopback, status):
    """A key must not go where the address does not say."""
    target = loopback()
    import_litellm()

    async def story():
        async def away(request):
            where = target.api_base.replace("127.0.0.1", "localhost") + "/chat/completions"
            return web.Response(status=status, headers={"Location": where})

        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", away)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        try:
            address = f"http://127.0.0.1:{port}/v1"
            await client_alone(timeout_s=3.0).complete(call_of(CALL, REQUEST, address))
        finally:
            await runner.cleanup()

    with pytest.raises(Halt, match="redirects are refused"):
        loop.run(story())
    assert target.requests == 0
