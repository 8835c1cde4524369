"""The stream by which the provider tells us events (SSF 1.0 §8.1): see that it is there and as we want it.

Both ways of delivery: the provider pushes to an address of ours (RFC 8935), or we fetch from one of its (RFC 8936).
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tongxing_client import client_token, errors, ssf_configuration, transport
from tongxing_client.ssf_configuration import POLL, PUSH

ENABLED = "enabled"
MANAGE = "ssf.manage"
READ = "ssf.read"
_CONFLICT = 409
_MAX_SETS = 50
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The stream as we want it; ``push_url`` None: we fetch."""

    events: tuple[str, ...]
    push_url: str | None
    authorization_header: str | None = None
    description: str = ""

    @property
    def method(self) -> str:
        """The delivery method."""
        return POLL if self.push_url is None else PUSH

    def document(self) -> dict[str, Any]:
        """The receiver-supplied members (§8.1.1)."""
        delivery: dict[str, Any] = {"method": self.method}
        if self.push_url is not None:
            delivery["endpoint_url"] = self.push_url
        if self.authorization_header is not None:
            delivery["authorization_header"] = self.authorization_header
        document: dict[str, Any] = {"delivery": delivery, "events_requested": list(self.events)}
        return document | ({"description": self.description} if self.description else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream that is there; ``poll_url`` is where to fetch, for the poll method."""

    stream_id: str
    poll_url: str | None
    events_delivered: tuple[str, ...]


class StreamEndpoints:
    """The provider's endpoints for streams, asked with our own token."""

    def __init__(
        self,
        http: transport.Transport,
        configuration: ssf_configuration.TransmitterConfiguration,
        own: client_token.ClientToken,
        client_id: str,
    ) -> None:
        self._http = http
        self._configuration = configuration
        self._own = own
        self._client_id = client_id

    def ensure(self, wanted: Wanted, *, wake: bool = True) -> Stream:
        """Create, change or take the stream as it is; with ``wake`` enable one that was paused or disabled."""
        found = self._find(wanted)
        if found is None:
            try:
                found = self._ask("POST", wanted.document())
            except errors.RequestRefused as refused:
                # One stream a receiver (§8.1.1.1): then that one is changed, as when its delivery was another.
                found = self._find_only() if refused.http_status == _CONFLICT else None
                if found is None:
                    raise
        if not _is_as(found, wanted):
            found = self._ask("PATCH", {"stream_id": _text(found, "stream_id"), **wanted.document()})
        stream = self._read(found, wanted)
        if wake:
            self._enable(stream.stream_id)
        return stream

    def ask_for_verification(self, stream_id: str) -> str:
        """Ask for a verification event (§8.1.4.2); the state it will carry."""
        state = secrets.token_urlsafe(24)
        if self._configuration.verification_endpoint is None:
            raise errors.BadProviderAnswer("ssf-configuration: no verification_endpoint")
        content = {"stream_id": stream_id, "state": state}
        client_token.send(self._http, self._own, "POST", self._configuration.verification_endpoint, content)
        return state

    def fetch_events(
        self, poll_url: str, acknowledged: Collection[str], refused: Mapping[str, Mapping[str, str]]
    ) -> tuple[dict[str, str], bool]:
        """Tokens by ``jti`` and whether there are more (RFC 8936 §2.4); says what became of the earlier ones."""
        content: dict[str, Any] = {"maxEvents": _MAX_SETS, "returnImmediately": True}
        content |= {"ack": list(acknowledged)} if acknowledged else {}
        content |= {"setErrs": dict(refused)} if refused else {}
        answer = client_token.send(self._http, self._own, "POST", poll_url, content).json()
        sets = answer.get("sets", {})
        if not isinstance(sets, dict) or not all(isinstance(one, str) for one in sets.values()):
            raise errors.BadProviderAnswer('poll: "sets" is not an object of tokens')
        return sets, answer.get("moreAvailable") is True

    def _find(self, wanted: Wanted) -> dict[str, Any] | None:
        for one in self._all():
            delivery = one.get("delivery")
            if not isinstance(delivery, dict) or delivery.get("method") != wanted.method:
                continue
            if wanted.push_url is None or delivery.get("endpoint_url") == wanted.push_url:
                return one
        return None

    def _find_only(self) -> dict[str, Any] | None:
        streams = self._all()
        # Of several, none can be known to be ours to change.
        return streams[0] if len(streams) == 1 else None

    def _all(self) -> list[dict[str, Any]]:
        url = self._configuration.configuration_endpoint
        return client_token.send(self._http, self._own, "GET", url).json_list()

    def _ask(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        url = self._configuration.configuration_endpoint
        return client_token.send(self._http, self._own, method, url, content).json()

    def _read(self, found: Mapping[str, Any], wanted: Wanted) -> Stream:
        if found.get("iss") != self._configuration.issuer:
            raise errors.BadProviderAnswer("stream: another issuer")
        aud = found.get("aud")
        if self._client_id not in ([aud] if isinstance(aud, str) else aud or []):
            raise errors.BadProviderAnswer("stream: not for us")
        delivery = found.get("delivery")
        poll_url = None
        if wanted.push_url is None:
            poll_url = delivery.get("endpoint_url") if isinstance(delivery, dict) else None
            if not isinstance(poll_url, str) or not transport.is_safe_url(poll_url):
                raise errors.BadProviderAnswer("stream: no https URL to fetch from")
        delivered = found.get("events_delivered", [])
        if not isinstance(delivered, list) or not all(isinstance(one, str) for one in delivered):
            raise errors.BadProviderAnswer("stream: events_delivered is not a list")
        return Stream(
            stream_id=_text(found, "stream_id"), poll_url=poll_url, events_delivered=tuple(delivered)
        )

    def _enable(self, stream_id: str) -> None:
        url = self._configuration.status_endpoint
        if url is None:
            return
        answer = client_token.send(self._http, self._own, "GET", f"{url}?stream_id={stream_id}").json()
        if answer.get("status") != ENABLED:
            client_token.send(self._http, self._own, "POST", url, {"stream_id": stream_id, "status": ENABLED})


def _is_as(found: Mapping[str, Any], wanted: Wanted) -> bool:
    delivery = found.get("delivery")
    if not isinstance(delivery, dict) or delivery.get("method") != wanted.method:
        return False
    if wanted.push_url is not None and delivery.get("endpoint_url") != wanted.push_url:
        return False
    requested = found.get("events_requested")
    if not isinstance(requested, list):
        return False
    # The provider may leave out what it does not know (§8.1.1).
    supported = found.get("events_supported")
    known = set(wanted.events) & set(supported) if isinstance(supported, list) else set(wanted.events)
    return known <= set(requested) <= set(wanted.events)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not _UNRESERVED.fullmatch(value):
        raise errors.BadProviderAnswer(f"stream: {name} is missing or has characters it may not have")
    return value
