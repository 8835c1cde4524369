"""What a trust chain makes of a member of the federation: the metadata it is registered with here.

Pure. OpenID Federation 1.0 §12.1.1, docs/relying-parties.md. The chain's policies were applied already; what is left
here is ours: what only a superior may say of a site (`VOUCHED`), what we do not offer, where its division lies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.divisions import tree
from idp.federation.policy_operator import ONE_OF, SUBSET_OF, VALUE
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.keys import jwk_rules
from idp.relying_parties import metadata, relying_party
from idp.relying_parties.metadata import InvalidMetadata, Metadata
from idp.relying_parties.metadata_fields import FIELDS, GRANT_TYPES, LOCALIZED, NOT_SUPPORTED, RESPONSE_TYPES

RP_TYPE = "openid_relying_party"
FEDERATION_ENTITY = "federation_entity"
# What a site says of itself in these counts only where a superior says it, or limits what may be said.
VOUCHED = frozenset(
    {
        "division_code",
        "item_codes",
        "legal_basis",
        "organization_uscc",
        "sector_identifier_uri",
        "subject_type",
    }
)
# Scopes that open nothing but what is ours to release, or the site's own. Any other one is a right at another system,
# which believes our tokens: no site gives it to itself.
OWN_SCOPES = frozenset(
    {
        "division",
        "enterprise",
        "grant_management_query",
        "grant_management_revoke",
        "legacy_id",
        "offline_access",
        "openid",
        "phone",
        "profile",
        "real_name",
        "ssf.manage",
        "ssf.read",
    }
)
# With whom a site compares people reaches beyond the subtree of those right above it: the anchor's to say alone.
JOINING = frozenset({"sector_identifier_uri", "subject_type"})
# Operators that bound what an entity can say; a default or an addition does not.
BOUNDING = frozenset({VALUE, ONE_OF, SUBSET_OF})
# We do not offer these, and say so in discovery; many members send them to every provider alike.
NOT_OFFERED = frozenset(NOT_SUPPORTED) - {
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "software_statement",
}


@dataclass(frozen=True)
class Registrable:
    """Valid metadata, and which members of what the site sent do not count here."""

    metadata: Metadata
    left_out: tuple[str, ...]


def read(chain: TrustChain, *, way: str, divisions: Mapping[str, str], sandbox: bool) -> Registrable:
    """Return what the chain's subject is registered with; raises ChainRefused.

    *way*: by which it comes, automatic or explicit, ``""`` for one that is registered; *divisions*: the division of
    each superior that is known to have one.
    """
    said = chain.get_metadata(RP_TYPE)
    ways = said.get("client_registration_types", [way])
    if way and (not isinstance(ways, list) or way not in ways):
        raise refusal(chain, "client_registration_types", "client_registration_types", ways)
    document = {name: value for name, value in said.items() if _is_known(name)}
    document |= _offered(chain, document)
    document = _without_unvouched(chain, document)
    _check_division(chain, document, divisions)
    document = _completed(chain, document)
    try:
        parsed = metadata.parse(document, sandbox=sandbox, federated=True)
    except InvalidMetadata as error:
        first = error.problems[0]
        reasons = "; ".join(map(str, error.problems))
        raise refusal(chain, "metadata", first.field.partition("[")[0], reasons) from error
    return Registrable(parsed, tuple(sorted(said.keys() - document.keys())))


def refusal(chain: TrustChain, rule: str, parameter: str, value: Any) -> ChainRefused:
    """Return the refusal of what the chain says of its subject."""
    return ChainRefused(
        rule, chain.subject, chain.superior, "", value, chain.steps, entity_type=RP_TYPE, parameter=parameter
    )


def _is_known(name: str) -> bool:
    base = name.partition("#")[0]
    return (name in FIELDS or base in LOCALIZED or name in NOT_SUPPORTED) and name not in NOT_OFFERED


def _offered(chain: TrustChain, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lists without what we do not offer; one of which nothing is left is refused."""
    kept: dict[str, Any] = {}
    for name, ours in (("grant_types", GRANT_TYPES), ("response_types", RESPONSE_TYPES)):
        value = document.get(name)
        if isinstance(value, list):
            kept[name] = [one for one in value if one in ours]
            if value and not kept[name]:
                raise refusal(chain, "not_offered", name, value)
    method = document.get("token_endpoint_auth_method", relying_party.PRIVATE_KEY_JWT)
    if method != relying_party.PRIVATE_KEY_JWT:
        # There is no secret between us, and nobody is to be known by a name alone.
        raise refusal(chain, "not_offered", "token_endpoint_auth_method", method)
    kept["token_endpoint_auth_method"] = method
    keys = document.get("jwks")
    if keys is None:
        raise refusal(chain, "keys_missing", "jwks", None)
    kept["jwks"] = _signing_keys(keys)
    return kept


