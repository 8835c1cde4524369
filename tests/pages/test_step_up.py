"""The way to a level that a page of ours needs."""

import pytest

from tests.journey.levels import P1, P3
from tests.provider import Provider, SignIn


def test_a_second_factor_is_asked_for_and_the_page_comes_next(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(evidence=P3))
    visitor.go("/step-up?level=3&next=/account/sessions")
    assert visitor.is_at("/login/second-factor/sms") or visitor.is_at("/login/second-factor")


def test_who_has_it_goes_straight_on(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(evidence=P3, totp=True))
    visitor.go("/step-up?level=3&next=/account/sessions")
    assert visitor.is_at("/account/sessions")


def test_fresh_means_a_new_login(either: Provider, sign_in: SignIn) -> None:
    person = either.person(evidence=P3, totp=True)
    visitor = sign_in(person)
    visitor.go("/step-up?level=3&fresh=1&next=/account/sessions")
    assert visitor.is_at("/login")
    visitor.log_in(person)
    assert visitor.is_at("/account/sessions")


def test_what_the_account_lacks_is_shown(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(evidence=P1, totp=True))
    visitor.go("/step-up?level=3&next=/account")
    assert visitor.is_at("/raise-level")


@pytest.mark.parametrize("level", ["", "9", "-1", "٣", "3; drop", "99999999999"])
@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nonsense_leads_nowhere_else(either: Provider, sign_in: SignIn, level: str, target: str) -> None:
    visitor = sign_in(either.person(evidence=P3, totp=True))
    visitor.go(f"/step-up?level={level}&next={target}")
    assert "evil" not in visitor.location
    assert visitor.response.status_code < 500
