"""Codes from a counter: good once, for one older account, for some days, and not to be guessed."""

from uuid import UUID

import pytest

from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import IdpError, InvalidInput, TooMany
from idp.linking import link_code, linked_account
from idp.linking.link_code import AccountLinkCode
from tests.accounts.crowd import at_once
from tests.linking import older_system
from tests.provider import Provider


def issue(provider: Provider, client_id: str, legacy_id: str, seconds: int = 600) -> str:
    with provider.context():
        code, _ = link_code.issue(client_id, legacy_id, seconds)
        commit()
        return code


def redeem(provider: Provider, account_id: UUID, code: str) -> str:
    with provider.context():
        try:
            linked = link_code.redeem(accounts.get(account_id), code)
            commit()
        except IdpError as error:
            db.session.rollback()
            return error.code
        return linked_account.legacy_id_of(linked)


def test_a_code_links_once_however_it_is_typed(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    code = issue(either, site.id, "CARD-1")
    assert len(code) == 11
    assert redeem(either, person.id, f" {code.lower().replace('-', ' ')} ") == "CARD-1"
    assert redeem(either, person.id, code) == "link_code_wrong", "a code is good once"
    assert redeem(either, either.person().id, code) == "link_code_wrong"


def test_a_new_code_voids_the_one_before(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    old, other = issue(either, site.id, "CARD-2"), issue(either, site.id, "CARD-3")
    new = issue(either, site.id, "CARD-2")
    assert redeem(either, person.id, old) == "link_code_wrong"
    assert redeem(either, person.id, new) == "CARD-2"
    assert redeem(either, either.person().id, other) == "CARD-3"


def test_a_code_that_could_not_be_used_stays_good(either: Provider) -> None:
    """The person has linked another account there, unlinks it, and types the same code again."""
    person, site = either.person(), older_system.site(either)
    with either.context():
        linked_account.link(accounts.get(person.id), site.id, "OTHER", linked_account.CHECKED)
        commit()
    code = issue(either, site.id, "CARD-4")
    assert redeem(either, person.id, code) == "link_exists"
    with either.context():
        linked_account.unlink(accounts.get(person.id), site.id)
        commit()
    assert redeem(either, person.id, code) == "CARD-4"


def test_of_many_who_type_one_code_at_once_one_gets_the_account(either: Provider) -> None:
    people, site = [either.person() for _ in range(8)], older_system.site(either)
    code = issue(either, site.id, "CARD-5")

    def act(number: int) -> None:
        link_code.redeem(accounts.get(people[number].id), code)

    results = at_once(either.app, act, len(people))
    assert results.count(None) == 1
    assert all(isinstance(one, InvalidInput) for one in results if one is not None)


def test_a_code_ends_and_is_swept(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    code = issue(either, site.id, "CARD-6", seconds=1)
    with either.context():
        row = db.session.query(AccountLinkCode).filter_by(client_id=site.id).one()
        row.expires_at = row.expires_at.replace(year=2020)
        commit()
    assert redeem(either, person.id, code) == "link_code_wrong"
    with either.context():
        assert link_code.sweep() >= 1
        assert not db.session.query(AccountLinkCode).filter_by(client_id=site.id).all()


def test_nobody_guesses_a_code(either: Provider) -> None:
    person, site = either.person(), older_system.site(either)
    code = issue(either, site.id, "CARD-7")
    for _ in range(link_code.WRONG_A_DAY):
        assert redeem(either, person.id, "22222-22222") == "link_code_wrong"
    with either.context(), pytest.raises(TooMany):
        link_code.redeem(accounts.get(person.id), code)
    assert redeem(either, either.person().id, code) == "CARD-7", "a guesser locks out nobody else"


@pytest.mark.parametrize("typed", ["", "x", "K7M2P-Q9XT", "张三" * 20, "\0", "\ud800", "2" * 100_000])
def test_what_is_no_code_is_wrong(either: Provider, typed: str) -> None:
    assert redeem(either, either.person().id, typed) == "link_code_wrong"


@pytest.mark.parametrize("seconds", [0, -1, link_code.MOST_DAYS * link_code.DAY + 1])
def test_a_life_nobody_allows_is_refused(provider: Provider, seconds: int) -> None:
    with provider.context(), pytest.raises(InvalidInput) as refused:
        link_code.issue("x", "A", seconds)
    assert refused.value.field == "expires_in"


def test_neither_code_nor_id_is_kept_in_the_clear(either: Provider) -> None:
    site = older_system.site(either)
    code = issue(either, site.id, "CARD-8")
    with either.context():
        row = db.session.query(AccountLinkCode).filter_by(client_id=site.id).one()
        assert code.replace("-", "").encode() not in row.digest
        assert "CARD-8" not in row.legacy_sealed
        (event,) = db.session.query(AuditEvent).filter_by(client_id=site.id, name="link_code.issued")
        assert event.data == {}
