"""Every protocol acts by its own mechanism: cut the channel that it names, and the score falls.

python tests/protocols/test_channel_ablations.py     the whole table
"""

from __future__ import annotations

from functools import cache
from statistics import fmean
from typing import NamedTuple

import networkx as nx
import pytest

import unscripted as un
from unscripted.agents.synthetic.mind import Synthetic
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.profiles import profile
from unscripted.agents.synthetic.world import SyntheticWorld

NOISE = 0.035
"""Four standard errors of a difference over three seeds of ten tasks, paired."""


class Ablation(NamedTuple):
    """A protocol with its channel cut.

    Attributes:
        protocol: Its name.
        cut: Options that cut the channel.
        left: Whether something acts on without it; else the team is Silent.
    """

    protocol: str
    cut: str
    left: bool = False


ABLATIONS = (
    Ablation("batched-sequential", "batch=16"),
    Ablation("clonal", "inherit=none"),
    Ablation("clonal", "mutation=none", left=True),
    Ablation("mean-field", "field=hidden"),
    Ablation("mean-field", "cohorts=1", left=True),
    Ablation("morphogenetic", "diffusion=0"),
    Ablation("morphogenetic", "inhibition=0", left=True),
    Ablation("ripple", "carry=none"),
    Ablation("sparse-graph", "degree=0"),
    Ablation("spectral-hierarchy", "carry=none"),
    Ablation("stigmergic", "evaporation=1"),
)
BLIND = ("broadcast", "shared")
"""Nobody sees work under these, so theory lets them win nothing over Silent."""


@cache
def quality(
    protocol: str, level: str = "L3", seeds: int = 3, *, linked: bool = True, dependence: float = -1
) -> float:
    """Mean over seeds of ten tasks, N = 16."""
    changes = {} if dependence < 0 else {"coupling.dependence": dependence}
    found = []
    for seed in range(seeds):
        org = un.build(
            protocol=protocol,
            n_agents=16,
            model=Synthetic(profile("strong"), SyntheticWorld(), Parameters().changed(changes)),
            topology="complete" if linked else (lambda n, _: nx.empty_graph(n)),
            level=level,
            rng=seed,
        )
        org.run(10)
        assert not any(r.error for r in org.records)
        found += org.datacollector.model_vars["quality"]
    return fmean(found)


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda a: f"{a.protocol}:{a.cut}")
def test_without_its_channel_it_falls(ablation):
    whole = quality(ablation.protocol)
    cut = quality(f"{ablation.protocol}:{ablation.cut}")
    assert whole - cut > 0.02
    if not ablation.left:
        assert cut == pytest.approx(quality("silent"), abs=NOISE)


@pytest.mark.parametrize("protocol", ["sequential", *sorted({a.protocol for a in ABLATIONS})])
def test_mechanisms_beat_silence(protocol):
    assert quality(protocol) - quality("silent") > 0.02
    assert quality(protocol, linked=False) == pytest.approx(quality("silent"), abs=NOISE)


@pytest.mark.parametrize("protocol", BLIND)
def test_blind_protocols_score_like_silence(protocol):
    assert quality(protocol) == pytest.approx(quality("silent"), abs=0.06)


def test_the_field_lacks_results_alone():
    with_needs = quality("sequential") - quality("mean-field")
    without = quality("sequential", dependence=0.0) - quality("mean-field", dependence=0.0)
    assert without < 0.7 * with_needs, "it loses where work hangs on results that nobody sees"


@pytest.mark.slow
@pytest.mark.parametrize("level", ["L2", "L3", "L4"])
@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda a: f"{a.protocol}:{a.cut}")
def test_channels_matter_at_every_level(ablation, level):
    whole = quality(ablation.protocol, level, 10)
    cut = quality(f"{ablation.protocol}:{ablation.cut}", level, 10)
    assert whole > cut
    if not ablation.left:
        assert cut == pytest.approx(quality("silent", level, 10), abs=0.02)


def table(level: str = "L3", seeds: int = 10) -> str:
    """Quality of every protocol, and what is left without its channel."""
    silent = quality("silent", level, seeds)
    lines = [f"{'protocol':20} {'quality':>8}  {'cut':18} {'left':>6} {'of its lead':>12}"]
    for protocol in ("sequential", "coordinator", *BLIND):
        lines.append(f"{protocol:20} {quality(protocol, level, seeds):8.3f}")
    for protocol, cut, _ in ABLATIONS:
        whole = quality(protocol, level, seeds)
        without = quality(f"{protocol}:{cut}", level, seeds)
        share = (without - silent) / (whole - silent)
        lines.append(f"{protocol:20} {whole:8.3f}  {cut:18} {without:6.3f} {share:12.0%}")
    return "\n".join([*lines, f"{'silent':20} {silent:8.3f}"])


if __name__ == "__main__":
    for level in ("L3", "L4"):
        print(f"N = 16, {level}\n{table(level)}\n")
