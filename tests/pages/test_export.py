"""Everything about me, over the pages: for a fresh login, on record, told."""

import json
from datetime import timedelta

import pytest
from flask import has_request_context

from idp import clock
from idp.accounts import notice
from idp.audit import search
from idp.pages import export, export_wording
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def visitor(person: Person, sign_in: SignIn) -> Visitor:
    return sign_in(person)


def test_the_file_comes_as_a_download_and_is_told(either: Provider, person: Person, visitor: Visitor) -> None:
    visitor.go("/account/export")
    visitor.send("export-file")
    assert visitor.response.status_code == 200
    assert visitor.response.mimetype == "application/json"
    assert visitor.response.headers["Content-Disposition"].startswith("attachment; ")
    assert visitor.response.headers["Cache-Control"] == "no-store"
    assert json.loads(visitor.response.get_data())["account"][0]["username"] == person.username
    with either.context():
        assert notice.recent(person.id)[0].name == "export_made"
        assert search.find(name="data.exported", account_id=person.id)[0].data == {"how": "file"}


def test_it_can_be_read(either: Provider, person: Person, visitor: Visitor) -> None:
    visitor.go("/account/export/readable")
    said = visitor.response.get_data(as_text=True)
    assert person.name in said
    assert 'id="export-sessions"' in said
    assert "/account/timeline" in said
    with either.context():
        # Its number is on the page as in the file: whoever else reads it is not unseen.
        assert notice.recent(person.id)[0].name == "export_made"
        assert search.find(name="data.exported", account_id=person.id)[0].data == {"how": "page"}


def test_an_old_login_must_prove_itself_again(visitor: Visitor) -> None:
    with clock.shifted(timedelta(minutes=6)):
        for path in (export.HERE, export.READABLE):
            visitor.go(path)
            assert visitor.is_at("/account/reauthenticate")


def test_not_without_end(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "TIMES", 1)
    visitor.go(export.READABLE)
    assert visitor.response.status_code == 200
    visitor.go(export.READABLE)
    assert visitor.response.status_code == 429
    # Any link opens the page: what other sites' links use up leaves the file.
    visitor.go(export.HERE)
    visitor.send("export-file")
    assert visitor.response.status_code == 200


def test_who_goes_away_midway_leaves_nothing_open(either: Provider, visitor: Visitor) -> None:
    visitor.go(export.HERE)
    visitor.send("export-file", follow=False)
    answer = visitor.response
    pieces = iter(answer.response)
    assert next(pieces)
    assert next(pieces)
    # The server ends it whenever it likes, while this thread serves somebody else.
    with either.app.test_request_context("/"):
        answer.close()
        assert has_request_context()
    assert visitor.open("/account").status_code == 200


def test_a_link_to_the_file_leads_to_the_page(visitor: Visitor) -> None:
    visitor.go(export.FILE)
    assert visitor.is_at(export.HERE)


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_a_name_that_looks_like_a_code_stays_a_name(provider: Provider, locale: str) -> None:
    with provider.app.test_request_context("/", headers={"Accept-Language": locale.replace("_", "-")}):
        (shown,) = export_wording.sections({"account": ([{"name": "official", "kind": "citizen"}], False)})
    assert shown["rows"][0][0][1] == "official"
    assert shown["rows"][0][1][1] == ("Citizen" if locale == "en" else "自然人")
