"""`idp consent`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import text

from idp import background, clock
from idp.audit import chain as audit_chain
from idp.cli import audit as audit_command
from idp.cli import consent as command
from idp.consent import consent_record, kept_receipt, receipt_file, record
from idp.db import commit, db
from tests.cli.operator import Operator
from tests.pages import agreeing
from tests.person import Person
from tests.provider import ISSUER, Template
from tests.site import Site


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


@pytest.fixture
def site(operator: Operator) -> Site:
    return agreeing.site(operator.provider)


@pytest.fixture
def person(operator: Operator, site: Site) -> Person:
    """Somebody who agreed."""
    someone = operator.provider.person()
    agreeing.agreed(site, someone, "phone_number")
    return someone


def written(operator: Operator, person: Person, site: Site, file: Path, *, readable: bool = False) -> str:
    with operator.provider.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        receipt = kept_receipt.find(person.id, row.record_id, row.given_number or 0)
        assert receipt is not None
        make = receipt_file.readable if readable else receipt_file.signed
        said = make(receipt, "27560", clock.now())
    file.write_text(said, encoding="utf-8")
    return said


def events(operator: Operator, person: Person) -> list[dict[str, Any]]:
    (one,) = operator.listed("list", "--account", str(person.id))
    found: list[dict[str, Any]] = operator.listed("show", one["record_id"])["events"]
    return found


def test_a_genuine_receipt_is_said_to_be_genuine(
    operator: Operator, person: Person, site: Site, tmp_path: Path
) -> None:
    for readable in (False, True):
        said = written(operator, person, site, tmp_path / "receipt", readable=readable)
        assert "genuine 真实: Site" in operator.done("verify", str(tmp_path / "receipt"))
        assert "name, phone_number" in operator.done("verify", "-", typed=said)
        about = operator.listed("verify", str(tmp_path / "receipt"))
        assert (about["genuine"], about["problem"]) == (True, None)
        assert about["said"]["iss"] == ISSUER


def test_a_changed_receipt_is_refused_with_the_reason(
    operator: Operator, person: Person, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "receipt"
    said = written(operator, person, site, file, readable=True)
    file.write_text(said.replace('"language": "en"', '"language": "fr"'), encoding="utf-8")
    result = operator.run("verify", str(file))
    assert result.exit_code == 1
    assert "changed: receipt.record.pii_processing.language" in result.stderr
    assert "the text beside the signature was changed" in result.stderr
    token = written(operator, person, site, file)
    file.write_text(token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:], encoding="utf-8")
    result = operator.run("verify", str(file), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problem"] == "changed"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b"a" * 300_000])
def test_what_is_no_receipt_is_refused(operator: Operator, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "receipt").write_bytes(content)
    result = operator.run("verify", str(tmp_path / "receipt"))
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_receipt_is_checked_elsewhere_with_the_published_keys(
    operator: Operator, person: Person, site: Site, tmp_path: Path
) -> None:
    written(operator, person, site, tmp_path / "receipt")
    client = operator.provider.app.test_client()
    (tmp_path / "keys").write_bytes(client.get("/jwks/historical", base_url=ISSUER).data)
    arguments = ("verify", str(tmp_path / "receipt"), "--jwks", str(tmp_path / "keys"))
    away = {"IDP_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    result = operator.run(*arguments, **away)
    assert result.exit_code == 0, result.output
    other = ECKey.generate_key("P-256", {"kid": "other"}).as_dict(private=False)
    (tmp_path / "keys").write_text(json.dumps({"keys": [other]}))
    assert "not ours" in operator.run(*arguments, **away).stderr


def test_wrong_use_is_told_apart(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("[]")
    (tmp_path / "receipt").write_text("a.b.c")
    assert operator.run("verify", "--jwks", str(tmp_path / "keys")).exit_code == 2
    for content in ("[]", "{}", "nothing", '{"keys": 1}', '{"keys": [{"kty": "?"}]}'):
        (tmp_path / "keys").write_text(content)
        arguments = ("verify", str(tmp_path / "receipt"), "--jwks", str(tmp_path / "keys"))
        assert operator.run(*arguments).exit_code == 2, content
    assert operator.run("verify", str(tmp_path / "absent")).exit_code == 2
    assert operator.run("show", "x").exit_code == 2


def test_records_are_listed_and_shown(operator: Operator, person: Person, site: Site) -> None:
    (one,) = operator.listed("list", "--account", str(person.id))
    assert (one["client_id"], one["state"], one["items"]) == (site.id, "held", ["name", "phone_number"])
    assert site.id in operator.done("list", "--account", str(person.id))
    assert [event["name"] for event in events(operator, person)] == ["given"]
    assert "\tgiven\tself\t" in operator.done("show", one["record_id"])
    assert operator.run("show", str(person.id)).exit_code == 1
    nobody = operator.run("list", "--account", "0195790e-5a00-7000-8000-000000000001")
    assert (nobody.exit_code, nobody.stdout) == (0, "")


def test_a_superseded_record_is_shown_with_its_account(
    operator: Operator, person: Person, site: Site
) -> None:
    with operator.provider.context():
        ended = record.supersede(person.id, site.id)
        commit()
    assert operator.run("show", str(ended)).exit_code == 1
    shown = operator.listed("show", str(ended), "--account", str(person.id))
    assert shown["record"] is None
    assert [event["name"] for event in shown["events"]] == ["given", "superseded"]


def test_whole_records_are_said_to_be_whole(operator: Operator, person: Person) -> None:
    assert "every consent record is whole" in operator.done("verify")
    assert operator.listed("verify") == {"whole": True, "problems": []}


DAMAGES = {
    "a word changed": """
        UPDATE consent_events SET document = replace(document, 'given_at', 'taken_at') WHERE number = 1""",
    "an item changed": """
        UPDATE consent_events SET document = replace(document, 'locale', 'gender') WHERE number = 1""",
    "a time moved": "UPDATE consent_events SET at = '2020-01-01 00:00:00' WHERE number = 2",
    "another signature": "UPDATE consent_events SET signature = 'a.b.c' WHERE number = 2",
    "an event taken out": "DELETE FROM consent_events WHERE number = 2",
    "the end cut off": "DELETE FROM consent_events WHERE number = 3",
    "the beginning cut off": "DELETE FROM consent_events WHERE number = 1",
    "all of it taken away": "DELETE FROM consent_events",
    "the end cut off and the row mended": """
        UPDATE consent_records SET head_number = 2,
            head_hash = (SELECT hash FROM consent_events WHERE number = 2);
        DELETE FROM consent_events WHERE number = 3""",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_the_record_named(
    operator: Operator, person: Person, site: Site, damage: str
) -> None:
    with operator.provider.context():
        record.withdraw(person.id, site.id, items=frozenset({"phone_number"}))
        taken = record.withdraw(person.id, site.id)
        commit()
        for statement in DAMAGES[damage].split(";"):
            db.session.execute(text(statement))
        commit()
    result = operator.run("verify")
    assert result.exit_code == 1, damage
    assert str(taken.record_id) in result.stderr
    assert "consent records are not whole" in result.stderr
    assert json.loads(operator.run("verify", "--json").stdout)["whole"] is False


def test_what_happens_to_a_consent_stands_in_the_audit_log_too(
    operator: Operator, person: Person, site: Site
) -> None:
    """Its chain is checked by `idp audit verify`: whoever mends one must also forge the other."""
    auditor = Operator(operator.provider, audit_command.command)
    with operator.provider.context():
        record.withdraw(person.id, site.id)
        commit()
        audit_chain.seal(background.sign_checkpoint)
    assert "is whole" in auditor.done("verify")
    found = auditor.listed("search", "--account", str(person.id), "--name", "consent.withdrawn")
    assert found[0]["data"]["event_hash"] == events(operator, person)[-1]["hash"]
    with operator.provider.context():
        db.session.execute(
            text(
                "UPDATE audit_events SET data = replace(data, 'event_hash', 'other') WHERE name LIKE 'consent.%'"
            )
        )
        commit()
    result = auditor.run("verify")
    assert result.exit_code == 1
    assert "was changed" in result.stderr
