"""Asking for levels at the authorization endpoint, and stepping up (domain §2, OIDC Core §3.1.2.1, §5.5.1.1)."""

from datetime import timedelta
from typing import Any

import pytest

from idp import clock
from idp.authenticators import otp
from idp.db import commit, db
from idp.sessions.session import Session
from tests.journey.levels import L0, L1, L2, L3, L4, P1, P2, P3, P4, asked, signed_in
from tests.person import TOTP_SECRET
from tests.provider import Provider, counted
from tests.site import Site, Tokens, answered, decoded


@pytest.fixture
def site(either: Provider) -> Site:
    return either.site()


def id_token(tokens: Tokens) -> dict[str, Any]:
    return decoded(tokens.body["id_token"])[1]


@pytest.mark.parametrize(
    ("evidence", "own"),
    [((), L0), (P1, L1), (P2, L2), (P3, L2), (P4, L2)],
    ids=["P0", "P1", "P2", "P3", "P4"],
)
def test_nothing_asked_gives_the_sessions_own_level(
    either: Provider, site: Site, evidence: tuple[str, ...], own: str
) -> None:
    """A password alone is A1, whose cap is L2."""
    claims = id_token(site.tokens(either.person(evidence=evidence)))
    assert claims["acr"] == own
    assert claims["aal"] == 1
    assert claims["ial"] == {(): 0, P1: 1, P2: 2, P3: 3, P4: 4}[evidence]
    assert claims["fal"] == 2


def test_the_first_value_of_the_list_that_is_satisfied_is_answered(either: Provider, site: Site) -> None:
    person = either.person(evidence=P3)
    assert id_token(site.tokens(person, acr_values=f"{L3} {L1} {L2}"))["acr"] == L1


def test_an_access_token_and_its_introspection_say_the_level(either: Provider, site: Site) -> None:
    """RFC 9470 §6."""
    tokens = site.tokens(either.person(evidence=P2), acr_values=L2)
    token = str(tokens["access_token"])
    assert decoded(token)[1]["acr"] == L2
    assert site.introspect(token)["acr"] == L2


def test_a_session_steps_up_by_its_second_factor_alone(either: Provider) -> None:
    """The same session, a new secret; the password is not asked again."""
    person, first, second = either.person(evidence=P3), either.site(), either.site()
    visitor = signed_in(first, person)
    with either.context():
        otp.enrol(person.id, TOTP_SECRET)
        commit()
        before = db.session.query(Session).filter_by(account_id=person.id, ended_at=None).one()
        session_id, secret = before.id, before.secret_hash
    visitor.go(second.authorize_url(acr_values=L3))
    assert visitor.is_at("/login/second-factor")
    visitor.send("code-submit", values={"code": person.code()})
    visitor.send("consent-allow")
    claims = id_token(second.redeem(answered(visitor.location)["code"]))
    assert (claims["acr"], claims["aal"]) == (L3, 2)
    assert set(claims["amr"]) == {"pwd", "otp", "mfa"}
    with either.context():
        after = db.session.query(Session).filter_by(account_id=person.id, ended_at=None).one()
        assert (after.id, after.secret_hash == secret) == (session_id, False)


def test_strength_runs_out_and_is_asked_for_again(either: Provider, site: Site) -> None:
    """Domain §2: L3 lives an hour without use."""
    person = either.person(evidence=P3, totp=True)
    visitor = site.visitor()
    site.code(person, visitor, acr_values=L3)
    assert "code" in asked(site, visitor, acr_values=L3, prompt="none")
    with clock.shifted(timedelta(minutes=61)):
        assert asked(site, visitor, acr_values=L3, prompt="none")["error"] == "login_required"
        assert "code" in asked(site, visitor, acr_values=L2, prompt="none")
        visitor.go(site.authorize_url(acr_values=L3))
        assert visitor.is_at("/login")


