import dataclasses
from typing import Any

import flask
import pytest

from clients.sites import received, words
from tongxing_client import session


def _session(**claims: Any) -> session.Session:
    return session.Session(
        sub="pairwise-zhang",
        sid=None,
        id_token="a.b.c",
        id_token_claims={"sub": "pairwise-zhang", **claims},
        userinfo_claims={},
        access_token="at",
        access_token_ends_at=None,
        refresh_token=None,
        asked_acr=(),
        started_at=0,
        seen_at=0,
    )


def _describe(found: session.Session, now: float = 1000) -> dict[str, Any]:
    with flask.Flask("test").app_context():
        return received.describe(found, now)


def test_a_bare_login_is_described_too() -> None:
    said = _describe(_session())
    assert (said["name"], said["methods"], said["seconds"]) == ("pairwise-zha", [], None)
    assert (said["level"], said["level_number"]) == (words.NO_LEVEL, None)


def test_known_words_are_translated_and_unknown_ones_shown_as_they_are() -> None:
    said = _describe(_session(amr=["pwd", "retina"], preferred_username="zhangwei"))
    assert said["methods"] == [words.AMR["pwd"], "retina"]
    assert not said["is_multi_factor"]
    assert said["name"] == "zhangwei"
    assert _describe(_session(amr=["mfa"]))["is_multi_factor"]


def test_what_people_know_comes_first() -> None:
    claims = _describe(_session(iss="i", nonce="n", new="?", name="张伟"))["claims"]
    assert [claim["name"] for claim in claims] == ["name", "sub", "iss", "new", "nonce"]


def test_a_clock_ahead_of_ours_is_now() -> None:
    assert _describe(_session(auth_time=1010))["seconds"] == 0
    assert _describe(_session(auth_time=940.5))["seconds"] == 59


@pytest.mark.parametrize(
    ("acr", "level"),
    [
        ("urn:tongxing:loa:0", words.LEVELS[0]),
        ("urn:tongxing:loa:4", words.LEVELS[4]),
        ("urn:tongxing:loa:9", "urn:tongxing:loa:9"),
        ("urn:tongxing:loa:assisted", "urn:tongxing:loa:assisted"),
    ],
)
def test_levels_have_names(acr: str, level: object) -> None:
    assert _describe(_session(acr=acr))["level"] == level


def test_each_claim_says_what_it_is_and_where_it_came_from() -> None:
    found = dataclasses.replace(
        _session(auth_time=0, address={"region": "浙江"}),
        userinfo_claims={"sub": "pairwise-zhang", "x": True},
    )
    by_name = {claim["name"]: claim for claim in _describe(found)["claims"]}
    assert by_name["sub"]["sources"] == ["ID token", "userinfo"]
    assert by_name["x"] == {"name": "x", "meaning": "", "value": "true", "time": "", "sources": ["userinfo"]}
    assert by_name["address"]["value"] == '{"region": "浙江"}'
    assert by_name["auth_time"]["time"] == "1970-01-01 08:00:00"


@pytest.mark.parametrize("value", ["soon", 1e300, None, [1]])
def test_a_time_that_is_none_is_left_out(value: Any) -> None:
    claims = _describe(_session(updated_at=value))["claims"]
    assert next(claim["time"] for claim in claims if claim["name"] == "updated_at") == ""
