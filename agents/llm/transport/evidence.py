"""What is known of a request that went wrong: its exception, what is behind it, what came back."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any

from ....model.engine.local_faults import chain_of, is_local
from ..control_characters import clean
from ..redaction import redact
from ..responses.errors import ProviderError, error_in
from ..responses.rate_limit_headers import UNIT_S, WINDOW, reading_in, seconds_in
from .wire import Wire

LONGEST_CAUSE = 300
"""Characters of a cause that a record keeps."""
LONGEST_READ = 4096
"""Characters of what is said that are looked at; nothing longer is scrubbed or searched."""
_NEVER_CONNECTED = frozenset(
    {"ClientConnectorError", "ConnectionRefusedError", "gaierror", "ConnectionTimeoutError"}
)
_LITELLMS_NAMES = re.compile(r"^(?:litellm\.\w+: )+(?:\w+Exception - |\w+Error: )*")
_ADDRESSES = re.compile(r" ?(?:ssl:)?<[\w.]{1,80} object at 0x[0-9a-f]+>")
_SAID_WAIT = re.compile(
    r"(?:(?:try again|retry|wait)(?: (?:in|after|for|at least))? |retrydelay\W{1,6})"
    r"((?:\d{1,6}(?:\.\d{1,12})? ?(?:ms|milliseconds?|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?"
    r"|h(?:(?:ou)?rs?)?|days?|d)(?![a-z]) ?){1,5})"
)
"""How long to wait, as providers word it."""
_PART = re.compile(r"(\d+(?:\.\d+)?) ?([a-z]+)")
_MILLISECONDS = frozenset({"ms", "millisecond", "milliseconds"})
_PAGE = re.compile(r"<(?:!doctype|html|head|body|title|center|h1)\b", re.IGNORECASE)
_NO_GATEWAY = frozenset({None, 200, 404, 405})
"""Statuses of a page that stands where no model is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known.

    Attributes:
        words: What is said, without secrets.
        text: All that is said, in lower case.
        classes: Names of the error's class and of all above it.
        behind: Likewise of the errors behind it.
        status: HTTP status, if any.
        timed_out: Whether a deadline of ours or of Python's passed.
        local: Whether this machine is at fault.
        came_back: Status of the response that came, if one did.
        headers: Of that response, lower-case names.
    """

    words: str
    text: str
    classes: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    status: int | None = None
    timed_out: bool = False
    local: bool = False
    came_back: int | None = None
    headers: dict[str, str] | None = None

    def says(self, *phrases: str) -> bool:
        """Whether one of some phrases is in it.

        Args:
            phrases: In lower case.
        """
        return any(phrase in self.text for phrase in phrases)

    def is_a(self, *classes: str) -> bool:
        """Whether it is an error of one of some classes.

        Args:
            classes: By name.
        """
        return not self.classes.isdisjoint(classes)

    @property
    def never_connected(self) -> bool:
        """Whether nothing can have been sent, as nobody took the connection."""
        return self.came_back is None and not self.behind.isdisjoint(_NEVER_CONNECTED)

    @property
    def cause(self) -> str:
        """One line of what is said, no longer than a record should hold; of a page, that it is."""
        page = _PAGE.search(self.words)
        if page is None:
            return line(self.words)
        said = "a web page instead of JSON"
        if self.status is not None:
            said = f"{said} (status {self.status})"
        if self.status in _NO_GATEWAY:
            said = f"{said}: is it the address of an OpenAI-compatible server?"
        before = self.words[: page.start()].strip(" :-\n")[-100:].strip()
        return line(f"{before}: {said}" if before else said)

    @property
    def retry_after_s(self) -> float | None:
        """Seconds the provider wants us to wait, 0 or more; None where it doesn't say."""
        return retry_after(self.headers or {}, self.text)


def evidence_of(error: BaseException, wire: Wire | None = None) -> Evidence:
    """What is known of an exception.

    Args:
        error: Of LiteLLM, of what is below it, or of a deadline of ours.
        wire: What came back; None where nobody watched.
    """
    chain = chain_of(error)
    words = _words(error, chain)
    behind = frozenset(c.__name__ for e in chain for c in type(e).__mro__)
    found = Evidence(
        words,
        words.lower(),
        frozenset(c.__name__ for c in type(error).__mro__),
        behind,
        _status(error),
        isinstance(error, TimeoutError),
        is_local(error) or isinstance(error, ImportError),
        _came_back(chain),
        _headers(error),
    )
    return found if wire is None or wire.status is None else _with_response(found, wire)


