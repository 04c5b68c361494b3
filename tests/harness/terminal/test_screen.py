"""What a person sees: consoles, the meter of calls, progress, questions."""

from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest
from rich.console import Console
from rich.table import Table

import unscripted as un
from unscripted.agents.llm.responses.speed import Speed
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.runs.forecast import Forecast
from unscripted.scenarios.harness.terminal import progress as progress_module
from unscripted.scenarios.harness.terminal.console import meter_line, say, terminal
from unscripted.scenarios.harness.terminal.progress import CallsColumn, RunProgress
from unscripted.scenarios.harness.terminal.reporter import TerminalReporter


@pytest.fixture(autouse=True)
def no_forcing(monkeypatch):
    """Nothing pretends a terminal."""
    for name in ("FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def paper(*, screen=False):
    """A console on paper, and what it says."""
    console = Console(
        file=io.StringIO(), force_terminal=screen, width=120, markup=False, highlight=False
    )
    return console, lambda: console.file.getvalue()


def calling(budget=None, **changes):
    """A service in the middle of its calls."""
    meter = {
        "in_flight": 3, "waiting": 2, "answered": 6, "retries": 1, "share_rate_limited": 0.125,
        "replayed": 0, "failed": 0,
    }  # fmt: skip
    made = {"spent": 0.0, "unpriced": [], **changes}
    meter.update({k: v for k, v in made.items() if k in meter})
    client = SimpleNamespace(
        meter=SimpleNamespace(**meter), budget=SimpleNamespace(spent_usd=made["spent"]),
        calls=SimpleNamespace(budget_usd=budget), unpriced=made["unpriced"],
        waits=made.get("waits", []), speeds=made.get("speeds", {}),
    )  # fmt: skip
    return SimpleNamespace(client=client)


# Consoles


def test_texts_are_shown_as_they_are(capsys):
    console = terminal()
    say(console, "[bold]x[/bold] :smile: \x1b[2J\nnext " + "long " * 50)
    table = Table()
    table.add_column("[b]head[/b]")
    table.add_row(":M: [i]cell[/i]")
    console.print(table)
    out = capsys.readouterr().out
    assert out.startswith("[bold]x[/bold] :smile:  next long long")
    assert out.splitlines()[0].endswith("long ")
    assert "[b]head[/b]" in out
    assert ":M: [i]cell[/i]" in out


def test_a_pipe_is_wide(capsys, monkeypatch):
    assert terminal().width == 120
    assert terminal(stderr=True).stderr
    monkeypatch.setenv("COLUMNS", "70")
    assert terminal().width == 70


def test_a_lost_reader_is_an_error():
    with pytest.raises(BrokenPipeError):
        terminal().on_broken_pipe()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (calling(), "in flight 3  waiting 2  answered 6  retries 1  429s 12.5 %  $0.0000"),
        (calling(spent=0.5, budget=2), "429s 12.5 %  $0.5000 of $2"),
        (calling(replayed=4, failed=1), "429s 12.5 %  from the journal 4  failed 1  $0.0000"),
        (calling(unpriced=["a", "b"]), "429s 12.5 %  price unknown: a, b"),
        (calling(unpriced=["a"], spent=0.1), "429s 12.5 %  $0.1000  price unknown: a"),
        (calling(waits=["a: until 9"]), "429s 12.5 %  $0.0000  waiting: a: until 9"),
        (
            calling(speeds={"local/q": Speed(95.25, 8.0), "local/r": Speed()}),
            "$0.0000  local/q reads 95.2, writes 8 tokens/s",
        ),
    ],
)
def test_the_meter_is_one_line(service, said):
    assert meter_line(service.client).endswith(said)
    assert CallsColumn(service).render(None).plain == meter_line(service.client)


# Progress of a run


def played(progress, ticks=2, before=0):
    org = un.build(n_agents=2, rng=0)
    org.run(before)
    with progress:
        progress(org)
        for _ in range(ticks):
            org.step()
            progress(org)
    return org


def test_without_a_screen_ticks_are_lines():
    console, said = paper()
    played(RunProgress(console, 2, "A title", None, 0))
    lines = said().splitlines()
    assert lines[0] == "A title"
    assert len(lines) == 3
    assert lines[1].startswith("tick 1/2  contributed 2  abstained 0  excluded 0  failed 0  qual")
    assert lines[2].endswith("eta 0 s")


def test_resumed_ticks_are_not_repeated():
    console, said = paper()
    played(RunProgress(console, 4, "A title", None, 0), before=2)
    assert [line.split()[1] for line in said().splitlines()[1:]] == ["3/4", "4/4"]


def test_a_screen_shows_a_picture():
    console, said = paper(screen=True)
    progress = RunProgress(console, 2, "A title", None, 0)
    org = played(progress)
    assert "A title" in said()
    text = "".join(str(part) for part in progress._now().renderables)
    assert "tick 2/2   quality so far " in text
    assert "● contributed" in text
    assert "last task: ●●" in text
    assert progress._done(org) == (2, 2)


