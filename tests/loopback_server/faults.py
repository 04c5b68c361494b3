"""What goes wrong, as one frozen value that can be replaced while the server runs.

A fault of a kind in `KINDS` hits a share of the requests, or the requests a schedule names. The
draw depends on the seed, the request's text and how often it was sent before, never on the order
of arrival, so that a concurrent client meets the same faults in every run.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

KINDS = (
    "rate_limited",
    "rate_limited_silent",
    "quota",
    "server_error",
    "no_model",
    "content_filter",
    "context_overflow",
    "reset",
    "truncated",
    "html",
    "html_ok",
    "drip",
    "hang",
    "empty_choices",
    "null_content",
    "wrong_schema",
    "prose",
    "broken_json",
    "wrong_usage",
    "no_usage",
    "overloaded",
    "error_ok",
    "parts",
    "draft",
    "odd_fields",
    "refusal",
    "tool_call",
    "reasoning_field",
    "cut_quietly",
    "cached",
    "hidden_thoughts",
)
"""Each is a field of `Faults`: the share of requests it hits."""

USABLE = frozenset({
    None, "drip", "prose", "wrong_usage", "no_usage", "parts", "draft", "odd_fields", "tool_call",
    "reasoning_field", "cached", "hidden_thoughts",
})  # fmt: skip
"""Faults after which the answer still reaches a patient client whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Everything that goes wrong. The default is a server in perfect health.

    Attributes:
        rate_limited: 429 with `Retry-After: retry_after_s`.
        rate_limited_silent: 429 that doesn't say how long to wait.
        quota: 429 `insufficient_quota`; no wait helps.
        server_error: 500 with a JSON error.
        no_model: 404 `model_not_found`.
        content_filter: 400 `content_policy_violation`.
        context_overflow: 400 `context_length_exceeded`, whatever the prompt's length.
        reset: The connection is reset before any byte.
        truncated: Headers and half the body, then the end.
        html: 502 with a page for humans.
        html_ok: 200 with a page for humans.
        drip: One byte every `drip_s` seconds.
        hang: No answer until the client leaves.
        empty_choices: A completion without choices.
        null_content: A completion without text.
        wrong_schema: JSON of another form than asked for.
        prose: The right JSON with words around it, in a fence.
        broken_json: The right JSON, cut in the middle.
        wrong_usage: Token counts that can't be.
        no_usage: No token counts.
        overloaded: 529 with a JSON error.
        error_ok: 200 with nothing but a sentence on what is wrong.
        parts: The right JSON in a list of parts, behind a part of thoughts.
        draft: The right JSON behind another one and a tag that closes thoughts.
        odd_fields: The right JSON in capitals, with nonsense in what is optional.
        refusal: No text, and a refusal beside it.
        tool_call: No text, and the right JSON as a tool's arguments.
        reasoning_field: No text, and the right JSON among the thoughts.
        cut_quietly: JSON that ends in the middle, as long as it may be, and said to be whole.
        cached: Nine tenths of the prompt read from a cache.
        hidden_thoughts: A total that counts 1500 tokens more than prompt and completion.
        seed: Of the draws.
        schedule: Faults of the first requests, in order of arrival; None for a good answer.
            `auth` may stand there too. Afterwards the shares hold.
        only_once: A request (by its body) suffers one drawn or scheduled fault at most. Repeated,
            it takes no place in the schedule.
        match: Only requests whose prompt contains this suffer drawn or scheduled faults.
        retry_after_s: What `rate_limited` asks for.
        drip_s: Pause between the bytes of `drip`.
        auth: The only key accepted; any other gets 401.
        context_characters: Longer prompts get 400 `context_length_exceeded`.
        outage: Seconds since the server's start between which every connection is reset.
        requests_per_s: Rate of a token bucket; beyond it 429 with `Retry-After`.
        burst: Size of that bucket.
        hide_limit_headers: Leave out the `x-ratelimit-…` headers and `retry-after-ms`.
        no_json_schema: 400 for `response_format` of type `json_schema`.
        no_json_object: 400 for `response_format` of type `json_object`.
        no_temperature: 400 for any temperature but 1.
        no_seed: 400 for a seed.
        no_system: 400 for a system message.
        no_max_tokens: 400 for `max_tokens`, which is called `max_completion_tokens` here.
        most_tokens: 400 for longer answers.
        most_temperature: 400 for a higher temperature.
        no_day_left: Headers that say that none of a day's requests is left.

    Raises:
        ValueError: A value that makes no sense; says which.
    """

    rate_limited: float = 0.0
    rate_limited_silent: float = 0.0
    quota: float = 0.0
    server_error: float = 0.0
    no_model: float = 0.0
    content_filter: float = 0.0
    context_overflow: float = 0.0
    reset: float = 0.0
    truncated: float = 0.0
    html: float = 0.0
    html_ok: float = 0.0
    drip: float = 0.0
    hang: float = 0.0
    empty_choices: float = 0.0
    null_content: float = 0.0
    wrong_schema: float = 0.0
    prose: float = 0.0
    broken_json: float = 0.0
    wrong_usage: float = 0.0
    no_usage: float = 0.0
    overloaded: float = 0.0
    error_ok: float = 0.0
    parts: float = 0.0
    draft: float = 0.0
    odd_fields: float = 0.0
    refusal: float = 0.0
    tool_call: float = 0.0
    reasoning_field: float = 0.0
    cut_quietly: float = 0.0
    cached: float = 0.0
    hidden_thoughts: float = 0.0
    seed: int = 0
    schedule: tuple[str | None, ...] = ()
    only_once: bool = False
    match: str | None = None
    retry_after_s: float = 1.0
    drip_s: float = 0.5
    auth: str | None = None
    context_characters: int | None = None
    outage: tuple[float, float] | None = None
    requests_per_s: float | None = None
    burst: int = 1
    hide_limit_headers: bool = False
    no_json_schema: bool = False
    no_json_object: bool = False
    no_temperature: bool = False
    no_seed: bool = False
    no_system: bool = False
    no_max_tokens: bool = False
    most_tokens: int | None = None
    most_temperature: float | None = None
    no_day_left: bool = False

    def __post_init__(self) -> None:
        """A test with a fault that can never happen proves nothing: refuse it here."""
        for kind in KINDS:
            _need(_number(getattr(self, kind)) and 0 <= getattr(self, kind) <= 1, kind, self)
        _need(sum(getattr(self, k) for k in KINDS) <= 1 + 1e-9, "the shares' sum", self)
        _need(type(self.seed) is int, "seed", self)
        _need(isinstance(self.schedule, tuple), "schedule", self)
        _need(all(s in (None, "auth", *KINDS) for s in self.schedule), "schedule", self)
        for name in ("match", "auth"):
            value = getattr(self, name)
            _need(value is None or (isinstance(value, str) and value != ""), name, self)
        _need(_number(self.retry_after_s) and self.retry_after_s >= 0, "retry_after_s", self)
        _need(_number(self.drip_s) and self.drip_s > 0, "drip_s", self)
        limit = self.context_characters
        _need(limit is None or (type(limit) is int and limit > 0), "context_characters", self)
        rate = self.requests_per_s
        _need(rate is None or (_number(rate) and rate > 0), "requests_per_s", self)
        _need(type(self.burst) is int and self.burst >= 1, "burst", self)
        _need(self.outage is None or _span(self.outage), "outage", self)
        for field in fields(self):
            if field.type == "bool":
                _need(type(getattr(self, field.name)) is bool, field.name, self)

    def shares(self) -> list[tuple[str, float]]:
        """The kinds that are drawn, with the share of each."""
        return [(k, getattr(self, k)) for k in KINDS if getattr(self, k)]

    def to_json(self) -> dict[str, Any]:
        """Its fields, for `json.dumps`."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Faults:
        """The opposite of `to_json`; fields left out are in perfect health.

        Raises:
            ValueError: An unknown field, or a value that makes no sense.
        """
        unknown = sorted(set(data) - {f.name for f in fields(Faults)})
        if unknown:
            raise ValueError(f"no such fault: {', '.join(unknown)}")
        return Faults(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def _need(holds: bool, name: str, faults: Faults) -> None:
    if not holds:
        raise ValueError(f"{name} makes no sense: {getattr(faults, name, 'above 1')!r}")


def _number(value: object) -> bool:
    return type(value) in (int, float) and isfinite(value)  # type: ignore[arg-type]


def _span(value: tuple[float, float]) -> bool:
    pair = isinstance(value, tuple) and len(value) == 2 and all(_number(v) for v in value)
    return pair and value[0] <= value[1]
