from idp.accounts import account as accounts
from idp.db import commit
from idp.sessions import session as sessions
from tests.person import PASSWORD
from tests.provider import Provider, SignIn


def test_a_person_closes_the_account(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/close")
    visitor.send("close-submit")
    assert visitor.response.status_code == 400
    assert "Tick the box" in visitor.response.get_data(as_text=True)
    visitor.send("close-submit", values={"understood": "1"})
    assert visitor.is_at("/")
    with either.context():
        assert accounts.get(person.id).status == accounts.CLOSED
        assert sessions.live_sessions(person.id) == []
    visitor.go("/account")
    assert visitor.is_at("/login")
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    assert visitor.response.status_code == 400


def test_only_a_citizen_s_own_account_is_closed_here(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    with either.context():
        accounts.get(person.id).kind = accounts.OFFICIAL
        commit()
    visitor = sign_in(person)
    assert visitor.open("/account/close").status_code == 403
