from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account, Person
from idp.accounts.identity import Identity, KnownIdentity
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.outbox.message import OutboxMessage
from tests.accounts import crowd
from tests.identifiers import numbers

ZHANG = identity.parse("citizen_id", "11010519491231002x")
LI = identity.parse("citizen_id", "440524188001010014")
COMPANY = identity.parse("uscc", "91330106MA28FAKE9N")
NETWORK = identity.parse("network_id", "aHR0cHM6Ly93d3c")


def person(username: str, kind: str = accounts.CITIZEN) -> Account:
    made = accounts.create(Person(username, "张伟"), kind=kind)
    commit()
    return made


def test_a_proven_identity_comes_back_and_finds_its_account(context: Flask) -> None:
    account = person("zhang")
    assert identity.of(account) is None
    assert identity.find_account(ZHANG) is None
    identity.bind(account, ZHANG, name="张卫")
    commit()
    db.session.expunge_all()
    found = identity.find_account(ZHANG)
    assert found is not None
    assert found.id == account.id
    assert identity.of(found) == ZHANG
    assert accounts.name_of(found) == "张卫"
    assert (accounts.birthdate_of(found), accounts.gender_of(found)) == ("1949-12-31", "female")
    assert ZHANG.masked() == "1****************X"


def test_the_database_holds_no_number(context: Flask) -> None:
    identity.bind(person("zhang"), ZHANG)
    commit()
    for table in ("accounts", "known_identities", "audit_events", "outbox_messages"):
        stored = repr(db.session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - our own names
        assert ZHANG.number not in stored
        assert "1949" not in stored


def test_binding_again_changes_nothing(context: Flask) -> None:
    account = person("zhang")
    identity.bind(account, ZHANG)
    before = (account.subject_id, account.identity_index)
    identity.bind(account, ZHANG)
    commit()
    assert (account.subject_id, account.identity_index) == before
    assert len(db.session.scalars(select(KnownIdentity)).all()) == 1


def test_one_identity_has_one_account(context: Flask) -> None:
    identity.bind(person("zhang"), ZHANG)
    commit()
    other = person("other")
    with pytest.raises(Conflict) as caught:
        identity.bind(other, ZHANG)
    assert caught.value.code == "identity_taken"
    db.session.rollback()
    assert identity.of(accounts.get(other.id)) is None


def test_a_frozen_account_keeps_its_identity_and_takes_none(context: Flask) -> None:
    account, other = person("zhang"), person("other")
    identity.bind(account, ZHANG)
    account.status = accounts.FROZEN
    commit()
    with pytest.raises(Conflict):
        identity.bind(other, ZHANG)
    db.session.rollback()
    with pytest.raises(Forbidden):
        identity.bind(accounts.get(account.id), ZHANG)


def test_an_account_does_not_become_another_persons(context: Flask) -> None:
    account = person("zhang")
    identity.bind(account, ZHANG)
    with pytest.raises(Conflict) as caught:
        identity.bind(account, LI)
    assert caught.value.code == "identity_differs"
    db.session.rollback()
    assert identity.find_account(LI) is None


@pytest.mark.parametrize(
    ("kind", "claimed"),
    [("citizen", COMPANY), ("enterprise", ZHANG), ("enterprise", NETWORK), ("official", ZHANG)],
)
def test_numbers_belong_to_kinds_of_accounts(context: Flask, kind: str, claimed: Identity) -> None:
    with pytest.raises(InvalidInput) as caught:
        identity.bind(person("someone", kind), claimed)
    assert caught.value.code == "identity_type_wrong"


def test_an_enterprise_is_known_by_its_code(context: Flask) -> None:
    account = person("company", accounts.ENTERPRISE)
    identity.bind(account, COMPANY, name="杭州示例科技有限公司")
    commit()
    found = identity.find_account(COMPANY)
    assert found is not None
    assert found.id == account.id
    assert accounts.birthdate_of(found) is None


def test_nobody_is_born_tomorrow(context: Flask) -> None:
    unborn = identity.parse("citizen_id", numbers.with_check("33010620990101001"))
    with pytest.raises(InvalidInput) as caught:
        identity.bind(person("unborn"), unborn)
    assert caught.value.code == "identity_not_born"


# ------------------------------------------------------------------------------------------- continuity


def test_who_deletes_an_account_and_makes_another_is_met_again(context: Flask) -> None:
    first = person("zhang")
    identity.bind(first, ZHANG)
    commit()
    known_as = first.subject_id
    identity.close(first)
    commit()
    second = person("zhang")  # the user name is free again
    started_as = second.subject_id
    assert started_as != known_as
    identity.bind(second, ZHANG)
    commit()
    assert second.subject_id == known_as
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == identity.SUBJECT_CHANGED)
    ).one()
    assert (told.account_id, UUID(told.payload["old"])) == (second.id, started_as)