def _signing_keys(jwks: Any) -> Any:
    """Leave out keys for encryption and of kinds that we cannot use, as long as one is left."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or len(keys) > jwk_rules.MOST_KEYS:
        return jwks
    usable = [key for key in keys if _is_private(key) or _is_usable(key)]
    return {"keys": usable} if usable else jwks


def _is_private(key: Any) -> bool:
    return isinstance(key, dict) and any(name in key for name in jwk_rules.PRIVATE_MEMBERS)


def _is_usable(key: Any) -> bool:
    try:
        jwk_rules.public_keys({"keys": [key]})
    except ValueError:
        return False
    return True


def _without_unvouched(chain: TrustChain, document: Mapping[str, Any]) -> dict[str, Any]:
    vouched = _vouched(chain)
    kept = {name: value for name, value in document.items() if name not in VOUCHED or name in vouched}
    scope = kept.get("scope")
    if "scope" not in vouched and isinstance(scope, str):
        kept["scope"] = " ".join(word for word in scope.split(" ") if word in OWN_SCOPES)
    if "legal_basis" not in vouched and isinstance(kept.get("items"), list):
        kept["items"] = [
            {name: value for name, value in one.items() if name != "legal_basis"}
            if isinstance(one, dict)
            else one
            for one in kept["items"]
        ]
    return kept


def _vouched(chain: TrustChain) -> set[str]:
    """Return what a superior says of the site, or limits."""
    above = [statement for statement in chain.statements[1:] if not statement.is_configuration]
    names: set[str] = set()
    for statement in above:
        rules = (statement.metadata_policy or {}).get(RP_TYPE, {})
        said = {name for name, operators in rules.items() if BOUNDING & operators.keys()}
        if statement is above[0]:
            said |= statement.metadata.get(RP_TYPE, {}).keys()
        names |= said if statement is above[-1] else said - JOINING
    return names


def _check_division(chain: TrustChain, document: dict[str, Any], divisions: Mapping[str, str]) -> None:
    """A site serves a division at or below that of each superior that has one."""
    code = document.get("division_code")
    if not isinstance(code, str) or not code:
        return
    within = {code, *(one.code for one in tree.path(code))}
    for superior in chain.path[1:]:
        division = divisions.get(superior, "")
        if division and division not in within:
            raise ChainRefused(
                "division",
                chain.subject,
                superior,
                "",
                code,
                chain.steps,
                entity_type=RP_TYPE,
                parameter="division_code",
            )


def _completed(chain: TrustChain, document: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(document) | {"client_id": chain.subject}
    # Its own address, unless the anchor says with whom it shares its subjects.
    made.setdefault("sector_identifier_uri", chain.subject)
    entity = chain.metadata.get(FEDERATION_ENTITY, {})
    if not any(name.partition("#")[0] == "organization_name" for name in made):
        names = {k: v for k, v in entity.items() if k.partition("#")[0] == "organization_name"}
        made |= names
    return made
