"""``revocation_endpoint`` (RFC 7009): a relying party gives a token back."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, OAuth2Error

from idp import client_auth, machine
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.authorization_server import SERVER
from idp.client_auth import private_key_jwt
from idp.db import commit
from idp.machine import Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token, grant, refresh_token


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; public clients may revoke their own tokens too (§5)."""
    return {
        "revocation_endpoint": f"{issuer}/revoke",
        "revocation_endpoint_auth_methods_supported": list(client_auth.METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(private_key_jwt.ALGORITHMS),
    }


def revoke(call: Call) -> Answer:
    """Revoke a refresh token with its whole grant, or one access token; an unknown token is no error (§2.2)."""
    server = SERVER.get()
    try:
        rp = server.authenticated("/revoke", call, public=True)
        if "token" not in call.form:
            raise InvalidRequestError("Missing token")
        _revoke(call.form["token"], rp)
    except OAuth2Error as error:
        return server.refuse(error, call)
    return machine.answer({})


ROUTES: Routes = {"/revoke": {"POST": revoke}}


def _revoke(text: str, rp: RelyingParty) -> None:
    token = access_token.find(text)
    if token is not None:
        if token.client_id != rp.client_id:
            raise InvalidGrantError("The token was issued to another client")
        access_token.revoke(token)
        BATCH.get().enqueue(EventName.TOKEN_REVOKED, client_id=rp.client_id, grant_id=token.grant_id or "")
        return
    # A rotated one too: within its grace it still works, and after it somebody wants the family to end.
    found = refresh_token.find_family(text)
    if found is None:
        return
    if found.client_id != rp.client_id:
        raise InvalidGrantError("The token was issued to another client")
    revoked = grant.revoke(found.id, "revoked_by_relying_party")
    commit()
    if revoked is not None:
        grant.forget(revoked)
