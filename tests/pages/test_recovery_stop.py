"""The address in the notice: it asks first, then stops."""

import json
from datetime import timedelta

import pytest

from idp import clock
from idp.db import db
from idp.keys import field_cipher
from idp.outbox.message import OutboxMessage
from tests.accounts.gateway import Gateway
from tests.pages import newcomer, recovering
from tests.person import Person
from tests.provider import Provider


def link_to(provider: Provider, person: Person) -> str:
    """The address as it stands in the message."""
    with provider.context():
        message = db.session.query(OutboxMessage).filter_by(kind="notice", account_id=person.id).one()
        values = json.loads(field_cipher.open_sealed(message.payload["values"], f"outbox.notice:{person.id}"))
        return str(values["link"]).removeprefix(provider.settings.issuer)


def test_opening_it_changes_nothing_and_the_button_stops(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    ticket = recovering.ticket(recovering.arrive(asking, gateway, person.phone))
    owner = newcomer.visitor_of(asking)
    owner.go(link_to(asking, person))
    assert "Was it not you?" in owner.response.get_data(as_text=True)
    again = recovering.resume(asking, ticket)
    assert 'data-state="waiting"' in again.response.get_data(as_text=True)
    owner.send("recovery-stop")
    assert 'data-state="stopped"' in owner.response.get_data(as_text=True)
    with clock.shifted(timedelta(hours=3)):
        thief = recovering.resume(asking, ticket)
        assert 'data-state="stopped"' in thief.response.get_data(as_text=True)
        thief.open(thief.path.replace("/state", "/password"))
        assert thief.response.status_code == 303


def test_who_is_still_logged_in_sees_it_and_can_stop_it(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    owner = newcomer.visitor_of(asking)
    owner.go("/login")
    owner.log_in(person)
    assert 'id="recovery-open"' not in owner.response.get_data(as_text=True)
    recovering.ticket(recovering.arrive(asking, gateway, person.phone))
    owner.go("/account")
    assert f'href="{link_to(asking, person)}"' in owner.response.get_data(as_text=True)
    owner.go(link_to(asking, person))
    owner.send("recovery-stop")
    owner.go("/account")
    assert 'id="recovery-open"' not in owner.response.get_data(as_text=True)


@pytest.mark.parametrize("token", ["x", "%00", "票", "x" * 3000])
def test_an_address_that_is_none_is_told(asking: Provider, token: str) -> None:
    visitor = newcomer.visitor_of(asking)
    visitor.open(f"/recovery/stop/{token}")
    assert visitor.response.status_code == 404
