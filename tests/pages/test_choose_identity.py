"""The page on which a person says in whose name they go on; what it leads to is tests/journey/test_identity.py."""

from idp.mandates import item
from tests.journey.levels import P3
from tests.journey.test_identity import ITEMS, company, details, mandate
from tests.provider import Provider
from tests.site import Site


def own_site(provider: Provider) -> Site:
    return provider.site(
        legal_basis="statutory_duty",
        scope="openid profile",
        acting_as=["self", "enterprise"],
        authorization_details_types=["urn:tongxing:mandate"],
    )


def test_it_names_everybody_with_role_and_items(either: Provider) -> None:
    site, person = own_site(either), either.person(evidence=P3, totp=True)
    mandate(either, company(either), person.id, items=["estate-transfer"])
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    page = visitor.response.get_data(as_text=True)
    assert page.count("data-account=") == 2
    assert "handler" in page
    assert item.name_of("estate-transfer", "en") in page
    assert f'data-account="{person.id}"' in page


def test_whoever_has_nobody_to_act_for_never_sees_it(either: Provider) -> None:
    site, person = own_site(either), either.person(evidence=P3, totp=True)
    assert site.tokens(person, scope="openid profile").status == 200


def test_a_mandate_that_is_required_and_missing_is_said(either: Provider) -> None:
    site, person = own_site(either), either.person(evidence=P3, totp=True)
    visitor = site.visitor(language="en")
    visitor.go(
        site.authorize_url(scope="openid profile", authorization_details=details(item_codes=[ITEMS[0]]))
    )
    visitor.log_in(person)
    assert visitor.is_at("/choose-identity")
    assert "You have no mandate for this" in visitor.response.get_data(as_text=True)


def test_posted_when_it_is_not_due_changes_nothing(either: Provider) -> None:
    site, person = own_site(either), either.person(evidence=P3, totp=True)
    mandate(either, company(either), person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    page = visitor.path
    visitor.send("", values={"identity": "self"})
    assert visitor.open(page).status_code in {303, 400, 410}