def test_it_holds_for_the_third_account_too(context: Flask) -> None:
    subjects = set()
    for _ in range(3):
        account = person("zhang")
        identity.bind(account, ZHANG)
        commit()
        subjects.add(account.subject_id)
        identity.close(account)
        commit()
    assert len(subjects) == 1


def test_who_comes_back_is_met_again_once_proven_as_well_as_before(context: Flask) -> None:
    first = person("zhang")
    identity.bind(first, ZHANG)
    known_as = first.subject_id
    identity.close(first, level=3)
    second = person("second")
    started_as = second.subject_id
    identity.bind(second, ZHANG)
    identity.restore_subject(second, 2)
    commit()
    assert second.subject_id == started_as
    # Whoever leaves with less proven lowers nothing for who comes after.
    identity.close(second, level=2)
    third = person("third")
    identity.bind(third, ZHANG)
    identity.restore_subject(third, 2)
    assert third.subject_id not in {known_as, started_as}
    identity.restore_subject(third, 3)
    identity.restore_subject(third, 3)
    commit()
    assert third.subject_id == known_as
    told = select(OutboxMessage).where(OutboxMessage.kind == identity.SUBJECT_CHANGED)
    assert [one.account_id for one in db.session.scalars(told)] == [third.id]


def test_two_documents_of_one_person_lend_no_two_accounts_one_subject(context: Flask) -> None:
    first = person("zhang")
    for one in (ZHANG, NETWORK):
        identity.bind(first, one)
    identity.close(first)
    by_number, by_network = person("number"), person("network")
    identity.bind(by_number, ZHANG)
    identity.bind(by_network, NETWORK)
    commit()
    assert by_number.subject_id == first.subject_id != by_network.subject_id


def test_without_any_number_an_account_stands_for_itself(context: Flask) -> None:
    first = person("zhang")
    known_as = first.subject_id
    identity.close(first)
    commit()
    assert person("zhang").subject_id != known_as


def test_a_network_number_carries_a_person_on_without_an_identity_number(context: Flask) -> None:
    first = person("zhang")
    identity.bind(first, NETWORK)
    commit()
    known_as = first.subject_id
    assert accounts.birthdate_of(first) is None
    identity.close(first)
    second = person("zhang")
    identity.bind(second, NETWORK)
    commit()
    assert second.subject_id == known_as


def test_a_number_shown_after_the_network_number_finds_the_older_account_s_subjects(context: Flask) -> None:
    first = person("zhang")
    identity.bind(first, ZHANG)
    commit()
    known_as = first.subject_id
    identity.close(first)
    second = person("zhang")
    identity.bind(second, NETWORK)
    identity.bind(second, ZHANG)
    commit()
    assert second.subject_id == known_as
    assert {row.subject_id for row in db.session.scalars(select(KnownIdentity))} == {known_as}
    assert identity.of(second) == ZHANG


def test_a_network_number_beside_a_number_does_not_replace_it(context: Flask) -> None:
    account = person("zhang")
    identity.bind(account, ZHANG)
    identity.bind(account, NETWORK)
    commit()
    assert identity.of(account) == ZHANG
    for one in (ZHANG, NETWORK):
        found = identity.find_account(one)
        assert found is not None
        assert found.id == account.id


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (("foreign_resident", "USA330190010112"), ("foreign_resident", "933840199001010013")),
        (("passport", "E12345678"), ("passport", "E87654321")),
        (("passport", "H12345678"), ("residence_permit", "810000199001010019")),
    ],
)
def test_a_newer_card_of_the_same_person_is_added(
    context: Flask, held: tuple[str, str], shown: tuple[str, str]
) -> None:
    account = person("zhang")
    for one in (held, shown):
        identity.bind(account, identity.parse(*one))
    commit()
    assert identity.of(account) == identity.parse(*shown)
    for one in (held, shown):
        found = identity.find_account(identity.parse(*one))
        assert found is not None
        assert found.id == account.id
    identity.close(account)
    again = person("again")
    identity.bind(again, identity.parse(*held))
    commit()
    assert again.subject_id == account.subject_id


