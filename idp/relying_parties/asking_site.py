"""How a relying party is shown to a person: names in their language, nothing loaded from elsewhere."""

from dataclasses import dataclass

from idp.divisions import tree
from idp.federation import naming
from idp.relying_parties.relying_party import RelyingParty


@dataclass(frozen=True)
class AskingSite:
    """What pages say of a site."""

    client_id: str
    name: str
    organization: str
    division_name: str | None
    purpose: str
    client_uri: str | None
    policy_uri: str | None
    logo_uri: str | None = None


def authority_of(rp: RelyingParty, locale: str) -> str | None:
    """Return who vouches for a member of the federation: the authority right above it, by name where we know one.

    None for a site that an operator registered here.
    """
    return naming.names_of([rp.superior], locale).get(rp.superior, rp.superior) if rp.superior else None


def of(rp: RelyingParty, locale: str) -> AskingSite:
    """Return the site as pages in *locale* ("zh_Hans", "en") show it."""
    logo = rp.logo_uri.text(locale)
    return AskingSite(
        client_id=rp.client_id,
        name=rp.client_name.text(locale),
        organization=rp.organization_name.text(locale),
        division_name=tree.full_name(rp.division_code),
        purpose=rp.purpose.text(locale),
        client_uri=rp.client_uri.text(locale) or None,
        policy_uri=rp.policy_uri.text(locale) or None,
        logo_uri=logo if logo.startswith("/") else None,
    )
