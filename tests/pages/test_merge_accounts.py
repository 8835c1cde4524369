import pytest

from idp.accounts import account as accounts
from idp.accounts import identity, merging
from idp.db import commit
from idp.errors import Conflict
from idp.linking import linked_account
from idp.sessions import session as sessions
from tests.claims import proven
from tests.person import PASSWORD, Person, Visitor
from tests.provider import Provider, SignIn


def duplicates(either: Provider, *, totp: bool = False) -> tuple[Person, Person]:
    """The person's account that holds the identity, and the second one that proved it."""
    holder, other = either.person(totp=totp), either.person()
    with either.context():
        shown = identity.parse("citizen_id", proven.citizen_number())
        identity.bind(accounts.get(holder.id), shown)
        with pytest.raises(Conflict):
            identity.bind(accounts.get(other.id), shown)
        merging.note(accounts.get(other.id), shown)
        commit()
    return holder, other


def status(either: Provider, person: Person) -> str:
    with either.context():
        return accounts.get(person.id).status


def name_the_other(visitor: Visitor, other: Person, **values: str) -> None:
    visitor.go("/account/merge")
    visitor.send("merge-submit", values={"identifier": other.username, "password": PASSWORD, **values})


def test_from_the_second_account_into_the_first(either: Provider, sign_in: SignIn) -> None:
    holder, other = duplicates(either, totp=True)
    visitor = sign_in(other)
    name_the_other(visitor, holder)
    assert visitor.response.status_code == 400
    assert 'id="code-error"' in visitor.response.get_data(as_text=True)
    name_the_other(visitor, holder, code=holder.code())
    assert visitor.is_at("/account/merge/confirm")
    shown = visitor.response.get_data(as_text=True)
    assert shown.index(holder.username) < shown.index(other.username)
    assert (status(either, holder), status(either, other)) == ("active", "active")
    visitor.send("merge-confirm")
    assert visitor.is_at("/login")
    assert (status(either, holder), status(either, other)) == ("active", "closed")
    with either.context():
        assert sessions.live_sessions(other.id) == []


def test_from_the_first_account_the_session_goes_on(either: Provider, sign_in: SignIn) -> None:
    holder, other = duplicates(either)
    with either.context():
        linked_account.link(
            accounts.get(other.id), "older-system", f"CARD-{other.id}", linked_account.CHECKED
        )
        commit()
    visitor = sign_in(holder)
    name_the_other(visitor, other)
    visitor.send("merge-confirm")
    assert visitor.is_at("/account")
    assert "now one" in visitor.response.get_data(as_text=True)
    assert (status(either, holder), status(either, other)) == ("active", "closed")
    with either.context():
        assert linked_account.find(holder.id, "older-system"), "older accounts come along"


@pytest.mark.parametrize(
    "values",
    [
        {"identifier": ""},
        {"identifier": "nobody-there"},
        {"password": ""},
        {"password": "wrong password here"},
        {"identifier": "x" * 5000, "password": "y" * 5000},
    ],
)
def test_without_the_other_s_password_nothing_happens(
    either: Provider, sign_in: SignIn, values: dict[str, str]
) -> None:
    holder, other = duplicates(either)
    visitor = sign_in(other)
    name_the_other(visitor, holder, **values)
    assert visitor.response.status_code == 400
    visitor.open("/account/merge/confirm")
    assert visitor.location.endswith("/account/merge")
    assert status(either, other) == "active"


def test_two_people_are_never_merged(either: Provider, sign_in: SignIn) -> None:
    one, other = either.person(), either.person()
    visitor = sign_in(one)
    name_the_other(visitor, other)
    assert visitor.response.status_code == 409
    assert "not proven" in visitor.response.get_data(as_text=True)


def test_what_was_authenticated_counts_once_and_for_this_session(either: Provider, sign_in: SignIn) -> None:
    holder, other = duplicates(either)
    visitor = sign_in(holder)
    name_the_other(visitor, other)
    elsewhere = sign_in(holder)
    elsewhere.open("/account/merge/confirm")
    assert elsewhere.location.endswith("/account/merge")
    visitor.send("merge-confirm")
    visitor.open("/account/merge/confirm")
    assert visitor.location.endswith("/account/merge")


def test_guessing_through_this_page_is_counted_as_guessing(either: Provider, sign_in: SignIn) -> None:
    holder, other = duplicates(either)
    visitor = sign_in(other)
    for _ in range(30):
        name_the_other(visitor, holder, password="guess guess guess")
        if visitor.response.status_code == 429:
            break
    assert visitor.response.status_code == 429
