"""Renaming and removing one's own passkeys and certificates."""

import threading
from uuid import UUID, uuid4

import pytest

from idp.accounts import notice
from idp.authenticators import enrolled, passkey, pwd
from idp.db import commit
from tests.authenticators.soft_passkey import SoftPasskey
from tests.pages import keyring
from tests.person import Person, Visitor
from tests.provider import ISSUER, Provider, SignIn


def own(provider: Provider, person: Person) -> list[UUID]:
    with provider.context():
        return [one.id for one in passkey.of_account(person.id)]


def prove(visitor: Visitor, key: SoftPasskey, path: str) -> None:
    """Go to *path*, confirming with the passkey on the way."""
    visitor.go(path)
    if visitor.is_at("/account/reauthenticate"):
        keyring.show(visitor, key)
    assert visitor.path == path


def test_another_name(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor)
    prove(visitor, key, f"/account/passkeys/{own(either, person)[0]}")
    visitor.send("name-submit", values={"name": ""})
    assert visitor.response.status_code == 400
    visitor.send("name-submit", values={"name": "<b>Old phone</b>"})
    assert visitor.is_at("/account/sign-in-methods")
    assert "&lt;b&gt;Old phone" in visitor.response.get_data(as_text=True)
    with either.context():
        assert notice.recent(person.id)[0].name == "passkey_renamed"


def test_removed_after_a_question(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor)
    (one,) = own(either, person)
    prove(visitor, key, f"/account/passkeys/{one}/remove")
    assert own(either, person) == [one]
    visitor.send("remove-confirm")
    assert "The passkey is removed" in "".join(visitor.page.texts)
    assert own(either, person) == []
    with either.context():
        assert notice.recent(person.id)[0].name == "passkey_removed"


def test_the_last_way_in_stays(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor)
    with either.context():
        pwd.remove(person.id)
        commit()
    prove(visitor, key, f"/account/passkeys/{own(either, person)[0]}/remove")
    visitor.send("remove-confirm")
    assert visitor.response.status_code == 409
    assert "last way" in visitor.response.get_data(as_text=True)
    with either.context():
        assert enrolled.begins_a_login(enrolled.of(person.id))


def test_of_two_removals_at_once_one_is_refused(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    first = keyring.add(visitor)
    visitor.go("/account/passkeys")
    keyring.show(visitor, first)
    keyring.add(visitor)
    ids = own(either, person)
    assert len(ids) == 2
    with either.context():
        pwd.remove(person.id)
        commit()
    tabs = []
    for one in ids:
        tab = Visitor(either.app, ISSUER, language="en")
        tab.client = visitor.client.application.test_client()
        tab.go("/login")
        keyring.show(tab, first)
        tab.go(f"/account/passkeys/{one}/remove")
        tabs.append(tab)
    barrier = threading.Barrier(2)

    def press(tab: Visitor) -> None:
        barrier.wait()
        tab.send("remove-confirm")

    threads = [threading.Thread(target=press, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tab.response.status_code for tab in tabs) == [200, 409]
    assert len(own(either, person)) == 1


@pytest.mark.parametrize("path", ["passkeys", "certificates"])
def test_somebody_elses_is_not_there(either: Provider, sign_in: SignIn, path: str) -> None:
    victim = either.person()
    keyring.add(sign_in(victim))
    visitor = sign_in(either.person())
    for one in (*own(either, victim), uuid4()):
        for page in ("", "/remove"):
            assert visitor.open(f"/account/{path}/{one}{page}").status_code == 404
    assert len(own(either, victim)) == 1
    assert visitor.open("/account/passkeys/not-an-id").status_code == 404
