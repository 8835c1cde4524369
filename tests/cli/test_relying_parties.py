import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from idp.audit.log import AuditEvent
from idp.cli import relying_parties
from idp.db import db
from idp.relying_parties import cache
from tests.cli.operator import Operator
from tests.provider import Template
from tests.relying_parties.documents import SECRET, web


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, relying_parties.command)
    provider.close()


def rows(*names: str) -> str:
    return json.dumps([web(client_id=name) for name in names])


def secret_works(operator: Operator, client_id: str, secret: str) -> bool:
    with operator.provider.context():
        cache.CACHE.get().forget("*")
        found = cache.find(client_id)
        return found is not None and found.check_client_secret(secret)


def test_import_says_what_became_of_the_rows(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text(rows("a", "b"), encoding="utf-8")
    assert operator.done("import", str(file)) == "2 created, 0 updated, 0 unchanged, 0 refused\n"
    assert operator.done("import", str(file)) == "0 created, 0 updated, 2 unchanged, 0 refused\n"
    assert secret_works(operator, "a", SECRET)


def test_import_reports_every_bad_row_and_imports_nothing(operator: Operator) -> None:
    typed = json.dumps([web(client_id="a"), web(client_id="b", redirect_uris=["x"], scope=5), 7])
    result = operator.run("import", "-", typed=typed)
    assert result.exit_code == 1
    assert result.stdout == "0 created, 0 updated, 0 unchanged, 2 refused\n"
    assert "refused: row 2 b: redirect_uris[0]: must be absolute" in result.stderr
    assert "refused: row 2 b: scope: must be a text" in result.stderr
    assert "refused: row 3 : must be a JSON object" in result.stderr
    assert operator.listed("list") == []


def test_partial_imports_the_rest_and_still_says_so(operator: Operator) -> None:
    result = operator.run(
        "import", "-", "--partial", "--json", typed=json.dumps([web(client_id="a", x=1), 7])
    )
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["imported"] == [{"client_id": "a", "outcome": "created"}]
    assert said["refused"] == [
        {"row": 2, "client_id": "", "reasons": [{"field": "", "reason": "must be a JSON object"}]}
    ]
    assert said["warned"][0]["reasons"] == [{"field": "x", "reason": "unknown, ignored"}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe[\x00]\x00", "not UTF-8"),
        (b"client_id\na\n", "not JSON"),
        (b"{}", "JSON array"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    operator: Operator, content: bytes, reason: str
) -> None:
    result = operator.run("import", "-", typed=content)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert "Traceback" not in result.output


def test_list_and_show_tell_all_but_secrets(operator: Operator) -> None:
    operator.done("import", "-", typed=rows("b", "a"))
    assert [row["client_id"] for row in operator.listed("list")] == ["a", "b"]
    assert operator.done("list").splitlines()[0] == "a\tactive\t330100\t住房公积金"
    shown = operator.listed("show", "a")
    assert shown["metadata"]["redirect_uris"] == ["https://fund.example.cn/callback"]
    text = operator.done("show", "a")
    assert "status: active" in text
    assert SECRET not in text + json.dumps(shown)


def test_the_list_goes_on_beyond_one_page(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relying_parties, "PAGE", 2)
    operator.done("import", "-", typed=rows("e", "d", "c", "b", "a"))
    assert [row["client_id"] for row in operator.listed("list")] == ["a", "b", "c", "d", "e"]


def test_create_shows_the_secret_once(operator: Operator) -> None:
    result = operator.run(
        "create", "-", typed=json.dumps(web(client_secret=None, purpose=None, **{"purpose#en": None}))
    )
    assert result.exit_code == 0
    secret = result.stdout.splitlines()[-1]
    assert secret_works(operator, "housing-fund", secret)
    assert "warning: purpose" in result.stderr
    assert secret not in operator.done("show", "housing-fund")
    assert operator.run("create", "-", typed=json.dumps(web())).exit_code == 1


def test_create_with_json_prints_the_secret_too(operator: Operator) -> None:
    made = operator.listed("create", "-", typed=json.dumps(web(client_secret=None)))
    assert secret_works(operator, "housing-fund", made["client_secret"])


def test_update_changes_what_is_named(operator: Operator) -> None:
    operator.done("import", "-", typed=rows("a"))
    operator.done("update", "a", "-", typed='{"client_name": "新名", "division_code": null}')
    metadata = operator.listed("show", "a")["metadata"]
    assert metadata["client_name"] == "新名"
    assert "division_code" not in metadata
    assert operator.run("update", "a", "-", typed='{"redirect_uris": ["http://x.example/"]}').exit_code == 1
    assert operator.run("update", "a", "-", typed="[]").exit_code == 1
    assert operator.run("update", "nobody", "-", typed="{}").exit_code == 1


def test_rotating_ends_the_old_secret_or_keeps_it_a_while(operator: Operator) -> None:
    operator.done("import", "-", typed=rows("a", "b"))
    new = operator.listed("rotate-secret", "a")["client_secret"]
    assert secret_works(operator, "a", new)
    assert not secret_works(operator, "a", SECRET)
    operator.done("rotate-secret", "b", "--keep-old", "3600")
    assert secret_works(operator, "b", SECRET)
    assert operator.run("rotate-secret", "a", "--keep-old", "-1").exit_code == 2


def test_disable_enable_delete(operator: Operator) -> None:
    operator.done("import", "-", typed=rows("a"))
    operator.done("disable", "a")
    assert not secret_works(operator, "a", SECRET)
    operator.done("enable", "a")
    assert secret_works(operator, "a", SECRET)
    assert operator.run("delete", "a", typed="n\n").exit_code == 1
    operator.done("delete", "a", "--yes")
    assert operator.run("show", "a").exit_code == 1
    assert operator.run("delete", "a", "--yes").exit_code == 1


def test_the_log_names_the_operator(operator: Operator) -> None:
    operator.done("import", "-", typed=rows("a"))
    with operator.provider.context():
        actors = (
            db.session.execute(select(AuditEvent.actor).where(AuditEvent.client_id == "a")).scalars().all()
        )
    assert len(actors) == 1
    assert str(actors[0]).startswith("operator:")


@pytest.mark.parametrize("arguments", [["import"], ["nonsense"], ["import", "/does/not/exist"], ["show"]])
def test_wrong_use_is_exit_code_2(operator: Operator, arguments: list[str]) -> None:
    assert operator.run(*arguments).exit_code == 2


def test_without_a_database_the_operator_is_told_what_to_do(operator: Operator, tmp_path: Path) -> None:
    result = operator.run("list", IDP_DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert result.exit_code == 1
    assert "idp init" in result.stderr
    result = operator.run("list", IDP_MASTER_KEY_FILE=str(tmp_path / "none.key"), IDP_NONSENSE="1")
    assert result.exit_code == 1
    assert "unknown setting" in result.stderr
