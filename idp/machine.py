"""What the endpoints for machines share: reading a form, sending JSON, CORS without cookies. Flask world."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.datastructures import Headers

from idp import parameters
from idp.errors import InvalidInput

FORM = "application/x-www-form-urlencoded"



@dataclass(frozen=True)
class Call:
    """What a door read of a request: form, headers (a case-insensitive mapping) and the caller's address."""

    form: dict[str, str]
    headers: Headers
    address: str


@dataclass(frozen=True)
class Answer:
    """What a machine endpoint answers: JSON bytes, and headers beyond the usual ones."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def form() -> dict[str, str]:
    """Return the form of this request; raises InvalidInput when it is not one."""
    if request.mimetype != FORM:
        raise InvalidInput("invalid_request", detail=f"the body must be {FORM}")
    return parameters.read(request.get_data())


def call() -> Call:
    """Return this request as the authorization server takes it."""
    return Call(form(), request.headers, request.remote_addr or "")


def send(made: Answer) -> Response:
    """Send what the authorization server answers."""
    return answer(made.body, made.status, made.headers)


def answer(
    body: bytes | dict[str, Any], status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    """Send JSON that nobody stores; any origin may read it, because no cookie plays a part here."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    response = Response(raw, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate"
    for name, value in headers:
        response.headers[name] = value
    return response


def preflight(methods: str) -> Response:
    """Answer a CORS preflight for an endpoint that reads no cookies."""
    response = Response(status=204)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Access-Control-Max-Age"] = "3600"
    return response
