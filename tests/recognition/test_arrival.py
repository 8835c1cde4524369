"""Who a person of another province is here, and what their login is worth."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity, notice
from idp.accounts.account import Account
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.consent import consent_record
from idp.db import commit, db
from idp.level_policy import current
from idp.proofing import evidence
from idp.recognition import home, member, recognised_identity
from idp.sessions import session as sessions
from idp.sessions import standing
from idp.sessions.session import Session
from tests.person import PASSWORD, Person
from tests.recognition.arriving import P2, P3, account_by, arrive, go_home, number
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Province, Provinces
from tests.recognition.traveller import Traveller
from tests.site import Site, answered, decoded


@pytest.fixture
def site(provinces: Provinces) -> Site:
    """A site here that asks for the name."""
    return provinces.here.provider.site(items=[{"name": "name", "required": True}], scope="openid profile")


def claims_of(site: Site, traveller: Traveller) -> dict[str, Any]:
    """What the site here learns from the answer."""
    tokens = site.redeem(answered(traveller.url)["code"])
    assert tokens.status == 200, tokens.body
    return decoded(tokens["id_token"])[1]


def session_of(province: Province, account_id: UUID) -> Session:
    """The one session of an account."""
    with province.context():
        return sessions.live_sessions(account_id)[0]


def events(province: Province, name: EventName, account_id: UUID) -> list[dict[str, Any]]:
    with province.context():
        BATCH.get().flush()
        wanted = select(AuditEvent).where(AuditEvent.name == name.value, AuditEvent.account_id == account_id)
        return [row.data for row in db.session.scalars(wanted)]


def test_a_visitor_is_let_in_at_the_level_that_the_anchor_says(
    provinces: Provinces, traveller: Traveller, site: Site
) -> None:
    person = provinces.there.person(number(), P3, totp=True)
    go_home(traveller, provinces, site.authorize_url(acr_values="urn:tongxing:loa:3", scope="openid profile"))
    traveller.log_in(person)
    assert traveller.is_at("/consent", provinces.there.issuer)
    traveller.agree()
    assert traveller.is_at("/consent", provinces.here.issuer)
    assert person.name in traveller.text
    traveller.agree()
    claims = claims_of(site, traveller)
    assert claims["acr"] == "urn:tongxing:loa:3"
    assert claims["amr"] == ["recognised"]
    assert (claims["ial"], claims["aal"]) == (3, 2)
    account = account_by(provinces, person)
    assert account.username is None
    assert account.identity_sealed is None
    with provinces.here.context():
        assert home.is_visiting(account.id)
        assert evidence.valid_codes(accounts.get(account.id), clock.now()) == {"recognised_3"}
    # No address on the way held the number, the name or what stands for the person.
    with provinces.there.context():
        account_there = accounts.get(person.id)
        held = identity.of(account_there)
        values = recognised_identity.values_of(account_there)
    assert held is not None
    assert values
    spoken = " ".join(traveller.steps)
    secret = base64.urlsafe_b64encode(values[0].digest).decode().rstrip("=")
    assert not any(text in spoken for text in (held.number, person.name, secret, person.username))
    # Both sides have it on record.
    seen = events(provinces.here, EventName.PERSON_RECOGNISED, account.id)
    assert [(one["issuer"], one["level"]) for one in seen] == [(provinces.there.issuer, 3)]
    released = events(provinces.there, EventName.CLAIMS_RELEASED, person.id)
    assert released[-1]["claims"] == ["identity_join_keys", "name"]
    with provinces.there.context():
        assert consent_record.find_row(person.id, provinces.here.issuer) is not None


def test_one_login_there_opens_here_again_without_a_question(
    provinces: Provinces, traveller: Traveller, site: Site
) -> None:
    person = provinces.there.person(number(), P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(person)
    traveller.agree()
    assert traveller.is_at("/account", provinces.here.issuer)
    assert "Home province: Jiangsu" in traveller.text
    first = account_by(provinces, person)
    with provinces.here.context():
        for one in sessions.live_sessions(first.id):
            sessions.mark_ended(one, "test")
        commit()
    # The browser remembers the province: one press, and the login there is enough.
    traveller.go(f"{provinces.here.issuer}/login")
    traveller.send("login-home")
    assert traveller.is_at("/account", provinces.here.issuer), traveller.text
    assert account_by(provinces, person).id == first.id


def test_who_has_an_account_here_is_known_by_the_identity_hmac(
    provinces: Provinces, traveller: Traveller, site: Site
) -> None:
    shared = number()
    at_home = provinces.there.person(shared, P3, totp=True)
    here = provinces.here.person(shared, P3)
    provinces.here.work()
    go_home(traveller, provinces, site.authorize_url(acr_values="urn:tongxing:loa:3", scope="openid profile"))
    traveller.log_in(at_home)
    traveller.agree()
    traveller.agree()
    assert claims_of(site, traveller)["acr"] == "urn:tongxing:loa:3"
    with provinces.here.context():
        assert [one.account_id for one in home.of_account(here.id)] == [here.id]
        assert not home.is_visiting(here.id)
        # Nothing of what another province said becomes a proof of an account that has its own.
        assert "recognised_3" not in evidence.valid_codes(accounts.get(here.id), clock.now())
        assert [one.name for one in notice.recent(here.id)].count("recognised_login") == 1
    assert session_of(provinces.here, here.id).level_cap == 3


def test_who_proves_the_number_here_later_takes_the_visiting_account_over(
    provinces: Provinces, traveller: Traveller
) -> None:
    shared = number()
    at_home = provinces.there.person(shared, P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(at_home)
    traveller.agree()
    visitor = account_by(provinces, at_home)
    here = provinces.here.person(shared, P3)
    provinces.here.work()
    with provinces.here.context():
        assert accounts.get(visitor.id).closes_at is not None
        assert [one.issuer for one in home.of_account(here.id)] == [provinces.there.issuer]
        assert home.of_account(visitor.id) == []


def test_a_visitor_who_proves_the_name_here_keeps_the_account(
    provinces: Provinces, traveller: Traveller
) -> None:
    shared = number()
    at_home = provinces.there.person(shared, P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(at_home)
    traveller.agree()
    visitor = account_by(provinces, at_home)
    with provinces.here.context():
        account = accounts.get(visitor.id)
        identity.bind(account, identity.parse("citizen_id", shared), name=at_home.name)
        evidence.add(account, "register", source="test")
        commit()
    provinces.here.work()
    with provinces.here.context():
        assert accounts.get(visitor.id).closes_at is None
        found = recognised_identity.find_accounts(recognised_identity.values_of(accounts.get(visitor.id)))
        assert [(one.id, proven) for one, proven in found] == [(visitor.id, True)]


def test_a_password_alone_there_is_worth_no_more_here_and_is_raised_there(
    provinces: Provinces, traveller: Traveller, site: Site
) -> None:
    person = provinces.there.person(number(), P3, totp=True)
    weak = provinces.there.person(number(), P2)
    go_home(traveller, provinces, "/login")
    traveller.log_in(weak)
    traveller.agree()
    account = account_by(provinces, weak)
    assert session_of(provinces.here, account.id).level_cap == 2
    # A site that needs more sends the person home again; their province has no more, and says so.
    traveller.go(
        provinces.here.issuer + site.authorize_url(acr_values="urn:tongxing:loa:3", scope="openid profile")
    )
    assert traveller.is_at("/login"), traveller.url
    assert "You come from Jiangsu" in traveller.text
    traveller.send("login-home")
    assert traveller.url.startswith(provinces.there.issuer), traveller.text
    del person


def test_an_account_without_a_proven_name_is_a_visitor_at_its_level(
    provinces: Provinces, traveller: Traveller
) -> None:
    person = provinces.there.person("", ("phone",))
    go_home(traveller, provinces, "/login")
    traveller.log_in(person)
    traveller.agree()
    account = account_by(provinces, person)
    assert session_of(provinces.here, account.id).level_cap == 1
    with provinces.here.context():
        assert evidence.level(accounts.get(account.id), clock.now()) == 1


@pytest.mark.parametrize(
    "acr", ["urn:anhui:unheard-of", "urn:tongxing:loa:4", "3", None, ["urn:anhui:high"], 3]
)
def test_a_level_that_the_table_does_not_name_is_worth_nothing(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person, acr: object
) -> None:
    hostile.claims["acr"] = acr
    session = arrive(provinces, traveller, hostile)
    assert session.level_cap == 0
    # Below a proven name nobody is taken for somebody who has an account here.
    assert session.account_id != known_here.id
    with provinces.here.context():
        assert evidence.level(accounts.get(session.account_id), clock.now()) == 0


def test_a_low_level_meets_nobody_by_the_identity_hmac(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    hostile.claims["acr"] = "urn:anhui:low"
    session = arrive(provinces, traveller, hostile)
    assert (session.level_cap, session.account_id != known_here.id) == (1, True)


def test_a_high_level_does(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    session = arrive(provinces, traveller, hostile)
    assert (session.level_cap, session.account_id) == (3, known_here.id)
    # The other side knew somebody under this subject; the same one, later at a low level, is still capped.
    other = Traveller()
    hostile.claims["acr"] = "urn:anhui:low"
    again = arrive(provinces, other, hostile)
    other.close()
    assert (again.level_cap, again.account_id) == (1, known_here.id)


def test_a_locked_account_stays_locked(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    with provinces.here.context():
        accounts.get(known_here.id).status = accounts.FROZEN
        commit()
    traveller.go(f"{provinces.here.issuer}/login/province")
    traveller.send("province-340000", follow=False)
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 403
    assert "Your account is locked" in traveller.text


def test_an_epoch_that_does_not_hold_meets_nobody(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    hostile.about["identity_join_keys"][0]["epoch"] = "1999-1"
    session = arrive(provinces, traveller, hostile)
    assert session.account_id != known_here.id


def test_a_province_that_left_the_table_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    traveller.go(f"{provinces.here.issuer}/login/province")
    traveller.send("province-340000", follow=False)
    with provinces.here.context():
        row = member.find(provinces.anchor, hostile.issuer)
        assert row is not None
        kept = (row.division_code, row.names, row.levels)
        member.remove(provinces.anchor, hostile.issuer)
        commit()
    try:
        traveller.go(hostile.callback())
        assert traveller.response.status_code == 400
        assert "are not recognised here now" in traveller.text
        traveller.go(f"{provinces.here.issuer}/login/province")
        assert "Anhui" not in traveller.text
    finally:
        with provinces.here.context():
            member.put(provinces.anchor, hostile.issuer, division_code=kept[0], names=kept[1], levels=kept[2])
            commit()


def test_a_password_of_ones_own_never_inherits_the_level_of_another_province(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    session = arrive(provinces, traveller, hostile)
    assert session.level_cap == 3
    traveller.go(f"{provinces.here.issuer}/account/reauthenticate?next=/account")
    traveller.send("reauthenticate-submit", {"password": PASSWORD})
    assert traveller.is_at("/account"), traveller.text
    with provinces.here.context():
        now = sessions.live_sessions(known_here.id)[0]
        assert (now.methods, now.level_cap) == (["pwd"], None)
        assert standing.level(current.get(), accounts.get(known_here.id), now, clock.now()) == 2


def test_a_session_that_lost_its_cap_is_worth_nothing(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    arrive(provinces, traveller, hostile)
    with provinces.here.context():
        now = sessions.live_sessions(known_here.id)[0]
        now.level_cap = None
        assert standing.level(current.get(), accounts.get(known_here.id), now, clock.now()) == 0
        db.session.rollback()


def test_a_visitor_is_told_where_their_ways_of_signing_in_are(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    hostile.claims, hostile.about = {"sub": "visitor-1"}, {"sub": "visitor-1"}
    arrive(provinces, traveller, hostile)
    for page in (
        "",
        "/services",
        "/timeline",
        "/inbox",
        "/proofing",
        "/sign-in-methods",
        "/settings",
        "/close",
    ):
        traveller.go(f"{provinces.here.issuer}/account{page}")
        assert traveller.response.status_code in {200, 404}, (page, traveller.text)
    traveller.go(f"{provinces.here.issuer}/account/timeline")
    assert "Another province confirmed who you are" in traveller.text
    traveller.go(f"{provinces.here.issuer}/account/reauthenticate?next=/account")
    assert "You log in through your own province" in traveller.text


def test_who_cannot_be_raised_at_home_proves_it_here(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, site: Site
) -> None:
    hostile.claims = {"sub": "visitor-2", "acr": "urn:anhui:low"}
    hostile.about = {"sub": "visitor-2"}
    arrive(provinces, traveller, hostile)
    traveller.go(
        provinces.here.issuer + site.authorize_url(acr_values="urn:tongxing:loa:3", scope="openid profile")
    )
    assert "You come from Anhui" in traveller.text
    traveller.send("login-home", follow=False)
    assert hostile.pushed["acr_values"] == "urn:anhui:high"
    traveller.go(hostile.callback(code=None, error="unmet_authentication_requirements"))
    assert "Anhui cannot confirm the level" in traveller.text
    link = next(part for part in traveller.response.text.split('"') if part.startswith("/authorize/"))
    traveller.go(provinces.here.issuer + link)
    assert traveller.is_at("/raise-level"), traveller.url
    assert "another province" not in traveller.text


def test_a_site_that_wants_a_new_login_gets_a_new_one_there(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, site: Site
) -> None:
    traveller.go(provinces.here.issuer + site.authorize_url(prompt="login", scope="openid profile"))
    link = next(part for part in traveller.response.text.split('"') if part.startswith("/login/province"))
    for old, sentence in ((3600, "could not be confirmed"), (0, "")):
        traveller.go(provinces.here.issuer + link.replace("&amp;", "&"))
        traveller.send("province-340000", follow=False)
        assert hostile.pushed["prompt"] == "login"
        hostile.claims = {"auth_time": clock.timestamp() - old}
        traveller.go(hostile.callback())
        assert sentence in traveller.text
    assert traveller.is_at("/consent"), traveller.url


def test_two_logins_at_once_make_one_visiting_account(provinces: Provinces, hostile: Hostile) -> None:
    hostile.claims, hostile.about = {"sub": "visitor-3"}, {"sub": "visitor-3", "name": "孙一"}
    browsers = [Traveller() for _ in range(4)]
    callbacks = []
    for browser in browsers:
        browser.go(f"{provinces.here.issuer}/login/province")
        browser.send("province-340000", follow=False)
        # The code says which login it is of.
        callbacks.append(hostile.callback(code=hostile.pushed["nonce"]))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: one[0].go(one[1]), zip(browsers, callbacks, strict=True)))
    assert all(browser.is_at("/account") for browser in browsers), [one.text for one in browsers]
    with provinces.here.context():
        found = db.session.scalars(select(home.Home).where(home.Home.subject == "visitor-3")).all()
        assert len(found) == 1
        named = [one for one in db.session.scalars(select(Account)) if accounts.name_of(one) == "孙一"]
        assert len(named) == 1
    for browser in browsers:
        browser.close()


def test_no_province_passes_on_anothers_people_as_its_own(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    hostile.claims, hostile.about = {"sub": "visitor-4"}, {"sub": "visitor-4"}
    arrive(provinces, traveller, hostile)
    traveller.go(f"{provinces.there.issuer}/login/province")
    traveller.send("province-330000")
    # Jiangsu asks for a person of Zhejiang; somebody of Anhui is logged in there.
    assert traveller.is_at("/login", provinces.here.issuer), traveller.url
    assert "Log in with the account of another province" not in traveller.text
    journey = traveller.url.partition("?")[2]
    traveller.go(f"{provinces.here.issuer}/login/province?{journey}")
    traveller.send("province-340000", follow=False)
    assert traveller.response.status_code == 400
