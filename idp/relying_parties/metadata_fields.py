"""The fields of a relying party's metadata, each with its reader; the ones not supported, each with why.

RFC 7591 §2, OpenID Connect Registration §2, Back-Channel Logout §2.2, Front-Channel Logout §2.
The reference for integrators is docs/relying-parties.md; a test holds it to these tables.
"""

from collections.abc import Mapping

from idp.keys import jwk_rules
from idp.relying_parties import field_readers, relying_party
from idp.relying_parties.field_readers import (
    LONG_TEXT,
    Reader,
    acr_value,
    address,
    boolean,
    level,
    listing,
    one_of,
    parsed,
    seconds,
    text,
)

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")
RESPONSE_TYPES = ("code",)
AUTHORIZATION_DETAILS_TYPES = ("urn:tongxing:mandate",)

_CLIENT_ID = text(128, r"[A-Za-z0-9][A-Za-z0-9._-]*", "must be letters, digits, dot, hyphen and underscore")
# Of a member of the federation; nobody registers one by hand.
ENTITY_ID = text(255, r"https?://[!-~]+", "must be an entity identifier")
_USCC = text(18, r"[0-9A-HJ-NP-RTUWXY]{18}", "must be an 18-character unified social credit code")
_DIVISION = text(12, r"[1-9][0-9]{5}(?:[0-9]{3}){0,2}", "must be a division code of 6, 9 or 12 digits")

_COUNTRY = text(6, r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", "must be a country by ISO 3166, as in CN or CN-ZJ")
_PERIOD = text(
    16, r"P(?=\d)(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,4}D)?", "must be an ISO 8601 period, as in P3Y or P6M"
)
_DIGEST = text(72, r"sha-256:[0-9a-f]{64}", "must be sha-256: and 64 small hexadecimal digits")

# Names and attributes are the same, so that a search for one finds the other.
FIELDS: Mapping[str, Reader] = {
    "client_id": _CLIENT_ID,
    "organization_uscc": _USCC,
    "division_code": _DIVISION,
    "item_codes": listing(text(64, r"[!-~]+", "must be an item code without spaces")),
    "legal_basis": field_readers.legal_basis,
    "policy_version": text(64),
    "policy_digest": _DIGEST,
    "data_storage_location": _COUNTRY,
    "data_retention": _PERIOD,
    "data_jurisdiction": _COUNTRY,
    "items": listing(field_readers.item),
    "application_type": one_of("web", relying_party.NATIVE),
    "redirect_uris": listing(address),
    "post_logout_redirect_uris": listing(address),
    "response_types": listing(one_of(*RESPONSE_TYPES)),
    "grant_types": listing(one_of(*GRANT_TYPES)),
    "scope": field_readers.scope,
    "token_endpoint_auth_method": one_of(*AUTH_METHODS),
    "token_endpoint_auth_signing_alg": one_of(*jwk_rules.SIGNING_ALGS),
    "jwks": parsed(jwk_rules.public_keys),
    "subject_type": one_of(relying_party.PAIRWISE, relying_party.PUBLIC),
    "sector_identifier_uri": address,
    "id_token_signed_response_alg": one_of(*jwk_rules.SIGNING_ALGS),
    "default_max_age": seconds,
    "default_acr_values": listing(acr_value),
    "minimum_acr": level,
    "acting_as": listing(one_of(*relying_party.ACTING_AS)),
    "authorization_details_types": listing(one_of(*AUTHORIZATION_DETAILS_TYPES)),
    "require_auth_time": boolean,
    "require_pkce": boolean,
    "request_object_signing_alg": one_of(*jwk_rules.SIGNING_ALGS),
    "require_signed_request_object": boolean,
    "require_pushed_authorization_requests": boolean,
    "backchannel_logout_uri": address,
    "backchannel_logout_session_required": boolean,
    "frontchannel_logout_uri": address,
    "frontchannel_logout_session_required": boolean,
    "security_event_uris": listing(address, most=10),
    "initiate_login_uri": address,
    "account_linking_uri": address,
    "account_check_uri": address,
    "contacts": listing(text()),
    "software_id": text(),
    "software_version": text(),
}

# May carry a language tag, as in client_name#en (RFC 7591 §2.2).
LOCALIZED: Mapping[str, Reader] = {
    "client_name": text(100),
    "organization_name": text(),
    "purpose": text(LONG_TEXT),
    "client_uri": address,
    "logo_uri": address,
    "policy_uri": address,
    "tos_uri": address,
    "account_check_question": text(),
}

_ENCRYPTION = "encrypted answers are not supported; leave it out"
_REQUEST_URIS = "request objects are not fetched; send them by value or push them"
_ENCRYPTED_REQUESTS = "encrypted request objects are not supported; leave it out"
_BOUND_TOKENS = "sender-constrained tokens are not supported; leave it out"
# To ignore one of these would give the relying party less than it counts on.
NOT_SUPPORTED: Mapping[str, str] = {
    "jwks_uri": "keys are not fetched; put the public keys into jwks",
    "id_token_encrypted_response_alg": _ENCRYPTION,
    "id_token_encrypted_response_enc": _ENCRYPTION,
    "userinfo_signed_response_alg": "userinfo answers are plain JSON over TLS; leave it out",
    "userinfo_encrypted_response_alg": _ENCRYPTION,
    "userinfo_encrypted_response_enc": _ENCRYPTION,
    "request_uris": _REQUEST_URIS,
    "request_object_encryption_alg": _ENCRYPTED_REQUESTS,
    "request_object_encryption_enc": _ENCRYPTED_REQUESTS,
    "dpop_bound_access_tokens": _BOUND_TOKENS,
    "tls_client_certificate_bound_access_tokens": _BOUND_TOKENS,
    "software_statement": "software statements are not supported; leave it out",
}

# What a registration answer adds (RFC 7591 §3.2.1): somebody pasted one, nothing is lost without it.
FROM_AN_ANSWER = frozenset(
    {
        "client_id_issued_at",
        "client_secret_expires_at",
        "registration_client_uri",
        "registration_access_token",
    }
)