def test_a_passport_of_another_country_is_another_persons(context: Flask) -> None:
    account = person("zhang")
    identity.bind(account, identity.parse("passport", "E12345678", "CHN"))
    with pytest.raises(Conflict):
        identity.bind(account, identity.parse("passport", "E12345678", "USA"))


def test_a_card_with_another_birthday_is_another_persons(context: Flask) -> None:
    account = person("foreigner")
    identity.bind(account, identity.parse("foreign_resident", "933840199001010013"))
    other = identity.parse("foreign_resident", numbers.with_check("93384019910101001"))
    with pytest.raises(Conflict):
        identity.bind(account, other)


def test_closing_erases_the_person_and_is_on_record(context: Flask) -> None:
    account = accounts.create(Person("zhang", "张伟", phone="13800138000"))
    identity.bind(account, ZHANG)
    accounts.set_residence(account, "330106")
    identity.close(account, actor="self")
    identity.close(account)  # once more: nothing
    commit()
    db.session.expunge_all()
    account = accounts.get(account.id)
    assert account.status == accounts.CLOSED
    assert accounts.name_of(account) == ""
    facts = (accounts.phone_of(account), accounts.birthdate_of(account), accounts.gender_of(account))
    assert facts == (None, None, None)
    assert (account.username, identity.of(account), accounts.residence_of(account)) == (None, None, None)
    assert identity.find_account(ZHANG) is None
    names = db.session.scalars(select(AuditEvent.name).where(AuditEvent.account_id == account.id)).all()
    assert names.count("account.closed") == 1
    with pytest.raises(Forbidden):
        identity.bind(account, ZHANG)


# ------------------------------------------------------------------------------------------------ races


def test_of_many_who_claim_one_number_at_once_one_gets_it(rooms: Flask) -> None:
    with rooms.app_context():
        ids = [person(f"claimant{number}").id for number in range(crowd.AT_ONCE)]
        db.session.rollback()
    results = crowd.at_once(rooms, lambda number: identity.bind(accounts.get(ids[number]), ZHANG))
    lost = [one for one in results if isinstance(one, Exception)]
    assert len(lost) == crowd.AT_ONCE - 1
    assert {one.code for one in lost if isinstance(one, Conflict)} == {"identity_taken"}
    assert all(isinstance(one, Conflict) for one in lost)
    with rooms.app_context():
        found = identity.find_account(ZHANG)
        assert found is not None
        assert found.id in ids
        holders = select(Account.id).where(Account.identity_index.is_not(None))
        assert db.session.scalars(holders).all() == [found.id]


def test_of_many_who_come_back_at_once_one_gets_the_old_subject(rooms: Flask) -> None:
    with rooms.app_context():
        first = person("zhang")
        identity.bind(first, ZHANG)
        known_as = first.subject_id
        identity.close(first)
        commit()
        ids = [person(f"claimant{number}").id for number in range(crowd.AT_ONCE)]
        db.session.rollback()
    crowd.at_once(rooms, lambda number: identity.bind(accounts.get(ids[number]), ZHANG))
    with rooms.app_context():
        same = select(Account.id).where(Account.subject_id == known_as, Account.status == accounts.ACTIVE)
        assert len(db.session.scalars(same).all()) == 1


def test_of_two_numbers_claimed_by_one_account_at_once_one_is_bound(rooms: Flask) -> None:
    with rooms.app_context():
        account_id = person("zhang").id
        db.session.rollback()
    both = (ZHANG, LI)
    results = crowd.at_once(rooms, lambda at: identity.bind(accounts.get(account_id), both[at]), 2)
    assert len([one for one in results if isinstance(one, Conflict)]) == 1
    with rooms.app_context():
        assert len(db.session.scalars(select(KnownIdentity)).all()) == 1
