import json
from typing import Any

import pytest

from tongxing_client import relying_party, session, token


def _login(**changes: object) -> relying_party.Login:
    return relying_party.Login(
        id_token_claims={"sub": "s", "sid": "1", "amr": ["pwd"], "acr": "x", "auth_time": 5, **changes},
        userinfo_claims={"sub": "s", "name": "张伟"},
        tokens=token.TokenAnswer(
            access_token="at", expires_in=300, refresh_token="rt", id_token="a.b.c", scope=None
        ),
    )


def test_it_holds_what_the_login_gave() -> None:
    begun = session.begin(_login(), ("x",), 1000)
    assert (begun.sub, begun.sid, begun.acr, begun.amr, begun.auth_time) == ("s", "1", "x", ["pwd"], 5)
    assert (begun.access_token_ends_at, begun.refresh_token, begun.asked_acr) == (1300, "rt", ("x",))
    assert begun.claims["name"] == "张伟"
    assert begun.claims["auth_time"] == 5


def test_what_was_not_given_is_none() -> None:
    login = relying_party.Login(
        id_token_claims={"sub": "s"},
        userinfo_claims={},
        tokens=token.TokenAnswer(
            access_token="at", expires_in=None, refresh_token=None, id_token="a.b.c", scope=None
        ),
    )
    begun = session.begin(login, (), 1000)
    assert (begun.sid, begun.acr, begun.amr, begun.auth_time, begun.access_token_ends_at) == (
        None,
        None,
        [],
        None,
        None,
    )


def test_it_survives_the_store() -> None:
    begun = session.begin(_login(), ("x", "y"), 1000)
    assert session.Session.from_json(begun.to_json()) == begun


def _given(**changes: Any) -> session.Session:
    facts: dict[str, Any] = {
        "sub": "s",
        "sid": "sid-1",
        "id_token": "a.b.c",
        "id_token_claims": {"sub": "s", "iat": 1000, "acr": "x", "amr": ["pwd"], "name": "张伟"},
        "userinfo_claims": {
            "sub": "s",
            "name": "张伟",
            "phone_number": "+86138",
            "phone_number_verified": True,
            "verified_claims": [
                {"verification": {}, "claims": {"name": "张伟", "phone_number": "+86138"}},
                {"verification": {}},
                "garbage",
            ],
        },
        "access_token": "at",
        "access_token_ends_at": 5000,
        "refresh_token": "rt",
        "asked_acr": (),
        "started_at": 1000,
        "seen_at": 1000,
    }
    return session.Session(**{**facts, **changes})


def test_items_taken_back_are_gone_wherever_they_stood() -> None:
    left = _given().changed(session.Change(at=1500, items=("phone_number",)))
    assert "phone_number" not in json.dumps([left.id_token_claims, left.userinfo_claims])
    assert left.claims["name"] == "张伟"
    assert left.userinfo_claims["verified_claims"][0]["claims"] == {"name": "张伟"}
    assert (left.withdrawn, left.refresh_token) == ({"phone_number": 1500}, None)
    assert left.access_token_ends_at == 1500
    again = left.changed(session.Change(at=1600, items=("name",)))
    assert "张伟" not in again.to_json()
    assert set(again.withdrawn) == {"phone_number", "name"}
    assert session.Session.from_json(again.to_json()) == again


@pytest.mark.parametrize("item", ["sub", "iat", "acr", "amr", "sid"])
def test_no_word_of_anybody_takes_the_login_itself_apart(item: str) -> None:
    before = _given()
    left = before.changed(session.Change(at=1500, items=(item,)))
    assert left.id_token_claims == before.id_token_claims


def test_a_later_login_is_not_changed() -> None:
    later = _given(id_token_claims={"sub": "s", "iat": 2000})
    change = session.Change(at=1500, items=("phone_number",), asks_again=True)
    assert later.changed(change) is later
    assert session.Change.from_json(change.to_json()) == change


def test_a_session_kept_by_an_earlier_version_is_read() -> None:
    members = json.loads(_given().to_json())
    for name in ("asked_scope", "withdrawn", "asks_again"):
        del members[name]
    assert session.Session.from_json(json.dumps(members)) == _given()


def test_who_was_asked_again_within_the_same_second_is_not_asked_for_ever() -> None:
    """Tokens know whole seconds only; or a page would send the browser round until the second is over."""
    login = {"id_token_claims": {"sub": "s", "iat": 1500}}
    change = session.Change(at=1500, asks_again=True, heard_at=1500.4)
    assert _given(**login, started_at=1500.2).changed(change).asks_again
    assert not _given(**login, started_at=1500.6).changed(change).asks_again
    assert _given(id_token_claims={"sub": "s", "iat": 1499}, started_at=1500.6).changed(change).asks_again
