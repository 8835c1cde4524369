from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.proofing import case as cases
from idp.proofing import evidence
from idp.tokens import account_closing, narrowing
from tests.claims import proven
from tests.provider import Provider


def test_everything_follows_an_account_that_is_closed(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    tokens = site.tokens(person)
    with provider.context():
        account = accounts.get(person.id)
        evidence.add(account, "register", source="register")
        account_closing.close(account, actor="test")
        commit()
        assert account.status == accounts.CLOSED
        assert account.standing == []
        assert notice.recent(account.id) == []
        assert [piece.end_reason for piece in evidence.of_account(account.id)] == ["account_closed"]
        told = select(OutboxMessage).where(
            OutboxMessage.account_id == account.id, OutboxMessage.kind == evidence.STANDING_CHANGED
        )
        for message in db.session.scalars(told).all():
            narrowing.standing_changed(message)
        commit()
        closed = select(AuditEvent).where(
            AuditEvent.account_id == account.id, AuditEvent.name == "account.closed"
        )
        assert db.session.scalars(closed).one().actor == "test"
    assert site.introspect(tokens["access_token"]) == {"active": False}
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_others_are_left_alone(provider: Provider) -> None:
    with provider.context():
        one, other = proven.citizen(provider), proven.citizen(provider)
        account_closing.close(one, actor="test")
        commit()
        assert accounts.get(other.id).status == accounts.ACTIVE
        assert other.standing


def test_the_person_hears_of_it_on_the_phone_that_is_erased(provider: Provider) -> None:
    with provider.context():
        person = proven.citizen(provider)
        accounts.change_phone(person, "+8613900000123")
        account_closing.close(person, actor="test")
        commit()
        assert accounts.phone_of(person) is None
        told = select(OutboxMessage).where(
            OutboxMessage.account_id == person.id, OutboxMessage.kind == notice.KIND
        )
        message = db.session.scalars(told.order_by(OutboxMessage.id.desc())).first()
        assert message is not None
        assert message.payload["name"] == "account_closed"
        assert "139" not in str(message.payload)


def test_less_proof_than_before_does_not_make_anybody_the_person_of_before(either: Provider) -> None:
    number = proven.citizen_number()
    with either.context():
        first = proven.citizen(either, number=number)
        known_as = first.subject_id
        account_closing.close(first, actor="test")
        commit()
        second = proven.citizen(either, "register", "operator3", number=number)
        assert second.subject_id != known_as
        evidence.add(second, "bank4", source="bank4")
        commit()
        assert second.subject_id == known_as


def test_an_open_case_ends_however_many_came_after_it(provider: Provider) -> None:
    with provider.context():
        person = proven.citizen(provider)
        oldest = cases.begin(person, "counter")
        for _ in range(60):
            cases.cancel(cases.begin(person, "point"))
        commit()
        account_closing.close(person, actor="test")
        commit()
        assert not oldest.is_open
        assert oldest.state == "cancelled"
