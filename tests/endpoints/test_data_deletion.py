"""``data_deletion_endpoint``: the relying party's answer to a request for deletion."""

import json
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from idp.accounts import account as accounts
from idp.consent import deletion_request
from idp.consent.deletion_request import DeletionRequest
from idp.db import commit, db
from tests.provider import Provider
from tests.site import Site


@pytest.fixture
def site(either: Provider) -> Site:
    return either.site()


def asked(provider: Provider, site: Site) -> UUID:
    """Let somebody agree at the site, and then ask it to delete."""
    person = provider.person()
    site.tokens(person)
    with provider.context():
        request = deletion_request.ask(accounts.get(person.id), site.id)
        commit()
        return request.id


def answer(site: Site, **form: str) -> tuple[int, dict[str, str]]:
    response: TestResponse = site.post("/data_deletion", **form)
    return response.status_code, json.loads(response.data)


def test_a_site_says_that_it_has_deleted(either: Provider, site: Site) -> None:
    request_id = asked(either, site)
    for _ in range(2):  # a lost answer is sent again
        status, body = answer(site, request_id=str(request_id), status="completed")
        assert (status, body) == (200, {"request_id": str(request_id), "status": "completed"})
    assert answer(site, request_id=str(request_id), status="refused", reason="no")[0] == 409
    with either.context():
        assert db.session.get_one(DeletionRequest, request_id).status == "completed"


def test_a_reason_may_be_chinese(either: Provider, site: Site) -> None:
    request_id = asked(either, site)
    answer(site, request_id=str(request_id), status="refused", reason="依法须保存三十年")
    with either.context():
        assert db.session.get_one(DeletionRequest, request_id).reason == "依法须保存三十年"


def test_a_request_of_another_site_is_none(either: Provider, site: Site) -> None:
    request_id = asked(either, either.site())
    for unknown in (str(request_id), str(uuid4()), "x", "0" * 200):
        assert answer(site, request_id=unknown, status="completed")[0] == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"status": "completed"},
        {"request_id": "x"},
        {"request_id": "", "status": "completed"},
    ],
)
def test_what_is_missing_is_said(site: Site, form: dict[str, str]) -> None:
    status, body = answer(site, **form)
    assert (status, body["error"]) == (400, "invalid_request")


def test_a_wrong_status_is_said(either: Provider, site: Site) -> None:
    status, body = answer(site, request_id=str(asked(either, site)), status="done")
    assert (status, body["error"]) == (400, "invalid_request")
    assert "in_progress" in body["error_description"]


def test_only_a_client_that_proves_itself_may_answer(either: Provider, site: Site) -> None:
    request_id = asked(either, site)
    response = site.app.test_client().post(
        "/data_deletion",
        base_url=site.issuer,
        data={"client_id": site.id, "request_id": str(request_id), "status": "completed"},
    )
    assert response.status_code == 401
    public = either.site(token_endpoint_auth_method="none", client_secret=None)
    assert answer(public, request_id=str(request_id), status="completed")[0] == 401
