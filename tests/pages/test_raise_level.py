"""What is missing for a level, and the ways there (domain §2)."""

import re

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from idp.proofing import evidence
from tests.journey.levels import L2, L3, P1, P2, P3, signed_in
from tests.person import Visitor
from tests.provider import Provider
from tests.site import answered


def raising(provider: Provider, evidence: tuple[str, ...], wanted: str, **facts: bool) -> Visitor:
    """Return a browser at the page."""
    site = provider.site()
    visitor = site.visitor(language="en")
    site.code(provider.person(evidence=evidence, **facts), visitor)
    visitor.go(site.authorize_url(acr_values=wanted))
    assert visitor.is_at("/raise-level")
    return visitor


def test_it_shows_what_one_has_and_what_is_needed(either: Provider) -> None:
    page = raising(either, P1, L3, totp=True).response.get_data(as_text=True)
    assert 'data-level="1"' in page
    assert 'data-level="3"' in page
    assert 'href="/account/proofing?journey=' in page


def test_only_the_factor_is_asked_for_when_only_the_factor_is_missing(either: Provider) -> None:
    page = raising(either, P3, L3, phone=False).response.get_data(as_text=True)
    assert 'id="raise-methods"' in page
    assert 'id="raise-proofing"' not in page


def test_a_face_is_never_the_only_way(either: Provider) -> None:
    """The rules in force since 2025-06-01: there is always another one beside it."""
    page = raising(either, P2, L3, totp=True).response.get_data(as_text=True)
    ways = re.findall(r"<li>(.+?)</li>", page)
    assert any("face" not in way for way in ways), ways


def test_going_back_answers_the_site(either: Provider) -> None:
    visitor = raising(either, P1, L2)
    visitor.go(f"/authorize/{visitor.path.partition('journey=')[2]}/cancel")
    assert answered(visitor.location)["error"] == "access_denied"


def test_who_has_risen_meanwhile_goes_on(either: Provider) -> None:
    site, person = either.site(), either.person(evidence=P1)
    visitor = signed_in(site, person)
    visitor.go(site.authorize_url(acr_values=L2))
    assert visitor.is_at("/raise-level")
    with either.context():
        evidence.add(accounts.get(person.id), "register", source="test")
        commit()
    visitor.go(visitor.path)
    assert "code" in answered(visitor.location)


@pytest.mark.parametrize("journey", ["", "x", "A" * 32])
def test_without_its_journey_it_is_over(either: Provider, journey: str) -> None:
    visitor = either.site().visitor()
    assert visitor.open(f"/raise-level?journey={journey}").status_code in {303, 400, 410}
