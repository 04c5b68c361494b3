"""Emergence in the report: every kind of run has its rows."""

from __future__ import annotations

import json

import numpy as np
import pytest

import unscripted as un
from unscripted.model.metrics.emergence import MEANING, emergence
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.statistics.emergence import HEAD, LABELS, emergence_table


@pytest.mark.parametrize("protocol", ["sequential", "broadcast", "clonal", "solo", "silent"])
def test_every_run_has_rows(protocol):
    records = un.build(protocol=protocol, n_agents=5, rng=2).run(3)
    rows = emergence(records, draws=19)
    depth = next(r for r in rows if r.measure == "hierarchy_depth")
    assert depth.value == pytest.approx(np.mean([hierarchy_depth(r) for r in records]))
    assert {r.measure for r in rows} <= set(MEANING)
    assert all(r.p is None or 0 < r.p <= r.p_holm <= 1 for r in rows)
    assert all(len(line) == len(HEAD) for line in emergence_table(rows))
    assert set(LABELS) == set(MEANING)


def test_json_and_page_say_it(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["unscripted", "run", "--ticks", "3", "--json"])
    assert run_app(app) == 0
    body = json.loads(capsys.readouterr().out)
    assert {r["measure"] for r in body["emergence"]} == set(MEANING)
    assert all(r["sided"] == "two" for r in body["emergence"])
    monkeypatch.setattr("sys.argv", ["unscripted", "run", "--ticks", "3", "--out", "mine"])
    assert run_app(app) == 0
    page = (tmp_path / "mine" / "report.html").read_text()
    assert "Emergence against null models" in page
    assert "names of roles are" in page
