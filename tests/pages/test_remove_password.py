from idp.accounts import notice
from idp.authenticators import pwd
from tests.pages import keyring
from tests.person import PASSWORD, Visitor
from tests.provider import ISSUER, Provider, SignIn

HERE = "/account/password/remove"


def test_whoever_has_a_passkey_can_do_without(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/sign-in-methods")
    assert "password-remove" not in visitor.response.get_data(as_text=True)
    key = keyring.add(visitor)
    assert "password-remove" in visitor.response.get_data(as_text=True)
    visitor.go(HERE)
    keyring.show(visitor, key)
    visitor.send("remove-confirm")
    assert "Your password is removed" in "".join(visitor.page.texts)
    with either.context():
        assert pwd.find_hash(person.id) is None
        assert notice.recent(person.id)[0].name == "password_removed"
    stranger = Visitor(either.app, ISSUER, language="en")
    stranger.go("/login")
    stranger.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    assert stranger.response.status_code == 400
    visitor.go(HERE)
    assert visitor.is_at("/account/sign-in-methods")
    visitor.go("/account/password")
    assert "current_password" not in visitor.response.get_data(as_text=True)
    visitor.send("password-submit", values={"new_password": "yesterday was a good day"})
    assert visitor.is_at("/account/sign-in-methods")


def test_the_last_way_in_stays(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go(HERE)
    visitor.send("remove-confirm")
    assert visitor.response.status_code == 409
    assert "last way" in visitor.response.get_data(as_text=True)
    with either.context():
        assert pwd.find_hash(person.id) is not None
