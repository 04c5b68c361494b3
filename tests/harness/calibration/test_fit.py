"""The search, its report and the screening, on a bench that plays nothing."""

from __future__ import annotations

import csv
import math
import time
from dataclasses import replace

import numpy as np
import pytest
import yaml
from scipy.optimize import least_squares

from unscripted.scenarios.harness.calibration.accuracy import accuracy, lines, rms
from unscripted.scenarios.harness.calibration.bench import Bench, job, mean_play, play
from unscripted.scenarios.harness.calibration.fit import app, write
from unscripted.scenarios.harness.calibration.search import PRIOR, Search
from unscripted.scenarios.harness.calibration.setting import (
    BOUNDS,
    CALIBRATED,
    by_name,
    current,
    grouped,
    inward,
    outward,
    read,
    values,
    with_values,
)
from unscripted.scenarios.harness.calibration.targets import FIGURES, Condition, needed, residuals


class PaperBench:
    """Gives means by a formula in place of playing."""

    seeds = (0,)

    def __init__(self):
        self.conditions, self.known, self.asked = needed(), {}, 0

    def means(self, settings):
        self.asked += len(settings)
        return [lambda c, s=s: self.formula(s, c) for s in settings]

    @staticmethod
    def formula(setting, c):
        held = setting.parameters.values()
        skill = setting.faculties[c.model].reasoning * (1 - setting.severity[c.judge] / 9)
        bonus = {"sequential": 0.2, "coordinator": 0.1}.get(c.protocol, 0.0)
        quality = skill - held["coupling.guess"] / 5 + bonus - 0.03 * int(c.level[1])
        return np.array([quality, held["choice.threshold"], 1 + c.n * held["noticing.base"] / 20])


@pytest.fixture
def bench():
    return PaperBench()


def search(bench, tmp_path, until=math.inf, hold_back=True):
    return Search(bench, current(), hold_back, until, tmp_path / "best.yaml")


def test_settings_survive_the_search():
    back = values(outward(inward(current()), current()))
    assert back == pytest.approx(values(current()), abs=2e-4)
    assert list(back) == list(BOUNDS)
    low, high = (values(outward(np.full(len(BOUNDS), z), current())) for z in (-50.0, 50.0))
    assert [(low[k], high[k]) for k in BOUNDS] == list(BOUNDS.values())
    middle = values(outward(np.zeros(len(BOUNDS)), current()))
    assert middle["coupling.guess"] == pytest.approx((0.05 + 0.7) / 2)


def test_values_are_kept_by_group(tmp_path):
    found = values(current())
    assert by_name(grouped(found)) == found
    assert grouped(found)["coupling"]["guess"] == found["coupling.guess"]
    file = tmp_path / "some.yaml"
    file.write_text(yaml.safe_dump({"values": {"coupling": {"guess": 0.12346}}}))
    assert values(read(file, current())) == found | {"coupling.guess": 0.1235}
    assert with_values(current(), found) == current()


def test_loss_adds_the_prior(bench, tmp_path):
    found = search(bench, tmp_path)
    z = found.z0 + 0.5
    loss = found.loss(z)
    of_targets = residuals(bench.means([outward(z, current())])[0], hold_back=True)
    assert loss[: len(of_targets)] == pytest.approx(of_targets)
    assert loss[len(of_targets) :] == pytest.approx([0.25 * 0.5] * len(z))
    assert PRIOR == 0.25
    whole = search(bench, tmp_path, hold_back=False).loss(z)
    assert len(whole) == len(loss) + 2


def test_best_is_kept(bench, tmp_path, capsys):
    found = search(bench, tmp_path)
    near, far = found.z0, found.z0 + 3.0
    for z in (far, near, far):
        found.loss(z)
    cost = float(np.square(found.loss(near)).sum())
    assert found.best[0] == pytest.approx(cost)
    kept = yaml.safe_load((tmp_path / "best.yaml").read_text())["values"]
    assert by_name(kept) == values(found.best[1]) == values(outward(near, current()))
    assert capsys.readouterr().out.count(" loss ") == 2


def test_time_runs_out(bench, tmp_path):
    with pytest.raises(TimeoutError):
        search(bench, tmp_path, until=time.time() - 1).loss(np.zeros(len(BOUNDS)))


def test_jacobian_is_measured_and_updated(bench, tmp_path):
    found = search(bench, tmp_path)
    z = found.z0
    before = found.loss(z)
    measured = found.jacobian(z)
    assert bench.asked == 1 + 1 + len(z)
    k = list(BOUNDS).index("coupling.guess")
    moved = found.loss(z + 0.3 * np.eye(len(z))[k])
    assert measured[:, k] == pytest.approx((moved - before) / 0.3)
    step = z + 0.01 * np.arange(len(z))
    after = found.loss(step)
    asked = bench.asked
    updated = found.jacobian(step)
    assert bench.asked == asked, "Broyden's update plays nothing"
    assert updated @ (step - z) == pytest.approx(after - before), "the secant condition"
    for k in (2, 3):
        found.loss(k * step)
        found.jacobian(k * step)
    assert bench.asked > asked + 2 + len(z), "stale: measured anew"


