"""Ctrl-C while calls are in flight: the first lets them finish, the second breaks them off."""

from __future__ import annotations

import signal
import threading
from types import SimpleNamespace

import pytest

from unscripted.scenarios.harness.runs import interrupts
from unscripted.scenarios.harness.runs.interrupts import graceful


@pytest.fixture
def client(monkeypatch):
    """A client that notes how it is stopped."""
    stopped = []
    loop = SimpleNamespace(call_soon_threadsafe=lambda call: call())
    monkeypatch.setattr(interrupts, "permanent_loop", lambda: loop)
    return SimpleNamespace(
        stopped=stopped, meter=SimpleNamespace(in_flight=3),
        stop=lambda halt, at_once: stopped.append((halt.reason, at_once)),
    )  # fmt: skip


def test_presses_stop_one_after_another(client):
    said = []
    before = signal.getsignal(signal.SIGINT)
    with graceful(SimpleNamespace(client=client), said.append):
        signal.raise_signal(signal.SIGINT)
        assert client.stopped == [("interrupted", False)]
        signal.raise_signal(signal.SIGINT)
        assert client.stopped[1:] == [("interrupted", True)]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert said == [
        "stopping: 3 calls in flight may finish; Ctrl-C again breaks them off",
        "breaking off what is in flight",
    ]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_lost_listener_stops_nothing(client):
    def gone(text):
        raise BrokenPipeError

    with graceful(SimpleNamespace(client=client), gone):
        signal.raise_signal(signal.SIGINT)
    assert client.stopped == [("interrupted", False)]


def test_without_a_service_nothing_changes(client):
    before = signal.getsignal(signal.SIGINT)
    with graceful(None, print):
        assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_leave_signals_alone(client):
    before, seen = signal.getsignal(signal.SIGINT), []

    def elsewhere():
        with graceful(SimpleNamespace(client=client), print):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
