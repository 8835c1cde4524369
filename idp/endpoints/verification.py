"""``verification_endpoint`` of Shared Signals (SSF 1.0 §8.1.4.2): a receiver sees whether events arrive."""

from typing import Any

from idp.db import commit
from idp.endpoints import bearer
from idp.machine import Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import stream as streams
from idp.shared_signals import verification
from idp.shared_signals.scope import MANAGERS


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: `ssf_configuration` advertises it."""
    del issuer
    return {}


def verify(call: Call, rp: RelyingParty) -> Answer:
    """Add the event to the stream; it comes the way all others do."""
    body = call.json()
    verification.ask(streams.get(body.get("stream_id"), rp.client_id), body.get("state"))
    commit()
    return Answer(204, b"")


ROUTES: Routes = {"/ssf/verification": {"POST": bearer.guarded(verify, MANAGERS)}}
