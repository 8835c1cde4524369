"""``account_link_code_endpoint``: a code for the counter."""

import json

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from idp.linking import link_code, linked_account
from tests.linking import older_system
from tests.provider import Provider
from tests.site import Site


@pytest.fixture
def site(either: Provider) -> Site:
    return older_system.site(either)


def test_a_counter_gets_a_code_that_links(either: Provider, site: Site) -> None:
    response = site.post("/account_link_code", legacy_id="卡-9", expires_in="3600")
    body = json.loads(response.data)
    assert response.status_code == 200
    assert 3590 <= body["expires_in"] <= 3600
    assert response.headers["Cache-Control"] == "no-store"
    person = either.person()
    with either.context():
        linked = link_code.redeem(accounts.get(person.id), body["code"])
        commit()
        assert linked.client_id == site.id
        assert linked_account.legacy_id_of(linked) == "卡-9"
        assert linked.how == linked_account.COUNTER_CODE


def test_a_code_is_good_for_some_days_when_nothing_is_said(site: Site) -> None:
    body = json.loads(site.post("/account_link_code", legacy_id="卡-10").data)
    assert 0 <= link_code.USUAL_DAYS * 86_400 - body["expires_in"] < 60


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"legacy_id": ""},
        {"legacy_id": "x" * 201},
        {"legacy_id": "A", "expires_in": "0"},
        {"legacy_id": "A", "expires_in": "-5"},
        {"legacy_id": "A", "expires_in": "x"},
        {"legacy_id": "A", "expires_in": "１００"},
        {"legacy_id": "A", "expires_in": "9" * 400},
        {"legacy_id": "A", "expires_in": "99999999"},
    ],
)
def test_what_cannot_be_is_refused(site: Site, form: dict[str, str]) -> None:
    assert site.post("/account_link_code", **form).status_code == 400
