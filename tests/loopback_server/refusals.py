"""Refusals word for word as OpenAI sends them: clients tell them apart by status, code and type."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from aiohttp import web

BAD = "invalid_request_error"


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """An error reply.

    Attributes:
        status: Of HTTP.
        message: For humans.
        type: OpenAI's class of error.
        code: What it is precisely, if OpenAI says.
        param: The field of the body at fault, if one is.
        headers: Beside the usual ones.
    """

    status: int
    message: str
    type: str = BAD
    code: str | None = None
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, headers: dict[str, str]) -> web.Response:
        """It, to be sent."""
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        body = json.dumps({"error": error})
        return web.Response(
            status=self.status,
            text=body,
            content_type="application/json",
            headers={**headers, **self.headers},
        )


def rate_limited(headers: dict[str, str]) -> Refusal:
    """Too many requests; the headers say how long to wait, if anything does."""
    message = "Rate limit reached for requests. Please slow down."
    return Refusal(429, message, "requests", "rate_limit_exceeded", headers=headers)


def quota() -> Refusal:
    """The account is empty."""
    message = "You exceeded your current quota, please check your plan and billing details."
    return Refusal(429, message, "insufficient_quota", "insufficient_quota")


def server_error() -> Refusal:
    """Their fault."""
    message = "The server had an error while processing your request. Sorry about that!"
    return Refusal(500, message, "server_error")


def wrong_key() -> Refusal:
    """Not a customer."""
    message = "Incorrect API key provided. You can find your API key in your account."
    return Refusal(401, message, code="invalid_api_key")


def no_model(model: str) -> Refusal:
    """Not on the menu."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Refusal(404, message, code="model_not_found")


def content_filter() -> Refusal:
    """Not a topic."""
    message = "Your request was rejected as a result of our safety system."
    return Refusal(400, message, code="content_policy_violation")


def context_overflow(tokens: int, most: int) -> Refusal:
    """Too long."""
    message = (
        f"This model's maximum context length is {most} tokens. However, your messages resulted "
        f"in {tokens} tokens. Please reduce the length of the messages."
    )
    return Refusal(400, message, code="context_length_exceeded", param="messages")


def no_format(kind: str) -> Refusal:
    """A form of answer the model doesn't know."""
    message = f"Invalid parameter: response_format {kind} is not supported with this model."
    return Refusal(400, message, param="response_format")


def no_temperature(value: object) -> Refusal:
    """A model that insists on its own."""
    message = (
        f"Unsupported value: 'temperature' does not support {value} with this model. "
        "Only the default (1) value is supported."
    )
    return Refusal(400, message, code="unsupported_value", param="temperature")


def no_seed() -> Refusal:
    """A model that takes no seed."""
    message = "Unsupported parameter: 'seed' is not supported with this model."
    return Refusal(400, message, code="unsupported_parameter", param="seed")
