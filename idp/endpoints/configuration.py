"""``configuration_endpoint`` of Shared Signals (SSF 1.0 §8.1.1): a receiver keeps its streams."""

import json
from typing import Any

from idp import machine
from idp.db import commit
from idp.endpoints import bearer
from idp.errors import InvalidInput
from idp.machine import NO_STORE, Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS
from idp.shared_signals import configuration, event_types, removed_subject, security_event, verification
from idp.shared_signals import stream as streams
from idp.shared_signals.configuration import Wanted
from idp.shared_signals.scope import MANAGERS, READERS
from idp.shared_signals.stream import ENABLED, Stream


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: `ssf_configuration` advertises it."""
    del issuer
    return {}


def create(call: Call, rp: RelyingParty) -> Answer:
    """Make a stream; without ``delivery`` it is fetched (§8.1.1.1)."""
    wanted = configuration.read(call.json(), Wanted(), rp.security_event_uris)
    stream = streams.create(rp.client_id, wanted)
    commit()
    return machine.answer(describe(stream), 201)


def read(call: Call, rp: RelyingParty) -> Answer:
    """Answer one stream, or all of the caller's as a list (§8.1.1.2)."""
    if "stream_id" in call.query:
        return machine.answer(describe(streams.get(call.query["stream_id"], rp.client_id)))
    found = [describe(stream) for stream in streams.of_client(rp.client_id)]
    return Answer(200, json.dumps(found, ensure_ascii=False).encode(), NO_STORE)


def update(call: Call, rp: RelyingParty) -> Answer:
    """Change what is named, leave the rest (§8.1.1.3)."""
    return _change(call, rp, from_nothing=False)


def replace(call: Call, rp: RelyingParty) -> Answer:
    """Change everything that is the receiver's: what is not named is gone (§8.1.1.4)."""
    return _change(call, rp, from_nothing=True)


def delete(call: Call, rp: RelyingParty) -> Answer:
    """Forget the stream with all that it has still to hear (§8.1.1.5)."""
    stream = streams.get(call.query.get("stream_id"), rp.client_id, lock=True)
    security_event.drop(stream.id)
    removed_subject.forget(stream.id)
    streams.delete(stream)
    commit()
    return Answer(204, b"")


def describe(stream: Stream) -> dict[str, Any]:
    """Return the stream's configuration (§8.1.1); what the receiver wants in its own header is not repeated."""
    issuer = SETTINGS.get().issuer
    address = stream.endpoint_url or f"{issuer}/ssf/poll?stream_id={stream.id}"
    said = {
        "stream_id": str(stream.id),
        "iss": issuer,
        "aud": stream.client_id,
        "delivery": {"method": stream.method, "endpoint_url": address},
        "events_supported": list(event_types.SUPPORTED),
        "events_requested": stream.events_requested,
        "events_delivered": [name for name in event_types.SUPPORTED if stream.wants(name)],
        "min_verification_interval": verification.INTERVAL,
    }
    return said | ({"description": stream.description} if stream.description else {})


def _change(call: Call, rp: RelyingParty, *, from_nothing: bool) -> Answer:
    body = call.json()
    if "stream_id" not in body:
        raise InvalidInput("invalid_request", detail="stream_id is missing")
    stream = streams.get(body["stream_id"], rp.client_id, lock=True)
    configuration.check_ours(body, describe(stream))
    before = Wanted(
        endpoint_url=stream.endpoint_url,
        authorization=stream.authorization,
        events_requested=tuple(stream.events_requested),
        description=stream.description,
    )
    was_push = stream.is_push
    streams.change(
        stream, configuration.read(body, Wanted() if from_nothing else before, rp.security_event_uris)
    )
    if stream.is_push and not was_push:
        # What nobody has fetched is brought.
        security_event.hold(stream.id)
    commit()
    while stream.status == ENABLED and security_event.release(stream):
        commit()
    commit()
    return machine.answer(describe(stream))


ROUTES: Routes = {
    "/ssf/streams": {
        "GET": bearer.guarded(read, READERS),
        "POST": bearer.guarded(create, MANAGERS),
        "PATCH": bearer.guarded(update, MANAGERS),
        "PUT": bearer.guarded(replace, MANAGERS),
        "DELETE": bearer.guarded(delete, MANAGERS),
    }
}
