"""Open files are checked before anything is paid."""

from __future__ import annotations

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")
SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from unscripted.scenarios.harness.runs.descriptors import check_descriptors
try:
    check_descriptors({calls})
except ValueError as error:
    print(error)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def checked(soft, hard, calls):
    script = SCRIPT.format(soft=soft, hard=hard, calls=calls)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_enough_is_left_alone():
    assert checked(256, 256, 64) == ["256"]


def test_a_soft_limit_is_raised():
    (limit,) = checked(100, 1024, 256)
    assert 256 + 64 < int(limit) <= 1024


def test_too_few_are_refused():
    said, limit = checked(256, 256, 256)
    assert limit == "256"
    assert said.startswith("concurrency=256 needs ")
    assert "this process may have 256; use --concurrency " in said
    assert "or `ulimit -n" in said
