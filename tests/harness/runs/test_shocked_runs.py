"""A run with shocks continues from its folder as if it had never stopped."""

from __future__ import annotations

import pytest
from support.shocked import EVERY_KIND, kinds
from support.teams import texts

from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.folders.folder import Folder
from unscripted.scenarios.harness.runs.play import play


@kinds
@pytest.mark.parametrize("stop", [1, 2, 3])  # before the shock, exactly before it, just after it
def test_continued_run_equals_uninterrupted_one(kind, stop, tmp_path):
    config = RunConfig.of(
        protocol="shared", agents=5, ticks=5, seed=3, topology="barabasi-albert", level="L2",
        shock=f"{EVERY_KIND[kind]}@2", skills="growing", memory="team:decay=0.3",
    )  # fmt: skip
    whole = texts(play(config).records)

    def interrupt(org):
        if org.tick == stop:
            raise KeyboardInterrupt

    with Folder(tmp_path / "run", config) as folder:
        assert len(play(config, folder, watch=interrupt).records) == stop
    with Folder(tmp_path / "run", config) as folder:
        outcome = play(config, folder)
        assert outcome.resumed == stop
        assert [text for _, text in list(folder.each_text())] == texts(outcome.records) == whole
