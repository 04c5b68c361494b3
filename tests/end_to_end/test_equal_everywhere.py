"""Records and numbers are the same on every Python and Mesa, to the last digit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLAY = Path(__file__).parents[1] / "pins" / "play.py"
SOME = ["sequential", "stigmergic", "mean-field", "shock-drawn", "compare-factors"]


@pytest.mark.timeout(300)
def test_some_pins_hold_here():
    done = subprocess.run(
        [sys.executable, str(PLAY), "check", "--jobs", "1", *SOME],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(SOME)} of {len(SOME)} the same" in done.stdout
