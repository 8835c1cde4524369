"""The inbox: all notices, by key, read once opened, nobody else's."""

from uuid import uuid4

import pytest

from idp.accounts import account as accounts
from idp.accounts import notice
from idp.db import commit
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def reader(person: Person, sign_in: SignIn) -> Visitor:
    return sign_in(person)


def tell(provider: Provider, person: Person, *names: str, **values: str) -> None:
    with provider.context():
        for name in names:
            notice.tell(accounts.get(person.id), name, **values)
        commit()


def said(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_an_empty_inbox_says_so(reader: Visitor) -> None:
    reader.go("/account/inbox")
    assert 'id="inbox"' not in said(reader)
    assert reader.response.status_code == 200


def test_what_was_opened_is_read(either: Provider, person: Person, reader: Visitor) -> None:
    tell(either, person, "looked_up", organization="西湖区", reason="<b>window 3</b>")
    tell(either, person, "password_changed")
    reader.go("/account/inbox")
    assert "西湖区" in said(reader)
    with either.context():
        newest, older = notice.recent(person.id)
    reader.go(f"/account/inbox/{older.id}")
    assert "&lt;b&gt;window 3&lt;/b&gt;" in said(reader)
    assert 'id="notice-not-me"' not in said(reader)
    reader.go(f"/account/inbox/{newest.id}")
    assert 'id="notice-not-me"' in said(reader)
    with either.context():
        assert notice.unread(person.id) == 0


def test_all_are_marked_at_once(either: Provider, person: Person, reader: Visitor) -> None:
    tell(either, person, "password_changed", "password_changed")
    reader.go("/account/inbox")
    reader.send("inbox-read")
    assert reader.is_at("/account/inbox")
    with either.context():
        assert notice.unread(person.id) == 0


def test_many_come_page_by_page(either: Provider, person: Person, reader: Visitor) -> None:
    tell(either, person, *["password_changed"] * 25)
    reader.go("/account/inbox")
    assert said(reader).count("data-notice=") == 20
    with either.context():
        last = notice.recent(person.id, 20)[-1].id
    reader.go(f"/account/inbox?before={last}")
    assert said(reader).count("data-notice=") == 5
    assert 'id="inbox-newest"' in said(reader)


def test_nobody_opens_the_notice_of_somebody_else(either: Provider, reader: Visitor) -> None:
    other = either.person()
    tell(either, other, "password_changed")
    with either.context():
        (theirs,) = notice.recent(other.id)
    assert reader.open(f"/account/inbox/{theirs.id}").status_code == 404
    assert reader.open(f"/account/inbox/{uuid4()}").status_code == 404
    with either.context():
        assert notice.unread(other.id) == 1


@pytest.mark.parametrize("before", ["x", "%00", "张", "0" * 9000])
def test_a_made_up_key_shows_the_newest(reader: Visitor, before: str) -> None:
    assert reader.open(f"/account/inbox?before={before}").status_code == 200


def test_the_inbox_is_for_who_is_signed_in(either: Provider) -> None:
    stranger = Visitor(either.app, either.settings.issuer)
    stranger.go("/account/inbox")
    assert stranger.is_at("/login")
