"""A run recorded once, on Python 3.11, replays everywhere: same records, same measures."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from support.commands import command

from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.folders.folder import Folder, archive
from unscripted.scenarios.harness.results.rows import measured

RECORDED = Path(__file__).with_name("recorded")
MEASURES = RECORDED / "measures.json"


@pytest.fixture
def folder(tmp_path):
    for name in ("config.json", "journal.sqlite"):
        shutil.copy(RECORDED / name, tmp_path / name)
    return tmp_path


def test_a_recorded_run_replays(folder):
    assert command("replay", folder).out == "3 ticks replayed, all equal\n"


def test_its_measures_are_the_same(folder):
    wanted = json.loads(MEASURES.read_text(encoding="utf-8"))
    with archive(folder) as opened:
        found = measured(list(opened.each_record()))
    assert wanted["python"].startswith("3.11")
    for tick, again in zip(wanted["ticks"], found, strict=True):
        assert {name: again[name] for name in tick} == {
            k: v if v is None else pytest.approx(v, abs=1e-12) for k, v in tick.items()
        }


def record() -> None:
    """Record the run anew."""
    from loopback_server.server import LoopbackServer

    from unscripted.agents.llm.journal.journal import Journal
    from unscripted.agents.llm.service import Service
    from unscripted.scenarios.harness.runs.play import play

    shutil.rmtree(RECORDED, ignore_errors=True)
    with LoopbackServer() as server:
        config = RunConfig.of(
            protocol="broadcast", agents=4, ticks=3, level="L2", api_base=server.api_base,
            model="openai/first*2+openai/second*2", judge="openai/third,openai/fourth",
            max_tokens=400, price="1,4",
        )  # fmt: skip
        service = Service(config.calls)
        with Folder(RECORDED, config) as opened:
            service.move_to(Journal(opened.path))
            outcome = play(config, opened, org=organization_of(config, service))
            service.client.journal.close()
    body = {"python": sys.version.split()[0], "ticks": measured(outcome.records)}
    MEASURES.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    record()
