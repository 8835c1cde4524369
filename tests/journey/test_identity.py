"""Acting for another at a site: the chooser, the tokens, and what ends it (domain §4, RFC 8693 §4.1, RFC 9396)."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import ENTERPRISE
from idp.audit.log import AuditEvent
from idp.background import HANDLERS
from idp.db import commit, db
from idp.mandates import ending
from idp.mandates.mandate import Mandate
from idp.outbox.message import OutboxMessage
from idp.uuid7 import uuid7
from tests.journey.levels import L2, L3, P3, asked, signed_in
from tests.person import Person, Visitor
from tests.provider import Provider, counted
from tests.site import Site, Tokens, answered, decoded

ITEMS = ["330106-transfer", "330106-search", "330106-mortgage"]


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person(evidence=P3, totp=True)


@pytest.fixture
def site(either: Provider) -> Site:
    return either.site(
        legal_basis="statutory_duty",
        scope="openid profile",
        item_codes=ITEMS,
        acting_as=["self", "enterprise"],
        authorization_details_types=["urn:tongxing:mandate"],
    )


def company(provider: Provider) -> UUID:
    with provider.context():
        number = uuid4().hex[:8]
        made = accounts.create(accounts.Person(f"e{number}", f"示例{number}有限公司"), kind=ENTERPRISE)
        commit()
        return made.id


def mandate(provider: Provider, principal: UUID, holder: UUID, **changes: Any) -> UUID:
    now = clock.now()
    values: dict[str, Any] = {
        "role": "handler",
        "items": ITEMS[:2],
        "level": 3,
        "status": "active",
        "starts_at": now - timedelta(hours=1),
        "expires_at": now + timedelta(days=30),
        "proposed_by": holder,
        "granted_by": holder,
        "confirmed_by": holder,
        "single_use": False,
        "rules_version": 1,
        "created_at": now,
    } | changes
    with provider.context():
        made = Mandate(id=uuid7(), principal_id=principal, holder_id=holder, **values)
        db.session.add(made)
        commit()
        return made.id


def arrive(site: Site, person: Person, identity: str, visitor: Visitor | None = None, **asks: Any) -> Tokens:
    """Log in, choose *identity* on the chooser, redeem the code."""
    visitor = visitor or site.visitor()
    visitor.go(site.authorize_url(scope="openid profile", **asks))
    if visitor.is_at("/login"):
        visitor.log_in(person)
    assert visitor.is_at("/choose-identity"), visitor.path
    visitor.send("", values={"identity": identity})
    made = site.redeem(answered(visitor.location)["code"])
    assert made.status == 200, made.body
    return made


def details(**wanted: Any) -> str:
    return json.dumps([{"type": "urn:tongxing:mandate"} | wanted])


def test_tokens_name_the_principal_and_the_person_at_the_keyboard(
    either: Provider, site: Site, person: Person
) -> None:
    own = decoded(site.tokens(person, scope="openid profile").body["id_token"])[1]["sub"]
    principal = company(either)
    mandate(either, principal, person.id)
    tokens = arrive(site, person, str(mandate_of(either, principal)))
    claims = decoded(tokens.body["id_token"])[1]
    assert claims["act"] == {"sub": own}
    assert claims["sub"] != own
    access = site.introspect(str(tokens["access_token"]))
    assert (access["sub"], access["act"]) == (claims["sub"], {"sub": own})
    granted = [{"type": "urn:tongxing:mandate", "roles": ["handler"], "item_codes": sorted(ITEMS[:2])}]
    assert tokens.body["authorization_details"] == access["authorization_details"] == granted
    with either.context():
        name = accounts.name_of(accounts.get(principal))
    assert site.claims(str(tokens["access_token"]))["name"] == name


def mandate_of(provider: Provider, principal: UUID) -> UUID:
    with provider.context():
        return db.session.query(Mandate).filter_by(principal_id=principal).one().id


def test_switching_needs_no_second_login(either: Provider, site: Site, person: Person) -> None:
    principal = company(either)
    held = mandate(either, principal, person.id)
    visitor = site.visitor()
    as_company = decoded(arrive(site, person, str(held), visitor).body["id_token"])[1]
    again = asked(site, visitor, scope="openid profile", prompt="none")
    assert decoded(site.redeem(again["code"]).body["id_token"])[1]["sub"] == as_company["sub"]
    visitor.go(site.authorize_url(scope="openid profile", prompt="select_account"))
    if visitor.is_at("/choose-account"):
        visitor.send("", values={"account": str(person.id)})
    assert visitor.is_at("/choose-identity")
    visitor.send("", values={"identity": "self"})
    as_oneself = decoded(site.redeem(answered(visitor.location)["code"]).body["id_token"])[1]
    assert "act" not in as_oneself
    assert as_oneself["sub"] == as_company["act"]["sub"]
    assert as_oneself["auth_time"] == as_company["auth_time"]


def test_without_a_page_the_choice_cannot_be_made(either: Provider, site: Site, person: Person) -> None:
    visitor = signed_in(either.site(), person)
    mandate(either, company(either), person.id)
    answer = asked(site, visitor, scope="openid profile", prompt="none")
    assert answer["error"] == "account_selection_required"


def test_a_site_that_did_not_register_never_sees_it(either: Provider, person: Person) -> None:
    mandate(either, company(either), person.id)
    claims = decoded(either.site().tokens(person).body["id_token"])[1]
    assert "act" not in claims


@pytest.mark.parametrize("chosen", ["", "self2", "0190f5fe-7c00-7a00-8000-000000000009"])
def test_only_what_was_offered_can_be_chosen(
    either: Provider, site: Site, person: Person, chosen: str
) -> None:
    mandate(either, company(either), person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": chosen})
    assert visitor.response.status_code == 400
    assert "data-account" in visitor.response.get_data(as_text=True)


def test_somebody_elses_mandate_cannot_be_chosen(either: Provider, site: Site, person: Person) -> None:
    other = either.person(evidence=P3, totp=True)
    foreign = mandate(either, company(either), other.id)
    mandate(either, company(either), person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(foreign)})
    assert visitor.response.status_code == 400


def test_an_item_outside_the_mandate_is_refused_and_never_a_login_as_oneself(
    either: Provider, site: Site, person: Person
) -> None:
    mandate(either, company(either), person.id)
    inside = details(item_codes=[ITEMS[0]])
    tokens = arrive(site, person, choice(either, person), authorization_details=inside)
    assert tokens.body["authorization_details"][0]["item_codes"] == [ITEMS[0]]
    visitor = signed_in(either.site(), person)
    visitor.go(
        site.authorize_url(scope="openid profile", authorization_details=details(item_codes=[ITEMS[2]]))
    )
    assert visitor.is_at("/choose-identity")
    assert 'id="no-mandate"' in visitor.response.get_data(as_text=True)
    visitor.go(f"/authorize/{visitor.path.partition('journey=')[2]}/cancel")
    assert answered(visitor.location)["error"] == "access_denied"


def choice(provider: Provider, person: Person) -> str:
    with provider.context():
        return str(db.session.query(Mandate).filter_by(holder_id=person.id).one().id)


def test_the_mandates_level_is_demanded_and_caps_the_answer(either: Provider, person: Person) -> None:
    """Domain §4: described is the person's authentication, capped by what the mandate demands."""
    site = either.site(legal_basis="statutory_duty", scope="openid profile", acting_as=["self", "enterprise"])
    mandate(either, company(either), person.id, level=2, items=[])
    claims = decoded(arrive(site, person, choice(either, person), acr_values=f"{L3} {L2}").body["id_token"])[
        1
    ]
    assert (claims["acr"], claims["ial"]) == (L2, 2)
    visitor = signed_in(either.site(), person)
    visitor.go(site.authorize_url(scope="openid profile", acr_values=L3))
    visitor.send("", values={"identity": choice(either, person)})
    assert answered(visitor.location)["error"] == "unmet_authentication_requirements"


