import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import otp, pwd
from idp.cli import accounts as command
from idp.cli import accounts_import
from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.sessions import session as sessions
from tests.cli.operator import Operator
from tests.person import TOTP_SECRET
from tests.provider import Template

PASSWORD = "correct-horse-battery-7"


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def find(username: str) -> Account:
    account = accounts.find_by_identifier(username)
    assert account is not None
    return account


def has_password(operator: Operator, username: str, password: str) -> bool:
    with operator.provider.context():
        return pwd.verify(find(username).id, password)


def test_a_json_file_of_people_is_imported(operator: Operator, tmp_path: Path) -> None:
    people = [
        {
            "username": "zhangwei",
            "name": "张伟",
            "phone": "13800138000",
            "password": PASSWORD,
            "totp_secret": TOTP_SECRET,
        },
        {"username": "lina", "name": "李娜"},
    ]
    file = tmp_path / "people.json"
    file.write_text(json.dumps(people), encoding="utf-8")
    assert operator.done("import", str(file)) == "2 created, 0 refused\n"
    assert has_password(operator, "zhangwei", PASSWORD)
    assert not has_password(operator, "lina", PASSWORD)
    with operator.provider.context():
        assert otp.is_enrolled(find("zhangwei").id)
        assert not otp.is_enrolled(find("lina").id)


def test_a_csv_file_of_people_is_imported(operator: Operator) -> None:
    assert operator.listed(
        "import", "-", typed=f"username,name,password\nlina,李娜,{PASSWORD}\n".encode()
    ) == {
        "imported": ["lina"],
        "refused": [],
    }
    assert has_password(operator, "lina", PASSWORD)


def test_every_bad_row_is_reported_and_nothing_imported(operator: Operator) -> None:
    people = [
        {"username": "lina", "name": "李娜"},
        {"username": "a", "name": "张伟"},
        {"username": "weak", "name": "张伟", "password": "password123"},
        {"username": "short", "name": "张伟", "totp_secret": "ABCD"},
        {"username": "wrong", "name": "张伟", "totp_secret": "not base32!"},
        {"username": "lina", "name": "重复"},
    ]
    result = operator.run("import", "-", typed=json.dumps(people))
    assert result.exit_code == 1
    assert result.stdout == "0 created, 5 refused\n"
    for row, field in (
        (2, "username"),
        (3, "password"),
        (4, "totp_secret"),
        (5, "totp_secret"),
        (6, "username"),
    ):
        assert f"row {row}: {field}: " in result.stderr
    assert "password123" not in result.output
    assert operator.listed("list") == []


def test_partial_imports_the_rest(operator: Operator) -> None:
    typed = json.dumps([{"username": "lina", "name": "李娜"}, {"username": "a"}])
    result = operator.run("import", "-", "--partial", typed=typed)
    assert result.exit_code == 1
    assert result.stdout == "1 created, 1 refused\n"
    assert [row["username"] for row in operator.listed("list")] == ["lina"]


def test_a_file_too_large_or_unreadable_is_refused(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operator.run("import", "-", typed=b"\xff\xfe").exit_code == 1
    monkeypatch.setattr(accounts_import, "MOST_BYTES", 10)
    result = operator.run("import", "-", typed=b" " * 11)
    assert result.exit_code == 1
    assert "larger" in result.stderr


def test_people_are_listed_page_by_page_without_names(operator: Operator) -> None:
    typed = json.dumps([{"username": f"name{number}", "name": "张伟"} for number in range(3)])
    operator.done("import", "-", typed=typed)
    first = operator.listed("list", "--limit", "2")
    rest = operator.listed("list", "--after", first[-1]["id"])
    assert [row["username"] for row in first + rest] == ["name0", "name1", "name2"]
    text = operator.done("list")
    assert "张伟" not in text
    assert len(text.splitlines()) == 3


def test_show_masks_the_phone_number(operator: Operator) -> None:
    operator.done("import", "-", typed='[{"username": "lina", "name": "李娜", "phone": "13800138000"}]')
    shown = operator.listed("show", "lina")
    assert (shown["name"], shown["phone"], shown["password"]) == ("李娜", "138****8000", False)
    assert operator.listed("show", shown["id"]) == shown
    assert operator.listed("show", "13800138000") == shown
    assert "138****8000" in operator.done("show", "lina")
    assert operator.run("show", "nobody").exit_code == 1


def test_create_asks_for_a_password(operator: Operator) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert "lina: created" in operator.done("create", "--username", "lina", "--name", "李娜", typed=typed)
    assert has_password(operator, "lina", PASSWORD)
    made = operator.listed(
        "create", "--username", "wang", "--name", "王", "--password", "-", typed=f"{PASSWORD}\n"
    )
    assert made["username"] == "wang"
    again = operator.run("create", "--username", "lina", "--name", "李娜", "--password", PASSWORD)
    assert again.exit_code == 1
    assert "taken" in again.stderr


def test_a_weak_password_is_refused(operator: Operator) -> None:
    result = operator.run("create", "--username", "lina", "--name", "李娜", "--password", "password123")
    assert result.exit_code == 1
    assert operator.listed("list") == []


def test_a_new_password_ends_every_login(operator: Operator) -> None:
    operator.done("create", "--username", "lina", "--name", "李娜", "--password", PASSWORD)
    with operator.provider.context():
        account_id = find("lina").id
        sessions.start(account_id, ["pwd"], sessions.Browser("agent", "127.0.0.1"))
        commit()
        assert len(sessions.live_sessions(account_id)) == 1
    new = PASSWORD[::-1]
    assert "1 logged out" in operator.done("set-password", "lina", "--password", new)
    assert has_password(operator, "lina", new)
    assert not has_password(operator, "lina", PASSWORD)
    with operator.provider.context():
        assert sessions.live_sessions(account_id) == []
        # No site had a part in that login; who listens to signals finds out by itself.
        assert set(db.session.scalars(select(OutboxMessage.kind))) == {signal.KIND}


def test_a_lost_authenticator_app_is_removed(operator: Operator) -> None:
    operator.done(
        "import", "-", typed=json.dumps([{"username": "lina", "name": "李娜", "totp_secret": TOTP_SECRET}])
    )
    operator.done("remove-totp", "lina")
    with operator.provider.context():
        assert not otp.is_enrolled(find("lina").id)
    assert operator.run("remove-totp", "lina").exit_code == 1
