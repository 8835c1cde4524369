"""``historical_jwks_uri``: every key that ever signed, so that what was signed years ago can still be checked.

A key set (RFC 7517 §5) with the members of OpenID Federation 1.0 §8.7.2 that say when: ``iat`` (made), ``nbf``
(signs since) and, for keys that sign no more, ``exp``. For receipts and other proofs; tokens that give access count
by ``jwks_uri`` alone.
"""

import json
from datetime import timedelta
from typing import Any

from idp import logs, machine
from idp.keys import keyring, signing_key
from idp.keys.master_key import MasterKeyError
from idp.keys.signing_key import SigningKey
from idp.machine import Answer, Call, Routes

MAX_AGE_SECONDS = 3600
PATH = "/jwks/historical"

LOG = logs.get(__name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the key set."""
    return {"historical_jwks_uri": f"{issuer}{PATH}"}


def historical_jwks(call: Call) -> Answer:
    """Answer the key set."""
    dated = [shown for key in signing_key.ever_signed() if (shown := _dated(key))]
    body = json.dumps({"keys": dated}, separators=(",", ":"))
    return machine.cacheable(call, body.encode(), "application/jwk-set+json", MAX_AGE_SECONDS)


def _dated(key: SigningKey) -> dict[str, Any]:
    try:
        dated = signing_key.public_jwk(key)
    except MasterKeyError:
        LOG.exception("a signing key in the database is not ours; it is not published", kid=key.kid)
        return {}
    dated["iat"] = int(key.created_at.timestamp())
    if key.current_at is not None:
        dated["nbf"] = int(key.current_at.timestamp())
    if key.retired_at is not None:
        # A process that has not heard of the rotation yet signs on so long.
        last = key.retired_at + timedelta(seconds=keyring.REFRESH_SECONDS)
        dated["exp"] = int(last.timestamp())
    return dated


ROUTES: Routes = {PATH: {"GET": historical_jwks}}
