"""Every kind of shock by the name users type."""

from __future__ import annotations

from .links import CutLinks, RewireLinks
from .mandate import NewMission, Priorities, Regulation
from .membership import Newcomers, RemoveHub, RemoveMembers, Substitute
from .shock import Shock

SHOCKS: dict[str, type[Shock]] = {
    kind.name: kind
    for kind in (
        RemoveMembers, RemoveHub, Substitute, Newcomers, CutLinks, RewireLinks, NewMission,
        Priorities, Regulation,
    )
}  # fmt: skip
