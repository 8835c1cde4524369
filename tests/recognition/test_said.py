"""Whatever another province's provider answers: only what holds lets anybody in, and nothing is an error of ours."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey
from werkzeug.wrappers import Response

from idp import clock
from tests.recognition.hostile import Hostile, as_json
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller

REFUSED = "The login at Anhui could not be confirmed"
AWAY = "Anhui cannot be reached now"


def set_out(provinces: Provinces, traveller: Traveller) -> None:
    """Go to the other province; its provider has our question then."""
    traveller.go(f"{provinces.here.issuer}/login/province")
    traveller.send("province-340000", follow=False)
    assert traveller.response.status_code == 303, traveller.text


def is_in(provinces: Provinces, traveller: Traveller) -> bool:
    """Whether this browser is logged in here."""
    traveller.go(f"{provinces.here.issuer}/account")
    return traveller.is_at("/account")


def test_an_honest_answer_lets_in(provinces: Provinces, traveller: Traveller, hostile: Hostile) -> None:
    set_out(provinces, traveller)
    assert hostile.pushed["client_id"] == provinces.here.issuer
    assert hostile.pushed["code_challenge_method"] == "S256"
    assert json.loads(hostile.pushed["claims"]) == {"userinfo": {"name": None, "identity_join_keys": None}}
    traveller.go(hostile.callback())
    assert traveller.is_at("/account"), traveller.text
    assert "陈立" in traveller.text
    assert "Home province: Anhui" in traveller.text
    assert hostile.redeemed["code"] == "the-code"
    assert 43 <= len(hostile.redeemed["code_verifier"]) <= 128


def past(**claims: float) -> Callable[[], dict[str, Any]]:
    return lambda: {name: clock.timestamp() + seconds for name, seconds in claims.items()}


CLAIMS: dict[str, Callable[[], dict[str, Any]]] = {
    "another issuer": lambda: {"iss": "https://id.example.cn"},
    "no issuer": lambda: {"iss": None},
    "for somebody else": lambda: {"aud": "https://id.example.cn"},
    "for us and somebody else": lambda: {"aud": ["http://localhost:1", "https://id.example.cn"]},
    "issued to somebody else": lambda: {"azp": "https://id.example.cn"},
    "no subject": lambda: {"sub": None},
    "a subject that is a number": lambda: {"sub": 7},
    "a subject that is too long": lambda: {"sub": "x" * 256},
    "a subject with a line end": lambda: {"sub": "a\nb"},
    "a subject that is no ASCII": lambda: {"sub": "陈立"},
    "half a character as nonce": lambda: {"nonce": "\ud800"},
    "half a character as subject": lambda: {"sub": "\ud800"},
    "another nonce": lambda: {"nonce": "another"},
    "no nonce": lambda: {"nonce": None},
    "ended": past(exp=-1),
    "for years": past(exp=10**8),
    "no end": lambda: {"exp": None},
    "an end that is a word": lambda: {"exp": "tomorrow"},
    "an end that is true": lambda: {"exp": True},
    "from the future": past(iat=3600),
    "made before we asked": past(iat=-3600),
    "no login time": lambda: {"auth_time": None},
    "a login in the future": past(auth_time=3600),
    "another access token": lambda: {"at_hash": "AAAA"},
    "a session that is a list": lambda: {"sid": ["a"]},
    "a session that is too long": lambda: {"sid": "x" * 300},
}


@pytest.mark.parametrize("name", CLAIMS)
def test_an_id_token_that_breaks_a_rule_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, name: str
) -> None:
    set_out(provinces, traveller)
    hostile.claims = CLAIMS[name]()
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 400
    assert REFUSED in traveller.text
    assert not is_in(provinces, traveller)


HEADERS: dict[str, dict[str, Any]] = {
    "a logout token": {"typ": "logout+jwt"},
    "an access token": {"typ": "at+jwt"},
    "a type that is no word": {"typ": 7},
    "an unknown key": {"kid": "another"},
    "no key": {"kid": None},
    "something critical": {"crit": ["exp"], "exp": 1},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_breaks_a_rule_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, name: str
) -> None:
    set_out(provinces, traveller)
    hostile.header = HEADERS[name]
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 400
    assert REFUSED in traveller.text


def test_a_signature_by_another_key_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    set_out(provinces, traveller)
    own, hostile.key = hostile.key, ECKey.generate_key("P-256", {"kid": "anhui"})
    token = hostile.id_token()
    hostile.key = own
    hostile.answers["/token"] = as_json({"access_token": "at", "token_type": "Bearer", "id_token": token})
    traveller.go(hostile.callback())
    assert REFUSED in traveller.text


@pytest.mark.parametrize(
    "token", ["e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "a.b", "", "a" * 20_000, None, 7, "数字"]
)
def test_what_is_no_token_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, token: object
) -> None:
    set_out(provinces, traveller)
    hostile.answers["/token"] = as_json({"access_token": "at", "token_type": "Bearer", "id_token": token})
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 400
    assert REFUSED in traveller.text


ABOUT: dict[str, dict[str, Any]] = {
    "another person": {"sub": "person-2"},
    "nobody": {"sub": None},
    "a name that is too long": {"name": "陈" * 101},
    "a name that is a list": {"name": ["陈立"]},
    "a name with a control character": {"name": "陈\u202e立"},
    "a name that is a picture": {"name": "😀"},
    "keys that are a word": {"identity_join_keys": "x"},
    "too many keys": {"identity_join_keys": [{"epoch": f"e{n}", "value": "A" * 43} for n in range(9)]},
    "one epoch twice": {"identity_join_keys": [{"epoch": "e", "value": "A" * 43}] * 2},
    "a key that is too short": {"identity_join_keys": [{"epoch": "e", "value": "A" * 42}]},
    "an epoch that is a number": {"identity_join_keys": [{"epoch": 1, "value": "A" * 43}]},
    "a key that is no object": {"identity_join_keys": [["e", "A" * 43]]},
}


@pytest.mark.parametrize("name", ABOUT)
def test_claims_that_break_a_rule_let_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, name: str
) -> None:
    set_out(provinces, traveller)
    hostile.about = ABOUT[name]
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 400
    assert REFUSED in traveller.text


ANSWERS: dict[str, Callable[[], Response]] = {
    "an error page": lambda: Response("<html>", 200, content_type="text/html"),
    "a list": lambda: as_json([]),
    "no JSON": lambda: Response("{", 200, content_type="application/json"),
    "a name twice": lambda: Response('{"sub": "a", "sub": "b"}', 200, content_type="application/json"),
    "no end of brackets": lambda: Response("[" * 50_000, 200, content_type="application/json"),
    "a refusal": lambda: as_json({"error": "invalid_client"}, 401),
    "a refusal in Chinese": lambda: as_json({"error": "拒绝"}, 400),
    "another address": lambda: Response("", 302, headers={"Location": "http://127.0.0.1:1/"}),
}


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/jwks"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_none_lets_nobody_in(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, path: str, name: str
) -> None:
    set_out(provinces, traveller)
    hostile.answers[path] = ANSWERS[name]()
    if path == "/jwks":
        # An unknown key makes us look.
        hostile.header = {"kid": f"new-{name}"}
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 400
    assert REFUSED in traveller.text


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
@pytest.mark.parametrize("status", [500, 503, 429])
def test_who_is_ill_is_said_to_be_away(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, path: str, status: int
) -> None:
    set_out(provinces, traveller)
    hostile.answers[path] = Response("", status)
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 503
    assert AWAY in traveller.text


def test_an_endless_answer_is_not_read(provinces: Provinces, traveller: Traveller, hostile: Hostile) -> None:
    set_out(provinces, traveller)
    hostile.answers["/userinfo"] = Response("x" * 10_000_000, 200, content_type="application/json")
    traveller.go(hostile.callback())
    assert traveller.response.status_code == 503
    assert AWAY in traveller.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"iss": "http://127.0.0.1:1"}, REFUSED),
        ({"iss": None}, REFUSED),
        ({"code": None}, REFUSED),
        ({"code": "x" * 3000}, REFUSED),
        ({"code": None, "error": "access_denied"}, "You did not go on at Anhui"),
        ({"code": None, "error": "unmet_authentication_requirements"}, "Anhui cannot confirm the level"),
        ({"code": None, "error": "temporarily_unavailable"}, AWAY),
        ({"code": None, "error": "<script>alert(1)</script>"}, REFUSED),
        ({"state": None}, "took too long or was used already"),
        ({"state": "x" * 43}, "took too long or was used already"),
    ],
)
def test_what_comes_back_by_the_browser_is_judged(
    provinces: Provinces,
    traveller: Traveller,
    hostile: Hostile,
    changes: dict[str, str | None],
    sentence: str,
) -> None:
    set_out(provinces, traveller)
    hostile.asked.clear()
    traveller.go(hostile.callback(**changes))
    assert traveller.response.status_code in {400, 503}
    assert sentence in traveller.text
    assert "<script>alert" not in traveller.response.text
    assert "/token" not in hostile.asked


def test_an_answer_counts_once_and_in_the_browser_that_asked(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    set_out(provinces, traveller)
    other = Traveller()
    other.go(hostile.callback())
    assert "took too long or was used already" in other.text
    other.close()
    # Whoever stole the address has used it up: the person starts again, and nobody is in.
    traveller.go(hostile.callback())
    assert "took too long or was used already" in traveller.text
    set_out(provinces, traveller)
    there = hostile.callback()
    traveller.go(there)
    assert traveller.is_at("/account")
    traveller.go(there)
    assert traveller.response.status_code == 400
