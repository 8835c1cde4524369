"""What a request may say of grants (Grant Management for OAuth 2.0 §5.2, §5.4)."""

from dataclasses import asdict
from uuid import UUID

import pytest
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from hypothesis import given
from hypothesis import strategies as st

from idp.journey import grant_request
from idp.journey.grant_request import GrantRequest, InvalidGrantId
from idp.relying_parties.localized import Localized
from idp.relying_parties.relying_party import RelyingParty

RP = RelyingParty(client_id="site", client_name=Localized("网站"))
PUBLIC = RelyingParty(client_id="app", client_name=Localized("应用"), token_endpoint_auth_method="none")
ID = "0190f5fe-7c00-7a00-8000-000000000001"


def params(**values: str) -> dict[str, str]:
    return {name.replace("action", "grant_management_action"): value for name, value in values.items()}


def test_a_request_that_says_nothing_of_grants_wants_nothing() -> None:
    assert grant_request.parse({"scope": "openid"}, RP) is None
    assert grant_request.parse({"scope": "openid"}, PUBLIC) is None


@pytest.mark.parametrize(
    "wanted", [GrantRequest("create"), GrantRequest("merge", ID), GrantRequest("replace", ID)], ids=str
)
def test_each_action_is_understood_and_kept(wanted: GrantRequest) -> None:
    said = {"action": wanted.action} | ({"grant_id": wanted.grant_id} if wanted.grant_id else {})
    parsed = grant_request.parse(params(**said), RP)
    assert parsed == wanted
    assert GrantRequest.from_json(asdict(wanted)) == wanted
    assert wanted.record_id == (UUID(ID) if wanted.grant_id else None)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"grant_id": ID}, InvalidRequestError),
        ({"action": "create", "grant_id": ID}, InvalidRequestError),
        ({"action": "merge"}, InvalidRequestError),
        ({"action": "replace"}, InvalidRequestError),
        ({"action": "update", "grant_id": ID}, InvalidRequestError),
        ({"action": "query", "grant_id": ID}, InvalidRequestError),
        ({"action": "", "grant_id": ID}, InvalidRequestError),
        ({"action": "merge", "grant_id": "x"}, InvalidGrantId),
        ({"action": "merge", "grant_id": ID.upper()}, InvalidGrantId),
        ({"action": "merge", "grant_id": f"{ID} "}, InvalidGrantId),
        ({"action": "merge", "grant_id": ""}, InvalidGrantId),
    ],
)
def test_what_does_not_fit_together_is_refused(values: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        grant_request.parse(params(**values), RP)
    assert caught.value.error == ("invalid_grant_id" if error is InvalidGrantId else "invalid_request")  # type: ignore[attr-defined] # Authlib's


def test_a_client_that_cannot_keep_a_secret_manages_no_grants() -> None:
    """§5.1."""
    with pytest.raises(InvalidRequestError):
        grant_request.parse(params(action="create"), PUBLIC)


@given(st.text(max_size=60), st.none() | st.text(max_size=60))
def test_whatever_is_sent_is_understood_or_refused(action: str, grant_id: str | None) -> None:
    said = {"grant_management_action": action} | ({"grant_id": grant_id} if grant_id is not None else {})
    try:
        parsed = grant_request.parse(said, RP)
    except (InvalidRequestError, InvalidGrantId):
        return
    assert parsed is not None
    assert parsed.action in grant_request.ACTIONS
