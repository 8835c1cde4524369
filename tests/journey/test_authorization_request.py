"""What a site may ask of a login (OIDC Core §3.1.2.1): prompt, max_age, hints, languages."""

from datetime import timedelta
from typing import Any

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from idp.journey.authorization_request import AuthorizationRequest
from tests.asking import asked, known, person, site
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered, decoded

__all__ = ["known", "person", "site"]

HOUR = timedelta(hours=1)


def test_a_silent_request_of_somebody_unknown_is_answered_login_required(site: Site) -> None:
    assert asked(site, site.visitor(), prompt="none")["error"] == "login_required"


def test_a_silent_request_before_any_agreement_is_answered_consent_required(
    provider: Provider, known: Visitor
) -> None:
    assert asked(provider.site(), known, prompt="none")["error"] == "consent_required"


def test_a_silent_request_of_somebody_known_gives_a_code(site: Site, known: Visitor) -> None:
    assert "code" in asked(site, known, prompt="none")


def test_a_silent_request_after_the_login_grew_too_old_is_answered_login_required(
    site: Site, person: Person
) -> None:
    visitor = site.visitor()
    site.code(person, visitor)
    with clock.shifted(HOUR):
        assert asked(site, visitor, prompt="none", max_age=3599)["error"] == "login_required"
        assert "code" in asked(site, visitor, prompt="none", max_age=3700)


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": 0}, {"max_age": 60}])
def test_a_login_is_asked_for_again_and_once(site: Site, person: Person, changes: dict[str, Any]) -> None:
    """OIDC Core §3.1.2.1: auth_time in the ID token tells the site."""
    visitor = site.visitor()
    site.code(person, visitor)
    with clock.shifted(HOUR):
        before = clock.timestamp()
        visitor.go(site.authorize_url(**changes))
        assert visitor.is_at("/login")
        visitor.log_in(person)
        tokens = site.redeem(answered(visitor.location)["code"])
        claims = decoded(tokens["id_token"])[1]
        assert before <= claims["auth_time"] <= before + 30


def test_a_site_may_set_its_own_greatest_age(provider: Provider, person: Person) -> None:
    """OIDC Registration §2 default_max_age."""
    strict = provider.site(default_max_age=600)
    visitor = strict.visitor()
    strict.code(person, visitor)
    with clock.shifted(HOUR):
        visitor.go(strict.authorize_url())
        assert visitor.is_at("/login")
        visitor.go(strict.authorize_url(max_age=7200))
        assert "code" in answered(visitor.location)


def test_consent_is_asked_for_again_when_the_site_insists(site: Site, person: Person) -> None:
    visitor = site.visitor()
    site.code(person, visitor)
    visitor.go(site.authorize_url(prompt="consent"))
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)


def test_login_and_consent_can_be_asked_for_together(site: Site, person: Person) -> None:
    visitor = site.visitor()
    site.code(person, visitor)
    with clock.shifted(HOUR):
        visitor.go(site.authorize_url(prompt="login consent"))
        visitor.log_in(person)
        assert visitor.is_at("/consent")
        visitor.send("consent-allow")
        assert "code" in answered(visitor.location)


def test_a_hint_at_the_person_signed_in_is_met_even_by_an_expired_token(site: Site, person: Person) -> None:
    """OIDC Core §3.1.2.1 id_token_hint."""
    visitor = site.visitor()
    hint = site.tokens(person, visitor)["id_token"]
    with clock.shifted(HOUR):
        assert "code" in asked(site, visitor, prompt="none", id_token_hint=hint)


def test_a_hint_at_somebody_else_needs_that_person(provider: Provider, site: Site, person: Person) -> None:
    hint = site.tokens(provider.person())["id_token"]
    visitor = site.visitor()
    site.code(person, visitor)
    assert asked(site, visitor, prompt="none", id_token_hint=hint)["error"] == "login_required"
    visitor.go(site.authorize_url(id_token_hint=hint))
    assert visitor.is_at("/login")
    visitor.log_in(person)
    assert answered(visitor.location)["error"] == "login_required"


def test_a_hint_of_another_client_or_provider_is_refused(
    provider: Provider, site: Site, person: Person
) -> None:
    foreign = provider.site().tokens(person)
    visitor = site.visitor()
    assert asked(site, visitor, id_token_hint=foreign["id_token"])["error"] == "invalid_request"
    assert asked(site, visitor, id_token_hint=foreign["access_token"])["error"] == "invalid_request"
    head, payload, _ = foreign["id_token"].split(".")
    assert asked(site, visitor, id_token_hint=f"{head}.{payload}.AAAA")["error"] == "invalid_request"


def test_a_demanded_subject_is_like_a_hint(site: Site, person: Person) -> None:
    """OIDC Core §5.5.1: a demanded value of sub must be met."""
    visitor = site.visitor()
    sub = decoded(site.tokens(person, visitor)["id_token"])[1]["sub"]
    wanted = {"id_token": {"sub": {"value": sub}}}
    assert "code" in asked(site, visitor, prompt="none", claims=wanted)
    other = {"id_token": {"sub": {"value": "somebody"}}}
    assert asked(site, visitor, prompt="none", claims=other)["error"] == "login_required"
    two = {"id_token": {"sub": {"values": ["a", "b"]}}}
    assert asked(site, visitor, prompt="none", claims=two)["error"] == "invalid_request"


def test_a_login_hint_fills_the_form(site: Site) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url(login_hint='zhang"><b>'))
    typed = [dict(form.values).get("identifier") for form in visitor.page.forms]
    assert [one for one in typed if one] == ['zhang"><b>']


def test_a_frozen_account_is_signed_in_nowhere(provider: Provider, site: Site) -> None:
    person = provider.person()
    visitor = site.visitor()
    site.code(person, visitor)
    with provider.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    assert asked(site, visitor, prompt="none")["error"] == "login_required"


@pytest.mark.parametrize(
    ("ui_locales", "language"), [("en", "en"), ("fr en-GB", "en"), ("zh-CN en", "zh-Hans")]
)
def test_pages_speak_the_language_that_the_site_asks_for(site: Site, ui_locales: str, language: str) -> None:
    """OIDC Core §3.1.2.1 ui_locales."""
    visitor = site.visitor(language="de")
    visitor.go(site.authorize_url(ui_locales=ui_locales))
    assert visitor.page.language == language
    visitor.send("login-submit", values={"identifier": "", "password": ""})
    assert visitor.page.language == language, "also when the page comes again"


def test_a_login_begun_under_the_program_before_this_one_can_be_finished() -> None:
    """An update goes round while people stand in the middle of a login: what was kept knows no levels yet."""
    made = AuthorizationRequest("site", "https://site.example.cn/cb", ("openid",), "query")
    before = {
        name: value
        for name, value in made.to_json().items()
        if name not in {"acr_values", "essential_acr", "mandate", "max_proof_age"}
    }
    assert AuthorizationRequest.from_json(before) == made
