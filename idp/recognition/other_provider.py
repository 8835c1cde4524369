"""Another province's provider as the federation vouches for it: its addresses and its keys, by a valid trust chain.

Nothing of it is configured here: who stands below the anchor, and in the anchor's table, is known. Its keys come by
value with its metadata, or from its ``jwks_uri``, and are remembered for some minutes.
"""

import threading
from dataclasses import dataclass, field

from joserfc.jwk import KeySet

from idp.bounded import Bounded
from idp.errors import IdpError
from idp.federation import entity_keys, resolution
from idp.federation.chain_refused import ChainRefused
from idp.per_app import PerApp
from idp.recognition import exchange
from idp.recognition.refused import Refused, Why

OPENID_PROVIDER = "openid_provider"
ENTRIES = 200
KEYS_SECONDS = 300.0
# A signature by an unknown key makes us look again, but nobody makes us look more often than this.
AGAIN_SECONDS = 10.0


@dataclass(frozen=True)
class OtherProvider:
    """Its issuer identifier is its entity identifier (OpenID Federation 1.0 §5.1.3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    pushed_authorization_request_endpoint: str
    end_session_endpoint: str
    jwks_uri: str
    keys_by_value: KeySet | None = field(repr=False, compare=False)


class RemoteKeys:
    """Keys of other providers that this process fetched."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._keys: Bounded[str, KeySet] = Bounded(entries, KEYS_SECONDS)
        self._asked: Bounded[str, bool] = Bounded(entries, AGAIN_SECONDS)
        self._lock = threading.Lock()

    def get(self, url: str, kid: str) -> KeySet:
        """Return the keys at *url*, fetched anew when none has that name; raises Refused."""
        with self._lock:
            known, lately = self._keys.get(url), self._asked.get(url)
        if known is not None and (lately or any(key.kid == kid for key in known.keys)):
            return known
        with self._lock:
            self._asked.put(url, True)
        reply = exchange.get(url, {"Accept": "application/jwk-set+json, application/json"})
        try:
            fetched = entity_keys.read(exchange.json_of(reply, "jwks", 200))
        except ValueError as error:
            raise Refused(Why.WRONG, f"jwks: {error}") from error
        with self._lock:
            self._keys.put(url, fetched)
        return fetched


REMOTE_KEYS: PerApp[RemoteKeys] = PerApp("recognition_remote_keys")


def get(entity_id: str) -> OtherProvider:
    """Return the provider, vouched for at this moment; raises Refused. Call it before the first query of a request."""
    try:
        metadata = resolution.resolve(entity_id).get_metadata(OPENID_PROVIDER)
    except ChainRefused as error:
        raise Refused(Why.UNKNOWN, f"chain: {error}") from error
    except IdpError as error:
        raise Refused(Why.AWAY, f"chain: {error.code}") from error
    if metadata.get("issuer") != entity_id:
        raise Refused(Why.WRONG, "issuer is not the entity")
    by_value = metadata.get("jwks")
    try:
        keys = entity_keys.read(by_value) if by_value is not None else None
    except ValueError as error:
        raise Refused(Why.WRONG, f"jwks: {error}") from error
    found = {name: metadata.get(name) for name in _ADDRESSES}
    return OtherProvider(
        issuer=entity_id,
        jwks_uri="" if keys is not None else exchange.address(metadata.get("jwks_uri"), "jwks_uri"),
        end_session_endpoint=_optional(metadata.get("end_session_endpoint")),
        keys_by_value=keys,
        **{name: exchange.address(value, name) for name, value in found.items()},
    )


def keys_of(provider: OtherProvider, kid: str) -> KeySet:
    """Return the keys that may have signed what names *kid*; raises Refused."""
    return provider.keys_by_value or REMOTE_KEYS.get().get(provider.jwks_uri, kid)


_ADDRESSES = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "pushed_authorization_request_endpoint",
)


def _optional(value: object) -> str:
    try:
        return exchange.address(value, "end_session_endpoint")
    except Refused:
        return ""
