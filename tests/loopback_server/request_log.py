"""What happened: every request for a completion, and counts over them.

Written by the server's loop alone; tests read it from another thread, so readers get copies.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers.prompt import text_of
from .faults import USABLE

TOLD = ("user-agent", "content-type", "x-stainless-retry-count", "x-stainless-read-timeout")
LEFT = 499
"""Status of a request whose client went away before the reply."""


@dataclass(slots=True)
class Entry:
    """One request for a completion.

    Attributes:
        number: Counts from 1.
        at: Seconds since the server's start.
        headers: Those that matter; of the key only the last four characters.
        body: As sent; empty where it was no JSON object.
        digest: Of the body's bytes: the same request again has the same digest.
        fault: What it suffered: a kind of `Faults`, `outage`, `limit` (the bucket), `auth`,
            `invalid`, `unsupported`, or `bug` (in here, or in a script); None if nothing.
        status: Sent; 0 where the connection was reset, 499 where the client left before, None
            while it is in flight.
        seconds: From arrival to the end of the reply.
        answer: The text before any fault spoilt it; empty if none was made.
        succeeded: Status 200, and the answer could be had from it.
    """

    number: int
    at: float
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    fault: str | None = None
    status: int | None = None
    seconds: float = 0.0
    answer: str = ""
    succeeded: bool = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages asked with."""
        return self.body.get("messages", [])

    @property
    def prompt(self) -> str:
        """All their text."""
        return "\n".join(text_of(m) for m in self.messages)


class RequestLog:
    """All entries and counts over them."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.entries: list[Entry] = []
        self.clear()

    def clear(self) -> None:
        """Forget everything but when the server began; what is in flight stays in flight."""
        self.entries.clear()
        self.requests = 0
        self.successes = 0
        self.by_status: Counter[int] = Counter()
        self.in_flight = getattr(self, "in_flight", 0)
        self.most_in_flight = self.in_flight

    @property
    def age(self) -> float:
        """Seconds since the server's start."""
        return time.monotonic() - self.began

    def arrive(self, headers: Mapping[str, str]) -> Entry:
        """A request has come."""
        self.requests += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        kept = {name: headers[name] for name in TOLD if name in headers}
        if "authorization" in headers:
            kept["authorization"] = f"…{headers['authorization'][-4:]}"
        entry = Entry(self.requests, self.age, kept)
        self.entries.append(entry)
        return entry

    def depart(self, entry: Entry, status: int) -> None:
        """Its reply has gone, or its connection."""
        entry.seconds = self.age - entry.at
        entry.status = status
        entry.succeeded = status == 200 and entry.fault in USABLE
        self.in_flight -= 1
        self.successes += entry.succeeded
        self.by_status[status] += 1

    def counts(self) -> dict[str, Any]:
        """All counts, for `json.dumps`; with the processor time used by this process."""
        return {
            "requests": self.requests,
            "successes": self.successes,
            "by_status": dict(self.by_status),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "age": self.age,
            "cpu_s": time.process_time(),
        }
