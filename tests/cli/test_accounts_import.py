"""`idp accounts import` of an older system's people: hashes, links and the report of conflicts."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Person
from idp.authenticators import imported_hash, pwd
from idp.cli import accounts as command
from idp.db import commit
from idp.linking import linked_account
from tests.cli.operator import Operator
from tests.provider import Template

PASSWORD = "老系统的密码2019"
PLAIN = PASSWORD.encode()


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def written(tmp_path: Path, *rows: dict[str, Any]) -> str:
    file = tmp_path / "people.json"
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return str(file)


def hashes() -> dict[str, str]:
    salted = b"salt" + PLAIN
    key = hashlib.pbkdf2_hmac("sha256", PLAIN, b"salt", 1000)
    return {
        "bcrypt": bcrypt.hashpw(PLAIN, bcrypt.gensalt(4)).decode(),
        "pbkdf2": f"pbkdf2_sha256$1000$salt${base64.b64encode(key).decode()}",
        "sha256": f"sha256$salt${hashlib.sha256(salted).hexdigest()}",
        "sm3": f"sm3$salt${hashlib.new('sm3', salted).hexdigest()}",
    }


def test_people_log_in_with_the_password_they_had(operator: Operator, tmp_path: Path) -> None:
    given = hashes()
    rows = [
        {"username": f"old-{kind}", "name": "张三", "password_hash": text} for kind, text in given.items()
    ]
    assert operator.done("import", written(tmp_path, *rows)) == "4 created, 0 refused\n"
    with operator.provider.context():
        for kind, text in given.items():
            account = accounts.find_by_identifier(f"old-{kind}")
            assert account is not None
            stored = pwd.find_hash(account.id) or ""
            assert imported_hash.read(text).digest.hex() not in stored
            assert pwd.verify(account.id, PASSWORD), kind
            assert not pwd.verify(account.id, "wrong"), kind


def test_a_hash_that_would_hold_a_core_is_refused(operator: Operator, tmp_path: Path) -> None:
    salt = "DCq7YPn5Rq63x1Lad4cll."
    rows = [
        {"username": "one1", "name": "张三", "password_hash": f"$2b$31${salt}{'a' * 31}"},
        {"username": "two2", "name": "张三", "password_hash": "pbkdf2_sha256$1000000000$s$" + "A" * 43 + "="},
        {"username": "three", "name": "张三", "password_hash": "x", "password": "correct-horse-battery-7"},
        {"username": "four", "name": "张三", "password_hash": "d41d8cd98f00b204e9800998ecf8427e"},
    ]
    result = operator.run("import", written(tmp_path, *rows))
    assert result.exit_code == 1
    assert result.stdout == "0 created, 4 refused\n"
    assert "row 1: password_hash: bcrypt cost 31: must be 4 to 13" in result.stderr
    assert "row 2: password_hash: 1000000000 rounds of PBKDF2" in result.stderr
    assert "row 3: password_hash: is there beside password" in result.stderr
    assert salt not in result.stderr


def test_conflicts_are_written_to_a_report_and_nothing_is_imported(
    operator: Operator, tmp_path: Path
) -> None:
    with operator.provider.context():
        known = str(accounts.create(Person("taken", "甲", phone="13700137000")).id)
        commit()
    rows = [
        {"username": "taken", "name": "张三"},
        {"username": "other", "name": "李四", "phone": "13700137000"},
        {"username": "good", "name": "王五"},
        {"username": "good", "name": "赵六"},
    ]
    report = tmp_path / "report.json"
    result = operator.run("import", written(tmp_path, *rows), "--report", str(report))
    assert result.exit_code == 1
    read = json.loads(report.read_text(encoding="utf-8"))
    assert read["imported"] == 0
    assert read["refused"] == 3
    assert read["counts"] == {"repeated username": 1, "taken phone": 1, "taken username": 1}
    assert [row["account_id"] for row in read["rows"]] == [known, known, None]
    assert "137" not in report.read_text(encoding="utf-8")
    assert (
        operator.run("import", written(tmp_path, *rows), "--partial", "--report", str(report)).exit_code == 1
    )
    assert json.loads(report.read_text(encoding="utf-8"))["imported"] == 1
    assert operator.run("import", written(tmp_path, *rows), "--report", "/no/such/place.json").exit_code != 0


def test_a_report_that_cannot_be_written_is_known_before_anybody_is_created(
    operator: Operator, tmp_path: Path
) -> None:
    file = written(tmp_path, {"username": "good", "name": "王五"})
    for place in (str(tmp_path / "no-such" / "report.json"), file):
        result = operator.run("import", file, "--report", place)
        assert result.exit_code == 1
        assert "report" in result.stderr
        with operator.provider.context():
            assert accounts.find_by_identifier("good") is None
    assert json.loads(Path(file).read_text(encoding="utf-8")) == [{"username": "good", "name": "王五"}]


def test_each_older_account_is_linked_from_the_beginning(operator: Operator, tmp_path: Path) -> None:
    site = operator.provider.site()
    rows = [{"username": "old1", "name": "张三", "phone": "13700137001", "legacy_id": "卡-1"}]
    assert operator.run("import", written(tmp_path, *rows)).exit_code == 1, "whose id is it?"
    assert operator.run("import", written(tmp_path, *rows), "--client", "no-such").exit_code == 1
    assert operator.done("import", written(tmp_path, *rows), "--client", site.id) == "1 created, 0 refused\n"
    with operator.provider.context():
        account = accounts.find_by_identifier("old1")
        assert account is not None
        linked = linked_account.find(account.id, site.id)
        assert linked is not None
        assert linked_account.legacy_id_of(linked) == "卡-1"
        assert linked.how == linked_account.IMPORTED
        assert not notice.recent(account.id), "nobody is rung up at a migration"
    again = [{"username": "old2", "name": "李四", "legacy_id": "卡-1"}]
    result = operator.run("import", written(tmp_path, *again), "--client", site.id)
    assert result.exit_code == 1
    assert "row 1: legacy_id: a person has linked it already" in result.stderr
