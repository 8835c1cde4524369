"""What did not arrive at a site is seen and tried again by whose division it is, and by nobody else."""

from uuid import UUID

import pytest

from idp.db import commit
from idp.operators.rights import Role
from idp.outbox.signal import Signal
from idp.shared_signals import security_event
from idp.shared_signals.security_event import FAILED
from tests.console.conftest import COUNTY, NEIGHBOUR, PROVINCE, MakeOfficial, post_directly, text, with_a_form
from tests.person import Person
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, Client
from tests.shared_signals.test_push import states, told

URI = "https://fund.example.cn/events"


@pytest.fixture
def failed(either: Provider) -> tuple[Client, Person, str]:
    """A site of the county with an event that did not arrive."""
    site, person = registered(either, URI, division_code=COUNTY), either.person()
    client = Client(site)
    stream_id = client.make(f"{OWN}consent-withdrawn", push_to=URI)["stream_id"]
    told(either, person, Signal.CONSENT_WITHDRAWN, client_id=site.id, items=["name"])
    with either.context():
        (event,) = security_event.of_stream(UUID(stream_id), ["waiting"])
        security_event.settle(event.id, FAILED, "refused: invalid_audience")
        commit()
    return client, person, stream_id


def test_a_system_administrator_sees_and_retries(
    either: Provider, official: MakeOfficial, failed: tuple[Client, Person, str]
) -> None:
    client, person, stream_id = failed
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    # Other tests have streams too: the page on which this one stands.
    chen.browser.go(f"/console/streams?from={UUID(int=UUID(stream_id).int - 1)}")
    assert f'data-stream="{client.site.id}"' in chen.browser.response.get_data(as_text=True)
    chen.browser.go(f"/console/streams/{stream_id}")
    said = text(chen.browser)
    assert "refused: invalid_audience" in said
    assert "A person took back a consent" in said
    assert person.name not in said
    assert str(person.id) not in chen.browser.response.get_data(as_text=True)
    chen.browser.send("retry")
    assert states(either, person) == [("waiting", "")]
    audit = official(Role.AUDIT_ADMINISTRATOR, at=PROVINCE)
    audit.browser.go("/console/record")
    assert "Tried again to tell a site" in text(audit.browser)


def test_a_supervisor_sees_and_changes_nothing(
    either: Provider, official: MakeOfficial, failed: tuple[Client, Person, str]
) -> None:
    _, person, stream_id = failed
    bin_ = official(Role.SUPERVISOR, at=COUNTY)
    bin_.browser.go(f"/console/streams/{stream_id}")
    assert "Try all of them again" not in text(bin_.browser)
    assert post_directly(with_a_form(bin_.browser), f"/console/streams/{stream_id}") == 403
    assert states(either, person) == [("failed", "refused: invalid_audience")]


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [(Role.SYSTEM_ADMINISTRATOR, NEIGHBOUR, 404), (Role.PROOFING_CLERK, COUNTY, 403)],
)
def test_nobody_else_sees_it(
    official: MakeOfficial, failed: tuple[Client, Person, str], role: Role, at: str, status: int
) -> None:
    client, _, stream_id = failed
    other = official(role, at=at)
    other.browser.go(f"/console/streams/{stream_id}")
    assert other.browser.response.status_code == status
    other.browser.go("/console/streams")
    assert client.site.id not in other.browser.response.get_data(as_text=True)


def test_an_unknown_stream_is_not_found(official: MakeOfficial) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=COUNTY)
    chen.browser.go("/console/streams/0195a000-0000-7000-8000-000000000000")
    assert chen.browser.response.status_code == 404
    chen.browser.go("/console/streams/x")
    assert chen.browser.response.status_code == 404
