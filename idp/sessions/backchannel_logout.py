"""Back-channel logout (OIDC Back-Channel Logout 1.0 §2): tell a relying party that a session has ended.

Delivered by the worker from the outbox, at least once; the ``jti`` is the message's id, so that a relying party
that was told twice can see it.
"""

from datetime import timedelta

import httpx

from idp import clock, outgoing
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.keys.keyring import KEYRING
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.relying_parties import cache
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

KIND = "backchannel_logout"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = timedelta(minutes=2)
TIMEOUT_SECONDS = 5.0  # for all of a delivery


def deliver(message: OutboxMessage) -> None:
    """Post the logout token of *message*; raises DeliveryFailed, which the outbox retries unless told not to."""
    rp = cache.find(message.payload["client_id"])
    if rp is None or not rp.backchannel_logout_uri:
        raise DeliveryFailed(
            retry=False, reason="the relying party is gone or has no back-channel logout URI"
        )
    token = logout_token(rp, sub=message.payload["sub"], sid=message.payload["sid"], jti=str(message.id))
    commit()  # no transaction (on SQLite: nobody else's turn to write) waits for the network
    try:
        status = outgoing.post(
            rp.backchannel_logout_uri,
            seconds=TIMEOUT_SECONDS,
            form={"logout_token": token},
            public_only=not SETTINGS.get().sandbox,
        )
    except httpx.HTTPError as error:
        raise DeliveryFailed(retry=True, reason=type(error).__name__) from error
    if not httpx.codes.is_success(status):
        raise DeliveryFailed(retry=True, reason=f"HTTP {status}")
    log.record(EventName.LOGOUT_DELIVERED, client_id=rp.client_id, message_id=str(message.id))


def logout_token(rp: RelyingParty, *, sub: str, sid: str, jti: str) -> str:
    """Return a signed logout token (§2.4): no nonce, typ logout+jwt, two minutes of life."""
    now = clock.timestamp()
    claims = {
        "iss": SETTINGS.get().issuer,
        "aud": rp.client_id,
        "sub": sub,
        "sid": sid,
        "iat": now,
        "exp": now + int(LIFE.total_seconds()),
        "jti": jti,
        "events": {EVENT: {}},
    }
    return KEYRING.get().sign(claims, typ="logout+jwt", alg=rp.id_token_signed_response_alg)
