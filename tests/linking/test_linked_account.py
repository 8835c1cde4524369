"""One older account for a person at a service, one person for an older account: also of many at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.notice import Notice
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, IdpError, InvalidInput
from idp.linking import linked_account
from idp.linking.linked_account import CHECKED, COUNTER_CODE, LOGGED_IN
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.tokens import account_closing, account_logout
from tests.accounts.crowd import at_once
from tests.linking import older_system
from tests.provider import Provider


def link(provider: Provider, account_id: UUID, client_id: str, legacy_id: str) -> str:
    with provider.context():
        try:
            linked_account.link(accounts.get(account_id), client_id, legacy_id, LOGGED_IN)
            commit()
        except IdpError as error:
            db.session.rollback()
            return error.code
        return ""


def legacy_id(provider: Provider, account_id: UUID, client_id: str) -> str | None:
    with provider.context():
        found = linked_account.find(account_id, client_id)
        return linked_account.legacy_id_of(found) if found else None


def signals(account_id: UUID) -> list[str]:
    rows = db.session.query(OutboxMessage).filter_by(account_id=account_id, kind=signal.KIND)
    rows = rows.order_by(OutboxMessage.id)
    return [row.payload["signal"] for row in rows if row.payload["signal"].endswith("linked")]


def test_a_link_is_told_to_the_person_and_to_the_service(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    assert link(either, person.id, site.id, " 卡-0007 ") == ""
    assert link(either, person.id, site.id, "卡-0007") == "", "the same again changes nothing"
    assert legacy_id(either, person.id, site.id) == "卡-0007"
    with either.context():
        assert signals(person.id) == ["account_linked"]
        assert [n.name for n in db.session.query(Notice).filter_by(account_id=person.id)] == [
            "account_linked"
        ]
        (event,) = db.session.query(AuditEvent).filter_by(account_id=person.id, name="account.linked")
        assert (event.client_id, event.data) == (site.id, {"how": LOGGED_IN})
        row = linked_account.find(person.id, site.id)
        assert row is not None
        assert "0007" not in row.legacy_sealed


def test_an_older_account_belongs_to_one_person_and_a_person_has_one(either: Provider) -> None:
    one, other, site = either.person(), either.person(), older_system.site(either)
    assert link(either, one.id, site.id, "A") == ""
    assert link(either, other.id, site.id, "A") == "legacy_account_taken"
    assert link(either, one.id, site.id, "B") == "link_exists"
    assert link(either, one.id, older_system.site(either).id, "A") == "", "another service, another account"
    assert legacy_id(either, one.id, site.id) == "A"
    assert legacy_id(either, other.id, site.id) is None


def test_of_many_people_at_once_one_gets_the_older_account(either: Provider) -> None:
    people, site = [either.person() for _ in range(8)], older_system.site(either)

    def act(number: int) -> None:
        account = accounts.get(people[number].id)
        linked_account.link(account, site.id, "RACE", COUNTER_CODE)

    results = at_once(either.app, act, len(people))
    assert results.count(None) == 1
    assert all(isinstance(one, Conflict) for one in results if one is not None)
    assert [legacy_id(either, one.id, site.id) for one in people].count("RACE") == 1


def test_of_many_older_accounts_at_once_a_person_gets_one(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)

    def act(number: int) -> None:
        linked_account.link(accounts.get(person.id), site.id, f"MANY-{number}", CHECKED)

    results = at_once(either.app, act, 8)
    assert results.count(None) == 1
    assert all(isinstance(one, Conflict) for one in results if one is not None)


def test_unlinking_is_told_and_twice_does_no_harm(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    link(either, person.id, site.id, "A")
    with either.context():
        account = accounts.get(person.id)
        assert linked_account.unlink(account, site.id)
        assert not linked_account.unlink(account, site.id)
        commit()
        assert signals(person.id) == ["account_linked", "account_unlinked"]
        names = [n.name for n in db.session.query(Notice).filter_by(account_id=person.id)]
        assert sorted(names) == ["account_linked", "account_unlinked"]
    assert link(either, either.person().id, site.id, "A") == "", "somebody else can have it now"


def test_what_is_not_committed_links_nothing(either: Provider) -> None:
    """A crash between the link and its end leaves neither link nor word of it."""
    person, site = either.person(), older_system.site(either)
    with either.context():
        linked_account.link(accounts.get(person.id), site.id, "A", LOGGED_IN)
        db.session.rollback()
        assert signals(person.id) == []
    assert legacy_id(either, person.id, site.id) is None
    assert link(either, either.person().id, site.id, "A") == ""


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "a\0b", "a\nb", "\u202ea"])
def test_an_id_that_nobody_can_have_is_refused(provider: Provider, text: str) -> None:
    with provider.context(), pytest.raises(InvalidInput) as refused:
        linked_account.check_legacy_id(text)
    assert refused.value.code == "legacy_id_malformed"


def test_a_closed_account_links_nothing_and_loses_what_it_had(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    link(either, person.id, site.id, "A")
    with either.context():
        account_closing.close(accounts.get(person.id), actor=str(person.id))
        commit()
        with pytest.raises(Forbidden):
            linked_account.link(accounts.get(person.id), site.id, "A", LOGGED_IN)
        db.session.rollback()
        assert "account_unlinked" in signals(person.id)
    assert legacy_id(either, person.id, site.id) is None


def test_whose_name_was_taken_over_keeps_only_later_links(either: Provider) -> None:
    person, early, late = either.person(), older_system.site(either), older_system.site(either)
    link(either, person.id, early.id, "A")
    with either.context():
        before = clock.now() + timedelta(milliseconds=1)
    link(either, person.id, late.id, "B")
    with either.context():
        row = linked_account.find(person.id, late.id)
        assert row is not None
        row.linked_at = before + timedelta(seconds=1)
        commit()
        payload = {"before": before.isoformat()}
        account_logout.after_takeover(OutboxMessage(account_id=person.id, payload=payload))
        commit()
    assert legacy_id(either, person.id, early.id) is None
    assert legacy_id(either, person.id, late.id) == "B"


def test_a_merged_account_brings_its_links_along(either: Provider) -> None:
    kept, closed = either.person(), either.person()
    both, one = older_system.site(either), older_system.site(either)
    for person, name in ((kept, "KEPT"), (closed, "CLOSED")):
        link(either, person.id, both.id, name)
    link(either, closed.id, one.id, "ONE")
    with either.context():
        linked_account.move(closed.id, accounts.get(kept.id))
        commit()
    assert legacy_id(either, kept.id, both.id) == "KEPT"
    assert legacy_id(either, kept.id, one.id) == "ONE"
    assert legacy_id(either, closed.id, one.id) is None


@pytest.mark.parametrize(
    ("legacy", "shown"),
    [("CARD-0007", "******07"), ("1234567", "*****67"), ("123456", "******"), ("1", "*"), ("张三", "**")],
)
def test_of_an_id_its_end_is_shown(legacy: str, shown: str) -> None:
    assert linked_account.masked(legacy) == shown
