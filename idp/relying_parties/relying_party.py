"""A relying party as protocol code sees it: parsed, immutable, with Authlib's client methods (RFC 6749 §2).

One lives in the cache for many requests, so what is costly (keys, sets, hosts) is worked out when it is made.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin
from joserfc.jwk import KeySet

from idp import clock
from idp.keys import field_cipher
from idp.relying_parties import uri_rules
from idp.relying_parties.item import LEGAL_BASES, Item
from idp.relying_parties.localized import UNSAID, Localized

CONSENT, STATUTORY_DUTY = LEGAL_BASES
PAIRWISE, PUBLIC = "pairwise", "public"
NATIVE = "native"
# Whom a session may stand for: the person, or somebody under a mandate of that kind (domain §4).
SELF, ENTERPRISE, WARD, RELATIVE = "self", "enterprise", "ward", "relative"
ACTING_AS = (SELF, ENTERPRISE, WARD, RELATIVE)
AUTOMATIC, EXPLICIT = "automatic", "explicit"
NONE = "none"
PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A client secret at rest: its keyed digest, and when it stops working (None: never)."""

    digest: bytes = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RelyingParty(ClientMixin):  # type: ignore[misc] # Authlib is untyped
    """Its attributes are the fields of docs/relying-parties.md; `metadata_fields` says what they may hold."""

    client_id: str
    client_name: Localized
    organization_name: Localized = UNSAID
    purpose: Localized = UNSAID
    division_code: str = ""
    organization_uscc: str = ""
    item_codes: tuple[str, ...] = ()
    legal_basis: str = CONSENT
    policy_version: str = ""
    policy_digest: str = ""
    data_storage_location: str = "CN"
    data_retention: str = ""
    data_jurisdiction: str = "CN"
    items: tuple[Item, ...] = ()
    application_type: str = "web"
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    response_types: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "client_secret_basic"
    token_endpoint_auth_signing_alg: str = ""
    jwks: KeySet | None = field(default=None, compare=False)
    subject_type: str = PAIRWISE
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = "ES256"
    default_max_age: int | None = None
    default_acr_values: tuple[str, ...] = ()
    minimum_acr: int = 0
    acting_as: tuple[str, ...] = (SELF,)
    authorization_details_types: tuple[str, ...] = ()
    require_auth_time: bool = False
    require_pkce: bool = True
    request_object_signing_alg: str = ""
    require_signed_request_object: bool = False
    require_pushed_authorization_requests: bool = False
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False
    security_event_uris: tuple[str, ...] = ()
    initiate_login_uri: str = ""
    # Linking older accounts (docs/linking.md).
    account_linking_uri: str = ""
    account_check_uri: str = ""
    account_check_question: Localized = UNSAID
    client_uri: Localized = UNSAID
    logo_uri: Localized = UNSAID
    policy_uri: Localized = UNSAID
    tos_uri: Localized = UNSAID
    contacts: tuple[str, ...] = ()
    software_id: str = ""
    software_version: str = ""
    # Not metadata: what the stored row adds.
    secrets: tuple[StoredSecret, ...] = field(default=(), repr=False)
    version: int = 0
    # Of a member of the federation (`federated`): AUTOMATIC or EXPLICIT, the authority right above it, and what
    # its trust marks keep from it.
    registration: str = ""
    trust_anchor: str = ""
    superior: str = ""
    withheld: frozenset[str] = frozenset()
    # Worked out from the metadata.
    sector: str = field(init=False)
    _addresses: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        addressed = self.sector_identifier_uri or (self.redirect_uris[0] if self.redirect_uris else "")
        own = {
            "sector": (urlsplit(addressed).hostname or "") if addressed else "",
            "_addresses": self._registered_addresses(),
        }
        if self.sector_identifier_uri == self.client_id:
            # A member of the federation is known by its own address, port and path and all: others live on its host.
            own["sector"] = self.client_id.partition("://")[2]
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def _registered_addresses(self) -> frozenset[str]:
        if self.application_type != NATIVE:
            return frozenset(self.redirect_uris)
        # RFC 8252 §7.3: a native app listens on whatever port it gets; only the port may differ.
        return frozenset(uri_rules.without_port(uri) or uri for uri in self.redirect_uris)

    @property
    def is_federated(self) -> bool:
        """Whether its superiors vouch for it, not an operator here (OpenID Federation 1.0 §12)."""
        return bool(self.registration)

    @property
    def needs_consent(self) -> bool:
        """Whether the person is asked; a statutory basis releases data without (PIPL art. 13)."""
        return self.legal_basis == CONSENT

    def basis_of(self, name: str) -> str:
        """Return the legal basis on which the claim *name* is released: its own, or that of the whole."""
        item = self.find_item(name)
        return (item.legal_basis if item else "") or self.legal_basis

    def find_item(self, name: str) -> Item | None:
        """Return what was registered about the claim *name*."""
        return next((item for item in self.items if item.name == name), None)

    def get_client_id(self) -> str:
        """Return the client identifier (RFC 6749 §2.2)."""
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        """Return nothing: a request must always name its address (OpenID Connect Core §3.1.2.1)."""
        return ""

    def get_allowed_scope(self, scope: object) -> str:
        """Return what of a requested scope is registered, in the order asked (RFC 6749 §3.3)."""
        asked = scope.split() if isinstance(scope, str) else [str(part) for part in _parts(scope)]
        return " ".join(part for part in dict.fromkeys(asked) if part in self.scope)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare character by character (RFC 9700 §4.1.3); a native app on loopback may change the port."""
        if redirect_uri in self._addresses:
            return True
        if self.application_type != NATIVE:
            return False
        plain = uri_rules.without_port(redirect_uri)
        return plain is not None and plain in self._addresses

    def check_post_logout_redirect_uri(self, uri: str) -> bool:
        """Compare character by character (OpenID Connect RP-Initiated Logout §3)."""
        return uri in self.post_logout_redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time with what is stored: one HMAC, because secrets are long and random."""
        digest = secret_digest(self.client_id, client_secret)
        matches = False
        for stored in self.secrets:
            same = hmac.compare_digest(stored.digest, digest)
            matches = matches or (same and (stored.until is None or clock.now() < stored.until))
        return matches

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Accept the registered method only, at every endpoint (RFC 8414 §2)."""
        return method == self.token_endpoint_auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Whether it registered this response type."""
        return response_type in self.response_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it registered this grant."""
        return grant_type in self.grant_types


def secret_digest(client_id: str, secret: str) -> bytes:
    """Return the 32 bytes under which a client secret is kept."""
    return field_cipher.secret_digest(f"relying_parties.secret:{client_id}", secret)


def _parts(scope: object) -> list[object]:
    return list(scope) if isinstance(scope, list | tuple | set | frozenset) else []
