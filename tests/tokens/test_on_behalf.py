"""Acting for somebody who is assisted at a window: one site, one item, and nothing once the case is over."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import represented
from idp.accounts.account import CITIZEN, OFFICIAL
from idp.authenticators import otp, pwd
from idp.background import HANDLERS
from idp.db import commit, db
from idp.mandates import age, assisted, guardianship
from idp.mandates.assisted_case import AssistedCase
from idp.mandates.guardianship import Kinship
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.sessions import session as sessions
from tests.journey.levels import ASSISTED, L2, P3, asked
from tests.person import PASSWORD, TOTP_SECRET, Person, Visitor
from tests.provider import Provider
from tests.site import Site, Tokens, answered, decoded


@dataclass
class AtTheWindow:
    """A clerk who is assisting somebody at *site*."""

    provider: Provider
    site: Site
    visitor: Visitor
    case_id: UUID
    clerk: Person

    def ask(self, acr_values: str | None = ASSISTED) -> dict[str, str]:
        """Ask the site's way; return what it hears."""
        return asked(self.site, self.visitor, scope="openid profile", acr_values=acr_values)

    def tokens(self) -> Tokens:
        """Let the site log the person in."""
        return self.site.redeem(self.ask()["code"])

    def end(self) -> None:
        """End the case, and do what the worker does about it."""
        with self.provider.context():
            assisted.end(db.session.get_one(AssistedCase, self.case_id), assisted.DONE)
            commit()
            query = db.session.query(OutboxMessage).filter_by(kind=assisted.KIND, delivered_at=None)
            for message in query.all():
                HANDLERS[message.kind](message)


@pytest.fixture
def window(either: Provider) -> AtTheWindow:
    site = either.site(legal_basis="statutory_duty", scope="openid profile", item_codes=["a"])
    principal, clerk = either.person(evidence=P3), official(either)
    visitor = site.visitor()
    visitor.go("/login")
    visitor.log_in(clerk)
    with either.context():
        (session,) = sessions.live_sessions(clerk.id)
        both = accounts.get(clerk.id), accounts.get(principal.id)
        case = assisted.begin(both[0], session.id, both[1], site.id, "a", "西湖区便民服务点")
        assisted.start(case, "card")
        commit()
        return AtTheWindow(either, site, visitor, case.id, clerk)


def official(provider: Provider) -> Person:
    username = f"clerk{uuid4().hex[:8]}"
    with provider.context():
        made = accounts.create(accounts.Person(username, "吴杰"), kind=OFFICIAL)
        pwd.store(made.id, pwd.hash_new(PASSWORD))
        otp.enrol(made.id, TOTP_SECRET)
        evidence.add(made, "appointment", source="test")
        commit()
        return Person(made.id, username, "吴杰", None)


def test_only_a_site_that_names_it_gets_it(window: AtTheWindow) -> None:
    claims = decoded(window.tokens().body["id_token"])[1]
    assert claims["acr"] == ASSISTED
    assert claims["act"]["sub"] != claims["sub"]
    for other in (L2, None):
        assert window.ask(other)["error"] == "unmet_authentication_requirements"


def test_it_opens_no_other_site(window: AtTheWindow) -> None:
    other = window.provider.site(legal_basis="statutory_duty", scope="openid profile")
    window.visitor.go(other.authorize_url(scope="openid profile", acr_values=ASSISTED))
    assert window.visitor.is_at("/choose-identity")
    assert 'id="assisted-elsewhere"' in window.visitor.response.get_data(as_text=True)


def test_everything_ends_with_the_case(window: AtTheWindow) -> None:
    tokens, late = window.tokens(), window.ask()["code"]
    window.end()
    assert window.site.introspect(tokens["access_token"]) == {"active": False}
    assert window.site.userinfo(tokens["access_token"]).status_code == 401
    assert window.site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert window.site.redeem(late).error == "invalid_grant"
    assert window.ask()["error"] == "unmet_authentication_requirements"


def test_after_the_case_the_site_gets_no_login_of_the_clerks_own(window: AtTheWindow) -> None:
    """A site that names both would take the clerk for the person who was assisted a moment ago."""
    both = f"{ASSISTED} {L2}"
    assert "code" in window.ask(both)
    window.end()
    assert "code" not in window.ask(both)
    silent = asked(window.site, window.visitor, scope="openid profile", acr_values=both, prompt="none")
    assert silent["error"] == "account_selection_required"
    assert "code" in window.ask(L2), "a site that does not name the assisted session knows nothing of it"
    with clock.shifted(timedelta(seconds=1)):
        window.visitor.go(window.site.authorize_url(scope="openid profile", acr_values=both, prompt="login"))
        window.visitor.log_in(window.clerk)
        assert "code" in answered(window.visitor.location), "a login of the clerk's own is one"


def turning_14(provider: Provider, guardian: Person, days: int) -> str:
    """Make *guardian* the guardian of a child whose 14th birthday is in *days*; return the mandate's id."""
    birthday = age.today(clock.now()) + timedelta(days=days)
    leap_day = (birthday.month, birthday.day) == (2, 29)
    birthdate = date(birthday.year - 14, 3, 1) if leap_day else birthday.replace(year=birthday.year - 14)
    with provider.context():
        child = represented.create(CITIZEN, "刘小宝")
        accounts.set_birth(child, birthdate.isoformat(), "male")
        made = guardianship.establish(
            accounts.get(guardian.id), child, Kinship(birthdate, "father", "ab" * 32)
        )
        commit()
        return str(made.id)


@dataclass
class Guarded:
    """A guardian in front of a site, for a child."""

    site: Site
    visitor: Visitor

    def tokens(self) -> Tokens:
        """Agree where it is asked, and let the site redeem the code."""
        if self.visitor.is_at("/consent"):
            self.visitor.send("consent-allow")
        tokens = self.site.redeem(answered(self.visitor.location)["code"])
        assert tokens.status == 200, tokens.body
        assert decoded(tokens.body["id_token"])[1]["act"]
        return tokens


def guarded(provider: Provider, days: int, scope: str, **metadata: Any) -> Guarded:
    site = provider.site(acting_as=["ward"], **metadata)
    guardian = provider.person(evidence=P3, totp=True)
    mandate_id = turning_14(provider, guardian, days)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope=scope))
    visitor.log_in(guardian)
    if visitor.is_at("/choose-identity"):
        visitor.send("", values={"identity": mandate_id})
    return Guarded(site, visitor)


@pytest.mark.parametrize("days", [3, 40])
def test_what_a_guardian_was_given_ends_when_the_child_consents_alone(either: Provider, days: int) -> None:
    """From 14 on the child decides what is released (PIPL art. 31): a token from before is no way round it."""
    guardian = guarded(either, days, "openid profile offline_access")
    tokens = guardian.site.refresh(guardian.tokens()["refresh_token"])
    with clock.shifted(timedelta(days=5)):
        refreshed = guardian.site.refresh(tokens["refresh_token"])
    assert refreshed.error == ("invalid_grant" if days < 5 else None)


def test_what_was_given_to_a_guardian_who_consents_no_more_stays(either: Provider) -> None:
    """On a statutory basis nobody was asked: the guardian acts for a child of 14 there all the same."""
    guardian = guarded(either, -40, "openid profile", legal_basis="statutory_duty")
    tokens = guardian.tokens()
    assert guardian.site.userinfo(tokens["access_token"]).status_code == 200
    assert guardian.site.refresh(tokens["refresh_token"]).status == 200
