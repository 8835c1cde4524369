"""The Security Event Token: one event as a signed JWT (RFC 8417 §2, profiled by SSF 1.0 §4).

``sub_id`` names the subject, ``sub`` and ``exp`` are absent, so that nobody takes it for an ID token (SSF §4.1). Every
try signs the same statement: ``jti`` names the event, ``iat`` says when we wrote it down, ``toe`` when it happened.
"""

from typing import Any

from idp.keys.keyring import KEYRING
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS
from idp.shared_signals import jti
from idp.shared_signals.security_event import SecurityEvent

TYP = "secevent+jwt"
MIMETYPE = "application/secevent+jwt"


def issue(event: SecurityEvent, rp: RelyingParty) -> str:
    """Return the token that tells *rp* of *event*, signed as its ID tokens are."""
    claims: dict[str, Any] = {
        "iss": SETTINGS.get().issuer,
        "aud": rp.client_id,
        "jti": jti.of(event.id),
        "iat": int(event.created_at.timestamp()),
        "toe": int(event.happened_at.timestamp()),
        "sub_id": event.subject,
        "events": {event.type: event.members},
    }
    return KEYRING.get().sign(claims, typ=TYP, alg=rp.id_token_signed_response_alg)


def of_person(sub: str) -> dict[str, Any]:
    """Return the subject identifier of somebody the relying party knows as *sub* (RFC 9493 §3.2.4)."""
    return {"format": "iss_sub", "iss": SETTINGS.get().issuer, "sub": sub}


def of_session(sub: str, sid: str) -> dict[str, Any]:
    """Return the subject identifier of one session of that person (SSF §3.3, CAEP §3.1)."""
    return {"format": "complex", "user": of_person(sub), "session": {"format": "opaque", "id": sid}}


def of_stream(stream_id: str) -> dict[str, Any]:
    """Return the subject identifier of a stream (SSF §8.1.4.1)."""
    return {"format": "opaque", "id": stream_id}
