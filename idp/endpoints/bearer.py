"""Callers with a bearer token (RFC 6750): reading the header, refusing, and relying parties with a token of their own.

No endpoint: what endpoints share whose callers show an access token.
"""

from collections.abc import Callable, Collection

from idp import machine
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call, Handler
from idp.relying_parties import federated
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS
from idp.tokens import access_token

MINUTE = 60
REALM = 'Bearer realm="tongxing"'
Answering = Callable[[Call, RelyingParty], Answer]


def guarded(handler: Answering, scopes: Collection[str]) -> Handler:
    """Return *handler* for relying parties whose own token (RFC 6749 §4.4) has one of *scopes*.

    Others are refused (RFC 6750 §3.1).
    """

    def handle(call: Call) -> Answer:
        text = read_header(call)
        if text is None:
            return refuse_stranger()
        token = access_token.find(text)
        # A token from a person's login may carry any scope that is registered; only the client's own counts.
        if token is None or token.grant_id is not None or access_token.is_revoked(token):
            return refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
        rp = federated.find(token.client_id)
        if rp is None:
            return refuse(401, "invalid_token", "The client is unknown")
        if not set(scopes) & set(token.scopes) & set(rp.scope):
            return refuse(403, "insufficient_scope", f"A scope is needed: {' or '.join(sorted(scopes))}")
        LOCAL_LIMIT.get().check(f"rp:{rp.client_id}", SETTINGS.get().limits.machine_requests_per_rp, MINUTE)
        return handler(call, rp)

    return handle


def read_header(call: Call) -> str | None:
    """Return the token in the header (RFC 6750 §2.1), or None without one."""
    scheme, _, value = call.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def refuse_stranger() -> Answer:
    """Ask for a token: no error code for a request without any credentials (RFC 6750 §3.1)."""
    return machine.answer({}, 401, (("WWW-Authenticate", REALM),))


def refuse(status: int, error: str, description: str, *, acr_values: str = "") -> Answer:
    """Refuse a token (RFC 6750 §3); *acr_values* names the level that would do (RFC 9470 §3)."""
    challenge = f'{REALM}, error="{error}", error_description="{description}"'
    if acr_values:
        challenge += f', acr_values="{acr_values}"'
    body = {"error": error, "error_description": description}
    return machine.answer(body, status, (("WWW-Authenticate", challenge),))
