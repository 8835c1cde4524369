"""The example of docs/verified-claims.md, made by the code: two requests of one site and what it receives."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from idp import claims, clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account, Person
from idp.claims import release, request
from idp.claims.about import About, oneself
from idp.db import db
from idp.mandates import rules
from idp.mandates.mandate import Mandate
from idp.proofing import evidence
from tests.claims import schema

DOCUMENT = Path(__file__).parents[2] / "docs" / "verified-claims.md"
BLOCK = re.compile(r"<!-- made by a test: (?P<name>[a-z-]+) -->\n```json\n(?P<json>.*?)\n```", re.DOTALL)
MORNING = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
NUMBER = "330106199001020021"
CODE = "91330106MA28FAKE9N"

OWN: dict[str, Any] = {
    "userinfo": {
        "verified_claims": {
            "verification": {
                "trust_framework": {"value": "urn:tongxing:trust-framework:cn-zwfw"},
                "assurance_level": {"values": ["P3", "P4"]},
                "time": {"max_age": 63072000},
                "evidence": [
                    {
                        "type": {"value": "electronic_record"},
                        "check_details": [
                            {"check_method": None, "organization": None, "check_id": None, "time": None}
                        ],
                        "record": {"type": None, "date_of_expiry": None},
                    }
                ],
            },
            "claims": {
                "real_name": {"essential": True, "purpose": "核对申请人姓名"},
                "identity_number_masked": None,
                "age_over_18": {"value": True},
                "residence_division": {"depth": "prefecture"},
            },
        }
    }
}
ACTING: dict[str, Any] = {
    "userinfo": {
        "verified_claims": {
            "verification": {"trust_framework": None, "assurance_level": None, "time": None},
            "claims": {"enterprise_name": None, "enterprise_uscc": None, "authority": None},
        }
    }
}


def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return every block by its name. Needs an application context on a database of its own."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    person, company = _person(), _company()
    mandate = Mandate(
        id=UUID(int=1),
        principal_id=company.id,
        holder_id=person.id,
        role=rules.HANDLER,
        items=["330106-ZM-001", "330106-ZM-002"],
        level=2,
        status="active",
        starts_at=MORNING,
        expires_at=MORNING + dt.timedelta(days=30),
        proposed_by=company.id,
        single_use=False,
        rules_version=1,
        created_at=MORNING,
    )
    db.session.add(mandate)
    db.session.flush()
    return {
        "own-request": OWN,
        "own-answer": _answer(oneself(person), OWN),
        "acting-request": ACTING,
        "acting-answer": _answer(About(company, person, mandate), ACTING),
    }


def written() -> dict[str, Any]:
    """Return the blocks of the document by their names."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return {found["name"]: json.loads(found["json"]) for found in BLOCK.finditer(text)}


def _answer(about: About, asked: dict[str, Any]) -> dict[str, Any]:
    found = release.for_userinfo(about, [], request.parse(json.dumps(asked)).userinfo, list(claims.ITEMS))
    schema.check(found)
    return found


def _person() -> Account:
    account = accounts.create(Person("example-person", "王芳"))
    identity.bind(account, identity.parse("citizen_id", NUMBER), name="王芳")
    accounts.set_residence(account, "330106")
    for serial, (code, source) in enumerate(
        (("register", "population"), ("operator3", "operator"), ("bank4", "bank")), 1
    ):
        evidence.add(account, code, source=source, case_id=UUID(f"01999999-0000-7000-8000-{serial:012}"))
    return account


def _company() -> Account:
    account = accounts.create(Person("example-company", "杭州示例科技有限公司"), kind=accounts.ENTERPRISE)
    identity.bind(account, identity.parse("uscc", CODE))
    for code in ("enterprise_register", "representative"):
        evidence.add(account, code, source="enterprise")
    return account
