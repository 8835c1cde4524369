"""The transmitter of the loopback provider (SSF 1.0): streams, verification, polling, and tokens that a test shapes."""

import json
import secrets
from typing import Any

from tests.clients.loopback_provider import LoopbackProvider, Reply, Request, json_reply

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"


class LoopbackTransmitter:
    """See the module. ``pending`` are the tokens to be fetched, by ``jti``."""

    def __init__(self, provider: LoopbackProvider) -> None:
        self.provider = provider
        self.streams: dict[str, dict[str, Any]] = {}
        self.statuses: dict[str, str] = {}
        self.most_streams = 10
        self.states: list[str] = []
        self.pending: dict[str, str] = {}
        self.acknowledged: list[str] = []
        self.refused: dict[str, dict[str, str]] = {}
        self.deletions: list[dict[str, str]] = []
        self.stream_changes: dict[str, Any] = {}
        self.configuration_changes: dict[str, Any] = {}
        provider.metadata_changes["data_deletion_endpoint"] = f"{provider.issuer}/data_deletion"
        provider.replies |= {
            "/.well-known/ssf-configuration": lambda _: json_reply(self.configuration()),
            "/ssf/stream": self.stream,
            "/ssf/status": self.status,
            "/ssf/verify": self.verify,
            "/ssf/poll": self.poll,
            "/data_deletion": self.data_deletion,
        }

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        issuer = self.provider.issuer
        return {
            "spec_version": "1_0",
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks",
            "configuration_endpoint": f"{issuer}/ssf/stream",
            "status_endpoint": f"{issuer}/ssf/status",
            "verification_endpoint": f"{issuer}/ssf/verify",
            "delivery_methods_supported": [PUSH, POLL],
            **self.configuration_changes,
        }

    def stream(self, request: Request) -> Reply:
        """Stream configuration (§8.1.1)."""
        if (refused := _unauthorized(request)) is not None:
            return refused
        if request.method == "GET":
            return json_reply(list(self.streams.values()))
        asked = json.loads(request.body)
        if request.method == "POST" and len(self.streams) >= self.most_streams:
            return json_reply({"error": "too_many"}, 409)
        stream_id = asked.get("stream_id") or secrets.token_hex(8)
        before = self.streams.get(stream_id, {})
        if request.method == "PATCH" and not before:
            return json_reply({"error": "unknown"}, 404)
        found = {
            "stream_id": stream_id,
            "iss": self.provider.issuer,
            "aud": "rp",
            "events_delivered": asked["events_requested"],
            **before,
            **asked,
            **self.stream_changes,
        }
        if found["delivery"]["method"] == POLL:
            found["delivery"] = {"method": POLL, "endpoint_url": f"{self.provider.issuer}/ssf/poll"}
        self.streams[stream_id] = found
        self.statuses.setdefault(stream_id, "enabled")
        return json_reply(found, 201 if request.method == "POST" else 200)

    def status(self, request: Request) -> Reply:
        """Stream status (§8.1.2)."""
        if request.method == "GET":
            stream_id = request.query["stream_id"]
        else:
            stream_id = json.loads(request.body)["stream_id"]
            self.statuses[stream_id] = json.loads(request.body)["status"]
        return json_reply({"stream_id": stream_id, "status": self.statuses[stream_id]})

    def verify(self, request: Request) -> Reply:
        """A verification event is asked for (§8.1.4)."""
        asked = json.loads(request.body)
        self.states.append(asked["state"])
        subject = {"format": "opaque", "id": asked["stream_id"]}
        self.add(f"{SSF}verification", {"state": asked["state"]}, sub_id=subject)
        return Reply(204)

    def poll(self, request: Request) -> Reply:
        """Tokens are fetched (RFC 8936)."""
        asked = json.loads(request.body)
        self.acknowledged += asked.get("ack", [])
        self.refused |= asked.get("setErrs", {})
        for jti in (*asked.get("ack", []), *asked.get("setErrs", {})):
            self.pending.pop(jti, None)
        sets = dict(list(self.pending.items())[: asked["maxEvents"]])
        return json_reply({"sets": sets, "moreAvailable": len(sets) < len(self.pending)})

    def data_deletion(self, request: Request) -> Reply:
        """An answer to a request to delete."""
        if self.provider.authenticate(request) is None:
            return json_reply({"error": "invalid_client"}, 401)
        self.deletions.append(request.form)
        return json_reply({"request_id": request.form["request_id"], "status": request.form["status"]})

    def token(self, event_type: str, members: object = None, **changes: Any) -> str:
        """A signed security event token, changed as the test wants; a claim changed to None is left out."""
        issuer, now = self.provider.issuer, int(self.provider.clock.now())
        claims = {
            "iss": issuer,
            "aud": changes.pop("client_id", "rp"),
            "iat": now,
            "jti": secrets.token_urlsafe(16),
            "sub_id": {"format": "iss_sub", "iss": issuer, "sub": self.provider.person["sub"]},
            "events": {event_type: {"event_timestamp": now} if members is None else members},
        }
        header = {"typ": changes.pop("typ", "secevent+jwt")}
        return self.provider.sign({**claims, **changes}, header)

    def add(self, event_type: str, members: object = None, **changes: Any) -> str:
        """Leave a token to be fetched; its ``jti``."""
        jti = changes.setdefault("jti", secrets.token_urlsafe(16))
        self.pending[jti] = self.token(event_type, members, **changes)
        return str(jti)


def _unauthorized(request: Request) -> Reply | None:
    if request.headers.get("Authorization", "").startswith("Bearer "):
        return None
    return json_reply({"error": "invalid_token"}, 401)