def test_search_finds_what_fits(bench, tmp_path):
    found = search(bench, tmp_path, hold_back=False)
    first = float(np.square(found.loss(found.z0)).sum())
    least_squares(found.loss, found.z0, jac=found.jacobian, method="trf", max_nfev=12)
    assert found.best[0] < 0.8 * first


def test_root_mean_square():
    assert rms([3.0, -4.0]) == pytest.approx(math.sqrt(12.5))


def test_accuracy_says_every_miss(bench, tmp_path):
    held_back = [f.name for f in FIGURES if f.held_back]
    found = accuracy(current(), bench, held_back)
    figures = found["figures"]
    assert list(figures) == [f.name for f in FIGURES]
    for row in figures.values():
        assert row["error"] == pytest.approx(row["fitted"] - row["published"], abs=1e-4)
    errors = [row["error"] for row in figures.values()]
    assert found["rmse"] == pytest.approx(rms(errors), abs=2e-4)
    held = [row["error"] for row in figures.values() if row["held_back"]]
    assert found["rmse_held_back"] == pytest.approx(rms(held), abs=2e-4)
    assert len(found["conditions"]) == len(needed())
    said = list(lines(found))
    assert sum(line.endswith("held back") for line in said) == 2
    plain = accuracy(current(), bench)
    assert plain["rmse_held_back"] is None
    assert f"RMSE {found['rmse']:.4f}\n" in list(lines(plain))
    assert f"RMSE {found['rmse']:.4f}, held back {found['rmse_held_back']:.4f}\n" in said
    assert len(said) == 2 + 10 + 1 + 1 + 4 + 1 + len(needed())
    out = tmp_path / "fitted.yaml"
    write(out, current(), found, range(3), ["a"])
    body = yaml.safe_load(out.read_text())
    assert list(body) == ["provenance", "values", "report"]
    assert body["provenance"]["search_seeds"] == [0, 1, 2]
    assert body["provenance"]["report_seeds"] == [1000, 1005]
    assert body["provenance"]["held_back"] == ["a"]
    assert "0.25 (z - z0)" in body["provenance"]["loss"]
    assert by_name(body["values"]) == values(current())
    assert "conditions" not in body["report"]
    assert out.read_text().startswith("# Fitted values")


def test_screening_ranks_parameters(bench, tmp_path):
    pytest.importorskip("SALib")
    from unscripted.scenarios.harness.calibration.sensitivity import screen

    rows = screen(current(), bench, 3, tmp_path / "out")
    effect = {row["parameter"]: row for row in rows}
    assert rows[0]["misfit_mu_star"] >= rows[-1]["misfit_mu_star"]
    # a move over the band, two fifths of the range, changes depth by n/20 of it
    low, high = BOUNDS["noticing.base"]
    here = values(current())["noticing.base"]
    band = min(high, here + 0.2 * (high - low)) - max(low, here - 0.2 * (high - low))
    assert effect["noticing.base"]["depth_mu_star"] == pytest.approx(64 * band / 20, rel=0.02)
    assert effect["noticing.base"]["depth_sigma"] == pytest.approx(0, abs=0.01)
    assert effect["choice.threshold"]["abstention_mu_star"] > 0
    assert effect["coupling.guess"]["gain_mu_star"] == pytest.approx(0, abs=1e-9)
    with (tmp_path / "out" / "sensitivity.csv").open() as file:
        assert [r["parameter"] for r in csv.DictReader(file)] == [r["parameter"] for r in rows]
    assert (tmp_path / "out" / "sensitivity.png").stat().st_size > 10_000


def test_equal_jobs_are_played_once():
    small = Condition("solo", "weak", 1, "L1", share=0.5)
    work = job(current(), small, range(4))
    assert work == job(current(), small, range(4))
    assert work.seeds == (0, 1)
    assert job(current(), small, range(1)).seeds == (0,)
    assert play(work).shape == (2, 3)
    assert mean_play(work) == pytest.approx(play(work).mean(axis=0))
    harder = replace(work, severity=work.severity * 1.5)
    assert mean_play(harder)[0] < mean_play(work)[0]


def test_bench_plays_in_processes(monkeypatch):
    monkeypatch.setattr(
        "unscripted.scenarios.harness.calibration.bench.needed",
        lambda: [Condition("solo", "weak", 1, "L1"), Condition("silent", "weak", 2, "L1")],
    )
    bench = Bench(1, range(1))
    try:
        first, second = bench.means([current(), current()])
    finally:
        bench.pool.terminate()
    for condition in bench.conditions:
        wanted = mean_play(job(current(), condition, (0,))).tolist()
        assert first(condition).tolist() == second(condition).tolist() == wanted
    assert len(bench.known) == 2


def test_commands_are_the_documented_ones(capsys):
    with pytest.raises(SystemExit) as end:
        app(["--help"])
    assert end.value.code in (0, None)
    said = capsys.readouterr().out.split()
    assert {"report", "search", "sample", "predict", "sensitivity"} <= set(said)
    assert CALIBRATED.is_file()
