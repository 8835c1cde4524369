"""The metadata of hosted entities: what they declare, and where they answer (OpenID Federation 1.0 §5).

An entity answers below its own identifier: ``<entity>/federation/fetch`` and so on. The provider declares what its
discovery document says.
"""

from typing import Any

from idp.federation.hosted_entity import PROVIDER, HostedEntity
from idp.federation.provider_metadata import PROVIDER_METADATA

FEDERATION_ENTITY = "federation_entity"
# Endpoint → path below the entity identifier: what authorities have, and what every hosted entity has.
AUTHORITY_PATHS = {
    "federation_fetch_endpoint": "/federation/fetch",
    "federation_list_endpoint": "/federation/list",
    "federation_resolve_endpoint": "/federation/resolve",
    "federation_trust_mark_endpoint": "/federation/trust_mark",
    "federation_trust_mark_status_endpoint": "/federation/trust_mark_status",
    "federation_trust_mark_list_endpoint": "/federation/trust_mark_list",
}
PATHS = {"federation_historical_keys_endpoint": "/federation/historical_keys"}


def of(entity: HostedEntity) -> dict[str, Any]:
    """Return the entity's metadata by entity type."""
    found = {kind: dict(declared) for kind, declared in entity.declared.items()}
    if entity.kind == PROVIDER:
        for kind, declared in PROVIDER_METADATA.get().items():
            found[kind] = dict(declared) | found.get(kind, {})
    paths = PATHS | (AUTHORITY_PATHS if entity.is_authority else {})
    if entity.kind == PROVIDER:
        paths |= {"federation_resolve_endpoint": AUTHORITY_PATHS["federation_resolve_endpoint"]}
    own = _names(entity) | {name: f"{entity.entity_id}{path}" for name, path in paths.items()}
    found[FEDERATION_ENTITY] = own | found.get(FEDERATION_ENTITY, {})
    return found


def endpoints(entity_id: str) -> dict[str, str]:
    """Return the addresses of an authority's endpoints."""
    return {name: f"{entity_id}{path}" for name, path in (AUTHORITY_PATHS | PATHS).items()}


def _names(entity: HostedEntity) -> dict[str, str]:
    """The name in each language (§5.2.2), and the Chinese one, or the only one, for who knows no languages."""
    names = entity.names
    plain = names.get("zh-Hans") or next(iter(names.values()), "")
    said = {f"organization_name#{language}": name for language, name in names.items()}
    if plain:
        said["organization_name"] = plain
    if entity.division_code:
        said["division_code"] = entity.division_code
    if entity.organization_uscc:
        said["organization_uscc"] = entity.organization_uscc
    return said
