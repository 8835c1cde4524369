from uuid import UUID

import pytest

from idp.sessions import session as sessions
from tests.person import Visitor
from tests.provider import Provider, SignIn

LIST = "/account/sessions"


def live(provider: Provider, account_id: UUID) -> list[str]:
    with provider.context():
        return [str(session.id) for session in sessions.live_sessions(account_id)]


def listed(visitor: Visitor) -> list[str]:
    return [value for name, value in visitor.page.forms[0].buttons.values() if name == "session"]


def test_every_login_is_listed_this_one_first(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    sign_in(person)
    first = sign_in(person)
    sign_in(person)
    first.go(LIST)
    assert sorted(listed(first)) == sorted(live(either, person.id))
    assert len(listed(first)) == 3
    text = "".join(first.page.texts)
    assert text.index("this device") < text.index("End this session")
    assert "127.0.0.1" in text


def test_one_session_is_ended_and_no_other(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    other, mine = sign_in(person), sign_in(person)
    mine.go(LIST)
    ended = listed(mine)[1]
    mine.send(ended)
    assert mine.is_at(LIST)
    assert "This session is ended" in "".join(mine.page.texts)
    assert live(either, person.id) == listed(mine)
    other.go("/account")
    assert other.is_at("/login")
    # Once more, as after the back button: nothing is left to end.
    mine.go(LIST)
    assert len(listed(mine)) == 1


def test_all_others_are_ended(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    others = [sign_in(person), sign_in(person)]
    mine = sign_in(person)
    mine.go(LIST)
    mine.send("end-others", number=1)
    assert "ended" in "".join(mine.page.texts)
    assert len(live(either, person.id)) == 1
    for other in others:
        assert other.open("/account").status_code == 303


def test_this_browsers_own_session_is_ended_by_logging_out(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    mine = sign_in(person)
    mine.go(LIST)
    mine.send(listed(mine)[0], follow=False)
    assert mine.location == "/end_session"
    assert live(either, person.id)


@pytest.mark.parametrize("wanted", ["", "x", "\x00", "张", "x" * 10_000])
def test_what_is_no_session_ends_nothing(either: Provider, sign_in: SignIn, wanted: str) -> None:
    person = either.person()
    mine = sign_in(person)
    mine.go(LIST)
    mine.send(listed(mine)[0], values={"session": wanted})
    assert mine.response.status_code in {200, 400}
    assert len(live(either, person.id)) == 1


def test_nobody_ends_somebody_elses_session(either: Provider, sign_in: SignIn) -> None:
    victim, stranger = either.person(), either.person()
    sign_in(victim)
    visitor = sign_in(stranger)
    visitor.go(LIST)
    visitor.send(listed(visitor)[0], values={"session": live(either, victim.id)[0]})
    assert len(live(either, victim.id)) == 1
