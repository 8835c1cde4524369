import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from idp.db import db
from idp.errors import InvalidInput, TooLarge
from idp.relying_parties import cache, importing, relying_party_row
from tests.relying_parties.documents import SECRET, web


def encoded(*rows: object) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def rows(*names: str, **changes: Any) -> list[dict[str, Any]]:
    return [web(client_id=name, **changes) for name in names]


def test_a_file_is_imported_and_its_relying_parties_work(app: Flask) -> None:
    report = importing.import_rows(importing.read_file(encoded(*rows("a", "b"))))
    db.session.commit()
    assert (report.count("created"), report.refused) == (2, [])
    found = cache.find("b")
    assert found is not None
    assert found.check_client_secret(SECRET)


def test_importing_twice_changes_nothing(app: Flask) -> None:
    for outcome in ("created", "unchanged"):
        report = importing.import_rows(rows("a", "b"))
        db.session.commit()
        assert report.count(outcome) == 2


def test_one_bad_row_means_nothing_is_imported(app: Flask) -> None:
    bad = web(client_id="bad", redirect_uris=["javascript:alert(1)"], scope=5)
    report = importing.import_rows([*rows("a"), bad, "text", web(client_id="c", client_secret=None)])
    assert report.imported == []
    assert [(row.number, row.client_id, len(row.problems)) for row in report.refused] == [
        (2, "bad", 2),
        (3, "", 1),
        (4, "c", 1),
    ]
    assert relying_party_row.page() == []


def test_partial_imports_the_rest(app: Flask) -> None:
    report = importing.import_rows([*rows("a"), {"client_id": 5}, *rows("b")], partial=True)
    db.session.commit()
    assert [one.relying_party.client_id for one in report.imported] == ["a", "b"]
    assert [row.number for row in report.refused] == [2]


def test_a_repeated_client_id_is_refused(app: Flask) -> None:
    report = importing.import_rows([*rows("a", "b", "a")])
    assert [(row.number, str(row.problems[0])) for row in report.refused] == [
        (3, "client_id: is the same as in row 1")
    ]


def test_unknown_fields_and_divisions_warn(app: Flask) -> None:
    report = importing.import_rows(rows("a", division_code="999999", colour="red"))
    assert [[problem.field for problem in row.problems] for row in report.warned] == [
        ["colour", "division_code"]
    ]
    assert report.count("created") == 1


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert importing.read_file(b"\xef\xbb\xbf[]") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"client_id,client_name\na,b\n", "not_json"),
        (b"[1,]", "not_json"),
        (b"[] []", "not_json"),
        (b"{}", "not_an_array"),
        (b"null", "not_an_array"),
        ('["住房"]'.encode("gb18030"), "not_utf8"),
        ("[]".encode("utf-16"), "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b'[{"a":' * 50_000, "too_deep"),
        (b"[NaN]", "not_json"),
        (b"[-Infinity]", "not_json"),
        (b"[" + b"9" * 5000 + b"]", "not_json"),
        (b'[{"client_id": "a", "client_id": "b"}]', "not_json"),
        (b'["\x00"]', "not_json"),
    ],
)
def test_a_file_that_is_no_json_array_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        importing.read_file(content)
    assert caught.value.code == code


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge):
        importing.read_file(b" " * (importing.MOST_BYTES + 1))
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    with pytest.raises(TooLarge):
        importing.read_file(b"[1,2,3,4]")


def test_hostile_texts_are_shown_harmless(app: Flask) -> None:
    content = rb'[{"client_id": "\u001b[31m\ud800", "x\u202e\ud800": 1, "client_name": "\ud800"}]'
    report = importing.import_rows(importing.read_file(content))
    assert report.refused[0].client_id.isprintable()
    assert all(str(problem).isprintable() for problem in report.refused[0].problems)


def test_a_deep_value_inside_a_row_is_refused_or_ignored(app: Flask) -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    report = importing.import_rows(
        [web(client_id="a", redirect_uris=deep, jwks=deep, items=deep, extra=deep)]
    )
    assert len(report.refused) == 1


@given(st.binary(max_size=200) | st.text(alphabet='[]{}":,0a\\u ', max_size=60).map(str.encode))
def test_whatever_the_file_holds_it_is_rows_or_one_clear_error(content: bytes) -> None:
    try:
        read = importing.read_file(content)
    except (InvalidInput, TooLarge):
        return
    assert isinstance(read, list)
