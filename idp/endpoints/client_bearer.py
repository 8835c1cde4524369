"""Who calls with a token of its own (RFC 6750 §2.1, RFC 6749 §4.4): a relying party, never on behalf of a person.

No endpoint: what endpoints share whose callers are relying parties that log in once and then show a token.
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
Answering = Callable[[Call, RelyingParty], Answer]


def guarded(handler: Answering, scopes: Collection[str]) -> Handler:
    """Return *handler* for callers whose token has one of *scopes*; others are refused (RFC 6750 §3.1)."""

    def handle(call: Call) -> Answer:
        scheme, _, text = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return _refuse(401, "", "")
        token = access_token.find(text.strip())
        # A token from a person's login may carry any scope that is registered; only the client's own counts.
        if token is None or token.grant_id is not None or access_token.is_revoked(token):
            return _refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
        rp = federated.find(token.client_id)
        if rp is None:
            return _refuse(401, "invalid_token", "The client is unknown")
        if not set(scopes) & set(token.scopes) & set(rp.scope):
            return _refuse(403, "insufficient_scope", f"A scope is needed: {' or '.join(sorted(scopes))}")
        LOCAL_LIMIT.get().check(f"rp:{rp.client_id}", SETTINGS.get().limits.machine_requests_per_rp, MINUTE)
        return handler(call, rp)

    return handle


def _refuse(status: int, error: str, description: str) -> Answer:
    challenge = 'Bearer realm="tongxing"'
    if error:
        challenge += f', error="{error}", error_description="{description}"'
    body = {"error": error, "error_description": description} if error else {}
    return machine.answer(body, status, (("WWW-Authenticate", challenge),))