def test_revocation_counts_from_the_next_token(either: Provider, site: Site, person: Person) -> None:
    held = mandate(either, company(either), person.id)
    tokens = arrive(site, person, str(held))
    with either.context():
        ending.end(db.session.get_one(Mandate, held), ending.REVOKED)
        commit()
    assert site.refresh(str(tokens["refresh_token"])).error == "invalid_grant"
    assert site.userinfo(str(tokens["access_token"])).status_code == 401
    with either.context():
        query = db.session.query(OutboxMessage).filter_by(kind=ending.KIND)
        (message,) = [one for one in query if one.payload["mandate_id"] == str(held)]
        HANDLERS[ending.KIND](message)
    assert site.introspect(str(tokens["access_token"])) == {"active": False}


def test_a_code_is_worth_nothing_once_the_mandate_has_ended(
    either: Provider, site: Site, person: Person
) -> None:
    held = mandate(either, company(either), person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(held)})
    code = answered(visitor.location)["code"]
    with either.context():
        ending.end(db.session.get_one(Mandate, held), ending.REVOKED)
        commit()
    assert site.redeem(code).error == "invalid_grant"


def test_a_mandate_for_one_use_gives_one_answer(either: Provider, site: Site, person: Person) -> None:
    held = mandate(either, company(either), person.id, single_use=True)
    tokens = arrive(site, person, str(held))
    assert site.refresh(str(tokens["refresh_token"])).status == 200
    visitor = signed_in(either.site(), person)
    answer = asked(site, visitor, scope="openid profile", prompt="none")
    assert "act" not in decoded(site.redeem(answer["code"]).body["id_token"])[1]