def stated(error: ProviderError) -> Evidence:
    """What is known of an error that stands in place of an answer.

    Args:
        error: As its provider states it.
    """
    words = redact(_cut(error.sentence))
    return Evidence(words, f"{words} {error.words}".lower(), status=error.status, came_back=200)


def _with_response(found: Evidence, wire: Wire) -> Evidence:
    """With the provider's own sentence, where it wrote one."""
    status, headers = wire.status, wire.headers or found.headers
    assert status is not None
    found = replace(found, came_back=status, headers=headers)
    if status < 400:
        return found
    said = error_in(wire.parsed(), answered=False)
    if said is None:
        return replace(found, status=status)
    words = redact(_cut(said.sentence))
    text = f"{found.text} {redact(said.words)}".lower()
    return replace(found, words=words, text=text, status=status)


def _came_back(chain: list[BaseException]) -> int | None:
    """The status of a response that an error carries."""
    for error in chain:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if type(status) is int and "litellm" not in type(error).__module__:
            return status
    return None


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    plain = isinstance(status, int | str) and str(status).isascii() and str(status).isdigit()
    return int(status) if plain else None  # type: ignore[arg-type]


def _words(error: BaseException, chain: list[BaseException]) -> str:
    """All it says, without secrets; LiteLLM repeats its own class names in front."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    words = redact(_cut(str(getattr(error, "message", None) or error)))
    if len(chain) > 1 and "connection error" in words.lower():  # of what kind, its cause says
        words = f"{words.rstrip('. ')}: {redact(_cut(str(chain[-1])))}"
    return _ADDRESSES.sub("", _LITELLMS_NAMES.sub("", words))


def _cut(text: str) -> str:
    """The beginning of a text, whole words of it: half a secret would not be known for one."""
    if len(text) <= LONGEST_READ:
        return text
    begun = text[:LONGEST_READ]
    whole = begun.rstrip()
    if whole == begun and not text[LONGEST_READ].isspace():
        whole = " ".join(begun.split()[:-1])
    return f"{whole} …"


def line(words: str) -> str:
    """One line of a text, no longer than a record should hold.

    Args:
        words: Anything.
    """
    said = redact(" ".join(clean(_cut(words)).split())) or "an error without words"
    return said if len(said) <= LONGEST_CAUSE else said[: LONGEST_CAUSE - 1] + "…"


def _headers(error: BaseException) -> dict[str, str]:
    headers: Any = getattr(error, "litellm_response_headers", None)
    if not headers:
        headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        return {str(k).lower(): str(v) for k, v in dict(headers or {}).items()}
    except (TypeError, ValueError):
        return {}


def retry_after(headers: dict[str, str], text: str = "") -> float | None:
    """Seconds to wait, by headers or else by words.

    Args:
        headers: Lower-case names: `retry-after-ms`, `retry-after` (seconds, `2s`, a date), or
            `x-ratelimit-reset` where none is left until then.
        text: All that is said, in lower case.
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _seconds(headers.get(name), unit_s)
        if seconds is not None:
            return seconds
    reading = reading_in(headers, WINDOW)
    if reading is not None and reading.left < 1 and reading.full_in_s is not None:
        return reading.full_in_s
    said = _SAID_WAIT.search(text)
    if said is None:
        return None
    return math.fsum(
        float(n) * UNIT_S["ms" if unit in _MILLISECONDS else unit[0]]
        for n, unit in _PART.findall(said[1])
    )


def _seconds(value: str | None, unit_s: float) -> float | None:
    """The seconds of a header: a number, with or without a unit, or a date; 0 or more."""
    if value is None:
        return None
    try:
        seconds = float(value) * unit_s
    except ValueError:
        seconds = math.nan
        if value[:1].isdigit() and value.rstrip()[-1:].isalpha():
            spelt = seconds_in("".join(value.lower().split()))
            seconds = math.nan if spelt is None else spelt
    if math.isfinite(seconds):
        return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
