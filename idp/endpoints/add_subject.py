"""``add_subject_endpoint`` of Shared Signals (SSF 1.0 §8.1.3.2): a receiver wants to hear of somebody again.

The answer is the same whether we know the subject or not (§9.1).
"""

from typing import Any

from idp import machine
from idp.db import commit
from idp.endpoints import bearer
from idp.machine import Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import removed_subject
from idp.shared_signals import stream as streams
from idp.shared_signals.scope import MANAGERS


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: `ssf_configuration` advertises it."""
    del issuer
    return {}


def add(call: Call, rp: RelyingParty) -> Answer:
    """Do so for one subject of one stream."""
    body = call.json()
    stream = streams.get(body.get("stream_id"), rp.client_id)
    sub = removed_subject.read(body.get("subject"))
    if sub is not None:
        removed_subject.add(stream, sub)
        commit()
    return machine.answer({})


ROUTES: Routes = {"/ssf/subjects/add": {"POST": bearer.guarded(add, MANAGERS)}}
