import json
from typing import Any

import pytest

from idp.claims import request
from idp.claims.request import InvalidClaimsRequest

FINE: dict[str, Any] = {"verification": {"trust_framework": None}, "claims": {"name": None}}


def parsed(verified: Any, place: str = "userinfo") -> Any:
    found = request.parse(json.dumps({place: {"verified_claims": verified}}))
    return getattr(found, place)["verified_claims"]["sets"]


@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_one_element_and_several_are_kept_as_they_are(place: str) -> None:
    other = {
        "verification": {
            "trust_framework": {"values": ["urn:x", "urn:y"]},
            "time": {"max_age": 63113852},
            "evidence": [{"type": {"value": "document"}, "document_details": {"type": None}}],
        },
        "claims": {"birthdate": {"essential": True, "purpose": "成年人才能办理"}},
    }
    assert parsed(FINE, place) == [FINE]
    assert parsed([FINE, other], place) == [FINE, other]


@pytest.mark.parametrize("claims", [{}, None])
def test_verification_may_be_asked_for_alone(claims: Any) -> None:
    assert parsed({"verification": {"trust_framework": None}, "claims": claims})[0]["claims"] == {}
    assert parsed({"verification": {"trust_framework": None}})[0]["claims"] == {}


def test_an_unknown_member_beside_is_ignored() -> None:
    assert parsed(FINE | {"extension": [1, 2, 3]}) == [FINE]


def nested(depth: int) -> Any:
    return None if depth == 0 else {"deeper": nested(depth - 1)}


def entry(**members: Any) -> dict[str, Any]:
    return FINE | {"verification": {"trust_framework": None} | members}


@pytest.mark.parametrize(
    "verified",
    [
        [],
        "name",
        7,
        True,
        [None],
        [[FINE]],
        [FINE] * 11,
        {},
        {"claims": {"name": None}},
        {"verification": {}, "claims": {"name": None}},
        {"verification": None, "claims": {"name": None}},
        {"verification": {"time": None}, "claims": {"name": None}},
        FINE | {"claims": ["name"]},
        FINE | {"claims": {"name": "x"}},
        FINE | {"claims": {"name": []}},
        FINE | {"claims": {f"c{number}": None for number in range(51)}},
        FINE | {"claims": {"name": {"purpose": "ab"}}},
        FINE | {"claims": {"name": {"purpose": "x" * 301}}},
        FINE | {"claims": {"name": {"purpose": None}}},
        FINE | {"claims": {"name": {"values": []}}},
        FINE | {"claims": {"name": {"values": "x"}}},
        FINE | {"claims": {"birthdate": {"max_age": "1"}}},
        FINE | {"claims": {"birthdate": {"max_age": True}}},
        FINE | {"claims": {"birthdate": {"max_age": -1}}},
        {"verification": {"trust_framework": "urn:x"}, "claims": {}},
        {"verification": {"trust_framework": {"values": list(range(51))}}, "claims": {}},
        entry(evidence={}),
        entry(evidence=[]),
        entry(evidence=["document"]),
        entry(evidence=[{}]),
        entry(evidence=[{"type": None}]),
        entry(evidence=[{"type": "document"}]),
        entry(evidence=[{"type": {"values": ["document"]}}]),
        entry(evidence=[{"type": {"value": "document", "values": ["vouch"]}}]),
        entry(evidence=[{"type": {"value": 1}}]),
        entry(evidence=[{"type": {"value": "document"}}] * 11),
        entry(evidence=[{"type": {"value": "document"}, "check_details": []}]),
        entry(deep=nested(7)),
        entry(wide={f"m{number}": None for number in range(51)}),
        entry(time={"max_age": float(10**9), "purpose": ""}),
    ],
)
def test_what_is_no_request_is_refused(verified: Any) -> None:
    with pytest.raises(InvalidClaimsRequest) as caught:
        parsed(verified)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("name", ['"', "\\", "名", "\x00", "\n", "x" * 10_000])
def test_a_refusal_can_be_an_error_description(name: str) -> None:
    """RFC 6749 §4.1.2.1."""
    with pytest.raises(InvalidClaimsRequest) as caught:
        parsed(FINE | {"claims": {name: {"purpose": ""}}})
    text = str(caught.value)
    assert len(text) < 300
    assert all(" " <= one <= "~" and one not in '"\\' for one in text)


def test_null_is_no_request_for_verified_claims() -> None:
    assert request.parse('{"userinfo": {"verified_claims": null}}').userinfo == {"verified_claims": {}}
