"""When no further decision could fare better: the run stops, in the provider's words."""

from __future__ import annotations

import pytest
from support.fakes import error

from unscripted.agents.llm.billing.bill import End
from unscripted.agents.llm.calling.hopelessness import FILTERED_IN_A_ROW, Hopelessness
from unscripted.agents.llm.transport.call_errors import ErrorKind


def halted(kind, *, calls=20, between=None, end=End.REFUSED, words="no such thing"):
    """After how many failures in a row the run stops, and why."""
    watch = Hopelessness(120.0)
    for n in range(1, calls + 1):
        halt = watch.halt(error(kind, f"{words} {n}", end=end), "openai/m")
        if halt is not None:
            return n, halt.reason
        if between is not None:
            watch.answered(between)
    return None


@pytest.mark.parametrize(
    ("kind", "end", "found"),
    [
        (ErrorKind.LOCAL, End.REFUSED, (1, "local")),
        (ErrorKind.ACCOUNT, End.REFUSED, (1, "refused")),
        (ErrorKind.PARAMETER, End.REFUSED, (3, "refused")),
        (ErrorKind.REQUEST, End.REFUSED, (3, "refused")),
        (ErrorKind.SERVER, End.REFUSED, (3, "service")),
        (ErrorKind.RATE_LIMIT, End.REFUSED, (3, "service")),
        (ErrorKind.CONTENT, End.REFUSED, (FILTERED_IN_A_ROW, "refused")),
        (ErrorKind.CONTENT, End.UNUSABLE, (FILTERED_IN_A_ROW, "refused")),
        (ErrorKind.UNREADABLE, End.UNUSABLE, (FILTERED_IN_A_ROW, "refused")),
        (ErrorKind.TIMEOUT, End.UNKNOWN, None),
        (ErrorKind.USED_UP, End.UNUSABLE, None),
        (ErrorKind.EMPTY, End.UNUSABLE, None),
    ],
)
def test_failures_in_a_row(kind, end, found):
    assert halted(kind, end=end) == found


@pytest.mark.parametrize("kind", [ErrorKind.REQUEST, ErrorKind.SERVER, ErrorKind.CONTENT])
def test_answers_between_count_anew(kind):
    assert halted(kind, between="openai/m") is None


def test_another_models_answer_excuses_nothing():
    assert halted(ErrorKind.REQUEST, between="openai/other") == (3, "refused")


def test_a_long_wait_is_said():
    watch = Hopelessness(120.0)
    halt = watch.halt(error(ErrorKind.RATE_LIMIT, "come back", retry_after_s=7200.0), "openai/m")
    assert halt.reason == "limit"
    assert "it asks to wait until" in str(halt)
    assert str(halt).endswith("(2 h 0 min)")
