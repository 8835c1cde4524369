"""Linking at one service: by going there, or by what it asks."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.linking import link_request, linked_account
from idp.pages import link_account
from tests.linking import older_system
from tests.linking.older_system import ANSWER, CARD, LEGACY_ID, OlderSystem
from tests.person import Visitor
from tests.provider import Provider, SignIn
from tests.site import Site

HERE = "/account/linked/new"


@pytest.fixture
def system() -> Iterator[OlderSystem]:
    with older_system.opened() as opened:
        yield opened


@pytest.fixture
def site(either: Provider, system: OlderSystem) -> Site:
    return older_system.site(either, system)


def text(visitor: Visitor) -> str:
    return "".join(visitor.page.texts)


def test_the_browser_goes_there_with_a_request_of_its_own(
    either: Provider, sign_in: SignIn, site: Site, system: OlderSystem
) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go(f"{HERE}?client_id={site.id}")
    assert "form-action 'self' http:" in visitor.response.headers["Content-Security-Policy"]
    visitor.send("link-log-in", number=0)
    went = urlsplit(visitor.location)
    assert f"{went.scheme}://{went.netloc}{went.path}" == f"{system.url}/link"
    query = parse_qs(went.query)
    assert query["from"] == ["tongxing"]
    assert query["iss"] == [either.settings.issuer]
    assert query["ui_locales"] == ["en"]
    with either.context():
        asked = link_request.find(query["link_request"][0])
        assert asked is not None
        assert (asked.account_id, asked.client_id) == (str(person.id), site.id)


def test_the_right_answer_links_and_a_wrong_one_does_not(
    either: Provider, sign_in: SignIn, site: Site
) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go(f"{HERE}?client_id={site.id}")
    assert "The three digits on the back" in text(visitor)
    visitor.send("link-check", number=1, values={"account": CARD, "answer": "000"})
    assert visitor.response.status_code == 400
    assert "does not match" in text(visitor)
    assert CARD in visitor.response.get_data(as_text=True), "what was typed is kept"
    assert "000" not in [value for form in visitor.page.forms for _, value in form.values]
    visitor.send("link-check", number=1, values={"account": CARD, "answer": ANSWER})
    assert visitor.is_at("/account/linked")
    with either.context():
        linked = linked_account.find(person.id, site.id)
        assert linked is not None
        assert linked_account.legacy_id_of(linked) == LEGACY_ID
        assert linked.how == linked_account.CHECKED


@pytest.mark.parametrize(("manner", "status"), [("503", 503), ("no JSON", 502)])
def test_a_system_that_is_away_is_said_on_the_form(
    either: Provider, sign_in: SignIn, site: Site, system: OlderSystem, manner: str, status: int
) -> None:
    system.manner = manner
    visitor = sign_in(either.person())
    visitor.go(f"{HERE}?client_id={site.id}")
    visitor.send("link-check", number=1, values={"account": CARD, "answer": ANSWER})
    assert visitor.response.status_code == status
    assert "does not answer at the moment" in text(visitor)


def test_the_account_of_another_person_stays_theirs(either: Provider, sign_in: SignIn, site: Site) -> None:
    first, second = sign_in(either.person()), sign_in(either.person())
    for visitor, status in ((first, 200), (second, 409)):
        visitor.go(f"{HERE}?client_id={site.id}")
        visitor.send("link-check", number=1, values={"account": CARD, "answer": ANSWER})
        assert visitor.response.status_code == status
    assert "belongs to another person" in text(second)


@pytest.mark.parametrize("client_id", ["", "no-such", "%00", "x" * 3000, "%ED%A0%80"])
def test_a_service_that_takes_no_links_leads_back(either: Provider, sign_in: SignIn, client_id: str) -> None:
    visitor = sign_in(either.person())
    visitor.go(f"{HERE}?client_id={client_id}")
    assert visitor.is_at("/account/linked")


def test_a_service_with_one_way_offers_that_one(either: Provider, sign_in: SignIn) -> None:
    only = either.site(account_linking_uri="https://older.example.cn/link")
    visitor = sign_in(either.person())
    visitor.go(f"{HERE}?client_id={only.id}")
    assert [form.action for form in visitor.page.forms] == [link_account.LOG_IN]
    visitor.page.forms[0].action = link_account.CHECK
    visitor.send("link-log-in", number=0, values={"client_id": "no-such"})
    assert visitor.response.status_code == 404


def test_nobody_begins_without_end(
    either: Provider, sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_account, "BEGUN_AN_HOUR", 1)
    visitor = sign_in(either.person())
    for status in (303, 429):
        visitor.go(f"{HERE}?client_id={site.id}")
        visitor.send("link-log-in", number=0)
        assert visitor.response.status_code == status
