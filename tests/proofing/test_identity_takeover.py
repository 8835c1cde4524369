"""A leaked name and number keeps nobody out of their own name: who proves it better takes it over, wholly."""

import pytest
from sqlalchemy import select

from idp import background, clock
from idp.accounts import account as accounts
from idp.accounts import identity, notice
from idp.accounts.account import Account
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.mandates import decision
from idp.mandates.mandate import Mandate
from idp.outbox.message import OutboxMessage
from idp.proofing import case as cases
from idp.proofing import evidence
from idp.proofing.case_row import ProofingCase
from idp.sessions import session as sessions
from idp.uuid7 import uuid7
from tests.accounts import crowd
from tests.claims import proven
from tests.person import Person
from tests.proofing.conftest import submit
from tests.proofing.register_server import RegisterServer
from tests.provider import Provider

IN_PERSON = {"point": 3, "counter": 4}


def prepared(person: Person | Account, way: str, number: str) -> ProofingCase:
    case = submit(person, way, name="李娜", number=number, division="330106")
    if way == "counter":
        cases.examine(case, uuid7())
    commit()
    return case


def shown(person: Person | Account, way: str, number: str) -> ProofingCase:
    """The person goes there with the card."""
    case = prepared(person, way, number)
    cases.decide(case, uuid7(), approve=True, reason="原件与本人一致")
    commit()
    return case


def deliver(account_id: object) -> None:
    """Do what the worker does about the account, but for messages to phones."""
    told = select(OutboxMessage).where(OutboxMessage.account_id == account_id)
    for message in db.session.scalars(told.order_by(OutboxMessage.id)).all():
        if message.kind != notice.KIND:
            background.HANDLERS[message.kind](message)
    commit()


@pytest.mark.parametrize("way", IN_PERSON)
def test_who_shows_the_card_takes_the_name_from_who_typed_it(either: Provider, way: str) -> None:
    person, number = either.person(), proven.citizen_number()
    with either.context():
        typist = proven.citizen(either, "phone", "register", number=number)
        known_as, identity_of = typist.subject_id, identity.parse("citizen_id", number)
        typist_id = typist.id
        case = shown(person, way, number)
        db.session.expire_all()
        holder, typist = accounts.get(person.id), accounts.get(typist_id)
        assert (case.state, evidence.level(holder, clock.now())) == ("approved", IN_PERSON[way])
        found = identity.find_account(identity_of)
        assert found is not None
        assert found.id == holder.id
        assert identity.of(typist) is None
        assert (accounts.birthdate_of(typist), accounts.residence_of(typist)) == (None, None)
        assert [piece["code"] for piece in typist.standing] == ["phone"]
        # The subject belongs to the identity, and no two accounts ever share one.
        assert holder.subject_id == known_as != typist.subject_id
        ended = {one.code: one.end_reason for one in evidence.of_account(typist.id)}
        assert ended == {"phone": None, "register": "identity_lost"}
        assert [one.name for one in notice.recent(typist.id)] == ["identity_lost", "level_raised"]
        lost = select(AuditEvent).where(
            AuditEvent.account_id == typist.id, AuditEvent.name == "identity.lost"
        )
        assert db.session.scalars(lost).one().data["case_id"] == str(case.id)


def test_nothing_that_the_typist_opened_stays_open(either: Provider) -> None:
    site, typist, owner, number = either.site(), either.person(), either.person(), proven.citizen_number()
    with either.context():
        account = accounts.get(typist.id)
        identity.bind(account, identity.parse("citizen_id", number))
        evidence.add(account, "register", source="register")
        commit()
    bound, offline = site.tokens(typist), site.tokens(typist, scope="openid offline_access")
    known_as = site.userinfo(bound["access_token"]).get_json()["sub"]
    with either.context():
        given = Mandate(
            id=uuid7(),
            principal_id=typist.id,
            holder_id=owner.id,
            role="relative",
            items=[],
            level=2,
            status=decision.ACTIVE,
            starts_at=clock.now(),
            proposed_by=typist.id,
            granted_by=typist.id,
            single_use=False,
            rules_version=1,
            created_at=clock.now(),
        )
        db.session.add(given)
        commit()
        shown(owner, "point", number)
        deliver(typist.id)
        assert sessions.live_sessions(typist.id, idle_too=True) == []
        db.session.refresh(given)
        assert given.end_reason == "identity_lost"
    for tokens in (bound, offline):
        assert site.introspect(tokens["access_token"]) == {"active": False}
        assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    again = site.userinfo(site.tokens(typist)["access_token"]).get_json()["sub"]
    owners = site.userinfo(site.tokens(owner)["access_token"]).get_json()["sub"]
    assert owners == known_as != again