def test_a_demanded_subject_can_be_whom_one_acts_for(either: Provider, site: Site, person: Person) -> None:
    """id_token_hint (OIDC Core §3.1.2.1) of a login as the company renews just that."""
    held = mandate(either, company(either), person.id)
    visitor = site.visitor()
    tokens = arrive(site, person, str(held), visitor)
    answer = asked(site, visitor, scope="openid", prompt="none", id_token_hint=tokens.body["id_token"])
    renewed = decoded(site.redeem(answer["code"]).body["id_token"])[1]
    assert renewed["sub"] == decoded(tokens.body["id_token"])[1]["sub"]


def test_a_mandate_that_ends_on_the_way_is_never_a_silent_login_as_oneself(
    either: Provider, person: Person
) -> None:
    site = either.site(scope="openid profile", acting_as=["self", "enterprise"])
    held = mandate(either, company(either), person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(held)})
    assert visitor.is_at("/consent")
    end(either, held)
    visitor.send("consent-allow")
    assert visitor.is_at("/choose-identity")
    assert 'id="mandate-ended"' in visitor.response.get_data(as_text=True)
    visitor.send("", values={"identity": "self"})
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    claims = decoded(site.redeem(answered(visitor.location)["code"]).body["id_token"])[1]
    assert "act" not in claims


def end(provider: Provider, held: UUID) -> None:
    with provider.context():
        ending.end(db.session.get_one(Mandate, held), ending.REVOKED)
        commit()


def test_a_site_left_as_a_company_is_not_entered_again_as_oneself_without_a_word(
    either: Provider, site: Site, person: Person
) -> None:
    held = mandate(either, company(either), person.id)
    visitor = site.visitor()
    arrive(site, person, str(held), visitor)
    end(either, held)
    answer = asked(site, visitor, scope="openid profile", prompt="none")
    assert answer["error"] == "account_selection_required"


def test_an_item_that_the_site_did_not_register_cannot_be_asked_for(
    either: Provider, site: Site, person: Person
) -> None:
    """Domain §5: a site asks no more than its registered items need."""
    mandate(either, company(either), person.id, items=["330106-other"])
    answer = asked(
        site, signed_in(either.site(), person), authorization_details=details(item_codes=["330106-other"])
    )
    assert answer["error"] == "invalid_authorization_details"


def test_a_demanded_subject_costs_the_same_however_many_mandates_there_are(
    either: Provider, site: Site, person: Person
) -> None:
    visitor = site.visitor()
    hint = arrive(site, person, str(mandate(either, company(either), person.id)), visitor).body["id_token"]
    costs = []
    for _ in range(2):
        either.settle()
        asked(site, visitor, scope="openid profile", prompt="none", id_token_hint=hint)  # caches are warm
        with counted(either.app) as counts:
            answer = asked(site, visitor, scope="openid profile", prompt="none", id_token_hint=hint)
        assert "code" in answer
        costs.append(len(counts.statements))
        for _another in range(10):
            mandate(either, company(either), person.id)
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("button", "event"), [("consent-allow", "consent.given"), ("consent-deny", "consent.refused")]
)
def test_who_answers_for_another_is_on_record(
    either: Provider, person: Person, button: str, event: str
) -> None:
    site = either.site(scope="openid profile", acting_as=["enterprise"])
    principal = company(either)
    held = mandate(either, principal, person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(held)})
    visitor.send(button, len(visitor.page.forms) - 1)
    with either.context():
        (noted,) = db.session.query(AuditEvent).filter_by(name=event, account_id=principal).all()
        assert noted.actor == f"account:{person.id}"
