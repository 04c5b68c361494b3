"""The name of a run within its comparison or scenario."""

from __future__ import annotations

from ..config.catalogue import OPTIONS
from ..config.identity import FREE, options_as_text
from ..config.run import RunConfig

HEAD = ("protocol", "topology", "model", "agents", "level", "seed")


def run_key(config: RunConfig) -> str:
    """Names a run: two runs of a comparison share a key only if they are equal.

    What else could change a result is part of the name where it isn't the default.

    Args:
        config: The run.
    """
    return _named(config, (*HEAD, *FREE))


def cell_key(config: RunConfig, agents: int) -> str:
    """Names a run in the cell of a matched budget; one run may stand in several.

    Args:
        config: The run, at the size that is played.
        agents: The size that was asked for.
    """
    return f"{run_key(config)}|asked={agents}"


def calls_key(config: RunConfig) -> str:
    """Names a run among the calls of its folder: with more ticks it is still the same run.

    Args:
        config: The run.
    """
    return _named(config, (*HEAD, *FREE, "ticks"))


def _named(config: RunConfig, left_out: tuple[str, ...]) -> str:
    options = options_as_text(config)
    parts = [str(options[name]) for name in HEAD]
    parts += [
        f"{name}={value}"
        for name, value in options.items()
        if name not in left_out and value != OPTIONS[name][1].default
    ]
    return "|".join(parts)