@pytest.mark.parametrize(
    ("evidence", "totp", "wanted"),
    [(P1, False, L2), (P3, False, L3), (P1, True, L3)],
    ids=["proof", "second factor", "proof, though the factors would do"],
)
def test_what_the_account_lacks_is_not_silently_lowered(
    either: Provider, site: Site, evidence: tuple[str, ...], totp: bool, wanted: str
) -> None:
    person = either.person(evidence=evidence, totp=totp, phone=False)
    visitor = signed_in(site, person)
    assert asked(site, visitor, acr_values=wanted, prompt="none")["error"] == "interaction_required"
    visitor.go(site.authorize_url(acr_values=wanted))
    assert visitor.is_at("/raise-level")


def test_level_4_is_never_answered_from_single_sign_on(either: Provider, site: Site) -> None:
    person = either.person(evidence=P4)
    visitor = signed_in(site, person)
    with either.context():
        session = db.session.query(Session).filter_by(account_id=person.id).one()
        session.methods = ["hwk", "user", "mfa"]
        commit()
    assert asked(site, visitor, acr_values=L3, prompt="none").keys() >= {"code"}
    assert asked(site, visitor, acr_values=L4, prompt="none")["error"] == "login_required"


@pytest.mark.parametrize(
    "floor",
    [
        {"minimum_acr": L2},
        {"items": [{"name": "name", "minimum_acr": L2}]},
        {"scope": "openid profile phone real_name", "asks": "openid real_name"},
    ],
    ids=["of the site", "of an item", "of a scope"],
)
def test_floors_hold_whatever_is_asked(either: Provider, floor: dict[str, Any]) -> None:
    asks = floor.get("asks", "openid profile")
    site = either.site(**{name: value for name, value in floor.items() if name != "asks"})
    visitor = signed_in(either.site(), either.person(evidence=P1))
    assert asked(site, visitor, scope=asks, acr_values=L1, prompt="none")["error"] == "interaction_required"
    visitor = signed_in(either.site(), person := either.person(evidence=P2))
    assert id_token(site.tokens(person, visitor, scope=asks))["acr"] == L2


def test_registered_values_are_asked_when_a_request_names_none(either: Provider) -> None:
    site = either.site(default_acr_values=[L2])
    person = either.person(evidence=P1)
    visitor = signed_in(either.site(), person)
    assert asked(site, visitor, prompt="none")["error"] == "interaction_required"
    site.code(person, visitor, acr_values=L1)


def test_an_essential_acr_of_the_claims_parameter_counts(either: Provider, site: Site) -> None:
    """OIDC Core §5.5.1.1."""
    visitor = signed_in(site, either.person(evidence=P1))
    claims = {"id_token": {"acr": {"essential": True, "values": [L2]}}}
    assert asked(site, visitor, claims=claims, prompt="none")["error"] == "interaction_required"


def test_proof_may_be_asked_to_be_young(either: Provider, site: Site) -> None:
    """``max_proof_age``: step-up of proofing is a journey of its own."""
    person = either.person(evidence=P2)
    visitor = signed_in(site, person)
    assert "code" in asked(site, visitor, acr_values=L2, max_proof_age="3600", prompt="none")
    with clock.shifted(timedelta(hours=2)):
        answer = asked(site, visitor, acr_values=L2, max_proof_age="3600", prompt="none")
        assert answer["error"] == "interaction_required"
        assert "code" in asked(site, visitor, acr_values=L2, prompt="none")


def test_one_query_less_is_asked_when_the_session_does(provider: Provider) -> None:
    """What an account could show is looked up only when it matters."""
    site = provider.site()
    visitor = signed_in(site, provider.person(evidence=P2))
    with counted(provider.app) as counts:
        asked(site, visitor, acr_values=L2, prompt="none")
    assert not [one for one in counts.statements if "passkeys" in one]


@pytest.mark.parametrize(
    "wanted",
    [
        {"real_name": None},
        {"verified_claims": {"verification": {"trust_framework": None}, "claims": {"real_name": None}}},
    ],
    ids=["plain", "verified"],
)
def test_a_claim_asked_for_by_name_is_no_cheaper_than_its_scope(
    either: Provider, wanted: dict[str, Any]
) -> None:
    items = [{"name": name, "required": True} for name in ("name", "real_name")]
    site = either.site(scope="openid profile real_name", items=items)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile", claims={"userinfo": wanted}))
    visitor.log_in(either.person(evidence=P1))
    assert visitor.is_at("/raise-level")
