"""Acting for somebody who is assisted at a window: one site, one item, and nothing once the case is over."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import OFFICIAL
from idp.authenticators import otp, pwd
from idp.background import HANDLERS
from idp.db import commit, db
from idp.mandates import assisted
from idp.mandates.assisted_case import AssistedCase
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
