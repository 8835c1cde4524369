"""``status_endpoint`` of Shared Signals (SSF 1.0 §8.1.2): a receiver turns its stream on and off."""

from typing import Any

from idp import clock, machine
from idp.db import commit
from idp.endpoints import bearer
from idp.errors import InvalidInput
from idp.machine import Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import status
from idp.shared_signals import stream as streams
from idp.shared_signals.scope import MANAGERS, READERS
from idp.shared_signals.stream import Stream


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: `ssf_configuration` advertises it."""
    del issuer
    return {}


def read(call: Call, rp: RelyingParty) -> Answer:
    """Answer the status (§8.1.2.1)."""
    return machine.answer(_describe(streams.get(call.query.get("stream_id"), rp.client_id)))


def update(call: Call, rp: RelyingParty) -> Answer:
    """Change the status (§8.1.2.2). ``enabled`` also tries again what we had given up."""
    body = call.json()
    if "subject" in body:
        raise InvalidInput("invalid_request", detail="the status of one subject is kept by subjects/remove")
    stream = streams.get(body.get("stream_id"), rp.client_id, lock=True)
    status.set_status(stream, body.get("status"), body.get("reason"))
    commit()
    began = clock.now()
    while status.release(stream, began):
        commit()
    commit()
    return machine.answer(_describe(stream))


def _describe(stream: Stream) -> dict[str, Any]:
    said = {"stream_id": str(stream.id), "status": stream.status}
    return said | ({"reason": stream.reason} if stream.reason else {})


ROUTES: Routes = {
    "/ssf/status": {
        "GET": bearer.guarded(read, READERS),
        "POST": bearer.guarded(update, MANAGERS),
    }
}
