"""A site as a member of the federation: who it says it is, and what its superiors have to know to vouch for it."""

from typing import Any

from clients.sites.definition import Definition
from clients.sites.settings import SiteSettings
from tongxing_client import client_metadata
from tongxing_client.entity import Entity


def entity(definition: Definition, settings: SiteSettings) -> Entity:
    """The site of ``definition`` at its address, with its own keys."""
    names = {
        "organization_name#zh-Hans": definition.authority.zh,
        "organization_name#en": definition.authority.en,
    }
    return Entity(
        entity_id=settings.site_url,
        federation_keys=[settings.federation_key],
        protocol_keys=[settings.protocol_key],
        authority_hints=settings.authority_hints,
        metadata={
            "software_id": definition.software_id,
            "client_name#zh-Hans": definition.name.zh,
            "client_name#en": definition.name.en,
            **names,
            **(_framed(settings) if definition.leaves_in_frame else {}),
            **definition.metadata,
        },
        federation_metadata={
            "organization_name": definition.authority.zh,
            **names,
            "homepage_uri": f"{settings.site_url}/",
        },
        signs_requests=definition.signs_requests,
        pushes_requests=definition.pushes_requests,
        hears_events=True,
    )


def introduction(definition: Definition, settings: SiteSettings) -> dict[str, Any]:
    """What its superiors are told once, by hand as it were: no superior takes a site's keys from the network alone.

    ``metadata`` is what counts only where a superior vouches for it: where the site stands, what it does, on what
    ground.
    """
    return {
        "software_id": definition.software_id,
        "entity_id": settings.site_url,
        "jwks": {"keys": [dict(settings.federation_key.public_jwk)]},
        "authority_hints": list(settings.authority_hints),
        "names": {"zh-Hans": definition.name.zh, "en": definition.name.en},
        "organization_names": {"zh-Hans": definition.authority.zh, "en": definition.authority.en},
        "initiate_login_uri": f"{settings.site_url}/login",
        "division_code": definition.metadata["division_code"],
        "item_codes": definition.metadata["item_codes"],
        "metadata": {
            client_metadata.TYPE: {
                name: definition.metadata[name] for name in ("division_code", "item_codes", "legal_basis")
            }
        },
    }


def _framed(settings: SiteSettings) -> dict[str, Any]:
    return {
        "frontchannel_logout_uri": f"{settings.site_url}/frontchannel_logout",
        "frontchannel_logout_session_required": True,
    }
