"""Trust marks: only types the anchor allows, only to entities of one's own division; taken back with a reason."""

from typing import Any

import pytest

from idp.audit.event import EventName
from idp.federation import issued_trust_mark
from idp.operators import record
from idp.operators.rights import Role
from tests.console.authorities import MARK, OWNED, Branch, at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial, Official, post_directly, with_a_form
from tests.provider import Provider

SECURITY = Role.SECURITY_ADMINISTRATOR


def give(by: Official, issuer: str, subject: str, **changes: Any) -> int:
    values = {"act": "issue", "type": MARK, "subject": subject, "months": "12"} | changes
    return post_directly(with_a_form(by.browser), at("/trust-marks", entity=issuer), **values)


def holds(provider: Provider, branch: Branch, subject: str = "") -> bool:
    with provider.context():
        return bool(issued_trust_mark.held(subject or branch.site))


def test_a_mark_is_given_and_taken_back(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SECURITY, at=COUNTY)
    by.browser.go(at("/trust-marks", entity=branch.county))
    by.browser.send("issue", values={"subject": branch.site, "type": MARK, "months": "6"})
    assert f'data-mark="{branch.site}" data-state="active"' in by.browser.response.get_data(as_text=True)
    assert holds(either, branch)
    by.browser.send("revoke-1", number=1, values={"reason": "expired certificate"})
    assert f'data-mark="{branch.site}" data-state="ended"' in by.browser.response.get_data(as_text=True)
    assert "expired certificate" in by.browser.response.get_data(as_text=True)
    assert not holds(either, branch)
    with either.context():
        names = {one.name for one in record.in_division(COUNTY) if one.data.get("entity") == branch.site}
    assert {EventName.TRUST_MARK_ISSUED, EventName.TRUST_MARK_REVOKED} <= names


def test_types_of_others_and_unknown_ones_are_not_given(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SECURITY, at=PROVINCE)
    by.browser.go(at("/trust-marks", entity=branch.city))
    assert 'id="no-types"' in by.browser.response.get_data(as_text=True)
    assert give(by, branch.city, branch.site) == 400
    assert give(by, branch.province, branch.site, type="https://other.example/mark") == 400
    assert give(by, branch.province, branch.site, type=OWNED) == 400
    assert not holds(either, branch)


def test_nobody_outside_the_division_gets_one(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SECURITY, at=COUNTY)
    for subject in (branch.city, branch.neighbour, branch.nation, "https://nobody.example", "", "a\0b", "é"):
        assert give(by, branch.county, subject) == 400
        assert not holds(either, branch, branch.city)
    assert give(by, branch.province, branch.site) == 404


@pytest.mark.parametrize("months", ["", "0", "-1", "99999", "x", "1e3"])
def test_how_long_is_one_of_the_choices(either: Provider, official: MakeOfficial, months: str) -> None:
    branch = plant(either)
    by = official(SECURITY, at=COUNTY)
    assert give(by, branch.county, branch.site, months=months) == 400
    assert not holds(either, branch)


def test_taking_back_needs_a_reason_and_a_mark(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SECURITY, at=COUNTY)
    assert give(by, branch.county, branch.site) == 303
    for reason in ("", "  ", "two\nlines", "x" * 501):
        assert give(by, branch.county, branch.site, act="revoke", reason=reason) == 400
    assert holds(either, branch)
    assert give(by, branch.county, branch.neighbour, act="revoke", reason="x") == 404
    assert give(by, branch.county, branch.site, act="dance", reason="x") == 400


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR])
def test_only_security_administrators(either: Provider, official: MakeOfficial, role: Role) -> None:
    branch = plant(either)
    by = official(role, at=CITY)
    by.browser.open(at("/trust-marks", entity=branch.county))
    assert by.browser.response.status_code == 403
    assert give(by, branch.county, branch.site) == 403
    assert not holds(either, branch)
