"""Batched sequential: Sequential in groups, which buys time with blindness.

Members act in order of ids in groups of `batch`: inside a group all at once and unseen, and each
group sees all finished work of earlier groups that the network carries. With batch = 1 it is
Sequential, with batch >= N it is Silent; in between, every member of a group is blind to up to
batch - 1 colleagues that it would have seen, and the tick takes 1/batch of the time. It is what
block Jacobi is to Gauss-Seidel iteration. The order and the groups are exogenous, everything else
is endogenous. ceil(N / batch) rounds, N calls.

References:
    V. Dochkina, arXiv:2603.28990, which names it as future work.
    D. P. Bertsekas and J. N. Tsitsiklis, "Parallel and Distributed Computation", 1989, on what
    updating in parallel blocks costs.
"""

from __future__ import annotations

from ..model.decision import Act
from ..model.errors import UsageError
from ..model.protocol import Protocol, Round, Rounds, Team


class BatchedSequential(Protocol):
    """Groups one after another, each seeing what earlier groups finished.

    Args:
        batch: Members in a group, 1 or more; the last group may be smaller.
    """

    name = "batched-sequential"

    def __init__(self, *, batch: int = 4) -> None:
        if type(batch) is not int or batch < 1:
            raise UsageError(f"batch={batch!r} is not a whole number of 1 or more; use e.g. 4")
        self.batch = batch

    def rounds(self, team: Team) -> Rounds:
        """One round per group, in order of ids."""
        for start in range(0, len(team.members), self.batch):
            group = team.members[start : start + self.batch]
            yield Round(Act.CONTRIBUTE, group, sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
