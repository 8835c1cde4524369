"""The claims of entity statements, each judged for its shape (OpenID Federation 1.0 §3.1). Pure; raises JwtRefused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from idp.federation import entity_id, entity_keys, policy_operator
from idp.federation.signed_jwt import JwtRefused
from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified

MOST = 1000  # names in one list; how many are followed is the fetcher's to limit
MOST_TRUST_MARKS = 50
MOST_TYPES = 50
LONGEST_NAME = 500


@dataclass(frozen=True)
class TrustMarkOwner:
    """Who owns a type of trust mark and delegates its issuing (§3.1.2 ``trust_mark_owners``)."""

    entity_id: str
    keys: KeySet = field(repr=False, compare=False)


def keys(claims: Mapping[str, Any], name: str = "jwks") -> KeySet:
    """Return the key set of the claim."""
    try:
        return entity_keys.read(claims.get(name))
    except ValueError as error:
        raise JwtRefused(name, str(error)) from error


def texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of short texts that must not be empty, () when the claim is absent."""
    if name not in claims:
        return ()
    value = claims[name]
    if not isinstance(value, list) or not 1 <= len(value) <= MOST:
        raise JwtRefused(name, value)
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_NAME for one in value):
        raise JwtRefused(name, value)
    return tuple(dict.fromkeys(value))


def entities(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of entity identifiers that must not be empty, () when the claim is absent."""
    found = texts(claims, name)
    for one in found:
        if not entity_id.is_valid(one, sandbox=True):
            raise JwtRefused(name, one)
    return found


def check_metadata(claims: Mapping[str, Any]) -> None:
    """Entity types with their parameters, none of them null (§5)."""
    metadata = claims.get("metadata", {})
    if not isinstance(metadata, dict) or len(metadata) > MOST_TYPES:
        raise JwtRefused("metadata", None)
    for entity_type, about in metadata.items():
        if not isinstance(about, dict):
            raise JwtRefused("metadata", entity_type)
        for parameter, value in about.items():
            if value is None:
                raise JwtRefused("metadata", f"{entity_type}.{parameter}")


def check_policy(claims: Mapping[str, Any]) -> None:
    """An object; its operators are judged when it is applied. Standard operators are never named critical (§6.1.3)."""
    if not isinstance(claims.get("metadata_policy", {}), dict):
        raise JwtRefused("metadata_policy", None)
    for operator in texts(claims, "metadata_policy_crit"):
        if operator in policy_operator.ORDER:
            raise JwtRefused("metadata_policy_crit", operator)


def trust_marks(claims: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the trust marks an entity shows: type and JWT, which must agree (§3.1.2)."""
    value = claims.get("trust_marks", [])
    if not isinstance(value, list) or len(value) > MOST_TRUST_MARKS:
        raise JwtRefused("trust_marks", None)
    return tuple(_trust_mark(one) for one in value)


def trust_mark_issuers(claims: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return who may issue which type; with nobody named, anybody may (§3.1.2)."""
    name = "trust_mark_issuers"
    return {
        mark_type: () if issuers == [] else entities({name: issuers}, name)
        for mark_type, issuers in _by_type(claims, name).items()
    }


def trust_mark_owners(claims: Mapping[str, Any]) -> dict[str, TrustMarkOwner]:
    """Return the owners of types that others issue (§3.1.2)."""
    made = {}
    for mark_type, about in _by_type(claims, "trust_mark_owners").items():
        if not isinstance(about, dict) or not entity_id.is_valid(about.get("sub"), sandbox=True):
            raise JwtRefused("trust_mark_owners", mark_type)
        try:
            made[mark_type] = TrustMarkOwner(about["sub"], entity_keys.read(about.get("jwks")))
        except ValueError as error:
            raise JwtRefused("trust_mark_owners", mark_type) from error
    return made


def _by_type(claims: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = claims.get(name, {})
    if (
        not isinstance(value, dict)
        or len(value) > MOST
        or not all(0 < len(one) <= LONGEST_NAME for one in value)
    ):
        raise JwtRefused(name, None)
    return value


def _trust_mark(value: object) -> tuple[str, str]:
    if not isinstance(value, dict):
        raise JwtRefused("trust_marks", value)
    mark_type, token = value.get("trust_mark_type"), value.get("trust_mark")
    if not isinstance(mark_type, str) or not 0 < len(mark_type) <= LONGEST_NAME or not isinstance(token, str):
        raise JwtRefused("trust_marks", mark_type)
    try:
        inside = compact_jwt.unverified_claims(token).get("trust_mark_type")
    except NotVerified as error:
        raise JwtRefused("trust_marks", mark_type) from error
    if inside != mark_type:
        raise JwtRefused("trust_marks", mark_type)
    return mark_type, token
