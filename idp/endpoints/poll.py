"""Where receivers fetch their events (RFC 8936 §2), each stream at the address that its configuration names."""

from typing import Any

from idp import machine
from idp.endpoints import bearer
from idp.errors import InvalidInput
from idp.machine import Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import poll as polling
from idp.shared_signals import stream as streams
from idp.shared_signals.scope import READERS


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each stream's configuration says it."""
    del issuer
    return {}


def poll(call: Call, rp: RelyingParty) -> Answer:
    """Take acknowledgements and answer events."""
    asked = polling.read(call.json())
    stream = streams.get(call.query.get("stream_id"), rp.client_id)
    if stream.is_push:
        raise InvalidInput("invalid_request", detail="the events of this stream are pushed")
    return machine.answer(polling.answer(stream, rp, asked))


ROUTES: Routes = {"/ssf/poll": {"POST": bearer.guarded(poll, READERS)}}
