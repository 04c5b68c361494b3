"""Morphogenetic: a few organizers emit topics that spread; each cell takes a fate from its place.

In an embryo organizers emit morphogens, which diffuse and decay and so tell a cell where it is; it
takes the fate its place calls for, unless its neighbours hold it already (lateral inhibition).
Cells are the members, tissue is the network.

First `organizers` members (0: the square root of N, rounded up), as far from each other as the
network lets them, state intentions one after another, each seeing those before it that its links
carry: organizers of one tissue induce different parts. (Before, they spoke at once and named what
everybody names first: three topics for a whole team.) Each topic of an organizer's focus (its role
where it names none) is a morphogen that it goes on emitting. With W[u,v] = 1 / max(links out of v,
links into u) on each link v to u, amounts x and emission s follow

    x <- (1 - decay) * (x + diffusion * (W x - outflow of x)) + s

for 2r steps, where r links lead to the cell farthest from an organizer that spoke: long enough to
reach everyone and for neighbouring territories to mix. Nothing is lost but by decay; on a chain
or tree what one organizer emits falls with every link from it.

A cell reads the blend b, its amounts as shares of their sum. Of the morphogens that reached it, it
takes the fate k with the highest

    b_k - inhibition * (share of its neighbours that have k),

one cell after another, those near organizers first, over and over until none would change. Each
change adds to a potential (degree * b_fate summed over cells, less inhibition * links within a
fate), so this ends. A cell that more morphogens reached than it has neighbours, and whose blend
spans less than inhibition / degree, then differs from all of them: some fate is free, and costs
it less than a shared one. On a complete network with inhibition 1, fates are about as frequent as
morphogens are in the blend.

Then a fate is determined (Delta and Notch): of touching cells with the same fate that with the
highest concentration keeps it and holds its neighbours back. Those held back, and cells that no
morphogen reached, stay plastic: they choose freely. Cells work as the wave of differentiation
passes, in `bands` (0: as many as organizers) of equal size: determined cells first, plastic ones
after them, each kind by falling concentration, and each cell sees what its links carry of earlier
bands. So the gradient says what a cell does, and when. organizers + bands rounds, organizers + N
calls.

With `diffusion=0`, the ablation, no signal leaves an organizer: there is no gradient, all cells are
alike and act at once, and the team is Silent. With `inhibition=0` neighbours don't hold each other
back: all take the fate that is strongest where they are, and none stays plastic.

Exogenous: who organizes, and the pattern. Endogenous: the topics and roles, declining.

References:
    A. M. Turing, The chemical basis of morphogenesis, Phil. Trans. R. Soc. B 237:37-72, 1952.
    L. Wolpert, Positional information and the spatial pattern of cellular differentiation,
    J. Theor. Biol. 25:1-47, 1969.
    J. R. Collier et al., Pattern formation by lateral inhibition with feedback, J. Theor. Biol.
    183:429-446, 1996.
    H. Spemann, H. Mangold, Über Induktion von Embryonalanlagen durch Implantation artfremder
    Organisatoren, Arch. Entwicklungsmech. 100:599-638, 1924.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil, inf, sqrt

import numpy as np

from ..model.decision import Act, Assignment, Failure, Intention, Reply
from ..model.errors import UsageError
from ..model.protocol import Protocol, Replies, Round, Rounds, Team
from .tissue.diffusion import blend, diffuse, exchange
from .tissue.distance import distances, spread
from .tissue.fates import contacts, determined, differentiate


@dataclass(frozen=True, slots=True)
class Pattern:
    """What cells read off their places.

    Attributes:
        fates: Of the cells that are determined.
        concentration: All that reached each cell, rounded, so that equal places are equal.
    """

    fates: dict[int, Assignment]
    concentration: dict[int, float]


class Morphogenetic(Protocol):
    """Organizers emit topics; members differentiate by what reaches them.

    Args:
        organizers: How many; 0 for the square root of the team's size, rounded up.
        diffusion: The most of its content that a cell gives away in a step, from 0 and below 1; 0
            for the ablation.
        decay: Share lost in a step, from 0 and below 1.
        inhibition: How strongly neighbours keep each other from the same fate; 0 or more.
        bands: In how many rounds cells differentiate, 1 or more; 0 for as many as organizers.
    """

    name = "morphogenetic"

    def __init__(
        self,
        *,
        organizers: int = 0,
        diffusion: float = 0.5,
        decay: float = 0.1,
        inhibition: float = 1.0,
        bands: int = 0,
    ) -> None:
        if type(organizers) is not int or organizers < 0:
            raise UsageError(
                f"organizers={organizers} is no whole number of 0 or more; "
                "use 0 for the square root of n_agents"
            )
        if not 0 <= diffusion < 1:
            raise UsageError(
                f"diffusion={diffusion} is not from 0 and below 1; use e.g. diffusion=0.5"
            )
        if type(bands) is not int or bands < 0:
            raise UsageError(
                f"bands={bands} is no whole number of 0 or more; use 0 for as many as organizers"
            )
        if not 0 <= decay < 1:
            raise UsageError(f"decay={decay} is not from 0 and below 1; use e.g. decay=0.1")
        if not 0 <= inhibition < inf:
            raise UsageError(
                f"inhibition={inhibition} is not finite and 0 or more; use e.g. inhibition=1.0"
            )
        self.organizers = organizers
        self.diffusion = diffusion
        self.decay = decay
        self.inhibition = inhibition
        self.bands = bands

    def rounds(self, team: Team) -> Rounds:
        """Organizers' intentions in turn, then work, band by band."""
        organizers = spread(team.graph, self._how_many(len(team.members)))
        replies: dict[int, Reply | Failure] = {}
        for organizer in organizers:
            heard = team.log.so_far() if self.diffusion else None
            replies |= yield Round(Act.INTEND, (organizer,), sees=heard)
        if not self.diffusion:
            yield Round(Act.CONTRIBUTE, team.members)
            return
        pattern = self._pattern(team, replies)
        order = sorted(
            team.members, key=lambda m: (m not in pattern.fates, -pattern.concentration[m], m)
        )
        size = -(-len(order) // (self.bands or len(organizers)))
        for start in range(0, len(order), size):
            band = tuple(sorted(order[start : start + size]))
            given = {m: pattern.fates[m] for m in band if m in pattern.fates}
            yield Round(Act.CONTRIBUTE, band, sees=team.log.so_far(), assignments=given)

    def max_calls(self, n_members: int) -> int:
        """One call an organizer, and one a member."""
        return self._how_many(n_members) + n_members

    def _how_many(self, n_members: int) -> int:
        return min(n_members, self.organizers or ceil(sqrt(n_members)))

    def _pattern(self, team: Team, replies: Replies) -> Pattern:
        """What the organizers' intentions make of the team."""
        graph, members = team.graph, team.members
        spoke = {m: r for m, r in sorted(replies.items()) if isinstance(r, Intention)}
        topics = {m: intention.topics for m, intention in spoke.items()}
        names = sorted({name for named in topics.values() for name in named})
        if not names:
            return Pattern({}, dict.fromkeys(members, 0.0))
        row = {m: i for i, m in enumerate(members)}
        column = {name: k for k, name in enumerate(names)}
        sources = np.zeros((len(members), len(names)))
        wording: dict[str, str] = {}
        roles: dict[str, Counter[str]] = {name: Counter() for name in names}
        for m, named in topics.items():
            for name, worded in named.items():
                sources[row[m], column[name]] = 1.0
                wording.setdefault(name, worded)
                roles[name][spoke[m].role] += 1
        far = distances(graph, spoke)
        reach = max(d for d in far.values() if d < inf)
        amounts = diffuse(
            sources, exchange(graph, members), diffusion=self.diffusion, decay=self.decay,
            steps=2 * int(reach), emitted=sources,
        )  # fmt: skip
        fates = differentiate(
            blend(amounts),
            contacts(graph, members, len(names)),
            inhibition=self.inhibition,
            order=sorted(range(len(members)), key=lambda i: far[members[i]]),
        )
        if self.inhibition:
            fates = determined(fates, amounts, contacts(graph, members, len(names)))
        given = {
            m: Assignment(m, roles[names[k]].most_common(1)[0][0], (wording[names[k]],))
            for m, k in zip(members, fates, strict=True)
            if k is not None
        }
        total = (round(float(x), 9) for x in amounts.sum(axis=1))
        return Pattern(given, dict(zip(members, total, strict=True)))
