"""The file with everything about one account: whole, by its published form, and nobody else's."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from idp.account_export import document
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.proofing import evidence
from tests.claims.proven import citizen_number
from tests.person import Person
from tests.provider import Provider

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "account-export.schema.json").read_text(encoding="utf-8"))


def written(provider: Provider, person: Person) -> dict[str, Any]:
    with provider.context():
        text = "".join(document.stream(person.id))
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.fixture
def person(either: Provider) -> Person:
    """Somebody with a proven name, a site, a login and messages."""
    made = either.person(totp=True, evidence=["phone"])
    with either.context():
        account = accounts.get(made.id)
        identities.bind(account, identities.parse("citizen_id", citizen_number()))
        evidence.add(account, "register", source="population")
        commit()
    either.site().tokens(made)
    return made


def test_it_holds_everything_and_obeys_its_schema(either: Provider, person: Person) -> None:
    read = written(either, person)
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(read)
    assert read["format"] == document.FORMAT
    (facts,) = read["account"]
    assert facts["name"] == person.name
    assert facts["phone"] == person.phone
    assert facts["identity"]["type"] == "citizen_id"
    assert {one["what"] for one in read["evidence"]} == {"phone", "register"}
    assert {one["kind"] for one in read["sign_in_methods"]} >= {"password", "totp", "known_device"}
    assert read["sessions"][0]["sites"][0]["client_id"] == read["services"][0]["client_id"]
    assert read["services"][0]["state"] == "held"
    assert read["consent_events"][-1]["document"]
    assert read["accesses"][0]["items"]
    assert "level_raised" in [one["name"] for one in read["messages"]]
    assert "session.started" in [one["name"] for one in read["timeline"]]


def test_no_secret_and_nobody_else_is_in_it(either: Provider, person: Person) -> None:
    other = either.person()
    with either.context():
        notice.tell(accounts.get(other.id), "policy_changed", site="SOMEBODY-ELSE")
        commit()
        text = "".join(document.stream(person.id))
    for secret in ("JBSWY3DPEHPK3PXP", "$argon2", "SOMEBODY-ELSE", other.name, str(other.id), "hash_sealed"):
        assert secret not in text


def test_a_long_life_comes_in_pieces(either: Provider) -> None:
    person = either.person()
    with either.context():
        for _ in range(2 * document.PIECE + 50):
            log.record(EventName.PASSKEY_RENAMED, account_id=person.id)
        for _ in range(document.PIECE + 1):
            notice.tell(accounts.get(person.id), "policy_changed", site="市公积金")
        commit()
        pieces = list(document.stream(person.id))
    assert max(len(piece) for piece in pieces) < 100_000
    read = json.loads("".join(pieces))
    assert (
        len([one for one in read["timeline"] if one["name"] == "passkey.renamed"]) == 2 * document.PIECE + 50
    )
    assert len(read["messages"]) == document.PIECE + 1


def test_an_official_is_named_by_office_only(either: Provider, person: Person) -> None:
    with either.context():
        with log.acting("official:0190a1b2-0000-7000-8000-000000000001"):
            log.record(EventName.CONSOLE_VIEWED, account_id=person.id, page="look_up", reason="at window 3")
        commit()
    seen = [one for one in written(either, person)["timeline"] if one["name"] == "console.viewed"]
    assert seen[0]["by"] == "official"
    assert seen[0]["data"]["reason"] == "at window 3"
    assert "0190a1b2" not in json.dumps(seen)


def test_the_schema_knows_every_section_and_the_document_tells_of_each() -> None:
    assert set(SCHEMA["properties"]) == {"format", "issuer", "made_at", *document.SECTIONS}
    told = (ROOT / "docs" / "account-export.md").read_text(encoding="utf-8")
    assert not [name for name in document.SECTIONS if f"`{name}`" not in told]


def test_the_look_stops_and_says_so(either: Provider, person: Person) -> None:
    with either.context():
        found = document.look(accounts.get(person.id), 1)
    rows, has_more = found["timeline"]
    assert (len(rows), has_more) == (1, True)
    assert found["account"][1] is False
