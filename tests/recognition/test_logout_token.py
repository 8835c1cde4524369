"""A login that ended in the other province ends here, and what is no word of its provider ends nothing."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.db import db
from idp.outbox.message import OutboxMessage
from idp.recognition import home
from idp.sessions import backchannel_logout
from idp.sessions import session as sessions
from tests.recognition.arriving import P3, go_home, number
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def token(hostile: Hostile, header: dict[str, Any] | None = None, **changes: Any) -> str:
    now = clock.timestamp()
    claims: dict[str, Any] = {
        "iss": hostile.issuer,
        "aud": hostile.client,
        "sub": "leaver",
        "sid": "session-1",
        "iat": now,
        "exp": now + 120,
        "jti": f"jti-{now}-{len(hostile.asked)}-{changes!r}",
        "events": {EVENT: {}},
    } | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return hostile.sign(given, {"typ": "logout+jwt"} | (header or {}))


def tell(provinces: Provinces, text: str) -> httpx.Response:
    url = f"{provinces.here.issuer}/recognition/backchannel_logout"
    return httpx.post(url, data={"logout_token": text}, trust_env=False, timeout=20)


@pytest.fixture
def guest(provinces: Provinces, traveller: Traveller, hostile: Hostile) -> Traveller:
    """Somebody of Anhui who is logged in here."""
    hostile.claims, hostile.about = {"sub": "leaver"}, {"sub": "leaver"}
    traveller.go(f"{provinces.here.issuer}/login/province")
    traveller.send("province-340000", follow=False)
    traveller.go(hostile.callback())
    assert traveller.is_at("/account")
    return traveller


def is_in(provinces: Provinces, guest: Traveller) -> bool:
    guest.go(f"{provinces.here.issuer}/account")
    return guest.is_at("/account")


@pytest.mark.parametrize("changes", [{}, {"sub": None}, {"sid": None}])
def test_what_ended_there_ends_here(
    provinces: Provinces, guest: Traveller, hostile: Hostile, changes: dict[str, Any]
) -> None:
    told = tell(provinces, token(hostile, **changes))
    assert told.status_code == 200, told.text
    assert not is_in(provinces, guest)


WRONG: dict[str, Callable[[Hostile], str]] = {
    "nothing": lambda _: "",
    "no token": lambda _: "a.b.c",
    "another type": lambda hostile: token(hostile, {"typ": "JWT"}),
    "another issuer": lambda hostile: token(hostile, iss="https://id.example.cn"),
    "our own issuer": lambda hostile: token(hostile, iss=hostile.client),
    "another audience": lambda hostile: token(hostile, aud="https://id.example.cn"),
    "ended": lambda hostile: token(hostile, exp=clock.timestamp() - 1),
    "long ago": lambda hostile: token(hostile, iat=clock.timestamp() - 3600),
    "for years": lambda hostile: token(hostile, exp=clock.timestamp() + 10**8),
    "no event": lambda hostile: token(hostile, events={}),
    "an event that is no object": lambda hostile: token(hostile, events={EVENT: 1}),
    "a nonce": lambda hostile: token(hostile, nonce="n"),
    "no jti": lambda hostile: token(hostile, jti=None),
    "nobody": lambda hostile: token(hostile, sub=None, sid=None),
    "an unknown key": lambda hostile: token(hostile, {"kid": "another"}),
    "too long": lambda hostile: token(hostile, more="x" * 20_000),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_logout_token_ends_nothing(
    provinces: Provinces, guest: Traveller, hostile: Hostile, name: str
) -> None:
    told = tell(provinces, WRONG[name](hostile))
    assert told.status_code == 400, told.text
    assert told.json()["error"] == "invalid_request"
    assert is_in(provinces, guest)


def test_a_token_counts_once(provinces: Provinces, guest: Traveller, hostile: Hostile) -> None:
    text = token(hostile, sub="somebody-else", sid=None)
    assert [tell(provinces, text).status_code for _ in range(2)] == [200, 400]
    assert is_in(provinces, guest)


def test_another_persons_logout_ends_nothing(
    provinces: Provinces, guest: Traveller, hostile: Hostile
) -> None:
    assert tell(provinces, token(hostile, sub="somebody-else")).status_code == 200
    assert tell(provinces, token(hostile, sid="another")).status_code == 200
    assert is_in(provinces, guest)


def test_a_logout_in_jiangsu_reaches_us_by_its_outbox(provinces: Provinces, traveller: Traveller) -> None:
    person = provinces.there.person(number(), P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(person)
    traveller.agree()
    assert traveller.is_at("/account", provinces.here.issuer)
    traveller.go(f"{provinces.there.issuer}/logout")
    assert "Zhejiang" in traveller.text
    traveller.send("logout-confirm", {"scope": "everywhere"})
    with provinces.there.context():
        wanted = select(OutboxMessage).where(
            OutboxMessage.kind == backchannel_logout.KIND, OutboxMessage.account_id == person.id
        )
        waiting = db.session.scalars(wanted).all()
        assert [one.payload["client_id"] for one in waiting] == [provinces.here.issuer]
        backchannel_logout.deliver(waiting[0])
        db.session.commit()
    assert not is_in(provinces, traveller)


def test_who_logs_out_here_is_led_to_the_logout_there(provinces: Provinces, traveller: Traveller) -> None:
    person = provinces.there.person(number(), P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(person)
    traveller.agree()
    traveller.go(f"{provinces.here.issuer}/logout")
    traveller.send("logout-confirm", {"scope": "everywhere"})
    assert "/logged-out/" in traveller.url
    assert "You are still logged in there" in traveller.text
    link = next(part for part in traveller.response.text.split('"') if "/end_session?" in part)
    traveller.go(link.replace("&amp;", "&"))
    assert traveller.is_at("/logout", provinces.there.issuer), traveller.text
    traveller.send("logout-confirm", {"scope": "everywhere"})
    with provinces.there.context():
        assert sessions.live_sessions(person.id) == []
    with provinces.here.context():
        wanted = select(home.Home.account_id).where(home.Home.issuer == provinces.there.issuer)
        for account_id in db.session.scalars(wanted):
            if accounts.name_of(accounts.get(account_id)) == person.name:
                assert sessions.live_sessions(account_id) == []
