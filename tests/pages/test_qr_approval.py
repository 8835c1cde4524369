"""The phone that answers for another screen: what it is shown, and when it must prove itself first."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from idp.authenticators import qr
from idp.db import commit
from idp.sessions import session as sessions
from tests.person import PASSWORD, Person, Visitor
from tests.provider import Provider, SignIn


def begun(either: Provider, **facts: str) -> qr.Request:
    with either.context():
        given = {"device": "d" * 32, "client_id": None, "user_agent": "", "address": "192.0.2.7"}
        return qr.begin(**(given | facts))  # type: ignore[arg-type]


def change_sessions(either: Provider, person: Person, **values: object) -> None:
    with either.context():
        for session in sessions.live_sessions(person.id):
            for name, value in values.items():
                setattr(session, name, value)
        commit()


def test_the_phone_sees_who_asks_from_where(either: Provider, sign_in: SignIn) -> None:
    request = begun(either, user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    phone = sign_in(either.person(name="周敏"))
    phone.go(f"/qr/{request.handle}")
    text = phone.response.get_data(as_text=True)
    for part in ("周敏", "Firefox · Windows", "192.0.2.7", "Is that screen in front of you?"):
        assert part in text
    assert [int(one) for one in re.findall(r'name="number" value="(\d\d)"', text)] == list(request.choices)
    assert text.count("checked") == 0


def test_who_is_not_logged_in_logs_in_first_and_comes_back(either: Provider) -> None:
    request, person = begun(either), either.person()
    phone = Visitor(either.app, either.settings.issuer, language="en")
    phone.go(f"/qr/{request.handle}")
    assert phone.is_at("/login")
    phone.log_in(person)
    assert phone.is_at(f"/qr/{request.handle}")


@pytest.mark.parametrize("why", ["old", "by_qr"])
def test_an_old_login_and_one_by_qr_code_vouch_for_nobody(
    either: Provider, sign_in: SignIn, why: str
) -> None:
    request, person = begun(either), either.person()
    phone = sign_in(person)
    with either.context():
        old = sessions.live_sessions(person.id)[0].auth_time - timedelta(days=2)
    change_sessions(either, person, **({"auth_time": old} if why == "old" else {"methods": ["qr"]}))
    phone.go(f"/qr/{request.handle}")
    assert phone.is_at("/account/reauthenticate")
    assert request.handle in unquote(phone.path)
    phone.send("reauthenticate-submit", values={"password": PASSWORD})
    assert phone.is_at(f"/qr/{request.handle}")
    phone.send("qr-approve", values={"number": str(request.number)})
    assert phone.response.status_code == 200


def test_where_a_second_factor_is_owed_the_phone_shows_it_first(either: Provider, sign_in: SignIn) -> None:
    request, person = begun(either), either.person(totp=True)
    phone = sign_in(person)
    change_sessions(either, person, methods=["pwd"])
    phone.go(f"/qr/{request.handle}")
    assert phone.is_at("/account/reauthenticate")


def test_a_post_by_an_old_login_is_refused_too(either: Provider, sign_in: SignIn) -> None:
    request, person = begun(either), either.person()
    phone = sign_in(person)
    phone.go(f"/qr/{request.handle}")
    change_sessions(either, person, methods=["qr"])
    phone.send("qr-approve", values={"number": str(request.number)}, follow=False)
    assert phone.location.startswith("/account/reauthenticate")
    with either.context():
        assert qr.outcome(request) is None


def test_without_a_number_the_phone_is_asked_again(either: Provider, sign_in: SignIn) -> None:
    request = begun(either)
    phone = sign_in(either.person())
    phone.go(f"/qr/{request.handle}")
    phone.send("qr-approve")
    assert phone.response.status_code == 400
    assert f'href="#number-{request.choices[0]}"' in phone.response.get_data(as_text=True)
    phone.send("qr-approve", values={"number": str(request.number)})
    assert 'data-state="approved"' in phone.response.get_data(as_text=True)


def test_two_phones_the_first_counts(either: Provider, sign_in: SignIn) -> None:
    request = begun(either)
    first, second = sign_in(either.person()), sign_in(either.person())
    for phone in (first, second):
        phone.go(f"/qr/{request.handle}")
    first.send("qr-approve", values={"number": str(request.number)})
    second.send("qr-deny")
    assert second.response.status_code == 409
    second.go(f"/qr/{request.handle}")
    assert 'data-state="answered"' in second.response.get_data(as_text=True)
    with either.context():
        assert qr.outcome(request) is qr.Outcome.APPROVED


@pytest.mark.parametrize("handle", ["x", "x" * 43, "x" * 2000, "%00", "码"])
def test_an_address_that_is_none_is_told(either: Provider, sign_in: SignIn, handle: str) -> None:
    phone = sign_in(either.person())
    phone.open(f"/qr/{handle}")
    assert phone.response.status_code == 410
    assert 'data-state="expired"' in phone.response.get_data(as_text=True)


def test_many_answers_of_one_account_wait(either: Provider, sign_in: SignIn) -> None:
    phone = sign_in(either.person())
    for _ in range(qr.ANSWERS + 1):
        request = begun(either)
        phone.go(f"/qr/{request.handle}")
        phone.send("qr-deny")
    assert phone.response.status_code == 429
