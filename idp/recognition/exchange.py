"""Asking another province's provider, and reading what it answers: JSON that is bounded, strict, and never trusted."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from idp import outgoing, strict_json
from idp.network_address import is_loopback
from idp.outgoing import Reply
from idp.recognition.refused import Refused, Why
from idp.settings import SETTINGS

LONGEST = 131_072
LONGEST_URL = 2048
FORM = "application/x-www-form-urlencoded"


def address(value: object, name: str) -> str:
    """Return an address of the other provider; raises Refused unless it is https (loopback: the sandbox's http)."""
    try:
        parts = urlsplit(value) if isinstance(value, str) and len(value) <= LONGEST_URL else None
        if parts is not None:
            _ = parts.port  # raises ValueError
    except ValueError:
        parts = None
    if parts is None or not isinstance(value, str) or not parts.hostname or not value.isascii():
        raise Refused(Why.WRONG, f"{name} is no address")
    plain = SETTINGS.get().sandbox and parts.scheme == "http" and is_loopback(parts.hostname)
    if not (plain or parts.scheme == "https") or parts.username is not None or parts.fragment:
        raise Refused(Why.WRONG, f"{name} is no https address")
    if not value.isprintable() or " " in value:
        raise Refused(Why.WRONG, f"{name} is no address")
    return value


def post(url: str, form: Mapping[str, str]) -> Reply:
    """Post a form; raises Refused when nobody answers in time, or too much."""
    settings = SETTINGS.get()
    try:
        return outgoing.exchange(
            url,
            seconds=settings.federation.resolve_seconds,
            content=urlencode(form).encode(),
            longest=LONGEST,
            headers={"Content-Type": FORM, "Accept": "application/json"},
            public_only=not settings.sandbox,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(Why.AWAY, type(error).__name__) from error


def get(url: str, headers: Mapping[str, str]) -> Reply:
    """Ask for *url*; raises Refused as `post` does."""
    settings = SETTINGS.get()
    try:
        return outgoing.get(
            url,
            seconds=settings.federation.resolve_seconds,
            longest=LONGEST,
            headers=headers,
            public_only=not settings.sandbox,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(Why.AWAY, type(error).__name__) from error


def json_of(reply: Reply, what: str, *statuses: int) -> dict[str, Any]:
    """Return the object that was answered with one of *statuses*; raises Refused for everything else."""
    if reply.status >= httpx.codes.INTERNAL_SERVER_ERROR or reply.status == httpx.codes.TOO_MANY_REQUESTS:
        raise Refused(Why.AWAY, f"{what}: {reply.status}")
    if reply.status not in statuses:
        raise Refused(Why.WRONG, f"{what}: {reply.status} {_error_of(reply)}".strip())
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refused(Why.WRONG, f"{what}: no JSON")
    return _object(reply.body, what)


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        return strict_json.load_object(body.decode())
    except ValueError as error:
        raise Refused(Why.WRONG, f"{what}: no JSON object") from error


def _error_of(reply: Reply) -> str:
    """Return the OAuth error code of the answer, if it is one."""
    try:
        code = _object(reply.body, "").get("error", "")
    except Refused:
        return ""
    return code[:60] if isinstance(code, str) and code.isascii() and code.isprintable() else ""
