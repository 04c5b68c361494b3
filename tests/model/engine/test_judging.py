"""Judges that fail leave grades missing, and learn nothing but the work."""

from __future__ import annotations

import asyncio
import threading

import pytest
from support.teams import WORK, team

import unscripted as un
from unscripted.testing import Scripted


@pytest.mark.parametrize("judge", ["raises", "nonsense", "hangs"])
def test_failing_judge_leaves_quality_missing(judge):
    class Bad(un.Judge):
        def appraise(self, submission):
            if judge == "raises":
                raise ValueError("can't read this")
            if judge == "hangs":
                threading.Event().wait()
            return 2.5

    org = team(Scripted([WORK]), judge=Bad(), timeout_s=0.2)
    org.run(2)
    assert org.measures["quality"] is None
    assert org.records[-1].verdict.reason


@pytest.mark.parametrize(
    "verdict",
    [
        un.Verdict(accuracy=9.0),
        un.Verdict(accuracy=float("nan")),
        un.Verdict(coherence="good"),
        un.Verdict(violations=-0.1),
        un.Verdict(usage=None),
        un.Verdict(reason=None),
    ],
)
def test_invalid_verdict_is_none(verdict):
    class Bad(un.Judge):
        instant = True
        name = "bad"

        def appraise(self, submission):
            return verdict

    org = team(Scripted([WORK]), judge=Bad())
    org.step()
    assert org.measures["quality"] is None
    assert org.records[0].verdict.reason.startswith("judge bad: ")
    org.records[0].to_json()


def test_plain_judge_may_return_awaitable():
    class Later(un.Judge):
        def appraise(self, submission):
            return asyncio.sleep(0, un.Verdict(2.0, 2.0, 2.0, 2.0, 2.0))

    org = team(Scripted([WORK]), judge=Later())
    org.step()
    assert org.measures["quality"] == 0.5


def test_judge_learns_nobodys_name():
    seen = []

    class Curious(un.Judge):
        instant = True

        def appraise(self, submission):
            seen.append(submission)
            return un.Verdict()

    team(Scripted([WORK]), judge=Curious(), mission="Feed the city.").step()
    assert seen[0].mission == "Feed the city."
    assert [w.text for w in seen[0].works] == ["done"]
    assert not {"author", "role", "builds_on"} & set(dir(seen[0].works[0]))
