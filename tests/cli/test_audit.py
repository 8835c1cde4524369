"""`idp audit`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from idp import background
from idp.audit import chain
from idp.cli import audit as command
from idp.db import commit, db
from tests.cli.operator import Operator
from tests.provider import Template


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    for _ in range(3):
        provider.person()
    with provider.context():
        chain.seal(background.sign_checkpoint)
    yield Operator(provider, command.command)
    provider.close()


def test_a_whole_log_is_said_to_be_whole(operator: Operator) -> None:
    said = operator.done("verify")
    assert "the audit log is whole" in said
    anchor = said.split()[-1]
    assert "the audit log is whole" in operator.done("verify", "--anchor", anchor)


def test_a_changed_log_is_refused_with_every_place(operator: Operator) -> None:
    anchor = operator.done("verify").split()[-1]
    with operator.provider.context():
        db.session.execute(text("UPDATE audit_events SET data = '{}', actor = 'x' WHERE chain_position = 2"))
        db.session.execute(
            text(
                "DELETE FROM audit_events WHERE chain_position = (SELECT max(position) FROM audit_checkpoints)"
            )
        )
        commit()
    result = operator.run("verify", "--anchor", anchor)
    assert result.exit_code == 1
    assert "at place 2 was changed" in result.stderr
    assert "but its end was signed at place" in result.stderr
    assert "was written down elsewhere" in result.stderr


def test_a_malformed_anchor_is_wrong_use(operator: Operator) -> None:
    for anchor in ("x", "1", "1:zz", ":"):
        assert operator.run("verify", "--anchor", anchor).exit_code == 2


def test_an_export_has_a_line_for_each_event(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    operator.done("export", "--output", str(file))
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [event["chain_position"] for event in events] == list(range(1, len(events) + 1))
    assert "account.created" in {event["name"] for event in events}
    assert operator.done("export").splitlines() == file.read_text(encoding="utf-8").splitlines()


def test_events_are_found(operator: Operator) -> None:
    found = operator.listed("search", "--name", "account.created")
    assert len(found) == 3
    assert (
        operator.listed("search", "--account", found[0]["account_id"], "--name", "account.created")
        == found[:1]
    )
    assert (
        operator.listed("search", "--name", "account.created", "--before", found[0]["id"], "--limit", "1")
        == found[1:2]
    )
    assert operator.listed("search", "--since", "2099-01-01") == []
    assert operator.listed("search", "--until", "2000-01-01T00:00") == []
    assert operator.listed("search", "--client", "nobody") == []
    line = operator.done("search", "--name", "account.created", "--limit", "1")
    assert found[0]["account_id"] in line
    assert operator.run("search", "--name", "no.such").exit_code == 2
