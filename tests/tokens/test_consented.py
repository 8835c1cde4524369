"""A grant carries only what its record still covers, and the law still asks for."""

from typing import Any

from idp.db import commit
from idp.relying_parties import registration
from tests.provider import Provider

LAW = "statutory_duty"


def change(provider: Provider, client_id: str, **changes: Any) -> None:
    with provider.context():
        registration.update(client_id, changes)
        commit()


def test_what_the_law_released_ends_when_the_site_changes_to_asking(either: Provider) -> None:
    """PIPL art. 13: without the duty there is only consent, and nobody gave it."""
    site, person = either.site(legal_basis=LAW, scope="openid profile"), either.person()
    tokens = site.tokens(person)
    tokens = site.refresh(tokens["refresh_token"])
    change(either, site.id, legal_basis="consent")
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_another_change_of_the_site_ends_nothing(either: Provider) -> None:
    site, person = either.site(legal_basis=LAW, scope="openid profile"), either.person()
    tokens = site.tokens(person)
    change(either, site.id, client_name="Another name")
    assert site.refresh(tokens["refresh_token"]).error is None
