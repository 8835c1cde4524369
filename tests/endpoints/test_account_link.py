"""``account_link_endpoint``: only the system that the person was sent to answers, authenticated, and once."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from idp.endpoints import account_link, account_link_code
from idp.linking import account_check, link_code, link_request, linked_account
from tests.linking import older_system
from tests.provider import Provider
from tests.site import Site


@pytest.fixture
def site(either: Provider) -> Site:
    return older_system.site(either)


def begun(provider: Provider, site: Site) -> str:
    with provider.context():
        return link_request.begin(uuid4(), site.id, "browser")


def test_the_system_answers_once_and_sends_the_browser_back(either: Provider, site: Site) -> None:
    value = begun(either, site)
    response = site.post("/account_link", link_request=value, legacy_id="卡-1")
    assert response.status_code == 200
    there = json.loads(response.data)["return_uri"]
    begins = f"{either.settings.issuer}/account/linked/return?link_request={value}&proof="
    assert there.startswith(begins)
    with either.context():
        found = link_request.find(value)
        assert found is not None
        assert found.legacy_id == "卡-1"
        assert found.came_back_with(there.removeprefix(begins))
    assert site.post("/account_link", link_request=value, legacy_id="B").status_code == 404


def test_another_system_cannot_answer(either: Provider, site: Site) -> None:
    value = begun(either, site)
    assert (
        older_system.site(either).post("/account_link", link_request=value, legacy_id="B").status_code == 404
    )
    with either.context():
        found = link_request.find(value)
        assert found is not None
        assert found.legacy_id is None


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"link_request": "x"}, 400),
        ({"legacy_id": "x"}, 400),
        ({"link_request": "x", "legacy_id": "x"}, 404),
        ({"link_request": "张" * 5000, "legacy_id": "x"}, 404),
    ],
)
def test_what_is_missing_or_unknown_is_said(site: Site, form: dict[str, str], status: int) -> None:
    response = site.post("/account_link", **form)
    assert response.status_code == status
    assert "error" in json.loads(response.data) or "title" in json.loads(response.data)


@pytest.mark.parametrize("legacy_id", ["x" * 201, "a\nb", " "])
def test_an_id_nobody_can_have_is_refused(either: Provider, site: Site, legacy_id: str) -> None:
    response = site.post("/account_link", link_request=begun(either, site), legacy_id=legacy_id)
    assert response.status_code == 400


def test_the_published_interface_is_what_is_served() -> None:
    text = (Path(__file__).parents[2] / "docs" / "linking.openapi.yaml").read_text(encoding="utf-8")
    served = {*account_link.ROUTES, *account_link_code.ROUTES}
    assert {line[2:-1] for line in text.splitlines() if line.startswith("  /account_")} == served
    assert (
        f"maximum: {link_code.MOST_DAYS * link_code.DAY}, default: {link_code.USUAL_DAYS * link_code.DAY}"
        in text
    )
    assert f"maxLength: {linked_account.LONGEST_ID}" in text
    assert account_check.MIMETYPE in text


def test_who_does_not_authenticate_is_refused(either: Provider, site: Site) -> None:
    form = {"client_id": site.id, "link_request": begun(either, site), "legacy_id": "A"}
    for path in ("/account_link", "/account_link_code"):
        response = either.app.test_client().post(path, base_url=either.settings.issuer, data=form)
        assert response.status_code == 401
    wrong = either.app.test_client().post(
        "/account_link", base_url=either.settings.issuer, data=form | {"client_secret": "x" * 40}
    )
    assert wrong.status_code == 401
