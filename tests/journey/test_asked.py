"""On which basis data is released (PIPL art. 13)."""

from idp.consent.consent_record import ConsentRecord
from idp.db import db
from tests.asking import asked, known, person, site
from tests.person import Person
from tests.provider import Provider
from tests.site import answered

__all__ = ["known", "person", "site"]


def test_on_a_statutory_basis_nobody_is_asked_and_it_can_be_seen_afterwards(provider: Provider) -> None:
    """PIPL art. 13 (3), art. 35."""
    site, person = provider.site(legal_basis="statutory_duty"), provider.person()
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(person)
    assert "code" in answered(visitor.location)
    with provider.context():
        kept = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert kept.legal_basis == "statutory_duty"
        assert {"name", "phone_number"} <= set(kept.by_law)
        assert not kept.items


def test_nothing_is_noted_where_nothing_was_released(provider: Provider, person: Person) -> None:
    site = provider.site(legal_basis="statutory_duty")
    visitor = provider.site().visitor()
    visitor.go("/login")
    visitor.log_in(person)
    wanted = {"id_token": {"sub": {"value": "somebody else"}}}
    assert asked(site, visitor, prompt="none", claims=wanted)["error"] == "login_required"
    with provider.context():
        assert db.session.get(ConsentRecord, (person.id, site.id)) is None


def test_a_statutory_basis_gives_no_access_while_the_person_is_away(
    provider: Provider, person: Person
) -> None:
    """OIDC Core §11: offline access is the person's to allow, and nobody is asked here."""
    site = provider.site(legal_basis="statutory_duty", scope="openid profile offline_access")
    tokens = site.tokens(person, scope="openid profile offline_access")
    assert tokens["scope"] == "openid profile"
