from uuid import UUID

import pytest

from idp.audit import log
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.db import commit
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn, counted

TIMELINE = "/account/timeline"


def happened(provider: Provider, person: Person, name: EventName, **values: object) -> None:
    with provider.context():
        log.record(name, **({"account_id": person.id} | values))  # type: ignore[arg-type]
        commit()


def listed(visitor: Visitor) -> list[str]:
    body = visitor.response.get_data(as_text=True)
    return [part.split('"')[0] for part in body.split('data-event="')[1:]]


def entry_url(visitor: Visitor, name: str) -> str:
    body = visitor.response.get_data(as_text=True)
    return body.split(f'data-event="{name}"')[0].rpartition('href="')[2].split('"')[0]


def test_logins_and_failures_in_plain_words(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    stranger = Visitor(either.app, either.settings.issuer, language="en")
    stranger.go("/login")
    stranger.log_in(person, password="wrong password")
    visitor = sign_in(person)
    visitor.go(TIMELINE)
    assert listed(visitor)[:2] == ["session.started", "login.failed"]
    text = "".join(visitor.page.texts)
    assert "You logged in" in text
    assert "Somebody tried to log in and did not get in" in text
    assert "Today" in text
    assert "127.0.0.1" not in text


def test_a_site_and_what_it_received_is_one_line(either: Provider, sign_in: SignIn) -> None:
    person, site = either.person(), either.site()
    tokens = site.redeem(site.code(person, site.visitor()))
    site.userinfo(tokens["access_token"])
    BATCH.of(either.app).flush()
    visitor = sign_in(person)
    visitor.go(f"{TIMELINE}?kind=release")
    assert "code.issued" in listed(visitor)
    assert "claims.released" not in listed(visitor)
    text = "".join(visitor.page.texts)
    assert f"You used {site.rp.client_name.text('en')}" in text
    assert "Received: " in text
    assert "Your phone number" in text


def test_a_look_up_names_the_office_and_its_reason(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    happened(
        either,
        person,
        EventName.CONSOLE_VIEWED,
        page="look_up",
        reason="本人来电",
        actor=f"official:{UUID(int=7)}",
    )
    visitor = sign_in(person)
    visitor.go(f"{TIMELINE}?kind=look_up")
    assert listed(visitor) == ["console.viewed"]
    assert "本人来电" in "".join(visitor.page.texts)
    visitor.go(entry_url(visitor, "console.viewed"))
    text = "".join(visitor.page.texts)
    assert "An official looked up your account" in text
    assert "This was not me" not in text


def test_who_acted_for_me_is_named(either: Provider, sign_in: SignIn) -> None:
    person, holder = either.person(), either.person(name="赵强")
    happened(either, person, EventName.MANDATE_USED, holder_id=str(holder.id), items=["a"], role="relative")
    visitor = sign_in(person)
    visitor.go(f"{TIMELINE}?kind=mandate")
    assert "赵强 acted for you" in "".join(visitor.page.texts)


def test_older_ones_follow_and_come_back_to_the_newest(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    with either.context():
        for number in range(90):
            log.record(EventName.PASSKEY_ADDED, account_id=person.id, number=number)
        commit()
    visitor = sign_in(person)
    seen = 0
    visitor.go(f"{TIMELINE}?kind=change")
    for _turn in range(5):
        seen += listed(visitor).count("passkey.added")
        body = visitor.response.get_data(as_text=True)
        if 'id="timeline-older"' not in body:
            break
        address = body.split('id="timeline-older" href="')[1].split('"')[0].replace("&amp;", "&")
        assert "kind=change" in address
        visitor.go(address)
    assert seen == 90
    assert 'id="timeline-newest"' in visitor.response.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["kind=nothing", "before=x", "before=%00", "kind=" + "x" * 5000, "before=%E5%BC%A0"]
)
def test_what_is_no_page_is_said_plainly(either: Provider, sign_in: SignIn, query: str) -> None:
    visitor = sign_in(either.person())
    visitor.go(f"{TIMELINE}?{query}")
    assert visitor.response.status_code == 400
    assert visitor.page.error


def test_nobody_opens_an_entry_of_somebody_else(either: Provider, sign_in: SignIn) -> None:
    owner, stranger = either.person(), either.person()
    visitor = sign_in(owner)
    visitor.go(TIMELINE)
    address = entry_url(visitor, "session.started")
    assert visitor.go(address).status_code == 200
    other = sign_in(stranger)
    assert other.go(address).status_code == 404
    assert other.go(f"{TIMELINE}/not-a-number").status_code == 404


def test_who_is_not_logged_in_sees_nothing(either: Provider) -> None:
    visitor = Visitor(either.app, either.settings.issuer)
    visitor.open(TIMELINE)
    assert visitor.location.startswith("/login")


def test_a_page_costs_few_queries_however_many_names(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    holders = [either.person(phone=False) for _ in range(6)]
    for holder in holders:
        happened(either, person, EventName.MANDATE_USED, holder_id=str(holder.id), items=[], role="relative")
    visitor = sign_in(person)
    either.settle()
    visitor.open(TIMELINE)
    with counted(either.app) as counts:
        visitor.open(TIMELINE)
    assert len(counts.statements) <= 7
