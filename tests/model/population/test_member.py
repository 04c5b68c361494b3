"""What a member knows of its own last tick."""

from __future__ import annotations

from support.teams import WORK, team

from unscripted.testing import Scripted


def test_mailbox_keeps_what_arrived():
    org = team(*[Scripted([WORK])] * 3, protocol="sequential")
    assert list(org.members[2].mailbox) == []
    org.step()
    assert [m.author for m in org.members[2].mailbox] == [0, 1]
    assert list(org.members[0].mailbox) == []