def test_another_document_of_the_typist_leads_nobody_to_the_subject_that_was_taken(either: Provider) -> None:
    person, number = either.person(), proven.citizen_number()
    permit = identity.parse("passport", f"E{number[-9:-1]}")
    with either.context():
        typist = accounts.get(either.person().id)
        for one in (permit, identity.parse("citizen_id", number)):
            identity.bind(typist, one)
        evidence.add(typist, "register", source="register")
        known_as = typist.subject_id
        commit()
        assert shown(person, "point", number).state == "approved"
        identity.close(accounts.get(person.id), level=3)
        typist = accounts.get(typist.id)
        identity.bind(typist, permit)
        evidence.add(typist, "counter", source="test")
        commit()
        assert accounts.get(person.id).subject_id == known_as != typist.subject_id


@pytest.mark.parametrize(
    ("held", "way"), [("chip", "point"), ("point", "point"), ("counter", "point"), ("counter", "counter")]
)
def test_of_equals_and_betters_nobody_takes_a_name(either: Provider, held: str, way: str) -> None:
    person, number = either.person(), proven.citizen_number()
    with either.context():
        holder = proven.citizen(either, held, number=number)
        before = holder.subject_id
        case = shown(person, way, number)
        assert (case.state, case.reasons) == ("undecided", ["identity_taken"])
        assert identity.of(accounts.get(holder.id)) == identity.parse("citizen_id", number)
        assert (holder.subject_id, [one["code"] for one in holder.standing]) == (before, [held])
        assert accounts.get(person.id).standing == []


def test_typing_takes_nothing_whatever_else_the_typist_proved(
    proving: Provider, server: RegisterServer
) -> None:
    person, number = proving.person(), proven.citizen_number()
    with proving.context():
        proven.citizen(proving, "phone", number=number)
        evidence.add(accounts.get(person.id), "chip", source="test")
        commit()
        case = submit(person, "register", name="李娜", number=number)
        assert (case.state, case.reasons) == ("undecided", ["identity_taken"])
    assert server.asked


def test_a_frozen_account_keeps_its_name_whoever_comes(either: Provider) -> None:
    person, number = either.person(), proven.citizen_number()
    with either.context():
        holder = proven.citizen(either, "register", number=number)
        holder.status = accounts.FROZEN
        commit()
        assert shown(person, "counter", number).reasons == ["identity_taken"]
        assert identity.of(accounts.get(holder.id)) is not None


def test_of_two_who_show_the_card_at_once_one_takes_the_name(either: Provider) -> None:
    people, number = [either.person(), either.person()], proven.citizen_number()
    with either.context():
        typist_id = proven.citizen(either, "register", number=number).id
        ids = [prepared(one, "point", number).id for one in people]
        db.session.rollback()
    decided = crowd.at_once(
        either.app,
        lambda at: cases.decide(db.session.get_one(ProofingCase, ids[at]), uuid7(), approve=True, reason=""),
        2,
    )
    assert decided == [None, None]
    with either.context():
        states = sorted(db.session.get_one(ProofingCase, one).state for one in ids)
        assert states == ["approved", "undecided"]
        everybody = [accounts.get(one) for one in (typist_id, *(one.id for one in people))]
        assert len({one.subject_id for one in everybody}) == len(everybody)
        assert identity.of(everybody[0]) is None