def test_calls_are_the_measure_where_made():
    console, _ = paper(screen=True)
    service = calling(answered=6, failed=2)
    progress = RunProgress(console, 2, "A title", service, 16)
    org = un.build(n_agents=2, rng=0)
    assert progress._done(org) == (0, 2), "before the first tick it is not known"
    progress._first = 0
    assert progress._done(org) == (8, 16)
    progress._began = time.monotonic() - 4.0
    assert progress._eta_s(org) == pytest.approx(4.0, abs=0.1)
    service.client.meter.answered = 2
    assert progress._eta_s(org) is None, "too few to tell"
    service.client.meter.answered = 30
    assert progress._done(org) == (16, 16)
    assert progress._eta_s(org) is None
    assert progress._calls_line().startswith(f"{meter_line(service.client)}  an answer every 0.1")
    service.client.meter.answered = service.client.meter.failed = 0
    assert progress._calls_line().endswith("  waiting for the first answer, 4 s so far")


def test_time_left_follows_ticks():
    console, _ = paper()
    progress = RunProgress(console, 4, "A title", None, 0)
    org = un.build(n_agents=1, rng=0)
    progress(org)
    assert progress._eta_s(org) is None
    assert "eta –" in progress._head(org, "  ")
    org.step()
    progress._began = time.monotonic() - 2.0
    assert progress._eta_s(org) == pytest.approx(6.0, abs=0.1)


def test_without_a_screen_calls_beat(monkeypatch):
    monkeypatch.setattr(progress_module, "HEARTBEAT_S", 0.01)
    console, said = paper()
    with RunProgress(console, 2, "A title", calling(), 8):
        until = time.monotonic() + 5
        while said().count("in flight 3") < 2:
            assert time.monotonic() < until
            time.sleep(0.01)


# The reporter


@pytest.fixture
def reporter():
    """A reporter on paper."""
    made = TerminalReporter()
    made.console, made.said = paper()
    return made


def forecast(**changes):
    made = {
        "calls": 1200, "tokens_in": 5000, "tokens_out": 700, "cost_usd": 1.5, "time_s": 89.0,
        **changes,
    }  # fmt: skip
    return Forecast(**made)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (forecast(), "forecast: 1,200 calls, 5,000 tokens in, 700 out, about $1.50, 89 s or so"),
        (forecast(time_s=90, budget_usd=2.0), "about $1.50, budget $2, 2 min or so"),
        (forecast(time_s=5400), "about $1.50, 1.5 h or so"),
        (forecast(cost_usd=None, unpriced=("a", "b")), "price unknown (no price for a, b), 89 s"),
        (forecast(unpriced=("a",)), "about $1.50 (no price for a), 89 s or so"),
    ],
)
def test_a_forecast_is_one_line(reporter, expected, said):
    reporter.expect(expected, 0.0)
    assert said in reporter.said()
    assert reporter.said().count("\n") == 1
    reporter.expect(expected, 0.25)
    assert "already spent in this folder: $0.2500\n" in reporter.said()


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), (" YES ", True), ("n", False), ("", False), ("yeah", False)]
)
def test_a_terminal_is_asked(reporter, monkeypatch, answer, agreed):
    reporter.console, said = paper(screen=True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{answer}\n"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda *_: sys.stdin.readline())
    assert reporter.confirm("Go on?") is agreed
    assert "Go on? [y/N]: " in said()


def test_an_end_of_input_is_no(reporter, monkeypatch):
    def ended(*_):
        raise EOFError

    reporter.console, _ = paper(screen=True)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", ended)
    assert reporter.confirm("Go on?") is False


def test_nobody_is_asked_elsewhere(reporter, monkeypatch):
    piped, typed = (SimpleNamespace(isatty=lambda found=found: found) for found in (False, True))
    for stdin, screen in ((piped, True), (piped, False), (typed, False)):
        reporter.console, _ = paper(screen=screen)
        monkeypatch.setattr(sys, "stdin", stdin)
        assert reporter.confirm("Go on?") is True
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed, so nobody can agree; use --ye"):
        reporter.confirm("Go on?")


def test_every_tenth_run_is_told(reporter):
    with reporter.runs(None) as count:
        for done in range(41):
            count(done, 40)
    assert reporter.said().splitlines() == [f"runs {k}/40" for k in range(0, 41, 4)]


def test_a_screen_counts_runs(reporter):
    reporter.console, said = paper(screen=True)
    with reporter.runs(calling()) as count:
        count(1, 4)
        count(2, 4)
    assert "2/4" in said()
    assert "in flight 3" in said()


def test_spending_is_told(reporter):
    reporter.spent(calling(spent=0.5))
    assert reporter.said().startswith("calls: in flight 3")
    reporter.warn("[b]careful[/b]")
    with reporter.ticks("\x1b[2JA title", 2, None, 0) as watch:
        watch(un.build(n_agents=1, rng=0))
    assert reporter.said().endswith("\n[b]careful[/b]\nA title\n")
