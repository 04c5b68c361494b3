"""A model on this machine is waited for, and forecast, by the speed it showed."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.responses.speed import Speed, speed_in
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.agents.local.trial import trial
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.forecast import forecast

HERE, AWAY = "local/qwen-0.5b", "openai/gpt-4.1-mini"


@pytest.fixture
def service():
    with Service(Calls(timeout_s=100.0)) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "speed", "deadline_s", "attempt_s"),
    [
        (HERE, Speed(), 100, 50),
        (HERE, Speed(4096, 1000), 100, 100),
        (HERE, Speed(40.96, 10), 400, 400),
        (AWAY, Speed(40.96, 10), 100, 50),
    ],
)
def test_waiting_is_in_proportion(service, name, speed, deadline_s, attempt_s):
    model = parse_model(name, service.client.calls)
    service.client.speeds[model.model] = speed
    deadline = service.client.deadline_of(model)
    assert (deadline.deadline_s, deadline.attempt_s) == (deadline_s, attempt_s)


def test_forecasts_follow_the_speed(service):
    config = RunConfig.of(model=HERE, agents=4, level="L1", judge="none", protocol="broadcast")
    times = []
    for factor in (1, 2):
        service.client.speeds["openai/local/qwen-0.5b"] = Speed(200 * factor, 20 * factor)
        times.append(forecast([(config, 4)], service).time_s)
    assert times[0] == pytest.approx(2 * times[1])
    assert forecast([(config, 4)], service, at_once=4).time_s == pytest.approx(times[1])


class Timed(BaseHTTPRequestHandler):
    """An engine that says how fast it was."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"timings": {"prompt_per_second": 300, "predicted_per_second": 40}})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def engine():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Timed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_who_resumes_learns_the_speed(engine):
    """All answers of a resumed run are in its journal, so nothing else would tell."""
    assert speed_in(trial(engine)) == Speed(300, 40)
    assert speed_in(trial("http://127.0.0.1:9/v1")) == Speed()


def test_it_costs_nothing(service):
    assert service.client.price("openai/local/qwen-0.5b").usd_in == 0
    assert service.client.price("openai/local-qwen") is None
