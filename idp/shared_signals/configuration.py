"""What a receiver may ask of a stream: its part of the configuration, read and checked (SSF 1.0 §8.1.1). Pure."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from idp.errors import InvalidInput

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
METHODS = (PUSH, POLL)
MOST_EVENTS = 100
LONGEST_NAME = 300
LONGEST_DESCRIPTION = 200
LONGEST_AUTHORIZATION = 4096
# Supplied by the receiver; every other member is ours.
RECEIVERS = ("events_requested", "delivery", "description")


@dataclass(frozen=True)
class Wanted:
    """What the receiver supplies. No ``endpoint_url``: it fetches the events itself."""

    endpoint_url: str = ""
    authorization: str | None = None
    events_requested: tuple[str, ...] = ()
    description: str = ""


def read(body: Mapping[str, Any], before: Wanted, uris: Collection[str]) -> Wanted:
    """Return *before* with the receiver's members of *body*; raises InvalidInput.

    *uris*: the addresses that the relying party registered (``security_event_uris``); a push goes to no other.
    """
    wanted = before
    if "delivery" in body:
        wanted = _delivery(body["delivery"], wanted, uris)
    if "events_requested" in body:
        wanted = replace(wanted, events_requested=_events(body["events_requested"]))
    if "description" in body:
        wanted = replace(wanted, description=_description(body["description"]))
    return wanted


def check_ours(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Check that members of *body* that are ours to supply say what *present* says (SSF §8.1.1.3); InvalidInput."""
    for name in present.keys() - set(RECEIVERS):
        if name in body and body[name] != present[name]:
            raise _wrong(f"{name} is supplied by the transmitter and is another")


def plain(text: str) -> str:
    """Return *text* without what cannot be shown."""
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})


def _delivery(value: object, before: Wanted, uris: Collection[str]) -> Wanted:
    if not isinstance(value, dict):
        raise _wrong("delivery must be an object")
    method = value.get("method")
    if method == POLL:
        # Where to fetch is ours to say; what is sent back to us unchanged is no mistake.
        return replace(before, endpoint_url="", authorization=None)
    if method != PUSH:
        raise _wrong(f"delivery.method must be {PUSH} or {POLL}")
    url, authorization = value.get("endpoint_url"), value.get("authorization_header")
    if not isinstance(url, str) or url not in uris:
        raise _wrong("delivery.endpoint_url must be one of the registered security_event_uris")
    if authorization is not None and not _is_header(authorization):
        raise _wrong("delivery.authorization_header must be printable ASCII")
    return replace(before, endpoint_url=url, authorization=authorization)


def _is_header(value: object) -> bool:
    # RFC 9110 §5.5: nothing that could begin another header.
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_AUTHORIZATION
        and value == value.strip()
        and all(" " <= character <= "~" for character in value)
    )


def _events(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_EVENTS:
        raise _wrong(f"events_requested must be a list of at most {MOST_EVENTS} event types")
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_NAME and one.isascii() for one in value):
        raise _wrong("events_requested must hold event type URIs")
    return tuple(dict.fromkeys(value))


def _description(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("description must be a text")
    # The transmitter may shorten it (§8.1.1).
    return plain(value)[:LONGEST_DESCRIPTION]


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput("invalid_request", detail=reason)
