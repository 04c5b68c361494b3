"""What the page plays, and its controls: synthetic minds only, so that nothing is ever paid."""

from __future__ import annotations

from typing import Any

from ....agents.synthetic.profiles import profiles
from ....model.errors import UsageError
from ....model.plugins.discovery import discover
from ....model.tasks.task import LEVELS
from ..build.organization import Organization
from ..config.run import RunConfig
from ..specs.shocks import shock_models

MOST_MEMBERS = 64
"""On the slider; larger teams play, but nobody tells their members apart in a picture."""
CALLS_NOTHING = "this page calls no model; use synthetic/NAME, or `unscripted run`"


class Playable(Organization):
    """An organization that Mesa's controls can make anew from whatever they are set to.

    Settings that break a rule give a team that doesn't step, and say why; a page can't raise.

    Args:
        protocol: A name, with options after a colon.
        n_agents: Members in the team, 1 or more.
        topology: A name with options.
        model: `synthetic/NAME`.
        level: L1 to L4.
        shocks: What happens and when, as `remove:k=2@6`; minds that come must be synthetic.
        seed: Of everything random, as text or number.

    Attributes:
        refused: Which rule the settings break, in one line; empty where they break none.
    """

    def __init__(
        self,
        protocol: str = "sequential",
        n_agents: int = 8,
        topology: str = "complete",
        model: str = "synthetic/strong",
        level: str = "L3",
        shocks: str = "",
        seed: str | int = 0,
    ) -> None:
        refused = ""
        try:
            super().__init__(
                protocol=protocol,
                n_agents=n_agents,
                topology=topology,
                model=_synthetic(model),
                level=level,
                shocks=_of_synthetic(shocks),
                rng=_seed(seed),
            )
        except UsageError as error:
            refused = " ".join(str(error).split())
            super().__init__(n_agents=1, rng=0)
        self.refused = refused
        self.running = not refused

    def step(self) -> None:
        """Play one tick; nothing where the settings break a rule."""
        if not self.refused:
            super().step()


def controls(config: RunConfig | None = None) -> dict[str, Any]:
    """What Mesa's `SolaraViz` shows as controls, by the names that `Playable` takes.

    Args:
        config: Of a run whose settings to begin with; None begins with the defaults.
    """
    config = config if config is not None else RunConfig()
    team, tasks = config.team, config.tasks
    models = [f"synthetic/{name}" for name in profiles()]
    return {
        "protocol": _choice("Protocol", str(team.protocol), discover("protocols")),
        "n_agents": {
            "type": "SliderInt",
            "label": "Members",
            "value": team.agents,
            "min": 1,
            "max": max(MOST_MEMBERS, team.agents),
            "step": 1,
        },
        "topology": _choice("Network", str(team.topology), discover("topologies")),
        "model": _choice("Model (synthetic)", str(team.model), models),
        "level": _choice("Task level", tasks.level or "L3", LEVELS),
        "shocks": {"type": "InputText", "label": "Shocks, as remove:k=2@6", "value": tasks.shocks},
        "seed": {"type": "InputText", "label": "Seed", "value": str(tasks.seed)},
    }


def settings(shown: dict[str, Any]) -> dict[str, Any]:
    """The values that controls begin with.

    Args:
        shown: As `controls` gives them.
    """
    return {name: control["value"] for name, control in shown.items()}


def _choice(label: str, value: str, known: Any) -> dict[str, Any]:
    values = list(dict.fromkeys((value, *sorted(known))))
    return {"type": "Select", "label": label, "value": value, "values": values}


def _synthetic(model: str) -> str:
    if not model.startswith("synthetic/"):
        raise UsageError(f"model={model!r}: {CALLS_NOTHING}")
    return model


def _of_synthetic(shocks: str) -> str:
    for model in shock_models(shocks):
        if not model.startswith("synthetic/"):
            raise UsageError(f"shocks={shocks!r} would bring in {model}: {CALLS_NOTHING}")
    return shocks


def _seed(seed: str | int) -> int:
    try:
        return int(seed)
    except ValueError:
        raise UsageError(f"seed={seed!r} is no number; use a whole number of 0 or more") from None
