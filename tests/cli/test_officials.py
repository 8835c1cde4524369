"""`idp officials`: the first posts of a deployment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.accounts import account as accounts
from idp.accounts.account import OFFICIAL
from idp.audit import search
from idp.cli import officials as command
from idp.operators import post as posts
from tests.cli.operator import Operator
from tests.provider import Template

PLACE = ("--organization", "浙江省政务服务管理办公室", "--division", "330000")


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def test_the_first_post_waits_for_its_person(operator: Operator) -> None:
    person = operator.provider.person(evidence=("counter",))
    said = operator.done(
        "begin", person.username, "--username", "chen-office", *PLACE, "--role", "system_administrator"
    )
    assert "chen-office" in said
    (listed,) = operator.listed("list", "--division", "330000")
    assert (listed["status"], listed["roles"], listed["taken_up"]) == (
        "active",
        ["system_administrator"],
        False,
    )
    assert "chen-office" in operator.done("list", "--division", "330000")
    with operator.provider.context():
        account = accounts.find_by_identifier("chen-office")
        assert account is not None
        assert account.kind == OFFICIAL
        assert [post.username for post in posts.held_by(person.id)] == ["chen-office"]
        event = search.find(name="post.approved")[0]
        assert (event.actor or "").startswith("operator:")


def test_the_second_one_is_made_in_the_console(operator: Operator) -> None:
    first = operator.provider.person(evidence=("chip",))
    second = operator.provider.person(evidence=("chip",))
    operator.done("begin", first.username, "--username", "chen-one", *PLACE, "--role", "supervisor")
    refused = operator.run("begin", second.username, "--username", "chen-two", *PLACE, "--role", "supervisor")
    assert refused.exit_code == 1
    assert "console" in refused.output
    other = operator.run(
        "begin", second.username, "--username", "chen-two", *PLACE, "--role", "audit_administrator"
    )
    assert other.exit_code == 0


@pytest.mark.parametrize(
    ("evidence", "arguments"),
    [
        (("register",), ("--username", "x-office", *PLACE, "--role", "supervisor")),
        (
            ("chip",),
            (
                "--username",
                "x-office",
                *PLACE,
                "--role",
                "security_administrator",
                "--role",
                "audit_administrator",
            ),
        ),
        (("chip",), ("--username", "x", *PLACE, "--role", "supervisor")),
        (
            ("chip",),
            ("--username", "x-office", "--organization", "x", "--division", "999999", "--role", "supervisor"),
        ),
    ],
)
def test_what_is_refused(operator: Operator, evidence: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    person = operator.provider.person(evidence=evidence)
    assert operator.run("begin", person.username, *arguments).exit_code == 1
    assert operator.listed("list", "--division", "330000") == []


def test_nobody_and_an_unknown_role(operator: Operator) -> None:
    wanted = ("--username", "x-office", *PLACE)
    assert operator.run("begin", "nobody", *wanted, "--role", "supervisor").exit_code == 1
    assert operator.run("begin", "nobody", *wanted, "--role", "mayor").exit_code == 2
