"""A relying party of the tests that nobody registered: a member of a federation that runs elsewhere."""

from typing import Any

from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.db import db
from idp.relying_parties.localized import Localized
from idp.relying_parties.relying_party import RelyingParty
from tests.federation.elsewhere import Elsewhere, Entity
from tests.provider import Provider
from tests.site import PUBLIC_JWKS, Site

DECLARED: dict[str, Any] = {
    "client_name": "县不动产登记",
    "client_name#en": "County registry",
    "organization_name": "西湖区规划分局",
    "purpose": "办理不动产登记",
    "jwks": PUBLIC_JWKS,
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile phone",
    "items": [{"name": "name", "required": True}, {"name": "phone_number"}],
    "client_registration_types": ["automatic", "explicit"],
    "token_endpoint_auth_method": "private_key_jwt",
}


# A busy machine answers late; what is away here hangs up at once.
PATIENT = {"fetch_seconds": 5.0, "resolve_seconds": 10.0}


class Federation:
    """A nation, its province and its city, all elsewhere."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere
        self.nation = elsewhere.authority("nation")
        self.province = elsewhere.authority("province", self.nation)
        self.city = elsewhere.authority("city", self.province)

    def site(self, name: str = "county", **metadata: Any) -> Entity:
        """A site below the city."""
        made = self.elsewhere.site(name, self.city, **DECLARED | metadata)
        declared = made.metadata["openid_relying_party"]
        made.metadata["openid_relying_party"] = {k: v for k, v in declared.items() if v is not None}
        return made


def at(provider: Provider, entity: Entity) -> Site:
    """The site as it speaks to *provider*."""
    declared = entity.metadata["openid_relying_party"]
    rp = RelyingParty(
        client_id=entity.id,
        client_name=Localized(entity.name),
        redirect_uris=tuple(declared["redirect_uris"]),
        token_endpoint_auth_method="private_key_jwt",
    )
    return Site(provider.app, provider.settings.issuer, rp, None)


def refused(provider: Provider, client_id: str) -> dict[str, Any]:
    """What the audit says of the last refusal."""
    with provider.context():
        BATCH.get().flush()
        query = db.session.query(AuditEvent).filter_by(client_id=client_id, name="relying_party.refused")
        data: dict[str, Any] = query.order_by(AuditEvent.id.desc()).first().data  # type: ignore[union-attr]
        return data
