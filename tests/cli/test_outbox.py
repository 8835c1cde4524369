"""`idp outbox`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp import clock
from idp.audit import search
from idp.cli import outbox as command
from idp.db import commit
from idp.outbox import message as messages
from idp.outbox.delivery import MOST_ATTEMPTS
from tests.cli.operator import Operator
from tests.provider import Template


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def add(operator: Operator, receiver: str, *, dead: bool = False, delivered: bool = False) -> str:
    with operator.provider.context():
        made = messages.add("backchannel_logout", {"client_id": receiver, "sub": "somebody"})
        if dead:
            made.attempts, made.dead_at, made.last_error = MOST_ATTEMPTS, clock.now(), "HTTP 500"
        if delivered:
            made.attempts, made.delivered_at = 1, clock.now()
        commit()
        return str(made.id)


def test_messages_are_listed_newest_first_by_state_and_page(operator: Operator) -> None:
    waiting, dead, done = (
        add(operator, "a"),
        add(operator, "b", dead=True),
        add(operator, "c", delivered=True),
    )
    assert [one["id"] for one in operator.listed("list")] == [done, dead, waiting]
    assert [one["state"] for one in operator.listed("list")] == ["delivered", "dead", "pending"]
    assert [one["id"] for one in operator.listed("list", "--state", "dead")] == [dead]
    assert [one["id"] for one in operator.listed("list", "--before", dead)] == [waiting]
    assert [one["id"] for one in operator.listed("list", "--limit", "1")] == [done]


def test_a_listing_says_why_a_message_died_and_nothing_about_the_person(operator: Operator) -> None:
    add(operator, "b", dead=True)
    said = operator.done("list")
    assert "HTTP 500" in said
    assert f"attempts {MOST_ATTEMPTS}" in said
    assert "somebody" not in said + json.dumps(operator.listed("list"))


def test_an_empty_outbox_says_so(operator: Operator) -> None:
    result = operator.run("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing here" in result.stderr


def test_a_dead_message_is_tried_again_and_that_is_on_record(operator: Operator) -> None:
    dead = add(operator, "b", dead=True)
    assert dead in operator.done("retry", dead)
    (listed,) = operator.listed("list")
    assert (listed["state"], listed["attempts"]) == ("pending", 0)
    with operator.provider.context():
        (event,) = search.find(name="delivery.retried")
        assert (event.actor or "").startswith("operator:")


def test_what_was_delivered_or_never_was_cannot_be_retried(operator: Operator) -> None:
    done = add(operator, "c", delivered=True)
    for message_id in (done, "01a20269-5636-7a1c-be8d-bf4a95716470"):
        result = operator.run("retry", message_id)
        assert result.exit_code == 1
        assert "no such message" in result.stderr
    assert operator.run("retry", "x").exit_code == 2
