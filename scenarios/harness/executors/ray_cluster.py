"""Plays jobs on a Ray cluster: one that is there, or one that is started on this machine.

Code travels by name where the cluster has `unscripted` installed; files that jobs read travel with
them, once for each node. Results come back to this process, which alone writes the folder, so no
journal is shared over a network. A node that dies costs time: Ray plays its jobs elsewhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ....model.errors import UsageError
from ....model.relocation import relocated
from .executor import Executor, J, K, R
from .garbage import collecting_rarely

TRIES = 5
"""Deaths of workers or nodes that a job survives."""
AHEAD = 4
"""Jobs in flight for each core."""
Files = Mapping[str, Mapping[str, bytes]]
"""Contents by path within a folder, or under an empty path of a file, by the name as typed."""


class RayCluster(Executor[K, J, R]):
    """A Ray cluster that plays jobs as long as it is open.

    Args:
        play: Plays one job; a function of a module that the cluster has.
        lost: The result of a job whose worker died again and again.
        address: Of the cluster; empty starts one here, or joins this process's.
        files: What jobs read, as users named it.

    Raises:
        UsageError: Ray isn't installed, or nothing answers at the address.
    """

    def __init__(
        self,
        play: Callable[[J], R],
        lost: Callable[[str], R],
        *,
        address: str = "",
        files: Mapping[str, Path] | None = None,
    ) -> None:
        super().__init__(play, lost)
        self._ray = _ray()
        self._own = not self._ray.is_initialized()
        if self._own:
            self._join(address)
        self._files = self._ray.put(read_files(files or {}))
        self._task = self._ray.remote(max_retries=TRIES, num_cpus=1)(_played)

    def _join(self, address: str) -> None:
        try:
            self._ray.init(
                address=address or None,
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level="ERROR",
            )
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            where = f"ray:{address}" if address else "ray"
            raise UsageError(
                f"executor={where} can't be reached: {said}; start it with `ray start --head`, "
                "or use processes"
            ) from None

    def map(self, jobs: Mapping[K, J]) -> Iterator[tuple[K, R]]:
        """Results as they finish, each with its job's key.

        Args:
            jobs: By key, in the order in which they are begun.
        """
        waiting = iter(jobs.items())
        running: dict[Any, K] = {}
        while True:
            cores = int(self._ray.cluster_resources().get("CPU", 1))
            for _ in range(AHEAD * max(1, cores) - len(running)):
                if (following := next(waiting, None)) is None:
                    break
                key, job = following
                running[self._task.remote(self._play, job, self._files)] = key
            if not running:
                return
            finished, _ = self._ray.wait(list(running), num_returns=1)
            for reference in finished:
                yield running.pop(reference), self._result(reference)

    def _result(self, reference: Any) -> R:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError:
            raise
        except self._ray.exceptions.RayError as error:
            said = " ".join(str(error).split())[:200]
            return self._lost(f"its worker died {TRIES + 1} times: {said}")

    def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        if self._own:
            self._ray.shutdown()


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise UsageError(
            "executor=ray needs Ray; use pip install 'unscripted[ray]', or --executor processes"
        ) from None
    return ray  # type: ignore[no-any-return, unused-ignore]


def read_files(files: Mapping[str, Path]) -> Files:
    """The contents of files and folders, to travel.

    Args:
        files: Where each lies, by the name as typed.
    """
    found: dict[str, dict[str, bytes]] = {}
    for name, path in files.items():
        if path.is_dir():
            found[name] = {p.name: p.read_bytes() for p in sorted(path.iterdir()) if p.is_file()}
        else:
            found[name] = {"": path.read_bytes()}
    return found


def _played(play: Callable[[J], R], job: J, files: Files) -> R:
    """Play a job where its files are put beside it. Runs on the cluster."""
    with relocated(_unpacked(_Same(files))), collecting_rarely():
        return play(job)


class _Same:
    """Files as a key: those of one command are the same object's contents throughout."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._names = tuple(
            (name, tuple((p, hash(text)) for p, text in parts.items()))
            for name, parts in files.items()
        )

    def __hash__(self) -> int:
        return hash(self._names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._names == other._names


@cache
def _unpacked(same: _Same) -> dict[str, Path]:
    """Where files lie on this node, by the name as typed; written once."""
    if not same.files:
        return {}
    home = Path(tempfile.mkdtemp(prefix="unscripted-inputs-"))
    found = {}
    for place, (name, parts) in enumerate(same.files.items()):
        where = home / f"{place}-{Path(name).name}"
        if "" in parts:
            where.write_bytes(parts[""])
        else:
            where.mkdir()
            for part, text in parts.items():
                (where / part).write_bytes(text)
        found[name] = where
    return found
