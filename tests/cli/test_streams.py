"""`idp streams`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from idp.cli import streams as command
from idp.db import commit
from idp.outbox.signal import Signal
from idp.shared_signals import jti, security_event
from tests.cli.operator import Operator
from tests.provider import Template
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, Client
from tests.shared_signals.test_push import states, told

WITHDRAWN = f"{OWN}consent-withdrawn"


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


@pytest.fixture
def client(operator: Operator) -> Client:
    return Client(registered(operator.provider))


def made(client: Client) -> dict[str, Any]:
    return client.make(WITHDRAWN)


def test_streams_are_listed_oldest_first_by_client_and_page(operator: Operator, client: Client) -> None:
    first, second = made(client)["stream_id"], made(client)["stream_id"]
    other = made(Client(registered(operator.provider)))["stream_id"]
    assert [one["stream_id"] for one in operator.listed("list")] == [first, second, other]
    assert [one["stream_id"] for one in operator.listed("list", "--after", first)] == [second, other]
    of_client = operator.listed("list", "--client", client.site.id)
    assert [one["stream_id"] for one in of_client] == [first, second]
    assert client.site.id in operator.run("list").output


def test_what_did_not_arrive_is_listed_without_the_person_and_tried_again(
    operator: Operator, client: Client
) -> None:
    stream_id = made(client)["stream_id"]
    person = operator.provider.person()
    told(operator.provider, person, Signal.CONSENT_WITHDRAWN, client_id=client.site.id, items=["name"])
    (event,) = operator.listed("events", stream_id)
    with operator.provider.context():
        security_event.settle(jti.find_event_id(event["jti"]) or uuid4(), "failed", "refused: invalid_key")
        commit()
    (failed,) = operator.listed("events", stream_id, "--state", "failed")
    assert (failed["type"], failed["error"]) == (WITHDRAWN, "refused: invalid_key")
    assert failed.keys() == {"jti", "type", "state", "state_at", "happened_at", "error"}
    assert "refused: invalid_key" in operator.run("events", stream_id).output
    assert '"failed": 1' in operator.run("show", stream_id, "--json").output
    assert WITHDRAWN in operator.run("show", stream_id).output
    assert operator.run("retry", stream_id).output == "1 tried again\n"
    assert states(operator.provider, person) == [("waiting", "")]
    assert operator.run("retry", stream_id).output == "0 tried again\n"


def test_a_stream_that_the_operator_pauses_says_so(operator: Operator, client: Client) -> None:
    stream = made(client)
    operator.run("status", stream["stream_id"], "paused", "--reason", "too many errors")
    path = f"/ssf/status?stream_id={stream['stream_id']}"
    assert client.ask("GET", path)[1]["reason"] == "too many errors"
    operator.run("status", stream["stream_id"], "enabled")
    said = [client.checked(token)["events"] for token in client.poll(stream)["sets"].values()]
    updated = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated"
    assert said == [
        {updated: {"status": "paused", "reason": "too many errors"}},
        {updated: {"status": "enabled"}},
    ]


def test_an_unknown_stream_is_refused(operator: Operator) -> None:
    for arguments in (("show",), ("events",), ("retry",)):
        refused = operator.run(*arguments, str(uuid4()))
        assert refused.exit_code == 1
        assert "no such stream" in refused.output
    assert operator.run("status", str(uuid4()), "asleep").exit_code == 2
    assert "nothing here" in operator.run("list").output
